"""Which engine searches: CPython at first, machine code when it pays.

A search begins under CPython at once; most are over before anything could be compiled. One that goes on for a while has
its kernels compiled in another process meanwhile, and is taken over when they are ready. Machine code that an earlier
run has left behind is there sooner, and so used sooner.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native.compilation import Compilation
from skipgate.checker.native.handover import TieredSearch
from skipgate.checker.search.explore import Exploration, HandOver, conclude
from skipgate.checker.search.explore import explore as explore_under_cpython
from skipgate.checker.search.limits import SHARE, Progress, available_memory, memory_in_use
from skipgate.checker.search.options import SearchOptions, Storage
from skipgate.spec.diagnostics import error

if TYPE_CHECKING:
    from skipgate.checker.native.engine import Engine
    from skipgate.checker.native.machine import MachineCode
    from skipgate.checker.native.units import CompilationUnit

_PLANNED = 0.9  # of what a limit leaves; the rest is for traces
_BEYOND_CPYTHON = 2**16  # candidates for initial states that CPython needs longer for than it takes to compile,
_LONGEST_WAIT = 1.0  # as a rule: seconds
_LITTLE = 2**26  # bytes, with which it is not worth while to begin


def explore(
    kernels: Kernels,
    options: SearchOptions = SearchOptions(),
    *,
    report: Callable[[Progress], None] | None = None,
) -> Exploration:
    """Search as `search.explore` does, with the same result; `threads` and `storage` are for machine code.

    Raises:
        SpecError: machine code was asked for and cannot be had, or the storage cannot be used.
    """
    storage = options.storage
    if storage.asked_for:
        options = replace(options, engine="native")
    if options.engine == "python":
        return explore_under_cpython(kernels, options, report=report)
    switch = _EngineSwitch(kernels, options)
    search = TieredSearch(kernels, options, report, switch.ready)
    switch.tick = lambda: search.look_at_clock(len(search.found.predecessors), len(search.frontier))
    before = _end_by_sigterm() if storage.checkpoints is not None else None
    try:
        found = _search(search, switch, storage)
    finally:
        switch.close()
        if before is not None:
            signal.signal(signal.SIGTERM, before)
    if switch.compilation.note is not None:
        found.notes.append(switch.compilation.note)
    return found


def _search(search: TieredSearch, switch: _EngineSwitch, storage: Storage) -> Exploration:
    """Search from the start, or from where a search was saved, by whichever engine is ready."""
    checkpoint = None
    try:
        if storage.checkpoints is not None:
            from skipgate.checker.native.checkpoint import Checkpoint

            checkpoint = Checkpoint(storage.checkpoints, search.kernels, fingerprints=storage.fingerprints)
            if storage.resume and checkpoint.exists:
                from skipgate.checker.native.takeover import resume

                saved = checkpoint.read()
                return resume(search, switch.engine_for(saved.count), storage, checkpoint, saved)
            checkpoint.begin()
            if storage.resume:
                search.found.notes.append(f"nothing was saved of this check in {storage.checkpoints}: it began anew")
        return conclude(search)
    except HandOver:
        from skipgate.checker.native.takeover import take_over

        assert switch.engine is not None
        return take_over(search, switch.engine, storage, checkpoint)


def _end_by_sigterm() -> Any:
    """Let SIGTERM end the search as Ctrl-C does, so that it is saved; the result is what the signal did before."""
    if threading.current_thread() is not threading.main_thread():
        return None

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    return signal.signal(signal.SIGTERM, end)


class _EngineSwitch:
    """Decides when machine code takes over, and gets it ready."""

    def __init__(self, kernels: Kernels, options: SearchOptions) -> None:
        self.kernels = kernels
        self.options = options
        self.states = 0
        self.compilation = Compilation(self.unit)
        self.engine: Engine | None = None
        self.tick: Callable[[], None] = lambda: None  # called while the search waits for machine code

    def unit(self) -> CompilationUnit:
        from skipgate.checker.native.engine import unit

        return unit(self.kernels, self.options.storage.fingerprints)

    def ready(self, states: int) -> bool:
        """Is there an engine to take over so many states? Asked again and again."""
        self.states = states
        if self.options.engine == "native":
            self.take(self.code_now())
        elif (code := self.code_soon() if self.waits else self.compilation.poll()) is not None:
            self.take(code)
        return self.engine is not None

    @property
    def waits(self) -> bool:
        """Is it better to wait for machine code for a while than to begin under CPython?"""
        initial = self.kernels.initial
        passed = time.perf_counter() - self.compilation.started
        return initial is not None and initial.candidates >= _BEYOND_CPYTHON and passed < _LONGEST_WAIT

    def code_soon(self) -> MachineCode | None:
        """The machine code if it can be made without much delay."""
        return self.compilation.now(self.tick, _LONGEST_WAIT)

    def code_now(self) -> MachineCode:
        """The machine code, which was asked for."""
        code = self.compilation.now(self.tick)
        if code is None:
            hint = "choose `--engine auto` or `--engine python`, without --store, --fingerprints and --checkpoint"
            raise error(f"there is no machine code for the native engine: {self.compilation.problem}", None, hint)
        return code

    def engine_for(self, states: int) -> Engine:
        """An engine to begin with so many states."""
        self.states = states
        self.take(self.code_now())
        assert self.engine is not None
        return self.engine

    def take(self, code: MachineCode) -> None:
        from skipgate.checker.native.engine import Engine, NoMemory

        memory = self.memory()
        folder = self.options.storage.states_in
        if folder is not None:
            from tempfile import TemporaryFile

            try:
                with TemporaryFile(dir=folder):
                    pass
            except OSError as problem:
                raise error(f"`{folder}` cannot take the states: {problem.strerror}", None) from None
        while True:
            try:
                self.engine = Engine(
                    self.kernels,
                    code.functions,
                    threads=self.options.threads,
                    memory=memory,
                    states=self.states,
                    fingerprints=self.options.storage.fingerprints,
                    folder=folder,
                )
                return
            except NoMemory as problem:
                # Address space may be limited too; of that, a multiple is reserved.
                if memory > _LITTLE:
                    memory //= 2
                elif self.options.engine == "native":
                    raise error(f"there is not enough memory for the native engine: {problem}", None) from None
                else:
                    self.compilation.problem = f"there is not enough memory, or address space, for it: {problem}"
                    return

    def memory(self) -> int:
        """What the engine may take. A limit holds for the whole process, of which Python and LLVM are a part."""
        limit = self.options.budget.max_memory
        if limit is None:
            return int(available_memory() * SHARE / self.options.searches)
        return max(0, int((limit - memory_in_use()) * _PLANNED))

    def close(self) -> None:
        self.compilation.close()
