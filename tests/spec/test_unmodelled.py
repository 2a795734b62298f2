"""Anchors with callees, the declaration `unmodelled`, and symbols whose names are reserved words."""

from __future__ import annotations

import pytest

from skipgate.spec.diagnostics import SpecError
from skipgate.spec.formatting.formatter import format_text
from skipgate.spec.parsing.parser import parse
from skipgate.spec.source import Source
from skipgate.spec.syntax import EVERY_CALL, Anchor, CheckDecl, DefDecl, ModelDecl, RefinesDecl, UnmodelledDecl


def test_it_names_symbols_and_gives_a_reason() -> None:
    file = parse(Source("m.gate", 'model m\nunmodelled "a.go" :: helper, Engine.Close, "T.check" "only logs"\n'))
    declaration = file.declarations[1]
    assert isinstance(declaration, UnmodelledDecl)
    assert (declaration.file, declaration.symbols) == ("a.go", ("helper", "Engine.Close", "T.check"))
    assert declaration.reason == "only logs"


def test_it_can_name_whole_files() -> None:
    declaration = parse(Source("m.gate", 'unmodelled "log/*.go" "only logs"')).declarations[0]
    assert isinstance(declaration, UnmodelledDecl)
    assert (declaration.file, declaration.symbols, declaration.reason) == ("log/*.go", (), "only logs")


@pytest.mark.parametrize("named", ["", ":: helper"])
def test_a_reason_cannot_be_left_out(named: str) -> None:
    with pytest.raises(SpecError):
        parse(Source("m.gate", f'model m\nunmodelled "a.go" {named}\ncheck c expect holds\n'))


def anchors(text: str) -> tuple[Anchor, ...]:
    declaration = parse(Source("m.gate", text)).declarations[0]
    assert isinstance(declaration, ModelDecl | RefinesDecl)
    return declaration.anchors


@pytest.mark.parametrize(
    ("clause", "depth"),
    [
        ("", 0),
        ("with callees", EVERY_CALL),
        ("with\n  callees", EVERY_CALL),
        ("with callees to depth 1", 1),
        ("with callees to depth 2_0", 20),
    ],
)
def test_an_anchor_says_how_deep_its_callees_belong_to_it(clause: str, depth: int) -> None:
    (both, file) = anchors(f'model m anchor "a.go" :: f, T.g {clause} anchor "b.go" {clause}')
    assert (both.symbols, both.depth) == (("f", "T.g"), depth)
    assert (file.symbols, file.depth) == ((), depth)


def test_callees_to_no_depth_is_refused() -> None:
    with pytest.raises(SpecError, match="the depth of callees is at least 1"):
        parse(Source("m.gate", 'model m anchor "a.go" :: f with callees to depth 0'))


def test_settings_of_a_refinement_are_none_of_its_anchor() -> None:
    """`with` begins both; a constant may be called `callees`, as long as it does not come right behind an anchor."""
    assert anchors('refines A "a.gate" anchor "a.go" :: f with n = 3')[0].depth == 0
    assert anchors('refines A "a.gate" anchor "a.go" :: f with callees with callees = 3')[0].depth == EVERY_CALL
    (check,) = parse(Source("m.gate", "check c with callees = 3, n = 4")).declarations
    assert isinstance(check, CheckDecl)
    assert [(each.name.text, each.span.text) for each in check.settings] == [("callees", "callees = 3"), ("n", "n = 4")]


def test_a_definition_may_begin_behind_callees() -> None:
    (declaration,) = parse(Source("m.gate", 'def d anchor "a.go" :: f with callees = 3')).declarations
    assert isinstance(declaration, DefDecl)
    assert declaration.anchors[0].depth == EVERY_CALL


def test_a_symbol_that_is_a_reserved_word_stands_in_quotes() -> None:
    model = parse(Source("m.gate", 'model m anchor "a.go" :: open, "Type.check"\n')).declarations[0]
    assert isinstance(model, ModelDecl)
    assert model.anchors[0].symbols == ("open", "Type.check")


def test_the_formatter_keeps_it() -> None:
    text = 'model m\n\nunmodelled "a.go" :: helper, "T.check" "only logs"\n'
    assert format_text(Source("m.gate", text.replace(" :: ", "  ::\n  "))) == text
