"""A checked specification and one of its checks to the elaborated model."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import SetType, SortType, Type, cardinality, with_bounds_of
from skipgate.checker.core.deadline import OutOfTime
from skipgate.checker.core.result import DEADLOCK
from skipgate.checker.core.trace import Variable
from skipgate.checker.core.values import Value
from skipgate.checker.elaborate import build, paths, step_tests, temporal
from skipgate.checker.elaborate.expressions import NOTHING, ExpressionElaborator
from skipgate.checker.elaborate.known import TooMuch
from skipgate.checker.elaborate.paths import Environment
from skipgate.checker.elaborate.premises import premises, says_nothing
from skipgate.checker.elaborate.refinement import Image, properties
from skipgate.checker.elaborate.step_tests import Ranges
from skipgate.checker.semantics.effort import BEFORE_SEARCH, at_most
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic, SpecError, error
from skipgate.spec.specification import Specification
from skipgate.spec.symbols import Symbol

_D = TypeVar("_D", bound=s.Node)
_R = TypeVar("_R")
_P = TypeVar("_P", s.PropertyDecl, s.LivenessDecl, s.RefinesDecl)


def elaborate(spec: Specification, check: s.CheckDecl, ranges: Ranges | None = None) -> m.Model:
    """The model of a specification under the constants that a check chooses.

    `ranges` has bounds for parameters over all of `nat` or `int`, by action and parameter. The caller knows that the
    action is not enabled outside them.

    Raises:
        SpecError: a constant has no value or one outside its type, an assumption is false, a type has no values, or
            something takes too long to be worked out.
    """
    with at_most(BEFORE_SEARCH):
        return _Elaborator(spec, check, ranges or {}).model()


def expressions_beside(spec: Specification, check: s.CheckDecl, model: m.Model) -> ExpressionElaborator:
    """What makes terms of expressions that stand beside an elaborated model, such as those about the events of a log.

    They may mention whatever the names and types of the specification know.
    """
    expressions = _Elaborator(spec, check, {}).expressions
    expressions.variable_types |= {variable.name: variable.type for variable in model.variables}
    return expressions


@dataclass(frozen=True)
class _Given:
    """What the refining model gives to the refined one: constants, and the types of what its variables stand for."""

    constants: Mapping[s.ConstDecl, t.Term]
    types: Mapping[str, Type]
    refinement: str | None = None  # its name


_NOTHING_GIVEN = _Given({}, {})


class _Elaborator:
    def __init__(self, spec: Specification, check: s.CheckDecl, ranges: Ranges, given: _Given = _NOTHING_GIVEN) -> None:
        self.spec = spec
        self.check = check
        self.given = given
        # The names in the settings of a check are those of the model that is checked.
        settings = {spec.names.references.get(setting.name): setting.value for setting in check.settings}
        known = {symbol: value for symbol, value in settings.items() if symbol is not None}
        self.expressions = ExpressionElaborator(spec, known, given.constants, ranges)
        self.types = self.expressions.types
        self.declared_types: dict[str, Type] = {}  # of variables
        self.diagnostics: list[Diagnostic] = []

    def model(self) -> m.Model:
        spec = self.spec
        constants = self.collect(spec.all(s.ConstDecl), self.constant_entry)
        self.collect(spec.all(s.AssumeDecl), self.assume)
        self.stop_on_errors()
        for variable, type_ in self.collect(spec.all(s.VarDecl), self.variable_type):
            self.declared_types[variable] = type_
            # In a refined model, a variable without bounds has those of what it stands for.
            self.expressions.variable_types[variable] = with_bounds_of(type_, self.given.types.get(variable, type_))
        self.stop_on_errors()
        sorts = self.collect(spec.all(s.SortDecl), self.sort)
        variables: list[m.StateVariable] = []
        self.collect(spec.all(s.VarDecl), lambda d: variables.append(self.variable(d, variables)))
        self.stop_on_errors()
        by_name = {variable.name: variable for variable in variables}
        conditions = self.collect(spec.all(s.InitiallyDecl), lambda d: self.initially(d, list(by_name)))
        initially = tuple(sorted((c for parts in conditions for c in parts), key=lambda c: c.after))
        of_each = self.collect(spec.all(s.ActionDecl), lambda action: self.action(action, by_name))
        actions = [action for paths_of_one in of_each for action in paths_of_one]
        properties = self.collect(self.examined(spec.all(s.PropertyDecl)), self.property)
        refinements = self.collect(self.examined(spec.refined), lambda d: self.refinement(d, variables, initially))
        properties += [each for pair in refinements for each in pair]
        constraints = self.collect(
            spec.all(s.ConstraintDecl), lambda c: m.Constraint(c.name.text, self.expressions.expr(c.condition, NOTHING))
        )
        fairness = [
            m.Fairness(declared.fairness == "strong", tuple(map(_any_step, each)), True)
            for declared, each in zip(spec.all(s.ActionDecl), of_each, strict=False)
            if declared.fairness != "none"
        ]
        named = {each[0].declared: each for each in of_each}
        fair: list[s.GroupDecl | s.FairnessDecl] = [d for d in spec.all(s.GroupDecl) if d.fairness != "none"]
        fair += spec.all(s.FairnessDecl)
        for several in self.collect(fair, lambda d: temporal.fairness(self.expressions, d, named)):
            fairness += several
        live = partial(temporal.liveness, self.expressions, fair_when=m.fairness_terms(fairness))
        liveness = self.collect(self.examined(spec.all(s.LivenessDecl)), live)
        terminals = self.collect(spec.all(s.TerminalDecl), lambda d: self.expressions.expr(d.condition, NOTHING))
        self.stop_on_errors()
        symmetric = self.check.symmetry if self.given.refinement is None else ()
        terminal: t.Term | None = None
        for condition in terminals:
            terminal = condition if terminal is None else build.logic("or", terminal, condition, condition.span)
        ignored = self.ignored()
        if DEADLOCK in ignored:
            terminal = build.boolean(True, self.check.name.span)  # it may end anywhere
        return m.Model(
            file=spec.program.main.source.name,
            name=spec.name,
            check=self.check,
            description=_plain(self.check.description),
            constants=tuple(constants),
            variables=tuple(variables),
            actions=tuple(actions),
            properties=tuple(properties),
            constraints=tuple(constraints),
            initially=initially,
            terminal=terminal,
            symmetry=tuple(self.sort(spec.names[name]) for name in symmetric),
            sorts=tuple(sorts),
            liveness=tuple(liveness),
            fairness=tuple(fairness),
            ignored=ignored,
        )

    def examined(self, declarations: Iterable[_P]) -> list[_P]:
        """Those properties that the check examines. Of a refined model all are elaborated."""
        if self.given.refinement is not None:
            return list(declarations)
        return [declaration for declaration in declarations if self.check.examines(declaration.name.text)]

    def ignored(self) -> tuple[str, ...]:
        """The names of the properties that the check does not examine."""
        if self.given.refinement is not None:
            return ()
        names = [each.name.text for each in self.spec.all(s.PropertyDecl)]
        names += [each.name.text for each in self.spec.all(s.LivenessDecl)]
        names += [each.name.text for each in self.spec.all(s.RefinesDecl)]
        names.append(DEADLOCK)
        return tuple(name for name in names if not self.check.examines(name))

    def collect(self, declarations: Iterable[_D], make: Callable[[_D], _R]) -> list[_R]:
        """What `make` returns for each declaration. Independent errors are all kept, to be reported together."""
        built: list[_R] = []
        for declaration in declarations:
            try:
                built.append(make(declaration))
            except TooMuch:
                raise
            except OutOfTime as problem:
                problem.span = declaration.span
                raise
            except SpecError as problem:
                self.diagnostics.extend(problem.diagnostics)
        return built

    def stop_on_errors(self) -> None:
        if self.diagnostics:
            raise SpecError(self.diagnostics)

    def constant_entry(self, declaration: s.ConstDecl) -> tuple[Variable, Value]:
        constant = self.expressions.constant(declaration)
        type_ = self.types.of(declaration.type)
        return Variable(declaration.name.text, type_, _plain(declaration.description)), constant.value

    def assume(self, declaration: s.AssumeDecl) -> None:
        if self.expressions.known(self.expressions.expr(declaration.condition, NOTHING)) is not True:
            described = _plain(declaration.description)
            where = f"check `{self.check.name.text}`"
            if self.given.refinement is not None:
                where = f"refinement `{self.given.refinement}` of {where}"
            message = f"this assumption is false in {where}"
            raise error(message if described is None else f"{message}: {described}", declaration.condition.span)

    def variable_type(self, declaration: s.VarDecl) -> tuple[str, Type]:
        type_ = self.types.of(declaration.type)
        if cardinality(type_) == 0:
            raise error(f"`{declaration.name.text}` has no possible value: {type_} is empty", declaration.type.span)
        return declaration.name.text, type_

    def variable(self, declaration: s.VarDecl, before: Sequence[m.StateVariable]) -> m.StateVariable:
        name = declaration.name.text
        type_ = self.declared_types[name]
        initial = self.expressions.expr(declaration.initial, NOTHING)
        later = t.variables_read(initial) - {variable.name for variable in before}
        if later:
            message = f"the initial value of `{name}` depends on `{min(later)}`, which is declared later"
            raise error(message, declaration.initial.span, "declare it first")
        wanted = SetType(type_) if declaration.choice else type_
        initial = build.ensure(initial, wanted, f"the initial value of `{name}`")
        variable = Variable(name, type_, _plain(declaration.description))
        return m.StateVariable(variable, initial, declaration.choice, declaration.span)

    def initially(self, declaration: s.InitiallyDecl, order: Sequence[str]) -> list[m.InitialCondition]:
        """The sides of the `and`s of a condition, each asked not before the one to its left."""
        conditions: list[m.InitialCondition] = []
        after = 0
        for term in _conjuncts(self.expressions.expr(declaration.condition, NOTHING)):
            after = max([after, *(order.index(name) + 1 for name in t.variables_read(term))])
            conditions.append(m.InitialCondition(term, after))
        return conditions

    def action(self, declaration: s.ActionDecl, variables: Mapping[str, m.StateVariable]) -> list[m.Action]:
        """An action, or one for each path through it."""
        environment: Environment = NOTHING
        parameters: list[t.Binding] = []
        for binder in declaration.parameters:
            bindings, environment = step_tests.parameters(self.expressions, declaration, binder, environment)
            parameters += bindings
        names = frozenset(p.variable.name for p in parameters)
        found = paths.paths(self.expressions, declaration, environment, names)
        made: dict[str, m.Action] = {}
        for path in found:
            name = declaration.name.text
            if len(found) > 1:
                name = _free(f"{name} [{paths.label(path)}]", made)
            choices, clauses = paths.flat(path)
            made[name] = m.Action(
                name=name,
                description=self.filled_in(declaration.description, path.environment),
                parameters=(*parameters, *choices),
                clauses=tuple(clauses),
                updates=tuple(
                    m.Update(variables[target], build.ensure(value, variables[target].type, f"`{target}`"), span)
                    for target, value, span in path.updates
                ),
                anchors=declaration.anchors,
                span=declaration.span,
                branches=path.branches,
                choices=len(choices),
            )
        return list(made.values())

    def filled_in(self, description: s.Description | None, environment: Environment) -> tuple[str | t.Term, ...] | None:
        if description is None:
            return None
        parts = description.parts
        return tuple(part if isinstance(part, str) else self.expressions.expr(part, environment) for part in parts)

    def sort(self, symbol: Symbol) -> SortType:
        sort = self.types.named(symbol)
        assert isinstance(sort, SortType)
        return sort

    def property(self, declaration: s.PropertyDecl) -> m.Property:
        term = self.expressions.expr(declaration.condition, NOTHING)
        claimed = declaration.kind in ("invariant", "transition")
        about_actions = step_tests.asks_about_actions(self.spec, declaration.condition)
        return m.Property(
            name=declaration.name.text,
            kind="invariant" if declaration.kind == "lemma" else declaration.kind,
            description=_plain(declaration.description),
            term=term,
            premises=premises(term) if claimed else (),
            anchors=declaration.anchors,
            span=declaration.span,
            lemma=declaration.kind == "lemma",
            says_nothing=says_nothing(declaration.condition, self.term_of_part)
            if claimed and not about_actions
            else None,
            about_actions=about_actions,
        )

    def term_of_part(self, part: s.AnyExpr) -> t.Term:
        """The term of a part of a property, in which no name is bound. It adds nothing to the size of the model."""
        size = self.expressions.size
        try:
            return self.expressions.expr(part, NOTHING)
        finally:
            self.expressions.size = size

    def refinement(
        self,
        declaration: s.RefinesDecl,
        variables: Sequence[m.StateVariable],
        initially: Sequence[m.InitialCondition],
    ) -> list[m.Property]:
        constants: dict[s.ConstDecl, t.Term] = {}
        images: dict[str, Image] = {}
        for setting in self.spec.names.mappings[declaration]:
            target = self.spec.names[setting.name]
            now = self.expressions.expr(setting.value, NOTHING)
            if isinstance(target, s.ConstDecl):
                constants[target] = build.constant(self.expressions.known(now), now.type, now.span)
            elif isinstance(target, s.VarDecl):
                images[target.name.text] = Image(now, self.expressions.expr(setting.value, NOTHING, primed=True))
        types = {name: image.now.type for name, image in images.items()}
        given = _Given(constants, types, declaration.name.text)
        inner = _Elaborator(self.spec.refined[declaration], self.check, {}, given)
        self.compare_sorts(inner, declaration)
        return properties(
            declaration.name.text,
            inner.model(),
            images,
            tuple(variables),
            initially,
            description=_plain(declaration.description),
            span=declaration.name.span,
        )

    def compare_sorts(self, inner: _Elaborator, declaration: s.RefinesDecl) -> None:
        """A sort that a refined model has as well must have as many values there."""
        for theirs in inner.spec.all(s.SortDecl):
            own = self.spec.names.symbols.get(theirs.name.text)
            if isinstance(own, s.SortDecl):
                a, b = cardinality(self.types.named(own)), cardinality(inner.types.named(theirs))
                if a != b:
                    message = f"sort `{own.name.text}` has {a} values here and {b} in `{inner.spec.name}`"
                    raise error(message, declaration.file.span, f"see {theirs.span.place}")


def _any_step(action: m.Action) -> m.StepPattern:
    return m.StepPattern(action, (None,) * len(action.parameters))


def _free(name: str, taken: Container[str]) -> str:
    """A name for a path that no other path has."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name[:-1]}, {number}]"
    return free


def _conjuncts(term: t.Term) -> list[t.Term]:
    """The sides of the `and`s at the top of a term."""
    if isinstance(term, t.Logic) and term.operator == "and":
        return [*_conjuncts(term.left), *_conjuncts(term.right)]
    return [term]


def _plain(description: s.Description | None) -> str | None:
    return None if description is None else description.plain
