"""Searches by each engine, in a form that can be compared."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from skipgate.checker.checks.preparation import load_check, prepare
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import engine, loops, reference, retrace
from skipgate.checker.native.handover import TieredSearch
from skipgate.checker.native.language_check import check_program
from skipgate.checker.native.machine import MachineCode, machine_code
from skipgate.checker.native.takeover import take_over
from skipgate.checker.search.explore import Exploration, HandOver, conclude
from skipgate.checker.search.limits import Budget, Progress
from skipgate.checker.search.options import SearchOptions

MEMORY = 2**28


def kernels_of(text: str, name: str = "c") -> Kernels:
    """The kernels of a check of a model.

    Raises:
        SpecError: the model is wrong.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.gate"
        file.write_text(text, encoding="utf-8")
        return prepare(load_check(file, name))


def machine_functions(kernels: Kernels, **constants: int) -> Mapping[str, Callable[..., int]]:
    """The compiled program of a model, with other values of some constants."""
    exported = engine.unit(kernels).exported
    program = check_program(engine.unit(kernels).texts, constants=engine.constants(kernels) | constants)
    return MachineCode(machine_code(program, exported), exported).functions


@contextmanager
def small_scale() -> Iterator[None]:
    """Let the threads work together on small levels, and begin with a table that soon has to grow."""
    with (
        patch.multiple(engine, _WIDE=8, _FIRST_TABLE=16),
        patch.object(retrace, "_SMALL", 8),
        patch.object(loops, "BATCH", SMALL_SCALE["BATCH"]),
    ):
        yield


@contextmanager
def restless(rng: Random) -> Iterator[None]:
    """Let threads under CPython lose their turn at any time, and some of the time before and after atomic steps."""

    def disturbed(step: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            doze()
            result = step(*arguments)
            doze()
            return result

        return run

    def doze() -> None:
        if rng.random() < 0.1:
            time.sleep(rng.choice([0, 0, 1e-5, 1e-4]))

    atomic = ("load_atomic", "store_atomic", "compare_and_swap", "fetch_and_add")
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with patch.dict(reference.NAMESPACE, {name: disturbed(reference.NAMESPACE[name]) for name in atomic}):
            yield
    finally:
        sys.setswitchinterval(before)


SMALL_SCALE = {"CHUNK": 3, "BATCH": 8, "REFILL_CHUNK": 8, "REFILL_BATCH": 4}


def cpython_functions(kernels: Kernels, **constants: int) -> Mapping[str, Callable[..., int]]:
    """The same text, under CPython."""
    return reference.functions(
        check_program(engine.unit(kernels).texts, constants=engine.constants(kernels) | constants)
    )


def search(
    kernels: Kernels,
    functions: Mapping[str, Callable[..., int]],
    *,
    native: bool = True,
    threads: int = 1,
    hand_over_at: int = 0,
    stop_at_first: bool = False,
    budget: Budget = Budget(),
    max_memory: int = MEMORY,
    report: Callable[[Progress], None] | None = None,
    folder: Path | None = None,
) -> Exploration:
    """A search that goes on with these functions after so many states under CPython."""
    polls = iter(range(hand_over_at + 1))
    options = SearchOptions(budget=budget, stop_at_first=stop_at_first)
    started = TieredSearch(kernels, options, report, lambda _: next(polls) == hand_over_at)
    started.poll_every = 1
    try:
        return conclude(started)
    except HandOver:
        known = len(started.found.predecessors)
        using = engine.Engine(
            kernels, functions, threads=threads, memory=max_memory, states=known, native=native, folder=folder
        )
        return take_over(started, using)


def facts(found: Exploration, counts: bool = True) -> dict[str, Any]:
    """Everything that is to be the same for every engine."""
    result: dict[str, Any] = {
        "stopped": found.stopped,
        "violations": found.violations,
        "paths": {name: found.path_to(violation.state) for name, violation in found.violations.items()},
    }
    if counts:
        result |= {
            "distinct": found.distinct,
            "generated": found.generated,
            "depth": found.depth,
            "fired": found.fired,
            "unseen": found.unseen,
        }
    return result
