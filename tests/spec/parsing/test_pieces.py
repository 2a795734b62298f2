"""Parsing declaration by declaration gives what parsing the whole gives: the same trees, and the same messages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from lark import Token

from skipgate.spec import syntax
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.parsing import pieces as pieces_module
from skipgate.spec.parsing.parser import parse
from skipgate.spec.parsing.pieces import MARK, Pieces
from skipgate.spec.source import Source
from skipgate.spec.tree_printer import tree_text
from tests.edits import edited

ROOT = Path(__file__).parents[3]
MODELS = sorted((ROOT / "models").rglob("*.gate"))
CASES = sorted((ROOT / "tests/regressions").glob("*.gate"))


def outcome(text: str, pieces: Pieces | None) -> str:
    source = Source("m.gate", text)
    try:
        return tree_text((parse(source) if pieces is None else pieces.parse(source)).declarations)
    except SpecError as problem:
        return str(problem)


@pytest.mark.parametrize("path", [path for path in MODELS if len(path.read_text()) < 9000][:4], ids=lambda p: p.name)
def test_a_model_that_is_edited_is_parsed_as_one_that_is_new(path: Path) -> None:
    compare(path.read_text(encoding="utf-8"), 8, Random(path.name))


@pytest.mark.slow
@pytest.mark.parametrize("path", [*MODELS, *CASES], ids=lambda p: p.stem)
def test_whatever_is_edited_is_parsed_as_if_it_were_new(path: Path) -> None:
    compare(path.read_text(encoding="utf-8"), 30, Random(path.name))


def compare(text: str, edits: int, random: Random) -> None:
    pieces, start = Pieces(), text
    for number in range(edits):
        assert outcome(text, pieces) == outcome(text, None), text
        if number % 6 == 5:  # back to what is right, or nothing of it is left soon
            text = start
        text = edited(random, text)


@pytest.mark.parametrize(
    "text",
    [
        "record R {\ncheck : bool,\nvar : 0..3 }\nvar x : R = R(true, 0)",
        "invariant I x.\ninitially (a)\nvar x : bool = true",
        "invariant I\nx.\ninitially (a)\naction",
        "check c\n  expect proved\neffect f then x' = 1",
        "check c expect unreachable\naction a",
        "fair\naction a then x' = 1\nstrong\nfair action b then x' = 2\nordered\nrecord R { a : bool }",
        "group\nvar x : bool = true",
        "var x : bool = true\ngroup",
        "do\nvar x : bool = true",
        "",
        "# nothing",
        "this is nothing\nvar x : bool = true",
        "invariants I x\nvar x : bool = true\nfoo bar\nvar y : = 3",
        "var x : bool = " + "(" * 150 + "true" + ")" * 150 + "\nvar y : bool = true",
        'action a "x {" then x\' = 1\naction b "{1 +}"\nvar x : bool = true',
    ],
)
def test_pieces_that_are_none_by_themselves(text: str) -> None:
    pieces = Pieces()
    for now in (text, text, text + "\nvar last : bool = true", text[:-1], text):
        assert outcome(now, pieces) == outcome(now, None)


TEXT = "var x : bool = true\naction a(n in 0..3)\n  when x and\nvar y : 0..3 = 0\ninvariant I y <\ninvariant J y < 4"


def test_what_is_well_formed_is_found_and_the_rest_is_completed() -> None:
    file = Pieces().recover(Source("m.gate", TEXT))
    assert [d.name.text for d in file.declarations if hasattr(d, "name")] == ["x", "a", "y", "I", "J"]
    (action,) = (d for d in file.declarations if isinstance(d, syntax.ActionDecl))
    assert [name.text for binder in action.parameters for name in binder.names] == ["n"]
    for declaration in file.declarations:
        assert declaration.span.text == declaration.span.text.strip()


def test_a_name_stands_where_one_is_about_to_be_written() -> None:
    offset = TEXT.index("and") + 4
    cut = Pieces().cut(Source("m.gate", TEXT), offset)
    marks = [n for d in cut.file.declarations for n in syntax.walk(d) if isinstance(n, syntax.Name) and n.text == MARK]
    assert [mark.span.start for mark in marks] == [offset]
    assert {"IDENT", "NOT", "FORALL"} <= cut.accepted and not {"THEN", "AND", "VAR"} & cut.accepted


@pytest.mark.parametrize(
    "text",
    [
        *("var", "var x", "var x :", "var x : map[", "record", "record R {", "record R { a", "model", "check"),
        *("check c with", "check c with N", "check c expect", "check c expect violation", "fair", "strong", "group g"),
        *("action a(", "action a(n", "action a then", "action a then x'", "action a then if", "action a then some n"),
        *("invariant I if a", "invariant I match x", "invariant I forall", "invariant I {x for", "invariant I x leads"),
        *("liveness L a leads", "liveness L for n", 'refines R "a" with', "def f(", "def f(a : option"),
        *("variant V { A(", "enum E { a,", "sort S", "terminal", "initially", "assume", "effect e", "ordered"),
        *("invariant I fold x in s", "invariant I let", "invariant I enabled", "invariant I min", "cover C max("),
    ],
)
def test_every_beginning_can_be_completed(text: str) -> None:
    assert len(Pieces().recover(Source("m.gate", text)).declarations) == 1


def test_a_piece_that_moves_has_its_new_place() -> None:
    pieces = Pieces()
    for before in ("", "# one\n", "var z : bool = true\n\n"):
        file = pieces.parse(Source("m.gate", before + 'action a "{x}"\n  when x'))
        assert file.declarations[-1].span.start == len(before)
        assert tree_text(file.declarations) == tree_text(parse(file.source).declarations)


def test_an_edit_costs_one_declaration(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the text is; and a syntax error costs no more."""
    again: list[str] = []
    parsed = pieces_module._parsed

    def counted(source: Source, tokens: Sequence[Token], start: int) -> object:
        again.append(source.text[start:].partition("\n")[0])
        return parsed(source, tokens, start)

    monkeypatch.setattr(pieces_module, "_parsed", counted)
    text = (ROOT / "models/cold_start.gate").read_text(encoding="utf-8")
    pieces = Pieces()
    pieces.parse(Source("m.gate", text))
    assert len(again) > 80
    at = text.index("\ninvariant") + 1
    for edit in ("x" + text[at:], "invariant x " + text[at:].partition(" ")[2]):
        again.clear()
        outcome(text[:at] + edit, pieces)
        assert len(again) <= 2, again
    again.clear()
    outcome("# a comment\n" + text, pieces)
    assert len(again) <= 2  # what was changed before is as it was
