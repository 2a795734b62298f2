from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from skipgate.gate.locking import whoami
from tests.skipgate.gate.conftest import MODEL, RESTART, STORE, Repository
from tests.skipgate.gate.conftest import repo as repo  # the fixture

Run = Callable[..., Result]


@pytest.fixture
def anchors(run: Run, repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls `skipgate anchors` at the root of the repository."""
    monkeypatch.chdir(repo.root)
    return lambda *arguments: run("anchors", *arguments)


def test_list_says_what_is_anchored_and_where(anchors: Run) -> None:
    result = anchors("list")
    assert result.exit_code == 0
    assert f"method Engine.Apply at {RESTART}:56\n  action apply (models/restart.gate:" in result.output
    assert "constant Margin" in result.output


def test_list_names_what_has_no_anchor(anchors: Run, repo: Repository) -> None:
    repo.replace(MODEL, '  anchor "engine/restart.go" :: Engine.Apply\n  not twice', "  not twice")
    assert "without an anchor:\n  models/restart.gate:28: invariant NoReplay" in anchors("list").output


def test_list_as_json(anchors: Run) -> None:
    document = json.loads(anchors("list", "--format", "json").output)
    first = document["anchors"][0]
    assert first["anchor"] == f"{RESTART} :: Engine"
    assert first["places"][0]["kind"] == "type"


def test_check_resolves_every_anchor(anchors: Run) -> None:
    result = anchors("check")
    assert (result.exit_code, result.output) == (0, "9 anchors of 9 resolved in the work tree\n")


def test_check_looks_at_the_work_tree_or_at_a_commit(anchors: Run, repo: Repository) -> None:
    repo.replace(RESTART, "func decideSkip", "func maySkip")
    assert anchors("check").exit_code == 1
    assert anchors("check", "--rev", "HEAD").exit_code == 0


@pytest.mark.parametrize(
    ("anchor", "message"),
    [
        ('"engine/restart.go" :: decideSkp', "engine/restart.go declares no decideSkp; did you mean decideSkip?"),
        ('"engine/restart.go" :: Apply', "engine/restart.go declares no Apply; did you mean Engine.Apply?"),
        ('"engine/a.go" :: decideSkip', "did you mean engine/restart.go :: decideSkip?"),
        ('"engine/restart2.go"', "there is no file engine/restart2.go; did you mean engine/restart.go?"),
        ('"restart.go"', "there is no file restart.go; did you mean engine/restart.go?"),
        ('"engine"', "engine is a folder; for the files in it: engine/*"),
        ('"engine/*.rs"', "no file matches engine/*.rs"),
        ('"**a**a**a**a**a**a**a.go"', "has more than 6 wildcards"),
        ('"/engine/restart.go"', "is no path from the root of the repository"),
        ('"engine/../engine/restart.go"', "is not in its simplest form"),
        ('"store/names.txt" :: x', "its language is not known, or it is too large; anchor the whole file"),
        ('"*/*.go" :: init', "init is declared 2 times: engine/a.go:3, engine/a.go:4"),
    ],
)
def test_check_names_what_does_not_resolve(anchors: Run, repo: Repository, anchor: str, message: str) -> None:
    repo.write("engine/a.go", "package engine\n\nfunc init() {}\nfunc init() {}\n")
    repo.replace(MODEL, 'anchor "store/store.go" :: Store.AppliedIndex', f"anchor {anchor}")
    result = anchors("check")
    assert result.exit_code == 1
    assert message in result.output


def test_check_fails_without_anchors(anchors: Run, repo: Repository) -> None:
    repo.write(MODEL, "model m\ncheck c expect holds\n")
    result = anchors("check")
    assert result.exit_code == 1
    assert "no specification has an anchor" in result.output


def test_a_lock_is_written_and_nothing_differs_from_it(anchors: Run, repo: Repository) -> None:
    assert anchors("lock").exit_code == 0
    first = json.loads(repo.read("anchors.lock").splitlines()[2])
    assert (first["anchor"], first["commit"]) == (f"{RESTART} :: Engine", repo.git("rev-parse", "HEAD"))
    result = anchors("diff")
    assert (result.exit_code, result.output) == (0, "0 differences, 0 accepted\n")


def test_nothing_is_locked_before_every_anchor_resolves(anchors: Run, repo: Repository) -> None:
    repo.replace(RESTART, "func decideSkip", "func maySkip")
    assert anchors("lock").exit_code == 1
    assert not (repo.root / "anchors.lock").exists()


def test_diff_shows_just_the_symbols_that_changed_and_who_speaks_of_them(anchors: Run, repo: Repository) -> None:
    anchors("lock")
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.replace(RESTART, "// Restart begins", "// Restart starts")
    repo.replace(STORE, '"store: behind"', '"store: late"')
    result = anchors("diff")
    assert result.exit_code == 1
    assert f"{RESTART} :: decideSkip: changed\n" in result.output
    assert "action restart: the process starts again" in result.output
    assert "  | -\treturn have+Margin > index" in result.output.replace("| - return", "| -\treturn")
    assert "late" not in result.output and "Restart starts" not in result.output
    assert result.output.endswith("1 difference, 0 accepted\n")


def test_diff_without_a_lock(anchors: Run) -> None:
    result = anchors("diff")
    assert result.exit_code == 2
    assert "skipgate anchors lock" in result.output


def test_an_accepted_difference_is_none(anchors: Run, repo: Repository) -> None:
    anchors("lock")
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    assert anchors("accept", "decideSkip", "--reason", "the margin is a bound", "--by", "A").exit_code == 0
    result = anchors("diff")
    assert result.exit_code == 0
    assert f"{RESTART} :: decideSkip: changed, accepted by A: the margin is a bound" in result.output
    repo.replace(RESTART, "have+Margin >= index", "have >= index")
    assert anchors("diff").exit_code == 1


def test_what_is_gone_can_be_accepted(anchors: Run, repo: Repository) -> None:
    anchors("lock")
    repo.replace(RESTART, "const Margin = 1", "const Bound = 1")
    assert f"{RESTART} :: Margin: gone" in anchors("diff").output
    assert anchors("accept", f"{RESTART} :: Margin", "--reason", "it is Bound now", "--by", "A").exit_code == 0
    assert f"{RESTART} :: Margin: gone, accepted by A" in anchors("diff").output


def test_accepting_opens_the_gate(anchors: Run, repo: Repository, run: Run) -> None:
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    assert anchors("accept", "decideSkip", "--reason", "the same", "--by", "A").exit_code == 0
    repo.commit()
    result = run("gate", "--base", "HEAD^")
    assert result.exit_code == 0, result.output
    assert "decideSkip was changed [accepted by A: the same]" in result.output


@pytest.mark.parametrize(
    ("name", "message"), [("nothing", "names nothing that belongs to an anchor"), ("Engin", "could be")]
)
def test_only_what_is_anchored_can_be_accepted(anchors: Run, name: str, message: str) -> None:
    result = anchors("accept", name, "--reason", "x", "--by", "A")
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_accepted_without_a_reason(anchors: Run, reason: str) -> None:
    assert anchors("accept", "decideSkip", "--reason", reason, "--by", "A").exit_code == 2


def test_who_accepts_is_whom_git_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "A")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "a@example.org")
    assert whoami() == "A <a@example.org>"


def test_coverage_names_functions_that_nothing_speaks_about(anchors: Run, repo: Repository) -> None:
    result = anchors("coverage")
    assert result.exit_code == 0
    assert result.output == (
        "store/store.go:31: Store.Restore, called by Engine.Restart\n"
        "1 function left out, 0 functions followed, 0 calls not resolved\n"
    )
    counted = anchors("coverage", "--files").output
    assert f"{RESTART}: 3 anchored, 0 followed, 1 unmodelled, 0 other functions" in counted
    assert f"{STORE}: 2 anchored, 0 followed, 0 unmodelled, 1 other function" in counted
    assert anchors("coverage", "--strict").exit_code == 1
    repo.write(MODEL, repo.read(MODEL) + '\nunmodelled "store/store.go" :: Store.Restore "it replaces everything"\n')
    assert anchors("coverage", "--strict").exit_code == 0


def test_coverage_rejects_what_is_declared_unmodelled_by_mistake(anchors: Run, repo: Repository) -> None:
    repo.write(MODEL, repo.read(MODEL) + f'\nunmodelled "{RESTART}" :: decideSkip, vanished "why"\n')
    result = anchors("coverage")
    assert result.exit_code == 1
    assert "decideSkip is declared unmodelled, but it is anchored" in result.output
    assert "vanished is declared unmodelled, but engine/restart.go declares no such thing" in result.output


WORKFLOW = """\
on:
  pull_request:
    paths: {paths}
  push:
    branches: [main]
jobs: {{}}
"""


def test_workflow_prints_the_filter(anchors: Run) -> None:
    assert anchors("workflow").output == (
        'paths:\n  - "engine/restart.go"\n  - "store/store.go"\n  - "models/restart.gate"\n  - "anchors.lock"\n'
    )


@pytest.mark.parametrize(
    ("path", "is_file", "pattern"),
    [
        ("a/b.go", True, "a/b.go"),
        ("a/[id]+*?.ts", True, "a/\\[id\\]\\+\\*\\?.ts"),
        ("!a.go", True, "\\!a.go"),
        ("a/**/*.go", False, "a/**/*.go"),
        ("a/s?ore[12]+.go", False, "a/s*ore*\\+.go"),
    ],
)
def test_paths_in_the_notation_of_github(path: str, is_file: bool, pattern: str) -> None:
    from skipgate.gate.workflow import github_pattern

    assert github_pattern(path, is_file) == pattern


@pytest.mark.parametrize(
    ("paths", "missing"),
    [
        (["**"], []),
        (["engine/**", "store/*.go", "models/**", "anchors.lock"], []),
        (["**/*.go", "**.gate", "*.lock"], []),
        (["engine/**", "models/**", "anchors.lock"], [STORE]),
        (["engine/*", "store/s?tore.go", "models/**", "!models/restart.gate", "anchors.lock"], [MODEL]),
        (["**", "!engine/**", "engine/restart.go"], []),
        (["*"], [RESTART, STORE, MODEL]),
    ],
)
def test_workflow_finds_what_a_filter_leaves_out(
    anchors: Run, repo: Repository, paths: list[str], missing: list[str]
) -> None:
    repo.write("ci.yml", WORKFLOW.format(paths=json.dumps(paths)))
    result = anchors("workflow", "--compare", "ci.yml")
    assert result.exit_code == (1 if missing else 0), result.output
    assert [line.rsplit(" ", 1)[1] for line in result.output.splitlines() if "leaves out" in line] == missing


@pytest.mark.parametrize("text", ["[", "a: 1", "on: workflow_dispatch\n", "on:\n  push:\n    paths: 3\n", "&a [*a]"])
def test_what_is_no_workflow_covers_nothing(anchors: Run, repo: Repository, text: str) -> None:
    repo.write("ci.yml", text)
    assert anchors("workflow", "--compare", "ci.yml").exit_code == 1


def test_the_printed_filter_covers_everything(anchors: Run, repo: Repository) -> None:
    filter_ = anchors("workflow").output.replace("\n", "\n    ")
    repo.write("ci.yml", f"on:\n  pull_request:\n    {filter_}\n")
    assert anchors("workflow", "--compare", Path("ci.yml")).exit_code == 0
