"""What `skipgate tests` says: as text, and as JSON for programs. The format is fixed by `schemas/tests-1.json`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from skipgate.base.console import text_columns
from skipgate.base.wording import count, duration, number

if TYPE_CHECKING:
    from skipgate.app.testing import WrittenFile
    from skipgate.checker.testing.behaviours import Behaviour
    from skipgate.checker.testing.goals import Goal
    from skipgate.checker.testing.suite import TestSuite

SCHEMA = "skipgate.tests/1"
SCHEMA_FILE = Path(__file__).parents[2] / "schemas" / "tests-1.json"


def print_suite(suite: TestSuite, written: Sequence[WrittenFile]) -> None:
    """Print the behaviours, how many goals of each kind they meet, and which are met by none."""
    for i, each in enumerate(suite.behaviours, 1):
        _print_wrapped(f"{i:4}  ", _actions(each))
    for line in _counted(suite):
        click.echo(line)
    if suite.unmet:
        click.echo(_why_unmet(suite))
        for line in _grouped(suite.unmet):
            _print_wrapped("  ", line)
    for line in _files(written):
        click.echo(line)
    found = f"{count(len(suite.behaviours), 'behaviour')}, {count(suite.steps, 'step')}"
    looked_at = f"{count(suite.distinct, 'state')} looked at, {duration(suite.seconds)}"
    click.echo(f"{suite.model.name}/{suite.model.check.name.text}: {found} ({looked_at})")


def _files(written: Sequence[WrittenFile]) -> Iterator[str]:
    """What became of the files: of traces, how many were written."""
    traces = [file for file in written if file.path.name.endswith(".itf.json")]
    if traces:
        new = sum(file.outcome == "wrote" for file in traces)
        yield f"Wrote {count(new, 'trace')} to {traces[0].path.parent}; {number(len(traces) - new)} unchanged."
    yield from (str(file) for file in written if file not in traces)


def _actions(behaviour: Behaviour) -> str:
    from skipgate.traces.plain import visible

    taken = ", ".join(map(visible, behaviour.actions)) or "the initial state"
    refused = len(behaviour.refused)
    return f"{taken}; then {count(refused, 'action')} refused" if refused else taken


def _counted(suite: TestSuite) -> Iterator[str]:
    from skipgate.checker.testing.goals import KINDS

    unmet = {*suite.unmet}
    for kind in KINDS:
        of_kind = [goal for goal in suite.goals if goal.kind == kind]
        if of_kind:
            met = sum(goal not in unmet for goal in of_kind)
            yield f"{kind}: {number(met)} of {number(len(of_kind))} met"


def _why_unmet(suite: TestSuite) -> str:
    if suite.stopped is not None:
        return f"not known whether they can happen: {suite.stopped}"
    states = "the only state was" if suite.distinct == 1 else f"all {number(suite.distinct)} states were"
    return f"cannot happen in this check: {states} looked at"


def _grouped(goals: Sequence[Goal]) -> Iterator[str]:
    """A line for each goal; of pairs, of which most are possible in no model, how many."""
    from skipgate.traces.plain import one_line

    for goal in goals:
        if goal.kind != "pairs":
            yield f"{one_line(str(goal))}{'' if goal.place is None else f'  ({goal.place})'}"
    if pairs := sum(goal.kind == "pairs" for goal in goals):
        yield f"{count(pairs, 'pair')}, which `--format json` lists"


def _print_wrapped(indent: str, text: str) -> None:
    width = max(40, text_columns())
    later = " " * (len(indent) + 2)
    options: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
    click.echo(textwrap.fill(text, width, initial_indent=indent, subsequent_indent=later, **options))


def report_object(suite: TestSuite, written: Sequence[WrittenFile]) -> dict[str, object]:
    """The behaviours and goals as a JSON object."""
    unmet = {*suite.unmet}
    missing = "impossible" if suite.stopped is None else "unknown"
    return {
        "schema": SCHEMA,
        "file": suite.model.file,
        "model": suite.model.name,
        "check": suite.model.check.name.text,
        "digest": suite.digest,
        "goals": [
            {
                "kind": goal.kind,
                "name": goal.name,
                "place": goal.place,
                "verdict": missing if goal in unmet else "met",
                "behaviours": [i for i, each in enumerate(suite.behaviours, 1) if goal in each.meets],
            }
            for goal in suite.goals
        ],
        "behaviours": [_behaviour_object(i, each) for i, each in enumerate(suite.behaviours, 1)],
        "states": suite.distinct,
        "stopped": suite.stopped,
        "files": [str(file.path) for file in written],
    }


def _behaviour_object(number: int, behaviour: Behaviour) -> dict[str, object]:
    from skipgate.traces.itf_values import value_to_itf

    return {
        "number": number,
        "initial": {name: value_to_itf(value) for name, value in behaviour.steps[0].state.items()},
        "steps": [
            {
                "action": step.action,
                "arguments": {name: value_to_itf(value) for name, value in step.arguments},
                "description": step.description,
                "changed": {name: value_to_itf(step.state[name]) for name in step.changed},
            }
            for step in behaviour.steps[1:]
        ],
        "refused": [
            {
                "action": attempt.action,
                "arguments": {name: value_to_itf(value) for name, value in attempt.arguments},
                "because": attempt.because,
            }
            for attempt in behaviour.refused
        ],
    }
