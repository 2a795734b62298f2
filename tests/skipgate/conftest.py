"""What the tests share: a way to call the command line, results, and an engine that returns them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.preparation import ReadyFile
from skipgate.checker.core.datatypes import IntType
from skipgate.checker.core.result import CheckResult, Expectation, FileResult, PropertyResult
from skipgate.checker.core.trace import Failure, Step, Trace, Variable

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Calls the command line in an empty folder, as a script would: `run("check", "lock.gate")`."""
    from skipgate.cli.main import cli

    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "SKIPGATE_DEBUG", "TERM"):
        monkeypatch.delenv(name, raising=False)

    def call(*args: object, **options: Any) -> Result:
        return CliRunner().invoke(cli, [str(arg) for arg in args], prog_name="skipgate", **options)

    return call


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file into the folder in which `run` runs."""

    def make(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return make


def _trace(length: int = 3, name: str = "Small") -> Trace:
    x = Variable("x", IntType(0, 9), "a counter")
    steps = [
        Step({"x": i}, *((None, (), None, ()) if i == 0 else ("up", (), f"count to {i}", ("x",))))
        for i in range(length)
    ]
    failure = Failure("invariant", f"{name} is false in the last state", conjunct="x < 2", place="m.gate:5:3")
    return Trace("m", "c", name, "x stays small", (), (x,), tuple(steps), failure, ("x",))


@pytest.fixture
def trace() -> Trace:
    """A counter that has been counted too far, in three states."""
    return _trace()


def _check(**differing: Any) -> CheckResult:
    """A check that holds as expected; `violated` names properties that do not hold, `expected` those that are to."""
    violated = differing.pop("violated", {})
    properties = {"Small": PropertyResult("Small", "invariant", "holds", "x stays small")}
    for name, length in violated.items():
        properties[name] = PropertyResult(name, "invariant", "violation", None, _trace(length, name))
    plain = CheckResult(
        file="m.gate",
        model="m",
        check="c",
        description=None,
        verdict="violation" if violated else "holds",
        expected=Expectation(differing.pop("expected", ())),
        properties=properties,
        distinct=1234,
        generated=5678,
        depth=9,
        seconds=0.5,
        engine="bfs",
    )
    return replace(plain, **differing)


@pytest.fixture
def check() -> Callable[..., CheckResult]:
    """Makes the result of a check, by default one that holds as expected; `violated={"Small": 3}`."""
    return _check


class FakeChecker:
    """Stands in for the engine. For each file it has a prepared result, or an exception to raise."""

    def __init__(self) -> None:
        self.outcomes: dict[str, FileResult | BaseException] = {}
        self.prepared: list[str] = []
        self.options: dict[str, Any] = {}
        self.run_options: list[RunOptions] = []

    def returns(self, *checks: CheckResult, file: str = "m.gate", problems: tuple[str, ...] = ()) -> None:
        """The file `file` is there, and has these checks."""
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        if not Path(file).exists():
            Path(file).write_text("model m\n" + "".join(f"check {each.check} expect holds\n" for each in checks))
        self.outcomes[file] = FileResult(file, tuple(replace(each, file=file) for each in checks), problems)

    def raises(self, error: BaseException, file: str = "m.gate") -> None:
        """Checking `file` ends in an exception."""
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).touch()
        self.outcomes[file] = error

    def ready_file(self, path: Path, _: RunOptions, **options: Any) -> ReadyFile:
        self.prepared.append(str(path))
        self.options = options
        outcome = self.outcomes[str(path)]
        if isinstance(outcome, BaseException):
            raise outcome
        checks: Any = tuple(FakeCheck(each.check, each) for each in outcome.checks)
        return ReadyFile(str(path), "m", checks, outcome.left_out, True, (), ())

    def run_check(self, check: Any, options: RunOptions, _: object) -> CheckResult:
        self.run_options.append(options)
        result: CheckResult = check.result
        return result

    def file_result(self, ready: ReadyFile, results: list[CheckResult], *_: object) -> FileResult:
        outcome = self.outcomes[ready.path]
        assert isinstance(outcome, FileResult)
        return replace(outcome, checks=tuple(results))


@dataclass
class FakeCheck:
    name: str
    result: CheckResult
    asks_for_proof: bool = False


@pytest.fixture
def checker(monkeypatch: pytest.MonkeyPatch, run: Run) -> Iterator[FakeChecker]:
    """The engine replaced by one that returns what the test has prepared."""
    fake = FakeChecker()
    monkeypatch.setattr("skipgate.checker.checks.preparation.ready_file", fake.ready_file)
    monkeypatch.setattr("skipgate.checker.checks.running.run_check", fake.run_check)
    monkeypatch.setattr("skipgate.checker.checks.files.file_result", fake.file_result)
    yield fake
