"""A model as formulas over a state and its successor.

The scalars of the state's variables are Z3 constants whose names are expressions of the language (`up`, `len(log)`,
`get(have)`); those of the successor have primed variables (`get(have')`). No engine is in here: an engine puts
constants of its own in their place, step by step, or reads them as the arguments of a predicate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import z3

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BOOL
from skipgate.checker.core.values import Value
from skipgate.checker.smt.encoding import logic, relations
from skipgate.checker.smt.encoding import symbolic as sym
from skipgate.checker.smt.encoding.encoder import DomainElement, Encoded, Encoder
from skipgate.checker.smt.encoding.formulas import TermEncoder
from skipgate.checker.smt.encoding.lifting import read_back
from skipgate.checker.smt.encoding.logic import Bit, and_, implies, not_, or_
from skipgate.checker.smt.encoding.symbolic import Symbolic, TooManyParts
from skipgate.spec.diagnostics import error

State = Mapping[str, Symbolic]


@dataclass(frozen=True)
class ActionInstance:
    """An action for some values of its parameters: known ones, or `choices`, constants free to be any.

    `enabled` says that it can be taken, `fails` that it cannot be evaluated. `updates` has the variables that it
    mentions.
    """

    action: m.Action
    arguments: tuple[tuple[str, Symbolic], ...]
    choices: tuple[z3.ExprRef, ...]
    enabled: Bit
    fails: Bit
    updates: State

    def successor(self, state: State) -> State:
        """The state after the action, of which this is the one before."""
        return {**state, **self.updates}


class Predicate:
    """A boolean term: whether it is true, false, or cannot be evaluated."""

    def __init__(self, encoded: Encoded) -> None:
        self.true = and_(encoded.defined, encoded.value)
        self.false = and_(encoded.defined, not_(encoded.value))
        self.fails = not_(encoded.defined)


class System:
    """The formulas of a model, each made when it is first asked for.

    `tick` is called now and then while they are made, and may end that by an exception.
    """

    def __init__(self, model: m.Model, tick: Callable[[], None] | None = None) -> None:
        self.model = model
        self.tick = tick
        self.now = _state(model, "")
        self.next = _state(model, "'")
        self._predicates: dict[t.Term, Predicate] = {}

    @cached_property
    def constants(self) -> tuple[z3.ExprRef, ...]:
        """The constants of the state, in order."""
        return constants_of(self.now)

    @cached_property
    def next_constants(self) -> tuple[z3.ExprRef, ...]:
        """Those of the successor, in the same order."""
        return constants_of(self.next)

    @cached_property
    def typed(self) -> Bit:
        """Every variable has a value of its type: true of every state that the formulas below lead to.

        Sets that are arrays are left out: to say that of their elements takes a quantifier.
        """
        return self._typed(self.now)

    @cached_property
    def next_typed(self) -> Bit:
        """The same of the successor."""
        return self._typed(self.next)

    def _typed(self, state: State) -> Bit:
        return logic.all_of(
            relations.in_type(state[v.name], v.type)
            for v in self.model.variables
            if not any(isinstance(sort, z3.ArraySortRef) for sort in sym.row_sorts(v.type))
        )

    # ------------------------------------------------------------------------------------------------------ states

    @cached_property
    def initial(self) -> Predicate:
        """Is the state an initial one? It fails if an initial value cannot be evaluated, the others before it being
        those of the state."""
        encoder = TermEncoder(self.now, tick=self.tick)
        value: Bit = True
        defined: Bit = True
        terms = [condition.term for condition in self.model.initially if not condition.after]
        for count, variable in enumerate(self.model.variables, 1):
            span = variable.initial.span
            here = t.Var(variable.type, span, variable.name, False)
            if variable.choice:
                term: t.Term = t.In(BOOL, span, here, variable.initial)
            else:
                term = t.Equal(BOOL, span, here, variable.initial)
            terms.append(term)
            terms += [condition.term for condition in self.model.initially if condition.after == count]
        for term in terms:
            holds, has_value = encoder.bit(term)
            defined = and_(defined, implies(value, has_value))
            value = and_(value, holds)
        return Predicate(Encoded(value, defined))

    @cached_property
    def inside(self) -> Predicate:
        """Does the state satisfy all constraints?"""
        encoder = TermEncoder(self.now, tick=self.tick)
        value: Bit = True
        defined: Bit = True
        for constraint in self.model.constraints:
            holds, has_value = encoder.bit(constraint.term)
            defined = and_(defined, implies(value, has_value))
            value = and_(value, holds)
        return Predicate(Encoded(value, defined))

    @cached_property
    def terminal(self) -> Predicate:
        """Is it right that nothing can happen in the state?"""
        if self.model.terminal is None:
            return Predicate(Encoded(False, True))
        return self.predicate(self.model.terminal)

    def predicate(self, term: t.Term) -> Predicate:
        """A boolean term over the state and its successor."""
        if term not in self._predicates:
            value, defined = TermEncoder(self.now, self.next, tick=self.tick).bit(term)
            encoded = Encoded(logic.without_quantifiers(value), logic.without_quantifiers(defined))
            self._predicates[term] = Predicate(encoded)
        return self._predicates[term]

    # ------------------------------------------------------------------------------------------------------- steps

    @cached_property
    def instances(self) -> tuple[ActionInstance, ...]:
        """Every action for every choice of its parameters, in the order of the language."""
        encoder = TermEncoder(self.now, tick=self.tick)
        return tuple(i for action in self.model.actions for i in instances(encoder, action))

    @cached_property
    def enabled(self) -> Bit:
        """Some action can be taken."""
        parts = (logic.without_quantifiers(logic.exists(i.choices, i.enabled)) for i in self.instances)
        return logic.any_of(parts)

    @cached_property
    def fails(self) -> Bit:
        """Some action cannot be evaluated."""
        parts = (logic.without_quantifiers(logic.exists(i.choices, i.fails)) for i in self.instances)
        return logic.any_of(parts)

    @cached_property
    def deadlock(self) -> Predicate:
        """Nothing can happen and the state is not terminal; `true` is the deadlock."""
        stuck = and_(not_(self.enabled), not_(self.fails))
        terminal = self.terminal
        value, defined = and_(stuck, not_(terminal.true)), or_(not_(stuck), not_(terminal.fails))
        return Predicate(Encoded(value, defined))

    @cached_property
    def step(self) -> Bit:
        """Some action leads from the state to its successor. The choices of parameters are free constants."""
        return logic.any_of(and_(i.enabled, self.leads_to(i)) for i in self.instances)

    @cached_property
    def choices(self) -> tuple[z3.ExprRef, ...]:
        """All constants for choices of parameters in `step`."""
        return tuple(choice for instance in self.instances for choice in instance.choices)

    def leads_to(self, instance: ActionInstance) -> Bit:
        """Is the successor the one that the instance leads to?"""
        after = instance.successor(self.now)
        return logic.all_of(relations.equal(self.next[name], value) for name, value in after.items())

    # ---------------------------------------------------------------------------------------------------- Z3 models

    def read_back(self, model: z3.ModelRef, constants: tuple[z3.ExprRef, ...] | None = None) -> dict[str, Value]:
        """The state in a Z3 model; `constants` are what stands for the state's constants there."""
        row = iter(self.constants if constants is None else constants)
        return {v.name: read_back(sym.with_scalars(self.now[v.name], row), v.type, model) for v in self.model.variables}


