"""The rule of each declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.specification import Specification
from skipgate.spec.static_types import (
    BOOL,
    INT,
    StaticSet,
    StaticSort,
    parts_of,
    unordered_part,
)
from skipgate.spec.typing.access import path
from skipgate.spec.typing.binders import bind, bind_let, bind_parameters, steps_like
from skipgate.spec.typing.hints import the_values
from skipgate.spec.typing.inference import Inference
from skipgate.spec.typing.refinements import check_refinement


def check_declaration(  # noqa: C901 - a table: one case for each class of declaration
    types: Inference, declaration: s.AnyDeclaration, refined: Mapping[s.RefinesDecl, Specification]
) -> None:
    """Give everything in a declaration its type."""
    match declaration:
        case s.ConstDecl():
            _constant(types, declaration)
        case s.TypeDecl():
            types.of_type(declaration.type)
        case s.SortDecl():
            types.expect(declaration.size, INT)
        case s.RecordDecl():
            _record(types, declaration)
        case s.VariantDecl(shapes=shapes):
            for shape in shapes:
                for field in shape.fields:
                    types.of_type(field.type)
        case s.VarDecl():
            type_ = types.of_symbol(declaration)
            types.expect(declaration.initial, StaticSet(type_) if declaration.choice else type_)
        case s.AssumeDecl() | s.PropertyDecl() | s.ConstraintDecl() | s.TerminalDecl():
            types.expect(declaration.condition, BOOL)
        case s.DefDecl():
            types.of_symbol(declaration)
        case s.ActionDecl():
            _action(types, declaration)
        case s.FairnessDecl():
            _fairness(types, declaration)
        case s.LivenessDecl():
            bind(types, declaration.parameters)
            types.expect(declaration.formula, BOOL)
        case s.RefinesDecl():
            if declaration in refined:
                check_refinement(types, declaration, refined[declaration])
        case s.CheckDecl():
            for setting in declaration.settings:
                types.expect(setting.value, types.of_symbol(types.find(setting.name)))
        case s.ModelDecl() | s.ImportDecl() | s.EnumDecl() | s.UnmodelledDecl():
            pass  # nothing in these has a type
        case _:
            assert_never(declaration)
    if not isinstance(declaration, s.ActionDecl):
        _no_holes(types, declaration)


def _constant(types: Inference, constant: s.ConstDecl) -> None:
    type_ = types.of_symbol(constant)
    if any(isinstance(part, StaticSort) for part in parts_of(type_, types.of_type)):
        hint = "a constant of a sort would single out one of its interchangeable values"
        types.report("a constant cannot hold values of a sort", constant.type.span, hint)
    if constant.default is not None:
        types.expect(constant.default, type_)


def _record(types: Inference, record: s.RecordDecl) -> None:
    for field in record.fields:
        part = unordered_part(types.of_type(field.type))
        if record.ordered and part is not None:
            message = f"{the_values(part)} have no order, so they cannot be a field of an ordered record"
            types.report(message, field.type.span)


def _no_holes(types: Inference, declaration: s.AnyDeclaration) -> None:
    """Report expressions in a description that nothing fills in."""
    for description in s.children(declaration):
        if isinstance(description, s.Description):
            for hole in description.parts:
                if not isinstance(hole, str):
                    hint = "a brace that is meant as text is written `\\{`"
                    types.report("only the description of an action is filled in at each step", hole.span, hint)


def _fairness(types: Inference, declaration: s.FairnessDecl) -> None:
    bind(types, declaration.binders)
    if declaration.condition is not None:
        types.expect(declaration.condition, BOOL)
    for steps in declaration.steps:
        steps_like(types, steps)


# --------------------------------------------------------------------------------------------------------- actions


def _action(types: Inference, action: s.ActionDecl) -> None:
    bind_parameters(types, action)
    for clause in action.clauses:
        match clause:
            case s.WhenClause(condition=condition):
                types.expect(condition, BOOL)
            case s.LetClause(bindings=bindings):
                bind_let(types, bindings)
            case s.ThenClause(updates=updates):
                for update in updates:
                    variable = types.of_symbol(types.find(update.target))
                    types.expect(update.value, path(types, variable, update.path))
            case _:
                assert_never(clause)
    _updates_are_disjoint(types, action)
    if action.description is not None:
        for part in action.description.parts:
            if not isinstance(part, str):
                types.infer(part)


def _updates_are_disjoint(types: Inference, action: s.ActionDecl) -> None:
    """Report updates of an action that may touch the same part: they happen at once, so neither could win."""
    done: list[s.Update] = []
    for update in (u for clause in action.clauses if isinstance(clause, s.ThenClause) for u in clause.updates):
        for before in done:
            if before.target.text == update.target.text and _may_overlap(types, before.path, update.path):
                name = update.target.text
                hint = f"all updates of an action happen at once; the other is at {before.span.place}"
                if before.path and update.path:
                    hint = f"write both into one update: `{name}' = {{{name} with [i] = a, [j] = b}}`"
                types.report(f"action `{action.name.text}` updates `{name}` twice", update.span, hint)
                break
        done.append(update)


def _may_overlap(types: Inference, a: Sequence[s.PathStep], b: Sequence[s.PathStep]) -> bool:
    """Could two paths lead to the same part? Not by different fields, nor by indices that are seen to differ."""
    for x, y in zip(a, b, strict=False):
        match x, y:
            case s.FieldStep(), s.FieldStep():
                if x.field.text != y.field.text:
                    return False
            case s.IndexStep(), s.IndexStep():
                i, j = _literal(types, x.index), _literal(types, y.index)
                if i is not None and j is not None and i != j:
                    return False
    return True


def _literal(types: Inference, expr: s.AnyExpr) -> int | s.Member | None:
    """The value of a number, a boolean or an enum member, written as such; None if it is not known."""
    match expr:
        case s.Number(value=value) | s.Boolean(value=value):
            return value
        case s.Name():
            symbol = types.find(expr)
            return symbol if isinstance(symbol, s.Member) else None
    return None
