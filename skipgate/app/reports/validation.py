"""What `skipgate validate` says: as text, and as JSON for programs, whose format `schemas/validate-1.json` fixes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.base.console import sentence, text_columns
from skipgate.base.output import wants_colour
from skipgate.base.wording import count, duration, number

if TYPE_CHECKING:
    from skipgate.app.validation import Written
    from skipgate.checker.validate.result import Reason, Refusal, Validation

SCHEMA = "skipgate.validate/1"
SCHEMA_FILE = Path(__file__).parents[2] / "schemas" / "validate-1.json"
_WORDS = 14  # columns before what is said of a reason


def print_validation(found: Validation, written: Written, *, full: bool) -> None:
    """Print the verdict with its reasons, and the trace where something is wrong."""
    if found.trace is not None and (full or found.refusals or found.violated):
        from skipgate.traces.text import render_text

        click.echo(render_text(found.trace, colour=wants_colour(), width=text_columns()))
    for refusal in found.refusals:
        click.echo("\n".join(_refusal(refusal)))
        click.echo()
    for name, place in found.violated.items():
        click.echo(sentence(f"every explanation of the log violates `{name}`, from {place} on"))
    for path in written.files.values():
        click.echo(str(path))
    for line in summary(found):
        click.echo(sentence(line))


def _refusal(refusal: Refusal) -> list[str]:
    """Why an event fits no action: each candidate, and what is false of it."""
    possible = "1 state is possible" if refusal.states == 1 else f"{number(refusal.states)} states are possible"
    lines = [f"{refusal.place} fits no action: event {json.dumps(refusal.event)}, before which {possible}"]
    for reason in refusal.reasons:
        lines += ["", *_reason(reason)]
    return lines


def _reason(reason: Reason) -> list[str]:
    from skipgate.traces.plain import one_line, shown

    lines = [f"  {one_line(reason.action)}"]
    if reason.conjunct is None:
        return [*lines, f"    {one_line(reason.message)}"]
    place = "" if reason.place is None else f"  ({reason.place})"
    label = "false:" if reason.message == FALSE else "in:"
    if reason.message != FALSE:
        lines.append(f"    {one_line(reason.message)}")
    lines.append(f"    {label:<8}{one_line(reason.conjunct)}{place}")
    label = "where:"
    for part in reason.parts:
        lines.append(f"    {label:<8}{one_line(part.text)} = {shown(part.value)}")
        label = ""
    return lines


FALSE = "this is false"


def summary(found: Validation) -> list[str]:
    """The verdict, in one line, and another one with numbers."""
    name = f"{found.model}/{found.check}"
    several = len(found.logs) > 1
    logs = "the logs are" if several else "the log is"
    match found.verdict:
        case "behaviour" if found.violated:
            verdict = f"{logs} a behaviour of {found.model}, and it violates {', '.join(found.violated)}"
        case "behaviour":
            verdict = f"{logs} a behaviour of {found.model}"
        case "refused":
            places = ", ".join(refusal.place for refusal in found.refusals)
            fits = "fits no action" if len(found.refusals) == 1 else "can happen in no order of the logs"
            verdict = f"{logs} no behaviour of {found.model}: {places} {fits}"
        case _:
            verdict = f"it is not known whether {logs} a behaviour of {found.model}: {found.stopped}"
    explained = ", ".join(f"{log}: {count(events, 'event')}" for log, events in found.explained.items())
    states = "1 state" if found.widest == 1 else f"{number(found.widest)} states"
    how_many = f"{states} looked at" if several else f"at most {states} possible at a time"
    return [
        f"{name}: {verdict}",
        f"explained: {explained} ({how_many}, {duration(found.seconds)})",
    ]


def report_object(found: Validation, written: Written) -> dict[str, object]:
    """A validation as a JSON object."""
    from skipgate.checker.core.values import show

    return {
        "schema": SCHEMA,
        "file": found.file,
        "model": found.model,
        "check": found.check,
        "verdict": found.verdict,
        "logs": [{"log": log, "explained": found.explained[log]} for log in found.logs],
        "violated": [{"property": name, "place": place} for name, place in found.violated.items()],
        "refusals": [
            {
                "place": refusal.place,
                "event": refusal.event,
                "states": refusal.states,
                "reasons": [
                    {
                        "action": reason.action,
                        "message": reason.message,
                        "condition": reason.conjunct,
                        "place": reason.place,
                        "values": [{"text": part.text, "value": show(part.value)} for part in reason.parts],
                    }
                    for reason in refusal.reasons
                ],
            }
            for refusal in found.refusals
        ],
        "stopped": found.stopped,
        "widest": found.widest,
        "names": {sort: list(names) for sort, names in found.names.items()},
        "files": {form: str(path) for form, path in written.files.items()},
    }
