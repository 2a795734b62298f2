"""A `.events` file checked against its model: names, levels and types, by the passes that check models.

Each event becomes a property of steps for this purpose: for all values of its fields, one of its actions is taken, and
its conditions are true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import reduce
from pathlib import Path

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic, SpecError, did_you_mean
from skipgate.spec.events.parsing import parse_events
from skipgate.spec.events.syntax import OTHERS, EventRule, Events
from skipgate.spec.given import with_given
from skipgate.spec.loader import Program, load, text_of
from skipgate.spec.passes import examine
from skipgate.spec.source import Source
from skipgate.spec.specification import Specification

SUFFIX = ".events"


def events_beside(model: Path) -> Path:
    """Where the events of a model are described, if nothing else is said: beside it."""
    return model.with_suffix(SUFFIX)


def read_with_events(model: str | Path, events: str | Path) -> tuple[Specification, Events]:
    """Read a model and what the events of its logs mean, and check both statically.

    The specification is that of the model, and knows the names and types in the events as well.

    Raises:
        SpecError: with every independent error.
    """
    return examine_events(with_given(load(model)), Source(str(events), text_of(Path(events))))


def examine_events(program: Program, source: Source) -> tuple[Specification, Events]:
    """The same for a program that is there already; see `read_with_events`."""
    described = parse_events(source)
    declared = tuple(_as_property(rule, number) for number, rule in enumerate(described.rules))
    with_events = replace(program, files=(*program.files, s.File(described.source, declared)))
    diagnostics: list[Diagnostic] = []
    try:
        examined = examine(with_events)
        spec, described = _apart(examined, described)
    except SpecError as problem:
        if all(each.span is None or each.span.source is not described.source for each in problem.diagnostics):
            raise
        spec = examine(program)
        diagnostics += problem.diagnostics
    diagnostics += [*_wrong(spec, described)]
    if diagnostics:
        raise SpecError(diagnostics)
    return spec, described


def _apart(examined: Specification, described: Events) -> tuple[Specification, Events]:
    """The specification of the model alone, and the events as they were examined: the names of instances are those of
    their declarations then."""
    files = examined.program.files
    (own,) = (file for file in files if file.source is described.source)
    program = replace(examined.program, files=tuple(file for file in files if file is not own))
    declared = [each for each in own.declarations if isinstance(each, s.PropertyDecl)]
    rules = tuple(map(_as_rule, described.rules, declared))
    return replace(examined, program=program), replace(described, rules=rules)


def _as_rule(rule: EventRule, declaration: s.PropertyDecl) -> EventRule:
    """The event that a property was made of, with the parts that it has now."""
    condition = declaration.condition
    fields = []
    for field in rule.fields:
        assert isinstance(condition, s.Quantifier)
        (binder,) = condition.binders
        assert isinstance(binder.domain, s.TypeDomain)
        fields.append(replace(field, name=binder.names[0], type=binder.domain.type))
        condition = condition.body
    parts: list[s.AnyExpr] = []
    for _ in range(len(rule.candidates) + len(rule.conditions) - 1):
        assert isinstance(condition, s.Binary)
        parts.append(condition.right)
        condition = condition.left
    parts.append(condition)
    parts.reverse()
    taken = [each.steps for each in parts[: len(rule.candidates)] if isinstance(each, s.StepsTest)]
    conditions = parts[len(taken) :] if rule.conditions else []
    return replace(rule, fields=tuple(fields), candidates=tuple(taken), conditions=tuple(conditions))


def _as_property(rule: EventRule, number: int) -> s.PropertyDecl:
    """A property that names, levels and types are right in if they are in the event."""
    span = rule.span
    taken = [s.StepsTest(steps.span, "taken", steps) for steps in rule.candidates]
    parts: list[s.AnyExpr] = [*taken, *rule.conditions]
    condition: s.AnyExpr = s.Boolean(span, True)
    if parts:
        condition = reduce(lambda left, right: s.Binary(left.span.to(right.span), "and", left, right), parts)
    for field in reversed(rule.fields):
        binder = s.Binder(field.span, (field.name,), s.TypeDomain(field.type.span, field.type))
        condition = s.Quantifier(span, "forall", (binder,), None, condition)
    name = s.Identifier(span, f"event {number}")  # with a blank, so no name of a model is the same
    return s.PropertyDecl(span, "transition", name, None, (), condition)


def _wrong(spec: Specification, described: Events) -> Iterator[Diagnostic]:
    """What is wrong beside the events themselves."""
    model = described.model
    if model.text != spec.name:
        yield Diagnostic(f"the model is called `{spec.name}`, not `{model.text}`", model.span)
    if not described.rules:
        yield Diagnostic("no event is described here", model.span, 'write `event "started" is start`')
    for rule in described.rules:
        if rule.event in described.ignored:
            yield Diagnostic(f'event "{rule.event}" is described, and ignored as well', rule.span)
    groups = {group.name.text: group for group in spec.all(s.GroupDecl)}
    for name in (steps.action for rule in described.rules for steps in rule.candidates):
        if name.text in groups:
            members = " or ".join(steps.span.flat for steps in groups[name.text].steps)
            yield Diagnostic(f"`{name.text}` is a group; an event is an action", name.span, f"write `{members}`")
    actions = [action.name.text for action in spec.all(s.ActionDecl)]
    if described.silent is not None and [each.text for each in described.silent.actions] != [OTHERS]:
        for name in described.silent.actions:
            yield from _unknown(name, "action", actions)
    enums = {declared.name.text: declared for declared in spec.all(s.EnumDecl)}
    sorts = [declared.name.text for declared in spec.all(s.SortDecl)]
    for names in described.names:
        yield from _unknown(names.type, "enum or sort", [*enums, *sorts])
        enum = enums.get(names.type.text)
        if enum is not None:
            for _, member in names.members:
                yield from _unknown(member, f"member of `{names.type.text}`", [m.name.text for m in enum.members])
        elif names.type.text in sorts:
            hint = "the first name that appears in a log is its first value; here can stand what is `none`"
            for _, member in names.members:
                yield Diagnostic(f"the values of sort `{names.type.text}` have no names", member.span, hint)
        texts = [*(text for text, _ in names.members), *names.absent]
        if len({*texts}) < len(texts):
            yield Diagnostic("two members have the same name in the log", names.span)


def _unknown(name: s.Identifier, what: str, known: Iterable[str]) -> Iterator[Diagnostic]:
    pool = list(known)
    if name.text not in pool:
        listed = f"there are: {', '.join(f'`{each}`' for each in pool[:8])}" if pool else None
        yield Diagnostic(f"there is no {what} `{name.text}`", name.span, did_you_mean(name.text, pool) or listed)
