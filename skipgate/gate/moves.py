"""Where a symbol has gone that is no longer where it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from skipgate.gate.code import Symbol
from skipgate.gate.git import GitError
from skipgate.gate.grammars import grammar_for
from skipgate.gate.resolve import CodeBase

_ALIKE = 0.6  # how much of its tokens a renamed symbol must keep to be taken for the same
_LONGEST = 4000  # tokens that are compared one by one
_SMALLEST = 12  # tokens below which likeness means nothing


@dataclass(frozen=True)
class Successor:
    """What a symbol seems to have become. `same` tells whether all but its name stayed as it was."""

    symbol: Symbol
    same: bool


def successor(
    gone: Symbol, before: CodeBase, after: CodeBase, renamed: dict[str, str], touched: Iterable[str]
) -> Successor | None:
    """The symbol that took the place of `gone`: in its file, which may have a new name, or in another that changed."""
    home = renamed.get(gone.path, gone.path)
    if after.has(home) and gone.path != home:
        found = [symbol for symbol in _symbols(after, home) if symbol.name == gone.name]
        if len(found) == 1:
            return Successor(found[0], found[0].fingerprint == gone.fingerprint)
    candidates = _new_symbols(home, gone.path, before, after)
    grammar = grammar_for(gone.path)
    for path in sorted(touched):
        if path not in (home, gone.path) and grammar_for(path) is grammar and after.has(path):
            candidates += _new_symbols(path, path, before, after)
    candidates = [candidate for candidate in candidates if candidate.kind == gone.kind]
    twins = [candidate for candidate in candidates if candidate.shape == gone.shape]
    by_name = [candidate for candidate in candidates if candidate.name == gone.name]
    if twins:
        # The same code twice is no proof, but the same name decides.
        return Successor(next((twin for twin in twins if twin.name == gone.name), twins[0]), same=True)
    if by_name:
        return Successor(by_name[0], same=False)
    return _most_alike(gone, candidates)


def _symbols(code: CodeBase, path: str) -> tuple[Symbol, ...]:
    try:
        return code.file(path).symbols
    except (KeyError, GitError, OSError):
        return ()


def _new_symbols(path: str, old_path: str, before: CodeBase, after: CodeBase) -> list[Symbol]:
    known = {symbol.name for symbol in _symbols(before, old_path)}
    return [symbol for symbol in _symbols(after, path) if symbol.name not in known]


def _most_alike(gone: Symbol, candidates: list[Symbol]) -> Successor | None:
    if not _SMALLEST <= len(gone.tokens) <= _LONGEST:
        return None
    best: tuple[float, Symbol] | None = None
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(gone.tokens)
    for candidate in candidates:
        if len(candidate.tokens) > _LONGEST:
            continue
        matcher.set_seq1(candidate.tokens)
        least = _ALIKE if best is None else best[0]
        if matcher.real_quick_ratio() > least and matcher.quick_ratio() > least and (ratio := matcher.ratio()) > least:
            best = (ratio, candidate)
    return None if best is None else Successor(best[1], same=False)
