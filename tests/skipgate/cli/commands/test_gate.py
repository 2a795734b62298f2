from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from skipgate.traces.render import RenderError
from tests.skipgate.gate.conftest import MODEL, RESTART, Repository
from tests.skipgate.gate.conftest import repo as repo  # the fixture

Run = Callable[..., Result]


@pytest.fixture
def gate(run: Run, repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls `skipgate gate` for the last commit, at the root of the repository."""
    monkeypatch.chdir(repo.root)
    return lambda *arguments: run("gate", "--base", "HEAD^", *arguments)


@pytest.fixture
def drifted(repo: Repository) -> Repository:
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.commit()
    return repo


def surprise(repo: Repository) -> None:
    """A new check with a violation that it does not expect."""
    repo.replace(MODEL, "check now", "check broken\n  with floor_is_have = false\n  expect holds\n\ncheck now")
    repo.git("add", "-A")
    repo.git("commit", "-q", "--amend", "--no-edit")


def test_an_open_gate(gate: Run, repo: Repository) -> None:
    repo.write("README", "text")
    repo.commit()
    result = gate()
    assert result.exit_code == 0
    assert "1 changed file, 9 anchors in 1 model" in result.stdout
    assert "The gate is open: no anchored code and no specification was touched." in result.stdout


def test_a_closed_gate(gate: Run, drifted: Repository) -> None:
    result = gate()
    assert result.exit_code == 1
    assert f"{RESTART} :: decideSkip was changed [open]\n  {MODEL}:24: action restart\n" in result.stdout
    assert "  | -\treturn have+Margin > index\n".replace("\t", " ") in result.stdout
    assert "check restart/now" not in result.stdout  # no model was changed
    assert "The gate is closed: 1 problem." in result.stdout
    assert "check restart/now: holds" in gate("--all-checks").stdout


def test_every_report_is_written(gate: Run, drifted: Repository, tmp_path: Path) -> None:
    surprise(drifted)
    kinds = ("markdown", "json", "sarif", "junit", "github", "text")
    reports = [f"--report={kind}={tmp_path / 'reports' / kind}" for kind in kinds]
    result = gate(*reports, "--format", "json", "--out", "pictures")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["passed"] is False
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == sorted(kinds)
    assert all(path.stat().st_size for path in (tmp_path / "reports").iterdir())
    pictures = {path.name for path in (drifted.root / "pictures").glob("*.svg")}
    assert {name for name in pictures if "contrast" not in name} == {"restart.broken.NoReplay.svg"}
    page = (drifted.root / "pictures" / "index.html").read_text("utf-8")
    assert "NoReplay" in page and "action restart" in page  # with the text of the model, which is gone by now
    annotations = (tmp_path / "reports" / "github").read_text().splitlines()
    assert annotations[0].startswith(f"::error file={RESTART},line=37,endLine=37,title=skipgate%3A drift::")


def test_a_picture_that_cannot_be_drawn_is_said_and_judges_nothing(
    gate: Run, drifted: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RenderError("A picture needs Graphviz.")

    surprise(drifted)
    monkeypatch.setattr("skipgate.traces.render.to_svg", fail)
    result = gate("--out", "pictures")
    assert result.exit_code == 1
    assert set(result.stderr.splitlines()) == {"error: A picture needs Graphviz."}
    assert "The gate is closed: 2 problems." in result.stdout


def test_a_summary_of_the_runner_is_added_to(
    gate: Run, drifted: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    gate("--report", f"markdown={summary}")
    assert summary.read_text().startswith("before\n<!-- skipgate gate -->")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--report", "html=x"], "write FORMAT=FILE"),
        (["--report", "json"], "write FORMAT=FILE"),
        (["--head", "nowhere"], "there is no commit 'nowhere' in this clone"),
        (["--repo", "nowhere"], "nowhere is not a folder"),
        (["--time-limit", "nan"], "Invalid value for '--time-limit'"),
        (["models", "--specs", "models"], "not both"),
    ],
)
def test_a_wrong_call(gate: Run, drifted: Repository, arguments: list[str], message: str) -> None:
    result = gate(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_search_that_was_cut_short_keeps_the_gate_closed(gate: Run, repo: Repository) -> None:
    repo.replace(MODEL, "when applied < 2\n", "when applied <= 1\n")
    repo.commit()
    assert gate().exit_code == 0
    result = gate("--max-states", "2")
    assert result.exit_code in (1, 3)
    assert "The gate is open" not in result.stdout


def test_models_of_a_folder(gate: Run, drifted: Repository) -> None:
    assert gate("models").exit_code == 1
    assert "there is no model at elsewhere" in gate("elsewhere").stdout
