"""What counts as a change of code: tokens do, comments and layout do not."""

from __future__ import annotations

import pytest

from skipgate.gate.code import CodeFile, Symbol

GO = b"""package a

//go:noinline
func (e *Engine[T]) Open(path string, size int) (int, error) {
	// a comment
	total := size + 1; name := "a b"
	for i := 0; i < size; i++ {
		total += call(i, name)
	}
	return total, nil
}

const (
	first = iota
	second
	third = 7
)

type Store struct {
	path, name string
	Embedded
}

type Reader interface{ Read(n int) error }

var x, y = 1, 2
"""


def symbol(source: bytes, name: str, path: str = "a.go") -> Symbol:
    (found,) = CodeFile(path, source).named(name)
    return found


def changed(name: str, old: bytes, new: bytes, source: bytes = GO, path: str = "a.go") -> bool:
    assert source.count(old) >= 1
    before, after = symbol(source, name, path), symbol(source.replace(old, new, 1), name, path)
    return before.fingerprint != after.fingerprint


def test_all_kinds_of_symbols_of_go_are_found() -> None:
    assert [each.name for each in CodeFile("a.go", GO).symbols] == [
        "Engine.Open", "first", "second", "third",
        "Store", "Store.path", "Store.name", "Reader", "Reader.Read", "x", "y",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"// a comment", b"/* another */"),
        (b"\t// a comment\n", b""),
        (b"size + 1; name", b"size + 1\n\n\tname"),
        (b"path string, size int)", b"\n\tpath string,\n\tsize int,\n)"),
        (b"call(i, name)", b"call(\n\t\t\ti,\n\t\t\tname, // why\n\t\t)"),
        (b"total += call", b"total  +=\tcall"),
        (b"i < size; i++ {", b"i<size ;i++{"),
    ],
)
def test_comments_and_layout_are_no_change(old: bytes, new: bytes) -> None:
    assert not changed("Engine.Open", old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"size + 1", b"size - 1"),
        (b"size + 1", b"size + 2"),
        (b'"a b"', b'"a  b"'),
        (b"i < size", b"i <= size"),
        (b"i := 0; i < size; i++", b"i := 0; i < size;"),
        (b"i := 0; i < size; i++", b"; i < size; i++"),
        (b"e *Engine[T]", b"e Engine[T]"),
        (b"path string", b"path []string"),
        (b"//go:noinline", b"//go:nosplit"),
        (b"return total, nil", b"return nil, total"),
    ],
)
def test_a_change_of_one_token_is_one(old: bytes, new: bytes) -> None:
    assert changed("Engine.Open", old, new)


def test_a_constant_counted_by_iota_depends_on_those_before_it() -> None:
    assert changed("second", b"first = iota", b"zeroth = iota\n\tfirst")
    assert not changed("third", b"first = iota", b"zeroth = iota\n\tfirst")


def test_a_constant_that_becomes_a_variable_has_changed() -> None:
    assert symbol(b"package a\nconst x = 1\n", "x").fingerprint != symbol(b"package a\nvar x = 1\n", "x").fingerprint


def test_a_renamed_function_keeps_its_shape() -> None:
    before = symbol(b"package a\nfunc one(n int) int { return one(n - 1) }", "one")
    after = symbol(b"package a\nfunc two(n int) int { return two(n - 1) }", "two")
    other = symbol(b"package a\nfunc two(n int) int { return two(n - 2) }", "two")
    assert before.fingerprint != after.fingerprint
    assert before.shape == after.shape != other.shape


def test_an_unknown_language_is_compared_by_bytes() -> None:
    one, two = CodeFile("a.xyz", b"a b").whole, CodeFile("a.xyz", b"a  b").whole
    assert one.fingerprint != two.fingerprint
    assert CodeFile("a.xyz", b"a").symbols == ()


def test_a_whole_file_is_its_syntax_tree() -> None:
    one = CodeFile("a.go", b"package a\n\nvar x = 1 // one\n").whole
    assert one.fingerprint == CodeFile("a.go", b"package a\nvar  x = 1\n").whole.fingerprint
    assert one.fingerprint != CodeFile("a.go", b"//go:build linux\n\npackage a\nvar x = 1\n").whole.fingerprint


