"""The liveness properties of a check, after its search: does a fair behaviour violate one?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import assert_never

import numpy as np

from skipgate.checker.core import formulas as f
from skipgate.checker.core import model as m
from skipgate.checker.core.trace import Trace
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.liveness.arrays import ArrayGraph, Flags
from skipgate.checker.liveness.automaton import TooManyTransitions
from skipgate.checker.liveness.build import TooManyConditions, build
from skipgate.checker.liveness.lasso import Lasso, LassoQuery, find_lasso
from skipgate.checker.liveness.limits import Limits
from skipgate.checker.liveness.nested import Values, violation
from skipgate.checker.liveness.show import lasso_trace
from skipgate.checker.liveness.streett import fair_components
from skipgate.checker.liveness.verify import verify
from skipgate.checker.search.explore import Exploration
from skipgate.checker.search.limits import INTERRUPTED, Budget, Stop


@dataclass
class LivenessFindings:
    """A trace for each violated property, and the names of those that hold.

    Attributes:
        unfair: no behaviour within the constraints is fair, so they hold for that reason.
        stopped: why some properties are not decided, if there are any.
    """

    traces: dict[str, Trace] = field(default_factory=dict)
    holding: set[str] = field(default_factory=set)
    unfair: bool = False
    stopped: str | None = None


def check_liveness(kernels: Kernels, explored: Exploration, budget: Budget) -> LivenessFindings:
    """Decide the liveness properties of a model all of whose states are known.

    Raises:
        InternalError: a counterexample is none.
    """
    found = LivenessFindings()
    try:
        if not explored.distinct:
            found.holding.update(declared.name for declared in kernels.model.liveness)
        elif explored.omission:
            raise Stop("liveness needs all states: search without --fingerprints")
        else:
            limits = Limits(budget, explored.seconds)
            _decide(kernels, build(kernels, explored, limits), limits, explored.unevaluated, found)
    except (Stop, TooManyConditions) as problem:
        found.stopped = str(problem)
    except KeyboardInterrupt:
        found.stopped = INTERRUPTED
    except MemoryError:
        found.stopped = "memory ran out"
    return found


def _decide(
    kernels: Kernels, graph: ArrayGraph, limits: Limits, unevaluated: Collection[str], found: LivenessFindings
) -> None:
    """Decide all properties but those that could not be evaluated somewhere."""
    model, facts, step_facts = kernels.model, iter(graph.facts), iter(graph.step_facts)
    # Without constraints every behaviour can go on fairly.
    if model.constraints:
        everywhere = np.ones(graph.count, np.bool_)
        found.unfair = not (fair_components(graph, everywhere, None, limits) >= 0).any()
    for declared in model.liveness:
        values = [
            {
                **{term: next(facts) for term in instance.terms},
                **{term: next(step_facts) for term in instance.step_terms},
            }
            for instance in declared.instances
        ]
        for _ in declared.fair_when:
            next(facts)
        if declared.name in unevaluated:
            continue
        try:
            trace = _counterexample(kernels, graph, declared, values, limits)
        except TooManyTransitions as problem:
            found.stopped = f"{declared.name}: {problem}"
            continue
        if trace is None:
            found.holding.add(declared.name)
        else:
            found.traces[declared.name] = trace


def _counterexample(
    kernels: Kernels, graph: ArrayGraph, declared: m.Liveness, values: Sequence[Values], limits: Limits
) -> Trace | None:
    """A fair behaviour that violates a property, given where the conditions of its instances are true."""
    for instance, known in zip(declared.instances, values, strict=True):
        lasso = _violation(graph, instance.formula, known, limits)
        if lasso is not None:
            states = [kernels.layout.unpack(graph.states[number].tolist()) for number in lasso.states]
            verify(kernels.model, declared, instance, states, lasso.loop)
            return lasso_trace(kernels.model, declared, instance, states, lasso.loop)
    return None


def _violation(graph: ArrayGraph, formula: f.Formula, values: Values, limits: Limits) -> Lasso | None:
    """A fair behaviour of which a formula is false, given where its conditions are true."""
    form = f.simple(formula)
    if form is not None:
        premise = None if form.premise is None else values[form.premise]
        return find_lasso(graph, _question(form.kind, premise, values[form.goal]), limits)
    return violation(graph, formula, values, limits)


def _question(kind: f.SimpleKind, premise: Flags | None, goal: Flags) -> LassoQuery:
    """What would violate a property, given in which states its premise (if it has one) and its goal are true."""
    match kind:
        case "eventually":
            return LassoQuery(~goal, ~goal, at_once=True)
        case "always eventually":
            return LassoQuery(~goal, ~goal)
        case "eventually always":
            everywhere = np.ones_like(goal)
            return LassoQuery(everywhere, everywhere, visited=~goal)
        case "leads to":
            assert premise is not None
            return LassoQuery(premise & ~goal, ~goal)
        case _:
            assert_never(kind)
