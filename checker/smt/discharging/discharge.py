"""What is decided before a search starts. Z3 is loaded only for what is not known from an earlier run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.smt.discharging.conjuncts import conjuncts
from skipgate.checker.smt.discharging.memory import keep, recall
from skipgate.checker.smt.discharging.sites import open_parameters, sites, updates
from skipgate.spec.diagnostics import Diagnostic, SpecError

SECONDS = 5.0  # for all operations of a check

Ranges = Mapping[tuple[str, str], tuple[int | None, int | None]]


# An answer is kept in part if the solver had no time for the rest. A search has little to gain from asking once more.
_IN_PART = ", in part"


def known_tests(model: m.Model) -> frozenset[t.Term] | None:
    """The operations that are proved never to fail, if that is known from an earlier run; else None."""
    known = _terms(model, recall("tests", model))
    return _terms(model, recall(f"tests{_IN_PART}", model)) if known is None else known


def needless_tests(model: m.Model, seconds: float | None = None, *, again: bool = False) -> frozenset[t.Term]:
    """The operations that are proved never to fail, whatever the state: their run-time tests can be left out.

    If `again` is true, what was not known in time in an earlier run is asked once more.
    """
    known = _terms(model, recall("tests", model)) if again else known_tests(model)
    if known is not None:
        return known
    from skipgate.checker.smt.discharging.obligations import Obligations
    from skipgate.checker.smt.encoding.solving import Deadline

    deadline = Deadline(SECONDS if seconds is None else min(seconds, SECONDS))
    proved = Obligations(model).proved(deadline)
    numbers = sites(model)
    keep(f"tests{_IN_PART if deadline.missed else ''}", model, sorted(numbers[term] for term in proved))
    return proved


def no_tests_needed(model: m.Model) -> None:
    """Remember of a model that no operation of it needs a test."""
    keep("tests", model, list(range(len(sites(model)))))


def _terms(model: m.Model, answer: Any) -> frozenset[t.Term] | None:
    terms = list(sites(model))
    if not isinstance(answer, list) or not all(type(n) is int and 0 <= n < len(terms) for n in answer):
        return None
    return frozenset(terms[number] for number in answer)


def failing_states(model: m.Model) -> dict[t.Term, str]:
    """For updates that may leave their types: a state in which they do, as `x = 9, y = 0`."""
    answer = recall("failing states", model)
    numbers = sites(model)
    if not _are_examples(answer, len(numbers)):
        from skipgate.checker.smt.discharging.examples import examples
        from skipgate.checker.smt.encoding.solving import Deadline

        wanted = frozenset(updates(model)) - needless_tests(model)
        deadline = Deadline(SECONDS)
        answer = [[numbers[term], text] for term, text in examples(model, wanted, deadline).items()]
        if not deadline.missed:
            keep("failing states", model, answer)
    terms = list(numbers)
    return {terms[number]: text for number, text in answer}


def always_true(model: m.Model, claims: Sequence[t.Term], *, again: bool = False) -> tuple[list[t.Term], list[t.Term]]:
    """Those of some claims that are true of all states, or steps, of the types, and those of which this is not known
    (see `tautologies`). If `again` is true, what was not known in time in an earlier run is asked once more."""
    question = f"always true or open of {len(claims)}"
    answer = recall(question, model)
    if answer is None and not again:
        answer = recall(question + _IN_PART, model)
    if not _are_numbers(answer, len(claims)):
        from skipgate.checker.smt.discharging.tautologies import tautologies
        from skipgate.checker.smt.encoding.solving import Deadline

        deadline = Deadline(SECONDS)
        found = tautologies(model, claims, deadline)
        answer = [[number for number, claim in enumerate(claims) if claim in part] for part in found]
        keep(question + _IN_PART if deadline.missed else question, model, answer)
    certain, left_open = ([claims[number] for number in numbers] for numbers in answer)
    return certain, left_open


def _are_numbers(answer: Any, count: int) -> bool:
    """Two lists of numbers of claims?"""
    return (
        isinstance(answer, list)
        and len(answer) == 2
        and all(isinstance(part, list) and all(type(n) is int and 0 <= n < count for n in part) for part in answer)
    )


def _are_examples(answer: Any, count: int) -> bool:
    return isinstance(answer, list) and all(
        isinstance(p, list) and len(p) == 2 and type(p[0]) is int and 0 <= p[0] < count and isinstance(p[1], str)
        for p in answer
    )


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
                of_another_path = result.get((action.declared, name), (low, high))
                result[action.declared, name] = min(low, of_another_path[0]), max(high, of_another_path[1])
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
    message = f"`{name}` is any {type_}, and no condition of `{action.declared}` bounds it from {' or '.join(missing)}"
    return Diagnostic(
        message, parameter.domain.span, f"add one such as `when {example}`, or let `{name}` range over `a..b`"
    )


def parameter_ranges(model: m.Model) -> Ranges:
    """By action and parameter: the bounds that the guard gives to parameters over all of `nat` or `int`."""
    answer = recall("ranges", model)
    if not isinstance(answer, list):
        from skipgate.checker.smt.discharging.parameters import ranges
        from skipgate.checker.smt.encoding.solving import Deadline

        deadline = Deadline(SECONDS)
        found = ranges(model, deadline)
        answer = [[action, name, r.low, r.high] for (action, name), r in found.items()]
        if not deadline.missed:
            keep("ranges", model, answer)
    return {(action, name): (low, high) for action, name, low, high in answer}


@dataclass(frozen=True)
class GuardFacts:
    """Of an action's guard: conditions that exclude each other (None if they do not), and those that say nothing new,
    each with those that imply it.

    An empty tuple for `conflict`: there is no choice of parameters. No reasons: the types imply the condition.
    """

    conflict: tuple[t.Term, ...] | None
    redundant: tuple[tuple[t.Term, tuple[t.Term, ...]], ...]
    decided: bool = True  # there may be more of both if the solver did not answer every question


def guard_facts(model: m.Model) -> tuple[GuardFacts, ...]:
    """What is wrong with the guard of each action, whatever the state."""
    counts = [len(conjuncts(action)) for action in model.actions]
    answer = recall("guards", model)
    if not _are_guards(answer, counts):
        from skipgate.checker.smt.discharging.guards import study
        from skipgate.checker.smt.encoding.solving import Deadline

        answer = study(model, Deadline(SECONDS))
        if all(decided for _, _, decided in answer):
            keep("guards", model, answer)
    return tuple(_facts(action, *found) for action, found in zip(model.actions, answer, strict=True))


def _facts(
    action: m.Action, conflict: list[int] | None, redundant: list[tuple[int, list[int]]], decided: bool
) -> GuardFacts:
    parts = conjuncts(action)

    def chosen(numbers: list[int]) -> tuple[t.Term, ...]:
        return tuple(part for n in numbers if isinstance(part := parts[n], t.Term))

    needless = ((term, chosen(reasons)) for number, reasons in redundant for term in chosen([number]))
    return GuardFacts(None if conflict is None else chosen(conflict), tuple(needless), decided)


def _are_guards(answer: Any, counts: list[int]) -> bool:
    def numbers(part: Any, count: int) -> bool:
        return isinstance(part, list) and all(type(n) is int and 0 <= n < count for n in part)

    def guard(part: Any, count: int) -> bool:
        if not (isinstance(part, list) and len(part) == 3 and isinstance(part[1], list) and type(part[2]) is bool):
            return False
        pairs = all(isinstance(p, list) and len(p) == 2 and numbers([p[0]], count) and numbers(p[1], count)
                    for p in part[1])  # fmt: skip
        return pairs and (part[0] is None or numbers(part[0], count))

    return isinstance(answer, list) and len(answer) == len(counts) and all(map(guard, answer, counts))


def why_never(models: Sequence[m.Model], name: str) -> str | None:
    """Why an action can be taken in none of the models, if its guard alone tells; the models differ in constants."""
    reasons = []
    for model in models:
        for action, facts in zip(model.actions, guard_facts(model), strict=True):
            if action.declared == name:
                if facts.conflict is None:
                    return None
                reasons.append(describe_conflict(facts.conflict))
    return " or ".join(dict.fromkeys(reasons))


def describe_conflict(conflict: Sequence[t.Term]) -> str:
    """Conditions that cannot all be true, in words."""
    if not conflict:
        return "there is no choice of its parameters"
    return f"{quoted(conflict)} {'is never true' if len(conflict) == 1 else 'exclude each other'}"


def quoted(terms: Sequence[t.Term]) -> str:
    """Terms as they are written, in a row."""
    texts = [f"`{term.span.flat}`" for term in terms]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
