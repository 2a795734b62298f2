"""What was found against what a check expects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from skipgate.checker.core.expectations import expected_violations, named
from skipgate.checker.core.model import Model
from skipgate.checker.core.result import DEADLOCK, CheckResult
from skipgate.checker.core.trace import declared_name
from skipgate.checker.search.explore import Exploration
from skipgate.checker.smt.discharging.vacuity import true_by_type
from skipgate.spec.syntax import CheckDecl


def problems(
    model: Model,
    found: Exploration,
    violated: Sequence[str],
    undecided: Collection[str] = (),
    unfair: Collection[str] = (),
) -> list[str]:
    """How the outcome differs from what the check expects, a sentence for each difference.

    Nothing is known about what is `undecided`; what is `unfair` holds only because no behaviour is fair. If the search
    ended early, only violations count: what was not seen is unknown.
    """
    check = model.check
    wanted = expected_violations(check)
    result = [unexpected(name) for name in violated if name not in wanted]
    if found.stopped is not None:
        return result
    for name in wanted:
        if name in undecided:
            result.append(f"`{name}` is not decided, but its violation is expected")
        elif name not in violated:
            result.append(f"`{name}` holds, but its violation is expected")
    if found.distinct == 0 and found.initial_error is None:
        result.append("there is no initial state, so nothing was checked")
    return result + _pins(check, found) + _vacuity(model, found, violated, unfair)


def unexpected(name: str) -> str:
    """What is wrong if a property is violated and the check does not expect it."""
    advice = "; if that is an end, `terminal when ...` says so" if name == DEADLOCK else ""
    return f"`{name}` is violated, which is not expected{advice}"


def _pins(check: CheckDecl, found: Exploration) -> list[str]:
    counts = {"states": found.distinct, "generated": found.generated, "depth": found.depth}
    words = {"states": "distinct states", "generated": "generated states", "depth": "levels"}
    return [
        f"{counts[pin.kind]} {words[pin.kind]} were found, but {pin.value} are pinned"
        for e in check.expectations
        for pin in e.pins
        if counts[pin.kind] != pin.value
    ]


def _vacuity(model: Model, found: Exploration, violated: Collection[str], unfair: Collection[str]) -> list[str]:
    return vacuity(
        model.check,
        fired={model.actions[number].declared for number in found.fired},
        missed=[w.of.name for w in found.unseen if w.premise is None],
        vacuous=vacuous_properties(model, unseen_premises(found), violated),
        unfair=unfair,
    )


def vacuous_properties(model: Model, never: Iterable[tuple[str, str]], violated: Collection[str]) -> dict[str, str]:
    """The properties that are not violated but say nothing, and why.

    `never` has the premises that are true nowhere, each with its property; of several the first is given.
    """
    known = {p.name: p.says_nothing for p in model.properties if p.says_nothing}
    known |= {name: known.get(name, "it is true of all values of the types") for name in true_by_type(model)}
    known |= {name: f"its premise `{text}` is never true" for name, text in reversed([*never])}
    return {name: why for name, why in known.items() if name not in violated}


def unseen_premises(found: Exploration) -> list[tuple[str, str]]:
    """The premises that were true nowhere: the property of each, and its text."""
    return [(w.of.name, w.premise.text) for w in found.unseen if w.premise is not None]


def vacuity(
    check: CheckDecl,
    *,
    fired: Collection[str],
    missed: Sequence[str],
    vacuous: Mapping[str, str],
    unfair: Collection[str] = (),
    undecided: Collection[str] = (),
) -> list[str]:
    """What seems to say something and does not, and what is expected to say nothing and does.

    `missed` are covers that are not reached; `vacuous` has the properties that say nothing, and why; `unfair` those
    about fair behaviours, of which there are none. Nothing is known about what is `undecided`.
    """
    result: list[str] = []
    for name in named(check, "unreachable action"):
        if name in fired:
            result.append(f"action `{name}` is taken, but it is expected to be unreachable")
    declared = named(check, "unreachable cover")
    result += [f"cover `{name}` is not reached" for name in missed if name not in declared]
    for name in declared:
        if name not in missed and name not in undecided:
            result.append(f"cover `{name}` is reached, but it is expected to be unreachable")
    declared = named(check, "vacuous")
    for name, why in vacuous.items():
        if name not in declared:
            result.append(f"`{name}` says nothing here: {why}")
    for name in unfair:
        if name not in declared and name not in vacuous:
            result.append(f"`{name}` says nothing here: within the constraints no behaviour is fair")
    for name in declared:
        if name not in (*vacuous, *unfair, *undecided):
            result.append(f"`{name}` says something here, but it is expected to be vacuous")
    return result


def wanted_actions(models: Sequence[Model]) -> tuple[str, ...]:
    """The actions of a file that at least one check has to take: those that no check declares to be unreachable."""
    declared = {name for model in models for name in named(model.check, "unreachable action")}
    names = dict.fromkeys(action.declared for action in models[0].actions) if models else ()
    return tuple(name for name in names if name not in declared)


def file_problems(
    wanted: Sequence[str],
    unexamined: Sequence[str],
    results: Sequence[CheckResult],
    why_never: Callable[[str], str | None],
) -> list[str]:
    """What is wrong with a file as a whole, after all its checks without tags were run to their ends.

    `wanted` are the actions to be taken, `unexamined` the properties that no check examines; `why_never` gives the
    reason why an action can never be taken, if it knows one.
    """
    if not results:
        return ["there is no `check` in this file, so nothing was checked"]
    blind = [f"`{name}` is examined in no check of this file" for name in unexamined]
    if any(result.stopped for result in results):
        return blind
    fired = {declared_name(name) for result in results for name in result.fired}
    reasons = ((name, why_never(name)) for name in wanted if name not in fired)
    return blind + [
        f"action `{name}` is never taken in any check of this file{'' if reason is None else f': {reason}'}"
        for name, reason in reasons
    ]


def untaken_branches(model: Model, found: Exploration) -> frozenset[str]:
    """The branches in which something is said of actions that are taken, if no step took them; with their places."""
    fired = {model.actions[number].declared for number in found.fired}
    of_those = [action for action in model.actions if action.declared in fired]
    said = {branch.span: (branch, action) for action in of_those for branch in action.branches if branch.says}
    taken = {branch.span for number in found.fired for branch in model.actions[number].branches}
    return frozenset(
        f"branch `{branch.text}` of action `{action.declared}`, at {span.place},"
        for span, (branch, action) in said.items()
        if span not in taken
    )
