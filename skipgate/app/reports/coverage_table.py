"""The coverage of a check in tables, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skipgate.app.reports.coverage import bars, factor, ordered, reason, remarks, scope, what
from skipgate.base.wording import number
from skipgate.traces.plain import one_line, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from skipgate.checker.core.coverage import Coverage, Taken

_LONGEST = 28  # columns of a bar


def print_coverage(console: Console, name: str, coverage: Coverage) -> None:
    """Print the coverage of a check."""
    from rich.text import Text

    console.print(Text.assemble((f"coverage of {name}", "bold"), f": {'; '.join(scope(coverage))}"))
    tables = [
        *([_actions(console, coverage)] if coverage.counted else []),
        *([_variables(console, coverage)] if coverage.variables else []),
        *([_levels(console, coverage)] if coverage.levels else []),
    ]
    for table in tables:
        console.print()
        console.print(table)
    console.print()
    for remark in remarks(coverage):
        console.print(Text(remark, style="yellow"))
    if remarks(coverage):
        console.print()


def _table(console: Console, heading: str, *numbers: str) -> Table:
    from rich import box
    from rich.table import Table

    lines = box.SIMPLE_HEAD if _is_unicode(console) else None
    table = Table(box=lines, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    table.add_column(heading, overflow="fold")
    for each in numbers:
        table.add_column(each, justify="right", no_wrap=True)
    return table


def _actions(console: Console, coverage: Coverage) -> Table:
    """The actions; below each its alternatives, and what has stopped it."""
    from rich.padding import Padding
    from rich.text import Text

    table = _table(console, "action", "steps", "changes", f"new {what(coverage)}s", "stopped")
    for action in coverage.actions:
        stopped = sum(each.times for each in action.obstacles)
        style = "" if action.taken.changes else "yellow"
        table.add_row(Text(visible(action.name), style=style), *_numbers(action.taken), number(stopped))
        for path in action.alternatives:
            table.add_row(Padding(Text(one_line(path.text)), (0, 0, 0, 2)), *_numbers(path.taken), "", style="dim")
        for obstacle in action.obstacles:
            text = Text(reason(obstacle))
            table.add_row(Padding(text, (0, 0, 0, 2)), "", "", "", number(obstacle.times), style="dim")
    return table


def _numbers(taken: Taken) -> tuple[str, str, str]:
    return number(taken.steps), number(taken.changes), number(taken.found)


def _variables(console: Console, coverage: Coverage) -> Table:
    noun = what(coverage)
    table = _table(console, "variable", "values", f"{noun}s without it", f"makes {noun}s")
    for variable in ordered(coverage):
        about = "" if variable.exact else "~"
        without = f"{about}{number(variable.without)}"
        table.add_row(visible(variable.name), number(variable.values), without, factor(coverage, variable))
    return table


def _levels(console: Console, coverage: Coverage) -> str:
    """Where states are found, as a row of bars."""
    mark = "█" if _is_unicode(console) else "#"
    rows = [(bar.levels, number(bar.states), mark * max(1, round(_LONGEST * bar.share))) for bar in bars(coverage)]
    if coverage.beyond:
        rows.append(("beyond, so far", number(coverage.beyond), ""))
    rows.insert(0, ("depth", f"{what(coverage)}s", ""))
    first, second = (max(len(row[i]) for row in rows) for i in (0, 1))
    return "\n".join(f"{levels:<{first}}  {states:>{second}} {bar}".rstrip() for levels, states, bar in rows)


def _is_unicode(console: Console) -> bool:
    return console.encoding.lower().startswith("utf")
