"""Another name for something, in all files, if nothing means anything else then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lark.exceptions import LarkError

from skipgate.errors import InputError
from skipgate.spec.confinement import real
from skipgate.spec.live.analysis import Analysis
from skipgate.spec.live.buffers import Buffers
from skipgate.spec.live.occurrences import Occurrences, Place, place_of
from skipgate.spec.loader import all_contents, text_of
from skipgate.spec.parsing.grammar import lex
from skipgate.spec.source import Span


class CannotRename(InputError):
    """A name cannot be changed; the message says why."""


@dataclass(frozen=True)
class _Seen:
    """What a file means: where each of its names stands, and where that is declared; and what is wrong with it."""

    meaning: Mapping[tuple[Path, int], tuple[Path, int]]
    wrong: Sequence[str]
    whole: bool


def references(buffers: Buffers, names: Iterable[str], target: Place, word: str) -> list[Span]:
    """Every place in files where something is named that is declared at a place, each once."""
    found: dict[tuple[Path, int], Span] = {}
    wanted = (real(Path(target[0])), target[1])
    for name in _with_the_word(buffers, names, word):
        for each in Occurrences(buffers.analysis(name)).all:
            if each.target is not None and _key(each.target) == wanted:
                found.setdefault(_key(each.span), each.span)
    return sorted(found.values(), key=place_of)


def _key(span: Span) -> tuple[Path, int]:
    return real(Path(span.source.name)), span.start


def _with_the_word(buffers: Buffers, names: Iterable[str], word: str) -> list[str]:
    """The files that have a word somewhere, or use one that has: only these can name what is called so."""
    pattern = re.compile(rf"\b{re.escape(word)}\b")
    found = []
    for name in names:
        try:
            with all_contents(buffers.contents):
                text = text_of(Path(name))
        except InputError:
            continue
        if pattern.search(text):
            found.append(name)
    return found


def renamed(buffers: Buffers, names: Iterable[str], name: str, offset: int, new: str) -> list[Span]:
    """The places where a new name has to stand, for the name at an offset of a file. `names` are all files there are.

    Raises:
        CannotRename: nothing is named there, the new name is none, or something would not mean what it means now.
    """
    files = list(dict.fromkeys([name, *names]))
    here = Occurrences(buffers.analysis(name)).at(offset)
    if here is None or here.target is None:
        raise CannotRename("there is no name here that can be changed" if here is None else "this name is built in")
    old = here.target.text
    _require_name(new)
    if old == new:
        return []
    concerned = _with_the_word(buffers, files, old)
    spans = references(buffers, concerned, place_of(here.target), old)
    touched = {real(Path(span.source.name)) for span in spans}
    # A file that has the new name may use one that is changed, and not the old name.
    affected = list(dict.fromkeys([*concerned, *_with_the_word(buffers, files, new)]))
    before = {each: _seen(buffers, each) for each in affected}
    for each, seen in before.items():
        if not seen.whole and (each in concerned or real(Path(each)) in touched):
            raise CannotRename(f"{each} has errors that hide what its names mean; correct them first")
    after = Buffers()
    for path, content in buffers.contents.items():
        after.put(str(path), content.decode("utf-8", "surrogatepass"))
    for path in touched:
        source = next(span.source for span in spans if real(Path(span.source.name)) == path)
        mine = [span for span in spans if real(Path(span.source.name)) == path]
        after.put(str(path), with_replaced(source.text, mine, new))
    for each in affected:
        _require_same(before[each], _seen(after, each), spans, len(new), new)
    return spans


def with_replaced(text: str, spans: Iterable[Span], new: str) -> str:
    """A text with another word at some places."""
    for span in sorted(spans, key=lambda each: each.start, reverse=True):
        text = text[: span.start] + new + text[span.end :]
    return text


def _require_name(new: str) -> None:
    try:
        kinds = [token.type for token in lex(new)]
    except LarkError:
        kinds = []
    if len(kinds) != 1 or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", new) or new == "_":
        raise CannotRename(f"`{new}` is no name")


def _seen(buffers: Buffers, name: str) -> _Seen:
    examined = buffers.examine(name)
    analysis: Analysis = buffers.analysis(name)
    meaning = {_key(each.span): _key(each.target) for each in Occurrences(analysis).all if each.target is not None}
    wrong = [each.message for each in examined.diagnostics]
    return _Seen(meaning, wrong, analysis.whole and all(buffers.well_formed(file.source) for file in analysis.files))


def _require_same(before: _Seen, after: _Seen, spans: Sequence[Span], length: int, new: str) -> None:
    """Require that every name means what it meant, and that nothing is wrong that was not before."""
    ends: dict[Path, list[Span]] = {}
    for span in spans:
        ends.setdefault(real(Path(span.source.name)), []).append(span)

    def moved(place: tuple[Path, int]) -> tuple[Path, int]:
        file, start = place
        return file, start + sum(length - (s.end - s.start) for s in ends.get(file, ()) if s.start < start)

    news = [message for message in after.wrong if message not in before.wrong]
    if len(after.wrong) > len(before.wrong) and news:
        raise CannotRename(f"with the name `{new}`: {news[0]}")
    expected = {moved(place): moved(target) for place, target in before.meaning.items()}
    if expected != after.meaning:
        raise CannotRename(f"with the name `{new}`, something would not mean what it means now")
