"""Several workers find what one process finds, and nothing that happens to them is lost."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from skipgate.app.jobs import pool
from skipgate.app.jobs.work import Prepare
from skipgate.app.options import BatchOptions
from skipgate.app.suite import RunReport
from skipgate.app.suite import run as check
from skipgate.base.exits import Exit
from skipgate.base.paths import find_models
from skipgate.checker.core.processes import import_path, start_python

Run = Callable[..., Result]
MODELS = Path(__file__).with_name("models")
ROOT = Path(__file__).parents[4]

# The outcome of a check depends on its name.
COUNTER = """\
model counter
var x : 0..2 = 0
action up when x < 2 then x' = x + 1
terminal when x == 2
invariant Small x < 2
"""


@pytest.fixture
def all_in_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is done in this process as long as there may be workers."""
    monkeypatch.setattr(pool, "PATIENCE", 0.0)
    start_workers = pool.WorkerPool.start_workers

    def and_wait(self: pool.WorkerPool) -> None:
        start_workers(self)
        while self.schedule.helpers < sum(thread.is_alive() for thread in self.threads) and not self.closed:
            time.sleep(0.005)

    monkeypatch.setattr(pool.WorkerPool, "start_workers", and_wait)


@pytest.fixture
def workers_that(monkeypatch: pytest.MonkeyPatch, all_in_workers: None) -> Callable[[str], None]:
    """Workers that do something of their own instead of running a check called `boom`."""

    def make(what: str) -> None:
        patch = (
            "import os, signal, time, skipgate.checker.checks.running as running\n"
            "run_check = running.run_check\n"
            f"def other():\n    {what}\n"
            "def run(check, how, report):\n"
            "    return (other() if check.name == 'boom' else None) or run_check(check, how, report)\n"
            "running.run_check = run\n"
        )
        monkeypatch.setattr(pool, "_START", pool._START.replace("serve()\n", f"{patch}serve()\n"))

    return make


def checks(folder: Path, *names: str, file: str = "counter.gate") -> RunReport:
    """Run checks of a small model, two at a time."""
    lines = [f"check {name} expect violation of Small\n" for name in names]
    (folder / file).write_text(COUNTER + "".join(lines))
    return check(find_models([folder]), BatchOptions(jobs=2))


# ------------------------------------------------------------------------------------------------ same as without


def without_times(text: str) -> str:
    text = re.sub(r" +\d+(\.\d+)?s *$", " TIME", text, flags=re.M)
    return re.sub(r"\(\d[\d.m]*s\)$|─+|\d+\.\d\ds", "TIME", text, flags=re.M)


def content(path: Path) -> bytes | str:
    """A file of a run, without times: those of the checks are on the page, whose digest is in the manifest."""
    if path.name == "index.html":
        return re.sub(r'data-seconds="[\d.e-]+"|\d[\d.m]*s\b', "TIME", path.read_text(encoding="utf-8"))
    if path.name.endswith("manifest.json"):
        return re.sub(r'"index.html": "\w+"', "PAGE", path.read_text(encoding="utf-8"))
    return path.read_bytes()


def plain_json(text: str) -> Any:
    document = json.loads(text)
    for result in document["results"]:
        del result["seconds"], result["engine"]  # which depends on the time as well
    return document


CALLS = [
    [],
    ["--max-states", "300"],
    ["--cross-check", "--check", "three,loops"],
]
# What they change is done before the workers begin, or after; each call takes seconds to start its workers.
MORE_CALLS = [["--stop-at-first"], ["--update"], ["--check", "t*,un*"], ["--tag", "deep"], ["--format", "github"]]


@pytest.mark.parametrize(
    "arguments", [*CALLS, *(pytest.param(call, marks=pytest.mark.slow) for call in MORE_CALLS)], ids=" ".join
)
def test_jobs_change_nothing_but_the_time(run: Run, all_in_workers: None, arguments: list[str]) -> None:
    found = []
    for jobs in ("1", "3"):
        shutil.copytree(MODELS, "models")
        result = run("check", "models", "--out", "out", "--jobs", jobs, *arguments)
        files = {str(path): content(path) for folder in ("models", "out") for path in Path(folder).rglob("*.*")}
        found.append((result.exit_code, without_times(result.stdout), result.stderr, files))
        shutil.rmtree("models")
        shutil.rmtree("out")
    alone, together = found
    assert together[:3] == alone[:3]
    assert together[3].keys() == alone[3].keys()
    assert together[3] == alone[3]


