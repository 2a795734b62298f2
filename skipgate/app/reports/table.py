"""The table of a run: a row a check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.base.wording import Standing, count, duration, number, standing, symmetry, verdict

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
_FEWER_NUMBERS: tuple[tuple[str, ...], ...] = (_NUMBERS, _NUMBERS[1:], ("states", "time"), ("states",), ())
_MOST_PICTURES = 5  # that are listed beside a page that has them all
_LEAST = 12  # characters of a line of a text that is broken


@dataclass(frozen=True)
class _Breaks:
    """What stands where a line may end: behind the name of a model, and before the length of a trace."""

    in_names: str = ""
    before_lengths: str = " "


def print_table(console: Console, results: Sequence[CheckResult], artifacts: Artifacts) -> None:
    """Print the table, and below it where the pictures are if the window is too narrow for them."""
    pictures = [
        (result, name, path)
        for result in results
        for name in result.violated
        if (path := artifacts.picture(result, name)) is not None
    ]
    table = _table(console, results, artifacts if pictures else None)
    if _measure(console, table).maximum <= console.width:
        console.print(table)
        return
    table = _narrowed(console, results)
    _widen(table, console.width - _measure(console, table).minimum)
    console.print(table)
    if pictures:
        console.print()
    # What nobody expected comes first. The page has all of them.
    pictures.sort(key=lambda each: each[1] in each[0].expected.violated)
    most = len(pictures) if artifacts.page is None else _MOST_PICTURES
    for result, name, path in pictures[:most]:
        console.print(f"{result.model}/{result.check}, {name}:", _link(path), soft_wrap=True)
    if len(pictures) > most:
        console.print(f"and {count(len(pictures) - most, 'more picture')}")


def _narrowed(console: Console, results: Sequence[CheckResult]) -> Table:
    """The table without pictures, as narrow as need be.

    First numbers are left out. If that does not help, verdicts are wrapped, names of models
    stand above those of their checks, and lengths of traces below properties. Names are broken last.
    """
    for numbers in _FEWER_NUMBERS[:3]:
        table = _table(console, results, None, numbers=numbers)
        if _measure(console, table).maximum <= console.width:
            return table
    for unbroken in (True, False):
        for numbers in _FEWER_NUMBERS:
            for breaks in (_Breaks(), _Breaks("\n"), _Breaks(before_lengths="\n"), _Breaks("\n", "\n")):
                table = _table(console, results, None, breaks, unbroken, numbers)
                if _measure(console, table).minimum <= console.width:
                    return table
    return table


def _table(
    console: Console,
    results: Sequence[CheckResult],
    artifacts: Artifacts | None,
    breaks: _Breaks = _Breaks(),
    unbroken: bool = True,
    numbers: Sequence[str] = _NUMBERS,
) -> Table:
    """The table; without a column for pictures if `artifacts` is None.

    `unbroken` keeps names in one piece. Of the numbers, only these are shown.
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

    names = [f"{result.model}/{breaks.in_names}{result.check}" for result in results]
    violations = ["\n".join(_violations(result, breaks.before_lengths)) for result in results]
    add_names("check", names)
    table.add_column("verdict", min_width=min(_LEAST, max(len(verdict(result)) + 2 for result in results)))
    if any(violations):
        add_names(f"violated{breaks.before_lengths}(states)", violations)
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
            return "kept" if result.kept else duration(result.seconds)
        case _ if result.engine == "z3":
            return ""
        case "states":
            return number(result.distinct)
        case "generated":
            return number(result.generated)
        case _:
            return str(result.depth)


def _violations(result: CheckResult, gap: str) -> list[str]:
    """The violated properties, each with the length of its trace behind a gap."""
    lines = []
    for name in result.violated:
        trace = result.properties[name].trace
        lines.append(name if trace is None else f"{name}{gap}({len(trace)})")
    return lines


def _link(path: Path) -> Text:
    """A path as it is typed; terminals that can, open it on a click."""
    from rich.text import Text

    return Text(str(path), style=f"link {path.resolve().as_uri()}")


def _measure(console: Console, table: Table) -> Measurement:
    """How wide the table is: at least, if all is wrapped that may be; at most, if nothing is."""
    from rich.measure import Measurement

    return Measurement.get(console, console.options.update(max_width=10_000), table)
