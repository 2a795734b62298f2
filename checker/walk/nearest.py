"""The shortest way on from a state: to a violation, or to where an expression is true.

The model itself is searched, with this state as its only initial one, so the engines and their limits are those of any
search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BOOL
from skipgate.checker.core.values import Value
from skipgate.checker.kernel.kernels import generate
from skipgate.checker.kernel.layout import lay_out
from skipgate.checker.native.tiers import explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from skipgate.checker.walk.questions import Question

State = Mapping[str, Value]
_WANTED = "the nearest"  # with a blank, so no name of a model is the same
BUDGET = Budget(max_states=5_000_000, time_limit=20.0)


@dataclass(frozen=True)
class Nearest:
    """The states of the way, the first one included; none if there is no way, or none was found within the limits."""

    states: Sequence[State]
    property: str  # what is violated at its end
    stopped: str | None  # the limit that ended the search
    looked_at: int


def nearest_violation(model: m.Model, state: State, budget: Budget = BUDGET) -> Nearest:
    """The shortest way from a state to one in which a property is violated, or to a deadlock.

    Raises:
        SpecError: the model cannot be searched.
    """
    return _search(_beginning_in(model, state), budget)


def nearest_answer(model: m.Model, state: State, question: Question, budget: Budget = BUDGET) -> Nearest:
    """The shortest way from a state to one in which a condition is true.

    Raises:
        SpecError: the model cannot be searched.
    """
    span = question.term.span
    condition = t.Not(BOOL, span, question.term)
    kind: m.PropertyKind = "transition" if question.of_steps else "invariant"
    wanted = m.Property(_WANTED, kind, None, condition, (), (), span)
    terminal = t.Const(BOOL, span, True)  # a deadlock is not what is looked for
    asked = replace(_beginning_in(model, state), properties=(wanted,), terminal=terminal)
    return _search(asked, budget)


def _beginning_in(model: m.Model, state: State) -> m.Model:
    """The model with a state as its only initial one, whatever it asks of initial states.

    States are not counted up to symmetry, since it is this state that the way begins in; what must happen sooner or
    later is no question of a way.
    """
    variables = tuple(
        replace(each, initial=t.Const(each.type, each.span, state[each.name]), choice=False) for each in model.variables
    )
    return replace(model, variables=variables, initially=(), symmetry=(), liveness=())


def _search(model: m.Model, budget: Budget) -> Nearest:
    kernels = generate(model, lay_out(model))
    found = explore(kernels, SearchOptions(budget=budget, stop_at_first=True))
    for name, violation in found.violations.items():
        path = found.path_to(violation.state)
        if violation.successor is not None:
            path.append(violation.successor)
        return Nearest([kernels.layout.unpack(words) for words in path], name, None, found.distinct)
    return Nearest((), "", found.stopped, found.distinct)
