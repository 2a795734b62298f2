"""Lark's parse tree to the syntax tree of `spec.syntax`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lark import Token, Tree

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic, SpecError
from skipgate.spec.source import Source, Span

_MOST_DIGITS = 100  # of a number
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "{": "{", "}": "}"}

EmbeddedParser = Callable[[Source, int, int], s.AnyExpr]


def build(tree: Any, source: Source, parse_embedded: EmbeddedParser) -> Any:
    """The syntax tree of a parse tree: a tuple of declarations, or one expression.

    Raises:
        SpecError: for what the grammar cannot see, such as a bad `{expression}` in a description.
    """
    builder = _Builder(source, parse_embedded)
    result = builder.visit(tree)
    if builder.diagnostics:
        raise SpecError(builder.diagnostics)
    return result


class _Builder:
    """One method a grammar rule, named like it; each gets the span of the rule and its built children."""

    def __init__(self, source: Source, parse_embedded: EmbeddedParser) -> None:
        self.source = source
        self.parse_embedded = parse_embedded
        self.diagnostics: list[Diagnostic] = []

    def visit(self, node: Any) -> Any:
        if node is None or isinstance(node, Token):
            return node
        assert isinstance(node, Tree)
        children = [self.visit(child) for child in node.children]
        meta = node.meta
        span = Span(self.source, 0, 0) if meta.empty else Span(self.source, meta.start_pos, meta.end_pos)
        return getattr(self, str(node.data))(span, *children)

    def span_of(self, token: Token) -> Span:
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    # ------------------------------------------------------------------------------------------------ small parts

    def start(self, span: Span, *declarations: s.AnyDeclaration) -> tuple[s.AnyDeclaration, ...]:
        return declarations

    def expression(self, span: Span, expr: s.AnyExpr) -> s.AnyExpr:
        return expr

    def name(self, span: Span, token: Token) -> s.Identifier:
        return s.Identifier(span, str(token))

    def description(self, span: Span, token: Token) -> s.Description:
        return s.Description(span, tuple(self._parts(span)))

    def _parts(self, span: Span) -> list[str | s.AnyExpr]:
        """Literal text and embedded expressions of the string literal at `span`."""
        text = self.source.text
        parts: list[str | s.AnyExpr] = []
        literal: list[str] = []
        at, end = span.start + 1, span.end - 1
        while at < end:
            char = text[at]
            if char == "\\":
                if text[at + 1] not in _ESCAPES:
                    here = Span(self.source, at, at + 2)
                    self.diagnostics.append(
                        Diagnostic(f"`{here.text}` stands for nothing", here, "a backslash is written `\\\\`")
                    )
                literal.append(_ESCAPES.get(text[at + 1], text[at + 1]))
                at += 2
            elif char == "{":
                close = self._closing_brace(at, end)
                if close is None:
                    hint = "a brace that is meant as text is written `\\{`"
                    self.diagnostics.append(
                        Diagnostic("this brace in the description is never closed", Span(self.source, at, at + 1), hint)
                    )
                    return parts
                parts.append("".join(literal))
                literal = []
                try:
                    parts.append(self.parse_embedded(self.source, at + 1, close))
                except SpecError as problem:
                    self.diagnostics.extend(problem.diagnostics)
                at = close + 1
            else:
                literal.append(char)
                at += 1
        parts.append("".join(literal))
        return parts

    def _closing_brace(self, at: int, end: int) -> int | None:
        depth = 0
        for i in range(at, end):
            depth += {"{": 1, "}": -1}.get(self.source.text[i], 0)
            if depth == 0:
                return i
        return None

    def _string(self, token: Token) -> str:
        """A string that is a path: no embedded expressions."""
        value = str(token)[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        if not value:
            self.diagnostics.append(Diagnostic("this path is empty", self.span_of(token)))
        return value

    def anchors(self, span: Span, *anchors: s.Anchor) -> tuple[s.Anchor, ...]:
        return anchors

    def anchor(self, span: Span, file: Token, *symbols: str | None) -> s.Anchor:
        return s.Anchor(span, self._string(file), tuple(symbol for symbol in symbols if symbol is not None))

    def symbol(self, span: Span, *names: s.Identifier) -> str:
        return ".".join(name.text for name in names)

    def quoted_symbol(self, span: Span, name: Token) -> str:
        return self._string(name)

    def unmodelled(self, span: Span, file: Token, *rest: Any) -> s.AnyDeclaration:
        *symbols, reason = rest
        return s.UnmodelledDecl(span, self._string(file), tuple(symbols), self._string(reason))

    def names(self, span: Span, *names: s.Identifier) -> tuple[s.Identifier, ...]:
        return names

    name_list = names

    # ------------------------------------------------------------------------------------------------------ types

    def bool_type(self, span: Span) -> s.AnyType:
        return s.PrimitiveType(span, "bool")

    def nat_type(self, span: Span) -> s.AnyType:
        return s.PrimitiveType(span, "nat")

    def int_type(self, span: Span) -> s.AnyType:
        return s.PrimitiveType(span, "int")

    def named_type(self, span: Span, name: s.Identifier) -> s.AnyType:
        return s.NamedType(span, name.text)

    def range_type(self, span: Span, low: s.AnyExpr, high: s.AnyExpr) -> s.AnyType:
        return s.RangeType(span, low, high)

    def option_type(self, span: Span, element: s.AnyType) -> s.AnyType:
        return s.OptionType(span, element)

    def set_type(self, span: Span, element: s.AnyType) -> s.AnyType:
        return s.SetType(span, element)

    def seq_type(self, span: Span, capacity: s.AnyExpr, element: s.AnyType) -> s.AnyType:
        return s.SeqType(span, capacity, element)

    def map_type(self, span: Span, key: s.AnyType, value: s.AnyType) -> s.AnyType:
        return s.MapType(span, key, value)

    def type_domain(self, span: Span, type_: s.AnyType) -> s.AnyExpr:
        return s.TypeDomain(span, type_)

    # ------------------------------------------------------------------------------------------------ expressions

    def number(self, span: Span, token: Token) -> s.AnyExpr:
        return s.Number(span, self._value(token))

    def _value(self, token: Token) -> int:
        digits = str(token).replace("_", "").lstrip("0") or "0"
        if len(digits) > _MOST_DIGITS:
            message = f"this number is too long: more than {_MOST_DIGITS} digits"
            self.diagnostics.append(Diagnostic(message, self.span_of(token)))
            return 0
        return int(digits)

    def boolean(self, span: Span, token: Token) -> s.AnyExpr:
        return s.Boolean(span, token.type == "TRUE")

    def name_expr(self, span: Span, name: s.Identifier, prime: Token | None) -> s.AnyExpr:
        return s.Name(span, name.text, prime is not None)

    def call(self, span: Span, function: s.Identifier | Token, *rest: Any) -> s.AnyExpr:
        primed = False
        if isinstance(function, Token):
            function = s.Identifier(self.span_of(function), str(function))
        elif rest:  # the optional prime of the first form
            primed, rest = rest[0] is not None, rest[1:]
        arguments = tuple(argument for argument in rest if argument is not None)
        return s.Call(span, function, arguments, primed)

    def argument(self, span: Span, name: s.Identifier | None, value: s.AnyExpr) -> s.Argument:
        return s.Argument(span, name, value)

    def none_value(self, span: Span) -> s.AnyExpr:
        return s.NoneValue(span)

    def some_of(self, span: Span, value: s.AnyExpr) -> s.AnyExpr:
        return s.SomeOf(span, value)

    def parenthesised(self, span: Span, expr: s.AnyExpr) -> s.AnyExpr:
        return expr

    def seq_literal(self, span: Span, *elements: s.AnyExpr | None) -> s.AnyExpr:
        return s.SeqLiteral(span, tuple(element for element in elements if element is not None))

    def set_literal(self, span: Span, *elements: s.AnyExpr | None) -> s.AnyExpr:
        return s.SetLiteral(span, tuple(element for element in elements if element is not None))

    def seq_comprehension(self, span: Span, element: s.AnyExpr, binder: s.Binder, where: s.AnyExpr | None) -> s.AnyExpr:
        if len(binder.names) > 1:
            self.diagnostics.append(Diagnostic("a sequence is built over one name", binder.names[1].span))
        return s.SeqComprehension(span, element, binder, where)

    def set_comprehension(
        self, span: Span, element: s.AnyExpr, binders: tuple[s.Binder, ...], where: s.AnyExpr | None
    ) -> s.AnyExpr:
        return s.SetComprehension(span, element, binders, where)

    def map_comprehension(self, span: Span, binders: tuple[s.Binder, ...], value: s.AnyExpr) -> s.AnyExpr:
        return s.MapComprehension(span, binders, value)

    def quantifier(
        self, span: Span, kind: Token, binders: tuple[s.Binder, ...], where: s.AnyExpr | None, body: s.AnyExpr
    ) -> s.AnyExpr:
        return s.Quantifier(span, kind.value, binders, where, body)

    def if_(self, span: Span, condition: s.AnyExpr, value: s.AnyExpr, *rest: Any) -> s.AnyExpr:
        return s.If(span, ((condition, value), *rest[:-1]), rest[-1])

    def elif_(self, span: Span, condition: s.AnyExpr, value: s.AnyExpr) -> tuple[s.AnyExpr, s.AnyExpr]:
        return condition, value

    def let(self, span: Span, *rest: Any) -> s.AnyExpr:
        return s.Let(span, tuple(rest[:-1]), rest[-1])

    def let_binding(self, span: Span, name: s.Identifier, value: s.AnyExpr) -> s.LetBinding:
        return s.LetBinding(span, name, value)

    def match(self, span: Span, subject: s.AnyExpr, *cases: s.Case) -> s.AnyExpr:
        return s.Match(span, subject, cases)

    def case(self, span: Span, *rest: Any) -> s.Case:
        return s.Case(span, tuple(rest[:-1]), rest[-1])

    def name_pattern(self, span: Span, name: s.Identifier) -> s.Pattern:
        return s.Pattern(span, "any", None) if name.text == "_" else s.Pattern(span, "member", name)

    def none_pattern(self, span: Span) -> s.Pattern:
        return s.Pattern(span, "none", None)

    def some_pattern(self, span: Span, name: s.Identifier) -> s.Pattern:
        return s.Pattern(span, "some", name)

    def binders(self, span: Span, *binders: s.Binder) -> tuple[s.Binder, ...]:
        return binders

    action_params = binders

    def binder(self, span: Span, names: tuple[s.Identifier, ...], domain: s.AnyExpr) -> s.Binder:
        return s.Binder(span, names, domain)

    def updated(self, span: Span, base: s.AnyExpr, *changes: s.Change) -> s.AnyExpr:
        return s.Updated(span, base, changes)

    def change(self, span: Span, path: tuple[s.PathStep, ...], value: s.AnyExpr) -> s.Change:
        return s.Change(span, path, value)

    def path(self, span: Span, *steps: s.PathStep) -> tuple[s.PathStep, ...]:
        return steps

    change_path = path

    def index_step(self, span: Span, index: s.AnyExpr) -> s.PathStep:
        return s.IndexStep(span, index)

    def field_step(self, span: Span, name: s.Identifier) -> s.PathStep:
        return s.FieldStep(span, name)

    def unary(self, span: Span, operator: Token, operand: s.AnyExpr) -> s.AnyExpr:
        if operator.type == "MINUS" and isinstance(operand, s.Number):
            return s.Number(span, -operand.value)
        return s.Unary(span, operator.value, operand)

    def binary(self, span: Span, left: s.AnyExpr, operator: Token, right: s.AnyExpr) -> s.AnyExpr:
        return s.Binary(span, operator.value, left, right)

    def not_in(self, span: Span, left: s.AnyExpr, not_: Token, in_: Token, right: s.AnyExpr) -> s.AnyExpr:
        return s.Unary(span, "not", s.Binary(span, "in", left, right))

    def range(self, span: Span, low: s.AnyExpr, high: s.AnyExpr) -> s.AnyExpr:
        return s.Range(span, low, high)

    def index(self, span: Span, base: s.AnyExpr, index: s.AnyExpr) -> s.AnyExpr:
        return s.Index(span, base, index)

    def field_access(self, span: Span, base: s.AnyExpr, field: s.Identifier) -> s.AnyExpr:
        return s.FieldAccess(span, base, field)

    # ----------------------------------------------------------------------------------------------- declarations

    def model(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.ModelDecl(span, *rest)

    def import_(self, span: Span, path: Token) -> s.AnyDeclaration:
        return s.ImportDecl(self.span_of(path), self._string(path))

    def const(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.ConstDecl(span, *rest)

    def type_alias(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.TypeDecl(span, *rest)

    def enum(
        self, span: Span, name: s.Identifier, description: s.Description | None, *members: Any
    ) -> s.AnyDeclaration:
        return s.EnumDecl(span, name, description, tuple(m for m in members if isinstance(m, s.Member)))

    def member(self, span: Span, *rest: Any) -> s.Member:
        return s.Member(span, *rest)

    def sort(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.SortDecl(span, *rest)

    def record(
        self, span: Span, ordered: Token | None, name: s.Identifier, description: s.Description | None, *fields: Any
    ) -> s.AnyDeclaration:
        kept = tuple(f for f in fields if isinstance(f, s.FieldDecl))
        return s.RecordDecl(span, name, ordered is not None, description, kept)

    def field(self, span: Span, *rest: Any) -> s.FieldDecl:
        return s.FieldDecl(span, *rest)

    def var_equals(
        self, span: Span, name: s.Identifier, type_: s.AnyType, initial: s.AnyExpr, description: s.Description | None
    ) -> s.AnyDeclaration:
        return s.VarDecl(span, name, type_, initial, False, description)

    def var_in(
        self, span: Span, name: s.Identifier, type_: s.AnyType, initial: s.AnyExpr, description: s.Description | None
    ) -> s.AnyDeclaration:
        return s.VarDecl(span, name, type_, initial, True, description)

    def assume(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.AssumeDecl(span, *rest)

    def def_(
        self,
        span: Span,
        name: s.Identifier,
        parameters: tuple[s.Parameter, ...] | None,
        result: s.AnyType | None,
        description: s.Description | None,
        anchors: tuple[s.Anchor, ...],
        body: s.AnyExpr,
    ) -> s.AnyDeclaration:
        return s.DefDecl(span, name, parameters or (), result, description, anchors, body)

    def parameters(self, span: Span, *parameters: s.Parameter) -> tuple[s.Parameter, ...]:
        return parameters

    def parameter(self, span: Span, name: s.Identifier, type_: s.AnyType) -> s.Parameter:
        return s.Parameter(span, name, type_)

    def action(
        self,
        span: Span,
        fairness: s.Fairness | None,
        name: s.Identifier,
        parameters: tuple[s.Binder, ...] | None,
        description: s.Description | None,
        *clauses: Any,
    ) -> s.AnyDeclaration:
        anchors = tuple(clause for clause in clauses if isinstance(clause, s.Anchor))
        rest = tuple(clause for clause in clauses if not isinstance(clause, s.Anchor))
        return s.ActionDecl(span, name, fairness or "none", parameters or (), description, anchors, rest)

    def fair(self, span: Span) -> s.Fairness:
        return "weak"

    def strong_fair(self, span: Span) -> s.Fairness:
        return "strong"

    def fair_steps(self, span: Span, fairness: s.Fairness, rest: tuple[Any, Any]) -> s.AnyDeclaration:
        return s.FairnessDecl(span, fairness, *rest)

    def steps_of(self, span: Span, binders: tuple[s.Binder, ...] | None, *steps: s.StepsLike) -> tuple[Any, Any]:
        return binders or (), steps

    def steps_like(self, span: Span, action: s.Identifier, *arguments: s.AnyExpr | None) -> s.StepsLike:
        given = [a for a in arguments if a is not None]  # in place of brackets that are not there, the parser has None
        return s.StepsLike(span, action, tuple(None if isinstance(a, s.Name) and a.text == "_" else a for a in given))

    def when(self, span: Span, condition: s.AnyExpr) -> s.ActionClause:
        return s.WhenClause(span, condition)

    def action_let(self, span: Span, *bindings: s.LetBinding) -> s.ActionClause:
        return s.LetClause(span, bindings)

    def then(self, span: Span, *updates: s.Update) -> s.ActionClause:
        return s.ThenClause(span, updates)

    def update(
        self, span: Span, target: s.Identifier, prime: Token, path: tuple[s.PathStep, ...], value: s.AnyExpr
    ) -> s.Update:
        return s.Update(span, target, path, value)

    def invariant(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.PropertyDecl(span, "invariant", *rest)

    def transition(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.PropertyDecl(span, "transition", *rest)

    def lemma(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.PropertyDecl(span, "lemma", *rest)

    def cover(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.PropertyDecl(span, "cover", *rest)

    def constraint(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.ConstraintDecl(span, *rest)

    def terminal(self, span: Span, condition: s.AnyExpr) -> s.AnyDeclaration:
        return s.TerminalDecl(span, condition)

    def liveness(self, span: Span, name: s.Identifier, description: Any, anchors: Any, rest: Any) -> s.AnyDeclaration:
        binders, temporal = rest
        return s.LivenessDecl(span, name, binders or (), description, anchors, *temporal)

    def each_temporal(self, span: Span, binders: tuple[s.Binder, ...] | None, temporal: Any) -> tuple[Any, Any]:
        return binders, temporal

    def eventually(self, span: Span, goal: s.AnyExpr) -> tuple[s.TemporalKind, None, s.AnyExpr]:
        return "eventually", None, goal

    def always_eventually(self, span: Span, goal: s.AnyExpr) -> tuple[s.TemporalKind, None, s.AnyExpr]:
        return "always eventually", None, goal

    def eventually_always(self, span: Span, goal: s.AnyExpr) -> tuple[s.TemporalKind, None, s.AnyExpr]:
        return "eventually always", None, goal

    def leads_to(self, span: Span, premise: s.AnyExpr, goal: s.AnyExpr) -> tuple[s.TemporalKind, s.AnyExpr, s.AnyExpr]:
        return "leads to", premise, goal

    def refines(
        self,
        span: Span,
        name: s.Identifier,
        path: Token,
        description: s.Description | None,
        anchors: tuple[s.Anchor, ...],
        with_: _With | None,
    ) -> s.AnyDeclaration:
        settings = () if with_ is None else with_.settings
        file = s.Identifier(self.span_of(path), self._string(path))
        return s.RefinesDecl(span, name, file, description, anchors, settings)

    # ----------------------------------------------------------------------------------------------------- checks

    def check(
        self,
        span: Span,
        name: s.Identifier,
        description: s.Description | None,
        tags: tuple[s.Identifier, ...] | None,
        *clauses: Any,
    ) -> s.AnyDeclaration:
        settings = tuple(x for clause in clauses if isinstance(clause, _With) for x in clause.settings)
        symmetry = tuple(x for clause in clauses if isinstance(clause, _Symmetry) for x in clause.names)
        expectations = tuple(clause for clause in clauses if isinstance(clause, s.Expectation))
        return s.CheckDecl(span, name, description, tags or (), settings, symmetry, expectations)

    def tags(self, span: Span, word: Token, names: tuple[s.Identifier, ...]) -> tuple[s.Identifier, ...]:
        return names

    def with_(self, span: Span, *settings: s.Setting) -> _With:
        return _With(settings)

    def setting(self, span: Span, name: s.Identifier, value: s.AnyExpr) -> s.Setting:
        return s.Setting(span, name, value)

    def symmetry(self, span: Span, names: tuple[s.Identifier, ...]) -> _Symmetry:
        return _Symmetry(names)

    def expect(self, span: Span, expectation: s.Expectation) -> s.Expectation:
        return expectation

    def expect_holds(self, span: Span, pins: tuple[s.Pin, ...]) -> s.Expectation:
        return s.Expectation(span, "holds", (), pins)

    def expect_violation(self, span: Span, names: tuple[s.Identifier, ...], pins: tuple[s.Pin, ...]) -> s.Expectation:
        return s.Expectation(span, "violation", names, pins)

    def expect_deadlock(self, span: Span, pins: tuple[s.Pin, ...]) -> s.Expectation:
        return s.Expectation(span, "violation", (s.Identifier(span, "deadlock"),), pins)

    def expect_proved(self, span: Span, word: Token, names: tuple[s.Identifier, ...] | None) -> s.Expectation:
        return s.Expectation(span, "proved", names or (), ())

    def expect_unreachable_action(self, span: Span, names: tuple[s.Identifier, ...]) -> s.Expectation:
        return s.Expectation(span, "unreachable action", names, ())

    def expect_unreachable_cover(self, span: Span, names: tuple[s.Identifier, ...]) -> s.Expectation:
        return s.Expectation(span, "unreachable cover", names, ())

    def expect_vacuous(self, span: Span, names: tuple[s.Identifier, ...]) -> s.Expectation:
        return s.Expectation(span, "vacuous", names, ())

    def pins(self, span: Span, *pins: s.Pin) -> tuple[s.Pin, ...]:
        return pins

    def pin(self, span: Span, kind: Token, number: Token) -> s.Pin:
        return s.Pin(span, kind.value, self._value(number), self.span_of(number))


class _With:
    def __init__(self, settings: tuple[s.Setting, ...]) -> None:
        self.settings = settings


class _Symmetry:
    def __init__(self, names: tuple[s.Identifier, ...]) -> None:
        self.names = names
