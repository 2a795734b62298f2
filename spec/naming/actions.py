"""Names in actions, in the effects that they use, and in groups of actions."""

from __future__ import annotations

from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.naming.scopes import bind_all, bind_pattern, let, steps_like, walk
from skipgate.spec.naming.table import Scope, Table
from skipgate.spec.symbols import kind_of
from skipgate.spec.wording import plural, with_article


def action(table: Table, declaration: s.ActionDecl) -> None:
    """Resolve the names in an action."""
    scope = _block(table, declaration.clauses, bind_all(table, declaration.parameters, {}))
    # The description is shown beside the step, so it sees the parameters, and every `let` and choice outside blocks.
    walk(table, declaration.description, scope)


def effect(table: Table, declaration: s.EffectDecl) -> None:
    """Resolve the names in an effect."""
    scope: Scope = {}
    for parameter in declaration.parameters:
        walk(table, parameter.type, {})
        scope = table.bind(parameter.name, scope)
    walk(table, declaration.description, {})
    _block(table, declaration.clauses, scope)


def group(table: Table, declaration: s.GroupDecl) -> None:
    """Resolve the names in a group."""
    scope = bind_all(table, declaration.parameters, {})
    walk(table, declaration.description, {})
    for steps in declaration.steps:
        steps_like(table, steps, scope)


def _block(table: Table, clauses: s.Block, scope: Scope) -> Scope:
    """Resolve the names in clauses, and give the scope behind the last one."""
    for clause in clauses:
        scope = _clause(table, clause, scope)
    return scope


def _clause(table: Table, clause: s.ActionClause, scope: Scope) -> Scope:
    """Resolve the names in a clause, and give the scope behind it."""
    match clause:
        case s.LetClause(bindings=bindings):
            return let(table, bindings, scope)
        case s.ChoiceClause(binders=binders, where=where):
            scope = bind_all(table, binders, scope)
            walk(table, where, scope)
            return scope
        case s.WhenClause(condition=condition):
            walk(table, condition, scope)
        case s.Update():
            _update(table, clause, scope)
        case s.IfClause(branches=branches, otherwise=otherwise):
            for branch in branches:
                walk(table, branch.condition, scope)
                _block(table, branch.clauses, scope)
            _block(table, otherwise, scope)
        case s.MatchClause(subject=subject, cases=cases):
            walk(table, subject, scope)
            for case in cases:
                _block(table, case.clauses, bind_pattern(table, case.patterns, scope))
        case s.DoClause():
            _do(table, clause, scope)
        case _:
            assert_never(clause)
    return scope


def _do(table: Table, clause: s.DoClause, scope: Scope) -> None:
    if clause.of is not None:
        walk(table, clause.of, scope)
        table.report_no_instance(clause.span, clause.of, clause.effect.text)
        return
    table.reference(clause.effect, (s.EffectDecl,), "effect")
    declared = table.references.get(clause.effect)
    if isinstance(declared, s.EffectDecl):
        wanted, given = len(declared.parameters), len(clause.arguments)
        if wanted != given:
            name = clause.effect.text
            hint = f"write `do {name}({', '.join(p.name.text for p in declared.parameters)})`" if wanted else None
            table.report(f"`{name}` takes {plural(wanted, 'argument')}, not {given}", clause.span, hint)
    for argument in clause.arguments:
        walk(table, argument, scope)


def _update(table: Table, update: s.Update, scope: Scope) -> None:
    target = update.target
    if update.of is not None:
        walk(table, update.of, scope)
        table.report_no_instance(update.span, update.of, target.text)
        return
    table.mention(target, target.text, scope)
    symbol = table.references.get(target)
    if symbol is not None and not isinstance(symbol, s.VarDecl):
        message = f"`{target.text}` is {with_article(kind_of(symbol))}; only variables are updated"
        table.report(message, target.span)
        del table.references[target]
    for step in update.path:
        walk(table, step, scope)
    walk(table, update.value, scope)
