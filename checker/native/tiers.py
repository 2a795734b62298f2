"""Which engine searches: CPython at first, machine code when it pays.

A search begins under CPython at once; most are over before anything could be compiled. One that goes on for a while has
its kernels compiled in another process meanwhile, and is taken over when they are ready. Machine code that an earlier
run has left behind is there sooner, and so used sooner.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from checker.explore import Budget, Exploration, HandOver, Progress, Search, conclude
from checker.explore import explore as explore_under_cpython
from checker.kernels import Kernels
from checker.native.compilation import Compilation
from checker.native.storage import Storage
from spec.diagnostics import error

if TYPE_CHECKING:
    from checker.native.engine import Engine
    from checker.native.machine import MachineCode
    from checker.native.units import Unit

EngineName = Literal["auto", "python", "native"]

_SHARE = 0.8  # of the memory that is free, if no limit is given
_LITTLE = 2**26  # bytes, with which it is not worth while to begin


def explore(
    kernels: Kernels,
    *,
    engine: EngineName = "auto",
    threads: int | None = None,
    storage: Storage = Storage(),
    budget: Budget = Budget(),
    stop_at_first: bool = False,
    searches: int = 1,
    report: Callable[[Progress], None] | None = None,
) -> Exploration:
    """Search as `checker.explore` does, with the same result; `threads` and `storage` are for machine code.

    So many `searches` may go on at the same time: without a limit each takes its part of the memory that is free.

    Raises:
        SpecError: machine code was asked for and cannot be had, or `storage` cannot be used.
    """
    if engine == "python" and not storage.asked_for:
        return explore_under_cpython(kernels, budget=budget, stop_at_first=stop_at_first, report=report)
    if storage.asked_for:
        engine = "native"
    switch = _Switch(kernels, engine, threads, storage, budget.max_memory, searches)
    search = TieredSearch(kernels, budget, stop_at_first, report, switch.ready)
    checkpoint = None
    try:
        if storage.checkpoints is not None:
            from checker.native.checkpoint import Checkpoint

            checkpoint = Checkpoint(storage.checkpoints, kernels)
            if storage.resume and checkpoint.exists:
                from checker.native.takeover import resume

                saved = checkpoint.read()
                return resume(search, switch.engine_for(saved.count), storage, checkpoint, saved)
            checkpoint.begin()
        return conclude(search)
    except HandOver:
        from checker.native.takeover import take_over

        assert switch.engine is not None
        return take_over(search, switch.engine, storage, checkpoint)
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

    def __init__(
        self,
        kernels: Kernels,
        name: EngineName,
        threads: int | None,
        storage: Storage,
        max_memory: int | None,
        searches: int,
    ) -> None:
        self.kernels = kernels
        self.name = name
        self.threads = threads
        self.storage = storage
        self.max_memory = max_memory
        self.searches = searches
        self.states = 0
        self.compilation = Compilation(self.unit)
        self.engine: Engine | None = None

    def unit(self) -> Unit:
        from checker.native.engine import unit

        return unit(self.kernels, self.storage.fingerprints)

    def ready(self, states: int) -> bool:
        """Is there an engine to take over so many states? Asked again and again."""
        self.states = states
        code = self.compilation.now() if self.name == "native" else self.compilation.poll()
        if code is not None:
            self.take(code)
        return self.engine is not None

    def engine_for(self, states: int) -> Engine:
        """An engine to begin with so many states."""
        self.states = states
        self.take(self.compilation.now())
        assert self.engine is not None
        return self.engine

    def take(self, code: MachineCode) -> None:
        from checker.native.engine import Engine, NoMemory
        from checker.native.memory import available

        memory = int(available() * _SHARE / self.searches) if self.max_memory is None else self.max_memory
        folder = self.storage.states_in
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
                    threads=self.threads,
                    memory=memory,
                    states=self.states,
                    fingerprints=self.storage.fingerprints,
                    folder=folder,
                )
                return
            except NoMemory as problem:
                # Address space may be limited too; of that, a multiple is reserved.
                if memory > _LITTLE:
                    memory //= 2
                elif self.name == "native":
                    raise error(f"there is not enough memory for the native engine: {problem}", None) from None
                else:
                    self.compilation.given_up = True
                    return

    def close(self) -> None:
        self.compilation.close()
