"""The table of a run: a row a check."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.wording import Standing, duration, number, standing, verdict

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from checker.result import CheckResult
    from skipgate.artifacts import Artifacts

# Colour repeats what the mark and the words say, and never says anything alone.
_STYLES: dict[Standing, str] = {"expected": "green", "differs": "bold red", "unknown": "yellow"}
_MARKS: dict[Standing, str] = {"expected": "✓", "differs": "✗", "unknown": "?"}
_ASCII_MARKS: dict[Standing, str] = {"expected": "+", "differs": "x", "unknown": "?"}


def print_table(console: Console, results: Sequence[CheckResult], artifacts: Artifacts) -> None:
    """Print the table; the places of the pictures stand below it where the window is narrow."""
    pictures = [
        (result, name, artifacts.picture(result, name)) for result in results for name in result.violated
    ]
    any_picture = any(path is not None for _, _, path in pictures)
    table = _table(console, results, artifacts if any_picture else None)
    if not console.is_terminal:
        # Nothing limits the width of a log, and a word that is broken in two could not be searched for.
        console.width = max(console.width, _width(console, table))
    elif any_picture and _width(console, table) > console.width:
        console.print(_table(console, results, None))
        for result, name, path in pictures:
            if path is not None:
                console.print(_row_name(result), name, _link(path), sep="  ", soft_wrap=True)
        return
    console.print(table)


def _table(console: Console, results: Sequence[CheckResult], artifacts: Artifacts | None) -> Table:
    """The table; without a column for pictures if `artifacts` is None."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    marks = _MARKS if console.encoding.lower().startswith("utf") else _ASCII_MARKS
    # Where it cannot draw lines, rich would draw a grid of ASCII characters: no lines are easier to read.
    lines = box.SIMPLE_HEAD if marks is _MARKS else None
    table = Table(box=lines, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("check", overflow="fold")
    table.add_column("verdict")
    table.add_column("violated (states)", overflow="fold")
    for heading in ("states", "generated", "depth", "time"):
        table.add_column(heading, justify="right", no_wrap=True)
    if artifacts is not None:
        table.add_column("picture", overflow="fold")
    for result in results:
        how = standing(result)
        cells: list[Text | str] = [
            _row_name(result),
            Text(f"{marks[how]} {verdict(result)}", style=_STYLES[how]),
            Text("\n".join(_violations(result))),
            number(result.distinct),
            number(result.generated),
            str(result.depth),
            duration(result.seconds),
        ]
        if artifacts is not None:
            places = [artifacts.picture(result, name) for name in result.violated]
            cells.append(Text("\n").join(Text() if path is None else _link(path) for path in places))
        table.add_row(*cells)
    return table


def _row_name(result: CheckResult) -> Text:
    from rich.text import Text

    return Text(f"{result.model}/{result.check}")


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


def _width(console: Console, table: Table) -> int:
    from rich.measure import Measurement

    return Measurement.get(console, console.options.update(max_width=10_000), table).maximum
