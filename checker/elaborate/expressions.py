"""Expressions of the language to terms: names looked up, definitions unfolded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import (
    NEVER,
    BagType,
    IntType,
    NeverType,
    OptionType,
    RecordType,
    SeqType,
    Type,
    cardinality,
    contains,
    has_large_sets,
)
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.values import NONE, Value, show
from skipgate.checker.elaborate import build
from skipgate.checker.elaborate.abbreviations import abbreviated, wrapped
from skipgate.checker.elaborate.declared_types import DeclaredTypes
from skipgate.checker.elaborate.folds import fold
from skipgate.checker.elaborate.known import work_out
from skipgate.checker.elaborate.operators import binary, builtin
from skipgate.checker.elaborate.paths import Environment
from skipgate.checker.elaborate.step_tests import Ranges, step_test
from skipgate.checker.elaborate.updates import updated
from skipgate.checker.semantics.evaluate import EvaluationError
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.source import Span
from skipgate.spec.specification import Specification
from skipgate.spec.static_types import StaticBag, StaticMap
from skipgate.spec.symbols import Builtin, Symbol

_LARGEST = 2**62  # bounds beyond this do not fit a machine word
_LARGEST_MODEL = 300_000  # expressions, counting a definition each time that it is used

NOTHING: Environment = {}


class ExpressionElaborator:
    """Makes terms of the expressions of a specification, under the settings of a check.

    `given` has the constants that a model which refines this one has chosen. `variable_types` has the types of the
    variables that expressions may mention; it is filled in by the caller.
    """

    def __init__(
        self,
        spec: Specification,
        settings: Mapping[Symbol, s.AnyExpr],
        given: Mapping[s.ConstDecl, t.Term],
        ranges: Ranges,
    ) -> None:
        self.spec = spec
        self.settings = settings
        self.given = given
        self.ranges = ranges
        self.types = DeclaredTypes(spec, self.known_int)
        self.constants: dict[s.ConstDecl, t.Const] = {}
        self.variable_types: dict[str, Type] = {}
        self.size = 0

    # -------------------------------------------------------------------------------------------------- constants

    def constant(self, declaration: s.ConstDecl) -> t.Const:
        """The value of a constant in this check.

        Raises:
            SpecError: it has none, or one outside its type.
        """
        if declaration not in self.constants:
            source = self.settings.get(declaration, declaration.default)
            term = self.given.get(declaration)
            if term is None:
                assert source is not None  # names.py saw to it
                term = self.expr(source, NOTHING)
            type_ = self.types.of(declaration.type)
            value = self.known(term)
            if not contains(type_, value):
                name = declaration.name.text
                raise error(f"`{name}` is {show(value)} here, which is not in {type_}", term.span)
            self.constants[declaration] = build.constant(value, type_, term.span)
        return self.constants[declaration]

    def known(self, term: t.Term) -> Value:
        """The value of a term that mentions no variables.

        Raises:
            SpecError: it cannot be evaluated, or not with the steps that are allowed.
        """
        try:
            return work_out(term)
        except EvaluationError as problem:
            raise error(problem.message, problem.span) from None

    def known_int(self, node: s.AnyExpr) -> int:
        """The number that an expression without variables stands for: a bound, a size or a capacity."""
        value = self.known(self.expr(node, NOTHING))
        assert isinstance(value, int)
        if abs(value) > _LARGEST:
            raise error(f"{value} does not fit a machine word", node.span, "bounds reach up to 2^62")
        return value

    # ------------------------------------------------------------------------------------------------ expressions

    def expr(  # noqa: C901  (one case for each kind of expression)
        self, node: s.AnyExpr, environment: Environment, primed: bool = False
    ) -> t.Term:
        """The term of an expression. `primed`: it is part of a definition's body, and the mention has a prime."""
        span = node.span
        self.size += 1
        if self.size > _LARGEST_MODEL:
            message = f"the model has more than {_LARGEST_MODEL} parts when its definitions are unfolded"
            raise error(message, span, "a definition that mentions another twice doubles it: use a `let`")

        def sub(child: s.AnyExpr) -> t.Term:
            return self.expr(child, environment, primed)

        match node:
            case s.Number(value=value):
                return build.constant(value, IntType(value, value), span)
            case s.Boolean(value=value):
                return build.boolean(value, span)
            case s.NoneValue():
                return t.Const(OptionType(NEVER), span, NONE)
            case s.SomeOf(value=value):
                return build.some_of(sub(value), span)
            case s.Name():
                return self.name(node, environment, primed)
            case s.Call():
                return self.call(node, environment, primed)
            case s.Index(base=base, index=s.Range(low=low, high=high)) if not self.is_map(base):
                return build.slice_(sub(base), sub(low), sub(high), span)
            case s.Index(base=base, index=index) if isinstance(self.spec.static_types[base], StaticBag):
                return build.multiplicity(sub(base), sub(index), span)
            case s.Index(base=base, index=index):
                return build.select(sub(base), sub(index), span)
            case s.FieldAccess(base=base, field=field):
                return build.get_field(sub(base), field.text, span)
            case s.Unary(operator="not", operand=operand):
                return build.not_(sub(operand), span)
            case s.Unary(operand=operand):
                return build.negate(sub(operand), span)
            case s.Binary():
                return binary(node, sub(node.left), sub(node.right))
            case s.Range(low=low, high=high):
                return build.range_set(sub(low), sub(high), span)
            case s.TypeDomain(type=type_):
                return build.universe(self.types.of(type_), span)
            case s.SeqLiteral(elements=elements):
                return build.seq_literal(tuple(sub(element) for element in elements), span)
            case s.SetLiteral(elements=elements):
                return build.set_literal(tuple(sub(element) for element in elements), span)
            case s.SetComprehension(element=element, binders=binders, where=where):
                bindings, inner = self.bind_all(binders, environment, primed)
                condition = None if where is None else self.expr(where, inner, primed)
                return build.set_comprehension(bindings, condition, self.expr(element, inner, primed), span)
            case s.BagLiteral(elements=elements):
                return build.bag_of(build.seq_literal(tuple(sub(element) for element in elements), span), span)
            case s.SeqComprehension() | s.BagComprehension():
                return self.seq_comprehension(node, environment, primed)
            case s.Fold():
                return self.fold(node, environment, primed)
            case s.MapComprehension(binders=binders, value=value):
                (binder,) = binders
                (binding,), inner = self.bind(binder, environment, primed)
                if cardinality(binding.variable.type) is None:
                    raise error("the keys of a map must be bounded", binder.domain.span, "use a range `a..b`")
                if not all(isinstance(bound, t.Const) for bound in t.children(binding.domain)):
                    message = "the keys of a map are the same in every state, and this range is not"
                    raise error(message, binder.domain.span)
                return build.make_map(binding.variable, self.expr(value, inner, primed), span)
            case s.Quantifier():
                return self.quantifier(node, environment, primed)
            case s.If(branches=branches, otherwise=otherwise):
                result = sub(otherwise)
                for condition_node, value_node in reversed(branches):
                    result = build.if_(sub(condition_node), sub(value_node), result, span)
                return result
            case s.Let(bindings=let_bindings, body=body):
                inner = environment
                locals_: list[tuple[t.LocalVar, t.Term]] = []
                for named in let_bindings:
                    value_term = self.expr(named.value, inner, primed)
                    inner = {**inner, named.name: abbreviated(named.name, value_term, locals_)}
                return wrapped(locals_, self.expr(body, inner, primed))
            case s.Match():
                return self.match(node, environment, primed)
            case s.StepsTest():
                return replace(step_test(self, node, environment, primed), span=span)
            case s.Temporal():
                raise InternalError(f"{span.place}: a temporal operator stands in a condition")
            case s.Updated(base=base, changes=changes):
                result = sub(base)
                for change in changes:
                    result = updated(result, change.path, change.value, sub, change.span)
                return result
            case _:
                assert_never(node)

    def is_map(self, node: s.AnyExpr) -> bool:
        """Is the value of an expression a map?"""
        return isinstance(self.spec.static_types[node], StaticMap)

    def name(self, node: s.Name, environment: Environment, primed: bool) -> t.Term:
        """What a name stands for."""
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
                return self.member(symbol, span)
            case s.ShapeDecl():
                return self.shaped(symbol, (), (), span)
            case s.DefDecl():
                return self.unfold(symbol, (), span, primed or node.primed)
            case s.TypeDecl() | s.EnumDecl() | s.SortDecl() | s.RecordDecl() | s.VariantDecl():
                return build.universe(self.types.named(symbol), span)
            case _:
                raise InternalError(f"{span.place}: `{span.flat}` has no value, but stands where one is needed")

    def member(self, member: s.Member, span: Span) -> t.Const:
        """A member of an enum, as a constant."""
        type_ = self.types.enum_of(member)
        return t.Const(type_, span, type_.value(member.name.text))

    def unfold(self, definition: s.DefDecl, arguments: Sequence[t.Term], span: Span, primed: bool) -> t.Term:
        """The body of a definition with its parameters standing for the arguments, by name."""
        environment = dict(NOTHING)
        locals_: list[tuple[t.LocalVar, t.Term]] = []
        for parameter, argument in zip(definition.parameters, arguments, strict=True):
            what = f"`{parameter.name.text}` of `{definition.name.text}`"
            held = build.ensure(argument, self.types.of(parameter.type), what)
            environment[parameter.name] = abbreviated(parameter.name, held, locals_)
        body = self.expr(definition.body, environment, primed)
        if definition.result is not None:
            body = build.ensure(body, self.types.of(definition.result), f"the value of `{definition.name.text}`")
        # The whole is read as the mention, so that explanations show `threshold` and not what it stands for.
        return replace(wrapped(locals_, body), span=span)

    def call(self, node: s.Call, environment: Environment, primed: bool) -> t.Term:
        """A definition, record or built-in function with its arguments."""
        symbol = self.spec.names[node.function]
        span = node.span
        arguments = [self.expr(argument.value, environment, primed) for argument in node.arguments]
        match symbol:
            case s.DefDecl():
                return self.unfold(symbol, arguments, span, primed or node.primed)
            case s.RecordDecl():
                type_ = self.types.named(symbol)
                assert isinstance(type_, RecordType)
                return _record(type_, node.arguments, arguments, span)
            case s.ShapeDecl():
                return self.shaped(symbol, node.arguments, arguments, span)
            case Builtin(name=name):
                return builtin(name, arguments, span)
            case _:
                raise InternalError(f"{span.place}: `{span.flat}` calls what is neither a function nor a record")

    def shaped(
        self, shape: s.ShapeDecl, arguments: Sequence[s.Argument], terms: Sequence[t.Term], span: Span
    ) -> t.Term:
        """A value of a shape, from the arguments of its constructor."""
        type_ = self.types.variant_of(shape)
        content = _record(type_.fields(shape.name.text), arguments, terms, span)
        return build.make_variant(type_, content, span)

    # ---------------------------------------------------------------------------------------------------- binders

    def bind(
        self, binder: s.Binder, environment: Environment, primed: bool = False
    ) -> tuple[tuple[t.Binding, ...], dict[s.Identifier, t.Term]]:
        """The names that a binder introduces, and the environment in which they can be mentioned."""
        domain = self.expr(binder.domain, environment, primed)
        if isinstance(domain.type, BagType):
            domain = build.elements(domain, domain.span)  # each once
        element = build.element_of(domain.type)
        ordered = not self.spec.static_types.mentions_sort(self.spec.static_types[binder.domain])
        if build.has_capacity(domain.type) and has_large_sets(element):
            ordered = False  # kernels keep such elements in another order
        inner = dict(environment)
        bindings = []
        for name in binder.names:
            local = t.LocalVar(name.text, element)
            bindings.append(t.Binding(local, domain, ordered))
            inner[name] = t.Local(element, name.span, local)
        return tuple(bindings), inner

    def bind_all(
        self, binders: Sequence[s.Binder], environment: Environment, primed: bool
    ) -> tuple[tuple[t.Binding, ...], Environment]:
        """The same for several binders, of which the later ones may mention the names of the earlier ones."""
        bindings: list[t.Binding] = []
        for binder in binders:
            more, environment = self.bind(binder, environment, primed)
            bindings += more
        return tuple(bindings), environment

    def quantifier(self, node: s.Quantifier, environment: Environment, primed: bool) -> t.Term:
        """A `forall` or `exists`, one for each name; or a `count`, `sum`, `min` or `max`."""
        bindings, inner = self.bind_all(node.binders, environment, primed)
        where = None if node.where is None else self.expr(node.where, inner, primed)
        body = self.expr(node.body, inner, primed)
        span = node.span
        match node.kind:
            case "forall" | "exists" as kind:
                if where is not None:
                    body = build.logic("implies" if kind == "forall" else "and", where, body, where.span.to(body.span))
                for binding in reversed(bindings):
                    body = build.quantified(kind, binding, body, span)
                return body
            case kind:
                return build.aggregate(kind, bindings, where, body, span)

    def seq_comprehension(
        self, node: s.SeqComprehension | s.BagComprehension, environment: Environment, primed: bool
    ) -> t.Term:
        """A sequence made from the elements of a sequence or a range; or a bag, also from those of a set or a bag."""
        source = self.expr(node.binder.domain, environment, primed)
        if not isinstance(source.type, SeqType | NeverType) and not isinstance(source, t.RangeSet):
            source = build.descending(source, source.span)
        (name,) = node.binder.names
        local = t.LocalVar(name.text, build.element_of(source.type))
        if isinstance(source, t.RangeSet) and cardinality(local.type) is None:
            raise error("the bounds of this range are not known", node.binder.domain.span, "a sequence has a capacity")
        inner = {**environment, name: t.Local(local.type, name.span, local)}
        where = None if node.where is None else self.expr(node.where, inner, primed)
        made = build.seq_comprehension(local, source, where, self.expr(node.element, inner, primed), node.span)
        return build.bag_of(made, node.span) if isinstance(node, s.BagComprehension) else made

    def fold(self, node: s.Fold, environment: Environment, primed: bool) -> t.Term:
        """A fold over a sequence, a range or an ordered set."""

        def step(element: t.Term, held: t.Term) -> tuple[t.Term | None, t.Term]:
            inner = {**environment, node.name: element}
            where = None if node.where is None else self.expr(node.where, inner, primed)
            return where, self.expr(node.body, {**inner, node.accumulator: held}, primed)

        source, initial = (self.expr(part, environment, primed) for part in (node.domain, node.initial))
        return replace(fold(node, source, initial, step), span=node.span)

    # ------------------------------------------------------------------------------------------------------ cases

    def match(self, node: s.Match, environment: Environment, primed: bool) -> t.Term:
        """A `match` as conditions, one inside the other."""
        subject = self.expr(node.subject, environment, primed)
        locals_: list[tuple[t.LocalVar, t.Term]] = []
        it = abbreviated(s.Identifier(node.subject.span, "subject"), subject, locals_)
        # From the last case backwards. The last one needs no test, for the cases are complete.
        result: t.Term | None = None
        for case in reversed(node.cases):
            inner = dict(environment)
            test: t.Term | None = None
            for pattern in case.patterns:
                condition, bound = self.pattern(pattern, it)
                inner |= bound
                test = condition if test is None else build.logic("or", test, condition, pattern.span)
            body = self.expr(case.body, inner, primed)
            assert test is not None
            result = body if result is None else build.if_(test, body, result, node.span)
        assert result is not None
        if len(node.cases) == 1:
            result = build.after(it, result)
        return wrapped(locals_, result)

    def pattern(self, pattern: s.Pattern, it: t.Term) -> tuple[t.Term, Environment]:
        """The test of a pattern, and what its names stand for."""
        span = pattern.span
        match pattern.kind:
            case "any":
                return build.boolean(True, span), {}
            case "none":
                return build.not_(build.is_some(it, span), span), {}
            case "some":
                assert pattern.name is not None
                return build.is_some(it, span), {pattern.name: build.get(it, True, span)}
            case "member" | "shape":
                assert pattern.name is not None
                symbol = self.spec.names[pattern.name]
                if isinstance(symbol, s.Member):
                    return build.equal(it, self.member(symbol, span), span), {}
                assert isinstance(symbol, s.ShapeDecl)
                name = symbol.name.text
                named = zip(pattern.fields, symbol.fields, strict=False)  # a pattern without names fits the shape too
                bound = {
                    each: build.get_field(build.get_shape(it, name, each.span), field.name.text, each.span)
                    for each, field in named
                }
                return build.is_shape(it, name, span), bound
            case _:
                assert_never(pattern.kind)


def _record(type_: RecordType, arguments: Sequence[s.Argument], terms: Sequence[t.Term], span: Span) -> t.Term:
    """A record from the arguments of its constructor, some of which may have names, and their terms."""
    given = dict(zip((name for name, _ in type_.fields), terms, strict=False))
    for argument, term in zip(arguments, terms, strict=True):
        if argument.name is not None:
            given[argument.name.text] = term
    parts = tuple(
        build.ensure(given[field], field_type, f"field `{field}` of `{type_.name}`")
        for field, field_type in type_.fields
    )
    return build.make_record(type_, parts, span)


def _at(term: t.Term, span: Span) -> t.Term:
    """The same leaf at another place, so that messages point to the mention and not to the declaration."""
    match term:
        case t.Const(type=type_, value=value):
            return t.Const(type_, span, value)
        case t.Var(type=type_, name=name, primed=primed):
            return t.Var(type_, span, name, primed)
        case t.Local(type=type_, variable=variable):
            return t.Local(type_, span, variable)
        case _:  # a larger term keeps its place
            return term
