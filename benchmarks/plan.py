"""What is measured in a session: which workloads, by which engines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.counts import Counts
from benchmarks.engine import MeasuredEngine
from benchmarks.session import MeasuredCell, SessionLimits
from benchmarks.skipgate_engines import Cache, SkipgateEngine
from benchmarks.spin import Spin
from benchmarks.tlc import TlcEngine
from benchmarks.workloads import Workload, cold_starts, deep_cold_start, die_hard, hlc, two_phase_commit

# The counts are TLC's, except where another source is named.
DIE_HARD = die_hard()
TWO_PHASE_3 = two_phase_commit(3, Counts(288, 1_146, 11))
TWO_PHASE_7 = two_phase_commit(7, Counts(296_448, 2_744_706, 23))
TWO_PHASE_8 = two_phase_commit(8, Counts(1_745_408, 18_507_778, 26))
COLD_START_DEEP = deep_cold_start()
HLC_18_THOUSAND = hlc(2, 3, 3, Counts(18_277, 56_836, 19))
HLC_281_THOUSAND = hlc(2, 5, 5, Counts(281_373, 867_445, 29))
HLC_3_MILLION = hlc(3, 5, 5, Counts(2_715_378, 8_543_329, 30))
# SPIN's. The last one it can search depth first only: no path had more than 37 states, so the depth is at most that.
HLC_11_MILLION = hlc(3, 6, 6, Counts(11_130_271, 34_905_568, 35))
HLC_39_MILLION = hlc(4, 6, 5, Counts(38_556_735, 124_287_640, 32))
HLC_167_MILLION = hlc(4, 7, 6, Counts(167_226_817, 537_575_050, 37))


@dataclass(frozen=True)
class Plan:
    """The groups of workloads, as the report shows them, and how much may be spent on them."""

    limits: SessionLimits
    small: tuple[Workload, ...]  # what matters is how fast an engine starts
    models: tuple[Workload, ...]  # what matters is how fast it searches
    sizes: tuple[Workload, ...]  # one model, growing
    threads: tuple[Workload, ...]  # where numbers of threads are compared

    @property
    def workloads(self) -> list[Workload]:
        """Each once, smaller ones first as far as their sizes are known."""
        every = dict.fromkeys([*self.small, *self.models, *self.sizes, *self.threads])
        return sorted(every, key=lambda workload: workload.counts.distinct if workload.counts else 0)

    def group(self, workload: Workload) -> str:
        """The part of the page that a workload belongs to."""
        if workload in self.small:
            return "small"
        return "models" if workload in self.models else "sizes"


QUICK = Plan(
    limits=SessionLimits(rounds=3, process=60, cell=40),
    small=(DIE_HARD, TWO_PHASE_3),
    models=(HLC_281_THOUSAND, TWO_PHASE_7, *cold_starts(1)),
    sizes=(HLC_18_THOUSAND, HLC_281_THOUSAND),
    threads=(HLC_281_THOUSAND,),
)

FULL = Plan(
    limits=SessionLimits(rounds=5, process=240, cell=180),
    small=(DIE_HARD, TWO_PHASE_3),
    models=(HLC_3_MILLION, TWO_PHASE_8, COLD_START_DEEP),
    sizes=(HLC_18_THOUSAND, HLC_281_THOUSAND, HLC_3_MILLION, HLC_11_MILLION, HLC_39_MILLION, HLC_167_MILLION),
    threads=(HLC_3_MILLION, HLC_39_MILLION),
)


def cells(plan: Plan, engines: Sequence[MeasuredEngine]) -> list[MeasuredCell]:
    """Every engine on every workload that it makes sense to try it on, smaller workloads first."""
    return [
        MeasuredCell(engine, workload)
        for workload in plan.workloads
        for engine in engines
        if engine.can_run(workload) and _sensible(plan, engine, workload, engines)
    ]


def _sensible(plan: Plan, engine: MeasuredEngine, workload: Workload, engines: Iterable[MeasuredEngine]) -> bool:
    if isinstance(engine, SkipgateEngine) and engine.cache is Cache.EMPTY:
        return workload in plan.small
    if isinstance(engine, TlcEngine) and engine.original:
        return workload in plan.models
    if workload in plan.threads:
        return True
    # Elsewhere an engine runs with one thread and with all.
    numbers = {each.threads for each in engines if each.family == engine.family}
    if isinstance(engine, Spin) and engine.how.parallel:
        numbers = {max(numbers)}
    return engine.threads in {min(numbers), max(numbers)}
