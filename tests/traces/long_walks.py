"""Traces of 50 states with three nodes: walks at random, as if their last state were wrong."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from skipgate.checker.checks.preparation import load_check
from skipgate.checker.core.trace import Failure, Trace
from skipgate.checker.walk.walks import Walks

STATES = 50


def long_walk(file: str, check: str, seed: int = 3) -> Trace:
    """A walk of 50 states whose steps all change something."""
    model = load_check(file, check)
    walks, random = Walks(model), Random(seed)
    steps = walks.walk([0])
    while len(steps) < STATES:
        steps.append(random.choice([step for step in walks.steps(steps[-1].state) if step.changed]))
    wrong = model.properties[0]
    failure = Failure(
        "invariant", f"{wrong.name} is false in the last state", wrong.term.span.flat, wrong.term.span.place
    )
    return replace(walks.trace(steps), property=wrong.name, description=wrong.description, failure=failure)


LONG = {
    "Node": ("models/elastickv/lease_reads.gate", "today"),
    "Client": ("models/classic/simple_allocator.gate", "returns_always"),
}
