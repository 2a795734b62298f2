"""What was found against what a check expects."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from checker import model as m
from checker.explore import FIRST_VIOLATION, Exploration
from checker.result import DEADLOCK, EVALUATION, CheckResult
from spec.syntax import CheckDecl


def property_names(model: m.Model) -> list[str]:
    """The properties that a check gives a verdict on."""
    return [*(p.name for p in model.properties if p.kind != "cover"), DEADLOCK, EVALUATION]


def expected_violations(check: CheckDecl) -> list[str]:
    return [name.text for e in check.expectations if e.kind == "violation" for name in e.names]


def expectation(check: CheckDecl) -> str:
    """What a check expects, in its own words."""
    names = expected_violations(check)
    return f"violation of {', '.join(names)}" if names else "holds"


def problems(model: m.Model, found: Exploration, violated: Sequence[str]) -> list[str]:
    """In what the outcome differs from what the check expects, one sentence each.

    Of a search that ended early only the violations are judged: what was not seen may still come.
    """
    check = model.check
    wanted = expected_violations(check)
    result = [f"`{name}` is violated, which is not expected" for name in violated if name not in wanted]
    if found.stopped == FIRST_VIOLATION:
        return result
    if found.stopped is not None:
        return result
    result += [f"`{name}` holds, but its violation is expected" for name in wanted if name not in violated]
    if found.distinct == 0 and found.initial_error is None:
        result.append("there is no initial state, so nothing was checked")
    return result + _pins(check, found) + _vacuity(model, found)


def _pins(check: CheckDecl, found: Exploration) -> list[str]:
    counts = {"states": found.distinct, "generated": found.generated, "depth": found.depth}
    words = {"states": "distinct states", "generated": "generated states", "depth": "levels"}
    return [
        f"{counts[pin.kind]} {words[pin.kind]} were found, but {pin.value} are pinned"
        for e in check.expectations
        for pin in e.pins
        if counts[pin.kind] != pin.value
    ]


def _vacuity(model: m.Model, found: Exploration) -> list[str]:
    """What says nothing although it looks as if it did, and what was declared to and does not."""
    declared = {
        kind: [name.text for e in model.check.expectations if e.kind == kind for name in e.names]
        for kind in ("unreachable action", "unreachable cover", "vacuous")
    }
    result: list[str] = []
    fired = {model.actions[number].name for number in found.fired}
    for name in declared["unreachable action"]:
        if name in fired:
            result.append(f"action `{name}` is taken, but it is expected to be unreachable")
    missed = [w.of.name for w in found.unseen if w.premise is None]
    for name in missed:
        if name not in declared["unreachable cover"]:
            result.append(f"cover `{name}` is not reached")
    for name in declared["unreachable cover"]:
        if name not in missed:
            result.append(f"cover `{name}` is reached, but it is expected to be unreachable")
    vacuous = {w.of.name: w.premise.text for w in reversed(found.unseen) if w.premise is not None}
    for name, text in vacuous.items():
        if name not in declared["vacuous"]:
            result.append(f"`{name}` says nothing here: its premise `{text}` is never true")
    for name in declared["vacuous"]:
        if name not in vacuous:
            result.append(f"every premise of `{name}` is true somewhere, but it is expected to be vacuous")
    return result


def file_problems(
    models: Sequence[m.Model], results: Sequence[CheckResult], why_never: Callable[[Sequence[m.Model], str], str | None]
) -> list[str]:
    """What is wrong with a file as a whole, all its checks having been run to their ends.

    `why_never` gives a reason why an action can never be taken in any of the models, if it knows one.
    """
    if not models:
        return ["there is no `check` in this file, so nothing was checked"]
    if any(result.stopped for result in results):
        return []
    fired = {name for result in results for name in result.fired}
    declared = {
        name.text
        for model in models
        for e in model.check.expectations
        if e.kind == "unreachable action"
        for name in e.names
    }
    never = [a.name for a in models[0].actions if a.name not in fired and a.name not in declared]
    reasons = ((name, why_never(models, name)) for name in never)
    return [
        f"action `{name}` is never taken in any check of this file{'' if reason is None else f': {reason}'}"
        for name, reason in reasons
    ]
