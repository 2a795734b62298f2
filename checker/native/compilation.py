"""Machine code of a program, got ready while something else runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from skipgate.checker.core.errors import InternalError
from skipgate.spec.diagnostics import error

if TYPE_CHECKING:
    from skipgate.checker.native.compile_process import CompilerProcess
    from skipgate.checker.native.machine import MachineCode
    from skipgate.checker.native.units import CompilationUnit

# Seconds under CPython before machine code of an earlier run is looked for. To load it takes less than a tenth of a
# second, most of it for LLVM, and that it is there means that the earlier run took longer. And seconds before it is
# compiled, which takes some tenths, but nothing from what goes on meanwhile.
_BEFORE_LOADING = 0.02
_BEFORE_COMPILING = 0.1


class Compilation:
    """The way to the machine code of a program, step by step. `make` says which program it is, once it is needed."""

    def __init__(self, make: Callable[[], CompilationUnit]) -> None:
        self.make = make
        self.started = time.perf_counter()
        self.given_up = False  # CPython will have to do
        self.unit: CompilationUnit | None = None
        self.worker: CompilerProcess | None = None

    def now(self) -> MachineCode:
        """The machine code at once.

        Raises:
            SpecError: it cannot be had.
        """
        from skipgate.checker.native.language import KernelError

        try:
            return self.make().compile()
        except ImportError as problem:
            raise error(f"the native engine needs llvmlite: {problem}", None, "choose `--engine python`") from None
        except KernelError as problem:
            raise InternalError(f"a generated kernel cannot be compiled: {problem}") from None

    def poll(self) -> MachineCode | None:
        """The machine code if it is ready. Asked again and again; each time the next step is taken if it is time."""
        seconds = time.perf_counter() - self.started
        if self.given_up or seconds < _BEFORE_LOADING:
            return None
        if self.worker is not None:
            return self.collect(self.worker) if self.worker.finished else None
        from skipgate.checker.native.units import load

        if self.unit is None:
            self.unit = self.make()
            if self.unit.file is not None and self.unit.cached:
                code = load(self.unit.file)
                if code is not None:
                    return self.link(code)
        if seconds >= _BEFORE_COMPILING:
            from skipgate.checker.native.compile_process import CompilerProcess

            try:
                self.worker = CompilerProcess(self.unit)
            except OSError:
                self.given_up = True
        return None

    def collect(self, worker: CompilerProcess) -> MachineCode | None:
        """What the other process has made; None, and given up, if there is nothing."""
        code = worker.code()
        worker.stop()
        if code is None:
            self.given_up = True
            return None
        return self.link(code)

    def link(self, code: bytes) -> MachineCode:
        """Make object code callable."""
        from skipgate.checker.native.machine import MachineCode

        assert self.unit is not None
        return MachineCode(code, self.unit.exported)

    def close(self) -> None:
        """End what is still going on."""
        if self.worker is not None:
            self.worker.stop()