def test_deep_nesting_ends() -> None:
    source = b"package a\nvar x = " + b"(" * 20_000 + b"1" + b")" * 20_000 + b"\n"
    assert CodeFile("a.go", source).whole.fingerprint.startswith("sha256:")


def test_broken_code_has_fingerprints_that_tell_it_apart() -> None:
    one, two = (CodeFile("a.go", b"package a\nfunc f() { " + body).whole for body in (b"@@ $x", b"@@ $y"))
    assert one.fingerprint != two.fingerprint


PYTHON = b"""
@decorated(1)
def run(a, b):
    # why
    return [a, b]

class Store:
    limit: int = 3
    @property
    def size(self): return 1
    @size.setter
    def size(self, value): self.n = value

if True:
    def inner(): pass
"""

RUST = b"""
#[cfg(unix)]
fn run(a: i32) -> i32 { a + 1 }
struct Store { size: u32 }
impl<T> Store<T> { fn get(&self) -> u32 { self.size } const MAX: u32 = 9; }
mod inner { pub fn deep() {} }
enum Kind { A, B }
"""

JAVA = b"""
class Store {
    static final int MAX = 9, MIN = 1;
    Store() { }
    @Override public int get(int n) { return n; }
    public int get() { return 0; }
    enum Kind { A, B }
}
"""

TYPESCRIPT = b"""
export const limit = 3;
export function run(a: number): number { return a; }
class Store {
    size = 1;
    @logged get(n: number): number { return n; }
}
interface Reader { read(): void }
namespace Inner { export function deep() {} }
"""


@pytest.mark.parametrize(
    ("path", "source", "names"),
    [
        ("a.py", PYTHON, ["run", "Store", "Store.limit", "Store.size", "inner"]),
        (
            "a.rs",
            RUST,
            ["run", "Store", "Store.size", "Store.get", "Store.MAX", "inner", "inner.deep", "Kind", "Kind.A", "Kind.B"],
        ),
        (
            "A.java",
            JAVA,
            [
                "Store",
                "Store.MAX",
                "Store.MIN",
                "Store.Store",
                "Store.get",
                "Store.Kind",
                "Store.Kind.A",
                "Store.Kind.B",
            ],
        ),
        (
            "a.ts",
            TYPESCRIPT,
            ["limit", "run", "Store", "Store.size", "Store.get", "Reader", "Reader.read", "Inner", "Inner.deep"],
        ),
    ],
)
def test_other_languages(path: str, source: bytes, names: list[str]) -> None:
    assert [each.name for each in CodeFile(path, source).symbols] == names


@pytest.mark.parametrize(
    ("path", "source", "name", "old", "new", "expected"),
    [
        ("a.py", PYTHON, "run", b"decorated(1)", b"decorated(2)", True),
        ("a.py", PYTHON, "run", b"# why", b"# because", False),
        ("a.py", PYTHON, "run", b"[a, b]", b"[\n        a,\n        b,\n    ]", False),
        ("a.py", PYTHON, "run", b"    return [a, b]", b"    if a:\n        return [a, b]", True),
        ("a.py", PYTHON, "Store.size", b"self.n = value", b"self.m = value", True),
        ("a.rs", RUST, "run", b"cfg(unix)", b"cfg(windows)", True),
        ("a.rs", RUST, "Store.get", b"impl<T> Store<T>", b"impl<T: Copy> Store<T>", True),
        ("a.rs", RUST, "Store.get", b"MAX: u32 = 9", b"MAX: u32 = 8", False),
        ("A.java", JAVA, "Store.MAX", b"static final int", b"static int", True),
        ("A.java", JAVA, "Store.get", b"return 0", b"return 1", True),
        ("A.java", JAVA, "Store.get", b"@Override ", b"", True),
        ("a.ts", TYPESCRIPT, "limit", b"export const", b"export let", True),
        ("a.ts", TYPESCRIPT, "Store.get", b"@logged", b"@traced", True),
        ("a.ts", TYPESCRIPT, "run", b"{ return a; }", b"{\n  return a; // a\n}", False),
    ],
)
def test_changes_in_other_languages(
    path: str, source: bytes, name: str, old: bytes, new: bytes, expected: bool
) -> None:
    assert changed(name, old, new, source, path) is expected
