"""Which engine searches: CPython at first, machine code when it pays.

A search begins under CPython at once; most are over before anything could be compiled. One that goes on for a while has
its kernels compiled in another process meanwhile, and is taken over when they are ready. Machine code that an earlier
run has left behind is there sooner, and so used sooner.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from checker.errors import InternalError
from checker.explore import Budget, Exploration, HandOver, Progress, Search, conclude
from checker.explore import explore as explore_under_cpython
from checker.kernels import Kernels
from spec.diagnostics import error

if TYPE_CHECKING:
    from checker.native.engine import Engine
    from checker.native.machine import MachineCode
    from checker.native.units import Unit
    from checker.native.worker import Worker

EngineName = Literal["auto", "python", "native"]

# Seconds under CPython before machine code is loaded, which takes less than a tenth of a second, most of it for LLVM;
# before it is loaded when LLVM is there already; and before it is compiled, which takes some tenths, but nothing from
# the search.
_BEFORE_LOADING = 0.1
_BEFORE_LOADING_MORE = 0.02
_BEFORE_COMPILING = 0.1

_SHARE = 0.8  # of the memory that is free, if no limit is given
_LITTLE = 2**26  # bytes, with which it is not worth while to begin


def explore(
    kernels: Kernels,
    *,
    engine: EngineName = "auto",
    threads: int | None = None,
    budget: Budget = Budget(),
    stop_at_first: bool = False,
    report: Callable[[Progress], None] | None = None,
) -> Exploration:
    """Search as `checker.explore` does, with the same result; `threads` is for machine code.

    Raises:
        SpecError: `engine` is "native" and cannot be had.
    """
    if engine == "python":
        return explore_under_cpython(kernels, budget=budget, stop_at_first=stop_at_first, report=report)
    switch = _Switch(kernels, engine, threads, budget.max_memory)
    search = TieredSearch(kernels, budget, stop_at_first, report, switch.ready)
    try:
        return conclude(search)
    except HandOver:
        from checker.native.takeover import take_over

        assert switch.engine is not None
        return take_over(search, switch.engine)
    finally:
        switch.close()


class TieredSearch(Search):
    """A search under CPython that knows where it stands. `ready`, asked with the number of states, may end it."""

    poll_every = 128

    def __init__(
        self,
        kernels: Kernels,
        budget: Budget,
        stop_at_first: bool,
        report: Callable[[Progress], None] | None,
        ready: Callable[[int], bool],
    ) -> None:
        super().__init__(kernels, budget, stop_at_first, report)
        self.ready = ready
        self.ends: list[int] = []  # of the levels, in the order of the states
        self.expanded = 0  # states of the last level

    def expand_level(self, level: list[tuple[int, ...]]) -> None:
        self.ends.append(len(self.found.predecessors))
        super().expand_level(level)

    def look_at_budget(self, remaining: int) -> None:
        super().look_at_budget(remaining)
        if self.ready(len(self.found.predecessors)):
            begin = self.ends[-2] if len(self.ends) > 1 else 0
            self.expanded = self.ends[-1] - begin - remaining
            raise HandOver


class _Switch:
    """Decides when machine code takes over, and gets it ready."""

    def __init__(self, kernels: Kernels, name: EngineName, threads: int | None, max_memory: int | None) -> None:
        self.kernels = kernels
        self.name = name
        self.threads = threads
        self.max_memory = max_memory
        self.started = time.perf_counter()
        self.states = 0
        self.given_up = False
        self.unit: Unit | None = None
        self.worker: Worker | None = None
        self.engine: Engine | None = None

    def ready(self, states: int) -> bool:
        """Is there an engine to take over so many states? Asked again and again."""
        self.states = states
        if self.given_up:
            return False
        if self.name == "native":
            self.take(self.compile_now())
        else:
            self.proceed(time.perf_counter() - self.started)
        return self.engine is not None

    def compile_now(self) -> MachineCode:
        from checker.native.engine import unit
        from checker.native.language import KernelError

        try:
            return unit(self.kernels).compile()
        except ImportError as problem:
            raise error(f"the native engine needs llvmlite: {problem}", None, "choose `--engine python`") from None
        except KernelError as problem:
            raise InternalError(f"a generated kernel cannot be compiled: {problem}") from None

    def proceed(self, seconds: float) -> None:
        """The next step on the way to machine code, if its time has come."""
        if seconds < (_BEFORE_LOADING_MORE if "checker.native.machine" in sys.modules else _BEFORE_LOADING):
            return
        if self.worker is not None:
            if self.worker.finished:
                code = self.worker.code()
                self.worker.stop()
                if code is None:
                    self.given_up = True  # CPython will do
                else:
                    self.load(code)
            return
        from checker.native.engine import unit
        from checker.native.units import load

        if self.unit is None:
            self.unit = unit(self.kernels)
            if self.unit.file is not None and self.unit.cached:
                code = load(self.unit.file)
                if code is not None:
                    self.load(code)
                    return
        if seconds >= _BEFORE_COMPILING:
            from checker.native.worker import Worker

            try:
                self.worker = Worker(self.unit)
            except OSError:
                self.given_up = True

    def load(self, code: bytes) -> None:
        from checker.native.machine import MachineCode

        assert self.unit is not None
        self.take(MachineCode(code, self.unit.exported))

    def take(self, code: MachineCode) -> None:
        from checker.native.engine import Engine, NoMemory
        from checker.native.memory import available

        memory = int(available() * _SHARE) if self.max_memory is None else self.max_memory
        while True:
            try:
                self.engine = Engine(
                    self.kernels, code.functions, threads=self.threads, memory=memory, states=self.states
                )
                return
            except NoMemory as problem:
                # Address space may be limited too; of that, a multiple is reserved.
                if memory > _LITTLE:
                    memory //= 2
                elif self.name == "native":
                    raise error(f"there is not enough memory for the native engine: {problem}", None) from None
                else:
                    self.given_up = True
                    return

    def close(self) -> None:
        if self.worker is not None:
            self.worker.stop()
