"""Colours: the words are those of the grammar, and a text that is coloured is the same text."""

from __future__ import annotations

import json
import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from pygments.token import Error

from skipgate import pygments_lexer as lexer
from skipgate.spec.parsing.grammar import terminals

ROOT = Path(__file__).parents[2]
WORDS = {text for text in terminals().values() if text.isalpha()} | {"effect", "group", "do"}
GROUPS = (lexer.DECLARATIONS, lexer.CLAUSES, lexer.OPERATORS, lexer.TYPES, lexer.CONSTANTS)
MODELS = sorted((ROOT / "models").rglob("*.gate"))


def test_the_words_are_those_of_the_grammar() -> None:
    assert sorted(word for group in GROUPS for word in group) == sorted(WORDS)


def test_the_words_of_editors_are_those_of_the_lexer() -> None:
    grammar = json.loads((ROOT / "editors/vscode/syntaxes/gate.tmLanguage.json").read_text(encoding="utf-8"))
    names = ("declaration", "clause", "operator", "type", "constant")
    for name, group in zip(names, GROUPS, strict=True):
        assert re.findall(r"[a-z]{2,}", grammar["repository"][name]["match"]) == [*group]
    emacs = (ROOT / "editors/gate-mode.el").read_text(encoding="utf-8")
    lists = re.findall(r"regexp-opt\s+'\(([^)]*)\)", emacs)
    assert {word for part in lists for word in re.findall(r'"(\w+)"', part)} == WORDS


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_every_model_is_coloured_and_stays_as_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = list(lexer.GateLexer(stripnl=False, ensurenl=False).get_tokens(text))
    assert [value for kind, value in found if kind in Error] == []
    assert "".join(value for _, value in found) == text


def test_a_text_that_is_half_written_stays_as_it_is() -> None:
    text = 'action a "open {x\n  when .. x.check? # $\n"'
    found = list(lexer.GateLexer(stripnl=False, ensurenl=False).get_tokens(text))
    assert "".join(value for _, value in found) == text
    assert [value for kind, value in found if kind in Error] == ["?"]


def test_pygments_is_told_of_it() -> None:
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points."pygments.lexers"]\nskipgate = "skipgate.pygments_lexer:GateLexer"' in declared
    for entry in entry_points(group="pygments.lexers"):
        if entry.value.startswith("skipgate."):
            assert entry.load() is lexer.GateLexer


def test_the_extension_is_whole() -> None:
    home = ROOT / "editors/vscode"
    package = json.loads((home / "package.json").read_text(encoding="utf-8"))
    given = package["contributes"]
    files = [package["main"], given["languages"][0]["configuration"], given["grammars"][0]["path"]]
    for file in [*files, given["snippets"][0]["path"]]:
        assert (home / file).is_file(), file
    json.loads((home / "language-configuration.json").read_text(encoding="utf-8"))
    source = (home / "src/extension.js").read_text(encoding="utf-8")
    assert all(f'"{each["command"]}"' in source for each in given["commands"])


def test_the_snippets_are_of_the_language() -> None:
    """Filled in with what they propose, they are a model."""
    from skipgate.spec.parsing.parser import parse
    from skipgate.spec.source import Source

    snippets = json.loads((ROOT / "editors/vscode/snippets/gate.json").read_text(encoding="utf-8"))
    for name, snippet in snippets.items():
        text = "\n".join(snippet["body"])
        text = re.sub(r"\$\{\d+\|([^,|]*)[^}]*\}", r"\1", text)
        text = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", text)
        assert parse(Source(name, text)).declarations, text
