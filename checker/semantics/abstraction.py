"""A behaviour as one of the model that is refined, and why it is none.

Like the rest of a trace, this is found by the evaluator. It uses the abstract model itself, and not the predicates that
the engines were given (see `checker.elaborate.refinement`). So every trace of a refinement tests these predicates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import pairwise

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import contains
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.places import call
from skipgate.checker.core.trace import AbstractView, Failure, Part, Step
from skipgate.checker.core.values import Value, show
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, bindings, evaluate, holds, message_range
from skipgate.checker.semantics.explain import Explanation, explain
from skipgate.checker.semantics.steps import Transition, can_begin, description_of, transitions

_Values = Mapping[str, Value]


def refinement_failure(declared: m.Property, states: Sequence[_Values]) -> tuple[AbstractView, Failure]:
    """The abstract view of a behaviour whose last state or step violates a refinement, and why it does.

    Raises:
        InternalError: it does not.
    """
    assert declared.refinement is not None
    abstract = declared.refinement.abstract
    images = [_image(declared.refinement, state) for state in states]
    known = [v for v in abstract.variables if all(v.name in image for image in images)]
    if len(known) < len(abstract.variables):
        return _partly_known(declared, abstract, images, known)
    steps = [Step(images[0]), *(_step(abstract, before, after) for before, after in pairwise(images))]
    failure = _no_state(declared, abstract, images[-1]) or (
        _not_initial(abstract, images[-1]) if len(steps) == 1 else _no_step(declared, abstract, images[-2], steps[-1])
    )
    if failure is None:
        raise InternalError(f"the engines disagree on `{declared.name}` at the end of a trace")
    return AbstractView(abstract.name, tuple(v.variable for v in abstract.variables), tuple(steps)), failure


def _image(refinement: m.Refinement, state: _Values) -> _Values:
    """The abstract variables that have a value in a state."""
    found: dict[str, Value] = {}
    for name, term in refinement.images:
        with suppress(EvaluationError):
            found[name] = evaluate(term, Scope(state))
    return found


def _partly_known(
    declared: m.Property, abstract: m.Model, images: Sequence[_Values], known: Sequence[m.StateVariable]
) -> tuple[AbstractView, Failure]:
    """The view of the variables that always have a value. Without the others, no abstract step can be named."""
    names = [variable.name for variable in known]
    seen = [{name: image[name] for name in names} for image in images]
    steps = [Step(seen[0])]
    for before, after in pairwise(seen):
        steps.append(Step(after, changed=tuple(name for name in names if after[name] != before[name])))
    missing = ", ".join(f"`{variable.name}`" for variable in abstract.variables if variable not in known)
    what = "state is no initial state" if len(images) == 1 else "step is no step"
    message = f"the last {what} of `{abstract.name}`, whatever the value of {missing}, which does not always have one"
    failure = _no_state(declared, abstract, images[-1]) or Failure("refinement", message, place=declared.span.place)
    return AbstractView(abstract.name, tuple(v.variable for v in known), tuple(steps)), failure


def _step(abstract: m.Model, before: _Values, after: _Values) -> Step:
    """The abstract step between two abstract states; without an action if there is none."""
    changed = tuple(name for name in after if after[name] != before[name])
    taken = next((taken for taken in _steps_from(abstract, before) if changed and taken.state == after), None)
    if taken is None:
        return Step(after, changed=changed)
    return Step(after, taken.action.name, taken.arguments, description_of(taken), changed)


def _steps_from(abstract: m.Model, state: _Values) -> Iterator[Transition]:
    return (taken for taken in transitions(abstract, state) if isinstance(taken, Transition))


def _no_state(declared: m.Property, abstract: m.Model, image: _Values) -> Failure | None:
    """There is a value that an abstract variable cannot have."""
    for variable in abstract.variables:
        if variable.name in image and not contains(variable.type, image[variable.name]):
            problem = message_range(f"`{variable.name}`", image[variable.name], variable.type)
            message = f"the last state is no state of `{abstract.name}`: {problem}"
            return Failure("refinement", message, place=declared.span.place)
    return None


def _not_initial(abstract: m.Model, image: _Values) -> Failure | None:
    """A state that is no initial state of the abstract model."""
    for variable in abstract.variables:
        if not can_begin(variable, image):
            message = f"`{abstract.name}` does not begin like this"
            part = Part(variable.name, image[variable.name])
            return Failure("refinement", message, place=variable.initial.span.place, parts=(part,))
    for condition in abstract.initially:
        if not holds(condition.term, Scope(image)):
            why = explain(condition.term, Scope(image))
            message = f"`{abstract.name}` does not begin like this"
            return Failure("refinement", message, conjunct=why.span.flat, place=why.span.place, parts=why.parts)
    return None


def _no_step(declared: m.Property, abstract: m.Model, before: _Values, last: Step) -> Failure | None:
    """A step that changes abstract variables, and no abstract action does that; which one comes nearest."""
    if last.action is not None or not last.changed:
        return None
    message = f"the last step changes what `{abstract.name}` is about, and is no step of it"
    for action, scope in _choices(abstract, before):
        why = _in_the_way(action, scope, last.state)
        if why is not None:
            return Failure(
                "refinement",
                f"{message}: `{_call(action, scope)}` would do this, but is not enabled",
                conjunct=why.span.flat,
                place=why.span.place,
                witnesses=why.witnesses,
                parts=why.parts,
            )
    nearest = min(_steps_from(abstract, before), key=lambda taken: len(_differing(taken, last)), default=None)
    if nearest is not None:
        instead = " and ".join(f"`{name}` is {show(nearest.state[name])}" for name in _differing(nearest, last))
        message += f"; the nearest is `{_call(nearest.action, nearest.scope)}`, after which {instead}"
    changed = [part for name in last.changed for part in (Part(name, before[name]), Part(f"{name}'", last.state[name]))]
    return Failure("refinement", message, place=declared.span.place, parts=tuple(changed))


def _choices(abstract: m.Model, state: _Values) -> Iterator[tuple[m.Action, Scope]]:
    """Every action with every choice of its parameters, enabled or not."""
    for action in abstract.actions:
        with suppress(EvaluationError):  # of a domain
            for scope in bindings(Scope(state), *action.parameters):
                yield action, scope


def _in_the_way(action: m.Action, scope: Scope, after: _Values) -> Explanation | None:
    """The condition that keeps an action, which would lead to a state, from being taken; None if it does not."""
    false: tuple[t.Term, Scope] | None = None
    try:
        for clause in action.clauses:
            if isinstance(clause, m.LetClause):
                scope = scope.bind(clause.variable, partial(evaluate, clause.value, scope))
            elif false is None and not holds(clause, scope):
                if any(clause in branch.conditions for branch in action.branches):
                    return None  # another path is the one that would do it
                false = clause, scope
        new = {update.variable.name: evaluate(update.value, scope) for update in action.updates}
    except EvaluationError:
        return None  # a condition that is false may be what would have kept it from being evaluated
    return explain(*false) if false is not None and {**scope.state, **new} == after else None


def _call(action: m.Action, scope: Scope) -> str:
    """An action with the values of its parameters."""
    values = [(p.variable.name, scope.locals[p.variable]) for p in action.parameters]
    known = [(name, show(value)) for name, value in values if not callable(value)]
    return call(action.name, [value for _, value in known], [name for name, _ in known])


def _differing(taken: Transition, step: Step) -> list[str]:
    """The variables in which a step that the abstract model can take differs from another one."""
    return [name for name, value in taken.state.items() if step.state[name] != value]
