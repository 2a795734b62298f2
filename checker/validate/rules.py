"""The events of a log as actions: those of the model, with what the log says of the step as further conditions.

The values that an event has in the log are variables beside those of the model. An event that may be a step of an
action is that action with further conditions: parameters have the values that the event gives, and whatever the log
knows of the state before and after the step is so. A variable with a prime stands for its new value. Hence the
kernels, the naive semantics and the explanations need to know nothing about logs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import OptionType, Type, includes, is_bounded, walk
from skipgate.checker.core.trace import Variable
from skipgate.checker.elaborate import build
from skipgate.checker.elaborate.elaborate import expressions_beside
from skipgate.checker.elaborate.expressions import ExpressionElaborator
from skipgate.checker.elaborate.paths import Environment
from skipgate.checker.semantics.effort import BEFORE_SEARCH, at_most
from skipgate.checker.validate.narrowing import possible
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic, SpecError, error
from skipgate.spec.events.syntax import OTHERS, EventRule, Events, LogPath
from skipgate.spec.source import Source, Span
from skipgate.spec.specification import Specification

EVENT_KEY = "#event"  # of the name of an event in a log of states


@dataclass(frozen=True, eq=False)
class Field:
    """A value that an event has in the log."""

    name: str
    type: Type
    path: LogPath
    span: Span


@dataclass(frozen=True, eq=False)
class Candidate:
    """An action that an event may be a step of.

    `step` is over the variables of the model and the fields of the event; `given` has the parameters of `action` that
    it does not choose, since the event says what they are. Without an action, the event is no step.
    """

    step: m.Action
    action: m.Action | None
    given: Mapping[str, t.LocalVar]


@dataclass(frozen=True, eq=False)
class Rule:
    """What an event of this name may be, if it has these texts at these places."""

    event: str
    texts: tuple[tuple[LogPath, str], ...]
    fields: tuple[Field, ...]
    candidates: tuple[Candidate, ...]
    span: Span

    @property
    def variables(self) -> tuple[m.StateVariable, ...]:
        """The fields as variables. What they are in the beginning is of no meaning."""
        unset = build.boolean(False, self.span)
        return tuple(m.StateVariable(Variable(f.name, f.type), unset, False, f.span) for f in self.fields)


@dataclass(frozen=True, eq=False)
class Rules:
    """What the events of a log may be, and what happens without an event: at most `bound` steps between two events."""

    model: m.Model
    events: Mapping[str, tuple[Rule, ...]]
    silent: Rule | None
    bound: int
    ignored: frozenset[str]
    ignores_others: bool
    named_by: LogPath
    clock: LogPath | None
    member_names: Mapping[str, Mapping[str, str]]  # of each enum: what the log calls a member, and its name
    absent: Mapping[str, frozenset[str]]  # of enums and sorts: what stands in the log where there is none


def rules_of(spec: Specification, described: Events, model: m.Model) -> Rules:
    """What the events of a log are in a model.

    Raises:
        SpecError: a field has no bounds, or something takes too long to be worked out.
    """
    with at_most(BEFORE_SEARCH):
        expressions = expressions_beside(spec, model.check, model)
        actions: dict[str, list[m.Action]] = {}  # the paths through each
        for action in model.actions:
            actions.setdefault(action.declared, []).append(action)
        events: dict[str, list[Rule]] = {}
        diagnostics: list[Diagnostic] = []
        for described_rule in described.rules:
            try:
                events.setdefault(described_rule.event, []).append(_rule(expressions, described_rule, actions))
            except SpecError as problem:
                diagnostics += problem.diagnostics
        if diagnostics:
            raise SpecError(diagnostics)
    return Rules(
        model,
        {event: tuple(rules) for event, rules in events.items()},
        _silent(described, actions),
        0 if described.silent is None else described.silent.bound,
        described.ignored,
        described.ignores_others,
        described.named_by,
        described.clock,
        {names.type.text: {text: member.text for text, member in names.members} for names in described.names},
        {names.type.text: names.absent for names in described.names},
    )


def _rule(expressions: ExpressionElaborator, rule: EventRule, actions: Mapping[str, Sequence[m.Action]]) -> Rule:
    fields = [_field(expressions, each.name, each.type, each.path) for each in rule.fields]
    environment: dict[s.Identifier, t.Term] = {}
    for declared, field in zip(rule.fields, fields, strict=True):
        environment[declared.name] = t.Var(field.type, field.span, field.name, False)
    conditions = [expressions.expr(condition, environment) for condition in rule.conditions]
    candidates = [
        candidate(path, arguments, conditions)
        for steps in rule.candidates
        for path, arguments in possible(
            [(path, _arguments(expressions, steps, path, environment)) for path in actions[steps.action.text]]
        )
    ]
    if not candidates:
        candidates = [observation(rule.event, conditions, rule.span)]
    return Rule(rule.event, rule.texts, tuple(fields), tuple(candidates), rule.span)


def _field(expressions: ExpressionElaborator, name: s.Identifier, type_: s.AnyType, path: LogPath) -> Field:
    known = expressions.types.of(type_)
    if not is_bounded(known):
        raise error(f"`{name.text}` has no bounds", type_.span, "give it a range, such as `0..1000`")
    if any(isinstance(part, OptionType) and isinstance(part.element, OptionType) for part in walk(known)):
        hint = "`null` stands for `none`, and for `some(none)` there is nothing"
        raise error(f"`{name.text}` is an option of an option, which JSON does not tell apart", type_.span, hint)
    return Field(name.text, known, path, name.span)


def observation(event: str, conditions: Sequence[t.Term], span: Span) -> Candidate:
    """An event that is no step: the conditions are true in the state as it is."""
    return Candidate(m.Action(event, None, (), tuple(_unprimed(each) for each in conditions), (), (), span), None, {})


def _unprimed(term: t.Term) -> t.Term:
    if isinstance(term, t.Var):
        return replace(term, primed=False) if term.primed else term
    return t.map_children(term, _unprimed)


def _arguments(
    expressions: ExpressionElaborator, steps: s.StepsLike, action: m.Action, environment: Environment
) -> list[t.Term | None]:
    given = [None if each is None else expressions.expr(each, environment) for each in steps.arguments]
    return [*given, *[None] * action.choices]


def candidate(action: m.Action, arguments: Sequence[t.Term | None], conditions: Sequence[t.Term]) -> Candidate:
    """An action with some of its parameters given, and further conditions."""
    chosen: dict[t.LocalVar, t.Term] = {}
    parameters: list[t.Binding] = []
    clauses: list[t.Term | m.LetClause] = []
    for parameter, argument in zip(action.parameters, arguments, strict=True):
        domain = _with_locals(parameter.domain, chosen)
        if argument is None:
            parameters.append(replace(parameter, domain=domain))
            continue
        variable = parameter.variable
        if not (isinstance(domain, t.Universe) and includes(variable.type, argument.type)):
            clauses.append(build.in_(argument, domain, argument.span))
        chosen[variable] = _of_type(argument, variable.type, f"`{variable.name}` of `{action.name}`")
    clauses += [m.LetClause(variable, value) for variable, value in chosen.items()]
    clauses += [condition for condition in conditions if not _is_about_the_step(condition)]
    clauses += action.clauses
    new = {update.variable.name: update for update in action.updates}
    asked = {
        part.name for each in conditions for part in t.walk(each) if isinstance(part, t.Var) and part.primed
    } & new.keys()
    named = {name: t.LocalVar(f"{name}'", new[name].value.type) for name in new if name in asked}
    clauses += [m.LetClause(named[name], new[name].value) for name in named]
    clauses += [_about_old(each, named) for each in conditions if _is_about_the_step(each)]
    updates = [
        replace(update, value=_local(named[name], update.span)) if name in named else update
        for name, update in new.items()
    ]
    step = replace(action, parameters=tuple(parameters), clauses=tuple(clauses), updates=tuple(updates))
    return Candidate(step, action, {variable.name: variable for variable in chosen})


def _of_type(argument: t.Term, type_: Type, what: str) -> t.Term:
    """An argument as a value of just this type: one of a narrower type has other components."""
    return argument if argument.type == type_ else t.Ensure(type_, argument.span, argument, what, type_)


def _local(variable: t.LocalVar, span: Span) -> t.Local:
    return t.Local(variable.type, span, variable)


def _with_locals(term: t.Term, values: Mapping[t.LocalVar, t.Term]) -> t.Term:
    """A term with other terms in the place of names."""
    if isinstance(term, t.Local):
        return values.get(term.variable, term)
    return t.map_children(term, lambda part: _with_locals(part, values)) if values else term


def _is_about_the_step(term: t.Term) -> bool:
    return any(isinstance(part, t.Var) and part.primed for part in t.walk(term))


def _about_old(term: t.Term, new: Mapping[str, t.LocalVar]) -> t.Term:
    """A condition on a step as one on the old state: what a prime is on has the value of its update."""
    if isinstance(term, t.Var) and term.primed:
        return _local(new[term.name], term.span) if term.name in new else replace(term, primed=False)
    return t.map_children(term, lambda part: _about_old(part, new))


def rules_of_states(model: m.Model, names: Iterable[str], *, start: str, step: str) -> Rules:
    """A log of states, in which these variables are seen: the first event shows an initial state, and each of the
    others the state after a step. Its event has the name of the action if that is known, else `step`."""
    shown = [variable for variable in model.variables if variable.name in names]
    known = {variable.name for variable in model.variables}
    fields, after = [], []
    for variable in shown:
        name = f"{variable.name}_in_log"
        while name in known:
            name += "_"
        text = f"{variable.name} == {variable.name} in the log"
        source = Source("", text)
        left, right = Span(source, 0, len(variable.name)), Span(source, len(variable.name) + 4, len(text))
        fields.append(Field(name, variable.type, (variable.name,), right))
        seen = t.Var(variable.type, right, name, False)
        new = t.Var(variable.type, left, variable.name, True)
        after.append(build.equal(new, seen, Span(source, 0, len(text))))
    span = model.check.name.span
    every = [candidate(action, [None] * len(action.parameters), after) for action in model.actions]
    events = {step: (Rule(step, (), tuple(fields), tuple(every), span),)}
    of_each: dict[str, list[Candidate]] = {}  # a log may name an action with or without its branches
    for action, each in zip(model.actions, every, strict=True):
        for name in {action.name, action.declared}:
            of_each.setdefault(name, []).append(each)
    events |= {name: (Rule(name, (), tuple(fields), tuple(some), span),) for name, some in of_each.items()}
    events[start] = (Rule(start, (), tuple(fields), (observation(start, after, span),), span),)
    return Rules(model, events, None, 0, frozenset(), False, (EVENT_KEY,), None, {}, {})


def _silent(described: Events, actions: Mapping[str, Sequence[m.Action]]) -> Rule | None:
    if described.silent is None:
        return None
    names: Iterable[str] = [each.text for each in described.silent.actions]
    if [*names] == [OTHERS]:
        mentioned = {steps.action.text for rule in described.rules for steps in rule.candidates}
        names = [name for name in actions if name not in mentioned]
    chosen = [path for name in dict.fromkeys(names) for path in actions[name]]
    candidates = [candidate(action, [None] * len(action.parameters), ()) for action in chosen]
    return Rule("", (), (), tuple(candidates), described.silent.span)
