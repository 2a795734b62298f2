"""The rule of each declaration."""

from __future__ import annotations

from collections.abc import Mapping
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
from skipgate.spec.typing import actions
from skipgate.spec.typing.binders import bind, steps_like
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
        case s.AssumeDecl() | s.PropertyDecl() | s.ConstraintDecl() | s.TerminalDecl() | s.InitiallyDecl():
            types.expect(declaration.condition, BOOL)
        case s.DefDecl():
            types.of_symbol(declaration)
        case s.ActionDecl():
            actions.action(types, declaration)
        case s.EffectDecl():
            actions.effect(types, declaration)
        case s.GroupDecl():
            actions.group(types, declaration)
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
        any_one = "any one of them is `var x : Node in Node`, never updated"
        hint = f"it would single out one of interchangeable values; {any_one}"
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
