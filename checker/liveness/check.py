"""The liveness properties of a check, after its search: does a fair behaviour violate one?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from checker.explore import INTERRUPTED, Budget, Exploration, Stop, memory_in_use, out_of_memory
from checker.kernels import Kernels
from checker.liveness.arrays import Flags, StateGraph
from checker.liveness.build import TooMany, build
from checker.liveness.lasso import Question, find_lasso
from checker.liveness.show import lasso_trace
from checker.liveness.verify import verify
from checker.trace import Trace
from spec.syntax import TemporalKind


@dataclass
class Findings:
    """A trace for each property that is violated, and the names of those that hold. `stopped` is why some are not
    decided, if there are any."""

    traces: dict[str, Trace] = field(default_factory=dict)
    holding: set[str] = field(default_factory=set)
    stopped: str | None = None


def check_liveness(kernels: Kernels, explored: Exploration, budget: Budget) -> Findings:
    """Decide the liveness properties of a model all of whose states are known.

    Raises:
        InternalError: a counterexample is none.
    """
    found = Findings()
    started = time.perf_counter()

    def look() -> None:
        seconds = explored.seconds + time.perf_counter() - started
        if budget.time_limit is not None and seconds > budget.time_limit:
            raise Stop(f"the time limit of {budget.time_limit:g} s was reached")
        if budget.max_memory is not None and memory_in_use() > budget.max_memory:
            raise Stop(out_of_memory(budget.max_memory))

    try:
        if len(explored.predecessors) != explored.distinct:
            raise Stop("liveness needs the states of a search by the engine `python`")
        if explored.distinct:
            _decide(kernels, build(kernels, explored.predecessors, look), look, found)
        else:
            found.holding.update(declared.name for declared in kernels.model.liveness)
    except (Stop, TooMany) as problem:
        found.stopped = str(problem)
    except KeyboardInterrupt:
        found.stopped = INTERRUPTED
    except MemoryError:
        found.stopped = "memory ran out"
    return found


def _decide(kernels: Kernels, graph: StateGraph, look: Callable[[], None], found: Findings) -> None:
    model, facts = kernels.model, iter(graph.facts)
    for declared in model.liveness:
        values = [[next(facts) for _ in instance.terms] for instance in declared.instances]
        for instance, (*premise, goal) in zip(declared.instances, values, strict=True):
            lasso = find_lasso(graph, _question(declared.kind, premise, goal), look)
            if lasso is not None:
                states = [kernels.layout.unpack(graph.states[number]) for number in lasso.states]
                verify(model, declared, instance, states, lasso.loop, graph.conditions)
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