def test_json_is_the_same(run: Run, all_in_workers: None) -> None:
    documents = [plain_json(run("check", MODELS, "--format", "json", "--jobs", jobs).stdout) for jobs in "13"]
    assert documents[0] == documents[1]
    # The counter of a_holds.gate goes to 2, 3, 4 and 1, one state for each number.
    assert [each["distinct"] for each in documents[1]["results"][:4]] == [3, 4, 5, 2]


def test_the_folder_itself_is_for_the_first_model_of_a_name(run: Run, all_in_workers: None) -> None:
    shutil.copytree(MODELS, "models")  # of a long path, the name of the folder would show the beginning only
    for _ in range(2):
        result = run("check", "models", "--out", "out", "--jobs", "3")
        assert Path("out/counter.three.Small.svg").exists(), result.output
        drawn = [path.name for path in Path("out").glob("*f_limited*/*.reduced.Low.svg")]
        assert drawn == ["counter.reduced.Low.svg"], result.output


# ------------------------------------------------------------------------------------------------ who does what


def test_a_small_run_starts_no_worker(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a worker was started")

    monkeypatch.setattr(pool, "Worker", refuse)
    monkeypatch.setattr(pool, "PATIENCE", 600.0)  # on a busy machine a small run takes long, too
    assert run("check", MODELS / "a_holds.gate", "--jobs", "8").exit_code == 1


def test_without_processes_all_is_done_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(pool, "PATIENCE", 0.0)
    monkeypatch.setattr(pool, "Worker", none)
    report = checks(tmp_path, "one", "two", "three")
    assert [result.verdict for result in report.checks] == ["violation"] * 3


def test_workers_that_cannot_begin_are_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "PATIENCE", 0.0)
    monkeypatch.setattr(pool, "_START", "raise SystemExit(3)")
    report = checks(tmp_path, "one", "two", "three")
    assert [result.verdict for result in report.checks] == ["violation"] * 3


def test_what_is_nested_as_deeply_as_the_language_allows_can_be_sent(tmp_path: Path, all_in_workers: None) -> None:
    inner, outer = " + ".join(["x"] * 90), " + x" * 50
    deep = f"def inner : int = {inner}\ninvariant Deep inner{outer} <= 280\n"
    (tmp_path / "deep.gate").write_text(f"{COUNTER}{deep}check one expect violation of Small\n")
    (tmp_path / "other.gate").write_text(f"{COUNTER}check one expect violation of Small\n")
    report = check(find_models([tmp_path]), BatchOptions(jobs=2))
    assert [result.violated for result in report.checks] == [("Small",)] * 2  # 140 times 2 is no more than 280


def test_a_search_kept_in_files_is_for_one_check_at_a_time(run: Run) -> None:
    Path("store").mkdir()
    result = run("check", MODELS / "a_holds.gate", "--store", "store", "--jobs", "2")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "they imply --jobs 1" in result.stderr
    assert run("check", MODELS / "a_holds.gate", "--store", "store").exit_code == 1


# ------------------------------------------------------------------------------------------------------- accidents


def test_a_worker_that_is_killed_costs_its_check_only(tmp_path: Path, workers_that: Callable[[str], None]) -> None:
    workers_that("os.kill(os.getpid(), signal.SIGKILL)")
    report = checks(tmp_path, "one", "boom", "two", "three", "four")
    assert [result.verdict for result in report.checks] == ["violation", "unknown", *["violation"] * 3]
    assert report.checks[1].stopped == "its process was ended by SIGKILL, perhaps because memory ran out"
    assert report.checks[1].properties.keys() == report.checks[0].properties.keys()
    assert report.exit_code is Exit.UNKNOWN


def test_a_bug_in_a_worker_is_an_internal_error_here(tmp_path: Path, workers_that: Callable[[str], None]) -> None:
    workers_that("raise ValueError('no good')")
    report = checks(tmp_path, "one", "boom", "two")
    (crash,) = report.crashes
    assert (crash.error.kind, crash.error.message) == ("ValueError", "no good")
    assert "in other" in crash.error.traceback
    assert [result.check for result in report.checks] == ["one"]
    assert report.exit_code is Exit.INTERNAL


def test_what_needs_all_the_memory_is_run_by_itself_at_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from skipgate.checker.checks import running

    calls = []

    def hungry(ready: Any, how: Any, report: Any) -> Any:
        calls.append((ready.name, how.searches))
        result = real(ready, how, report)
        return replace(result, stopped="memory ran out") if ready.name == "big" and how.searches > 1 else result

    real = running.run_check
    monkeypatch.setattr(running, "run_check", hungry)
    report = checks(tmp_path, "big", "one", "two")
    # Two workers and this process may share the memory. When `two` is run, only `big` is left, which waits.

    assert calls == [("big", 3), ("one", 3), ("two", 1), ("big", 1)]
    assert [result.check for result in report.checks] == ["big", "one", "two"]
    assert report.exit_code is Exit.OK


