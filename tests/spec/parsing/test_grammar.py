"""What the parser relies on in Lark."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.spec.parsing import foreign, syntax_errors
from skipgate.spec.parsing.grammar import lark_parser, lex, terminals

_MODELS = sorted((Path(__file__).parents[3] / "models" / "examples").glob("*.gate"))


def test_the_terminals_that_messages_speak_of_exist() -> None:
    sets = [value for value in vars(syntax_errors).values() if isinstance(value, frozenset)]
    assert syntax_errors.DECLARATION_STARTS in sets
    names = {terminal.name for terminal in lark_parser().terminals}
    assert {name for each in sets for name in each} <= names
    assert {*foreign.FOREIGN_WORDS.values()} <= {*terminals()} <= names


@pytest.mark.parametrize("model", _MODELS, ids=lambda path: path.stem)
def test_the_tokens_are_those_of_lark(model: Path) -> None:
    text = model.read_text(encoding="utf-8")
    found, wanted = ([(t.type, str(t), t.start_pos, t.end_pos) for t in f(text)] for f in (lex, lark_parser().lex))
    assert found == wanted
    assert found
