"""Fingerprints against an independent reading of Go: a lexer of a few lines, which knows tokens and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipgate.gate.code import CodeFile
from tests.effort import amount
from tests.skipgate.gate.conftest import MODULE, RESTART, STORE

_LEXER = re.compile(
    r"""(?P<blank>[ \t]+|//(?!go:)[^\n]*|/\*.*?\*/)|(?P<line>\n)
    |(?P<token>//go:[^\n]*|"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])*'|[A-Za-z_]\w*|\d\w*
      |<<=|>>=|&\^=|\.\.\.|:=|\+\+|--|&&|\|\||<-|[-+*/%&|^<>=!]=|<<|>>|&\^|.)""",
    re.VERBOSE | re.DOTALL,
)
SOURCES = {path: (MODULE / path).read_text() for path in (RESTART, STORE)}
# Semicolons, and commas before a closing bracket, are what line ends stand for: not tokens that could be missed.
_LAYOUT = {";"}


def pieces(source: str) -> list[tuple[str, str]]:
    return [(str(match.lastgroup), match[0]) for match in _LEXER.finditer(source)]


def words(source: str) -> list[str]:
    """The tokens that mean something."""
    return [text for kind, text in pieces(source) if kind == "token" and text not in _LAYOUT]


def fingerprint(source: str) -> str:
    return CodeFile("a.go", source.encode()).whole.fingerprint


path_and_number = st.tuples(st.sampled_from(sorted(SOURCES)), st.integers(0, 10_000))

_OTHERS: dict[str, Callable[[str], str]] = {
    "another": lambda token: "other" if token.isidentifier() else f"{token}1" if token[0].isalnum() else "%",
    "gone": lambda token: " ",
    "twice": lambda token: f"{token} {token}",
    "longer": lambda token: (
        f"{token[:-1]}x{token[-1]}" if token[0] in "\"'`" else f"{token}x" if token.isalnum() else "+"
    ),
}


@settings(max_examples=amount(60, 150), deadline=None)
@given(path_and_number, st.sampled_from(sorted(_OTHERS)))
def test_a_changed_token_is_never_missed(where: tuple[str, int], how: str) -> None:
    source = SOURCES[where[0]]
    parts = pieces(source)
    tokens = [number for number, (kind, text) in enumerate(parts) if kind == "token" and text not in _LAYOUT]
    at = tokens[where[1] % len(tokens)]
    changed = "".join(_OTHERS[how](text) if number == at else text for number, (_, text) in enumerate(parts))
    if words(changed) == words(source):
        return
    if [word for word in words(changed) if word != ","] == [word for word in words(source) if word != ","]:
        return  # a comma more or less before a bracket is layout
    assert fingerprint(changed) != fingerprint(source)


@settings(max_examples=amount(30, 80), deadline=None)
@given(st.sampled_from(sorted(SOURCES)), st.randoms(use_true_random=False))
def test_blanks_and_comments_never_count(path: str, random: object) -> None:
    source = SOURCES[path]
    out = []
    for kind, text in pieces(source):
        filler = random.choice(["", "", "", " ", "\t", "/* c */", " /**/ "])  # type: ignore[attr-defined]
        if kind == "line":
            filler += random.choice(["", "", " // why", "\n\n", "\n// more"])  # type: ignore[attr-defined]
        elif kind == "blank":
            text = random.choice([" ", "\t ", " /* x */ "]) if not text.startswith("//") else text  # type: ignore[attr-defined]
        out.append(filler + text)
    changed = "".join(out)
    assert words(changed) == words(source)
    assert fingerprint(changed) == fingerprint(source)


def test_the_lexer_reads_the_sources_back() -> None:
    for source in SOURCES.values():
        assert "".join(text for _, text in pieces(source)) == source


@pytest.mark.parametrize("path", sorted(SOURCES))
def test_the_parser_understands_the_sources(path: str) -> None:
    assert not CodeFile(path, SOURCES[path].encode()).damaged
