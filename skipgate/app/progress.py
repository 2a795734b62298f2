"""One line on the terminal that says how a long run is going."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from skipgate.app.estimate import Estimate
from skipgate.base.wording import count, duration, number, size

if TYPE_CHECKING:
    from skipgate.app.jobs.schedule import Running
    from skipgate.checker.search.limits import Progress

_PATIENCE = 1.0  # seconds that a check may take before anything is said about it
_PERIOD = 0.1  # seconds between two versions of the line: more often cannot be read


class ProgressLine:
    """Rewrites its line in place; on anything but a terminal it stays silent, so that logs hold no debris."""

    def __init__(
        self,
        stream: TextIO,
        *,
        now: Callable[[], float] = monotonic,
        columns: Callable[[], int] = lambda: shutil.get_terminal_size().columns,
    ) -> None:
        self._stream = stream
        self._now = now
        self._columns = columns
        self._live = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._shown = False
        self._last = 0.0
        self._before: Progress | None = None
        self._check: str | None = None
        self._estimate = Estimate()

    def update(self, progress: Progress) -> None:
        """The engine's report; shown if the check has been running for a while."""
        if not self._live:
            return
        if progress.check != self._check:
            self._check = progress.check
            self._estimate = Estimate()
        self._estimate.note(progress.depth, progress.distinct, progress.frontier)
        if progress.seconds < _PATIENCE or self._now() - self._last < _PERIOD:
            return
        self._write(self._line(progress))
        self._before = progress

    def show(self, running: Sequence[Running], finished: int) -> None:
        """What is going on in a run of several checks, of which so many are finished."""
        if len(running) == 1 and running[0].progress is not None:
            self.update(running[0].progress)
        elif running:
            now = self._now()
            if now - running[0].since >= _PATIENCE or self._shown:
                what = ", ".join(_activity(each, now - each.since) for each in running)
                self.say(f"{count(finished, 'check')} done; now {what}")

    def say(self, text: str) -> None:
        """What is being done, where nothing is counted."""
        if self._live and self._now() - self._last >= _PERIOD:
            self._write(text)

    def _write(self, line: str) -> None:
        self._stream.write(f"\r\x1b[K{line[: max(0, self._columns() - 1)]}")
        self._stream.flush()
        self._last = self._now()
        self._shown = True

    def clear(self) -> None:
        """Take the line away, before anything else is printed."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False
        self._before = self._check = None

    def _line(self, progress: Progress) -> str:
        parts = [
            f"{progress.check}: {number(progress.distinct)} states",
            f"{number(self._rate(progress))}/s",
            f"frontier {number(progress.frontier)}",
            f"depth {progress.depth}",
            *([] if progress.growing is None else [progress.growing]),
            *([] if progress.where is None else [progress.where]),
        ]
        if (peak := peak_memory()) is not None:
            parts.append(size(peak))
        parts.append(duration(progress.seconds))
        if (left := self._seconds_left(progress)) is not None:
            parts.append(f"about {duration(left)} left")
        return ", ".join(parts)

    def _rate(self, progress: Progress) -> float:
        """States a second since the last line, or over all if this is the first one of its check."""
        before = self._before
        if before is None or before.check != progress.check or before.seconds >= progress.seconds:
            return progress.distinct / progress.seconds
        return (progress.distinct - before.distinct) / (progress.seconds - before.seconds)

    def _seconds_left(self, progress: Progress) -> float | None:
        """As long as it takes to explore what waits and what is not even found, at the speed so far."""
        unseen = self._estimate.unseen(progress.distinct)
        explored = progress.distinct - progress.frontier
        if unseen is None or explored <= 0:
            return None
        return (progress.frontier + unseen) * progress.seconds / explored


def _activity(running: Running, seconds: float) -> str:
    """A check with its file, and how long it has been running."""
    from skipgate.traces.plain import visible

    job, progress = running.job, running.progress
    name = job.name if job.name == job.path.stem else f"{job.path.stem}/{job.name}"
    states = "" if progress is None else f" {number(progress.distinct)} states"
    return f"{visible(name)}{states} {duration(seconds)}"


def peak_memory() -> int | None:
    """The most memory this process has had, in bytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
