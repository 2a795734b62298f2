"""The table of a run: a row a check."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.wording import Standing, duration, number, standing, symmetry, verdict

if TYPE_CHECKING:
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    from checker.result import CheckResult
    from skipgate.artifacts import Artifacts

# Colour repeats what the mark and the words say, and never says anything alone.
_STYLES: dict[Standing, str] = {"expected": "green", "differs": "bold red", "unknown": "yellow"}
_MARKS: dict[Standing, str] = {"expected": "✓", "differs": "✗", "unknown": "?"}
_ASCII_MARKS: dict[Standing, str] = {"expected": "+", "differs": "x", "unknown": "?"}

_COUNTS = ("states", "generated", "depth", "time")
_LEAST = 12  # characters of a line of a name that is broken


def print_table(console: Console, results: Sequence[CheckResult], artifacts: Artifacts) -> None:
    """Print the table, and below it where the pictures are if the window is too narrow for them."""
    pictures = [
        (result, name, path)
        for result in results
        for name in result.violated
        if (path := artifacts.picture(result, name)) is not None
    ]
    table = _table(console, results, artifacts if pictures else None)
    if not console.is_terminal:
        # Nothing limits the width of a log, and a word that is broken in two could not be searched for.
        console.width = max(console.width, _measure(console, table).maximum)
    if _measure(console, table).maximum <= console.width:
        console.print(table)
        return
    table = _table(console, results, None)
    if _measure(console, table).maximum > console.width:
        table = _table(console, results, None, break_at="\n")
    for counts in (_COUNTS, ("states", "time"), ("states",), ()):
        if _measure(console, table).minimum <= console.width:
            break
        table = _table(console, results, None, break_at="\n", unbroken=False, counts=counts)
    console.print(table)
    if pictures:
        console.print()
    for result, name, path in pictures:
        console.print(f"{result.model}/{result.check}, {name}:", _link(path), soft_wrap=True)


def _table(
    console: Console,
    results: Sequence[CheckResult],
    artifacts: Artifacts | None,
    break_at: str = "",
    unbroken: bool = True,
    counts: Sequence[str] = _COUNTS,
) -> Table:
    """The table; without a column for pictures if `artifacts` is None.

    `break_at` stands where a line may end in the first column; `unbroken` keeps names in one piece. Of the numbers,
    only `counts` are shown.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    marks = _MARKS if console.encoding.lower().startswith("utf") else _ASCII_MARKS
    # Where it cannot draw lines, rich would draw a grid of ASCII characters: no lines are easier to read.
    lines = box.SIMPLE_HEAD if marks is _MARKS else None
    table = Table(box=lines, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    names = [f"{result.model}/{break_at}{result.check}" for result in results]
    violations = ["\n".join(_violations(result)) for result in results]
    least = None if unbroken else _LEAST
    table.add_column("check", overflow="fold", no_wrap=unbroken, min_width=least)
    table.add_column("verdict")
    if any(violations):
        table.add_column(f"violated{break_at or ' '}(states)", overflow="fold", no_wrap=unbroken, min_width=least)
    if any(result.symmetry for result in results):
        table.add_column("symmetry")
    for heading in counts:
        table.add_column(heading, justify="right", no_wrap=True)
    if artifacts is not None:
        table.add_column("picture", overflow="fold")
    for result, name, violated in zip(results, names, violations, strict=True):
        how = standing(result)
        cells: list[Text] = [
            Text(name),
            Text(f"{marks[how]} {verdict(result)}", style=_STYLES[how]),
            *([Text(violated)] if any(violations) else []),
            *([Text(symmetry(result.symmetry))] if any(result.symmetry for result in results) else []),
            *(Text(_count(result, heading)) for heading in counts),
        ]
        if artifacts is not None:
            places = [artifacts.picture(result, each) for each in result.violated]
            cells.append(Text("\n").join(Text() if path is None else _link(path) for path in places))
        table.add_row(*cells)
    return table


def _count(result: CheckResult, heading: str) -> str:
    """A number of a check. A proof counts no states."""
    if heading == "time":
        return duration(result.seconds)
    if result.engine == "z3":
        return ""
    counts = {"states": number(result.distinct), "generated": number(result.generated), "depth": str(result.depth)}
    return counts[heading]


def _violations(result: CheckResult) -> list[str]:
    """The violated properties, each with the length of its trace."""
    lines = []
    for name in result.violated:
        trace = result.properties[name].trace
        lines.append(name if trace is None else f"{name} ({len(trace)})")
    return lines


def _link(path: Path) -> Text:
    """A path as it is typed; terminals that can, open it on a click."""
    from rich.text import Text

    return Text(str(path), style=f"link {path.resolve().as_uri()}")


def _measure(console: Console, table: Table) -> Measurement:
    """How wide the table is: at least, if all is wrapped that may be; at most, if nothing is."""
    from rich.measure import Measurement

    return Measurement.get(console, console.options.update(max_width=10_000), table)
