from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from skipgate.app.jobs.schedule import Running
from skipgate.app.jobs.work import PackedCheck, Prepare, RunCheck
from skipgate.app.progress import ProgressLine, peak_memory


@dataclass(frozen=True)
class Progress:
    """What the engine reports."""

    check: str = "c"
    distinct: int = 3000
    generated: int = 9000
    depth: int = 7
    frontier: int = 500
    seconds: float = 2.0
    growing: str | None = None
    where: str | None = None


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setenv("TERM", "xterm")
    return Clock()


def line_on(stream: io.StringIO, clock: Clock, columns: int = 200) -> ProgressLine:
    return ProgressLine(stream, now=clock, columns=lambda: columns)


def test_a_long_check_shows_what_it_is_doing(clock: Clock) -> None:
    terminal = Terminal()
    line_on(terminal, clock).update(Progress())
    assert "c: 3,000 states, 1,500/s, frontier 500, depth 7" in terminal.getvalue()
    assert "iB" in terminal.getvalue() or peak_memory() is None


def test_a_search_on_shards_says_where_the_states_are(clock: Clock) -> None:
    terminal = Terminal()
    line_on(terminal, clock).update(Progress(where="shards: 1,500 and 1,500"))
    assert "depth 7, shards: 1,500 and 1,500" in terminal.getvalue()


def test_a_variable_that_grows_without_end_is_named_where_it_is_not_cut_off(clock: Clock) -> None:
    terminal = Terminal()
    line_on(terminal, clock, columns=80).update(Progress(growing="`t` grows without end"))
    assert "depth 7, `t` grows without end" in terminal.getvalue()


def test_a_check_of_less_than_a_second_shows_nothing(clock: Clock) -> None:
    terminal = Terminal()
    line = line_on(terminal, clock)
    line.update(Progress(seconds=0.9))
    line.clear()
    assert terminal.getvalue() == ""


def test_a_log_is_left_clean(clock: Clock) -> None:
    log = io.StringIO()
    line = line_on(log, clock)
    line.update(Progress())
    line.clear()
    assert log.getvalue() == ""


def test_a_terminal_that_cannot_rewrite_a_line_is_left_clean(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    terminal = Terminal()
    line_on(terminal, clock).update(Progress())
    assert terminal.getvalue() == ""


def test_the_rate_is_that_since_the_last_line(clock: Clock) -> None:
    terminal = Terminal()
    line = line_on(terminal, clock)
    line.update(Progress(distinct=1000, seconds=2.0))
    clock.time += 1
    line.update(Progress(distinct=5000, seconds=4.0))  # 4000 more states in 2 seconds
    assert "2,000/s" in terminal.getvalue()


def test_reports_in_quick_succession_are_not_all_written(clock: Clock) -> None:
    terminal = Terminal()
    line = line_on(terminal, clock)
    for _ in range(100):
        line.update(Progress())
        clock.time += 0.01  # a second in all
    assert 5 <= terminal.getvalue().count("states") <= 11


def test_once_the_levels_shrink_the_line_says_how_long_it_will_take(clock: Clock) -> None:
    terminal = Terminal()
    line = line_on(terminal, clock)
    line.update(Progress(depth=1, distinct=1000, frontier=1000))
    line.update(Progress(depth=2, distinct=2000, frontier=1000))
    clock.time += 1
    line.update(Progress(depth=3, distinct=2500, frontier=500, seconds=4.0))
    # 2,000 states took 4 seconds. 500 wait; next come 125, 16 and 1: each ratio is half of the one before.
    assert terminal.getvalue().count("left") == 1
    assert terminal.getvalue().endswith(", 4.00s, about 1.28s left")


def test_what_another_check_did_tells_nothing_about_this_one(clock: Clock) -> None:
    terminal = Terminal()
    line = line_on(terminal, clock)
    line.update(Progress(depth=1, frontier=1000))
    line.update(Progress(depth=2, frontier=1000))
    clock.time += 1
    line.update(Progress(check="d", depth=3, frontier=500))
    assert "left" not in terminal.getvalue()


def test_the_line_never_wraps_and_clearing_takes_it_away(clock: Clock) -> None:
    terminal = Terminal()
    line = line_on(terminal, clock, columns=20)
    line.update(Progress())
    assert len(terminal.getvalue().removeprefix("\r\x1b[K")) < 20
    line.clear()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_several_checks_are_named_with_their_times_the_oldest_first(clock: Clock) -> None:
    terminal = Terminal()
    line = line_on(terminal, clock)
    searched: Any = Progress()
    first = Running(RunCheck(0, 0, Path("a.gate"), PackedCheck("one", False, b""), None, 3), clock.time, searched)
    line.show([first], 7)  # it reports itself
    assert "c: 3,000 states" in terminal.getvalue()
    clock.time += 4
    line.show([first, Running(Prepare(1, Path("models/b.gate")), clock.time - 2)], 1)
    assert terminal.getvalue().endswith("1 check done; now a/one 3,000 states 4.00s, b 2.00s")


def test_several_checks_that_have_just_begun_show_nothing(clock: Clock) -> None:
    terminal = Terminal()
    line = line_on(terminal, clock)
    line.show([Running(Prepare(number, Path("a.gate")), clock.time - 0.5) for number in (0, 1)], 7)
    assert terminal.getvalue() == ""


def test_a_name_does_nothing_to_the_terminal(clock: Clock) -> None:
    """The gate runs models of changes that nobody has looked at."""
    terminal = Terminal()
    line = line_on(terminal, clock)
    line.show(
        [Running(Prepare(0, Path("\x1b[2J.gate")), clock.time - 2), Running(Prepare(1, Path("b")), clock.time)], 7
    )
    assert terminal.getvalue().count("\x1b") == 1  # its own, which clears the line
    assert "\\x1b[2J" in terminal.getvalue()
