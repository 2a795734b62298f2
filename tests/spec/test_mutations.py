"""Models mangled at random are either good or explained, and never take long."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from skipgate.spec.diagnostics import SpecError
from skipgate.spec.loader import Program
from skipgate.spec.parsing.parser import parse
from skipgate.spec.passes import examine
from skipgate.spec.source import Source
from tests import effort
from tests.effort import amount

_HERE = Path(__file__).parent
_MODELS = sorted((_HERE.parents[1] / "models").rglob("*.gate"))
_NOISE = "(){}[]'\"#\\.,:=<>|&+-*!/ \t\n\r0aé\u200b\u00a0日_"


@cache
def models() -> tuple[str, ...]:
    """Texts to mangle: stretches of whole declarations."""
    texts = []
    for file in [*_MODELS, *sorted((_HERE / "formatting" / "golden").glob("*.out.gate"))]:
        text = file.read_text(encoding="utf-8")
        declarations = parse(Source(file.name, text)).declarations
        for i in range(0, len(declarations), 12):
            part = declarations[i : i + 12]
            texts.append(text[part[0].span.start : part[-1].span.end])
    return tuple(texts)


@cache
def words(text: str) -> tuple[tuple[int, int], ...]:
    """Where the words, numbers and symbols of a text begin and end."""
    return tuple(match.span() for match in re.finditer(r'\w+|"[^"\n]*"|#[^\n]*|[^\w\s"]', text))


def examined(text: str) -> SpecError | None:
    """The error that a text ends in, if it does."""
    source = Source("mangled.gate", text)
    found: SpecError | None = None
    try:
        with effort.at_most(20):  # seconds, of which it takes far less
            file = parse(source)
            examine(Program(file, (file,)))
    except SpecError as problem:
        found = problem
        assert problem.diagnostics
        for diagnostic in problem.diagnostics:
            assert diagnostic.span is not None
            assert diagnostic.span.source is source
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
            assert diagnostic.message
            assert "\n" not in diagnostic.message
            assert diagnostic.render()
    return found


@st.composite
def mangled_by_words(draw: st.DrawFn) -> str:
    """A model in which some words were left out, doubled, exchanged, or replaced by words of other models."""
    text = draw(st.sampled_from(models()))
    for _ in range(draw(st.integers(1, 4))):
        places = words(text)
        if not places:
            break
        start, end = draw(st.sampled_from(places))
        other = draw(st.sampled_from(places))
        match draw(st.sampled_from(["leave out", "double", "exchange", "replace", "cut"])):
            case "leave out":
                text = text[:start] + text[end:]
            case "double":
                text = f"{text[:end]} {text[start:end]}{text[end:]}"
            case "exchange":
                (a, b), (c, d) = sorted([(start, end), other])
                if b <= c:
                    text = text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]
            case "replace":
                donor = draw(st.sampled_from(models()))
                a, b = draw(st.sampled_from(words(donor)))
                text = text[:start] + donor[a:b] + text[end:]
            case "cut":
                text = text[: min(start, other[0])] + text[max(end, other[1]) :]
    return text


@st.composite
def mangled_by_names(draw: st.DrawFn) -> str:
    """A model in which some names, numbers and operators were replaced by others: most still parse."""
    text = draw(st.sampled_from(models()))
    like = [r"[A-Za-z_]\w*", r"[A-Za-z_]\w*", r"\d+", r"<=?|>=?|==|!=|=>|<=>|[-+*|&]|\b(?:and|or|in|subset|div|mod)\b"]
    for _ in range(draw(st.integers(1, 3))):
        places = [match.span() for match in re.finditer(draw(st.sampled_from(like)), text)]
        if places:
            start, end = draw(st.sampled_from(places))
            a, b = draw(st.sampled_from(places))
            text = text[:start] + text[a:b] + text[end:]
    return text


@st.composite
def mangled_by_characters(draw: st.DrawFn) -> str:
    """A model with some characters left out or put in."""
    text = draw(st.sampled_from(models()))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        noise = draw(st.one_of(st.text(_NOISE, max_size=3), st.text(max_size=2)))
        text = text[:at] + noise + text[at + draw(st.integers(0, 2)) :]
    return text


@given(mangled_by_words())
@settings(max_examples=amount(100, 300), deadline=None)
def test_mangled_words_are_good_or_explained(text: str) -> None:
    examined(text)


@given(mangled_by_names())
@settings(max_examples=amount(100, 300), deadline=None)
def test_exchanged_names_are_good_or_explained(text: str) -> None:
    examined(text)


@given(mangled_by_characters())
@settings(max_examples=amount(70, 200), deadline=None)
def test_mangled_characters_are_good_or_explained(text: str) -> None:
    examined(text)


@given(st.text(st.one_of(st.sampled_from(_NOISE), st.characters()), max_size=200))
@settings(max_examples=amount(70, 200), deadline=None)
def test_noise_is_good_or_explained(text: str) -> None:
    examined(text)


def test_the_models_themselves_are_good() -> None:
    alone = [text for file in _MODELS if "import " not in (text := file.read_text(encoding="utf-8"))]
    assert alone
    assert [text for text in alone if examined(text)] == []
