"""`match`."""

from __future__ import annotations

from collections.abc import Callable

from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.syntax import Text, TlaExpr
from skipgate.checker.tla.translator import Translator
from skipgate.spec import syntax as s
from skipgate.spec.static_types import StaticOption, StaticVariant


def match(translator: Translator, node: s.Match | s.MatchClause, body: Callable[..., TlaExpr]) -> TlaExpr:
    """`match`, by the kind of its subject. `body` translates what stands behind the patterns of a case."""
    if isinstance(translator.spec.static_types[node.subject], StaticVariant):
        return _named(translator, node.subject, lambda subject: _match_shape(translator, node, subject, body))
    if len(node.cases) == 1:
        return _single_case(translator, node, body(node.cases[0]))
    if isinstance(translator.spec.static_types[node.subject], StaticOption):
        return _match_option(translator, node, body)
    return _named(translator, node.subject, lambda subject: _match_member(translator, node, subject, body))


def _single_case(translator: Translator, node: s.Match | s.MatchClause, body: TlaExpr) -> TlaExpr:
    if not translator.can_fail(node.subject):
        return body
    subject = translator.expr(node.subject)  # evaluated all the same
    return tla.If(tla.Infix("=", subject, subject), body, body)


def _named(translator: Translator, value: s.AnyExpr, build: Callable[[TlaExpr], TlaExpr]) -> TlaExpr:
    """What is built over a value that is mentioned several times."""
    if translator.is_simple(value):
        return build(translator.expr(value))
    name = translator.names.local("subject")
    return tla.Let((tla.Definition(name, (), translator.expr(value)),), build(Text(name)))


def _match_member(
    translator: Translator, node: s.Match | s.MatchClause, subject: TlaExpr, body: Callable[..., TlaExpr]
) -> TlaExpr:
    arms: list[tuple[TlaExpr | None, TlaExpr]] = []
    for case in node.cases:
        members = [make.string(translator.name(p.name)) for p in case.patterns if p.kind == "member" and p.name]
        condition: TlaExpr | None = None
        if len(members) == len(case.patterns):
            one = len(members) == 1
            condition = tla.Infix("=" if one else "\\in", subject, members[0] if one else make.set_of(*members))
        arms.append((condition, body(case)))
    return tla.Case(tuple(arms))


def _match_shape(
    translator: Translator, node: s.Match | s.MatchClause, subject: TlaExpr, body: Callable[..., TlaExpr]
) -> TlaExpr:
    arms: list[tuple[TlaExpr | None, TlaExpr]] = []
    tag = tla.Applied(subject, translator.names.tag)
    for case in node.cases:
        shapes = [make.string(translator.name(p.name)) for p in case.patterns if p.name is not None]
        condition: TlaExpr | None = None
        if len(shapes) == len(case.patterns):
            one = len(shapes) == 1
            condition = tla.Infix("=" if one else "\\in", tag, shapes[0] if one else make.set_of(*shapes))
        arms.append((condition, _with_fields(translator, case, subject, body(case))))
    if len(arms) == 1:
        ((_, only),) = arms
        # The subject is evaluated even if the body does not mention it.
        return tla.If(tla.Infix("=", subject, subject), only, only) if translator.can_fail(node.subject) else only
    return tla.Case(tuple(arms))


def _with_fields(translator: Translator, case: s.Case | s.CaseBlock, subject: TlaExpr, body: TlaExpr) -> TlaExpr:
    """The body of a case, in which the names of the pattern stand for fields."""
    fields = []
    for pattern in case.patterns:
        shape = translator.spec.names[pattern.name] if pattern.kind == "shape" and pattern.name is not None else None
        if isinstance(shape, s.ShapeDecl):
            for name, field in zip(pattern.fields, shape.fields, strict=True):
                if _mentions(translator, case, name):
                    value = tla.Applied(subject, translator.name(field.name))
                    fields.append(tla.Definition(translator.name(name), (), value))
    return tla.Let(tuple(fields), body) if fields else body


def _match_option(translator: Translator, node: s.Match | s.MatchClause, body_of: Callable[..., TlaExpr]) -> TlaExpr:
    type_ = translator.spec.static_types[node.subject]
    assert isinstance(type_, StaticOption)

    def build(subject: TlaExpr) -> TlaExpr:
        branches: dict[str, TlaExpr] = {}
        for case in node.cases:
            for pattern in case.patterns:
                body = body_of(case)
                name = pattern.name if pattern.kind == "some" else None
                if name is not None and _mentions(translator, case, name):
                    nested = isinstance(type_.element, StaticOption)
                    value = tla.Applied(subject, make.number(1)) if nested else subject
                    body = tla.Let((tla.Definition(translator.name(name), (), value),), body)
                for label in ("none", "some") if pattern.kind == "any" else (pattern.kind,):
                    branches.setdefault(label, body)
        test = tla.Infix("=", subject, Text(translator.prelude.none))
        return tla.If(test, branches["none"], branches["some"])

    return _named(translator, node.subject, build)


def _mentions(translator: Translator, node: s.AnyNode, identifier: s.Identifier) -> bool:
    return any(translator.spec.names.references.get(part) is identifier for part in s.walk(node))
