"""The checks of a file: read, made ready, run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from checker import judge
from checker.elaborate import elaborate
from checker.examine import How, ReadyCheck, run_check
from checker.explore import INTERRUPTED, Budget, Progress
from checker.kernels import Kernels, generate
from checker.layout import lay_out
from checker.model import Model
from checker.native.storage import Storage
from checker.native.tiers import EngineName
from checker.result import CheckResult, FileResult
from checker.selection import select
from checker.smt.discharge import bounded_parameters, known_tests, needless_tests, no_tests_needed, why_never
from checker.smt.sites import open_parameters
from spec import syntax as s
from spec.diagnostics import Diagnostic, SpecError, did_you_mean, error
from spec.specification import Specification, read

if TYPE_CHECKING:
    from checker.tla.tlc import Tlc

__all__ = ["Budget", "Interrupted", "Progress", "bounded", "check_file", "load_check", "prepare"]


class Interrupted(Exception):
    """The user ended the run. Carries what was found so far."""

    def __init__(self, result: FileResult) -> None:
        super().__init__("interrupted")
        self.result = result


@dataclass(frozen=True)
class ReadyFile:
    """A file whose checks can be run: all of them are right.

    Attributes:
        left_out: the checks that are not run for their tags, which are these.
        whole: every check without a tag is there, so that something can be said of the file as a whole.
        wanted: the actions that some check has to take.
    """

    path: str
    model: str
    checks: tuple[ReadyCheck, ...]
    left_out: Mapping[str, tuple[str, ...]]
    whole: bool
    wanted: tuple[str, ...]


def ready_file(
    path: str | Path,
    *,
    only: str | None = None,
    tags: Collection[str] = (),
    discharge: bool = True,
    time_limit: float | None = None,
) -> ReadyFile:
    """Prepare every check of a file that has no tag, or those that `only` and `tags` select (see `checker.selection`).

    Operations that are proved never to fail within the time limit are not tested during a search, if to `discharge`.

    Raises:
        SpecError: the specification is wrong.
    """
    spec = read(path)
    selected = select(spec.checks, only, tags)
    checks = _prepare_all(spec, selected.chosen, discharge, time_limit)
    models = [check.model for check in checks]
    return ReadyFile(
        str(path),
        spec.name,
        checks,
        selected.left_out,
        only is None and not tags and bool(checks or not spec.checks),
        judge.wanted_actions(models),
    )


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
    against_tlc: Tlc | None = None,
    discharge: bool = True,
    report: Callable[[Progress], None] | None = None,
    finished: Callable[[CheckResult], None] | None = None,
) -> FileResult:
    """Run checks of a file, one after the other; see `ready_file` for which, and `How` for how.

    `report` is called now and then during a search, `finished` after each check.

    Raises:
        InternalError: two parts of the tool disagree.
        SpecError: the specification is wrong. All checks are prepared before the first runs.
        Interrupted: on KeyboardInterrupt.
    """
    ready = ready_file(path, only=only, tags=tags, discharge=discharge, time_limit=budget.time_limit)
    how = How(stop_at_first, budget, engine, threads, storage, cross_check, against_tlc)
    results: list[CheckResult] = []
    for check in ready.checks:
        result = run_check(check, how, report)
        results.append(result)
        if finished is not None:
            finished(result)
        if result.stopped == INTERRUPTED:
            raise Interrupted(FileResult(str(path), tuple(results)))
    return file_result(ready, results, how, lambda: [check.model for check in ready.checks])


def file_result(
    ready: ReadyFile, results: Sequence[CheckResult], how: How, models: Callable[[], Sequence[Model]]
) -> FileResult:
    """The outcome of a file all of whose checks were run. `models` gives those of its checks, if they are needed."""
    problems: list[str] = []
    if ready.whole and not how.stop_at_first:
        problems = judge.file_problems(ready.wanted, results, lambda name: why_never(models(), name))
    return FileResult(ready.path, tuple(results), tuple(problems), ready.left_out)


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
) -> tuple[ReadyCheck, ...]:
    """Elaborate every check and generate its kernels, so that a wrong one is reported before any runs."""
    refuse_unsupported(spec, checks)
    prepared: list[ReadyCheck] = []
    diagnostics: list[Diagnostic] = []
    for check in checks:
        try:
            if judge.wants_search(check):
                kernels = prepare(bounded(spec, check), discharge=discharge, seconds=seconds)
                prepared.append(ReadyCheck(kernels.model, kernels))
            else:
                prepared.append(ReadyCheck(elaborate(spec, check), None))
        except SpecError as problem:
            diagnostics.extend(problem.diagnostics)
    if diagnostics:
        raise SpecError(diagnostics)
    return tuple(prepared)


def bounded(spec: Specification, check: s.CheckDecl) -> Model:
    """The model of a check, its parameters over all numbers bounded by what their guards imply."""
    model = elaborate(spec, check)
    if not any(open_parameters(action) for action in model.actions):
        return model
    lay_out(model)  # what is wrong with the variables comes first
    return elaborate(spec, check, bounded_parameters(model))
