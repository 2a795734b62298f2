"""The formatter: golden pairs, and its guarantees on mangled and on random programs."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Tree

from skipgate.spec.diagnostics import SpecError
from skipgate.spec.formatting.formatter import format_text
from skipgate.spec.formatting.tokens import text_of
from skipgate.spec.parsing.grammar import lark_parser, lex
from skipgate.spec.parsing.parser import parse
from skipgate.spec.source import Source, Span
from tests.effort import amount

_HERE = Path(__file__).parent
_GOLDEN = sorted((_HERE / "golden").glob("*.in.gate"))
_SHIPPED = sorted((_HERE.parents[2] / "models" / "examples").glob("*.gate"))


@cache
def formatted(text: str) -> str:
    return format_text(Source("test.gate", text))


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")  # with the line ends that the file has


# ---------------------------------------------------------------------- what formatting must not change


def words(text: str) -> list[str]:
    """The tokens and comments in order. White space at the end of a comment is no part of it."""
    tokens = [token for token in lark_parser().lex(text, dont_ignore=True) if token.type != "WS"]
    return [str(token).rstrip() if token.type == "COMMENT" else text_of(token) for token in tokens]


def shape(node: object) -> object:
    """A syntax tree without the places in it."""
    if isinstance(node, tuple):
        return [shape(part) for part in node]
    if is_dataclass(node):
        parts = [getattr(node, field.name) for field in fields(node)]
        return type(node).__name__, [shape(part) for part in parts if not isinstance(part, Span | Source)]
    return node


def tree_of(text: str) -> object:
    return shape(parse(Source("test.gate", text)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def a = (1 + 2) * 3", "def a = 1 + 2 * 3"),
        ("var a : set of A = {}", "var a : set of A in {}"),
        ("record R { a : A }", "ordered record R { a : A }"),
        ('const A : nat "x {A}"', 'const A : nat "x {B}"'),
        ("fair action a", "strong fair action a"),
        ("check c expect holds states 1", "check c expect holds states 2"),
    ],
)
def test_a_changed_tree_has_another_shape(one: str, other: str) -> None:
    assert tree_of(one) != tree_of(other)
    assert tree_of(one) == tree_of(f"# c\n\n  {one}  # c")


@pytest.mark.parametrize("other", ["const A : nat", "# b\nconst A : nat", "const # a\nA : nat", "# a\nconst B : nat"])
def test_a_changed_comment_or_token_or_order_is_seen(other: str) -> None:
    assert words("# a \nconst  A:nat") == words("# a\nconst A : nat")
    assert words("# a\nconst A : nat") != words(other)


def assert_guarantees(text: str) -> None:
    once = formatted(text)
    assert words(once) == words(text)
    assert tree_of(once) == tree_of(text)
    assert formatted(once) == once
    assert not re.search(r"[ \t\r]\n", once), "white space at the end of a line"
    assert not re.search(r"\n\n\n|\A\n|\n\n\Z", once), "blank lines that separate nothing"
    assert once.endswith("\n") or not once


# ------------------------------------------------------------------------------------------ golden pairs


@pytest.mark.parametrize("path", _GOLDEN, ids=lambda path: path.name.removesuffix(".in.gate"))
def test_golden(path: Path) -> None:
    expected = read(path.with_name(path.name.replace(".in.", ".out.")))
    assert formatted(read(path)) == expected
    assert formatted(expected) == expected
    assert_guarantees(read(path))


def test_the_golden_pairs_use_every_construct_of_the_grammar() -> None:
    used: set[str] = set()
    for text in map(read, _GOLDEN):
        used |= {str(tree.data) for tree in lark_parser().parse(text, start="start").iter_subtrees()}
        used |= {token.type for token in lex(text)}
    # Of a rule that gives way to its only child, the named alternatives are seen.
    seen = [rule for rule in lark_parser().rules if rule.alias or not rule.options.expand1]
    rules = {str(rule.alias or rule.origin.name) for rule in seen if not rule.origin.name.startswith("_")}
    terminals = {terminal.name for terminal in lark_parser().terminals}
    assert (rules | terminals) - used == {
        "expression",
        "settings",
        "COMMENT",
        "WS",
    }  # the first two: other entries


@pytest.mark.parametrize("path", _SHIPPED, ids=lambda path: path.name)
def test_the_shipped_examples_are_canonical(path: Path) -> None:
    assert formatted(read(path)) == read(path)


# ----------------------------------------------------------------------------------------- single points


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\r\n \t"])
def test_nothing_stays_nothing(text: str) -> None:
    assert formatted(text) == ""


def test_comments_alone() -> None:
    assert formatted("\n\n  # a\n\n\n# b  ") == "# a\n\n# b\n"


def test_line_ends_and_tabs_are_normalised() -> None:
    text = "const A : nat\t# a \r\n\r\n\r\n\tinvariant I\r\n\t\tx\r\n\t\tand y\r\n\t# out of use\r\n"
    assert formatted(text) == "const A : nat  # a\n\ninvariant I\n  x\n  and y\n  # out of use\n"


def test_descriptions_are_kept_to_the_letter() -> None:
    description = '"  {a+b} \\" \\\\ \\{ # é \\n  "'
    assert formatted(f"invariant I {description} a") == f"invariant I {description}\n  a\n"


@pytest.mark.parametrize("text", ["action", "def a = 1 +", 'const A : nat "{"', "invariant I (a", "?"])
def test_what_does_not_parse_is_refused(text: str) -> None:
    with pytest.raises(SpecError):
        formatted(text)


# ---------------------------------------------------------------------------------------------- mangling

_SPACES = [" ", "  ", "\t", " \t "]
_BREAKS = ["\n", "\n  ", "\r\n", " \n\n", "\n\n\n    ", "\n \r\n\t\n"]
_COMMENTS = [
    " # c\n",
    "#\n",
    "\n# c\n",
    "\n    # c \r\n",
    "\n\n  ## c\n\n",
    " # a\n # b\n",
    "\n\n\n# a\n\n\n  # b\n  ",
]
_TIGHT = set("()[]{},")  # need no white space beside them
_SEEDS = st.integers(0, 2**32)


def mangled(tokens: list[str], random: Random) -> str:
    """The tokens with other white space and comments between them."""
    breaks, comments = random.choice([0.0, 0.05, 0.4, 1.0]), random.choice([0.0, 0.0, 0.05, 0.5])
    text = ""
    for before, token in zip(["", *tokens], [*tokens, ""], strict=True):
        if random.random() < comments:
            text += random.choice(_COMMENTS)
        elif random.random() < breaks:
            text += random.choice(_BREAKS)
        elif not ({before[-1:], token[:1]} & _TIGHT) or random.random() < 0.5:
            text += random.choice(_SPACES)
        text += token
    return text.removesuffix("\n") if random.random() < 0.3 else text


@cache
def golden_declarations() -> list[list[str]]:
    """The tokens of each declaration in the golden pairs."""
    found = []
    for text in map(read, _GOLDEN):
        for tree in lark_parser().parse(text, start="start").children:
            assert isinstance(tree, Tree)
            declaration = text[tree.meta.start_pos : tree.meta.end_pos]
            found.append([str(token) for token in lex(declaration)])
    return found


@settings(max_examples=amount(100, 300), deadline=None)
@given(st.lists(st.deferred(lambda: st.sampled_from(golden_declarations())), max_size=6), _SEEDS)
def test_guarantees_on_mangled_declarations(declarations: list[list[str]], seed: int) -> None:
    tokens = [token for declaration in declarations for token in declaration]
    assert_guarantees(mangled(tokens, Random(seed)))


@settings(max_examples=amount(40, 100), deadline=None)
@given(st.sampled_from(_GOLDEN), _SEEDS)
def test_blanks_within_lines_do_not_matter(path: Path, seed: int) -> None:
    text, random = read(path), Random(seed)
    tokens = lark_parser().lex(text, dont_ignore=True)
    reblanked = "".join(
        re.sub("[ \t]+", lambda _: random.choice(_SPACES), token) if token.type == "WS" else str(token)
        for token in tokens
    )
    assert formatted(reblanked) == formatted(text)


# --------------------------------------------------------------------------------------- random programs

_WORDS = {
    "IDENT": ["a", "b", "log", "Node", "committed_index", "_"],
    "STRING": ['"d"', '"with {a + b} in it"', '"\\"quoted\\" \\\\ # \\{"'],
    "NUMBER": ["0", "1", "12", "1_000"],
    "EFFECT": ["effect"],
    "GROUP": ["group"],
    "DO": ["do"],
    "WITH_CALLEES": ["with callees", "with  callees"],
}


# Rules of one level of precedence.
_LEVELS = {
    "iff",
    "implies",
    "or_",
    "and_",
    "not_",
    "comparison",
    "range",
    "sum",
    "product",
    "prefix",
    "postfix",
}


@cache
def alternatives() -> dict[str, list[list[str]]]:
    """The grammar: for each rule what it may be made of, simplest first. Terminals have no entry."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    for rule in lark_parser().rules:
        found[rule.origin.name].append([symbol.name for symbol in rule.expansion])
    # The least height of a derivation, as a fixed point from above.
    height = dict.fromkeys(found, 1000)

    def of(parts: list[str]) -> int:
        return max((height.get(part, 0) for part in parts), default=0)

    for _ in found:
        height |= {name: 1 + min(map(of, choices)) for name, choices in found.items()}
    return {name: sorted(choices, key=of) for name, choices in found.items()}


