"""A counterexample to a liveness property as a trace, with what explains it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from skipgate.checker.core import formulas as f
from skipgate.checker.core import model as m
from skipgate.checker.core import places
from skipgate.checker.core import terms as t
from skipgate.checker.core.trace import Failure, Loop, Trace
from skipgate.checker.core.values import Value, show
from skipgate.checker.evidence.counterexample import new_trace, steps_through
from skipgate.checker.liveness.reasons import cited, why_false
from skipgate.checker.semantics.evaluate import Scope, holds
from skipgate.checker.semantics.explain import explain
from skipgate.checker.semantics.lassos import demands
from skipgate.checker.semantics.steps import Transition, transitions

Values = Mapping[str, Value]
Call = tuple[m.Action, tuple[tuple[str, Value], ...]]

_MOST_NOTES = 6


def lasso_trace(
    model: m.Model, declared: m.Liveness, instance: m.LivenessInstance, states: Sequence[Values], loop: int
) -> Trace:
    """The trace of a behaviour that goes through these states, and then again from the one with index `loop`.

    Raises:
        InternalError: there is no such behaviour.
    """
    terms = (*instance.terms, *instance.step_terms)
    reads = frozenset[str]().union(*map(t.variables_read, terms))
    if f.simple(instance.formula) is None:
        failure, remarks = why_false(instance, states, loop)
    else:
        failure, remarks = _failure(instance, states, loop), ()
    trace = new_trace(model, declared.name, declared.description, steps_through(model, states), failure, reads)
    back = None if loop == len(states) - 1 else steps_through(model, [states[-1], states[loop]])[1]
    return replace(trace, loop=Loop(loop, back, tuple(_notes(model, states[loop:])), remarks))


def _failure(instance: m.LivenessInstance, states: Sequence[Values], loop: int) -> Failure:
    """Why a behaviour violates a property of a simple form."""
    form = f.simple(instance.formula)
    assert form is not None
    goal = cited(form.goal.span, "its goal")
    at = loop
    match form.kind:
        case "eventually":
            message = f"{goal} never becomes true"
        case "always eventually":
            message = f"{goal} is not true any more from state {loop + 1} on"
        case "eventually always":
            at = next(i for i in range(loop, len(states)) if not holds(form.goal, Scope(states[i])))
            message = f"{goal} is false again and again, in state {at + 1}"
        case "leads to":
            first = _last_answered(form.goal, states)
            premise = form.premise
            assert premise is not None
            true = next(i for i in range(first, len(states)) if holds(premise, Scope(states[i])))
            premised = cited(premise.span, "its premise")
            message = f"{premised} is true in state {true + 1}, and {goal} neither there nor ever after"
        case _:
            assert_never(form.kind)
    why = explain(form.goal, Scope(states[at]))
    return Failure(
        "liveness",
        message,
        conjunct=why.span.flat,
        place=why.span.place,
        witnesses=(*instance.arguments, *why.witnesses),
        parts=why.parts,
    )


def _last_answered(goal: t.Term, states: Sequence[Values]) -> int:
    """The index behind the last state in which a goal is true."""
    return max((i + 1 for i, state in enumerate(states) if holds(goal, Scope(state))), default=0)


def _notes(model: m.Model, cycle: Sequence[Values]) -> list[str]:
    """What could be done in a cycle, but is not, and why it need not be."""
    possible: dict[Call, list[bool]] = {}
    fair_at: dict[Call, list[bool]] = {}
    taken: set[Call] = set()
    for number, state in enumerate(cycle):
        target = cycle[(number + 1) % len(cycle)]
        for step in transitions(model, state):
            if isinstance(step, Transition) and step.state != state:
                call = step.action, step.arguments
                possible.setdefault(call, [False] * len(cycle))[number] = True
                fair_at.setdefault(call, [False] * len(cycle))[number] = any(
                    demands(each, step, state) for each in model.fairness
                )
                if step.state == target:
                    taken.add(call)
    notes = []
    for (action, arguments), where in possible.items():
        if (action, arguments) in taken:
            continue
        fair = fair_at[action, arguments]
        call_text = places.call(action.name, [show(value) for _, value in arguments], [name for name, _ in arguments])
        if all(where):
            if all(fair):
                reason = "something else that is fair together with it is taken"
            else:
                reason = "it is fair in some of these states only" if any(fair) else "it is not fair"
            notes.append(f"{call_text} is always possible here, but {reason}")
        elif any(fair):
            notes.append(f"{call_text} is possible again and again here, but not always")
        else:
            notes.append(f"{call_text} is possible again and again here, but it is not fair")
    if len(notes) > _MOST_NOTES:
        notes = [*notes[: _MOST_NOTES - 1], f"and {len(notes) - _MOST_NOTES + 1} more actions are possible here"]
    return notes
