"""Calls in a Go module. What is expected was found by reading it; that it compiles, by hand with `go vet`."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.gate.calls import go_calls, go_module, go_types
from skipgate.gate.calls.callees import Callees
from skipgate.gate.calls.go_calls import _Walk
from skipgate.gate.calls.graph import CallGraph
from skipgate.gate.resolve import CodeBase, find
from skipgate.gate.trees import WorkTree
from tests.planted import Mutant, applied

MODULE = Path(__file__).with_name("module")

CALLS = {
    "open": "Open positive",
    "start": "open Node.run Node.stop",
    "Node.run": "Peer.ID",  # of the type that it embeds
    "Node.stop": "base.Close Memory.Close",  # that of Disk is one of what it embeds
    "throughInterface": "Disk.Get Memory.Get",  # not Odd.Get, which is no Store
    "throughFields": "Disk.Set",
    "throughElements": "Peer.ID",
    "throughChannel": "Peer.ID",
    "throughAssertion": "Disk.Get Memory.Get Odd.Get Memory.Twice Step.Next",
    "throughConversion": "Step.Next",
    "throughClosure": "Node.run",
    "passed": "each positive",
    "each": "",
    "throughField": "",
    "throughVariables": "Memory.Twice Now",
    "unknownButUnique": "Odd.Only",  # those of tests do not count
    "unknownAndNot": "",
    "outside": "",
    "shadowed": "",
    "afterBlock": "one",
    "methodValue": "Node.run",
    "variadic": "Peer.ID",
    "generic": "",
    "instantiated": "generic",
    "ofGenerated": "",
    "recursive": "recursive",
    "onSystem": "fsync fsync",  # one a system
    "Step.Next": "one",
    "Disk.Get": "Memory.Get",
    "Disk.Set": "base.Close",
    "base.Close": "flush",
    "Now": "clock",
    "Default": "newDefault",
}
VALUE = "a value of the program decides what it calls"
UNKNOWN = {
    "each": ("f", VALUE, ""),
    "throughField": ("n.decide", VALUE, ""),
    "shadowed": ("open", VALUE, ""),
    "Disk.Set": ("d.hook", VALUE, ""),
    "unknownAndNot": (
        "n.current.Load().Twice",
        "2 methods have this name, and its type is not told by the text",
        "Odd.Twice Memory.Twice",
    ),
    "instantiated": (
        "generic[*kv.Memory](m).Twice",
        "2 methods have this name, and its type is not told by the text",
        "Odd.Twice Memory.Twice",
    ),
}


def graph(root: Path = MODULE) -> tuple[CodeBase, CallGraph]:
    code = CodeBase(WorkTree(root, None))
    return code, CallGraph(code)


def callees(name: str) -> Callees:
    code, calls = graph()
    (symbol,) = [s for path in code.tree.entries for s in [find(code, path, name)] if path.endswith(".go") and s]
    return calls.callees(symbol)


@pytest.mark.parametrize("name", CALLS)
def test_callees(name: str) -> None:
    found = callees(name)
    assert sorted(symbol.name for symbol in found.found) == sorted(CALLS[name].split())
    open_calls = [(call.text, call.why, " ".join(c.name for c in call.candidates)) for call in found.unknown]
    assert open_calls == ([UNKNOWN[name]] if name in UNKNOWN else [])


def test_callees_of_a_file_are_those_of_its_functions() -> None:
    code, calls = graph()
    names = {symbol.name for symbol in calls.callees(code.file("store/store.go").whole).found}
    assert names == set()  # all in the same file
    names = {symbol.name for symbol in calls.callees(code.file("node/sync_darwin.go").whole).found}
    assert names == {"one"}


def test_callees_of_a_type_are_its_methods() -> None:
    code, calls = graph()
    (memory,) = code.file("store/store.go").named("Memory")
    names = {symbol.name for symbol in calls.callees(memory).found}
    assert names == {"Memory.Get", "Memory.Set", "Memory.Close", "Memory.Twice"}


def test_the_table_is_complete() -> None:
    """Every function of the module whose name is not in the table calls nothing."""
    code, calls = graph()
    for path in code.tree.entries:
        for symbol in code.file(path).symbols if path.endswith(".go") and not path.endswith("_test.go") else ():
            if symbol.kind in ("function", "method") and symbol.name not in (*CALLS, "fsync"):
                assert calls.callees(symbol) == Callees(), symbol.key


def test_code_that_does_not_parse_is_an_open_call(tmp_path: Path) -> None:
    (tmp_path / "a.go").write_text("package a\n\nfunc f() { g( }\n\nfunc g() {}\n\nfunc h() { g() }\n")
    code, calls = graph(tmp_path)
    (broken,) = [symbol for symbol in code.file("a.go").symbols if symbol.name == "f"]
    (call,) = calls.callees(broken).unknown
    assert call.why == "its code has syntax errors, so its calls are not known"
    whole = [symbol for symbol in code.file("a.go").symbols if symbol.name == "h"]
    assert all(s.name == "g" for each in whole for s in calls.callees(each).found)


def test_code_that_is_nested_too_deeply_is_an_open_call(tmp_path: Path) -> None:
    (tmp_path / "a.go").write_text(
        f"package a\n\nfunc f() {{ x := {'-(' * 3000}1{')' * 3000}; g() }}\n\nfunc g() {{}}\n"
    )
    code, calls = graph(tmp_path)
    symbols = code.file("a.go").symbols
    for symbol in symbols:
        found = calls.callees(symbol)
        assert symbol.name != "f" or found.unknown or {each.name for each in found.found} == {"g"}


@pytest.mark.parametrize(
    ("clause", "folder"),
    [("module example.org/m", ""), ('module "example.org/m"', "deep/"), ("// c\nmodule example.org/m // x", "a/b/")],
)
def test_imports_lead_to_folders_of_the_module(tmp_path: Path, clause: str, folder: str) -> None:
    root = tmp_path / folder
    (root / "lib/v2").mkdir(parents=True)
    (root / "go.mod").write_text(f"{clause}\n")
    (root / "lib/v2/lib.go").write_text("package other\n\nfunc F() {}\n")
    (root / "main.go").write_text('package main\n\nimport "example.org/m/lib/v2"\n\nfunc main() { other.F() }\n')
    code, calls = graph(tmp_path)
    main = find(code, f"{folder}main.go", "main")
    assert main is not None
    assert [symbol.key for symbol in calls.callees(main).found] == [f"{folder}lib/v2/lib.go :: F"]


def everything(seed: int) -> None:
    for name in CALLS:
        test_callees(name)


FAULTS = [
    ("what embedded types have is not seen", go_types._of_struct, "if not names:", "if False:"),
    ("one method is enough", go_types.implementations, "if not all(", "if not any("),
    ("what is local is mentioned", _Walk.visit_identifier, "if not self._is_local(name):", "if True:"),
    ("scopes never end", _Walk._visit, "self._scopes.pop()", "pass"),
    ("any parameters will do", go_types._has, "arity is None or", "True or"),
    ("elements have no type", go_types.element, "else GoType(written, inner.file)", "else None"),
    ("one of several methods is taken", _Walk._called_member, "if len(candidates) == 1:", "if candidates:"),
    ("generated code is followed", go_module._is_generated, "is not None", "is None"),
    ("names of function types are not seen", go_types.is_function, "isinstance(inner, GoType) and", "False and"),
    ("methods from outside go by name", go_calls._selected, "type if isinstance(type, Outside) else None", "None"),
    ("generic functions are types", _Walk._instantiated, "package.functions.get(text_of(last), [])", "[]"),
]


@pytest.mark.parametrize(("what", "function", "old", "new"), FAULTS)
def test_a_planted_fault_is_noticed(what: str, function: object, old: str, new: str) -> None:
    with applied(Mutant(what, function, old, new, everything)), pytest.raises(AssertionError):
        everything(0)
