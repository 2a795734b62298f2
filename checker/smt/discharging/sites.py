"""The operations of a model that may fail when it runs, and names for them that outlive a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never
from weakref import WeakKeyDictionary

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType, MapType, Type


@dataclass(frozen=True, eq=False)
class Unit:
    """Terms that are evaluated together: an action, or one property (or premise, or constraint)."""

    action: m.Action | None
    terms: tuple[t.Term, ...]
    what: str  # as messages call it


def units(model: m.Model) -> Iterator[Unit]:
    """All terms that are evaluated while a model runs, in a fixed order."""
    for action in model.actions:
        terms = [p.domain for p in action.parameters]
        terms += [c.value if isinstance(c, m.LetClause) else c for c in action.clauses]
        terms += [update.value for update in action.updates]
        yield Unit(action, tuple(terms), f"action `{action.name}`")
    for declared in model.properties:
        what = f"{'lemma' if declared.lemma else declared.failure_kind} `{declared.name}`"
        yield Unit(None, (declared.term,), what)
        for premise in declared.premises:
            yield Unit(None, (premise.term,), what)
    for live in model.liveness:
        for term in (*live.terms, *live.step_terms, *(premise.term for premise in live.premises)):
            yield Unit(None, (term,), f"liveness `{live.name}`")
    for constraint in model.constraints:
        yield Unit(None, (constraint.term,), f"constraint `{constraint.name}`")
    for condition in model.initially:
        yield Unit(None, (condition.term,), "an initial condition")
    if model.terminal is not None:
        yield Unit(None, (model.terminal,), "the terminal condition")


def sites(model: m.Model) -> dict[t.Term, int]:
    """The operations that may fail, each with its number: its place in a walk through the model.

    The same text under the same constants gives the same numbers.
    """
    if model not in _SITES:
        found: dict[t.Term, int] = {}
        for unit in units(model):
            for term in sites_of(unit):
                found.setdefault(term, len(found))
        _SITES[model] = found
    return _SITES[model]


_SITES: WeakKeyDictionary[m.Model, dict[t.Term, int]] = WeakKeyDictionary()


def sites_of(unit: Unit) -> list[t.Term]:
    """The operations of a unit that may fail, each once, in the order of a walk through it."""
    parts = (part for term in unit.terms for part in t.walk(term))
    return list(dict.fromkeys(part for part in parts if may_fail(part)))


def updates(model: m.Model) -> list[t.Ensure]:
    """The sites at which the new value of a variable is held to the variable's type."""
    return [
        update.value
        for action in model.actions
        for update in action.updates
        if isinstance(update.value, t.Ensure) and update.value.what == f"`{update.variable.name}`"
    ]


def variables_behind(unit: Unit, term: t.Term) -> frozenset[str]:
    """The state variables that a term of a unit reads, also by names that a `let` around it gives to other terms."""
    named: dict[t.LocalVar, t.Term] = {}
    for part in (part for whole in unit.terms for part in t.walk(whole)):
        if isinstance(part, t.Let):
            named[part.variable] = part.value
    if unit.action is not None:
        named |= {c.variable: c.value for c in unit.action.clauses if isinstance(c, m.LetClause)}
    found: set[str] = set()
    waiting = [term]
    while waiting:
        for part in t.walk(waiting.pop()):
            if isinstance(part, t.Var):
                found.add(part.name)
            elif isinstance(part, t.Local) and part.variable in named:
                waiting.append(named.pop(part.variable))
    return frozenset(found)


def open_parameters(action: m.Action) -> list[t.Binding]:
    """The parameters that range over all of `nat` or `int`."""
    return [p for p in action.parameters if isinstance(p.domain, t.Universe) and _is_open(p.variable.type)]


def _is_open(type_: Type) -> bool:
    return isinstance(type_, IntType) and (type_.low is None or type_.high is None)


# Terms that have a value if their parts have one.
_TOTAL = (
    t.Const
    | t.Var
    | t.Local
    | t.Not
    | t.Logic
    | t.Equal
    | t.Less
    | t.If
    | t.Let
    | t.Quantified
    | t.Negate
    | t.Absolute
    | t.U64
    | t.Extreme
    | t.RangeSet
    | t.Universe
    | t.SetLiteral
    | t.SetOperation
    | t.In
    | t.Subset
    | t.SetComprehension
    | t.Subsets
    | t.Size
    | t.SomeOf
    | t.IsSome
    | t.MakeRecord
    | t.GetField
    | t.WithField
    | t.MakeVariant
    | t.IsShape
    | t.GetShape
    | t.MakeMap
    | t.SeqLiteral
    | t.Concat
    | t.SeqComprehension
    | t.Elements
    | t.BagOf
    | t.BagOperation
    | t.Multiplicity
    | t.Descending
)


def may_fail(term: t.Term) -> bool:
    """May an operation have no value although all its parts have one?"""
    if isinstance(term, _TOTAL):
        return False
    match term:
        case t.Ensure() | t.Select() | t.Store() | t.Slice():
            return True
        case t.Get(known=known):
            return not known
        case t.Arithmetic(operator=operator, right=right):
            return operator in ("div", "mod") and (not isinstance(right, t.Const) or right.value == 0)
        case t.Aggregate(kind=kind):
            return kind in ("min", "max")
        case _:
            assert_never(term)


def failure(term: t.Term) -> str:
    """What an operation that may fail does if it fails, in words."""
    if isinstance(term, _TOTAL):
        raise AssertionError(f"{term} does not fail")
    match term:
        case t.Ensure(what=what, type=type_):
            return f"{what} may be outside {type_}"
        case t.Select(operand=operand) | t.Store(operand=operand):
            if isinstance(operand.type, MapType):
                return f"the key may not be in {operand.type.key}"
            return "the sequence may have no element of this number"
        case t.Slice():
            return "the slice may reach outside the sequence"
        case t.Get():
            return "`get` may meet none"
        case t.Arithmetic():
            return "the divisor may be 0"
        case t.Aggregate(kind=kind):
            return f"`{kind}` may be of nothing"
        case _:
            assert_never(term)
