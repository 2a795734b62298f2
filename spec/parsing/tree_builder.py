"""Lark's parse tree to the syntax tree of `spec.syntax`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from lark import Token, Tree

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic, SpecError
from skipgate.spec.parsing.foreign import FOREIGN_TYPE_CONSTRUCTORS
from skipgate.spec.parsing.strings import EmbeddedParser, description_parts, path_text
from skipgate.spec.source import Source, Span

MOST_DIGITS = 100  # of a number

_Place = s.Identifier | s.AnyExpr
"""A name, or the place of one of an instance."""

# Rules whose parts are the fields of a node, in this order.
_NODES: Mapping[str, Callable[..., s.Node]] = {
    "range_type": s.RangeType,
    "option_type": s.OptionType,
    "set_type": s.SetType,
    "seq_type": s.SeqType,
    "map_type": s.MapType,
    "type_domain": s.TypeDomain,
    "argument": s.Argument,
    "none_value": s.NoneValue,
    "some_of": s.SomeOf,
    "choice": s.ChoiceClause,
    "set_comprehension": s.SetComprehension,
    "map_comprehension": s.MapComprehension,
    "let_binding": s.LetBinding,
    "binder": s.Binder,
    "change": s.Change,
    "index_step": s.IndexStep,
    "field_step": s.FieldStep,
    "range": s.Range,
    "index": s.Index,
    "field_access": s.FieldAccess,
    "model": s.ModelDecl,
    "const": s.ConstDecl,
    "type_alias": s.TypeDecl,
    "member": s.Member,
    "sort": s.SortDecl,
    "field": s.FieldDecl,
    "assume": s.AssumeDecl,
    "parameter": s.Parameter,
    "when": s.WhenClause,
    "constraint": s.ConstraintDecl,
    "terminal": s.TerminalDecl,
    "initially": s.InitiallyDecl,
    "setting": s.Setting,
    "given": s.Setting,
}
# Rules that are lists of their parts.
_LISTS = {"start", "given_names", "anchors", "names", "proved_names", "name_list", "binders", "action_params"}
_LISTS |= {"parameters", "pins"}
_LISTS |= {"path", "change_path"}  # of an update
# Rules that are nothing but their only part.
_WRAPPERS = {"expression", "parenthesised", "parenthesised_type", "expect"}


def build(tree: Any, source: Source, parse_embedded: EmbeddedParser, shift: int = 0) -> Any:
    """The syntax tree of a parse tree: a tuple of declarations, one expression, or settings.

    `shift` is how far in the source everything stands behind its place in the parse tree.

    Raises:
        SpecError: for what the grammar cannot see, such as a bad `{expression}` in a description.
    """
    builder = _Builder(source, parse_embedded, shift)
    result = builder.visit(tree)
    if builder.diagnostics:
        raise SpecError(builder.diagnostics)
    return result


class _Builder:
    """A method for each other rule of the grammar, with the same name. It gets the span and the parts of the rule."""

    def __init__(self, source: Source, parse_embedded: EmbeddedParser, shift: int) -> None:
        self.source = source
        self.shift = shift
        self.parse_embedded = parse_embedded
        self.diagnostics: list[Diagnostic] = []

    def visit(self, node: Any) -> Any:
        if node is None or isinstance(node, Token):
            return node
        assert isinstance(node, Tree)
        parts = [self.visit(child) for child in node.children]
        meta, rule = node.meta, str(node.data)
        start, end = (0, 0) if meta.empty else (meta.start_pos + self.shift, meta.end_pos + self.shift)
        span = Span(self.source, start, end)
        if rule in _NODES:
            return _NODES[rule](span, *parts)
        if rule in _LISTS:
            return tuple(parts)
        if rule in _WRAPPERS:
            return parts[0]
        return getattr(self, rule)(span, *parts)

    def span_of(self, token: Token) -> Span:
        return Span(self.source, (token.start_pos or 0) + self.shift, (token.end_pos or 0) + self.shift)

    def path_of(self, token: Token) -> str:
        return path_text(self.span_of(token), self.diagnostics)

    # ------------------------------------------------------------------------------------------------ small parts

    def qualified_name(self, span: Span, *parts: s.Identifier) -> s.Identifier:
        return s.Identifier(span, ".".join(part.text for part in parts))

    def name(self, span: Span, token: Token) -> s.Identifier:
        return s.Identifier(span, str(token))

    def reserved(self, span: Span, token: Token) -> s.Identifier:
        return self.name(span, token)

    def description(self, span: Span, token: Token) -> s.Description:
        return s.Description(span, description_parts(span, self.parse_embedded, self.diagnostics))

    def anchor(self, span: Span, file: Token, *rest: Any) -> s.Anchor:
        *symbols, depth = rest
        named = tuple(symbol for symbol in symbols if symbol is not None)
        return s.Anchor(span, self.path_of(file), named, depth or 0)

    def callees(self, span: Span, _with: Token, _depth: Token | None, number: Token | None) -> int:
        if number is None:
            return s.EVERY_CALL
        depth = self.value_of(number)
        if depth == 0:
            hint = "an anchor without `with callees` follows no call"
            self.diagnostics.append(Diagnostic("the depth of callees is at least 1", self.span_of(number), hint))
        return depth

    def symbol(self, span: Span, *names: s.Identifier) -> str:
        return ".".join(name.text for name in names)

    def quoted_symbol(self, span: Span, name: Token) -> str:
        return self.path_of(name)

    def unmodelled(self, span: Span, file: Token, *rest: Any) -> s.AnyDeclaration:
        *symbols, reason = rest
        named = tuple(symbol for symbol in symbols if symbol is not None)
        return s.UnmodelledDecl(span, self.path_of(file), named, self.path_of(reason))

    # ------------------------------------------------------------------------------------------------------ types

    def bool_set(self, span: Span) -> s.AnyExpr:
        return s.TypeDomain(span, s.PrimitiveType(span, "bool"))

    def nat_type(self, span: Span) -> s.AnyType:
        return s.PrimitiveType(span, "nat")

    def int_type(self, span: Span) -> s.AnyType:
        return s.PrimitiveType(span, "int")

    def written_type(self, span: Span, written: s.AnyExpr) -> s.AnyType:
        match written:
            case s.Name(text=name, primed=False):
                return s.NamedType(span, name)
            case s.TypeDomain(type=type_):
                return type_
            case s.Range(low=low, high=high):
                return s.RangeType(span, low, high)
            case s.FieldAccess() if (dotted := _dotted(written)) is not None:
                return s.NamedType(span, dotted)
        self.diagnostics.append(Diagnostic(f"`{span.flat}` is not a type", span, _type_meant(written)))
        return s.NamedType(span, "")

    # ------------------------------------------------------------------------------------------------ expressions

    def number(self, span: Span, token: Token) -> s.AnyExpr:
        return s.Number(span, self.value_of(token))

    def value_of(self, token: Token) -> int:
        digits = str(token).replace("_", "").lstrip("0") or "0"
        if len(digits) > MOST_DIGITS:
            message = f"this number is too long: more than {MOST_DIGITS} digits"
            self.diagnostics.append(Diagnostic(message, self.span_of(token)))
            return 0
        return int(digits)

    def boolean(self, span: Span, token: Token) -> s.AnyExpr:
        return s.Boolean(span, token.type == "TRUE")

    def name_expr(self, span: Span, name: s.Identifier, prime: Token | None) -> s.AnyExpr:
        return s.Name(span, name.text, prime is not None)

    def primed_member(self, span: Span, of: s.AnyExpr, name: s.Identifier, prime: Token) -> s.AnyExpr:
        return s.Name(span, name.text, True, of)

    def member_call(
        self, span: Span, of: s.AnyExpr, name: s.Identifier, prime: Token | None, *arguments: s.Argument | None
    ) -> s.AnyExpr:
        given = tuple(argument for argument in arguments if argument is not None)
        return s.Call(span, name, given, prime is not None, of)

    def place_index(self, span: Span, base: _Place, index: s.AnyExpr) -> s.AnyExpr:
        return s.Index(span, _as_expression(base), index)

    def place_member(self, span: Span, base: _Place, name: s.Identifier) -> s.AnyExpr:
        return s.FieldAccess(span, _as_expression(base), name)

    def named(self, place: _Place) -> tuple[s.Identifier, s.AnyExpr | None]:
        """The name at the end of a place, and the instance that it is of."""
        match place:
            case s.Identifier():
                return place, None
            case s.FieldAccess(base=base, field=name):
                return name, base
        message = f"`{place.span.flat}` is no name"
        name = s.Identifier(place.span, "")
        self.diagnostics.append(self.recognised(place.span) or Diagnostic(message, place.span))
        return name, None

    def recognised(self, span: Span) -> Diagnostic | None:
        """What to say of a place if it belongs to a construct of another language."""
        from skipgate.spec.parsing.recognition import recognise

        known = recognise(self.source, span.end, span.end + 1)
        return None if known is None else known[0]

    def call(self, span: Span, function: s.Identifier | Token, *rest: Any) -> s.AnyExpr:
        primed = False
        if isinstance(function, Token):  # `min` or `max`, which take no prime
            function = s.Identifier(self.span_of(function), str(function))
        elif rest:
            primed, rest = rest[0] is not None, rest[1:]
        arguments = tuple(argument for argument in rest if argument is not None)
        return s.Call(span, function, arguments, primed)

    def seq_literal(self, span: Span, *elements: s.AnyExpr | None) -> s.AnyExpr:
        return s.SeqLiteral(span, tuple(element for element in elements if element is not None))

    def set_literal(self, span: Span, *elements: s.AnyExpr | None) -> s.AnyExpr:
        return s.SetLiteral(span, tuple(element for element in elements if element is not None))

    def bag_type(self, span: Span, _bag: Token, capacity: s.AnyExpr, element: s.AnyType) -> s.AnyType:
        return s.BagType(span, capacity, element)

    def bag_literal(self, span: Span, _bag: Token, *elements: s.AnyExpr | None) -> s.AnyExpr:
        return s.BagLiteral(span, tuple(element for element in elements if element is not None))

    def bag_comprehension(
        self, span: Span, _bag: Token, element: s.AnyExpr, binder: s.Binder, where: s.AnyExpr | None
    ) -> s.AnyExpr:
        if len(binder.names) > 1:
            self.diagnostics.append(Diagnostic("a bag is built over one name", binder.names[1].span))
        return s.BagComprehension(span, element, binder, where)

    def seq_comprehension(self, span: Span, element: s.AnyExpr, binder: s.Binder, where: s.AnyExpr | None) -> s.AnyExpr:
        if len(binder.names) > 1:
            self.diagnostics.append(Diagnostic("a sequence is built over one name", binder.names[1].span))
        return s.SeqComprehension(span, element, binder, where)

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

    def shape_pattern(self, span: Span, name: s.Identifier, *fields: s.Identifier) -> s.Pattern:
        return s.Pattern(span, "shape", name, fields)

    def updated(self, span: Span, base: s.AnyExpr, *changes: s.Change) -> s.AnyExpr:
        return s.Updated(span, base, changes)

    def unary(self, span: Span, operator: Token, operand: s.AnyExpr) -> s.AnyExpr:
        if operator.type == "MINUS" and isinstance(operand, s.Number):
            return s.Number(span, -operand.value)
        return s.Unary(span, operator.value, operand)

    def binary(self, span: Span, left: s.AnyExpr, operator: Token, right: s.AnyExpr) -> s.AnyExpr:
        return s.Binary(span, operator.value, left, right)

    def not_in(self, span: Span, left: s.AnyExpr, not_: Token, in_: Token, right: s.AnyExpr) -> s.AnyExpr:
        return s.Unary(span, "not", s.Binary(span, "in", left, right))

    # ----------------------------------------------------------------------------------------------- declarations

    def import_(
        self,
        span: Span,
        path: Token,
        as_: Token | None,
        name: s.Identifier | None,
        index: s.Identifier | None,
        domain: s.AnyExpr | None,
        given: tuple[s.Setting, ...] | None,
    ) -> s.AnyDeclaration:
        binder = None
        if index is not None and domain is not None:
            binder = s.Binder(index.span.to(domain.span), (index,), domain)
        return s.ImportDecl(self.span_of(path), self.path_of(path), name, binder, given or ())

    def given_callees(self, span: Span, token: Token, value: s.AnyExpr, *rest: s.Setting) -> tuple[s.Setting, ...]:
        return self.with_callees(span, token, value, *rest).settings

    def enum(
        self, span: Span, name: s.Identifier, description: s.Description | None, *members: Any
    ) -> s.AnyDeclaration:
        return s.EnumDecl(span, name, description, tuple(m for m in members if isinstance(m, s.Member)))

    def record(
        self, span: Span, ordered: Token | None, name: s.Identifier, description: s.Description | None, *fields: Any
    ) -> s.AnyDeclaration:
        kept = tuple(f for f in fields if isinstance(f, s.FieldDecl))
        return s.RecordDecl(span, name, ordered is not None, description, kept)

    def shape(self, span: Span, name: s.Identifier, *rest: Any) -> s.ShapeDecl:
        fields = tuple(part for part in rest if isinstance(part, s.FieldDecl))
        description = rest[-1]
        assert description is None or isinstance(description, s.Description)
        return s.ShapeDecl(span, name, fields, description)

    def variant(
        self, span: Span, name: s.Identifier, description: s.Description | None, *shapes: Any
    ) -> s.AnyDeclaration:
        return s.VariantDecl(span, name, description, tuple(x for x in shapes if isinstance(x, s.ShapeDecl)))

    def var_equals(
        self, span: Span, name: s.Identifier, type_: s.AnyType, initial: s.AnyExpr, description: s.Description | None
    ) -> s.AnyDeclaration:
        return s.VarDecl(span, name, type_, initial, False, description)

    def var_in(
        self, span: Span, name: s.Identifier, type_: s.AnyType, initial: s.AnyExpr, description: s.Description | None
    ) -> s.AnyDeclaration:
        return s.VarDecl(span, name, type_, initial, True, description)

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

    def action(
        self,
        span: Span,
        fairness: s.Fairness | None,
        name: s.Identifier,
        parameters: tuple[s.Binder, ...] | None,
        description: s.Description | None,
        *clauses: Any,
    ) -> s.AnyDeclaration:
        of_body = _anchors_and_clauses(clauses)
        return s.ActionDecl(span, name, fairness or "none", parameters or (), description, *of_body)

    def fair(self, span: Span) -> s.Fairness:
        return "weak"

    def strong_fair(self, span: Span) -> s.Fairness:
        return "strong"

    def fair_steps(self, span: Span, fairness: s.Fairness, rest: tuple[Any, Any, Any]) -> s.AnyDeclaration:
        return s.FairnessDecl(span, fairness, *rest)

    def steps_of(
        self, span: Span, binders: tuple[s.Binder, ...] | None, condition: s.AnyExpr | None, *steps: s.StepsLike
    ) -> tuple[Any, Any, Any]:
        return binders or (), condition, steps

    def steps_like(self, span: Span, place: _Place, *arguments: s.AnyExpr | None) -> s.StepsLike:
        action, of = self.named(place)
        given = [a for a in arguments if a is not None]  # None stands for brackets that are absent
        any_ = tuple(None if isinstance(a, s.Name) and a.text == "_" else a for a in given)
        return s.StepsLike(span, action, any_, of)

    def fold(
        self,
        span: Span,
        word: Token,
        name: s.Identifier,
        domain: s.AnyExpr,
        where: s.AnyExpr | None,
        from_: Token,
        initial: s.AnyExpr,
        as_: Token,
        accumulator: s.Identifier,
        body: s.AnyExpr,
    ) -> s.AnyExpr:
        return s.Fold(span, name, domain, where, initial, accumulator, body)

    def steps_test(self, span: Span, word: Token, steps: s.StepsLike) -> s.AnyExpr:
        return s.StepsTest(span, word.value, steps)

    def action_let(self, span: Span, *bindings: s.LetBinding) -> s.ActionClause:
        return s.LetClause(span, bindings)

    def then(self, span: Span, *effects: s.ActionClause) -> _Then:
        return _Then(effects)

    def target(self, span: Span, token: Token) -> s.Identifier:
        return self.name(span, token)

    def update(
        self, span: Span, place: _Place, prime: Token, path: tuple[s.PathStep, ...], value: s.AnyExpr
    ) -> s.ActionClause:
        target, of = self.named(place)
        return s.Update(span, target, path, value, False, of)

    def update_in(
        self, span: Span, place: _Place, prime: Token, path: tuple[s.PathStep, ...], domain: s.AnyExpr
    ) -> s.ActionClause:
        target, of = self.named(place)
        return s.Update(span, target, path, domain, True, of)

    def block(self, span: Span, *clauses: s.ActionClause) -> tuple[s.ActionClause, ...]:
        return clauses

    def if_effect(self, span: Span, condition: s.AnyExpr, block: s.Block, *rest: Any) -> s.ActionClause:
        *others, otherwise = rest
        first = s.BranchBlock(condition.span, condition, block)
        return s.IfClause(span, (first, *others), otherwise or ())

    def else_if(self, span: Span, condition: s.AnyExpr, block: s.Block) -> s.BranchBlock:
        return s.BranchBlock(condition.span, condition, block)

    def match_effect(self, span: Span, subject: s.AnyExpr, *cases: s.CaseBlock) -> s.ActionClause:
        return s.MatchClause(span, subject, cases)

    def case_block(self, span: Span, *parts: Any) -> s.CaseBlock:
        patterns = tuple(part for part in parts if isinstance(part, s.Pattern))
        return s.CaseBlock(span, patterns, tuple(parts[len(patterns) :]))

    def do(self, span: Span, word: Token, place: _Place, *arguments: s.AnyExpr | None) -> s.ActionClause:
        effect, of = self.named(place)
        return s.DoClause(span, effect, tuple(each for each in arguments if each is not None), of)

    def effect(
        self,
        span: Span,
        word: Token,
        name: s.Identifier,
        parameters: tuple[s.Parameter, ...] | None,
        description: s.Description | None,
        *clauses: Any,
    ) -> s.AnyDeclaration:
        return s.EffectDecl(span, name, parameters or (), description, *_anchors_and_clauses(clauses))

    def group(
        self,
        span: Span,
        fairness: s.Fairness | None,
        word: Token,
        name: s.Identifier,
        parameters: tuple[s.Binder, ...] | None,
        description: s.Description | None,
        anchors: tuple[s.Anchor, ...],
        *steps: s.StepsLike,
    ) -> s.AnyDeclaration:
        return s.GroupDecl(span, name, fairness or "none", parameters or (), description, anchors, steps)

    def invariant(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.PropertyDecl(span, "invariant", *rest)

    def transition(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.PropertyDecl(span, "transition", *rest)

    def lemma(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.PropertyDecl(span, "lemma", *rest)

    def cover(self, span: Span, *rest: Any) -> s.AnyDeclaration:
        return s.PropertyDecl(span, "cover", *rest)

    def liveness(self, span: Span, name: s.Identifier, description: Any, anchors: Any, rest: Any) -> s.AnyDeclaration:
        binders, formula = rest
        return s.LivenessDecl(span, name, binders or (), description, anchors, formula)

    def each_temporal(self, span: Span, binders: tuple[s.Binder, ...] | None, formula: s.AnyExpr) -> tuple[Any, Any]:
        return binders, formula

    def temporal(self, span: Span, word: Token, operand: s.AnyExpr) -> s.AnyExpr:
        return s.Temporal(span, word.value, (operand,))

    def leads_to(self, span: Span, left: s.AnyExpr, right: s.AnyExpr) -> s.AnyExpr:
        return self.between(span, "leads to", left, right)

    def until(self, span: Span, left: s.AnyExpr, word: Token, right: s.AnyExpr) -> s.AnyExpr:
        return self.between(span, word.value, left, right)

    def between(self, span: Span, operator: s.TemporalOperator, left: s.AnyExpr, right: s.AnyExpr) -> s.AnyExpr:
        """A temporal operator between two formulas, of which the left one must not look as if it went on."""
        in_brackets = left.span.start > span.start
        for part in () if in_brackets else s.walk(left):
            if isinstance(part, s.Temporal) and part.span.end == left.span.end:  # no bracket closes behind it
                word = part.operator
                hint = f"write `({word} ...) {operator} ...` or `{word} (... {operator} ...)`"
                message = f"`{word}` before `{operator}` needs brackets, which say how far it reaches"
                self.diagnostics.append(Diagnostic(message, part.span, hint))
                break
        return s.Temporal(span, operator, (left, right))

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
        file = s.Identifier(self.span_of(path), self.path_of(path))
        return s.RefinesDecl(span, name, file, description, anchors, settings)

    # ----------------------------------------------------------------------------------------------------- checks

    def check(
        self,
        span: Span,
        name: s.Identifier,
        description: s.Description | None,
        tags: tuple[s.Identifier, ...] | None,
        scope: s.Scope | None,
        *clauses: Any,
    ) -> s.AnyDeclaration:
        settings = tuple(x for clause in clauses if isinstance(clause, _With) for x in clause.settings)
        symmetry = tuple(x for clause in clauses if isinstance(clause, _Symmetry) for x in clause.names)
        expectations = tuple(clause for clause in clauses if isinstance(clause, s.Expectation))
        return s.CheckDecl(span, name, description, tags or (), scope, settings, symmetry, expectations)

    def tags(self, span: Span, word: Token, names: tuple[s.Identifier, ...]) -> tuple[s.Identifier, ...]:
        return names

    def scope(self, span: Span, word: Token, names: tuple[s.Identifier, ...]) -> s.Scope:
        return s.Scope(span, word.value, names)

    def with_(self, span: Span, *settings: s.Setting) -> _With:
        return _With(settings)

    def with_callees(self, span: Span, token: Token, value: s.AnyExpr, *settings: s.Setting) -> _With:
        at = self.span_of(token)
        name = Span(self.source, at.end - len("callees"), at.end)
        first = s.Setting(Span(self.source, name.start, value.span.end), s.Identifier(name, name.text), value)
        return _With((first, *settings))

    def settings(self, span: Span, *settings: s.Setting) -> tuple[s.Setting, ...]:
        return settings

    def symmetry(self, span: Span, names: tuple[s.Identifier, ...]) -> _Symmetry:
        return _Symmetry(names)

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

    def pin(self, span: Span, kind: Token, number: Token) -> s.Pin:
        return s.Pin(span, kind.value, self.value_of(number), self.span_of(number))


def _as_expression(place: _Place) -> s.AnyExpr:
    return s.Name(place.span, place.text) if isinstance(place, s.Identifier) else place


def _dotted(written: s.AnyExpr) -> str | None:
    """A name of an instance, such as `up.Item`, or of an instance in an instance."""
    match written:
        case s.Name(text=name, primed=False, of=None):
            return name
        case s.FieldAccess(base=base, field=field) if (before := _dotted(base)) is not None:
            return f"{before}.{field.text}"
    return None


def _type_meant(written: s.AnyExpr) -> str | None:
    """A hint at the type that an expression was meant as."""
    match written:
        case s.Call(function=s.Identifier(text=name)) | s.Index(base=s.Name(text=name)):
            return FOREIGN_TYPE_CONSTRUCTORS.get(name.lower())
        case s.SetLiteral() | s.SetComprehension():
            return "a set of numbers is a range, `0..3`; a set of names is an `enum`"
        case s.Binary(operator="|"):
            return "values with names: `enum Color { red, green }`"
        case s.Number(value=value):
            return f"the numbers up to {value} are `0..{value}`"
    return None


def _anchors_and_clauses(parts: Sequence[Any]) -> tuple[tuple[s.Anchor, ...], s.Block]:
    """The anchors and the clauses of an action. `then` is a word, and what stands behind it are clauses."""
    clauses: list[s.ActionClause] = []
    for part in parts:
        if isinstance(part, _Then):
            clauses += part.effects
        elif not isinstance(part, s.Anchor):
            clauses.append(part)
    return tuple(part for part in parts if isinstance(part, s.Anchor)), tuple(clauses)


class _Then(NamedTuple):
    """`then` and what happens."""

    effects: tuple[s.ActionClause, ...]


class _With(NamedTuple):
    """A `with` clause: of one check there may be several."""

    settings: tuple[s.Setting, ...]


class _Symmetry(NamedTuple):
    """A `symmetry` clause."""

    names: tuple[s.Identifier, ...]
