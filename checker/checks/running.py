"""One check: searched, or proved, and held against what it expects."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.preparation import ReadyCheck, bounded
from skipgate.checker.checks.proofs import ENGINE, prove_check, with_proofs
from skipgate.checker.checks.verdicts import problems, unseen_premises, untaken_branches, vacuous_properties
from skipgate.checker.core.coverage import Coverage
from skipgate.checker.core.deadline import OutOfTime, deadline
from skipgate.checker.core.expectations import expectation, property_descriptions, property_kinds
from skipgate.checker.core.model import Model
from skipgate.checker.core.result import EVALUATION, CheckResult, Comparison, PropertyResult, Verdict
from skipgate.checker.core.trace import Trace
from skipgate.checker.evidence.counterexample import build_trace, initial_error_trace, trace_of
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native.tiers import explore
from skipgate.checker.search.explore import Exploration
from skipgate.checker.search.limits import INTERRUPTED, Budget, Progress, not_made, out_of_time
from skipgate.checker.search.unfold import unfolded
from skipgate.spec.diagnostics import error
from skipgate.spec.passes import read

if TYPE_CHECKING:
    from skipgate.checker.tla.tlc import Tlc

_CROSS_CHECK_LIMIT = 60.0  # seconds for a check, where no other limit is given


def run_check(check: ReadyCheck, options: RunOptions, report: Callable[[Progress], None] | None = None) -> CheckResult:
    """Run one check; `report` is called now and then during a search.

    Raises:
        InternalError: two parts of the tool disagree.
        SpecError: the model has a construct that cannot be translated.
    """
    if check.kernels is None:
        result = prove_check(check.model, time_limit=options.budget.time_limit)
        return replace(result, comparisons=_not_searched(options))
    result = _search(check.kernels, options, report)
    if options.cross_check and result.stopped != INTERRUPTED:
        result = _beside(result, _cross_check(check.model, result, options.budget.time_limit))
    if options.against_tlc is not None and result.stopped != INTERRUPTED:
        result = _beside(result, ask_tlc(options.against_tlc, result, seconds=options.budget.time_limit))
    if check.asks_for_proof and result.stopped is None:
        limit = options.budget.time_limit
        result = with_proofs(check.model, result, None if limit is None else max(0.0, limit - result.seconds))
    return result


def _beside(result: CheckResult, comparison: Comparison) -> CheckResult:
    return replace(result, comparisons=(*result.comparisons, comparison))


def _not_searched(options: RunOptions) -> tuple[Comparison, ...]:
    """What is to be said of comparisons that were asked for with a search that there is not."""
    why = "its states are not searched"
    crossed = [Comparison("bounded model checking", nothing=why)] if options.cross_check else []
    asked = [] if options.against_tlc is None else [Comparison("TLC", nothing=why)]
    return (*crossed, *asked)


def unknown(check: ReadyCheck, why: str) -> CheckResult:
    """The outcome of a check that was not examined, and why it was not."""
    model = check.model
    descriptions = property_descriptions(model)
    return CheckResult(
        file=model.file,
        model=model.name,
        check=check.name,
        description=model.description,
        verdict="unknown",
        expected=expectation(model.check),
        properties={
            name: PropertyResult(name, kind, "unknown", descriptions.get(name))
            for name, kind in property_kinds(model).items()
        },
        distinct=0,
        generated=0,
        depth=0,
        seconds=0.0,
        engine=ENGINE if check.kernels is None else "python",
        ignored=model.ignored,
        stopped=why,
        complete=False,
    )


def _search(kernels: Kernels, options: RunOptions, report: Callable[[Progress], None] | None) -> CheckResult:
    model = kernels.model
    started = time.perf_counter()
    found = _explore(kernels, options, report)
    found = unfolded(kernels, found, options.budget.left_for_traces(time.perf_counter() - started))
    traces = _traces(kernels, found, options.budget, started)
    properties = _verdicts(model, found, traces)
    stopped = found.stopped
    unfair: list[str] = []
    if model.liveness and _saw_everything(found) and found.not_here is not None:
        stopped = found.not_here
    elif model.liveness and _saw_everything(found):
        stopped, unfair = _decide_liveness(kernels, found, options.budget, properties)
    violated = [name for name, result in properties.items() if result.verdict == "violation"]
    verdict: Verdict = "violation" if violated else "unknown" if found.stopped or stopped else "holds"
    undecided = [name for name, result in properties.items() if result.verdict == "unknown"]
    return CheckResult(
        file=model.file,
        model=model.name,
        check=model.check.name.text,
        description=model.description,
        verdict=verdict,
        expected=expectation(model.check),
        properties=properties,
        distinct=found.distinct,
        generated=found.generated,
        depth=found.depth,
        seconds=time.perf_counter() - started,
        engine=found.engine,
        problems=tuple(problems(model, found, violated, undecided, unfair)),
        stopped=stopped,
        complete=found.stopped is None,
        omission=found.omission,
        notes=(*found.notes, *_given(model)),
        discharged=len(kernels.tests.spared),
        tested=len(kernels.tests.written),
        fired=frozenset(model.actions[number].name for number in found.fired),
        still=frozenset(model.actions[number].name for number in found.fired - found.moved),
        untaken=untaken_branches(model, found),
        ignored=model.ignored,
        symmetry={sort.name: sort.size for sort in model.symmetry},
        missed=frozenset(witness.of.name for witness in found.unseen if witness.premise is None),
        vacuous=frozenset((*unfair, *vacuous_properties(model, unseen_premises(found), violated))),
        witnesses=_witnesses(kernels, found, options.budget, started),
        coverage=_coverage(kernels, found, options.budget) if options.coverage else None,
    )


def _explore(kernels: Kernels, options: RunOptions, report: Callable[[Progress], None] | None) -> Exploration:
    """Search in this process, or on shards. Only the latter loads what belongs to them."""
    if options.shards is None:
        return explore(kernels, options, report=report)
    from skipgate.checker.cluster.explore import explore_on_shards

    return explore_on_shards(kernels, options, options.shards, report=report)


def _witnesses(kernels: Kernels, found: Exploration, budget: Budget, started: float) -> dict[str, Trace]:
    """The ways to the covers that were reached, as far as the time goes."""
    traces: dict[str, Trace] = {}
    for name in (cover.name for cover in kernels.model.covers if cover.name in found.reached):
        states = [kernels.layout.unpack(words) for words in found.path_to(found.reached[name])]
        with suppress(OutOfTime), deadline(budget.left_for_traces(time.perf_counter() - started)):
            traces[name] = trace_of(kernels.model, name, states)
    return traces


def _coverage(kernels: Kernels, found: Exploration, budget: Budget) -> Coverage:
    """What the search has been through. Only this loads NumPy for it."""
    from skipgate.checker.coverage.cover import cover

    return cover(kernels, found, budget)


def _given(model: Model) -> list[str]:
    """What is to be said of a check some of whose constants were given from outside."""
    if not model.check.given:
        return []
    return [f"with {', '.join(model.check.given)}, as given from outside; pinned counts are not compared"]


def _decide_liveness(
    kernels: Kernels, found: Exploration, budget: Budget, properties: dict[str, PropertyResult]
) -> tuple[str | None, list[str]]:
    """Add the verdicts on liveness properties. Only this loads SciPy.

    The result says why some are not decided, and which hold only because no behaviour is fair.
    """
    from skipgate.checker.liveness.check import check_liveness

    limit = budget.time_limit
    try:
        with deadline(budget.left_for_traces(found.seconds)):
            decided = check_liveness(kernels, found, budget)
    except OutOfTime:
        return out_of_time(limit or 0), []
    for name in (declared.name for declared in kernels.model.liveness if declared.name not in found.unevaluated):
        trace = decided.traces.get(name)
        verdict: Verdict = "violation" if trace is not None else "holds" if name in decided.holding else "unknown"
        properties[name] = replace(properties[name], verdict=verdict, trace=trace)
    return decided.stopped, sorted(decided.holding) if decided.unfair else []


def _cross_check(model: Model, result: CheckResult, time_limit: float | None) -> Comparison:
    """Compare with what a solver finds. Only this loads it."""
    from skipgate.checker.smt.proving.crosscheck import Searched, cross_check

    if untraced := result.untraced:
        return Comparison("bounded model checking", nothing=not_made(untraced, time_limit))
    lengths = {name: len(found.trace) for name, found in result.properties.items() if found.trace is not None}
    searched = Searched(lengths, result.missed, result.depth, result.complete)
    return cross_check(model, searched, time_limit=time_limit or _CROSS_CHECK_LIMIT)


def ask_tlc(tlc: Tlc, result: CheckResult, *, seconds: float | None = None) -> Comparison:
    """Compare with what TLC finds in the file as it is now, which is read again.

    Raises:
        InternalError: TLC finds something else.
        SpecError: the file has no such check any more.
    """
    from skipgate.checker.tla.comparison import compare_with_tlc

    spec = read(result.file)
    check = next((each for each in spec.checks if each.name.text == result.check), None)
    if check is None:
        raise error(f"`{result.file}` has no check `{result.check}` any more")
    return compare_with_tlc(tlc, result, spec, lambda: bounded(spec, check), seconds=seconds)


def _saw_everything(found: Exploration) -> bool:
    """Were all reachable states and steps seen?"""
    return found.stopped is None and found.initial_error is None and not found.branch_lost


def _traces(kernels: Kernels, found: Exploration, budget: Budget, started: float) -> dict[str, Trace]:
    """The traces of what is violated, as far as the time goes; what has none is noted."""
    model, layout = kernels.model, kernels.layout
    traces: dict[str, Trace] = {}
    for name, violation in found.violations.items():
        try:
            with deadline(budget.left_for_traces(time.perf_counter() - started)):
                trace = build_trace(model, layout, found, name, violation)
        except OutOfTime:
            found.untraced.append(name)
        else:
            traces[name] = trace
    if found.untraced:
        found.notes.append(not_made(found.untraced, budget.time_limit))
    if found.initial_error is not None:
        traces[EVALUATION] = initial_error_trace(model, found.initial_error)
    return traces


def _verdicts(model: Model, found: Exploration, traces: dict[str, Trace]) -> dict[str, PropertyResult]:
    """A verdict on each property; the liveness properties are still unknown.

    If a property could not be evaluated, it alone is unknown. If an action could not, the states behind it were not
    seen, and every property that is not violated is unknown.
    """
    descriptions = property_descriptions(model)
    results = {}
    for name, kind in property_kinds(model).items():
        trace = traces.get(name)
        decided = _saw_everything(found) and name not in found.unevaluated and kind != "liveness"
        violated = trace is not None or name in found.untraced
        verdict: Verdict = "violation" if violated else "holds" if decided else "unknown"
        results[name] = PropertyResult(name, kind, verdict, descriptions.get(name), trace)
    return results
