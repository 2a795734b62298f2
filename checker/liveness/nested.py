"""Formulas that need an automaton: is one false of some fair behaviour?

The automaton of its negation reads the graph. What it accepts is cut down to a lasso of the graph.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from skipgate.checker.core import formulas as f
from skipgate.checker.core.terms import Term
from skipgate.checker.liveness.arrays import ArrayGraph, Flags
from skipgate.checker.liveness.automaton import Automaton, Literal, automaton_of, normal
from skipgate.checker.liveness.lasso import Lasso, LassoQuery, find_lasso
from skipgate.checker.liveness.limits import Limits
from skipgate.checker.liveness.product import Conditions, product

Values = Mapping[Term, Flags]
"""Where the conditions of a formula are true: in which states, or of which steps."""


def violation(graph: ArrayGraph, formula: f.Formula, values: Values, limits: Limits) -> Lasso | None:
    """A fair behaviour of which a formula is false.

    Raises:
        Stop: a limit is reached.
        TooManyTransitions: the automaton is too large.
    """
    automaton, conditions = automaton_for(formula, values, positive=False)
    paired = product(graph, automaton, conditions, limits)
    everywhere = np.ones(paired.graph.count, np.bool_)
    question = LassoQuery(everywhere, everywhere, at_once=True, rests=paired.rests)
    found = find_lasso(paired.graph, question, limits)
    return None if found is None else cut(list(map(paired.state_of, found.states)), found.loop)


def automaton_for(formula: f.Formula, values: Values, positive: bool = True) -> tuple[Automaton, Conditions]:
    """The automaton of a formula, or of its negation, and the conditions that its literals have the numbers of.

    Conditions that are true in the same states are one, so that the automaton is small.
    """
    states, steps = _Atoms(about_steps=False), _Atoms(about_steps=True)
    atoms: dict[Term, Literal | bool] = {}
    for part in f.walk(formula):
        match part:
            case f.Now(term=term):
                atoms[term] = states.atom(values[term])
            case f.Steps(term=term):
                atoms[term] = steps.atom(values[term])
            case f.Negation() | f.Junction() | f.Temporal():
                pass
    return automaton_of(normal(formula, atoms, positive)), Conditions(states.flags, steps.flags)


class _Atoms:
    """Literals for conditions, of which those that are true in the same places are one."""

    def __init__(self, about_steps: bool) -> None:
        self.about_steps = about_steps
        self.flags: list[Flags] = []
        self.known: dict[bytes, Literal] = {}

    def atom(self, flags: Flags) -> Literal | bool:
        """The literal of a condition; its value, if that is the same in all states."""
        if not self.about_steps and (flags.all() or not flags.any()):
            return bool(flags.all())
        key = np.packbits(flags).tobytes()
        if key not in self.known:
            self.known[np.packbits(~flags).tobytes()] = Literal(self.about_steps, len(self.flags), False)
            self.known[key] = Literal(self.about_steps, len(self.flags), True)
            self.flags.append(flags)
        return self.known[key]


def cut(states: Sequence[int], loop: int) -> Lasso:
    """The same behaviour as a lasso that is as short as possible: the automaton may have gone round more often."""
    stem, cycle = list(states[:loop]), list(states[loop:])
    for length in range(1, len(cycle)):
        if len(cycle) % length == 0 and cycle == cycle[:length] * (len(cycle) // length):
            cycle = cycle[:length]
            break
    while stem and stem[-1] == cycle[-1]:
        cycle = [stem.pop(), *cycle[:-1]]
    return Lasso((*stem, *cycle), len(stem))
