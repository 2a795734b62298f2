"""Fairness."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.definitions import ModuleWriter, described, plain
from skipgate.checker.tla.layout import bulleted, flat
from skipgate.checker.tla.parameters import is_fixed, range_of, universe
from skipgate.checker.tla.syntax import Definition, Text, TlaExpr
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.source import Span


def fairness_conditions(writer: ModuleWriter) -> list[TlaExpr]:
    """The fairness of single actions, then that of several together."""
    own = [_own_fairness(writer, action) for action in writer.spec.all(s.ActionDecl) if action.fairness != "none"]
    own += [_own_fairness(writer, group) for group in writer.spec.all(s.GroupDecl) if group.fairness != "none"]
    return own + [_shared_fairness(writer, declaration) for declaration in writer.spec.all(s.FairnessDecl)]


def groups(writer: ModuleWriter) -> list[str]:
    """Groups as disjunctions of their actions, each after those that it mentions."""
    texts: dict[s.GroupDecl, str] = {}

    def define(declaration: s.GroupDecl) -> None:
        if declaration in texts:
            return
        own = {name.text for binder in declaration.parameters for name in binder.names}
        alternatives = []
        for steps in declaration.steps:
            of = writer.spec.names[steps.action]
            assert isinstance(of, s.ActionDecl | s.GroupDecl)
            if isinstance(of, s.GroupDecl):
                define(of)
            given = [None if each is None else writer.translated(each) for each in steps.arguments]
            alternatives.append(_taken_with(writer, of, given, own, steps.span))
        parameters = tuple(writer.names.of(n.text) for binder in declaration.parameters for n in binder.names)
        body = tla.Junction("\\/", tuple(alternatives))
        definition = Definition(writer.names.of(declaration.name.text), parameters, body)
        texts[declaration] = described(bulleted(definition), plain(declaration.description))

    for each in writer.spec.all(s.GroupDecl):
        define(each)
    return list(texts.values())


def _own_fairness(writer: ModuleWriter, action: s.ActionDecl | s.GroupDecl) -> TlaExpr:
    """Fairness of an action for each choice of its parameters by itself.

    What a temporal formula quantifies over must not depend on the state; where a domain does, so does the body.
    """
    names = [Text(writer.names.of(name.text)) for binder in action.parameters for name in binder.names]
    bound: list[tuple[str, TlaExpr]] = []
    for binder in action.parameters:
        fixed = is_fixed(writer, binder.domain)
        domain = range_of(writer, action, binder) if fixed else universe(writer, action, binder)
        bound.append((writer.bound(binder), domain))
    return _fair(writer, action.fairness, bound, _taken_with(writer, action, names))


def _shared_fairness(writer: ModuleWriter, declaration: s.FairnessDecl) -> TlaExpr:
    """Fairness of several actions together, for each choice of some names by itself."""
    own = {name.text for binder in declaration.binders for name in binder.names}
    bound = [(writer.bound(binder), writer.translated(binder.domain)) for binder in declaration.binders]
    alternatives: list[TlaExpr] = []
    for steps in declaration.steps:
        action = writer.spec.names[steps.action]
        assert isinstance(action, s.ActionDecl | s.GroupDecl)
        given = [None if each is None else writer.translated(each) for each in steps.arguments]
        alternatives.append(_taken_with(writer, action, given, own, steps.span))
    body = make.disjunction(*alternatives)
    if declaration.condition is not None:
        body = make.conjunction(writer.translated(declaration.condition), body)
    return _fair(writer, declaration.fairness, bound, body)


def _fair(writer: ModuleWriter, fairness: s.Fairness, bound: Sequence[tuple[str, TlaExpr]], body: TlaExpr) -> TlaExpr:
    operator = "WF" if fairness == "weak" else "SF"
    condition = tla.Brackets(f"{operator}_{writer.vars}(", (("", body),), ")")
    return tla.Quantified("\\A", tuple(bound), condition) if bound else condition


def _taken_with(
    writer: ModuleWriter,
    action: s.ActionDecl | s.GroupDecl,
    given: Sequence[TlaExpr | None],
    taken: Collection[str] = (),
    span: Span | None = None,
) -> TlaExpr:
    """That an action is taken with these arguments; any where there is None. Some names are `taken` already."""
    names = [name for binder in action.parameters for name in binder.names]
    binders = [binder for binder in action.parameters for _ in binder.names]
    own = [
        writer.names.local(name.text) if argument is None and name.text in taken else writer.names.of(name.text)
        for name, argument in zip(names, given, strict=True)
    ]
    arguments = [Text(name) if argument is None else argument for name, argument in zip(own, given, strict=True)]
    renamed = {n for n, a in zip(names, arguments, strict=True) if flat(a) != writer.names.of(n.text)}
    body: TlaExpr = make.call(writer.names.of(action.name.text), *arguments)
    # From the last parameter to the first, as a domain may mention those before it.
    for binder, name, argument in reversed(list(zip(binders, own, given, strict=True))):
        if renamed & {writer.spec.names.references.get(part) for part in s.walk(binder.domain)}:
            hint = f"call the names as `{action.name.text}` calls its parameters"
            raise error("this fairness has no simple form in TLA+", span or action.span, hint)
        if argument is None:
            body = tla.Quantified("\\E", ((name, range_of(writer, action, binder)),), body)
        elif not is_fixed(writer, binder.domain):
            rest = body.items if isinstance(body, tla.Junction) else (body,)
            body = make.conjunction(tla.Infix("\\in", argument, range_of(writer, action, binder)), *rest)
    return body
