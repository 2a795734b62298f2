"""What many checks say about many properties, put together.

Checks whose names only go on where that of another ends (`v9_leases`, `v9_two_crashes` where there is a `v9`) are about
one thing: they share a group. What the files of a run call by one name is one group, and one property.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from skipgate.app.expectations import misjudged

if TYPE_CHECKING:
    from skipgate.checker.core.result import CheckResult, PropertyResult
    from skipgate.checker.core.trace import Trace

Verdict = Literal["violation", "unknown", "holds", "vacuous"]

# Of several checks the gravest verdict counts. A property that says something in one check may say nothing in another.
_GRAVITY: tuple[Verdict, ...] = ("violation", "unknown", "holds", "vacuous")
# Every model has these; they are of interest where they do not hold.
_BUILT_IN = frozenset(["deadlock", "evaluation"])


@dataclass(frozen=True)
class Cell:
    """The verdict of a group of checks on a property, and the check that it is from: that with the shortest trace."""

    verdict: Verdict
    check: CheckResult
    name: str  # of the property
    as_expected: bool = True  # in all checks of the group

    @property
    def trace(self) -> Trace | None:
        """The counterexample, if the property is violated."""
        return self.check.properties[self.name].trace

    @property
    def steps(self) -> int | None:
        """How many steps lead to the violation; none if there is not even a first state."""
        return None if self.trace is None else max(0, len(self.trace) - 1)


@dataclass(frozen=True)
class CellPlace:
    """Where a cell is. The section is a file, if files are kept apart."""

    section: str | None
    group: str
    property: str


@dataclass(frozen=True)
class Matrix:
    """The cells, and what they are about, in order of appearance. Where there is no cell, nobody has looked."""

    sections: tuple[str | None, ...]
    groups: tuple[str, ...]
    properties: dict[str, str | None]  # with their descriptions
    cells: dict[CellPlace, Cell]


def gather(results: Sequence[CheckResult], *, by_file: bool = False) -> Matrix:
    """Put the results of checks together, those of different files only if not `by_file`."""
    names = {result.check for result in results}
    properties: dict[str, str | None] = {}
    cells: dict[CellPlace, Cell] = {}
    for result in results:
        for name, found in result.properties.items():
            properties[name] = properties.get(name) or found.description
            place = CellPlace(result.file if by_file else None, group_of(result.check, names), name)
            cell = Cell(_verdict(result, found), result, name, name not in misjudged(result))
            cells[place] = _graver(cells[place], cell) if place in cells else cell
    dull = {name for name in _BUILT_IN if all(c.verdict == "holds" for p, c in cells.items() if p.property == name)}
    cells = {place: cell for place, cell in cells.items() if place.property not in dull}
    return Matrix(
        tuple(dict.fromkeys(place.section for place in cells)),
        tuple(dict.fromkeys(group_of(result.check, names) for result in results)),
        {name: description for name, description in properties.items() if name not in dull},
        cells,
    )


def group_of(check: str, names: Collection[str]) -> str:
    """The shortest of `names` on which the name of a check goes on after a `_`, or that name itself."""
    words = check.split("_")
    starts = ("_".join(words[:end]) for end in range(1, len(words)))
    return next((start for start in starts if start in names), check)


def _verdict(result: CheckResult, found: PropertyResult) -> Verdict:
    return "vacuous" if found.verdict == "holds" and found.name in result.vacuous else found.verdict


def _graver(one: Cell, other: Cell) -> Cell:
    as_expected = one.as_expected and other.as_expected

    def key(cell: Cell) -> tuple[int, int]:
        return _GRAVITY.index(cell.verdict), cell.steps or 0

    kept = min(one, other, key=key)
    return Cell(kept.verdict, kept.check, kept.name, as_expected)
