"""Run the checks of a file: read, elaborate, explore, judge."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from checker import judge
from checker.counterexample import build_trace, initial_error_trace
from checker.elaborate import elaborate
from checker.explore import FIRST_VIOLATION, INTERRUPTED, Budget, Exploration, Progress
from checker.kernels import Kernels, generate
from checker.layout import lay_out
from checker.model import Model
from checker.native.storage import Storage
from checker.native.tiers import EngineName, explore
from checker.proofs import prove_check, with_proofs
from checker.result import EVALUATION, CheckResult, FileResult, PropertyResult, Verdict
from checker.selection import select
from checker.smt.discharge import bounded_parameters, known_tests, needless_tests, no_tests_needed, why_never
from checker.smt.sites import open_parameters
from checker.trace import Trace
from checker.unfold import unfolded
from spec import syntax as s
from spec.diagnostics import Diagnostic, SpecError, did_you_mean, error
from spec.specification import Specification, read

__all__ = ["Budget", "Interrupted", "Progress", "bounded", "check_file", "load_check", "prepare"]


_CROSS_CHECK_LIMIT = 60.0  # seconds for a check, where no other limit is given


class Interrupted(Exception):
    """The user ended the run. Carries what was found so far."""

    def __init__(self, result: FileResult) -> None:
        super().__init__("interrupted")
        self.result = result


def check_file(
    path: str | Path,
    *,
    only: str | None = None,
    tags: Collection[str] = (),
    stop_at_first: bool = False,
    budget: Budget = Budget(),
    engine: EngineName = "auto",
    threads: int | None = None,
    storage: Storage = Storage(),
    cross_check: bool = False,
    discharge: bool = True,
    report: Callable[[Progress], None] | None = None,
    finished: Callable[[CheckResult], None] | None = None,
) -> FileResult:
    """Run every check of a file that has no tag, or those that `only` and `tags` select (see `checker.selection`).

    `engine` and `threads` change nothing but the speed, and so does `discharge`: what is proved never to fail is not
    tested during the search. `storage` is for searches that take long or need much memory. With `cross_check`, bounded
    model checking must find the same. `report` is called now and then during a search, `finished` after each check.

    Raises:
        InternalError: two parts of the tool disagree.
        SpecError: the specification is wrong. All checks are prepared before the first runs.
        Interrupted: on KeyboardInterrupt.
    """
    spec = read(path)
    selected = select(spec.checks, only, tags)
    prepared = _prepare_all(spec, selected.chosen, discharge, budget.time_limit)
    results: list[CheckResult] = []
    for model, kernels in prepared:
        if kernels is None:
            result = prove_check(model, time_limit=budget.time_limit)
        else:
            search = partial(
                explore,
                kernels,
                engine=engine,
                threads=threads,
                storage=storage,
                budget=budget,
                report=report,
            )
            result = _run(kernels, search, stop_at_first, budget)
            if cross_check and result.stopped != INTERRUPTED:
                result = replace(result, cross_checked=_cross_check(kernels.model, result, budget.time_limit))
            if judge.wants_proof(model.check) and result.stopped is None:
                result = with_proofs(model, result, budget.time_limit)
        results.append(result)
        if finished is not None:
            finished(result)
        if result.stopped == INTERRUPTED:
            raise Interrupted(FileResult(str(path), tuple(results)))
    problems: list[str] = []
    if only is None and not tags and not stop_at_first and (prepared or not spec.checks):
        problems = judge.file_problems([model for model, _ in prepared], results, why_never)
    return FileResult(str(path), tuple(results), tuple(problems), selected.left_out)


def load_check(path: str | Path, name: str, *, to_search: bool = False) -> Model:
    """The elaborated model of one check of a file; if `to_search` it, with proved bounds of its parameters.

    Raises:
        SpecError: the specification is wrong, or has no such check.
    """
    spec = read(path)
    for check in spec.checks:
        if check.name.text == name:
            refuse_unsupported(spec, [check])
            return bounded(spec, check) if to_search else elaborate(spec, check)
    names = [check.name.text for check in spec.checks]
    hint = did_you_mean(name, names) or (f"its checks are: {', '.join(names)}" if names else None)
    raise error(f"`{path}` has no check `{name}`", None, hint)


def prepare(model: Model, *, discharge: bool = False, seconds: float | None = None) -> Kernels:
    """The kernels of a model; if to `discharge`, without tests of what is proved never to fail within these seconds.

    Raises:
        SpecError: something is unbounded or too large to be explored.
    """
    layout = lay_out(model)
    if not discharge:
        return generate(model, layout)
    known = known_tests(model)
    if known is None:
        kernels = generate(model, layout)
        if not kernels.tests.written:
            no_tests_needed(model)
            return kernels
        known = needless_tests(model, seconds)
    return generate(model, layout, known)


def refuse_unsupported(spec: Specification, checks: Sequence[s.CheckDecl]) -> None:
    """Refuse what the language has and no engine treats yet.

    Raises:
        SpecError: with each place.
    """
    liveness = spec.all(s.LivenessDecl)
    diagnostics = [
        Diagnostic(
            f"check `{check.name.text}` only asks for proofs, and liveness cannot be proved, only searched",
            check.name.span,
            "add `expect holds`, to explore the states as well",
        )
        for check in checks
        if liveness and not judge.wants_search(check)
    ]
    if liveness:
        # A path that returns to a representative returns to the state, but perhaps under other names: it is no cycle.
        diagnostics += [
            Diagnostic(
                "symmetry cannot be combined with liveness properties",
                check.symmetry[0].span,
                "remove the `symmetry` line, or keep the liveness properties in a file that imports this one",
            )
            for check in checks
            if check.symmetry
        ]
    if diagnostics:
        raise SpecError(diagnostics)


def _prepare_all(
    spec: Specification, checks: Sequence[s.CheckDecl], discharge: bool, seconds: float | None
) -> list[tuple[Model, Kernels | None]]:
    """Elaborate every check and generate its kernels, so that a wrong one is reported before any runs.

    A check that expects proofs only has none: it is not explored.
    """
    refuse_unsupported(spec, checks)
    prepared: list[tuple[Model, Kernels | None]] = []
    diagnostics: list[Diagnostic] = []
    for check in checks:
        try:
            if judge.wants_search(check):
                kernels = prepare(bounded(spec, check), discharge=discharge, seconds=seconds)
                prepared.append((kernels.model, kernels))
            else:
                prepared.append((elaborate(spec, check), None))
        except SpecError as problem:
            diagnostics.extend(problem.diagnostics)
    if diagnostics:
        raise SpecError(diagnostics)
    return prepared


def bounded(spec: Specification, check: s.CheckDecl) -> Model:
    """The model of a check, its parameters over all numbers bounded by what their guards imply."""
    model = elaborate(spec, check)
    if not any(open_parameters(action) for action in model.actions):
        return model
    lay_out(model)  # what is wrong with the variables comes first
    return elaborate(spec, check, bounded_parameters(model))


def _run(kernels: Kernels, search: Callable[..., Exploration], stop_at_first: bool, budget: Budget) -> CheckResult:
    model = kernels.model
    started = time.perf_counter()
    found = unfolded(kernels, search(stop_at_first=stop_at_first))
    traces = _traces(kernels, found)
    properties = _verdicts(model, found, traces)
    stopped = None if found.stopped == FIRST_VIOLATION else found.stopped
    unfair: list[str] = []
    if model.liveness and found.stopped is None and EVALUATION not in traces:
        stopped, unfair = _decide_liveness(kernels, found, budget, properties)
    violated = [name for name, result in properties.items() if result.verdict == "violation"]
    verdict: Verdict = "violation" if violated else "unknown" if found.stopped or stopped else "holds"
    undecided = [name for name, result in properties.items() if result.verdict == "unknown"]
    return CheckResult(
        file=model.file,
        model=model.name,
        check=model.check.name.text,
        description=model.description,
        verdict=verdict,
        expected=judge.expectation(model.check),
        properties=properties,
        distinct=found.distinct,
        generated=found.generated,
        depth=found.depth,
        seconds=time.perf_counter() - started,
        engine=found.engine,
        problems=tuple(judge.problems(model, found, violated, undecided, unfair)),
        stopped=stopped,
        complete=found.stopped is None,
        omission=found.omission,
        discharged=len(kernels.tests.spared),
        tested=len(kernels.tests.written),
        fired=frozenset(model.actions[number].name for number in found.fired),
        symmetry={sort.name: sort.size for sort in model.symmetry},
        missed=frozenset(witness.of.name for witness in found.unseen if witness.premise is None),
        vacuous=frozenset(unfair) | {witness.of.name for witness in found.unseen if witness.premise is not None},
    )


def _decide_liveness(
    kernels: Kernels, found: Exploration, budget: Budget, properties: dict[str, PropertyResult]
) -> tuple[str | None, list[str]]:
    """Put the verdicts on liveness properties among the others. Only this loads SciPy.

    The result is why some are not decided, and which hold only because no behaviour is fair.
    """
    from checker.liveness.check import check_liveness

    decided = check_liveness(kernels, found, budget)
    for name in (declared.name for declared in kernels.model.liveness):
        trace = decided.traces.get(name)
        verdict: Verdict = "violation" if trace is not None else "holds" if name in decided.holding else "unknown"
        properties[name] = replace(properties[name], verdict=verdict, trace=trace)
    return decided.stopped, sorted(decided.holding) if decided.unfair else []


def _cross_check(model: Model, result: CheckResult, time_limit: float | None) -> int:
    """Compare with what a solver finds. Only this loads it."""
    from checker.smt.crosscheck import Searched, cross_check

    lengths = {name: len(found.trace) for name, found in result.properties.items() if found.trace is not None}
    searched = Searched(lengths, result.missed, result.depth, result.complete)
    return cross_check(model, searched, time_limit=time_limit or _CROSS_CHECK_LIMIT).depth


def _traces(kernels: Kernels, found: Exploration) -> dict[str, Trace]:
    model, layout = kernels.model, kernels.layout
    traces = {name: build_trace(model, layout, found, name, v) for name, v in found.violations.items()}
    if found.initial_error is not None:
        traces[EVALUATION] = initial_error_trace(model, found.initial_error)
    return traces


def _verdicts(model: Model, found: Exploration, traces: dict[str, Trace]) -> dict[str, PropertyResult]:
    """One verdict a property. What could not be evaluated may hide a violation of any other property.

    Liveness properties are unknown as yet.
    """
    complete = found.stopped is None and EVALUATION not in traces
    descriptions = judge.property_descriptions(model)
    results = {}
    for name, kind in judge.property_kinds(model).items():
        trace = traces.get(name)
        decided = complete and kind != "liveness"
        verdict: Verdict = "violation" if trace is not None else "holds" if decided else "unknown"
        results[name] = PropertyResult(name, kind, verdict, descriptions.get(name), trace)
    return results
