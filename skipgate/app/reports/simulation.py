"""What `skipgate simulate` prints: what the walks have seen of the model, the violations, and how to see them again."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from skipgate.app.expectations import unexpected
from skipgate.base.console import output_console, sentence, text_columns
from skipgate.base.errors import complain
from skipgate.base.output import wants_colour
from skipgate.base.wording import count, duration, number

if TYPE_CHECKING:
    from skipgate.app.artifacts import Artifacts
    from skipgate.checker.simulate.simulate import Simulation


def print_simulation(found: Simulation, artifacts: Artifacts) -> None:
    """Print everything there is to say; on standard error what could not be written."""
    _print_coverage(found)
    _print_traces(found)
    _print_walks(found, artifacts)
    for line in findings(found, artifacts):
        click.echo(sentence(line))
    for trouble in artifacts.troubles:
        complain(trouble)
    if artifacts.page is not None:
        click.echo(f"report: {artifacts.page}")
    click.echo(sentence(summary(found)))


def _print_coverage(found: Simulation) -> None:
    """How often each action was taken, and what else was seen or not."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = output_console()
    unicode = console.encoding.lower().startswith("utf")
    lines = box.SIMPLE_HEAD if unicode else None
    table = Table(box=lines, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("action", overflow="fold")
    table.add_column("taken", justify="right", no_wrap=True)
    table.add_column("possible", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for name, times in found.taken.items():
        possible = found.possible[name]
        note = "" if times else "never taken" if possible else "never possible"
        table.add_row(Text(name), Text(number(times)), Text(number(possible)), Text(note, style="yellow"))
    console.print(table)
    click.echo()
    reached = [name for name, seen in found.covers.items() if seen]
    missed = [name for name, seen in found.covers.items() if not seen]
    if reached:
        click.echo(sentence(f"covers reached: {', '.join(reached)}"))
    if missed:
        click.echo(sentence(f"covers not reached: {', '.join(missed)}"))
    for name, premise in found.vacuous.items():
        click.echo(sentence(f"`{name}` said nothing: its premise `{premise}` was never true"))
    if found.covers or found.vacuous:
        click.echo()


def _print_traces(found: Simulation) -> None:
    """The violations that the check does not expect."""
    from skipgate.traces.prefixes import arranged
    from skipgate.traces.text import render_text

    width = text_columns()
    for trace, above in arranged([each.trace for each in unexpected(found) if each.trace is not None]):
        click.echo(render_text(trace, colour=wants_colour(), width=width, above=above))


def _print_walks(found: Simulation, artifacts: Artifacts) -> None:
    """The walks that were kept; those that were written to files only by name."""
    from skipgate.traces.text import render_text

    for trace in found.kept:
        picture = artifacts.picture(found, trace.property)
        if picture is None:
            click.echo(render_text(trace, colour=wants_colour(), width=text_columns()))
        else:
            click.echo(f"{trace.property.replace('_', ' ')}, of {count(len(trace), 'state')}: {picture}")


def findings(found: Simulation, artifacts: Artifacts) -> list[str]:
    """What was found, and how to see it again, line by line."""
    lines = []
    differing = {result.name for result in unexpected(found)}
    for name in found.violated:
        trace = found.properties[name].trace
        length = 0 if trace is None else len(trace)
        manner = "violated" if name in differing else "violated, as expected"
        walk = found.found_in[name]
        rest = "more steps might be left out" if name in found.uncut else "no step can be left out"
        lines.append(f"{name}: {manner}, in walk {walk} (cut down to {count(length, 'state')}; {rest})")
        lines.append(f"  {again(found, walk)}")
        picture = artifacts.picture(found, name)
        if picture is not None:
            lines.append(f"  {picture}")
    lines += [f"{name}: its violation is expected, and was not found" for name in found.missing]
    lines += [f"{name}: not looked at; walks that end tell nothing of liveness" for name in found.unexamined]
    return lines


def again(found: Simulation, walk: int) -> str:
    """The command that makes one walk once more."""
    words = ["skipgate", "simulate", found.file, "--check", found.check]
    words += ["--seed", str(found.wanted.seed), "--depth", str(found.wanted.depth), "--walk", str(walk)]
    return shlex.join(words)


def summary(found: Simulation) -> str:
    """All of it in one line. That nothing was found is no verdict, and is not put like one."""
    violated = count(len(found.violated), "property").replace("propertys", "properties")
    what = f"{violated} violated" if found.violated else "no violation"
    walks = f"{count(found.walks, 'walk')} of at most {count(found.wanted.depth, 'state')}"
    details = [count(found.steps, "step"), f"longest walk {count(found.longest, 'state')}", duration(found.seconds)]
    stopped = "" if found.stopped is None else f"; {found.stopped}"
    return f"{what} in {walks} ({', '.join(details)}){stopped}"
