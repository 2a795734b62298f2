"""A run as text: the table, then what is wrong by name, then one line that sums it up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.app.expectations import unexpected
from skipgate.app.faults import Kind, faults
from skipgate.app.reports.table import print_table
from skipgate.base.console import output_console, sentence, text_columns
from skipgate.base.errors import ask_for_report, complain, show_input_error, show_internal_error
from skipgate.base.output import wants_colour
from skipgate.base.wording import Standing, count, duration, left_out, standing

if TYPE_CHECKING:
    from rich.console import Console

    from skipgate.app.artifacts import Artifacts
    from skipgate.app.suite import RunReport
    from skipgate.checker.core.result import CheckResult, Comparison

_MARKS: dict[Kind, tuple[str, str]] = {
    "difference": ("", "bold red"),
    "unknown": ("unknown: ", "yellow"),
    "note": ("", "yellow"),
}
_STANDINGS: dict[Standing, str] = {
    "expected": "as expected",
    "differs": "not as expected",
    "unknown": "unknown",
}


def print_report(report: RunReport, artifacts: Artifacts) -> None:
    """Print everything there is to say about a run: results on standard output, errors on standard error."""
    console = output_console()
    if report.checks:
        print_table(console, report.checks, artifacts)
        click.echo()
    _print_traces(report, artifacts)
    _print_witnesses(report, artifacts)
    _print_coverage(console, report)
    _print_problems(console, report)
    print_errors(report, artifacts)
    for line in notes(report):
        click.echo(sentence(line))
    if artifacts.page is not None:
        click.echo(f"report: {artifacts.page}")
    click.echo(sentence(summary(report)))


def notes(report: RunReport) -> list[str]:
    """What else was done, one line each."""
    lines = []
    discharged, tested = (sum(c.discharged for c in report.checks), sum(c.tested for c in report.checks))
    if discharged:
        lines.append(f"run-time tests: {discharged:,} of {discharged + tested:,} left out, proved never to fail")
    if kept := [check for check in report.checks if check.kept]:
        lines.append(kept_results(kept))
    ignored = Counter(name for check in report.checks for name in check.ignored)
    if ignored:
        listed = ", ".join(f"{name} ({count(n, 'check')})" for name, n in ignored.items())
        lines.append(f"not examined, as checks say: {listed}")
    omission = sum(check.omission for check in report.checks)
    if omission:
        lines.append(f"fingerprints: two states were taken for one with a chance of at most {omission:.1e}")
    comparisons = [comparison for check in report.checks for comparison in check.comparisons]
    for engine in dict.fromkeys(comparison.engine for comparison in comparisons):
        lines += _compared([each for each in comparisons if each.engine == engine], len(report.checks))
    return lines


def kept_results(kept: Sequence[CheckResult]) -> str:
    """What is to be said of checks that were not searched, since an earlier run has kept what comes of them."""
    return (
        f"kept: {count(len(kept), 'check')} not searched again, since nothing has changed from which the result of an "
        "earlier run follows; to search anyway: `--fresh`"
    )


def _compared(comparisons: Sequence[Comparison], checks: int) -> list[str]:
    """What another engine agrees on, to which depth, and what was left out. (Where it said nothing is an error.)"""
    agree = [comparison for comparison in comparisons if comparison.nothing is None]
    line = f"{comparisons[0].engine} finds the same in {count(len(agree), 'check')} of {checks}"
    if agree:
        names = [name for comparison in agree for name in comparison.compared]
        what = ", ".join(names) if len(agree) == 1 else f"{len(names)} properties and covers"
        line += f": {what}; {_reach([comparison.depth for comparison in agree])}"
    left_out = Counter(each for comparison in agree for each in comparison.left_out)
    return [line, *(f"  not compared: {what}{_in(n, agree)}: {why}" for (what, why), n in left_out.items())]


def _reach(depths: Sequence[int | None]) -> str:
    known = sorted({depth for depth in depths if depth is not None})
    if not known:
        return "all behaviours"
    reach = f"{known[0]}" if len(known) == 1 else f"{known[0]} to {known[-1]}"
    others = "" if None not in depths else f"; in {count(depths.count(None), 'check')}, all"
    return f"behaviours of up to {reach} states{others}"


def _in(times: int, agree: Sequence[Comparison]) -> str:
    return f" (in {count(times, 'check')})" if len(agree) > 1 else ""


def _print_traces(report: RunReport, artifacts: Artifacts) -> None:
    """The counterexamples that nobody expected; where the others are, the table says."""
    for check in report.checks:
        traces = [result.trace for result in unexpected(check) if result.trace is not None]
        if not traces:
            continue
        from skipgate.traces.contrast_text import render_summary
        from skipgate.traces.prefixes import arranged
        from skipgate.traces.text import render_text

        width = text_columns()
        for trace, above in arranged(traces):
            click.echo(render_text(trace, colour=wants_colour(), width=width, above=above))
            contrast = artifacts.contrasts.of(check, trace.property)
            if artifacts.contrasts.was_late(check, trace.property):
                click.echo("not held against other checks: the time for that was over\n")
            if contrast is not None:
                click.echo(render_summary(contrast, colour=wants_colour(), width=width))


def _print_witnesses(report: RunReport, artifacts: Artifacts) -> None:
    """The ways to covers; those that were written to files only by name."""
    for check in report.checks:
        for name, trace in check.witnesses.items():
            from skipgate.traces.text import render_text
            from skipgate.traces.wording import finding

            picture = artifacts.picture(check, name)
            if picture is None:
                click.echo(render_text(trace, colour=wants_colour(), width=text_columns()))
            else:
                click.echo(f"{check.model}/{check.check}: {finding(trace)}: {picture}")
    if any(check.witnesses for check in report.checks) and artifacts.folder is not None:
        click.echo()


def _print_coverage(console: Console, report: RunReport) -> None:
    for check in report.checks:
        if check.coverage is not None:
            from skipgate.app.reports.coverage_table import print_coverage

            print_coverage(console, f"{check.model}/{check.check}", check.coverage)


def _print_problems(console: Console, report: RunReport) -> None:
    from rich.text import Text

    listed = [fault for fault in faults(report) if fault.kind in _MARKS]
    if not listed:
        return
    for fault in listed:
        place = fault.file if fault.check is None else f"{fault.file}, check {fault.check}"
        mark, style = _MARKS[fault.kind]
        message = sentence(f": {mark}{fault.message}", first=len(place))
        console.print(Text.assemble((place, style), message), soft_wrap=True)
    click.echo()


def print_errors(report: RunReport, artifacts: Artifacts) -> None:
    """Print on standard error what kept files from being checked or pictures from being written.

    Also which files were changed on request: that belongs to no format.
    """
    for path, changed in report.updated.items():
        click.echo(f"{path}: {count(changed, 'pinned count')} updated", err=True)
    for result in report.results:
        for check, text in report.unpinned.get(Path(result.file), ()):
            click.echo(f"{result.file}, check {check}: no counts are pinned; to pin them, write `{text}`", err=True)
    for bad in report.bad:
        show_input_error(bad.error)
        click.echo(err=True)
    for crash in report.crashes:
        show_internal_error(crash.error, f"checking {crash.path}")
    if report.crashes:
        ask_for_report()
        click.echo(err=True)
    for trouble in artifacts.troubles:
        complain(trouble)


def summary(report: RunReport) -> str:
    """The whole run in one line."""
    standings = Counter(standing(check) for check in report.checks)
    verdicts = [f"{standings[kind]} {words}" for kind, words in _STANDINGS.items() if standings[kind]]
    parts = [count(len(report.checks), "check") + (f": {', '.join(verdicts)}" if verdicts else "")]
    if files := sum(bool(result.problems) for result in report.results):
        parts.append(f"{count(files, 'file')} with problems of {'its' if files == 1 else 'their'} own")
    if kept := sum(check.kept for check in report.checks):
        parts.append(f"{kept} kept from an earlier run")
    if report.left_out:
        parts.append(left_out(report.left_out.values()))
    if report.late:
        parts.append(f"{count(len(report.late), 'file')} not looked at")
    if report.bad:
        parts.append(f"{count(len(report.bad), 'faulty file')} not checked")
    if report.crashes:
        parts.append(f"skipgate failed on {count(len(report.crashes), 'file')}")
    if report.interrupted:
        parts.append("interrupted")
    return f"{'; '.join(parts)} ({duration(report.seconds)})"
