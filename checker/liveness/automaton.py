"""Formulas about behaviours as automata.

The automaton of a formula reads a behaviour, one step after the other, and accepts it if and only if the formula is
true of it. Its states are sets of formulas that have to be true of the rest; a transition says what the next state and
step must be like for that, what is left to be true after it, and which `until`s it puts off. A run accepts if it puts
off none for ever: so it is a generalised Büchi automaton whose acceptance conditions are sets of transitions.

The states are found as in Rob Gerth, Doron Peled, Moshe Y. Vardi, Pierre Wolper, "Simple on-the-fly automatic
verification of linear temporal logic" (PSTV 1995); that acceptance is said of transitions, which makes fewer of them,
is from Jean-Michel Couvreur, "On-the-fly verification of linear temporal logic" (FM 1999).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from skipgate.checker.core import formulas as f
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.terms import Term

_MOST_TRANSITIONS = 5_000
_TOO_MANY = f"its automaton has more than {_MOST_TRANSITIONS} transitions"


class TooManyTransitions(Exception):
    """The automaton of a formula has become too large."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A condition is true, or not: the one on states, or on steps, with a number.

    One on steps is asked of those that change something. Of others, `still` is what counts as its value.
    """

    about_step: bool
    number: int
    positive: bool
    still: bool = False

    def contradicts(self, other: Literal) -> bool:
        """Can both never be true?"""
        opposite = (self.about_step, self.number) == (other.about_step, other.number)
        return opposite and self.positive != other.positive and not (self.still and other.still)


@dataclass(frozen=True, slots=True)
class All:
    """Every one of some formulas is true."""

    operands: frozenset[Normal]


@dataclass(frozen=True, slots=True)
class Some:
    """One of some formulas is true."""

    operands: frozenset[Normal]


@dataclass(frozen=True, slots=True)
class Until:
    """The right formula becomes true, and until then the left one is."""

    left: Normal
    right: Normal


@dataclass(frozen=True, slots=True)
class Release:
    """The right formula is true up to, and in, the first moment in which the left one is; if there is none, always."""

    left: Normal
    right: Normal


Normal = Literal | All | Some | Until | Release
"""Formulas in which only conditions are negated. They compare by value."""

TRUE, FALSE = All(frozenset()), Some(frozenset())


@dataclass(frozen=True, slots=True)
class Transition:
    """If the literals are true of a state and the step from it, `left` has to be true afterwards."""

    literals: frozenset[Literal]
    left: frozenset[Normal]
    put_off: frozenset[Until]

    def is_covered_by(self, other: Transition) -> bool:
        """Does another one demand no more than this, and put off no more?"""
        return other.literals <= self.literals and other.left <= self.left and other.put_off <= self.put_off


@dataclass(frozen=True, slots=True)
class Edge:
    """A transition between two states, by number, and the acceptance conditions that it is in."""

    source: int
    target: int
    literals: frozenset[Literal]
    accepts: frozenset[int]


@dataclass(frozen=True)
class Automaton:
    """State 0 is the initial one. A run accepts if it has edges of every acceptance condition again and again."""

    states: int
    edges: tuple[Edge, ...]
    conditions: int


def normal(formula: f.Formula, atoms: Mapping[Term, Literal | bool], positive: bool = True) -> Normal:
    """A formula, or (if not `positive`) its negation, with literals for its conditions, or values that never change."""

    def sub(operand: f.Formula, negated: bool = False) -> Normal:
        return normal(operand, atoms, positive != negated)

    match formula:
        case f.Now(term=term):
            return _literal(atoms[term], positive)
        case f.Steps(operator=operator, term=term):
            always = (operator == "always") == positive
            literal = _literal(atoms[term], positive)
            if isinstance(literal, Literal):
                literal = replace(literal, still=always)
            return Release(FALSE, literal) if always else Until(TRUE, literal)
        case f.Negation(operand=operand):
            return sub(operand, True)
        case f.Junction(operator=operator, operands=operands):
            parts = frozenset(map(sub, operands))
            return All(parts) if (operator == "and") == positive else Some(parts)
        case f.Temporal(operator="always" | "eventually" as operator, operands=(operand,)):
            if (operator == "always") == positive:
                return Release(FALSE, sub(operand))
            return Until(TRUE, sub(operand))
        case f.Temporal(operator="leads to", operands=(premise, goal)):
            if positive:
                return Release(FALSE, Some(frozenset({sub(premise, True), Until(TRUE, sub(goal))})))
            return Until(TRUE, All(frozenset({sub(premise, True), Release(FALSE, sub(goal))})))
        case f.Temporal(operator="until", operands=(left, right)):
            # The negation of `p until q` is `(not p) release (not q)`.
            return Until(sub(left), sub(right)) if positive else Release(sub(left), sub(right))
        case f.Temporal(operator="unless", operands=(left, right)):
            # `p unless q` is `q release (p or q)`.
            p, q = sub(left), sub(right)
            return Release(q, Some(frozenset({p, q}))) if positive else Until(q, All(frozenset({p, q})))
        case _:
            raise InternalError("a formula with operands of a number that it cannot have")


def _literal(atom: Literal | bool, positive: bool) -> Normal:
    if isinstance(atom, bool):
        return TRUE if atom == positive else FALSE
    return atom if positive else replace(atom, positive=not atom.positive)


def automaton_of(formula: Normal) -> Automaton:
    """The automaton of the behaviours of which a formula is true.

    Raises:
        TooManyTransitions: it has too many.
    """
    return _Translation(formula).automaton


class _Translation:
    def __init__(self, formula: Normal) -> None:
        self.formula = formula
        self.covers: dict[Normal, tuple[Transition, ...]] = {}

    @cached_property
    def automaton(self) -> Automaton:
        # States with the same transitions are one.
        numbers: dict[frozenset[Transition], int] = {}
        found: list[frozenset[Transition]] = []

        def number(todo: Iterable[Normal]) -> int:
            cover = frozenset(self.all_of(todo))
            if cover not in numbers:
                numbers[cover] = len(found)
                found.append(cover)
            return numbers[cover]

        number([self.formula])
        raw: list[tuple[int, int, Transition]] = []
        for source, cover in enumerate(found):  # it grows meanwhile
            raw += [(source, number(transition.left), transition) for transition in cover]
            if len(raw) > _MOST_TRANSITIONS:
                raise TooManyTransitions(_TOO_MANY)
        put_off = sorted({until for _, _, each in raw for until in each.put_off}, key=repr)
        # Without any, a run accepts if it never ends.
        conditions = range(max(1, len(put_off)))
        edges = {
            Edge(
                source,
                target,
                each.literals,
                frozenset(i for i in conditions if not (put_off and put_off[i] in each.put_off)),
            )
            for source, target, each in raw
        }
        order = sorted(edges, key=lambda edge: (edge.source, edge.target, sorted(map(repr, edge.literals))))
        return Automaton(len(found), tuple(order), len(conditions))

    def all_of(self, formulas: Iterable[Normal]) -> list[Transition]:
        """The ways in which formulas can be true at once."""
        ways = [Transition(frozenset(), frozenset(), frozenset())]
        for formula in sorted(formulas, key=repr):
            ways = _simplest(both for a in ways for b in self.cover(formula) if (both := _both(a, b)) is not None)
            if len(ways) > _MOST_TRANSITIONS:
                raise TooManyTransitions(_TOO_MANY)
        return ways

    def cover(self, formula: Normal) -> tuple[Transition, ...]:
        """The ways in which a formula can be true: what must be so now, and what then."""
        if formula not in self.covers:
            self.covers[formula] = tuple(_simplest(self.ways(formula)))
        return self.covers[formula]

    def ways(self, formula: Normal) -> list[Transition]:
        nothing: frozenset[Until] = frozenset()
        match formula:
            case Literal():
                return [Transition(frozenset({formula}), frozenset(), nothing)]
            case All(operands=operands):
                return self.all_of(operands)
            case Some(operands=operands):
                return [way for operand in operands for way in self.cover(operand)]
            case Until(left=left, right=right):
                wait = Transition(frozenset(), frozenset({formula}), frozenset({formula}))
                waiting = (_both(way, wait) for way in self.cover(left))
                return [*self.cover(right), *(way for way in waiting if way is not None)]
            case Release(left=left, right=right):
                go_on = Transition(frozenset(), frozenset({formula}), nothing)
                ends = [*self.cover(left), go_on]
                pairs = (_both(a, b) for a in self.cover(right) for b in ends)
                return [way for way in pairs if way is not None]


def _both(a: Transition, b: Transition) -> Transition | None:
    """What demands both; None if they contradict each other."""
    literals = a.literals | b.literals
    if any(x.contradicts(y) for x in a.literals for y in b.literals):
        return None
    return Transition(literals, a.left | b.left, a.put_off | b.put_off)


def _simplest(ways: Iterable[Transition]) -> list[Transition]:
    """The ways without those of which another one demands no more."""
    kept: list[Transition] = []
    for way in dict.fromkeys(ways):
        if not any(way.is_covered_by(other) for other in kept):
            kept = [other for other in kept if not other.is_covered_by(way)]
            kept.append(way)
    return kept
