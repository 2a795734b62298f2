"""Compiling in a process of its own, never in that of the search.

LLVM ends its process when it meets a fault of its own or finds no memory, and that must not be the process of the
search. Besides, a search can go on under CPython meanwhile. The process may outlive the run that began it: its result
goes to the cache folder, for the next run. Then its time is limited, and it has the lowest priority.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from skipgate.checker.core.processes import import_path, start_python
from skipgate.checker.native.language import KernelError, Signature, SourceText
from skipgate.checker.native.units import CompilationUnit, load, pack, save, unpack

# The request says where to import from: the other process finds what this one has found.
_START = """\
import json, sys
request = json.load(sys.stdin)
sys.path[:] = request["path"]
from skipgate.checker.native.compile_process import serve
serve(request)
"""

REFUSED, NO_LLVM = 3, 4  # exit statuses: the program is not in the kernel language; LLVM cannot be loaded
_LONGEST_ALONE = 120.0  # seconds that a process may go on after the run that began it
_PERIOD = 0.2  # seconds between looks at whether that run is still there
_MOST_ALONE = 2  # processes of a run that may outlive it

_left_alone: list[subprocess.Popen[bytes]] = []  # which are not waited for any more


class CompilerProcess:
    """Compiles a unit, from now on.

    Raises:
        OSError: no process can be started, or it cannot be told what to do.
    """

    def __init__(self, unit: CompilationUnit) -> None:
        self.unit = unit
        with TemporaryFile() as request:
            request.write(json.dumps(_request(unit)).encode())
            request.seek(0)
            self.answer: IO[bytes] = TemporaryFile()  # noqa: SIM115  # closed by `stop` or `leave_alone`
            self.complaints: IO[bytes] = TemporaryFile()  # noqa: SIM115  # the same
            try:
                # In a session of its own: Ctrl-C is for the search.
                self.process = start_python(
                    _START, stdin=request, stdout=self.answer, stderr=self.complaints, start_new_session=True
                )
            except OSError:
                self._close_files()
                raise

    @property
    def finished(self) -> bool:
        """Has the process ended?"""
        return self.process.poll() is not None

    def wait(self, seconds: float) -> bool:
        """Wait for so long at most. Has the process ended?"""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.finished

    def code(self) -> bytes | None:
        """What the process has made, if it has ended and made something."""
        self.answer.seek(0)
        return unpack(self.answer.read())

    def fate(self) -> str:
        """Why it has made nothing, after its end."""
        self.complaints.seek(0)
        complaints = self.complaints.read().decode(errors="replace").strip()
        last = complaints.splitlines()[-1] if complaints else ""
        status = self.process.returncode
        if status == REFUSED:
            return f"a generated kernel cannot be compiled, which is a fault of skipgate: {last}"
        if status == NO_LLVM:
            return f"llvmlite cannot be loaded: {last}"
        if status < 0:
            try:
                name = signal.Signals(-status).name
            except ValueError:
                name = f"signal {-status}"
            said = next((f": {line}" for line in complaints.splitlines() if "LLVM ERROR" in line), "")
            return f"LLVM crashed ({name}){said}"
        return f"compiling ended with exit status {status}" + (f": {last}" if last else "")

    def stop(self) -> None:
        """End the process if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._close_files()

    def leave_alone(self) -> bool:
        """Let the process go on for the next run, if its result would be kept. Does it?"""
        _left_alone[:] = [process for process in _left_alone if process.poll() is None]
        if self.unit.file is None or len(_left_alone) >= _MOST_ALONE or self.finished:
            self.stop()
            return False
        _left_alone.append(self.process)
        self._close_files()
        return True

    def _close_files(self) -> None:
        self.answer.close()
        self.complaints.close()


def _request(unit: CompilationUnit) -> dict[str, Any]:
    return {
        "path": import_path(),
        "parent": os.getpid(),
        "texts": [[text.name, text.source] for text in unit.texts],
        "exported": {name: signature.parameters for name, signature in unit.exported.items()},
        "constants": dict(unit.constants),
        "file": None if unit.file is None else str(unit.file),
    }


# ------------------------------------------------------------------------------------------- in the other process


def serve(request: Mapping[str, Any]) -> None:
    """Compile, write the result to standard output, and keep it in the cache folder."""
    file = None if request["file"] is None else Path(request["file"])
    guard = _Guard(request["parent"], useful_alone=file is not None)
    try:
        if file is None:
            content = _compile(request)
        else:
            with guard.alone_with(file):
                code = load(file)  # another process may have made it meanwhile
                content = _compile(request) if code is None else pack(code)
                if code is None:
                    save(file, content)
    except KernelError as problem:
        _fail(REFUSED, problem)
    except (ImportError, OSError) as problem:
        _fail(NO_LLVM, problem)
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _compile(request: Mapping[str, Any]) -> bytes:
    gc.disable()  # trees are many objects that stay: looking for garbage among them takes half of the time
    texts = tuple(SourceText(name, source) for name, source in request["texts"])
    exported = {name: Signature(tuple(parameters)) for name, parameters in request["exported"].items()}
    return pack(CompilationUnit(texts, exported, request["constants"]).compile())


def _fail(status: int, problem: Exception) -> None:
    print(" ".join(str(problem).split()), file=sys.stderr, flush=True)
    os._exit(status)


class _Guard:
    """Sees to it that this process does not go on for ever once the run that began it is over."""

    def __init__(self, parent: int, *, useful_alone: bool) -> None:
        self.parent = parent
        self.useful_alone = useful_alone
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def is_alone(self) -> bool:
        return hasattr(os, "getppid") and os.getppid() != self.parent

    def _watch(self) -> None:
        while not self.is_alone:
            time.sleep(_PERIOD)
        if self.useful_alone:
            with suppress(OSError, AttributeError):
                os.nice(19)
            time.sleep(_LONGEST_ALONE)
        os._exit(1)

    @contextmanager
    def alone_with(self, file: Path) -> Iterator[None]:
        """Keep other processes from making the same file, where the system has locks for that."""
        try:
            import fcntl
        except ImportError:
            yield
            return
        name = file.with_suffix(".lock")
        try:
            lock = name.open("wb")
        except OSError:
            yield
            return
        with lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if self.is_alone:  # the other process will do
                        os._exit(0)
                    time.sleep(_PERIOD / 4)
                except OSError:  # no locks on this file system
                    break
            try:
                yield
            finally:
                name.unlink(missing_ok=True)
