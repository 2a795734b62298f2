"""The behaviours that tests of the code should try: goals, ways to them, a choice of few."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from skipgate.checker.core import model as m
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.expectations import expected_violations
from skipgate.checker.core.printer import print_model
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.limits import Budget, Progress
from skipgate.checker.testing.behaviours import Behaviour, Judge
from skipgate.checker.testing.choice import choose, shortened, walks_to_all
from skipgate.checker.testing.goals import Goal, GoalKind
from skipgate.checker.testing.pairs import pair_name
from skipgate.checker.testing.probes import Probe, branch_probes, probe_kernel, refusal_probes
from skipgate.checker.testing.tree import Tree, Way
from skipgate.checker.testing.walks import Walks

DEFAULT: tuple[GoalKind, ...] = ("actions", "covers", "branches")
_SHORT = 12  # steps of a behaviour, which are never too many
_AT_ENDS: tuple[GoalKind, ...] = ("violations", "refusals")  # met where behaviours end, so no walk goes on behind them


@dataclass(frozen=True)
class TestOptions:
    """What to try, and limits.

    No behaviour has more than `longest` steps, unless a goal needs more; if None, 12, or twice as many
    as any goal needs.
    """

    __test__ = False  # for pytest: this is no test

    kinds: Sequence[GoalKind] = DEFAULT
    longest: int | None = None
    budget: Budget = Budget()


@dataclass(frozen=True)
class TestSuite:
    """Behaviours that meet every goal which can be met.

    Attributes:
        digest: of the elaborated model.
        unmet: the goals that no behaviour here meets. If `stopped` is None, every state was looked at, so no behaviour
            of the check meets them; else a limit ended the search before that was known.
    """

    __test__ = False

    model: m.Model
    digest: str
    goals: tuple[Goal, ...]
    behaviours: tuple[Behaviour, ...]
    unmet: tuple[Goal, ...]
    stopped: str | None
    distinct: int
    seconds: float

    @property
    def steps(self) -> int:
        """The steps of all behaviours together."""
        return sum(map(len, self.behaviours))


def tests_of(
    kernels: Kernels,
    options: TestOptions = TestOptions(),
    report: Callable[[Progress], None] | None = None,
) -> TestSuite:
    """Few short behaviours of a check that meet its goals.

    Raises:
        InternalError: the kernels and the evaluator disagree.
    """
    started = time.perf_counter()
    model = kernels.model
    goals, probed = _goals(model, options.kinds)
    probes = {probe.goal: probe_kernel(kernels.layout, probe) for probe in probed}
    found = Tree(kernels, goals, probes, options.budget, report).run()
    judge = Judge(kernels, goals, probes)

    passing = {goal: way for goal, way in found.met.items() if goal.kind not in _AT_ENDS}
    walks = Walks(kernels, [*passing], probes)
    longest = options.longest or max([_SHORT, *(2 * len(way) for way in passing.values())])
    chosen = [judge.behaviour(way) for way in walks_to_all(walks, passing, longest)]
    chosen = [judge.with_refusals(each) for each in shortened(chosen)]
    chosen = shortened([*chosen, *_to_ends(judge, found.met, chosen)])
    behaviours = _each_attempt_once(sorted(chosen, key=lambda each: (len(each), each.actions)))

    met = {goal for each in behaviours for goal in each.meets}
    if found.met.keys() - met:
        raise InternalError(f"no behaviour was chosen for {next(iter(found.met.keys() - met))}")
    unmet = tuple(goal for goal in goals if goal not in met)
    return TestSuite(
        model=model,
        digest=hashlib.sha256(print_model(model).encode()).hexdigest()[:16],
        goals=tuple(goals),
        behaviours=behaviours,
        unmet=unmet,
        stopped=found.stopped if unmet else None,
        distinct=found.distinct,
        seconds=time.perf_counter() - started,
    )


def _to_ends(judge: Judge, met: dict[Goal, Way], chosen: Sequence[Behaviour]) -> list[Behaviour]:
    """Behaviours for the goals that are met at ends, as far as those that are chosen do not meet them."""
    known = frozenset().union(*(each.meets for each in chosen))
    ways = dict.fromkeys(way for goal, way in met.items() if goal.kind in _AT_ENDS and goal not in known)
    return choose([judge.with_refusals(judge.behaviour(way)) for way in ways], known)


def _each_attempt_once(behaviours: Sequence[Behaviour]) -> tuple[Behaviour, ...]:
    """The behaviours with each refusal at the end of the first one only."""
    seen: set[Goal] = set()
    found = []
    for each in behaviours:
        found.append(replace(each, refused=tuple(attempt for attempt in each.refused if attempt.goal not in seen)))
        seen |= {attempt.goal for attempt in each.refused}
    return tuple(found)


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
    if "violations" in kinds:
        goals += [Goal("violations", name) for name in expected_violations(model.check)]
    probes = branch_probes(model) if "branches" in kinds else []
    probes += refusal_probes(model) if "refusals" in kinds else []
    return [*goals, *(probe.goal for probe in probes)], probes
