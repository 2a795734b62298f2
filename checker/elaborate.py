"""A checked specification and one of its checks to the elaborated model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from checker import model as m
from checker import terms as t
from checker import typed
from checker.datatypes import (
    BOOL,
    NEVER,
    EnumType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    cardinality,
    contains,
    mentions_sort,
    with_bounds_of,
)
from checker.evaluate import EvaluationError, Scope, evaluate, ordered
from checker.premises import premises
from checker.refinement import Image, properties
from checker.trace import Variable
from checker.values import NONE, Member, Value, show
from spec import syntax as s
from spec.diagnostics import Diagnostic, SpecError, error
from spec.kinds import Kind, MapKind, OptionKind, RecordKind, SeqKind, SetKind, SortKind
from spec.names import Builtin, Symbol
from spec.source import Span
from spec.specification import Specification

_LARGEST = 2**62  # bounds beyond this do not fit a machine word
_LARGEST_SORT = 63
_MOST_CHOICES = 1024  # of the parameters of a liveness property, or the names in a fairness condition
_LARGEST_MODEL = 300_000  # expressions, counting a definition each time that it is used

_D = TypeVar("_D")
_R = TypeVar("_R")
Ranges = Mapping[tuple[str, str], tuple[int, int]]
_Environment = Mapping[s.Identifier, t.Term]
_NOTHING: _Environment = {}


def elaborate(spec: Specification, check: s.CheckDecl, ranges: Ranges | None = None) -> m.Model:
    """The model of a specification under the constants that a check chooses.

    `ranges` has bounds for parameters over all of `nat` or `int`, by action and parameter: beyond them, whoever calls
    this knows, the action is not enabled.

    Raises:
        SpecError: a constant has no value or one outside its type, an assumption is false, a type has no values.
    """
    return _Elaborator(spec, check, ranges or {}).model()


@dataclass(frozen=True)
class _Given:
    """What a model that is refined is given by the one that refines it: constants, and what its variables can be."""

    constants: Mapping[s.ConstDecl, t.Term]
    types: Mapping[str, Type]
    refinement: str | None = None  # its name


_NOTHING_GIVEN = _Given({}, {})


class _Elaborator:
    def __init__(self, spec: Specification, check: s.CheckDecl, ranges: Ranges, given: _Given = _NOTHING_GIVEN) -> None:
        self.spec = spec
        self.check = check
        self.ranges = ranges
        self.given = given
        # The names in the settings of a check are those of the model that is checked.
        settings = {spec.names.references.get(setting.name): setting.value for setting in check.settings}
        self.settings = {symbol: value for symbol, value in settings.items() if symbol is not None}
        self.constants: dict[s.ConstDecl, t.Const] = {}
        self.types: dict[Symbol, Type] = {}
        self.declared_types: dict[str, Type] = {}  # of variables
        self.variable_types: dict[str, Type] = {}  # the same, with bounds of what they can be where they have none
        self.diagnostics: list[Diagnostic] = []
        self.size = 0

    # ---------------------------------------------------------------------------------------------- declarations

    def model(self) -> m.Model:
        spec = self.spec
        constants = self.collect(spec.all(s.ConstDecl), self.constant_entry)
        self.collect(spec.all(s.AssumeDecl), self.assume)
        self.stop_on_errors()
        for variable, type_ in self.collect(spec.all(s.VarDecl), self.variable_type):
            self.declared_types[variable] = type_
            self.variable_types[variable] = with_bounds_of(type_, self.given.types.get(variable, type_))
        self.stop_on_errors()
        sorts = self.collect(spec.all(s.SortDecl), self.sort)
        variables: list[m.StateVariable] = []
        self.collect(spec.all(s.VarDecl), lambda d: variables.append(self.variable(d, variables)))
        self.stop_on_errors()
        by_name = {variable.name: variable for variable in variables}
        actions = self.collect(spec.all(s.ActionDecl), lambda action: self.action(action, by_name))
        properties = self.collect(spec.all(s.PropertyDecl), self.property)
        refinements = self.collect(spec.refined, lambda declaration: self.refinement(declaration, variables))
        properties += [each for pair in refinements for each in pair]
        constraints = self.collect(
            spec.all(s.ConstraintDecl), lambda c: m.Constraint(c.name.text, self.expr(c.condition, _NOTHING))
        )
        liveness = self.collect(spec.all(s.LivenessDecl), self.liveness)
        fairness = [
            m.Fairness(declared.fairness == "strong", (m.Pattern(action, (None,) * len(action.parameters)),), True)
            for declared, action in zip(spec.all(s.ActionDecl), actions, strict=False)
            if declared.fairness != "none"
        ]
        named = {action.name: action for action in actions}
        for several in self.collect(spec.all(s.FairnessDecl), lambda d: self.fairness(d, named)):
            fairness += several
        terminals = self.collect(spec.all(s.TerminalDecl), lambda d: self.expr(d.condition, _NOTHING))
        self.stop_on_errors()
        symmetric = self.check.symmetry if self.given.refinement is None else ()
        terminal: t.Term | None = None
        for condition in terminals:
            terminal = condition if terminal is None else typed.logic("or", terminal, condition, condition.span)
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
            terminal=terminal,
            symmetry=tuple(self.sort(spec.names[name]) for name in symmetric),
            sorts=tuple(sorts),
            liveness=tuple(liveness),
            fairness=tuple(fairness),
        )

    def collect(self, declarations: Iterable[_D], build: Callable[[_D], _R]) -> list[_R]:
        """Build each; keep the diagnostics of those that fail, so that independent errors are all reported."""
        built: list[_R] = []
        for declaration in declarations:
            try:
                built.append(build(declaration))
            except SpecError as problem:
                self.diagnostics.extend(problem.diagnostics)
        return built

    def stop_on_errors(self) -> None:
        if self.diagnostics:
            raise SpecError(self.diagnostics)

    def constant_entry(self, declaration: s.ConstDecl) -> tuple[Variable, Value]:
        constant = self.constant(declaration)
        type_ = self.type(declaration.type)
        return Variable(declaration.name.text, type_, _plain(declaration.description)), constant.value

    def constant(self, declaration: s.ConstDecl) -> t.Const:
        if declaration not in self.constants:
            source = self.settings.get(declaration, declaration.default)
            term = self.given.constants.get(declaration)
            if term is None:
                assert source is not None  # names.py saw to it
                term = self.expr(source, _NOTHING)
            type_ = self.type(declaration.type)
            value = self.known(term)
            if not contains(type_, value):
                name = declaration.name.text
                raise error(f"`{name}` is {show(value)} here, which is not in {type_}", term.span)
            self.constants[declaration] = typed.constant(value, type_, term.span)
        return self.constants[declaration]

    def known(self, term: t.Term) -> Value:
        """The value of a term that mentions no variables."""
        try:
            return evaluate(term, Scope())
        except EvaluationError as problem:
            raise error(problem.message, problem.span) from None

    def known_int(self, node: s.Expr) -> int:
        value = self.known(self.expr(node, _NOTHING))
        assert isinstance(value, int)
        if abs(value) > _LARGEST:
            raise error(f"{value} does not fit a machine word", node.span, "bounds reach up to 2^62")
        return value

    def assume(self, declaration: s.AssumeDecl) -> None:
        if self.known(self.expr(declaration.condition, _NOTHING)) is not True:
            described = _plain(declaration.description)
            where = f"check `{self.check.name.text}`"
            if self.given.refinement is not None:
                where = f"refinement `{self.given.refinement}` of {where}"
            message = f"this assumption is false in {where}"
            raise error(message if described is None else f"{message}: {described}", declaration.condition.span)

    def variable_type(self, declaration: s.VarDecl) -> tuple[str, Type]:
        type_ = self.type(declaration.type)
        if cardinality(type_) == 0:
            raise error(f"`{declaration.name.text}` has no possible value: {type_} is empty", declaration.type.span)
        return declaration.name.text, type_

    def variable(self, declaration: s.VarDecl, before: Sequence[m.StateVariable]) -> m.StateVariable:
        name = declaration.name.text
        type_ = self.declared_types[name]
        initial = self.expr(declaration.initial, _NOTHING)
        later = t.variables_read(initial) - {variable.name for variable in before}
        if later:
            message = f"the initial value of `{name}` depends on `{min(later)}`, which is declared later"
            raise error(message, declaration.initial.span, "declare it first")
        wanted = SetType(type_) if declaration.choice else type_
        initial = typed.ensure(initial, wanted, f"the initial value of `{name}`")
        variable = Variable(name, type_, _plain(declaration.description))
        return m.StateVariable(variable, initial, declaration.choice, declaration.span)

    def action(self, declaration: s.ActionDecl, variables: Mapping[str, m.StateVariable]) -> m.Action:
        environment = dict(_NOTHING)
        parameters: list[t.Binding] = []
        for binder in declaration.parameters:
            bindings, environment = self.bind(binder, environment)
            for parameter in bindings:
                bounds = self.ranges.get((declaration.name.text, parameter.variable.name))
                if bounds is not None:
                    parameter, environment = self.restrict(parameter, bounds, environment)
                parameters.append(parameter)
        clauses: list[t.Term | m.LetClause] = []
        updates: dict[str, tuple[t.Term, Span]] = {}
        for clause in declaration.clauses:
            match clause:
                case s.WhenClause(condition=condition):
                    clauses.append(self.expr(condition, environment))
                case s.LetClause(bindings=let_bindings):
                    for binding in let_bindings:
                        value = self.expr(binding.value, environment)
                        local = t.LocalVar(binding.name.text, value.type)
                        clauses.append(m.LetClause(local, value))
                        environment = {**environment, binding.name: t.Local(value.type, binding.name.span, local)}
                case s.ThenClause(updates=parts):
                    for update in parts:
                        name = update.target.text
                        old, span = updates.get(
                            name, (t.Var(self.variable_types[name], update.target.span, name, False), update.span)
                        )
                        whole = self.updated(old, update.path, update.value, environment, update.span)
                        updates[name] = (whole, span.to(update.span))
        description: list[str | t.Term] | None = None
        if declaration.description is not None:
            description = []
            for part in declaration.description.parts:
                description.append(part if isinstance(part, str) else self.expr(part, environment))
        return m.Action(
            name=declaration.name.text,
            description=None if description is None else tuple(description),
            parameters=tuple(parameters),
            clauses=tuple(clauses),
            updates=tuple(
                m.Update(variables[name], typed.ensure(value, variables[name].type, f"`{name}`"), span)
                for name, (value, span) in updates.items()
            ),
            anchors=declaration.anchors,
            span=declaration.span,
        )

    def sort(self, symbol: Symbol) -> SortType:
        sort = self.named_type(symbol)
        assert isinstance(sort, SortType)
        return sort

    def property(self, declaration: s.PropertyDecl) -> m.Property:
        term = self.expr(declaration.condition, _NOTHING)
        return m.Property(
            name=declaration.name.text,
            kind="invariant" if declaration.kind == "lemma" else declaration.kind,
            description=_plain(declaration.description),
            term=term,
            premises=premises(term) if declaration.kind in ("invariant", "transition") else (),
            anchors=declaration.anchors,
            span=declaration.span,
            lemma=declaration.kind == "lemma",
        )

    def refinement(self, declaration: s.RefinesDecl, variables: Sequence[m.StateVariable]) -> list[m.Property]:
        constants: dict[s.ConstDecl, t.Term] = {}
        images: dict[str, Image] = {}
        for setting in self.spec.names.mappings[declaration]:
            target = self.spec.names[setting.name]
            now = self.expr(setting.value, _NOTHING)
            if isinstance(target, s.ConstDecl):
                constants[target] = typed.constant(self.known(now), now.type, now.span)
            elif isinstance(target, s.VarDecl):
                images[target.name.text] = Image(now, self.expr(setting.value, _NOTHING, primed=True))
        types = {name: image.now.type for name, image in images.items()}
        given = _Given(constants, types, declaration.name.text)
        inner = _Elaborator(self.spec.refined[declaration], self.check, {}, given)
        self.compare_sorts(inner, declaration)
        return properties(
            declaration.name.text,
            inner.model(),
            images,
            tuple(variables),
            description=_plain(declaration.description),
            span=declaration.name.span,
        )

    def compare_sorts(self, inner: _Elaborator, declaration: s.RefinesDecl) -> None:
        """A sort that a refined model has as well must have as many values there."""
        for theirs in inner.spec.all(s.SortDecl):
            own = self.spec.names.symbols.get(theirs.name.text)
            if isinstance(own, s.SortDecl):
                a, b = cardinality(self.named_type(own)), cardinality(inner.named_type(theirs))
                if a != b:
                    message = f"sort `{own.name.text}` has {a} values here and {b} in `{inner.spec.name}`"
                    raise error(message, declaration.file.span, f"see {theirs.span.place}")

    def liveness(self, declaration: s.LivenessDecl) -> m.Liveness:
        instances: list[m.Instance] = []
        for environment in self.choices(declaration.parameters):
            arguments = tuple((name.text, term.value) for name, term in environment.items())
            premise = None if declaration.premise is None else self.expr(declaration.premise, environment)
            instances.append(m.Instance(arguments, premise, self.expr(declaration.goal, environment)))
        return m.Liveness(
            name=declaration.name.text,
            kind=declaration.kind,
            description=_plain(declaration.description),
            instances=tuple(instances),
            premises=self.liveness_premises(declaration, bool(instances)),
            anchors=declaration.anchors,
            span=declaration.span,
        )

    def liveness_premises(self, declaration: s.LivenessDecl, any_instance: bool) -> tuple[m.Premise, ...]:
        """That the P of `P leads to Q` is true for some choice of the parameters, and that there is a choice."""
        if not any_instance:
            domain = declaration.parameters[0].domain
            span = declaration.parameters[0].span.to(declaration.parameters[-1].span)
            return (m.Premise(span.flat, typed.boolean(False, domain.span)),)
        if declaration.premise is None:
            return ()
        bindings, inner = self.bind_all(declaration.parameters, _NOTHING, False)
        premise = self.expr(declaration.premise, inner)
        text = premise.span.flat
        for binding in reversed(bindings):
            premise = typed.quantified("exists", binding, premise, premise.span)
        return (m.Premise(text, premise),)

    def fairness(self, declaration: s.FairnessDecl, actions: Mapping[str, m.Action]) -> list[m.Fairness]:
        """A condition for each choice of the names."""
        strong = declaration.fairness == "strong"
        return [
            m.Fairness(strong, tuple(self.pattern_of(steps, actions, environment) for steps in declaration.steps))
            for environment in self.choices(declaration.binders)
        ]

    def pattern_of(
        self, steps: s.StepsLike, actions: Mapping[str, m.Action], environment: Mapping[s.Identifier, t.Const]
    ) -> m.Pattern:
        action = actions[steps.action.text]
        arguments: list[Value | None] = []
        for parameter, argument in zip(action.parameters, steps.arguments, strict=True):
            value = None if argument is None else self.known(self.expr(argument, environment))
            variable = parameter.variable
            if argument is not None and value is not None and not contains(variable.type, value):
                message = f"`{variable.name}` of `{action.name}` is never {show(value)}: it is in {variable.type}"
                raise error(message, argument.span)
            arguments.append(value)
        return m.Pattern(action, tuple(arguments))

    def choices(self, binders: Sequence[s.Binder]) -> list[dict[s.Identifier, t.Const]]:
        """All values that names can have together, whose domains mention no variables."""
        found: list[dict[s.Identifier, t.Const]] = [{}]
        for binder in binders:
            for name in binder.names:
                found = [
                    {**chosen, name: typed.constant(value, type_, name.span)}
                    for chosen in found
                    for type_, values in [self.elements(binder.domain, chosen)]
                    for value in values
                ]
                if len(found) > _MOST_CHOICES:
                    message = f"there are more than {_MOST_CHOICES} choices of these names"
                    raise error(message, binder.span, "let them range over fewer values")
        return found

    def elements(self, domain: s.Expr, environment: _Environment) -> tuple[Type, list[Value]]:
        """The elements of a set that mentions no variables, and their type."""
        term = self.expr(domain, environment)
        type_ = typed.element_of(term.type)
        if cardinality(type_) is None:
            raise error("these are unboundedly many values", domain.span, "use a range `a..b`")
        try:
            return type_, list(islice(ordered(term, Scope()), _MOST_CHOICES + 1))
        except EvaluationError as problem:
            raise error(problem.message, problem.span) from None

    # ------------------------------------------------------------------------------------------------------ types

    def type(self, node: s.TypeExpr) -> Type:
        match node:
            case s.PrimitiveType(name="bool"):
                return BOOL
            case s.PrimitiveType(name="nat"):
                return IntType(0, None)
            case s.PrimitiveType():
                return IntType(None, None)
            case s.RangeType(low=low, high=high):
                return IntType(self.known_int(low), self.known_int(high))
            case s.OptionType(element=element):
                return OptionType(self.type(element))
            case s.SetType(element=element):
                return SetType(self.type(element))
            case s.SeqType(capacity=capacity, element=element):
                count = self.known_int(capacity)
                if count < 0:
                    raise error(f"a sequence cannot hold {count} elements", capacity.span)
                return SeqType(count, self.type(element))
            case s.MapType(key=key, value=value):
                key_type = self.type(key)
                if cardinality(key_type) is None:
                    raise error(
                        f"the keys of a map must be bounded, and {key_type} is not", key.span, "use a range `a..b`"
                    )
                return MapType(key_type, self.type(value))
            case s.NamedType():
                return self.named_type(self.spec.names[node])
        raise AssertionError(node)

    def named_type(self, symbol: Symbol) -> Type:
        if symbol not in self.types:
            self.types[symbol] = self._named_type(symbol)
        return self.types[symbol]

    def _named_type(self, symbol: Symbol) -> Type:
        match symbol:
            case s.TypeDecl(type=aliased):
                return self.type(aliased)
            case s.EnumDecl(name=name, members=members):
                return EnumType(name.text, tuple(member.name.text for member in members))
            case s.SortDecl(name=name, size=size):
                count = self.known_int(size)
                if not 1 <= count <= _LARGEST_SORT:
                    raise error(f"a sort has 1 to {_LARGEST_SORT} values, not {count}", size.span)
                return SortType(name.text, count)
            case s.RecordDecl(name=name, ordered=ordered, fields=fields):
                return RecordType(name.text, tuple((f.name.text, self.type(f.type)) for f in fields), ordered)
        raise AssertionError(symbol)

    # ------------------------------------------------------------------------------------------------ expressions

    def expr(self, node: s.Expr, environment: _Environment, primed: bool = False) -> t.Term:
        """The term of an expression; `primed` if it is the body of a definition that was mentioned with a prime."""
        span = node.span
        self.size += 1
        if self.size > _LARGEST_MODEL:
            message = f"the model has more than {_LARGEST_MODEL} parts when its definitions are unfolded"
            raise error(message, span, "a definition that mentions another twice doubles it: use a `let`")

        def sub(child: s.Expr) -> t.Term:
            return self.expr(child, environment, primed)

        match node:
            case s.Number(value=value):
                return typed.constant(value, IntType(value, value), span)
            case s.Boolean(value=value):
                return typed.boolean(value, span)
            case s.NoneValue():
                return t.Const(OptionType(NEVER), span, NONE)
            case s.SomeOf(value=value):
                return typed.some_of(sub(value), span)
            case s.Name():
                return self.name(node, environment, primed)
            case s.Call():
                return self.call(node, environment, primed)
            case s.Index(base=base, index=s.Range(low=low, high=high)) if not self.is_map(base):
                return typed.slice_(sub(base), sub(low), sub(high), span)
            case s.Index(base=base, index=index):
                return typed.select(sub(base), sub(index), span)
            case s.FieldAccess(base=base, field=field):
                return typed.get_field(sub(base), field.text, span)
            case s.Unary(operator="not", operand=operand):
                return typed.not_(sub(operand), span)
            case s.Unary(operand=operand):
                return typed.negate(sub(operand), span)
            case s.Binary():
                return self.binary(node, sub(node.left), sub(node.right))
            case s.Range(low=low, high=high):
                return typed.range_set(sub(low), sub(high), span)
            case s.TypeDomain(type=type_):
                return typed.universe(self.type(type_), span)
            case s.SeqLiteral(elements=elements):
                return typed.seq_literal(tuple(sub(element) for element in elements), span)
            case s.SetLiteral(elements=elements):
                return typed.set_literal(tuple(sub(element) for element in elements), span)
            case s.SetComprehension(element=element, binders=binders, where=where):
                bindings, inner = self.bind_all(binders, environment, primed)
                condition = None if where is None else self.expr(where, inner, primed)
                return typed.set_comprehension(bindings, condition, self.expr(element, inner, primed), span)
            case s.SeqComprehension():
                return self.seq_comprehension(node, environment, primed)
            case s.MapComprehension(binders=(binder, *_), value=value):
                (binding,), inner = self.bind(binder, environment, primed)
                if cardinality(binding.variable.type) is None:
                    raise error("the keys of a map must be bounded", binder.domain.span, "use a range `a..b`")
                if not all(isinstance(bound, t.Const) for bound in t.subterms(binding.domain)):
                    message = "the keys of a map are the same in every state, and this range is not"
                    raise error(message, binder.domain.span)
                return typed.make_map(binding.variable, self.expr(value, inner, primed), span)
            case s.Quantifier():
                return self.quantifier(node, environment, primed)
            case s.If(branches=branches, otherwise=otherwise):
                result = sub(otherwise)
                for condition_node, value_node in reversed(branches):
                    result = typed.if_(sub(condition_node), sub(value_node), result, span)
                return result
            case s.Let(bindings=let_bindings, body=body):
                inner = environment
                locals_: list[tuple[t.LocalVar, t.Term]] = []
                for named in let_bindings:
                    value_term = self.expr(named.value, inner, primed)
                    inner = {**inner, named.name: self.abbreviate(named.name, value_term, locals_)}
                return _wrap(locals_, self.expr(body, inner, primed))
            case s.Match():
                return self.match(node, environment, primed)
            case s.Updated(base=base, changes=changes):
                result = sub(base)
                for change in changes:
                    result = self.updated(result, change.path, change.value, environment, change.span, primed)
                return result
        raise AssertionError(node)

    def is_map(self, node: s.Expr) -> bool:
        return isinstance(self.spec.kinds[node], MapKind)

    def abbreviate(self, name: s.Identifier, value: t.Term, locals_: list[tuple[t.LocalVar, t.Term]]) -> t.Term:
        """What a `let` name or a parameter stands for: the value itself if that is as simple as a name."""
        if isinstance(value, t.Const | t.Var | t.Local):
            return value
        local = t.LocalVar(name.text, value.type)
        locals_.append((local, value))
        return t.Local(value.type, name.span, local)

    def name(self, node: s.Name, environment: _Environment, primed: bool) -> t.Term:
        symbol = self.spec.names[node]
        span = node.span
        match symbol:
            case s.Identifier():
                term = environment[symbol]
                return _at(term, span)
            case s.ConstDecl():
                return _at(self.constant(symbol), span)
            case s.VarDecl(name=name):
                return t.Var(self.variable_types[name.text], span, name.text, primed or node.primed)
            case s.Member():
                type_ = self.enum_of(symbol)
                return t.Const(type_, span, Member(type_.name, type_.members.index(symbol.name.text), symbol.name.text))
            case s.DefDecl():
                return self.unfold(symbol, (), span, primed or node.primed)
            case s.TypeDecl() | s.EnumDecl() | s.SortDecl() | s.RecordDecl():
                return typed.universe(self.named_type(symbol), span)
        raise AssertionError(symbol)

    def enum_of(self, member: s.Member) -> EnumType:
        for symbol in self.all_symbols():
            if isinstance(symbol, s.EnumDecl) and member in symbol.members:
                type_ = self.named_type(symbol)
                assert isinstance(type_, EnumType)
                return type_
        raise AssertionError(member)

    def all_symbols(self) -> Iterator[Symbol]:
        """The symbols of the specification, and of those that it refines, whose enums it may mention."""
        for spec in (self.spec, *self.spec.refined.values()):
            yield from spec.names.symbols.values()

    def unfold(self, definition: s.DefDecl, arguments: Sequence[t.Term], span: Span, primed: bool) -> t.Term:
        """The body of a definition with its parameters standing for the arguments, by name."""
        environment = dict(_NOTHING)
        locals_: list[tuple[t.LocalVar, t.Term]] = []
        for parameter, argument in zip(definition.parameters, arguments, strict=True):
            what = f"`{parameter.name.text}` of `{definition.name.text}`"
            held = typed.ensure(argument, self.type(parameter.type), what)
            environment[parameter.name] = self.abbreviate(parameter.name, held, locals_)
        body = self.expr(definition.body, environment, primed)
        if definition.result is not None:
            body = typed.ensure(body, self.type(definition.result), f"the value of `{definition.name.text}`")
        # The whole is read as the mention, so that explanations show `threshold` and not what it stands for.
        return replace(_wrap(locals_, body), span=span)

    def call(self, node: s.Call, environment: _Environment, primed: bool) -> t.Term:
        symbol = self.spec.names[node.function]
        span = node.span
        arguments = [self.expr(argument.value, environment, primed) for argument in node.arguments]
        match symbol:
            case s.DefDecl():
                return self.unfold(symbol, arguments, span, primed or node.primed)
            case s.RecordDecl(name=name, fields=fields):
                type_ = self.named_type(symbol)
                assert isinstance(type_, RecordType)
                given = dict(zip((f.name.text for f in fields), arguments, strict=False))
                for argument, term in zip(node.arguments, arguments, strict=True):
                    if argument.name is not None:
                        given[argument.name.text] = term
                parts = tuple(
                    typed.ensure(given[field], field_type, f"field `{field}` of `{name.text}`")
                    for field, field_type in type_.fields
                )
                return typed.make_record(type_, parts, span)
            case Builtin(name=name):
                return self.builtin(name, arguments, span)
        raise AssertionError(symbol)

    def builtin(self, name: str, arguments: list[t.Term], span: Span) -> t.Term:
        first = arguments[0]
        match name:
            case "len":
                return typed.size(first, span)
            case "abs":
                return typed.absolute(first, span)
            case "u64":
                return typed.u64(first, span)
            case "min" | "max":
                result = first
                for argument in arguments[1:]:
                    result = typed.extreme(name, result, argument, span)
                return result
            case "elems":
                return typed.elements(first, span)
            case "subsets":
                return typed.subsets(first, span)
            case "get" if len(arguments) == 1:
                return typed.get(first, False, span)
        # The others mention their argument more than once.
        local = t.LocalVar("it", first.type)
        it = t.Local(first.type, first.span, local)
        match name:
            case "first":
                result = typed.select(it, typed.constant(1, IntType(1, 1), span), span)
            case "last":
                result = typed.select(it, typed.size(it, span), span)
            case "get":
                result = typed.if_(typed.is_some(it, span), typed.get(it, True, span), arguments[1], span)
            case _:
                raise AssertionError(name)
        return typed.let(local, first, result, span)

    def binary(self, node: s.Binary, left: t.Term, right: t.Term) -> t.Term:
        span = node.span
        match node.operator:
            case "and" | "or" as operator:
                return typed.logic(operator, left, right, span)
            case "=>":
                return typed.logic("implies", left, right, span)
            case "<=>" | "==":
                return typed.equal(left, right, span)
            case "!=":
                return typed.not_(typed.equal(left, right, span), span)
            case "<" | "<=":
                return typed.less(left, right, node.operator == "<=", span)
            case ">" | ">=":
                return self.greater(left, right, node.operator == ">=", span)
            case "in":
                return typed.in_(left, right, span)
            case "subset":
                return typed.subset(left, right, span)
            case "|" | "&" as operator:
                return typed.set_operation(operator, left, right, span)
            case "+" | "-" as operator:
                if isinstance(left.type, SeqType):
                    return typed.concat(left, right, span)
                if isinstance(left.type, SetType):
                    return typed.set_operation("-", left, right, span)
                return typed.arithmetic(operator, left, right, span)
            case "*" | "div" | "mod" as operator:
                return typed.arithmetic(operator, left, right, span)
        raise AssertionError(node.operator)

    def greater(self, left: t.Term, right: t.Term, or_equal: bool, span: Span) -> t.Term:
        """`a > b` as `not (a <= b)`: the left side is still evaluated first."""
        return typed.not_(typed.less(left, right, not or_equal, span), span)

    def bind(
        self, binder: s.Binder, environment: _Environment, primed: bool = False
    ) -> tuple[tuple[t.Binding, ...], dict[s.Identifier, t.Term]]:
        domain = self.expr(binder.domain, environment, primed)
        element = typed.element_of(domain.type)
        ordered = not self.mentions_sort(self.spec.kinds[binder.domain])
        inner = dict(environment)
        bindings = []
        for name in binder.names:
            local = t.LocalVar(name.text, element)
            bindings.append(t.Binding(local, domain, ordered))
            inner[name] = t.Local(element, name.span, local)
        return tuple(bindings), inner

    def restrict(
        self, binding: t.Binding, bounds: tuple[int, int], environment: Mapping[s.Identifier, t.Term]
    ) -> tuple[t.Binding, dict[s.Identifier, t.Term]]:
        """The same name over a range of numbers."""
        span = binding.domain.span
        low, high = (typed.constant(bound, IntType(bound, bound), span) for bound in bounds)
        variable = t.LocalVar(binding.variable.name, IntType(*bounds))
        inner = {
            name: t.Local(variable.type, term.span, variable)
            if isinstance(term, t.Local) and term.variable is binding.variable
            else term
            for name, term in environment.items()
        }
        return t.Binding(variable, typed.range_set(low, high, span), ordered=True), inner

    def mentions_sort(self, kind: Kind) -> bool:
        """Can a value of this kind be made of values of a sort, as it is declared?"""
        match kind:
            case RecordKind(declaration):
                return mentions_sort(self.named_type(declaration))
            case SetKind(element) | OptionKind(element) | SeqKind(element):
                return self.mentions_sort(element)
            case MapKind(key, value):
                return self.mentions_sort(key) or self.mentions_sort(value)
        return isinstance(kind, SortKind)

    def bind_all(
        self, binders: Sequence[s.Binder], environment: _Environment, primed: bool
    ) -> tuple[tuple[t.Binding, ...], _Environment]:
        bindings: list[t.Binding] = []
        for binder in binders:
            more, environment = self.bind(binder, environment, primed)
            bindings += more
        return tuple(bindings), environment

    def quantifier(self, node: s.Quantifier, environment: _Environment, primed: bool) -> t.Term:
        bindings, inner = self.bind_all(node.binders, environment, primed)
        where = None if node.where is None else self.expr(node.where, inner, primed)
        body = self.expr(node.body, inner, primed)
        span = node.span
        match node.kind:
            case "forall" | "exists" as kind:
                if where is not None:
                    body = typed.logic("implies" if kind == "forall" else "and", where, body, where.span.to(body.span))
                for binding in reversed(bindings):
                    body = typed.quantified(kind, binding, body, span)
                return body
            case kind:
                return typed.fold_over(kind, bindings, where, body, span)

    def seq_comprehension(self, node: s.SeqComprehension, environment: _Environment, primed: bool) -> t.Term:
        source = self.expr(node.binder.domain, environment, primed)
        (name,) = node.binder.names
        local = t.LocalVar(name.text, typed.element_of(source.type))
        if isinstance(source, t.RangeSet) and cardinality(local.type) is None:
            raise error("the bounds of this range are not known", node.binder.domain.span, "a sequence has a capacity")
        inner = {**environment, name: t.Local(local.type, name.span, local)}
        where = None if node.where is None else self.expr(node.where, inner, primed)
        return typed.seq_comprehension(local, source, where, self.expr(node.element, inner, primed), node.span)

    def match(self, node: s.Match, environment: _Environment, primed: bool) -> t.Term:
        subject = self.expr(node.subject, environment, primed)
        locals_: list[tuple[t.LocalVar, t.Term]] = []
        it = self.abbreviate(s.Identifier(node.subject.span, "subject"), subject, locals_)
        # From the last case backwards; the last needs no test, as the cases are complete.
        result: t.Term | None = None
        for case in reversed(node.cases):
            inner = dict(environment)
            test: t.Term | None = None
            for pattern in case.patterns:
                condition, bound = self.pattern(pattern, it)
                if bound is not None and pattern.name is not None:
                    inner[pattern.name] = bound
                test = condition if test is None else typed.logic("or", test, condition, pattern.span)
            body = self.expr(case.body, inner, primed)
            assert test is not None
            result = body if result is None else typed.if_(test, body, result, node.span)
        assert result is not None
        if len(node.cases) == 1:
            result = _after(it, result)
        return _wrap(locals_, result)

    def pattern(self, pattern: s.Pattern, it: t.Term) -> tuple[t.Term, t.Term | None]:
        """The test of a pattern, and what its name stands for."""
        span = pattern.span
        match pattern.kind:
            case "any":
                return typed.boolean(True, span), None
            case "none":
                return typed.not_(typed.is_some(it, span), span), None
            case "some":
                return typed.is_some(it, span), typed.get(it, True, span)
        assert pattern.name is not None
        member = self.spec.names[pattern.name]
        assert isinstance(member, s.Member)
        type_ = self.enum_of(member)
        value = Member(type_.name, type_.members.index(member.name.text), member.name.text)
        return typed.equal(it, t.Const(type_, span, value), span), None

    def updated(
        self,
        old: t.Term,
        path: Sequence[s.PathStep],
        value: s.Expr,
        environment: _Environment,
        span: Span,
        primed: bool = False,
    ) -> t.Term:
        """`old` with the part that the path leads to replaced."""
        if not path:
            return self.expr(value, environment, primed)
        step, rest = path[0], path[1:]
        locals_: list[tuple[t.LocalVar, t.Term]] = []
        if rest:  # then it is mentioned twice
            old = self.abbreviate(s.Identifier(span, "it"), old, locals_)
        if isinstance(step, s.FieldStep):
            part = typed.get_field(old, step.field.text, span)
            new = self.updated(part, rest, value, environment, span, primed)
            return _wrap(locals_, typed.with_field(old, step.field.text, new, span))
        index = self.expr(step.index, environment, primed)
        if not rest:
            return typed.store(old, index, self.expr(value, environment, primed), span)
        index = self.abbreviate(s.Identifier(step.span, "key"), index, locals_)
        part = typed.select(old, index, span)
        new = self.updated(part, rest, value, environment, span, primed)
        return _wrap(locals_, typed.store(old, index, new, span))


def _after(first: t.Term, body: t.Term) -> t.Term:
    """A term that evaluates another first, on whose value it does not depend."""
    if isinstance(first, t.Const | t.Var):
        return body
    local = t.LocalVar("body", body.type)
    mention = t.Local(body.type, body.span, local)
    chosen = typed.if_(typed.equal(first, first, first.span), mention, mention, body.span)
    return typed.let(local, body, chosen, body.span)


def _wrap(locals_: list[tuple[t.LocalVar, t.Term]], body: t.Term) -> t.Term:
    for local, value in reversed(locals_):
        body = typed.let(local, value, body, body.span)
    return body


def _at(term: t.Term, span: Span) -> t.Term:
    """The same leaf at another place, so that messages point to the mention and not to the declaration."""
    match term:
        case t.Const(type=type_, value=value):
            return t.Const(type_, span, value)
        case t.Var(type=type_, name=name, primed=primed):
            return t.Var(type_, span, name, primed)
        case t.Local(type=type_, variable=variable):
            return t.Local(type_, span, variable)
        case _:
            return term


def _plain(description: s.Description | None) -> str | None:
    return None if description is None else description.plain
