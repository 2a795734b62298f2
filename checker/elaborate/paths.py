"""The paths through an action: which branches are taken, and what is chosen, asked and updated on the way.

As in TLA+, `if` is `IF`, `match` is `CASE`, `some` is `\\E`, and the rest is a conjunction. So an action is the
disjunction of its paths, of which at most one is possible for each choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, assert_never

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType, MapType, Type, cardinality, includes
from skipgate.checker.core.model import Branch, LetClause
from skipgate.checker.elaborate import build
from skipgate.checker.elaborate.abbreviations import abbreviated
from skipgate.checker.elaborate.declared_types import DeclaredTypes
from skipgate.checker.elaborate.updates import updated
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.source import Span
from skipgate.spec.specification import Specification

Environment = Mapping[s.Identifier, t.Term]
Part = t.Term | LetClause | t.Binding
"""A condition, a name for a value, or a choice."""

_MOST_PATHS = 64  # through an action
_LONGEST = 40  # characters of a condition in the name of a branch


class Elaborator(Protocol):
    """What makes terms of expressions."""

    spec: Specification
    types: DeclaredTypes
    variable_types: dict[str, Type]

    def expr(self, node: s.AnyExpr, environment: Environment, primed: bool = False) -> t.Term:
        """The term of an expression."""

    def bind(
        self, binder: s.Binder, environment: Environment, primed: bool = False
    ) -> tuple[tuple[t.Binding, ...], dict[s.Identifier, t.Term]]:
        """The names that a binder introduces, and the environment in which they can be mentioned."""

    def pattern(self, pattern: s.Pattern, it: t.Term) -> tuple[t.Term, Environment]:
        """The test of a pattern, and what its names stand for."""


@dataclass(frozen=True)
class Path:
    """A path through an action up to some clause, or to its end."""

    environment: Environment
    parts: tuple[Part, ...] = ()
    updates: tuple[tuple[str, t.Term, Span], ...] = ()  # the new value of each variable that is updated, and where
    written: tuple[s.Update, ...] = ()
    branches: tuple[Branch, ...] = ()
    taken: frozenset[str] = frozenset()  # the names of parameters and choices

    @property
    def choices(self) -> tuple[t.Binding, ...]:
        """What is chosen on the path."""
        return tuple(part for part in self.parts if isinstance(part, t.Binding))

    def then(self, *parts: Part) -> Path:
        """The path with more on the way."""
        return replace(self, parts=(*self.parts, *parts))


def paths(
    elaborator: Elaborator,
    action: s.ActionDecl,
    environment: Environment,
    parameters: frozenset[str] = frozenset(),
    primed: bool = False,
) -> list[Path]:
    """The paths through an action, whose parameters have a place in the environment."""
    walk = _Walk(elaborator, action, primed)
    return walk.block(action.clauses, Path(environment, taken=parameters))


class _Walk:
    def __init__(self, elaborator: Elaborator, action: s.ActionDecl, primed: bool) -> None:
        self.elaborator = elaborator
        self.action = action
        self.primed = primed

    def expr(self, node: s.AnyExpr, path: Path) -> t.Term:
        return self.elaborator.expr(node, path.environment, self.primed)

    def block(self, clauses: s.Block, path: Path) -> list[Path]:
        """How a path goes on through clauses."""
        found = [path]
        for clause in clauses:
            found = [after for before in found for after in self.clause(clause, before)]
            if len(found) > _MOST_PATHS:
                name = self.action.name.text
                message = f"there are more than {_MOST_PATHS} paths through action `{name}` up to here"
                raise error(message, clause.span, "give the variable one new value: `x' = if ... then ... else ...`")
        return found

    def clause(self, clause: s.ActionClause, path: Path) -> list[Path]:
        match clause:
            case s.WhenClause(condition=condition):
                return [path.then(self.expr(condition, path))]
            case s.LetClause(bindings=bindings):
                for binding in bindings:
                    path = self.named(binding.name, self.expr(binding.value, path), path, always=True)
                return [path]
            case s.ChoiceClause(binders=binders, where=where):
                for binder in binders:
                    path = self.chosen(binder, path)
                return [path if where is None else path.then(self.expr(where, path))]
            case s.Update():
                return [self.updated(clause, path)]
            case s.IfClause():
                return list(self.alternatives(clause, path))
            case s.MatchClause():
                return list(self.cases(clause, path))
            case s.DoClause():
                return self.effect(clause, path)
            case _:
                assert_never(clause)

    def named(self, name: s.Identifier, value: t.Term, path: Path, always: bool = False) -> Path:
        """The path on which a name stands for a value."""
        if not always and isinstance(value, t.Const | t.Var | t.Local):
            return replace(path, environment={**path.environment, name: value})
        local = t.LocalVar(name.text, value.type)
        mention = t.Local(value.type, name.span, local)
        return replace(path.then(LetClause(local, value)), environment={**path.environment, name: mention})

    def chosen(self, binder: s.Binder, path: Path) -> Path:
        """The path on which names stand for any elements of a set."""
        bindings, environment = self.elaborator.bind(binder, path.environment, self.primed)
        for name, binding in zip(binder.names, bindings, strict=True):
            path = self.choice(name.text, binding, name.span, path)
            environment[name] = _mention(path.choices[-1].variable, name.span)
        return replace(path, environment=environment)

    def choice(self, name: str, binding: t.Binding, span: Span, path: Path) -> Path:
        """The path with another choice, under a name of its own."""
        if isinstance(binding.domain, t.Universe) and cardinality(binding.variable.type) is None:
            hint = "choose from a range `a..b`, or let a parameter of the action range over all numbers"
            raise error(f"`{name}` is chosen from an unbounded set", binding.domain.span, hint)
        number, free = 1, name
        while free in path.taken:
            number += 1
            free = f"{name}_{number}"
        own = t.Binding(t.LocalVar(free, binding.variable.type), binding.domain, binding.ordered)
        return replace(path.then(own), taken=path.taken | {free})

    def updated(self, update: s.Update, path: Path) -> Path:
        """The path on which a variable, or a part of it, gets a new value."""
        name, span = update.target.text, update.span
        given: t.Term | None = None
        if update.choice:
            domain = self.expr(update.value, path)
            types = self.elaborator.spec.static_types
            ordered = not types.mentions_sort(types[update.value])
            binding = t.Binding(t.LocalVar(name, build.element_of(domain.type)), domain, ordered)
            path = self.choice(f"{name}'", binding, span, path)
            given = _mention(path.choices[-1].variable, update.value.span)

        def value(node: s.AnyExpr) -> t.Term:
            if node is not update.value:
                return self.expr(node, path)
            term = self.expr(node, path) if given is None else given
            return term if once is None else build.after(once, term)

        once = self.updated_once(update, path)
        before = t.Var(self.elaborator.variable_types[name], update.target.span, name, self.primed)
        old, at = next(((term, where) for n, term, where in path.updates if n == name), (before, span))
        whole = updated(old, update.path, update.value, value, span)
        rest = tuple(each for each in path.updates if each[0] != name)
        return replace(path, updates=(*rest, (name, whole, at.to(span))), written=(*path.written, update))

    def updated_once(self, update: s.Update, path: Path) -> t.Term | None:
        """What cannot be evaluated if the part was updated before, by an update whose indices are the same here."""
        span = update.span
        again: t.Term = build.boolean(False, span)
        for other in path.written:
            if other.target.text == update.target.text:
                again = build.logic("or", again, self.overlap(other.path, update.path, path, span), span)
        if build.is_false(again):
            return None
        one, two = (build.constant(number, IntType(number, number), span) for number in (1, 2))
        return build.ensure(
            build.if_(again, two, one, span), IntType(1, 1), f"the number of updates of `{update.part}`"
        )

    def overlap(self, a: Sequence[s.PathStep], b: Sequence[s.PathStep], path: Path, span: Span) -> t.Term:
        """Do two paths of a variable lead to the same part, or one into the part of the other?"""
        same: t.Term = build.boolean(True, span)
        for x, y in zip(a, b, strict=False):
            match x, y:
                case s.FieldStep(), s.FieldStep() if x.field.text != y.field.text:
                    return build.boolean(False, span)
                case s.IndexStep(), s.IndexStep():
                    equal = build.equal(self.expr(x.index, path), self.expr(y.index, path), span)
                    same = build.logic("and", same, equal, span)
        return same

    def alternatives(self, clause: s.IfClause, path: Path) -> Iterator[Path]:
        """The path into each branch of an `if`, and through it."""
        before: list[t.Term] = []
        for branch in clause.branches:
            condition = self.expr(branch.condition, path)
            text = f"{'else ' if before else ''}if {_short(branch.condition.span.flat)}"
            yield from self.inside(
                branch.clauses, Branch(text, (*before, condition), branch.span, branch.clauses != ()), path
            )
            before.append(build.not_(condition, condition.span))
        yield from self.inside(
            clause.otherwise, Branch("else", tuple(before), clause.span, clause.otherwise != ()), path
        )

    def cases(self, clause: s.MatchClause, path: Path) -> Iterator[Path]:
        """The path into each case of a `match`, and through it."""
        locals_: list[tuple[t.LocalVar, t.Term]] = []
        subject = self.expr(clause.subject, path)
        it = abbreviated(s.Identifier(clause.subject.span, "subject"), subject, locals_)
        path = path.then(*(LetClause(local, value) for local, value in locals_))
        before: list[t.Term] = []
        for case in clause.cases:
            environment = dict(path.environment)
            test: t.Term | None = None
            for pattern in case.patterns:
                condition, bound = self.elaborator.pattern(pattern, it)
                environment |= bound
                test = condition if test is None else build.logic("or", test, condition, pattern.span)
            assert test is not None
            text = ", ".join(_short(pattern.span.flat) for pattern in case.patterns)
            # Only `case _` says nothing of the cases before it.
            others = tuple(before) if case.patterns[0].kind == "any" else ()
            branch = Branch(f"case {text}", (*others, test), case.patterns[0].span, case.clauses != ())
            yield from self.inside(case.clauses, branch, replace(path, environment=environment))
            before.append(build.not_(test, test.span))

    def inside(self, clauses: s.Block, branch: Branch, path: Path) -> list[Path]:
        """The path into a branch and through it; behind it, its names are not seen."""
        into = replace(path.then(*branch.conditions), branches=(*path.branches, branch))
        return [replace(after, environment=path.environment) for after in self.block(clauses, into)]

    def effect(self, clause: s.DoClause, path: Path) -> list[Path]:
        """The path through an effect, with its parameters standing for the arguments, by name."""
        declared = self.elaborator.spec.names[clause.effect]
        assert isinstance(declared, s.EffectDecl)
        into = replace(path, environment={})
        for parameter, argument in zip(declared.parameters, clause.arguments, strict=True):
            what = f"`{parameter.name.text}` of `{declared.name.text}`"
            held = build.ensure(self.expr(argument, path), self.elaborator.types.of(parameter.type), what)
            into = self.named(parameter.name, held, into)
        return [replace(after, environment=path.environment) for after in self.block(declared.clauses, into)]


# ------------------------------------------------------------------------------------------------ one path as an action


def label(found: Path) -> str:
    """What tells a path from the others through the same action."""
    return ", ".join(branch.text for branch in found.branches)


def flat(path: Path) -> tuple[list[t.Binding], list[t.Term | LetClause]]:
    """The choices of a path as parameters, which are chosen before any condition is looked at, and the other clauses.

    What a parameter ranges over is not evaluated where a condition that comes before it is false: there it is empty.
    """
    bindings: list[t.Binding] = []
    clauses: list[t.Term | LetClause] = []
    asked = 0  # the conditions that are asked where a choice before this one is made
    for part in path.parts:
        if not isinstance(part, t.Binding):
            clauses.append(part)
            continue
        domain = part.domain
        values = (domain, *(c.value if isinstance(c, LetClause) else c for c in clauses))
        guarded = not all(map(_is_total, values))
        for place, clause in reversed(list(enumerate(clauses))):
            if isinstance(clause, LetClause):
                if any(isinstance(each, t.Local) and each.variable is clause.variable for each in t.walk(domain)):
                    domain = build.let(clause.variable, clause.value, domain, domain.span)
            elif guarded and place >= asked:
                domain = build.if_(clause, domain, t.Const(domain.type, domain.span, frozenset()), domain.span)
        if guarded:
            asked = len(clauses)
        bindings.append(t.Binding(part.variable, domain, part.ordered))
    return bindings, clauses


def folded(parts: tuple[Part, ...], body: t.Term, span: Span) -> t.Term:
    """That a path can be gone to its end, where `body` is true."""
    around: Callable[[t.Term], t.Term]
    for part in reversed(parts):
        if isinstance(part, t.Binding):
            around = partial(build.quantified, "exists", part, span=span)
        elif isinstance(part, LetClause):
            around = partial(build.let, part.variable, part.value, span=body.span)
        else:
            around = partial(build.logic, "and", part, span=part.span)
        body = around(body)
    return body


_TOTAL = (
    t.Const,
    t.Var,
    t.Local,
    t.Universe,
    t.RangeSet,
    t.Not,
    t.Logic,
    t.Equal,
    t.Less,
    t.In,
    t.Subset,
    t.SetOperation,
    t.SetLiteral,
    t.Size,
    t.IsSome,
    t.IsShape,
    t.GetField,
    t.Elements,
)


def _is_total(term: t.Term) -> bool:
    """Does a term surely have a value, wherever it is evaluated?"""
    return all(
        isinstance(part, _TOTAL)
        or (
            isinstance(part, t.Select)
            and isinstance(part.operand.type, MapType)
            and includes(part.operand.type.key, part.index.type)
        )
        for part in t.walk(term)
    )


def _mention(variable: t.LocalVar, span: Span) -> t.Term:
    return t.Local(variable.type, span, variable)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
