"""The behaviours that tests of the code should try: goals, ways to them, a choice of few."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from skipgate.checker.core import model as m
from skipgate.checker.core.printer import print_model
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.limits import Budget, Progress
from skipgate.checker.testing.behaviours import Behaviour, Judge
from skipgate.checker.testing.choice import choose
from skipgate.checker.testing.goals import Goal, GoalKind
from skipgate.checker.testing.pairs import pair_name
from skipgate.checker.testing.probes import Probe, probe_kernel
from skipgate.checker.testing.tree import Tree

DEFAULT: tuple[GoalKind, ...] = ("actions", "covers")


@dataclass(frozen=True)
class TestSuite:
    """Behaviours that meet every goal which can be met.

    Attributes:
        digest: of the elaborated model.
        unmet: the goals that no behaviour here meets. If `stopped` is None, every state was looked at, so no behaviour
            of the check meets them; else a limit ended the search before that was known.
    """

    __test__ = False  # for pytest: this is no test

    model: m.Model
    digest: str
    goals: tuple[Goal, ...]
    behaviours: tuple[Behaviour, ...]
    unmet: tuple[Goal, ...]
    stopped: str | None
    distinct: int
    seconds: float


def tests_of(
    kernels: Kernels,
    kinds: Sequence[GoalKind] = DEFAULT,
    budget: Budget = Budget(),
    report: Callable[[Progress], None] | None = None,
) -> TestSuite:
    """Few short behaviours of a check that meet the goals of these kinds.

    Raises:
        InternalError: the kernels and the evaluator disagree.
    """
    started = time.perf_counter()
    model = kernels.model
    goals, probes = _goals(model, kinds)
    found = Tree(
        kernels, goals, {probe.goal: probe_kernel(kernels.layout, probe) for probe in probes}, budget, report
    ).run()
    judge = Judge(kernels, goals, probes)
    candidates = [judge.behaviour(way) for way in found.met.values()]
    behaviours = choose(candidates)
    met = {goal for each in behaviours for goal in each.meets}
    unmet = tuple(goal for goal in goals if goal not in met)
    return TestSuite(
        model=model,
        digest=hashlib.sha256(print_model(model).encode()).hexdigest()[:16],
        goals=tuple(goals),
        behaviours=tuple(sorted(behaviours, key=lambda each: (len(each), each.actions))),
        unmet=unmet,
        stopped=found.stopped if unmet else None,
        distinct=found.distinct,
        seconds=time.perf_counter() - started,
    )


def _goals(model: m.Model, kinds: Sequence[GoalKind]) -> tuple[list[Goal], list[Probe]]:
    """The goals of these kinds, and the probes for those that need one."""
    declared = [*dict.fromkeys(action.declared for action in model.actions)]
    goals: list[Goal] = []
    if "actions" in kinds:
        goals += [Goal("actions", name) for name in declared]
    if "pairs" in kinds:
        goals += [Goal("pairs", pair_name(first, second)) for first, second in product(declared, repeat=2)]
    if "covers" in kinds:
        goals += [Goal("covers", each.name, each.span.place) for each in model.covers]
    return goals, []
