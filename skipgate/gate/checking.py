"""The checks that a change of the models makes differ."""

from __future__ import annotations

from dataclasses import replace
from glob import escape
from typing import TYPE_CHECKING

from skipgate.base.wording import count
from skipgate.gate.outcome import GateFinding, Outcome, SourcePlace
from skipgate.gate.specs import Spec, Specs, model_files

if TYPE_CHECKING:
    from skipgate.app.artifacts import Artifacts
    from skipgate.app.options import BatchOptions
    from skipgate.app.progress import ProgressLine
    from skipgate.app.suite import RunReport

_MOST_CONTRASTS = 20  # each is a replay under every other check


def run_checks(
    specs: Specs,
    options: BatchOptions,
    artifacts: Artifacts | None,
    progress: ProgressLine | None,
    outcome: Outcome,
    *,
    every: bool = False,
) -> None:
    """Run the checks that the change makes differ, or all if `every` is true; add what they found to the outcome."""
    from skipgate.app.suite import RunReport, run

    wanted: dict[str | None, list[Spec]] = {}  # by what `only` has to be
    for spec in specs.specs:
        names = None if every else outcome.differing.get(spec.path, [])
        if names is None or names:
            wanted.setdefault(None if names is None else ",".join(map(escape, names)), []).append(spec)
    if not wanted:
        return
    outcome.checked = sorted(spec.path for some in wanted.values() for spec in some)
    outcome.suite = RunReport()
    for only, some in wanted.items():
        _add(outcome.suite, run(model_files(some), replace(options, only=only), progress=progress))
    if artifacts is not None:
        _draw(outcome.suite, artifacts, options)
        _publish(outcome.suite, artifacts)
    _tell_contrasts(outcome, options)
    _report_checks(specs, outcome)


def _add(report: RunReport, more: RunReport) -> None:
    report.results += more.results
    report.bad += more.bad
    report.late += more.late
    report.crashes += more.crashes
    report.interrupted |= more.interrupted
    report.seconds += more.seconds


def _draw(report: RunReport, artifacts: Artifacts, options: BatchOptions) -> None:
    """Draw what nobody expected. What a model documents is no news."""
    from skipgate.app.artifacts import Drawn
    from skipgate.app.expectations import unexpected

    for result in report.checks:
        folder = artifacts.folder_for(result.model, result.file)
        if folder is not None and result.problems:
            drawn = Drawn(folder)
            for each in unexpected(result):
                artifacts.contrasts.seconds = options.run_now.budget.time_limit
                drawn.write_trace(result, each.name, artifacts.formats)
                drawn.write_contrast(result, each.name, artifacts.contrasts)
            artifacts.adopt(result, drawn)


def _publish(report: RunReport, artifacts: Artifacts) -> None:
    """Write the page of the run, as long as the models are there."""
    from skipgate.app.page.report import publish

    publish(report, artifacts)


def _tell_contrasts(outcome: Outcome, options: BatchOptions) -> None:
    """Hold what nobody expected against other checks, as long as the models are there."""
    from skipgate.app.contrasts import Contrasts
    from skipgate.app.expectations import unexpected

    assert outcome.suite is not None
    contrasts = Contrasts()
    found = [(result, each.name) for result in outcome.suite.checks for each in unexpected(result)]
    for result, name in found[:_MOST_CONTRASTS]:
        contrasts.seconds = options.run_now.budget.time_limit
        if (summary := contrasts.summary(result, name)) is not None:
            outcome.contrasts[result.file, result.check, name] = summary


def _report_checks(specs: Specs, outcome: Outcome) -> None:
    from skipgate.app.faults import faults

    assert outcome.suite is not None
    known = {finding.message for finding in outcome.findings if finding.rule == "faulty-spec"}
    for fault in faults(outcome.suite):
        if fault.kind == "input" and any(fault.message in message for message in known):
            continue
        subject = f"{fault.file} {fault.check or ''} {fault.message}"
        line = fault.line or _line_of_check(specs, fault.file, fault.check)
        place = SourcePlace(fault.file, line, label=fault.check)
        match fault.kind:
            case "difference":
                outcome.findings.append(GateFinding("error", "check", fault.message, subject, place, hint=fault.hint))
            case "unknown":
                outcome.findings.append(GateFinding("warning", "unknown", fault.message, subject, place))
            case "note":
                pass  # the check is as expected; what it left open, `skipgate check` says
            case "input":
                outcome.findings.append(
                    GateFinding("error", "faulty-spec", fault.message, subject, place, hint=fault.hint)
                )
            case "internal":
                outcome.findings.append(GateFinding("error", "internal", fault.message, subject, place))
    for result in outcome.suite.checks:
        for name in result.untraced:
            message = f"there was no time for the trace of `{name}` in check `{result.check}`"
            place = SourcePlace(result.file, _line_of_check(specs, result.file, result.check), label=result.check)
            outcome.findings.append(GateFinding("warning", "unknown", message, f"{result.file} {message}", place))
    ran = len(outcome.suite.checks)
    if ran == 0 and not outcome.errors and not outcome.suite.late:
        message = f"{count(len(outcome.checked), 'model')} to check, and no check in any of them"
        outcome.findings.append(GateFinding("error", "check", message, "no checks"))


def _line_of_check(specs: Specs, file: str, check: str | None) -> int:
    from skipgate.spec.syntax import CheckDecl

    for spec in specs.specs:
        if spec.path == file:
            for declaration in spec.program.main.declarations:
                if isinstance(declaration, CheckDecl) and declaration.name.text == check:
                    return declaration.name.span.line
    return 1
