"""Which functions of the anchored files no specification speaks about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from skipgate.gate.code import Symbol, key_of
from skipgate.gate.project import Project

_FUNCTIONS = frozenset({"function", "method", "constructor"})


@dataclass
class Coverage:
    """The functions of one file: those a specification speaks about, those declared unmodelled, and the others."""

    path: str
    anchored: list[Symbol] = field(default_factory=list)
    unmodelled: list[tuple[Symbol, str]] = field(default_factory=list)  # with the reason
    uncovered: list[Symbol] = field(default_factory=list)


def coverage(project: Project) -> tuple[list[Coverage], list[str]]:
    """The coverage of each anchored file, and what is wrong with the `unmodelled` declarations."""
    reasons: dict[str, tuple[str, str]] = {}  # by symbol: the reason, and where it stands
    problems: list[str] = []
    declarations = {d.span.place: d for spec in project.specs.specs for d in spec.unmodelled}
    for place, declaration in declarations.items():
        for name in declaration.symbols:
            reasons[key_of(declaration.file, name)] = (declaration.reason, place)
        if not declaration.reason.strip():
            problems.append(f"{place}: the reason is empty")
    anchored = project.symbols
    found: list[Coverage] = []
    seen: set[str] = set()
    for path in sorted({symbol.path for symbol in anchored.values()}):
        file = Coverage(path)
        for symbol in _functions(project.code.file(path).symbols):
            seen.add(symbol.key)
            if symbol.key in anchored or _whole(symbol, anchored):
                file.anchored.append(symbol)
            elif symbol.key in reasons:
                file.unmodelled.append((symbol, reasons[symbol.key][0]))
            else:
                file.uncovered.append(symbol)
        found.append(file)
    for key, (_, place) in reasons.items():
        if key in anchored:
            problems.append(f"{place}: {key} is declared unmodelled, but it is anchored")
        elif key not in seen:
            problems.append(f"{place}: {key} is declared unmodelled, but no anchored file declares such a function")
    return found, problems


def _functions(symbols: Iterable[Symbol]) -> list[Symbol]:
    return [symbol for symbol in symbols if symbol.kind in _FUNCTIONS]


def _whole(symbol: Symbol, anchored: dict[str, Symbol]) -> bool:
    """Is the type that a function is declared in anchored, or the file as a whole?"""
    if symbol.path in anchored:
        return True
    outer = symbol.name.rpartition(".")[0]
    owner = anchored.get(key_of(symbol.path, outer)) if outer else None
    # A method that stands apart from its type, as in Go, is not covered by an anchor of the type.
    return owner is not None and owner.line <= symbol.line <= owner.end_line
