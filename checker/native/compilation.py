"""Machine code of a program, prepared while something else runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from math import inf
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from skipgate.checker.native.compile_process import CompilerProcess
    from skipgate.checker.native.machine import MachineCode
    from skipgate.checker.native.units import CompilationUnit

# Seconds under CPython before machine code of an earlier run is looked for. To load it takes less than a tenth of a
# second, most of it for LLVM, and that it is there means that the earlier run took longer. And seconds before it is
# compiled, which takes some tenths, but nothing from what goes on meanwhile.
_BEFORE_LOADING = 0.02
_BEFORE_COMPILING = 0.1

_WORTH_FINISHING = 2.0  # seconds: a run that has waited for so long would have been faster with machine code
_POLL = 0.02  # seconds between looks at whether the code is ready, where nothing else is to be done
Result = TypeVar("Result")

_ADDRESS_SPACE = 2**29  # bytes that LLVM needs, and what is begun with its code


class Compilation:
    """Gets the machine code of a program, step by step. `make` says which program it is, once it is needed.

    `problem` is why there is none, if that is so.
    """

    def __init__(self, make: Callable[[], CompilationUnit]) -> None:
        self.make = make
        self.started = time.perf_counter()
        self.problem: str | None = None
        self.unit: CompilationUnit | None = None
        self.process: CompilerProcess | None = None
        self.compiling_since = 0.0
        self.unfinished: str | None = None

    def now(self, tick: Callable[[], None] = lambda: None, seconds: float = inf) -> MachineCode | None:
        """The machine code as soon as it can be made; None if there is a `problem`, or that takes so many seconds.

        `tick` is called meanwhile.
        """
        code = self._step(may_compile=True)
        while code is None and self.problem is None and time.perf_counter() - self.started < seconds:
            if self.process is not None:
                self.process.wait(_POLL)
            tick()
            code = self._step(may_compile=True)
        return code

    def poll(self) -> MachineCode | None:
        """The machine code if it is ready. Each call takes the next step if it is time for it."""
        seconds = time.perf_counter() - self.started
        if seconds < _BEFORE_LOADING:
            return None
        return self._step(may_compile=seconds >= _BEFORE_COMPILING)

    def _step(self, *, may_compile: bool) -> MachineCode | None:
        if self.problem is not None:
            return None
        if self.process is not None:
            return self._collect(self.process) if self.process.finished else None
        from skipgate.checker.native.units import load

        if self.unit is None:
            self.unit = self.make()
            if self._lacks_address_space():
                return None
            if self.unit.file is not None and self.unit.cached:
                code = self._attempt(partial(load, self.unit.file))
                if code is not None:
                    return self._link(code)
        if may_compile and self.problem is None:
            from skipgate.checker.native.compile_process import CompilerProcess

            self.compiling_since = time.perf_counter()
            try:
                self.process = CompilerProcess(self.unit)
            except OSError as problem:
                self.problem = f"no process can be started: {problem.strerror or problem}"
        return None

    def _lacks_address_space(self) -> bool:
        """LLVM ends the whole process where it gets no address space; so it is not begun without."""
        from skipgate.checker.native.memory import address_space_left
        from skipgate.checker.search.limits import show_size

        left = address_space_left()
        if left is not None and left < _ADDRESS_SPACE:
            self.problem = f"only {show_size(left)} of address space are left (see `ulimit -v`)"
        return self.problem is not None

    def _collect(self, process: CompilerProcess) -> MachineCode | None:
        """What the process has made."""
        code = self._attempt(process.code)
        if code is None and self.problem is None:
            self.problem = process.fate()
        process.stop()
        self.process = None
        return None if code is None else self._link(code)

    def _link(self, code: bytes) -> MachineCode | None:
        """Make machine code callable, which needs LLVM in this process as well."""

        def link() -> MachineCode:
            from skipgate.checker.native.machine import MachineCode

            assert self.unit is not None
            return MachineCode(code, self.unit.exported)

        return self._attempt(link)

    def _attempt(self, use: Callable[[], Result]) -> Result | None:
        """Do something with LLVM."""
        try:
            return use()
        except Exception as problem:  # a broken installation may fail in any way
            self.problem = f"llvmlite cannot be used: {type(problem).__name__}: {problem}"
            return None

    def close(self) -> None:
        """End what is still going on, unless the next run will be glad of it."""
        process, self.process = self.process, None
        if process is None:
            return
        seconds = time.perf_counter() - self.compiling_since
        if seconds < _WORTH_FINISHING or process.finished:
            process.stop()
            return
        goes_on = process.leave_alone()
        rest = ", and goes on for the next run" if goes_on else ""
        self.unfinished = f"compiling was not finished after {seconds:.0f} s{rest}"

    @property
    def note(self) -> str | None:
        """What to say of machine code that was not used, after `close`."""
        if self.problem is not None:
            return f"machine code was not used: {self.problem}"
        return None if self.unfinished is None else f"machine code was not used: {self.unfinished}"