def constants_of(state: State) -> tuple[z3.ExprRef, ...]:
    """All scalars of a state, in order."""
    return tuple(scalar for value in state.values() for scalar in sym.scalars(value))


def _state(model: m.Model, prime: str) -> dict[str, Symbolic]:
    state = {}
    for variable in model.variables:
        try:
            state[variable.name] = sym.constants(variable.type, variable.name + prime)
        except TooManyParts as problem:
            raise error(f"`{variable.name}` cannot be translated for Z3: {problem}", variable.span) from None
    return state


def instances(encoder: Encoder, action: m.Action, unroll: bool = True) -> Iterator[ActionInstance]:
    """An action for each choice of parameters, in the order of the language; in one piece unless `unroll` is true.

    Parameters over too many values are left open in any case, as `choices`. Where the domain of a parameter cannot be
    evaluated there is an instance that fails, with the parameters before it.
    """
    yield from _instances(encoder, action, unroll, action.parameters, (), True)


def _instances(
    encoder: Encoder,
    action: m.Action,
    unroll: bool,
    parameters: tuple[t.Binding, ...],
    chosen: tuple[tuple[str, DomainElement], ...],
    present: Bit,
) -> Iterator[ActionInstance]:
    if not parameters:
        yield _instance(encoder, action, chosen, present)
        return
    binding, rest = parameters[0], parameters[1:]
    elements, defined = encoder.domain(binding) if unroll else encoder.open_domain(binding)
    if defined is not True:
        yield _made(action, chosen, False, and_(present, not_(defined)), {})
        present = and_(present, defined)
    with encoder.copied(len(elements)):
        for element in elements:
            encoder.locals[binding.variable] = Encoded(element.value, True)
            with encoder.under(element.present):
                more = (*chosen, (binding.variable.name, element))
                yield from _instances(encoder, action, unroll, rest, more, and_(present, element.present))


def _instance(
    encoder: Encoder, action: m.Action, chosen: tuple[tuple[str, DomainElement], ...], present: Bit
) -> ActionInstance:
    before = encoder.path
    fails: Bit = False
    for clause in action.clauses:
        if isinstance(clause, m.LetClause):
            encoder.locals[clause.variable] = encoder.encode(clause.value)
            continue
        holds, defined = encoder.bit(clause)
        fails = or_(fails, and_(present, not_(defined)))
        present = and_(present, defined, holds)
        if encoder.watcher is not None:
            encoder.path = and_(encoder.path, holds)
    updates = {}
    all_defined: Bit = True
    for update in action.updates:
        value, defined = encoder.as_type(update.value, update.variable.type)
        updates[update.variable.name] = value
        all_defined = and_(all_defined, defined)
    encoder.path = before
    enabled = and_(present, all_defined)
    return _made(action, chosen, enabled, or_(fails, and_(present, not_(all_defined))), updates)


def _made(
    action: m.Action, chosen: tuple[tuple[str, DomainElement], ...], enabled: Bit, fails: Bit, updates: State
) -> ActionInstance:
    arguments = tuple((name, element.value) for name, element in chosen)
    choices = tuple(constant for _, element in chosen for constant in element.constants)
    return ActionInstance(action, arguments, choices, enabled, fails, updates)
