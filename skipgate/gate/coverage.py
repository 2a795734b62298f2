"""What the anchored code calls that belongs to no anchor, the most called first; and how much of each file does.

A function that anchored code calls has to be anchored itself, followed from there, or declared `unmodelled`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from skipgate.gate.calls.callees import FUNCTIONS, OpenCall
from skipgate.gate.code import Symbol
from skipgate.gate.following import Unmodelled, belongs
from skipgate.gate.project import Project
from skipgate.gate.resolve import find


@dataclass(frozen=True)
class Gap:
    """A function that nothing speaks about, and the anchored functions that call it."""

    symbol: Symbol
    callers: tuple[Symbol, ...]


@dataclass
class FileCoverage:
    """How many functions of a file are anchored, followed, unmodelled, and nothing of these."""

    path: str
    anchored: int = 0
    followed: int = 0
    unmodelled: int = 0
    others: int = 0


@dataclass
class Coverage:
    """What is left out, and what is wrong with the `unmodelled` declarations."""

    gaps: list[Gap] = field(default_factory=list)  # ranked
    unknown: list[OpenCall] = field(default_factory=list)
    files: list[FileCoverage] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def coverage(project: Project) -> Coverage:
    """How far the anchors of a project reach."""
    unmodelled = Unmodelled((each for spec in project.specs.specs for each in spec.unmodelled), project.code)
    result = Coverage(problems=list(_problems(project)))
    callers: dict[str, list[Symbol]] = {}
    called: dict[str, Symbol] = {}
    unknown = dict.fromkeys(project.following.unknown)
    for caller in project.symbols.values():
        if caller.name and caller.kind not in FUNCTIONS:
            continue
        callees = project.graph.callees(caller)
        unknown |= dict.fromkeys(callees.unknown)
        for callee in (*callees.found, *(each for call in callees.unknown for each in call.candidates)):
            known = callee.key in project.following.followed or belongs(callee, project.symbols)
            if not known and callee not in unmodelled:
                called[callee.key] = callee
                callers.setdefault(callee.key, []).append(caller)
    ranked = sorted(called.items(), key=lambda each: (-len(callers[each[0]]), each[0]))
    result.gaps = [Gap(symbol, tuple(dict.fromkeys(callers[key]))) for key, symbol in ranked]
    result.unknown = sorted(unknown, key=lambda call: (call.path, call.line))
    result.files = list(_files(project, unmodelled))
    return result


def _files(project: Project, unmodelled: Unmodelled) -> Iterator[FileCoverage]:
    followed = project.following.followed
    for path in sorted({symbol.path for symbol in project.reviewed.values()}):
        file = FileCoverage(path)
        for symbol in project.code.file(path).symbols:
            if symbol.kind not in FUNCTIONS:
                continue
            if belongs(symbol, project.symbols):
                file.anchored += 1
            elif symbol.key in followed:
                file.followed += 1
            elif symbol in unmodelled:
                file.unmodelled += 1
            else:
                file.others += 1
        yield file


def _problems(project: Project) -> Iterator[str]:
    declarations = {d.span.place: d for spec in project.specs.specs for d in spec.unmodelled}
    for place, declaration in declarations.items():
        if not declaration.reason.strip():
            yield f"{place}: the reason is empty"
        if not project.code.matching(declaration.file):
            yield f"{place}: {declaration.file} is declared unmodelled, but there is no such file"
            continue
        for name in declaration.symbols:
            symbol = find(project.code, declaration.file, name)
            if symbol is None:
                yield f"{place}: {name} is declared unmodelled, but {declaration.file} declares no such thing"
            elif belongs(symbol, project.symbols):
                yield f"{place}: {symbol.key} is declared unmodelled, but it is anchored"
