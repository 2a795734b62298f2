"""The table of a run: a row a check."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.base.wording import Standing, duration, number, standing, symmetry, verdict

if TYPE_CHECKING:
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    from skipgate.app.artifacts import Artifacts
    from skipgate.checker.core.result import CheckResult

# Colour repeats what the mark and the words say, and never says anything alone.
_STYLES: dict[Standing, str] = {"expected": "green", "differs": "bold red", "unknown": "yellow"}
_MARKS: dict[Standing, str] = {"expected": "✓", "differs": "✗", "unknown": "?"}
_ASCII_MARKS: dict[Standing, str] = {"expected": "+", "differs": "x", "unknown": "?"}

_NUMBERS = ("symmetry", "states", "generated", "depth", "time")
_FEWER_NUMBERS = (_NUMBERS, _NUMBERS[1:], ("states", "time"), ("states",), ())
_LEAST = 12  # characters of a line of a text that is broken


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
    for numbers in _FEWER_NUMBERS:
        if _measure(console, table).minimum <= console.width:
            break
        table = _table(console, results, None, break_at="\n", unbroken=False, numbers=numbers)
    _widen(table, console.width - _measure(console, table).minimum)
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
    numbers: Sequence[str] = _NUMBERS,
) -> Table:
    """The table; without a column for pictures if `artifacts` is None.

    `break_at` stands where a line may end in the first column; `unbroken` keeps names in one piece. Of the numbers,
    only these are shown.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    marks = _MARKS if console.encoding.lower().startswith("utf") else _ASCII_MARKS
    # Where it cannot draw lines, rich would draw a grid of ASCII characters: no lines are easier to read.
    lines = box.SIMPLE_HEAD if marks is _MARKS else None
    table = Table(box=lines, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")

    def add_names(heading: str, cells: Sequence[str]) -> None:
        lines = [line for cell in cells for line in cell.split("\n")]
        longest = max(map(len, [*lines, *heading.split("\n")]))
        if unbroken:
            table.add_column(heading, no_wrap=True, min_width=longest)
        else:
            table.add_column(heading, overflow="fold", width=min(longest, _LEAST), max_width=longest)

    names = [f"{result.model}/{break_at}{result.check}" for result in results]
    violations = ["\n".join(_violations(result)) for result in results]
    add_names("check", names)
    table.add_column("verdict", min_width=min(_LEAST, max(len(verdict(result)) + 2 for result in results)))
    if any(violations):
        add_names(f"violated{break_at or ' '}(states)", violations)
    if not any(result.symmetry for result in results):
        numbers = [heading for heading in numbers if heading != "symmetry"]
    for heading in numbers:
        if heading == "symmetry":
            table.add_column(heading, min_width=_LEAST)
        else:
            table.add_column(heading, justify="right", no_wrap=True)
    if artifacts is not None:
        table.add_column("picture", overflow="fold")
    for result, name, violated in zip(results, names, violations, strict=True):
        how = standing(result)
        cells: list[Text] = [
            Text(name),
            Text(f"{marks[how]} {verdict(result)}", style=_STYLES[how]),
            *([Text(violated)] if any(violations) else []),
            *(Text(_number(result, heading)) for heading in numbers),
        ]
        if artifacts is not None:
            places = [artifacts.picture(result, each) for each in result.violated]
            cells.append(Text("\n").join(Text() if path is None else _link(path) for path in places))
        table.add_row(*cells)
    return table


def _widen(table: Table, spare: int) -> None:
    """Give columns of a fixed width what is to spare, as far as they have use for it."""
    for column in table.columns:
        if column.width is not None and column.max_width is not None:
            more = max(0, min(spare, column.max_width - column.width))
            column.width += more
            spare -= more


def _number(result: CheckResult, heading: str) -> str:
    """A number of a check. A proof counts no states."""
    match heading:
        case "symmetry":
            return symmetry(result.symmetry)
        case "time":
            return duration(result.seconds)
        case _ if result.engine == "z3":
            return ""
        case "states":
            return number(result.distinct)
        case "generated":
            return number(result.generated)
        case _:
            return str(result.depth)


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
