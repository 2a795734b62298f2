"""What is decided before a search starts. Z3 is loaded only for what is not known from an earlier run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checker import model as m
from checker import terms as t
from checker.smt.conjuncts import conjuncts
from checker.smt.memory import keep, recall
from checker.smt.sites import open_parameters, sites
from spec.diagnostics import Diagnostic, SpecError

SECONDS = 5.0  # for all operations of a check

Ranges = Mapping[tuple[str, str], tuple[int | None, int | None]]


def known_tests(model: m.Model) -> frozenset[t.Term] | None:
    """The operations that are proved never to fail, if that is known from an earlier run; else None."""
    return _terms(model, recall("tests", model))


def needless_tests(model: m.Model, seconds: float | None = None) -> frozenset[t.Term]:
    """The operations that are proved never to fail, whatever the state: their run-time tests can be left out."""
    known = known_tests(model)
    if known is not None:
        return known
    from checker.smt.obligations import Obligations
    from checker.smt.solving import Deadline

    deadline = Deadline(SECONDS if seconds is None else min(seconds, SECONDS))
    proved = Obligations(model).proved(deadline)
    numbers = sites(model)
    keep("tests", model, sorted(numbers[term] for term in proved))
    return proved


def no_tests_needed(model: m.Model) -> None:
    """Remember of a model that no operation of it needs a test."""
    keep("tests", model, list(range(len(sites(model)))))


def _terms(model: m.Model, answer: Any) -> frozenset[t.Term] | None:
    terms = list(sites(model))
    if not isinstance(answer, list) or not all(type(n) is int and 0 <= n < len(terms) for n in answer):
        return None
    return frozenset(terms[number] for number in answer)


def bounded_parameters(model: m.Model) -> dict[tuple[str, str], tuple[int, int]]:
    """By action and parameter: the least and greatest values of the parameters over all of `nat` or `int`.

    Raises:
        SpecError: the guard of an action implies no bounds.
    """
    result: dict[tuple[str, str], tuple[int, int]] = {}
    diagnostics: list[Diagnostic] = []
    found = parameter_ranges(model)
    for action in model.actions:
        for parameter in open_parameters(action):
            name = parameter.variable.name
            low, high = found.get((action.name, name), (None, None))
            if low is not None and high is not None:
                result[action.name, name] = low, high
            else:
                diagnostics.append(unbounded(action, parameter, low, high))
    if diagnostics:
        raise SpecError(diagnostics)
    return result


def unbounded(action: m.Action, parameter: t.Binding, low: int | None, high: int | None) -> Diagnostic:
    """What is to be said of a parameter that has no bounds."""
    name, type_ = parameter.variable.name, parameter.variable.type
    missing = [side for side, bound in (("below", low), ("above", high)) if bound is None]
    example = " and ".join(f"{name} {'>=' if side == 'below' else '<='} ..." for side in missing)
    message = f"`{name}` is any {type_}, and no condition of `{action.name}` bounds it from {' or '.join(missing)}"
    return Diagnostic(
        message, parameter.domain.span, f"add one such as `when {example}`, or let `{name}` range over `a..b`"
    )


def parameter_ranges(model: m.Model) -> Ranges:
    """By action and parameter: the bounds that the guard gives to parameters over all of `nat` or `int`."""
    answer = recall("ranges", model)
    if not isinstance(answer, list):
        from checker.smt.parameters import ranges
        from checker.smt.solving import Deadline

        found = ranges(model, Deadline(SECONDS))
        answer = [[action, name, r.low, r.high] for (action, name), r in found.items()]
        keep("ranges", model, answer)
    return {(action, name): (low, high) for action, name, low, high in answer}


@dataclass(frozen=True)
class GuardFacts:
    """Of an action's guard: conditions that exclude each other (None if they do not), and those that say nothing new.

    An empty tuple for `conflict`: there is no choice of parameters.
    """

    conflict: tuple[t.Term, ...] | None
    redundant: tuple[t.Term, ...]


def guard_facts(model: m.Model, action: m.Action) -> GuardFacts:
    """What is wrong with the guard of an action, whatever the state."""
    question = f"guard {action.name}"
    parts = conjuncts(action)
    answer = recall(question, model)
    if not _is_guard(answer, len(parts)):
        from checker.smt.guards import Guard
        from checker.smt.solving import Deadline
        from checker.smt.system import System

        try:
            guard = Guard(System(model), action, Deadline(SECONDS))
        except SpecError:  # it has no formula
            answer = [None, []]
        else:
            conflict = guard.conflict()
            redundant = guard.redundant() if conflict is None else ()
            answer = [None if conflict is None else list(conflict), list(redundant)]
        keep(question, model, answer)

    def chosen(numbers: list[int]) -> tuple[t.Term, ...]:
        return tuple(part for n in numbers if isinstance(part := parts[n], t.Term))

    return GuardFacts(None if answer[0] is None else chosen(answer[0]), chosen(answer[1]))


def why_never(models: Sequence[m.Model], name: str) -> str | None:
    """Why an action can be taken in none of the models, if its guard alone tells; the models differ in constants."""
    reasons = []
    for model in models:
        (action,) = (action for action in model.actions if action.name == name)
        conflict = guard_facts(model, action).conflict
        if conflict is None:
            return None
        reasons.append(describe_conflict(conflict))
    return " or ".join(dict.fromkeys(reasons))


def describe_conflict(conflict: Sequence[t.Term]) -> str:
    """Conditions that cannot all be true, in words."""
    if not conflict:
        return "there is no choice of its parameters"
    texts = [f"`{term.span.flat}`" for term in conflict]
    if len(texts) == 1:
        return f"{texts[0]} is never true"
    return f"{', '.join(texts[:-1])} and {texts[-1]} exclude each other"


def _is_guard(answer: Any, count: int) -> bool:
    def numbers(part: Any) -> bool:
        return isinstance(part, list) and all(type(n) is int and 0 <= n < count for n in part)

    return (
        isinstance(answer, list)
        and len(answer) == 2
        and (answer[0] is None or numbers(answer[0]))
        and numbers(answer[1])
    )
