"""A second `check` of an unchanged model searches nothing, says so, and leaves behind what the first one did."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import Result

from skipgate.checker.checks import running
from skipgate.checker.checks.preparation import ReadyCheck
from skipgate.checker.core.errors import InternalError

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

MODEL = """\
model counter
const N : 0..9 = 2
var x : 0..9 = 0
action up when x < N then x' = x + 1
terminal when x >= N
invariant Small "x stays small" x < 2
cover One x == 1
check far
  with N = 3
  expect violation of Small
check near
  with N = 1
  expect holds
"""


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder for results, and a key of its own."""
    place = tmp_path_factory.mktemp("kept")
    monkeypatch.setenv("SKIPGATE_RESULTS", str(place / "results"))
    monkeypatch.setenv("XDG_STATE_HOME", str(place / "state"))
    monkeypatch.setenv("HOME", str(place / "home"))
    return place / "results"


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The checks that were searched, in order."""
    found: list[str] = []
    run_check = running.run_check

    def noting(check: ReadyCheck, *args: object) -> object:
        found.append(check.name)
        return run_check(check, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "run_check", noting)
    return found


@pytest.fixture
def model(write: Write) -> Path:
    return write("counter.gate", MODEL)


def check(run: Run, *args: object, code: int = 0) -> str:
    result = run("check", "counter.gate", "--engine", "python", "--jobs", "1", *args)
    assert result.exit_code == code, result.output
    return re.sub(r"\(\d+\.\d\ds\)", "(0.00s)", result.output)


def test_every_format_tells_it(run: Run, model: Path, searched: list[str]) -> None:
    first = check(run)
    assert searched == ["far", "near"] and "kept" not in first
    second = check(run)
    assert searched == ["far", "near"]
    assert "kept: 2 checks not searched again" in second and "2 kept from an earlier run" in second
    assert [each["kept"] for each in json.loads(check(run, "--format", "json"))["results"]] == [True, True]
    assert "::notice title=skipgate::kept: 2 checks not searched again" in check(run, "--format", "github")
    cases = ElementTree.fromstring(check(run, "--format", "junit")).iter("testcase")
    told = [case.findtext("system-out") for case in cases if case.get("name") == "expectations"]
    assert len(told) == 2 and all(text and text.startswith("kept: ") for text in told)
    assert searched == ["far", "near"]


def test_all_but_that_is_as_in_the_first_run(run: Run, model: Path, tmp_path: Path) -> None:
    first = json.loads(check(run, "--format", "json", "--witness"))["results"]
    second = json.loads(check(run, "--format", "json", "--witness"))["results"]
    assert [each | {"kept": True} for each in first] == second


def test_files_of_out_are_the_same_byte_for_byte(run: Run, model: Path, tmp_path: Path, searched: list[str]) -> None:
    def files(folder: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".html"}

    check(run, "--out", "out")
    before = files(tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_bytes()
    assert {Path(name).suffix for name in before} >= {".svg", ".dot", ".json"}
    for path in (tmp_path / "out").iterdir():
        path.unlink()
    check(run, "--out", "out")
    after = files(tmp_path / "out")
    before.pop("skipgate.manifest.json"), after.pop("skipgate.manifest.json")  # with the digest of the page
    assert after == before and (tmp_path / "out" / "index.html").read_bytes() != page
    check(run, "--out", "elsewhere")  # drawn anew, from the traces that are kept
    elsewhere = files(tmp_path / "elsewhere")
    elsewhere.pop("skipgate.manifest.json")
    assert elsewhere == before
    assert searched == ["far", "near"]


@pytest.mark.parametrize(
    "options",
    [
        ("--fresh",),
        ("--stop-at-first",),
        ("--cross-check",),
        ("--update",),
        ("--check", "near"),
        ("--witness",),
        ("--coverage",),
        ("--engine", "auto"),
        ("--with", "N = 1"),
    ],
    ids=" ".join,
)
def test_what_is_asked_otherwise_is_searched(
    run: Run, model: Path, searched: list[str], options: tuple[str, ...]
) -> None:
    check(run)
    searched.clear()
    run("check", "counter.gate", "--engine", "python", "--jobs", "1", *options)
    assert "near" in searched


def test_a_changed_text_is_searched(run: Run, model: Path, searched: list[str]) -> None:
    check(run)
    model.write_text(MODEL.replace("x stays small", "x is small"))
    assert "kept" not in check(run)
    assert searched == ["far", "near"] * 2


def test_a_changed_import_is_searched(run: Run, write: Write, searched: list[str]) -> None:
    write("limits.gate", "const Most : 0..9 = 1\n")
    write("counter.gate", 'import "limits.gate"\n' + MODEL.replace("x < 2", "x <= Most"))
    check(run)
    assert "2 kept" in check(run)
    write("limits.gate", "const Most : 0..9 = 3\n")
    assert "`Small` holds, but its violation is expected" in check(run, code=1)


def test_another_version_of_the_tool_searches(
    run: Run, model: Path, searched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(run)
    monkeypatch.setattr("skipgate.app.kept._digest", lambda *_: "another")
    check(run)
    assert searched == ["far", "near"] * 2


def test_what_was_noted_of_the_search_stays(run: Run, model: Path, searched: list[str]) -> None:
    for _ in range(2):
        told = check(run, "--with", "N = 1", "--check", "near")
        assert "as given from outside" in told
    assert "1 kept" in told and searched == ["near"]


def test_what_is_not_decided_is_not_kept(run: Run, model: Path, searched: list[str]) -> None:
    check(run, "--max-states", "1", code=3)
    check(run, "--max-states", "1", code=3)
    assert len(searched) == 4
    check(run)
    assert len(searched) == 6
    assert "2 kept" in check(run, "--max-states", "1")  # which is no limit to what is known


def test_an_interrupted_check_is_not_kept(run: Run, model: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "run_check", interrupted)
    check(run, code=130)
    assert not kept.exists() or not list(kept.iterdir())


def test_nothing_is_kept_where_the_tool_fails(
    run: Run, model: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise InternalError("two parts disagree")

    monkeypatch.setattr(running, "run_check", fails)
    run("check", "counter.gate", "--jobs", "1")
    assert not list(kept.iterdir())


def test_a_tampered_result_never_turns_a_violation_into_holds(
    run: Run, model: Path, write: Write, kept: Path, searched: list[str]
) -> None:
    model.write_text(MODEL.replace("x < 2", "x < 9"))
    check(run, code=1)  # it holds, and a violation is expected
    (holds,) = kept.iterdir()
    good = holds.read_bytes()
    holds.unlink()
    model.write_text(MODEL)
    check(run)
    (violation,) = kept.iterdir()
    searched.clear()
    for content in (good, violation.read_bytes().replace(b"violation", b"holds\0\0\0\0"), b"", b"\0" * 1000):
        violation.write_bytes(content)
        told = check(run)
        assert "✓ violation, expected" in told and str(violation.name)[:20] in told.replace("\n  ", "")
        assert "a kept result is refused" in told and "2 kept" not in told
        assert "2 kept" in check(run)  # for the right one has taken its place
    assert searched == ["far", "near"] * 4


def test_what_others_can_write_to_is_not_used(run: Run, model: Path, kept: Path, searched: list[str]) -> None:
    check(run)
    kept.chmod(0o777)
    assert "kept" not in check(run)
    assert searched == ["far", "near"] * 2


def test_the_same_by_workers(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    from skipgate.app.jobs import pool

    monkeypatch.setattr(pool, "PATIENCE", 0.0)
    for name in "ab":
        write(f"{name}.gate", MODEL.replace("counter", name))
    assert run("check", ".", "--jobs", "2").exit_code == 0
    assert "4 kept from an earlier run" in run("check", ".", "--jobs", "2").output


def test_a_model_from_standard_input(run: Run) -> None:
    assert run("check", "-", input=MODEL).exit_code == 0
    assert "2 kept" in run("check", "-", input=MODEL).output
    assert "2 kept" not in run("check", "-", input=MODEL.replace("N = 1", "N = 0")).output
