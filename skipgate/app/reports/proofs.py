"""What `skipgate prove` prints: a row a property, then the traces, then the invariants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, assert_never

import click

from skipgate.app.expectations import unexpected
from skipgate.base.console import output_console, sentence, text_columns
from skipgate.base.errors import complain
from skipgate.base.output import wants_colour
from skipgate.base.wording import count, duration

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from skipgate.app.artifacts import Artifacts
    from skipgate.checker.core.result import CheckResult, Proof, PropertyResult

_STYLES = {"proved": "green", "violated": "bold red", "violated, expected": "green", "unknown": "yellow"}
_MARKS = {"proved": "✓", "violated": "✗", "violated, expected": "✓", "unknown": "?"}
_ASCII_MARKS = {"proved": "+", "violated": "x", "violated, expected": "+", "unknown": "?"}


def print_proofs(results: Sequence[CheckResult], artifacts: Artifacts, show_invariant: bool) -> None:
    """Print everything there is to say about some checks; on standard error what could not be written."""
    _print_table(results)
    _print_traces(results)
    if show_invariant:
        for result in results:
            for text in invariants(result):
                click.echo(text)
    for result in results:
        for problem in result.problems:
            click.echo(sentence(f"{result.file}, check {result.check}: {problem}"))
        if result.stopped is not None:
            click.echo(sentence(f"{result.file}, check {result.check}: unknown: {result.stopped}"))
    for trouble in artifacts.troubles:
        complain(trouble)
    click.echo(sentence(_summary(results)))


def _print_table(results: Sequence[CheckResult]) -> None:
    """Print the table; in a narrow window, what each verdict rests on stands below it."""
    from rich.measure import Measurement

    console = output_console()
    table = _table(console, results)
    narrow = Measurement.get(console, console.options.update(max_width=10_000), table).minimum > console.width
    console.print(_table(console, results, narrow) if narrow else table)
    click.echo()
    if narrow:
        for result in results:
            for each in result.properties.values():
                if how := _how(each):
                    click.echo(sentence(f"{result.model}/{result.check}, {each.name}: {how}"))
        click.echo()


def _table(console: Console, results: Sequence[CheckResult], narrow: bool = False) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    unicode = console.encoding.lower().startswith("utf")
    marks = _MARKS if unicode else _ASCII_MARKS
    table = Table(
        box=box.SIMPLE_HEAD if unicode else None,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
        header_style="bold",
    )
    for heading in ("check", "property", "verdict"):
        table.add_column(heading, no_wrap=not narrow, overflow="fold", min_width=10 if narrow else None)
    if not narrow:
        table.add_column("how", overflow="fold", min_width=12)
    for result in results:
        expected = {each.name for each in unexpected(result)}
        for i, each in enumerate(result.properties.values()):
            word = _word(each, each.name not in expected)
            row = [
                Text(f"{result.model}/{result.check}" if i == 0 else ""),
                Text(each.name),
                Text(f"{marks[word]} {word}", style=_STYLES[word]),
            ]
            table.add_row(*row, *([] if narrow else [Text(_how(each))]))
    return table


def _word(result: PropertyResult, as_expected: bool) -> str:
    match result.verdict:
        case "holds":
            return "proved"
        case "violation":
            return "violated, expected" if as_expected else "violated"
        case "unknown":
            return "unknown"
        case verdict:
            assert_never(verdict)


def _how(result: PropertyResult) -> str:
    """What a verdict rests on, in a few words."""
    if result.trace is not None:
        return f"trace of {count(len(result.trace), 'state')}"
    if result.proof is None:
        return result.reason or ""
    return _method(result.proof)


def _method(proof: Proof) -> str:
    match proof.method:
        case "induction":
            return "induction" if proof.steps == 1 else f"induction over {proof.steps} steps"
        case "spacer":
            parts = len(proof.invariant)
            return f"invariant of {count(parts, 'part')}, checked again" if parts else "follows from what is proved"
        case "bmc":
            return f"no behaviour has more than {count(proof.steps, 'state')}"
        case method:
            assert_never(method)


def _print_traces(results: Sequence[CheckResult]) -> None:
    """The violations that no check expects, and what is in the way of a proof where there is none."""
    traces = [each.trace for result in results for each in unexpected(result) if each.trace is not None]
    traces += [each.example for result in results for each in result.properties.values() if each.example is not None]
    if not traces:
        return
    from skipgate.traces.text import render_text

    width = text_columns()
    for trace in traces:
        click.echo(render_text(trace, colour=wants_colour(), width=width))


def invariants(result: CheckResult) -> Iterator[str]:
    """The invariants found for a check's properties, as lemmas that could be written into the model."""
    for each in result.properties.values():
        if each.proof is None or not each.proof.invariant:
            continue
        assumed = ", ".join(each.proof.assumed)
        known = f"# Inductive, given {assumed}.\n" if assumed else ""
        parts = "\n  and ".join(f"({part})" for part in each.proof.invariant)
        yield f'{known}lemma {each.name}_invariant "implies {each.name} in check {result.check}"\n  {parts}\n'


def _summary(results: Sequence[CheckResult]) -> str:
    properties = [each for result in results for each in result.properties.values()]
    words = {"holds": "proved", "violation": "violated", "unknown": "unknown"}
    counts = [f"{n} {word}" for verdict, word in words.items() if (n := sum(p.verdict == verdict for p in properties))]
    seconds = sum(result.seconds for result in results)
    what = count(len(properties), "property").replace("propertys", "properties")
    return f"{count(len(results), 'check')}, {what}: {', '.join(counts)} ({duration(seconds)})"