@cache
def spelling() -> dict[str, list[str]]:
    """How each terminal may be written. One that is a regular expression needs examples in `_WORDS`."""
    fixed = [terminal for terminal in lark_parser().terminals if terminal.pattern.type == "str"]
    return _WORDS | {terminal.name: [str(terminal.pattern.value)] for terminal in fixed}


def derived(symbol: str, size: int, random: Random) -> list[str]:
    """The tokens of a random derivation of a symbol, which takes simple alternatives after `size` steps."""
    tokens: list[str] = []
    todo = [symbol]
    while todo:
        part = todo.pop()
        choices = alternatives().get(part)
        if choices is None:
            tokens.append(random.choice(spelling()[part]))
            continue
        size -= 1
        # Most levels of precedence must pass on to the next, or every operand would have operands in turn.
        passes_on = size < 0 or (part in _LEVELS and random.random() < 0.8)
        todo += reversed(choices[0] if passes_on else random.choice(choices))
    return tokens


def parses(tokens: list[str]) -> bool:
    """Not every derivation does: `forall x in S: a` takes all that follows it, which may be too much."""
    try:
        parse(Source("test.gate", " ".join(tokens)))
    except SpecError:
        return False
    return True


@st.composite
def declarations(draw: st.DrawFn) -> list[str]:
    size, seed = draw(st.integers(1, 150)), draw(_SEEDS)
    return derived("declaration", size, Random(seed))


def test_most_random_declarations_parse() -> None:
    """If they do not, the test below is about few kinds of declarations, and slow."""
    assert sum(parses(derived("declaration", seed, Random(seed))) for seed in range(60)) > 40


@settings(max_examples=amount(100, 300), deadline=None)
@given(st.lists(declarations().filter(parses), max_size=5), _SEEDS)
def test_guarantees_on_random_programs(program: list[list[str]], seed: int) -> None:
    tokens = [token for declaration in program for token in declaration]
    assert_guarantees(mangled(tokens, Random(seed)))
