"""Checking, proving and simulating a model from Python, and holding logs against it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING, cast, get_args

from skipgate.api.boundary import boundary
from skipgate.api.loading import LoadedModel
from skipgate.errors import InputError, Interrupted

if TYPE_CHECKING:
    from skipgate.checker.core.result import CheckResult, FileResult
    from skipgate.checker.search.limits import Progress
    from skipgate.checker.search.options import EngineName
    from skipgate.checker.simulate.simulate import Simulation, SimulationProgress
    from skipgate.checker.smt.proving.prove import Method
    from skipgate.checker.testing.suite import TestSuite
    from skipgate.checker.validate.result import Validation
    from skipgate.checker.validate.validate import ValidationProgress
    from skipgate.spec.specification import Specification
    from skipgate.spec.syntax import CheckDecl

WALKS = 10_000


def check(
    model: str | PathLike[str] | LoadedModel,
    *,
    only: str | None = None,
    tags: Collection[str] = (),
    stop_at_first: bool = False,
    max_states: int | None = None,
    time_limit: float | None = None,
    max_memory: int | None = None,
    engine: EngineName = "auto",
    threads: int | None = None,
    root: str | PathLike[str] | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> FileResult:
    """Search the states of a model's checks, and say what each found.

    Args:
        model: a `.gate` file, or what `load` made of it.
        only: globs, separated by commas; the checks whose name does not match are left out.
        tags: run the checks that have one of these tags. Without tags, those are run that have none.
        stop_at_first: end each check at its first violation; what is not decided then is unknown.
        max_states: end each check after so many distinct states; what was not decided is `unknown` then.
        time_limit: end each check after so many seconds, likewise.
        max_memory: end each check when it would take more than so many bytes, likewise.
        engine: "python", "native" (machine code), or "auto": the first, then the second for large searches.
        threads: how many the native engine uses. The default is the number of processors.
        root: a folder; the model may use the files below it. By default, those below its own folder.
        progress: called now and then during a search. What it raises ends the call.

    Raises:
        InputError: the model is wrong (a `SpecError`), an argument is, or no check was chosen.
        Interrupted: on Ctrl-C; its `result` is a `FileResult` with what was found so far.
        InternalError: a bug in skipgate.

    Example:
        >>> result = skipgate.check("models/examples/die_hard.gate")
        >>> result.as_expected
        True
        >>> puzzle = result["puzzle"]
        >>> puzzle.verdict, puzzle.distinct
        ('violation', 16)
        >>> [step.action for step in puzzle.properties["NotSolved"].trace.steps][:2]
        [None, 'fill_big']
    """
    _require_positive(max_states=max_states, time_limit=time_limit, max_memory=max_memory, threads=threads)
    _require_engine(engine)
    with boundary(progress, root) as report:
        from skipgate.checker.checks.files import check_file
        from skipgate.checker.checks.options import RunOptions
        from skipgate.checker.search.limits import Budget

        budget = Budget(max_states, time_limit, max_memory)
        options = RunOptions(budget=budget, stop_at_first=stop_at_first, engine=engine, threads=threads)
        result = check_file(_source(model), options, only=only, tags=tags, report=report)
        if not result.checks and not result.problems:
            raise _nothing_chosen(result.file, only, tags)
        return result


def prove(
    model: str | PathLike[str] | LoadedModel,
    *,
    only: str | None = None,
    tags: Collection[str] = (),
    properties: Collection[str] = (),
    method: Method = "auto",
    depth: int | None = None,
    time_limit: float | None = None,
    root: str | PathLike[str] | None = None,
    progress: Callable[[str], object] | None = None,
) -> FileResult:
    """Prove the properties of a model's checks for all values, without bounds.

    Args:
        model, only, tags: as for `check`.
        properties: those to prove. By default those that a check expects to be proved, or all if it expects none.
        method: "induction", "spacer", "bmc", or "auto": one after the other.
        depth: how many steps induction and bounded model checking look ahead, at most.
        time_limit: end each check after so many seconds, 120 by default.
        root: as for `check`.
        progress: called with a few words on what is being tried. What it raises ends the call.

    Raises:
        InputError, Interrupted, InternalError: as `check` does.

    Example:
        >>> three = skipgate.prove("models/examples/transaction_commit.gate")["three"]
        >>> three.verdict, three.properties["Consistent"].proof.method
        ('holds', 'induction')
    """
    from skipgate.checker.smt.proving.prove import METHODS

    _require_positive(depth=depth, time_limit=time_limit)
    if method not in METHODS:
        raise InputError(f"method is one of {', '.join(METHODS)}, not {method!r}")
    with boundary(progress, root) as report:
        from skipgate.checker.checks.preparation import load_check
        from skipgate.checker.checks.proofs import prove_check
        from skipgate.checker.checks.selection import select
        from skipgate.checker.core.result import FileResult
        from skipgate.checker.search.limits import INTERRUPTED

        spec = _specification(model)
        file = spec.program.main.source.name
        chosen = select(spec.checks, only, tags)
        if not chosen.chosen:
            raise _nothing_chosen(file, only, tags)
        results: list[CheckResult] = []
        for each in [load_check(spec, check.name.text) for check in chosen.chosen]:
            wanted = tuple(properties) or None
            found = prove_check(each, wanted=wanted, method=method, depth=depth, time_limit=time_limit, report=report)
            results.append(found)
            if found.stopped == INTERRUPTED:
                raise Interrupted(FileResult(file, tuple(results)))
        return FileResult(file, tuple(results), left_out=chosen.left_out)


def simulate(
    model: str | PathLike[str] | LoadedModel,
    *,
    check: str | None = None,
    seed: int | None = None,
    depth: int = 100,
    walks: int = WALKS,
    first: int = 1,
    stop_at_first: bool = False,
    time_limit: float | None = None,
    engine: EngineName = "auto",
    threads: int | None = None,
    root: str | PathLike[str] | None = None,
    progress: Callable[[SimulationProgress], object] | None = None,
) -> Simulation:
    """Make random walks through the states of one check. What they find is real; that they find nothing says little.

    Args:
        model: as for `check`.
        check: its name. It can be left out if there is one check without tags.
        seed: what decides the walks; drawn if it is left out. The result says which it was.
        depth: how many states a walk has at most.
        walks: how many walks to make.
        first: the number of the first; `first=n, walks=1` makes the nth walk alone.
        stop_at_first: make no more walks after a violation.
        time_limit: end after so many seconds.
        engine, threads, root, progress: as for `check`.

    Raises:
        InputError, InternalError: as `check` does.
        Interrupted: on Ctrl-C; its `result` is a `Simulation` with what was found so far.

    Example:
        >>> found = skipgate.simulate("models/examples/die_hard.gate", seed=7, walks=100)
        >>> found.walks, found.violated
        (100, ('NotSolved',))
    """
    _require_positive(depth=depth, walks=walks, first=first, time_limit=time_limit, threads=threads)
    _require_engine(engine)
    with boundary(progress, root) as report:
        import secrets

        from skipgate.checker.checks.preparation import load_check, prepare
        from skipgate.checker.search.limits import INTERRUPTED
        from skipgate.checker.simulate.simulate import SimulationOptions
        from skipgate.checker.simulate.simulate import simulate as walk

        spec = _specification(model)
        wanted = SimulationOptions(
            seed=secrets.randbits(32) if seed is None else seed,
            depth=depth,
            count=walks,
            first=first,
            stop_at_first=stop_at_first,
            time_limit=time_limit,
        )
        kernels = prepare(load_check(spec, check or _only_check(spec), to_search=True))
        found = walk(kernels, wanted, engine=engine, threads=threads, report=report)
        if found.stopped == INTERRUPTED:
            raise Interrupted(found)
        return found


def validate(
    model: str | PathLike[str] | LoadedModel,
    *logs: str | PathLike[str] | Iterable[object],
    check: str | None = None,
    events: str | PathLike[str] | None = None,
    most_steps: int = 1000,
    max_states: int | None = None,
    time_limit: float | None = None,
    root: str | PathLike[str] | None = None,
    progress: Callable[[ValidationProgress], object] | None = None,
) -> Validation:
    """Hold logs of the running system against a model: are they one of its behaviours?

    Args:
        model: as for `check`.
        logs: files, or lists (or whatever can be iterated over) of the objects in them. Several logs are those of
            nodes without a common clock, and any order of their events will do.
        check: its name. It can be left out if there is one check without tags.
        events: the file that says what the events mean; by default the one beside the model that ends in `.events`.
        most_steps: how many states the trace of the result has at most; of a longer one there is the end.
        max_states: end with `unknown` if more states than this are possible at once (with several logs: in all).
        time_limit: end with `unknown` after so many seconds.
        root, progress: as for `check`.

    Raises:
        InputError: as `check` does, and if a log is not one of this model, such as of an unknown event.
        Interrupted: on Ctrl-C; its `result` is a `Validation` with what was found so far.
        InternalError: a bug in skipgate.

    Example:
        >>> found = skipgate.validate("models/cold_start.gate", "tests/models/logs/ahead.ndjson", check="v9")
        >>> found.verdict, found.events
        ('behaviour', 1)
    """
    _require_positive(most_steps=most_steps, max_states=max_states, time_limit=time_limit)
    with boundary(progress, root) as report:
        from pathlib import Path

        from skipgate.app.itf_logs import is_itf, ready_itf
        from skipgate.app.validation import log_of_file, log_of_objects, ready_validation
        from skipgate.checker.search.limits import INTERRUPTED
        from skipgate.checker.validate.validate import ValidationOptions

        if not logs:
            raise InputError("give at least one log")
        path = model.file if isinstance(model, LoadedModel) else fspath(model)
        name = check or _only_check(_specification(model))
        files = [Path(fspath(log)) if isinstance(log, str | PathLike) else None for log in logs]
        if any(file is not None and is_itf(file) for file in files):
            if len(logs) > 1 or files[0] is None:
                raise InputError("an ITF trace is a log of its own")
            ready, log = ready_itf(path, name, files[0])
            read = [log]
        else:
            ready = ready_validation(path, name, None if events is None else Path(fspath(events)))
            read = [
                log_of_file(file) if file is not None else log_of_objects(f"log {number}", cast(Iterable[object], log))
                for number, (file, log) in enumerate(zip(files, logs, strict=True), 1)
            ]
        options = ValidationOptions(max_states=max_states, time_limit=time_limit, most_steps=most_steps)
        found = ready.run(read, options, report)
        if found.stopped == INTERRUPTED:
            raise Interrupted(found)
        return found


def tests(
    model: str | PathLike[str] | LoadedModel,
    *,
    check: str | None = None,
    goals: Collection[str] | None = None,
    refusals: bool = False,
    longest: int | None = None,
    max_states: int | None = None,
    time_limit: float | None = None,
    root: str | PathLike[str] | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> TestSuite:
    """Choose few, short behaviours of a check that together try all that can happen, for tests of the code.

    Args:
        model: as for `check`.
        check: its name. It can be left out if there is one check without tags.
        goals: what to try: some of `actions`, `pairs`, `covers`, `branches`, `violations`; by default `actions`,
            `covers` and `branches`.
        refusals: also try, at the end of behaviours, what must be refused there.
        longest: steps of a behaviour, at most, unless a goal needs more; by default 12, or twice as many as any goal
            needs.
        max_states, time_limit: limits of the search. What no behaviour meets is unknown then, not impossible.
        root, progress: as for `check`.

    Raises:
        InputError: as `check` does.
        Interrupted: on Ctrl-C; its `result` is a `TestSuite` of what was found so far.
        InternalError: a bug in skipgate.

    Example:
        >>> suite = skipgate.tests("models/examples/die_hard.gate", goals=["covers", "actions"])
        >>> len(suite.behaviours), suite.unmet
        (1, ())
    """
    _require_positive(longest=longest, max_states=max_states, time_limit=time_limit)
    with boundary(progress, root) as report:
        from skipgate.app.testing import goal_kinds, test_suite
        from skipgate.checker.search.limits import INTERRUPTED, Budget
        from skipgate.checker.testing.suite import TestOptions

        kinds = goal_kinds(None if goals is None else tuple(goals), refusals)
        name = check or _only_check(_specification(model))
        options = TestOptions(kinds, longest, Budget(max_states, time_limit))
        suite = test_suite(_source(model), name, options, report)
        if suite.stopped == INTERRUPTED:
            raise Interrupted(suite)
        return suite


# ------------------------------------------------------------------------------------------------------- arguments


def _source(model: str | PathLike[str] | LoadedModel) -> str | Specification:
    return model.specification if isinstance(model, LoadedModel) else fspath(model)


def _specification(model: str | PathLike[str] | LoadedModel) -> Specification:
    from skipgate.spec.passes import read

    source = _source(model)
    return read(source) if isinstance(source, str) else source


def _only_check(spec: Specification) -> str:
    """The one check without tags. Raises `InputError` if there is none, or several."""
    plain = [each.name.text for each in spec.checks if not each.tags]
    if len(plain) == 1:
        return plain[0]
    raise InputError(f"{spec.program.main.source.name}: say which check; {_known(spec.checks)}")


def _known(checks: Sequence[CheckDecl]) -> str:
    return f"there are: {', '.join(each.name.text for each in checks)}" if checks else "there is none"


def _nothing_chosen(file: str, only: str | None, tags: Collection[str]) -> InputError:
    """Nothing was run. That must not be taken for success."""
    chosen = [f"is called {only!r}"] * (only is not None) + [f"is tagged {' or '.join(tags)}"] * bool(tags)
    return InputError(f"{file}: no check {' and '.join(chosen) or 'is without tags'}")


def _require_engine(engine: str) -> None:
    from skipgate.checker.search.options import EngineName

    known = get_args(EngineName)
    if engine not in known:
        raise InputError(f"engine is one of {', '.join(known)}, not {engine!r}")


def _require_positive(**arguments: float | None) -> None:
    for name, value in arguments.items():
        if value is not None and not (value > 0 and math.isfinite(value)):
            raise InputError(f"{name} is a number above 0, not {value!r}")
