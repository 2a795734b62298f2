"""What can happen: states, initial states, and the steps between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.binders import depend
from skipgate.checker.tla.constants import declaration
from skipgate.checker.tla.definitions import ModuleWriter, described, plain
from skipgate.checker.tla.facts import may_be_taken
from skipgate.checker.tla.layout import (
    bulleted,
    definition_text,
    flat,
)
from skipgate.checker.tla.mentions import flattened
from skipgate.checker.tla.parameters import range_of
from skipgate.checker.tla.syntax import Definition, Text, TlaExpr
from skipgate.checker.tla.updates import updated
from skipgate.spec import syntax as s


def state(writer: ModuleWriter) -> list[str]:
    """The variables and their types."""
    declared = [(writer.names.of(v.name.text), plain(v.description)) for v in writer.variables]
    names = ", ".join(name for name, _ in declared)
    types = [
        tla.Infix("\\in", Text(writer.names.of(v.name.text)), writer.required_type(v.type)) for v in writer.variables
    ]
    return [
        declaration("VARIABLE", declared),
        f"{writer.vars} == <<{names}>>",
        bulleted(Definition(writer.type_ok, (), tla.Junction("/\\", tuple(types)))),
    ]


def initial_states(writer: ModuleWriter) -> str:
    """The initial values of all variables."""
    values = [
        tla.Infix("\\in" if v.choice else "=", Text(writer.names.of(v.name.text)), writer.translated(v.initial))
        for v in writer.variables
    ]
    return bulleted(Definition(writer.initial, (), tla.Junction("/\\", tuple(values))))


def action(writer: ModuleWriter, declaration: s.ActionDecl) -> str:
    """An action as an operator with its parameters."""
    for part in (*declaration.parameters, *declaration.clauses):
        writer.require(part)
    definitions: list[Definition] = []
    conjuncts: list[TlaExpr] = []
    updates: dict[str, list[s.Update]] = {}
    for clause in declaration.clauses:
        match clause:
            case s.WhenClause(condition=condition):
                conjuncts += [_guard(writer, part) for part in flattened(condition, "and")]
            case s.LetClause(bindings=bindings):
                definitions += writer.exprs.definitions(bindings)
            case s.ThenClause(updates=parts):
                for update in parts:
                    updates.setdefault(update.target.text, []).append(update)
    conjuncts += [_update(writer, name, parts) for name, parts in updates.items()]
    same = [writer.names.of(v.name.text) for v in writer.variables if v.name.text not in updates]
    if len(same) == len(writer.variables):
        conjuncts.append(Text(f"UNCHANGED {writer.vars}", 4))
    elif same:
        unchanged = same[0] if len(same) == 1 else f"<<{', '.join(same)}>>"
        conjuncts.append(Text(f"UNCHANGED {unchanged}", 4))
    body: TlaExpr = tla.Junction("/\\", tuple(conjuncts))
    if definitions:
        body = tla.Let(tuple(definitions), body)
    parameters = tuple(writer.names.of(n.text) for binder in declaration.parameters for n in binder.names)
    writer.names.locals.clear()
    definition = Definition(writer.names.of(declaration.name.text), parameters, body)
    return described(bulleted(definition), plain(declaration.description))


def _guard(writer: ModuleWriter, node: s.AnyExpr) -> TlaExpr:
    condition = writer.exprs.expr(node)
    if not _branches(writer, node):
        return condition
    return make.call(writer.exprs.prelude.use("Once"), condition)


def _branches(writer: ModuleWriter, node: s.AnyExpr) -> bool:
    """Would TLC take the alternatives in a condition for so many steps? Or look only at a part of it."""

    def any_of(nodes: Iterable[s.AnyExpr]) -> bool:
        return any(_branches(writer, node) for node in nodes)

    match node:
        case s.Index(base=base):  # of a function that is written down it forgets EXCEPT
            return not (isinstance(base, s.Name) and isinstance(writer.spec.names[base], s.VarDecl | s.ConstDecl))
        case s.Binary(operator=operator, left=left, right=right):
            return operator == "or" or (operator == "and" and any_of((left, right)))
        case s.Quantifier(kind=kind, body=body):
            return kind == "exists" or (kind == "forall" and _branches(writer, body))
        case s.Let(body=body):
            return _branches(writer, body)
        case s.If(branches=branches, otherwise=otherwise):
            return any_of((*(value for _, value in branches), otherwise))
        case s.Match(cases=cases):
            return any_of(case.body for case in cases)
        case s.Fold(initial=initial, body=body):
            return any_of((initial, body))
        case s.Name() | s.Call():
            symbol = writer.spec.names[node if isinstance(node, s.Name) else node.function]
            if isinstance(symbol, s.DefDecl):
                return _branches(writer, symbol.body)
            return isinstance(symbol, s.Identifier) and any_of(writer.exprs.definedness.bound_by_name(symbol))
        case s.Number() | s.Boolean() | s.NoneValue() | s.SomeOf() | s.FieldAccess() | s.Unary() | s.Range():
            return False
        case s.TypeDomain() | s.SeqLiteral() | s.SetLiteral() | s.Updated() | s.StepsTest():
            return False
        case s.SetComprehension() | s.SeqComprehension() | s.MapComprehension() | s.Temporal():
            return False
        case _:
            assert_never(node)


def _update(writer: ModuleWriter, target: str, updates: Sequence[s.Update]) -> TlaExpr:
    name = Text(writer.names.of(target))
    first = updates[0]
    if not first.path:
        value = writer.exprs.expr(first.value)
    else:
        value = updated(writer.exprs, name, [(u.path, u.value) for u in updates])
    return tla.Infix("=", tla.Primed(name), value)


def steps(writer: ModuleWriter, fairness: Sequence[TlaExpr]) -> tuple[str, str | None, list[str]]:
    """What can happen: the names of all actions together and of where nothing needs to, and the definitions."""
    actions = writer.spec.all(s.ActionDecl)
    alternatives = tuple(_taken(writer, action) for action in actions)
    if not any(map(may_be_taken, writer.model.actions)):
        # TLC refuses to look at any state if it can see beforehand that there is no step.
        alternatives += (Text(f"{writer.vars} # {writer.vars} /\\ UNCHANGED {writer.vars}", 3),)
    terminals = writer.spec.all(s.TerminalDecl)
    texts: list[str] = []
    step, stop = writer.next, None
    if terminals:
        step = writer.names.fresh("Step")
        stop, terminating = writer.names.fresh("Terminal"), writer.names.fresh("Terminating")
        condition = make.disjunction(*(writer.translated(terminal.condition) for terminal in terminals))
        ended: TlaExpr = Text(stop)
        if len(terminals) > 1 or _branches(writer, terminals[0].condition):
            ended = make.call(writer.exprs.prelude.use("Once"), ended)
        texts.append(bulleted(Definition(step, (), tla.Junction("\\/", alternatives))))
        texts += [*writer.pending_definitions(), definition_text(Definition(stop, (), condition))]
        texts.append(
            "\\* Nothing needs to happen in a terminal state. A step to itself tells TLC so.\n"
            f"{terminating} == {flat(ended)} /\\ UNCHANGED {writer.vars}\n\n"
            f"{writer.next} == {step} \\/ {terminating}"
        )
    else:
        texts.append(bulleted(Definition(writer.next, (), tla.Junction("\\/", alternatives))))
    parts: list[TlaExpr] = [Text(writer.initial), Text(f"[][{writer.next}]_{writer.vars}", 4), *fairness]
    texts += [
        *writer.pending_definitions(),
        definition_text(Definition(writer.spec_name, (), tla.Junction("/\\", tuple(parts)))),
    ]
    return step, stop, texts


def _taken(writer: ModuleWriter, action: s.ActionDecl) -> TlaExpr:
    """That an action is taken, for some choice of its parameters."""
    names = [writer.names.of(name.text) for binder in action.parameters for name in binder.names]
    body = make.call(writer.names.of(action.name.text), *map(Text, names))
    binders = [(binder, range_of(writer, action, binder)) for binder in action.parameters]
    if not binders:
        return body
    if not depend(writer.exprs, action.parameters):
        bound = [(writer.bound(b), domain) for b, domain in binders]
        return tla.Quantified("\\E", tuple(bound), body)
    for binder, domain in reversed(binders):
        body = tla.Quantified("\\E", ((writer.bound(binder), domain),), body)
    return body
