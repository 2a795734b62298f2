"""The declaration `unmodelled`, and symbols whose names are reserved words."""

from __future__ import annotations

import pytest

from skipgate.spec.diagnostics import SpecError
from skipgate.spec.formatting.formatter import format_text
from skipgate.spec.parsing.parser import parse
from skipgate.spec.source import Source
from skipgate.spec.syntax import ModelDecl, UnmodelledDecl


def test_it_names_symbols_and_gives_a_reason() -> None:
    file = parse(Source("m.gate", 'model m\nunmodelled "a.go" :: helper, Engine.Close, "T.check" "only logs"\n'))
    declaration = file.declarations[1]
    assert isinstance(declaration, UnmodelledDecl)
    assert (declaration.file, declaration.symbols) == ("a.go", ("helper", "Engine.Close", "T.check"))
    assert declaration.reason == "only logs"


def test_a_reason_cannot_be_left_out() -> None:
    with pytest.raises(SpecError):
        parse(Source("m.gate", 'model m\nunmodelled "a.go" :: helper\ncheck c expect holds\n'))


def test_a_symbol_that_is_a_reserved_word_stands_in_quotes() -> None:
    model = parse(Source("m.gate", 'model m anchor "a.go" :: open, "Type.check"\n')).declarations[0]
    assert isinstance(model, ModelDecl)
    assert model.anchors[0].symbols == ("open", "Type.check")


def test_the_formatter_keeps_it() -> None:
    text = 'model m\n\nunmodelled "a.go" :: helper, "T.check" "only logs"\n'
    assert format_text(Source("m.gate", text.replace(" :: ", "  ::\n  "))) == text
