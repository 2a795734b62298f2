"""The liveness properties of a check, after its search: does a fair behaviour violate one?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from skipgate.checker.core.trace import Trace
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.liveness.arrays import Flags, StateGraph
from skipgate.checker.liveness.build import TooMany, build
from skipgate.checker.liveness.lasso import Question, find_lasso
from skipgate.checker.liveness.limits import Limits
from skipgate.checker.liveness.show import lasso_trace
from skipgate.checker.liveness.streett import fair_components
from skipgate.checker.liveness.verify import verify
from skipgate.checker.search.explore import Exploration
from skipgate.checker.search.limits import INTERRUPTED, Budget, Stop
from skipgate.spec.syntax import TemporalKind


@dataclass
class Findings:
    """A trace for each property that is violated, and the names of those that hold; it is said if they do because the
    constraints leave no fair behaviour. `stopped` is why some are not decided, if there are any."""

    traces: dict[str, Trace] = field(default_factory=dict)
    holding: set[str] = field(default_factory=set)
    unfair: bool = False
    stopped: str | None = None


def check_liveness(kernels: Kernels, explored: Exploration, budget: Budget) -> Findings:
    """Decide the liveness properties of a model all of whose states are known.

    Raises:
        InternalError: a counterexample is none.
    """
    found = Findings()
    try:
        if not explored.distinct:
            found.holding.update(declared.name for declared in kernels.model.liveness)
        elif explored.omission:
            raise Stop("liveness needs all states: search without --fingerprints")
        else:
            limits = Limits(budget, explored.seconds)
            _decide(kernels, build(kernels, explored, limits), limits, found)
    except (Stop, TooMany) as problem:
        found.stopped = str(problem)
    except KeyboardInterrupt:
        found.stopped = INTERRUPTED
    except MemoryError:
        found.stopped = "memory ran out"
    return found


def _decide(kernels: Kernels, graph: StateGraph, limits: Limits, found: Findings) -> None:
    model, facts = kernels.model, iter(graph.facts)
    # Without constraints every behaviour can go on fairly.
    if model.constraints:
        everywhere = np.ones(graph.count, np.bool_)
        found.unfair = not (fair_components(graph, everywhere, None, limits) >= 0).any()
    for declared in model.liveness:
        values = [[next(facts) for _ in instance.terms] for instance in declared.instances]
        for instance, (*premise, goal) in zip(declared.instances, values, strict=True):
            lasso = find_lasso(graph, _question(declared.kind, premise, goal), limits)
            if lasso is not None:
                states = [kernels.layout.unpack(graph.states[number].tolist()) for number in lasso.states]
                verify(model, declared, instance, states, lasso.loop)
                found.traces[declared.name] = lasso_trace(model, declared, instance, states, lasso.loop)
                break
        else:
            found.holding.add(declared.name)


def _question(kind: TemporalKind, premise: Sequence[Flags], goal: Flags) -> Question:
    """What would violate a property, given in which states its premise (if it has one) and its goal are true."""
    match kind:
        case "eventually":
            return Question(~goal, ~goal, at_once=True)
        case "always eventually":
            return Question(~goal, ~goal)
        case "eventually always":
            everywhere = np.ones_like(goal)
            return Question(everywhere, everywhere, visited=~goal)
        case "leads to":
            (trigger,) = premise
            return Question(trigger & ~goal, ~goal)
