"""Run a process and say what it took: time, processor time, memory, and when it said what."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol


class ProcessError(Exception):
    """A process did not do what it was started for. `why` says so in a few words, the text with all that is known."""

    def __init__(self, why: str, details: str = "") -> None:
        super().__init__(f"{why}: {details}" if details else why)
        self.why = why


@dataclass(frozen=True)
class OutputLine:
    """A line of output, and the seconds from the start until it came."""

    at: float
    text: str


@dataclass(frozen=True)
class Finished:
    """A process that has ended by itself."""

    command: tuple[str, ...]
    status: int
    lines: tuple[OutputLine, ...]  # standard output and standard error
    seconds: float
    processor_seconds: float
    peak: int  # bytes of memory that were in use at once, by the largest of its processes; 0: too few to be told
    instructions: int | None = None  # of its own, not the operating system's

    @property
    def text(self) -> str:
        """All that the process printed."""
        return "".join(line.text for line in self.lines)

    def refuse(self, why: str) -> ProcessError:
        """The error to raise if this is not the outcome that was hoped for."""
        return ProcessError(why, f"{' '.join(self.command)}\n{self.text[-2000:]}")


class Runner(Protocol):
    """What runs a command to its end."""

    def __call__(
        self,
        command: Sequence[str | Path],
        *,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        limit: float | None = None,
    ) -> Finished:
        """Run a command, and end it after `limit` seconds."""


def run(
    command: Sequence[str | Path],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    limit: float | None = None,
) -> Finished:
    """Run a command to its end, at most `limit` seconds long.

    Raises:
        ProcessError: it could not be started, or the limit was reached.
    """
    words = tuple(str(word) for word in command)
    started = time.perf_counter()
    try:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=None if environment is None else {**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # so that it can be ended together with what it has started
        )
    except OSError as problem:
        raise ProcessError(f"cannot run {words[0]}", str(problem)) from None
    timer = threading.Timer(limit or 0, _end, (process.pid,))
    if limit is not None:
        timer.start()
    lines: list[OutputLine] = []
    assert process.stdout is not None
    try:
        with process.stdout:
            for text in process.stdout:
                lines.append(OutputLine(time.perf_counter() - started, text))
        # Popen would not say what it took.
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        _end(process.pid)
        process.wait()
        raise
    finally:
        timer.cancel()
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    result = Finished(
        words,
        process.returncode,
        tuple(lines),
        seconds,
        usage.ru_utime + usage.ru_stime,
        _peak(usage.ru_maxrss),
    )
    if limit is not None and process.returncode == -signal.SIGKILL and seconds >= limit:
        raise result.refuse(f"not done after {limit:g} s")
    return result


def _peak(kilobytes: int) -> int:
    """A process begins as a copy of this one, and Linux counts that, too: below it, nothing can be said."""
    mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes * 1024 if kilobytes > mine else 0


def run_counting_instructions(
    command: Sequence[str | Path],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    limit: float | None = None,
) -> Finished:
    """The same, and count instructions, which vary less than time where others use the machine too."""
    with tempfile.NamedTemporaryFile("r", suffix=".perf") as report:
        # -x: fields separated by commas. Threads and children are counted, too.
        meter = ["perf", "stat", "-x,", "-e", "instructions:u", "-o", report.name, "--"]
        done = run([*meter, *command], folder=folder, environment=environment, limit=limit)
        counts = [line.split(",")[0] for line in report if "instructions" in line]
    if len(counts) != 1 or not counts[0].isdigit():
        raise done.refuse("perf counts no instructions here")
    return replace(done, instructions=int(counts[0]))


def _end(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