# ----------------------------------------------------------------------------------------------------------- ends

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")

# Far more states than can be searched in a test.
ENDLESS = """\
model endless
var x : 0..999 = 0
var y : 0..999 = 0
var z : 0..999 = 0
action a when x < 999 then x' = x + 1
action b when y < 999 then y' = y + 1
action c when z < 999 then z' = z + 1
"""


def processes(ancestor: int) -> set[int]:
    """The processes that one has started, with those that they have."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(stat.parent.name)] = int(fields[1])
    found = {ancestor}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {ancestor}


def wait_for(condition: Callable[[], object], seconds: float = 600.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


# Leaves a file for each check that has begun, in whichever process, and for each file that is concluded.
NOTING = """\
from pathlib import Path
import skipgate.checker.checks.running as running
run_check = running.run_check
def noting(check, *rest):
    Path(f"{check.name}.begun").touch()
    return run_check(check, *rest)
running.run_check = noting
"""
MAIN = """\
import skipgate.app.jobs.pool as pool
import skipgate.app.suite as suite
pool._START = pool._START.replace("serve()\\n", PATCH + "serve()\\n")
conclude = suite._Run.conclude
def noting_too(run, file):
    conclude(run, file)
    Path(f"{file.path.stem}.concluded").touch()
suite._Run.conclude = noting_too
from skipgate.cli.main import main
main()
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts a run that does not end by itself, by several workers, which do something of their own at first."""
    endless = ("c1", "c2", "c3")
    (tmp_path / "first.gate").write_text(f"{COUNTER}check done expect violation of Small\n")
    (tmp_path / "second.gate").write_text(ENDLESS + "".join(f"check {name} expect holds\n" for name in endless))
    started = []

    def make(patch: str) -> subprocess.Popen[str]:
        # One job more than there are checks without an end: else all may be at these before the first file is done.
        arguments = ["check", ".", "--jobs", "4", "--max-memory", "2G", "--engine", "python"]
        program = f"PATCH = {patch!r}\n{NOTING}{MAIN}"
        process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield make
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def long_run(tmp_path: Path, start: Callable[[str], subprocess.Popen[str]]) -> subprocess.Popen[str]:
    """Such a run: its first file is done, and all checks of the second have begun."""
    process = start(NOTING)
    wait_for(lambda: {"c1.begun", "c2.begun", "c3.begun", "first.concluded"} <= {p.name for p in tmp_path.iterdir()})
    return process


@needs_proc
def test_ctrl_c_ends_all_workers_and_says_what_is_known(long_run: subprocess.Popen[str]) -> None:
    workers = processes(long_run.pid)
    assert len(workers) >= 2
    os.killpg(long_run.pid, signal.SIGINT)
    stdout, stderr = long_run.communicate(timeout=600)
    assert long_run.returncode == Exit.INTERRUPTED
    assert stderr == ""
    assert "1 as expected" in stdout.splitlines()[-1]
    assert "interrupted" in stdout.splitlines()[-1]
    assert "SIGKILL" not in stdout
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


@needs_proc
def test_workers_end_with_the_run_that_they_work_for(long_run: subprocess.Popen[str]) -> None:
    workers = processes(long_run.pid)
    assert len(workers) >= 2
    long_run.kill()
    _, stderr = long_run.communicate(timeout=600)
    wait_for(lambda: not any(_runs(worker) for worker in workers))
    assert stderr == ""


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    "sent", [0, 1, 2, 3, 4, 5], ids=["nothing", "where to import from", "options", "folders", "settings", "a job"]
)
def test_a_worker_whose_run_is_over_ends_in_silence(sent: int, tmp_path: Path) -> None:
    """Even while it starts: its output has no reader, and its input ends after so many messages."""
    (tmp_path / "counter.gate").write_text(COUNTER + "check one expect violation of Small\n")
    messages = [import_path(), BatchOptions(), (), (), Prepare(0, tmp_path / "counter.gate")]
    pipe = subprocess.PIPE
    process = start_python(pool._START, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, stderr = process.communicate(b"".join(map(pickle.dumps, messages[:sent])), timeout=600)
    assert (stderr, process.returncode) in ((b"", 1), (b"", -signal.SIGKILL))
