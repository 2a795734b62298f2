"""Names in expressions and types, which see the names that are bound around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from skipgate.spec import syntax as s
from skipgate.spec.naming.table import Scope, Table
from skipgate.spec.symbols import TypeSymbol, kind_of
from skipgate.spec.wording import with_article


def walk(table: Table, node: s.AnyNode | None, scope: Scope) -> None:  # noqa: C901 - a table
    """Resolve the names in an expression, a type or a part of them."""
    match node:
        case None:
            pass
        case s.Name(text=text, of=s.Expr() as of) | s.Call(function=s.Identifier(text=text), of=s.Expr() as of):
            walk(table, of, scope)
            table.report_no_instance(node.span, of, text)
        case s.Name(text=text):
            table.mention(node, text, scope)
        case s.Call(function=function, arguments=arguments):
            table.mention(function, function.text, scope)
            for argument in arguments:
                walk(table, argument.value, scope)
        case s.NamedType():
            _named_type(table, node)
        case s.Quantifier(binders=binders) | s.SetComprehension(binders=binders) | s.MapComprehension(binders=binders):
            scope = bind_all(table, binders, scope)
            for child in s.children(node):
                if not isinstance(child, s.Binder):
                    walk(table, child, scope)
        case s.SeqComprehension() | s.BagComprehension():
            element, binder, where = node.element, node.binder, node.where
            scope = bind_all(table, [binder], scope)
            walk(table, where, scope)
            walk(table, element, scope)
        case s.Fold():
            _fold(table, node, scope)
        case s.SetLiteral(elements=(s.Binary(operator="in", left=s.Binary(operator="|")),)):
            table.elsewhere = _meant_as_comprehension(node)
            for child in s.children(node):
                walk(table, child, scope)
            table.elsewhere = {}
        case s.Let(bindings=bindings, body=body):
            walk(table, body, let(table, bindings, scope))
        case s.Match(subject=subject, cases=cases):
            walk(table, subject, scope)
            for case in cases:
                walk(table, case.body, bind_pattern(table, case.patterns, scope))
        case s.StepsTest(steps=steps):
            steps_like(table, steps, scope)
        case _:
            without_scope: s.PlainExpr | s.PlainType | s.AnyPart | s.AnyDeclaration = node
            for child in s.children(without_scope):
                walk(table, child, scope)


def steps_like(table: Table, steps: s.StepsLike, scope: Scope) -> None:
    """Resolve the action or group and the arguments of steps, which are as many as it has parameters."""
    if steps.of is not None:
        walk(table, steps.of, scope)
        table.report_no_instance(steps.span, steps.of, steps.action.text)
        return
    table.reference(steps.action, (s.ActionDecl, s.GroupDecl), "action")
    action = table.references.get(steps.action)
    if isinstance(action, s.ActionDecl | s.GroupDecl):
        count = sum(len(binder.names) for binder in action.parameters)
        if count != len(steps.arguments):
            any_ = f"`{steps.action.text}({', '.join('_' * count)})`"
            hint = f"{any_} stands for all of its steps" if count else f"write `{steps.action.text}` alone"
            message = f"`{steps.action.text}` has {count} parameter{'s' * (count != 1)}"
            table.report(f"{message}, not {len(steps.arguments)}", steps.span, hint)
    for argument in steps.arguments:
        walk(table, argument, scope)


def _meant_as_comprehension(node: s.SetLiteral) -> dict[str, str]:
    """The name that `{e | x in S}` is meant to bind, and what to write: as it stands, it is a set of one boolean."""
    match node.elements:
        case (s.Binary(left=s.Binary(left=element, right=s.Name(text=name)), right=domain),):
            return {name: f"write `{{{element.span.flat} for {name} in {domain.span.flat}}}`"}
    return {}


def bind_all(table: Table, binders: Iterable[s.Binder], scope: Scope) -> Scope:
    """Resolve the domains of binders, and give the scope with their names. A domain sees the binders before it."""
    for binder in binders:
        walk(table, binder.domain, scope)
        for name in binder.names:
            scope = table.bind(name, scope)
    return scope


def let(table: Table, bindings: Iterable[s.LetBinding], scope: Scope) -> Scope:
    """Resolve the values of bindings, and give the scope with their names. A value sees the bindings before it."""
    for binding in bindings:
        walk(table, binding.value, scope)
        scope = table.bind(binding.name, scope)
    return scope


def _fold(table: Table, fold: s.Fold, scope: Scope) -> None:
    walk(table, fold.domain, scope)
    walk(table, fold.initial, scope)
    scope = table.bind(fold.name, scope)
    walk(table, fold.where, scope)
    walk(table, fold.body, table.bind(fold.accumulator, scope))


def _named_type(table: Table, node: s.NamedType) -> None:
    table.mention(node, node.name, {})
    symbol = table.references.get(node)
    if symbol is not None and not isinstance(symbol, TypeSymbol):
        table.report(f"`{node.name}` is {with_article(kind_of(symbol))}, not a type", node.span)
        del table.references[node]


def bind_pattern(table: Table, patterns: Sequence[s.Pattern], scope: Scope) -> Scope:
    """Resolve the patterns of a case, and give the scope with their names."""
    for pattern in patterns:
        match pattern:
            case s.Pattern(kind="some", name=s.Identifier() as name):
                if len(patterns) > 1:
                    table.report("`some(...)` cannot share a case with another pattern", pattern.span)
                if name.text != "_":
                    scope = table.bind(name, scope)
            case s.Pattern(kind="member", name=s.Identifier() as name):
                table.reference(name, (s.Member, s.ShapeDecl), "enum member or shape")
            case s.Pattern(kind="shape", name=s.Identifier() as name, fields=fields):
                if len(patterns) > 1:
                    table.report(f"`{name.text}(...)` cannot share a case with another pattern", pattern.span)
                table.reference(name, (s.ShapeDecl,), "shape")
                for field in fields:
                    if field.text != "_":
                        scope = table.bind(field, scope)
    return scope
