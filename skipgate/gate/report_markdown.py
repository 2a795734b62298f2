"""The gate's outcome for reviewers: a job summary and a comment on the pull request, in GitHub's Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from skipgate.app.expectations import unexpected
from skipgate.base import markup as md
from skipgate.base.wording import count, duration, left_out, number, standing, verdict
from skipgate.gate.judging import drift_sentence
from skipgate.gate.outcome import GateFinding, Judged, Outcome

if TYPE_CHECKING:
    from skipgate.checker.core.result import CheckResult
    from skipgate.checker.core.trace import Trace
    from skipgate.traces.prefixes import Above

COMMENT_LIMIT = 60_000  # bytes; GitHub refuses comments of more than 65,536 characters
MARKER = "<!-- skipgate gate -->"  # by which the comment of the last run is found again

_MARKS = {"expected": "✅", "differs": "❌", "unknown": "❔"}
_ROWS = 60


def markdown(outcome: Outcome, limit: int = COMMENT_LIMIT) -> str:
    """The report, whose UTF-8 takes at most `limit` bytes: what does not fit is left out from the end, and said."""
    note = "\n*The rest did not fit here; the full report is among the files of the run.*\n"
    out: list[str] = []
    room = limit - len(note.encode())
    shortened = False
    for section in _sections(outcome):
        size = len(section.encode("utf-8", "replace")) + 1
        if size > room:
            shortened = True
            continue  # a later, smaller one may fit
        out.append(section)
        room -= size
    return "\n".join(out) + (note if shortened else "\n")


def _sections(outcome: Outcome) -> Iterator[str]:
    yield f"{MARKER}\n## {'✅' if outcome.passed else '❌'} {md.text(outcome.summary)}\n"
    yield _overview(outcome)
    if outcome.findings:
        yield _findings(outcome)
    if outcome.judged:
        yield _drifts(outcome)
        yield from map(_diff, outcome.judged[:_ROWS])
        yield _checklist(outcome)
    if outcome.suite is not None and outcome.suite.checks:
        yield _verdicts(outcome)
        for result in outcome.suite.checks:
            yield from _traces(outcome, result)


def _overview(outcome: Outcome) -> str:
    bases = ", ".join(md.code(base[:12]) for base in outcome.merge_bases)
    lines = [
        f"{md.code(outcome.head[:12])} against {bases}: {count(outcome.changed_files, 'file')} changed, "
        f"{count(len(outcome.anchors), 'anchor')} in {count(len(outcome.specs), 'model')}, "
        f"{count(len(outcome.judged), 'anchored symbol')} touched; {duration(outcome.seconds)}."
    ]
    if outcome.changed_specs:
        lines.append("Specifications changed: " + ", ".join(md.code(path) for path in outcome.changed_specs[:_ROWS]))
    return "\n\n".join(lines) + "\n"


def _findings(outcome: Outcome) -> str:
    lines = ["### What to do", ""]
    order = {"error": 0, "warning": 1, "note": 2}
    for finding in sorted(outcome.findings, key=lambda each: order[each.level])[:_ROWS]:
        lines.append(_finding(finding))
    if len(outcome.findings) > _ROWS:
        lines.append(f"- … and {len(outcome.findings) - _ROWS} more")
    return "\n".join(lines) + "\n"


def _finding(finding: GateFinding) -> str:
    mark = {"error": "❌", "warning": "⚠️", "note": "ℹ️"}[finding.level]
    place = ""
    if finding.place is not None:
        label = f", {md.text(finding.place.label)}" if finding.place.label else ""
        place = f" ({md.code(f'{finding.place.path}:{finding.place.line}')}{label})"
    hint = f"<br/>{md.text(finding.hint)}" if finding.hint else ""
    return f"- {mark} {md.text(finding.message)}{place}{hint}"


def _drifts(outcome: Outcome) -> str:
    lines = ["### Anchored code that changed", "", "| Code | What happened | Models | Why it may pass |"]
    lines.append("|---|---|---|---|")
    for each in outcome.judged[:_ROWS]:
        models = ", ".join(md.code(name) for name in each.models)
        lines.append(f"| {md.code(each.drift.key)} | {md.text(drift_sentence(each.drift))} | {models} | {_why(each)} |")
    if len(outcome.judged) > _ROWS:
        lines.append(f"\n… and {len(outcome.judged) - _ROWS} more")
    return "\n".join(lines) + "\n"


def _diff(judged: Judged) -> str:
    """The difference, open if somebody has to look at it."""
    head = html(judged.drift.way or judged.drift.key)
    opened = " open" if judged.standing == "open" else ""
    shown = md.block("\n".join(judged.diff), "diff", limit=8_000)
    return f"<details{opened}><summary>{head}</summary>\n\n{shown}\n\n</details>\n" if judged.diff else ""


def _why(judged: Judged) -> str:
    if judged.standing == "open":
        return "**it may not**"
    if judged.acceptance is not None:
        return f"accepted by {md.text(judged.acceptance.by)}: {md.text(judged.acceptance.reason)}"
    return md.text(judged.standing)


def _checklist(outcome: Outcome) -> str:
    """The questions a reviewer has to answer, from the descriptions of what is anchored to the changed code."""
    lines = ["### To be reviewed", ""]
    asked: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for judged in outcome.judged:
        if not judged.drift.matters:
            continue
        for element in judged.drift.elements:
            _, keys = asked.setdefault((element.file, element.label), (element.description, []))
            keys.append(judged.drift.keys[-1])
    for (file, label), (description, keys) in list(asked.items())[:_ROWS]:
        said = f": {md.text(description, 200)}" if description else ""
        code = ", ".join(md.code(key) for key in keys[:6]) + (" …" if len(keys) > 6 else "")
        lines.append(f"- [ ] {md.code(label)}{said} — is this still what {code} does? ({md.code(file)})")
    if len(asked) > _ROWS:
        lines.append(f"- … and {len(asked) - _ROWS} more")
    return "\n".join(lines) + "\n" if asked else ""


def _verdicts(outcome: Outcome) -> str:
    assert outcome.suite is not None
    lines = ["### Verdicts", "", "| Check | Verdict | Expected | Violated (states) | States | Depth | Time |"]
    lines.append("|---|---|---|---|--:|--:|--:|")
    for result in outcome.suite.checks:
        violated = ", ".join(_violation(result, name) for name in result.violated)
        lines.append(
            f"| {md.code(f'{result.model}/{result.check}')} | {_MARKS[standing(result)]} {md.text(verdict(result))} "
            f"| {md.text(str(result.expected))} | {violated} | {number(result.distinct)} | {result.depth} "
            f"| {duration(result.seconds)} |"
        )
    if outcome.suite.left_out:
        lines += ["", f"{left_out(outcome.suite.left_out.values())}."]
    return "\n".join(lines) + "\n"


def _violation(result: CheckResult, name: str) -> str:
    trace = result.properties[name].trace
    return md.code(name) + (f" ({len(trace)})" if trace is not None else "")


def _traces(outcome: Outcome, result: CheckResult) -> Iterator[str]:
    """What a check violates unexpectedly: those that lie on the way to another one in the same section as that."""
    from skipgate.traces.prefixes import arranged

    sections: dict[str, tuple[Trace, list[tuple[Trace, Above]]]] = {}
    traces = [each.trace for each in unexpected(result)]
    for trace, above in arranged([trace for trace in traces if trace is not None]):
        if above is not None and above.states == len(trace) and above.property in sections:
            sections[above.property][1].append((trace, above))
        else:
            sections[trace.property] = trace, []
    for trace, others in sections.values():
        yield _trace(outcome, result, trace, others)


def _trace(outcome: Outcome, result: CheckResult, trace: Trace, others: Sequence[tuple[Trace, Above]]) -> str:
    from skipgate.traces.mermaid import to_mermaid
    from skipgate.traces.text import render_text

    head = f"{result.model}/{result.check}: {trace.property}"
    diagram = md.block(to_mermaid(trace), "mermaid", limit=48_000)
    text = md.block(render_text(trace, width=100))
    before = "".join(
        f"**On the way, in state {len(each)}: {md.code(each.property)}**\n\n{_contrast(outcome, result, each.property)}"
        f"{md.block(render_text(each, width=100, above=above))}\n\n"
        for each, above in others
    )
    # The heading is text in HTML, so it is escaped for that, not for Markdown.
    return (
        f"<details><summary>{html(head)}, in {count(len(trace), 'state')}</summary>\n\n"
        f"{_contrast(outcome, result, trace.property)}{diagram}\n\n"
        f"<details><summary>the same as text</summary>\n\n{text}\n\n</details>\n\n{before}</details>\n"
    )


def _contrast(outcome: Outcome, result: CheckResult, name: str) -> str:
    """What another check makes of a violation that nobody expected."""
    summary = outcome.contrasts.get((result.file, result.check, name))
    if summary is None or standing(result) != "differs":
        return ""
    return f"**The same steps in {md.code(summary.against)}:** {md.text(' '.join(summary.sentences), 2000)}\n\n"


def html(foreign: str) -> str:
    """Foreign text inside an HTML element of a Markdown document.

    As character codes, since Markdown is at work between the tags as well.
    """
    from skipgate.traces.plain import clipped, one_line

    shown = clipped(one_line(foreign), 200)
    return "".join(char if char.isalnum() or char == " " else f"&#{ord(char)};" for char in shown)
