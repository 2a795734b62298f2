"""Names in declarations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.loader import Program
from skipgate.spec.naming import actions
from skipgate.spec.naming.checks import resolve_check
from skipgate.spec.naming.refinements import resolve_refinement
from skipgate.spec.naming.scopes import bind_all, steps_like, walk
from skipgate.spec.naming.table import Scope, Table
from skipgate.spec.specification import Specification


def declare_all(table: Table, program: Program) -> None:
    """Make every top-level declaration and enum member known, and report those with a name that is taken."""
    checks: dict[str, s.Identifier] = {}
    models = 0
    for file in program.files:
        for declaration in file.declarations:
            match declaration:
                case s.ModelDecl():
                    models += file is program.main
                    if models > 1:
                        table.report("a file has one `model` line", declaration.span)
                case s.CheckDecl(name=name):
                    if file is program.main:
                        if name.text in checks:
                            table.report_duplicate(name, checks[name.text].span, "check")
                        checks[name.text] = name
                case s.EnumDecl(name=name, members=members):
                    table.declare(name, declaration)
                    for member in members:
                        table.declare(member.name, member)
                case s.VariantDecl(name=name, shapes=shapes):
                    table.declare(name, declaration)
                    for shape in shapes:
                        table.declare(shape.name, shape)
                        table.variants[shape] = declaration
                case s.ImportDecl(name=s.Identifier() as name):
                    table.declare(name, declaration)
                case (
                    s.ImportDecl()
                    | s.AssumeDecl()
                    | s.FairnessDecl()
                    | s.TerminalDecl()
                    | s.UnmodelledDecl()
                    | s.InitiallyDecl()
                ):
                    pass
                case _:
                    table.declare(declaration.name, declaration)


def resolve_declaration(  # noqa: C901 - a table: one case for each class of declaration
    table: Table, declaration: s.AnyDeclaration, refined: Mapping[s.RefinesDecl, Specification]
) -> None:
    """Resolve the names that a declaration mentions."""
    match declaration:
        case s.CheckDecl():
            resolve_check(table, declaration)
        case s.DefDecl():
            _definition(table, declaration)
        case s.ActionDecl():
            actions.action(table, declaration)
        case s.EffectDecl():
            actions.effect(table, declaration)
        case s.GroupDecl():
            actions.group(table, declaration)
        case s.LivenessDecl():
            scope = bind_all(table, declaration.parameters, {})
            walk(table, declaration.description, {})
            match declaration.formula:
                case s.Temporal(operator="leads to", operands=(premise, goal)):
                    walk(table, premise, scope)
                    table.elsewhere = _bound_by_the_premise(declaration, premise)
                    walk(table, goal, scope)
                    table.elsewhere = {}
                case formula:
                    walk(table, formula, scope)
        case s.FairnessDecl():
            _fairness(table, declaration)
        case s.RefinesDecl():
            if declaration in refined:
                resolve_refinement(table, declaration, refined[declaration])
        case s.ImportDecl(binder=binder):
            bind_all(table, () if binder is None else (binder,), {})
        case s.RecordDecl(fields=fields):
            _fields(table, fields)
        case s.VariantDecl(shapes=shapes):
            for shape in shapes:
                _fields(table, shape.fields)
        case (
            s.ModelDecl()
            | s.ConstDecl()
            | s.TypeDecl()
            | s.EnumDecl()
            | s.SortDecl()
            | s.VarDecl()
            | s.AssumeDecl()
            | s.PropertyDecl()
            | s.ConstraintDecl()
            | s.TerminalDecl()
            | s.InitiallyDecl()
            | s.UnmodelledDecl()
        ):
            for child in s.children(declaration):
                walk(table, child, {})
        case _:
            assert_never(declaration)


def _bound_by_the_premise(liveness: s.LivenessDecl, premise: s.AnyExpr) -> dict[str, str]:
    """Names that the premise quantifies over, which its goal does not see."""
    match premise:
        case s.Quantifier(binders=binders):
            of = ", ".join(binder.span.flat for binder in binders)
            hint = f"to ask it for each, write `liveness {liveness.name.text} for {of}: ...`"
            return {name.text: hint for binder in binders for name in binder.names}
    return {}


def _definition(table: Table, definition: s.DefDecl) -> None:
    scope: Scope = {}
    for parameter in definition.parameters:
        walk(table, parameter.type, {})
        scope = table.bind(parameter.name, scope)
    walk(table, definition.result, {})
    walk(table, definition.description, scope)
    walk(table, definition.body, scope)


def _fields(table: Table, fields: Sequence[s.FieldDecl]) -> None:
    seen: dict[str, s.FieldDecl] = {}
    for field in fields:
        if field.name.text in seen:
            table.report_duplicate(field.name, seen[field.name.text].span, "field")
        seen[field.name.text] = field
        walk(table, field.type, {})


def _fairness(table: Table, declaration: s.FairnessDecl) -> None:
    scope = bind_all(table, declaration.binders, {})
    walk(table, declaration.condition, scope)
    for steps in declaration.steps:
        steps_like(table, steps, scope)
