"""Tests of a check: chosen for a model in a file, and written as ITF traces."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.base.errors import reason
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.core.model import Model
    from skipgate.checker.core.trace import Trace
    from skipgate.checker.search.limits import Progress
    from skipgate.checker.testing.goals import GoalKind
    from skipgate.checker.testing.suite import TestOptions, TestSuite
    from skipgate.spec.specification import Specification


@dataclass(frozen=True)
class WrittenFile:
    """A file, and what became of it: `wrote`, `unchanged`, or `kept` as it is."""

    path: Path
    outcome: str

    def __str__(self) -> str:
        return {"wrote": "Wrote {}.", "unchanged": "{} is unchanged.", "kept": "{} is yours, and is kept."}[
            self.outcome
        ].format(self.path)


def test_suite(
    model: str | Path | Specification,
    check: str,
    options: TestOptions,
    report: Callable[[Progress], None] | None = None,
) -> TestSuite:
    """The behaviours for one check of a file.

    Raises:
        SpecError: the specification is wrong.
    """
    from skipgate.checker.checks.preparation import load_check, prepare
    from skipgate.checker.testing.suite import tests_of

    return tests_of(prepare(load_check(model, check, to_search=True)), options, report)


def goal_kinds(names: Sequence[str] | None, refusals: bool) -> tuple[GoalKind, ...]:
    """The kinds of goals with these names, in the order in which they are always listed.

    Raises:
        InputError: there is no such kind.
    """
    from skipgate.checker.testing.goals import KINDS
    from skipgate.checker.testing.suite import DEFAULT

    wanted = {*DEFAULT} if names is None else {*names}
    _known(names or (), [kind for kind in KINDS if kind != "refusals"], "kind of goals")
    return tuple(kind for kind in KINDS if kind in wanted or (refusals and kind == "refusals"))


def observed_variables(model: Model, names: Sequence[str] | None) -> tuple[str, ...]:
    """The variables with these names, in the order in which they are declared; all, if none are named.

    Raises:
        InputError: there is no such variable.
    """
    declared = [each.name for each in model.variables]
    _known(names or (), declared, "variable")
    return tuple(name for name in declared if names is None or name in names)


def _known(names: Sequence[str], known: Sequence[str], what: str) -> None:
    from skipgate.spec.diagnostics import did_you_mean

    for name in names:
        if name not in known:
            raise InputError(f"no {what} is called {name!r}; {did_you_mean(name, known) or _listed(known)}")


def _listed(names: Sequence[str]) -> str:
    return f"there are: {', '.join(names)}"


def write_if_changed(path: Path, text: str) -> WrittenFile:
    """Write a file, unless it has this text already."""
    from skipgate.spec.files import write_atomically

    content = text.encode()
    if path.exists() and path.read_bytes() == content:
        return WrittenFile(path, "unchanged")
    write_atomically(path, content)
    return WrittenFile(path, "wrote")


def traces_of(suite: TestSuite) -> list[Trace]:
    """The behaviours as traces."""
    from skipgate.checker.core.trace import Failure
    from skipgate.checker.evidence.counterexample import new_trace

    found = []
    for number, behaviour in enumerate(suite.behaviours, 1):
        goals = ", ".join(str(goal) for goal in suite.goals if goal in behaviour.meets)
        failure = Failure("test", f"it meets {goals}")
        found.append(new_trace(suite.model, f"test-{number:02}", None, behaviour.steps, failure, frozenset()))
    return found


def write_itf(suite: TestSuite, folder: Path) -> list[WrittenFile]:
    """Write each behaviour as an ITF trace, and remove those that an earlier run wrote and this one did not.

    Raises:
        InputError: a file cannot be written.
    """
    from skipgate.traces.files import safe_name
    from skipgate.traces.itf import dump_itf

    stem = f"{safe_name(suite.model.name)}.{safe_name(suite.model.check.name.text)}"
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for trace in traces_of(suite):
            written.append(write_if_changed(folder / f"{stem}.{trace.property}.itf.json", dump_itf(trace)))
        ours = {each.path.name for each in written}
        for path in folder.iterdir():
            if re.fullmatch(rf"{re.escape(stem)}\.test-\d+\.itf\.json", path.name) and path.name not in ours:
                path.unlink()
    except OSError as error:
        raise InputError(f"{error.filename or folder} cannot be written: {reason(error)}") from None
    return written
