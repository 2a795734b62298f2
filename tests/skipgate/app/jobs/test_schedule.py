"""Who gets which job, without any process: the jobs are taken and done by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skipgate.app.jobs.schedule import HERE, Schedule
from skipgate.app.jobs.work import Failed, Found, Job, OutOfMemory, PackedCheck, Prepare, Prepared, RunCheck
from skipgate.base.errors import CrashReport
from skipgate.checker.checks.preparation import ReadyFile
from skipgate.checker.core.result import CheckResult

BUG = CrashReport("ValueError", "no", None, "")


class Run:
    """A schedule of files a, b, ..., and workers that do as they are told. Files have the checks that are given.

    Those whose names are letters are likely to take long.
    """

    def __init__(self, *files: str, at_once: int = 2) -> None:
        self.names = [list(file) for file in files]
        self.schedule = Schedule([Path(f"{chr(97 + n)}.gate") for n in range(len(files))], at_once)

    def take(self, worker: int) -> str | None:
        """What a worker gets to do: a file such as `a`, or a check of one, such as `a1`."""
        job = self.schedule.take(worker)
        return None if job is None else self.name(job)

    def name(self, job: Job) -> str:
        return job.path.stem if isinstance(job, Prepare) else job.path.stem + job.name

    def finish(self, worker: int, *messages: Any) -> None:
        """A worker has done its job; without messages, as it should."""
        (running,) = [each for number, each in self.schedule._running.items() if number == worker]
        for message in messages or [self.good(running.job)]:
            self.schedule.receive(worker, message)
        self.schedule.done(worker)

    def good(self, job: Job) -> Prepared | Found:
        if isinstance(job, RunCheck):
            result: Any = Result(job.name)
            return Found(result)
        packed_checks = (PackedCheck(name, name.isalpha(), b"") for name in self.names[job.file])
        return Prepared(ReadyFile(str(job.path), "m", (), {}, True, (), ()), tuple(packed_checks))

    def all_by(self, worker: int) -> list[str]:
        """What is left, done by one worker."""
        done = []
        while (name := self.take(worker)) is not None:
            done.append(name)
            self.finish(worker)
        return done


class Result:
    def __init__(self, check: str) -> None:
        self.check = check
        self.stopped = None


def results(run: Run, file: int) -> list[str]:
    found: list[CheckResult] = run.schedule.files[file].results
    return [result.check for result in found]


def test_one_process_does_everything_in_order() -> None:
    assert Run("12", "3", at_once=1).all_by(HERE) == ["a", "a1", "a2", "b", "b3"]


def test_no_check_is_run_before_all_of_its_file_are_ready() -> None:
    run = Run("12")
    assert (run.take(1), run.take(2)) == ("a", None)
    run.finish(1)
    assert (run.take(1), run.take(2)) == ("a1", "a2")


def test_workers_make_all_files_ready_then_keep_to_those_they_know_then_help() -> None:
    run = Run("12", "34", "5")
    assert (run.take(1), run.take(2)) == ("a", "b")
    run.finish(1)
    run.finish(2)
    assert (run.take(1), run.take(2)) == ("c", "b3")
    run.finish(2)
    assert run.take(2) == "b4"
    run.finish(2)
    assert run.take(2) == "a1"
    run.finish(1)
    assert run.take(1) == "a2"
    run.finish(1)
    assert run.take(1) == "c5"


def test_what_takes_long_is_begun_first_the_last_of_it_at_first() -> None:
    run = Run("1", "2xy", "3")
    order = run.all_by(1)
    assert order == ["a", "b", "c", "by", "bx", "a1", "b2", "c3"]
    assert results(run, 1) == ["2", "x", "y"]


def test_files_get_their_folders_in_order_whoever_is_first() -> None:
    asked = []
    run = Run("1", "2")
    run.schedule._folder_for = lambda model, file: asked.append(file)  # type: ignore[func-returns-value]
    assert (run.take(1), run.take(2)) == ("a", "b")
    run.finish(2)
    assert run.take(2) is None  # the folder for b depends on the model of a
    run.finish(1)
    assert asked == ["a.gate", "b.gate"]
    assert run.take(2) == "b2"


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 1, 3)])
def test_the_first_failure_of_a_file_counts_whenever_it_happens(order: tuple[int, ...]) -> None:
    run = Run("1234", at_once=3)
    run.take(1)
    run.finish(1)
    assert [run.take(worker) for worker in (1, 2, 3)] == ["a1", "a2", "a3"]
    for worker in order:
        run.finish(worker, *([] if worker == 1 else [Failed(CrashReport("ValueError", str(worker), None, ""))]))
    assert run.take(1) is None  # the fourth is not run any more
    file = run.schedule.next_complete()
    assert file is not None
    assert isinstance(file.error, CrashReport)
    assert (file.error.message, results(run, 0)) == ("2", ["1"])


def test_a_faulty_file_runs_nothing_and_keeps_nobody() -> None:
    run = Run("1", "2")
    run.take(1)
    run.finish(1, Failed(BUG))
    assert run.all_by(1) == ["b", "b2"]
    assert [file.complete for file in run.schedule.files] == [True, True]
    assert results(run, 0) == []


def test_what_needs_much_memory_waits_until_it_is_alone() -> None:
    run = Run("123")
    run.take(1)
    run.finish(1)
    assert (run.take(1), run.take(2)) == ("a1", "a2")
    run.finish(1, OutOfMemory())
    assert run.take(1) == "a3"
    run.finish(1)
    assert run.take(1) is None  # a2 is still running
    run.finish(2)
    job = run.schedule.take(1)
    assert isinstance(job, RunCheck)
    assert (job.name, job.searches) == ("1", 1)
    run.finish(1)
    assert run.schedule.files[0].complete
    assert results(run, 0) == ["1", "2", "3"]


def test_memory_is_shared_by_those_who_may_be_there() -> None:
    run = Run("12", at_once=4)
    run.take(1)
    run.finish(1)
    jobs = [run.schedule.take(worker) for worker in (1, 2)]
    # Four workers and, until they are there, this process.
    assert [job.searches for job in jobs if isinstance(job, RunCheck)] == [5, 5]
    run.finish(1)
    run.finish(2)
    alone = Run("1", at_once=1)
    alone.take(HERE)
    alone.finish(HERE)
    job = alone.schedule.take(HERE)
    assert isinstance(job, RunCheck)
    assert job.searches == 1


def test_a_job_that_was_not_begun_is_another_ones() -> None:
    run = Run("1")
    run.take(1)
    run.schedule.done(1)  # without a word
    assert run.all_by(2) == ["a", "a1"]


def test_this_process_does_nothing_that_workers_can() -> None:
    run = Run("1")
    run.schedule.count_helpers(1)
    assert run.take(HERE) is None
    run.schedule.count_helpers(-1)
    assert run.take(HERE) == "a"


def test_what_is_to_be_done_again_is_done_from_the_beginning() -> None:
    run = Run("1", "2")
    run.all_by(HERE)
    run.schedule.again(run.schedule.files[0])
    assert run.all_by(HERE) == ["a", "a1"]
    assert (results(run, 0), results(run, 1)) == (["1"], ["2"])


def test_when_it_is_closed_there_is_nothing_to_wait_for() -> None:
    run = Run("1")
    run.schedule.close()
    assert run.schedule.take(1, wait=True) is None
