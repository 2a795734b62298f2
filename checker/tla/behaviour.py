"""What can happen: states, initial states, and the steps between them."""

from __future__ import annotations

from collections.abc import Sequence

from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.binders import depend
from skipgate.checker.tla.constants import declaration
from skipgate.checker.tla.definitions import ModuleWriter, plain
from skipgate.checker.tla.facts import may_be_taken
from skipgate.checker.tla.guards import branches, guard
from skipgate.checker.tla.layout import (
    bulleted,
    definition_text,
    flat,
)
from skipgate.checker.tla.parameters import range_of
from skipgate.checker.tla.syntax import Definition, Text, TlaExpr
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
    values: list[TlaExpr] = [
        tla.Infix("\\in" if v.choice else "=", Text(writer.names.of(v.name.text)), writer.translated(v.initial))
        for v in writer.variables
    ]
    # TLC would count a state for each of several reasons.
    values += [guard(writer, each.condition) for each in writer.spec.all(s.InitiallyDecl)]
    return bulleted(Definition(writer.initial, (), tla.Junction("/\\", tuple(values))))


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
        if len(terminals) > 1 or branches(writer, terminals[0].condition):
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
