"""Why an event fits nothing, and an explanation of a log as a trace.

Both are found by the naive semantics, which share nothing with the kernels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from skipgate.checker.core import model as m
from skipgate.checker.core.datatypes import (
    EnumType,
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    VariantType,
)
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.trace import Failure, Part, Step, Trace, Variable
from skipgate.checker.core.values import EnumValue, SortValue, Value, map_parts, show
from skipgate.checker.evidence.counterexample import new_trace
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, bindings, by_name, evaluate
from skipgate.checker.semantics.explain import blocker
from skipgate.checker.semantics.steps import Transition, action_transitions, bound
from skipgate.checker.validate.events import Event
from skipgate.checker.validate.history import Node
from skipgate.checker.validate.kernels import RuleKernel, Words
from skipgate.checker.validate.result import Reason, Refusal
from skipgate.checker.validate.rules import Candidate
from skipgate.checker.validate.values import SortNames

_MOST_STATES = 3_000  # that are looked at for a reason
_MOST_CHOICES = 2_000  # of an action's parameters in one of them
_MOST_REASONS = 12

THE_LOG = "log"


@dataclass(frozen=True)
class _Found:
    passed: int
    reason: Reason


def refusal(
    kernels: Kernels, rules: Sequence[RuleKernel], event: Event, states: Iterable[Words], count: int, names: SortNames
) -> Refusal:
    """Why an event happens in none of these states: for each action that it may be, what came furthest."""
    nearest: dict[tuple[int, int], _Found] = {}
    for words in islice(states, _MOST_STATES):
        state = kernels.layout.unpack(words)
        for alternative in event.alternatives:
            kernel = rules[alternative.rule]
            inner = {**state, **kernel.unpack(alternative.words)}
            for number, candidate in enumerate(kernel.rule.candidates):
                for found in _obstacles(candidate, inner, names):
                    key = (alternative.rule, number)
                    if key not in nearest or found.passed > nearest[key].passed:
                        nearest[key] = found
    ordered = sorted(nearest.values(), key=lambda found: -found.passed)
    reasons = [found.reason for found in ordered[:_MOST_REASONS]]
    reasons += [Reason(event.name, text) for text in event.impossible]
    return Refusal(event.place, event.name, count, tuple(dict.fromkeys(reasons)))


def _obstacles(candidate: Candidate, state: Mapping[str, Value], names: SortNames) -> Iterable[_Found]:
    """What stops an action, for each choice of the parameters that the event leaves open."""
    action = candidate.step
    called = _called(candidate, state, {}, names)
    none = Reason(called, "there is nothing to choose for its parameters")
    chosen = False
    try:
        for scope in islice(bindings(Scope(state), *action.parameters), _MOST_CHOICES):
            chosen = True
            yield _obstacle(candidate, scope, names)
    except EvaluationError as problem:
        yield _Found(-1, _not_evaluated(called, problem))
        return
    if not chosen:
        yield _Found(-1, none)


def _obstacle(candidate: Candidate, scope: Scope, names: SortNames) -> _Found:
    action = candidate.step
    given = {p.variable.name: bound(scope, p.variable) for p in action.parameters}
    called = _called(candidate, scope.state, given, names)
    try:
        stopped = blocker(action, scope)
        if stopped is None:
            for update in action.updates:
                evaluate(update.value, _behind(action, scope))
    except EvaluationError as problem:
        return _Found(0, _not_evaluated(called, problem))
    if stopped is None:
        raise InternalError(f"the engines disagree: `{action.name}` is possible where a log is refused")
    why = stopped.why
    parts = tuple(Part(part.text, in_log(part.value, names)) for part in why.parts)
    witnesses = tuple(Part(name, in_log(value, names)) for name, value in why.witnesses)
    place = why.span.place if why.span.source.name else None  # a log of states is compared by no text
    said = "this leads to another branch" if stopped.branch else "this is false"
    reason = Reason(called, said, why.span.flat, place, (*witnesses, *parts))
    return _Found(stopped.passed, reason)


def _not_evaluated(called: str, problem: EvaluationError) -> Reason:
    return Reason(called, f"it cannot be evaluated: {problem.message}", problem.span.flat, problem.span.place)


def _behind(action: m.Action, scope: Scope) -> Scope:
    """A scope with the names of an action."""
    for clause in action.clauses:
        if isinstance(clause, m.LetClause):
            scope = scope.bind(clause.variable, by_name(clause.value, scope))
    return scope


def _called(candidate: Candidate, state: Mapping[str, Value], given: Mapping[str, Value], names: SortNames) -> str:
    """An action with its arguments, as far as they are known."""
    if candidate.action is None:
        return "the state as it is"
    values = {**given, **_arguments(candidate, Scope(state))}
    shown = []
    for parameter in candidate.action.parameters:
        name = parameter.variable.name
        shown.append(f"{name} = {show(in_log(values[name], names)) if name in values else '?'}")
    return f"{candidate.action.name}({', '.join(shown)})" if shown else candidate.action.name


def _arguments(candidate: Candidate, scope: Scope) -> dict[str, Value]:
    """The parameters that the event gives, with their values; those that have none are left out."""
    found: dict[str, Value] = {}
    inner = _behind(candidate.step, scope)
    for name, variable in candidate.given.items():
        try:
            value = inner.locals[variable]
            found[name] = value() if callable(value) else value
        except EvaluationError:
            continue
    return found


# ---------------------------------------------------------------------------------------------------------- traces


def steps_of(
    kernels: Kernels,
    rules: Sequence[RuleKernel],
    silent: RuleKernel | None,
    path: Sequence[Node],
    place: Callable[[Node], str | None],
    names: SortNames,
) -> list[Step]:
    """The steps along a path. Events that are no step are left out, since nothing happens.

    Raises:
        InternalError: the naive semantics have no such step.
    """
    unpack = kernels.layout.unpack
    steps: list[Step] = []
    before: dict[str, Value] = {}
    for i, node in enumerate(path):
        state = unpack(node.state)
        if i == 0:
            steps.append(Step(state))
        else:
            kernel = silent if node.rule < 0 else rules[node.rule]
            assert kernel is not None
            candidate = kernel.rule.candidates[node.candidate]
            width = 0 if kernel.fields is None else kernel.fields.words
            taken = _taken(kernels.model, candidate, before, kernel.unpack(node.event[:width]), state)
            if candidate.action is not None:
                steps.append(_step(candidate.action, candidate, taken, before, state, place(node), names))
        before = state
    return steps


def _taken(
    model: m.Model, candidate: Candidate, before: dict[str, Value], event: dict[str, Value], after: dict[str, Value]
) -> Transition:
    for attempt in action_transitions(candidate.step, {**before, **event}):
        if isinstance(attempt, Transition) and all(attempt.state[name] == value for name, value in after.items()):
            return attempt
    raise InternalError(f"an explanation of a log in {model.name} has a step that `{candidate.step.name}` is not")


def _step(
    action: m.Action,
    candidate: Candidate,
    taken: Transition,
    before: dict[str, Value],
    after: dict[str, Value],
    place: str | None,
    names: SortNames,
) -> Step:
    known = {**dict(taken.arguments), **_arguments(candidate, Scope(taken.scope.state, locals=taken.scope.locals))}
    arguments = tuple((p.variable.name, known[p.variable.name]) for p in action.parameters)
    description = _described(action, taken.scope, names)
    said = " ".join(part for part in (description, None if place is None else f"[{place}]") if part)
    changed = tuple(name for name, value in after.items() if value != before[name])
    return Step(after, action.name, arguments, said or None, changed)


def _described(action: m.Action, scope: Scope, names: SortNames) -> str | None:
    """The description of an action, with the names that the log has for values of sorts."""
    if action.description is None:
        return None
    words: list[str] = []
    for part in action.description:
        try:
            words.append(part if isinstance(part, str) else show(in_log(evaluate(part, scope), names)))
        except EvaluationError:
            words.append("?")
    return "".join(words)


def trace_of_log(model: m.Model, steps: Sequence[Step], message: str) -> Trace:
    """An explanation as a trace."""
    return new_trace(model, THE_LOG, None, steps, Failure("log", message), frozenset())


def with_names(trace: Trace, names: SortNames) -> Trace:
    """The trace with the names that the log has for the values of sorts."""
    if not names.known:
        return trace

    def changed(value: Value) -> Value:
        return in_log(value, names)

    def variable(declared: Variable) -> Variable:
        return replace(declared, type=_type(declared.type, names))

    def step(each: Step) -> Step:
        return replace(
            each,
            state={name: changed(value) for name, value in each.state.items()},
            arguments=tuple((name, changed(value)) for name, value in each.arguments),
        )

    failure = trace.failure
    return replace(
        trace,
        steps=tuple(map(step, trace.steps)),
        variables=tuple(map(variable, trace.variables)),
        failure=replace(
            failure,
            parts=tuple(Part(part.text, changed(part.value)) for part in failure.parts),
            witnesses=tuple((name, changed(value)) for name, value in failure.witnesses),
        ),
    )


def in_log(value: Value, names: SortNames) -> Value:
    """A value in which those of sorts have their names in the log: as members of an enum, which have names."""
    if isinstance(value, SortValue):
        return EnumValue(value.sort, value.index, names.name(value)) if value.sort in names.known else value
    return map_parts(value, lambda part: in_log(part, names))


def _type(type_: Type, names: SortNames) -> Type:
    match type_:
        case SortType(name, size) if name in names.known:
            return EnumType(name, tuple(names.name(SortValue(name, index)) for index in range(size)))
        case OptionType(element):
            return OptionType(_type(element, names))
        case SetType(element):
            return SetType(_type(element, names))
        case SeqType(capacity, element):
            return SeqType(capacity, _type(element, names))
        case MapType(key, value):
            return MapType(_type(key, names), _type(value, names))
        case RecordType():
            return _record(type_, names)
        case VariantType(name, shapes):
            return VariantType(name, tuple(_record(shape, names) for shape in shapes))
        case _:  # of what has no parts
            return type_


def _record(type_: RecordType, names: SortNames) -> RecordType:
    return replace(type_, fields=tuple((name, _type(field, names)) for name, field in type_.fields))
