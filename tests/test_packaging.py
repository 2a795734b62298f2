"""What is installed: one package, the same from the tree and from an sdist, that lives beside any other project.

The project of its user has packages that are called as our folders are. It gets the wheel in an environment of its own;
what skipgate depends on comes from the environment of these tests, so nothing is downloaded.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("spec", "checker", "models", "traces")

# Users of the Python interface; mypy is strict with them. The one that is right is also run.
RIGHT = """\
from typing import assert_type

import checker, models, spec, traces
import skipgate

def watch(progress: skipgate.Progress) -> None:
    print(progress.check)

model = skipgate.load("first.gate")
assert_type(model, skipgate.LoadedModel)
result = skipgate.check(model, engine="python", progress=watch)
assert_type(result, skipgate.FileResult)
assert result.as_expected, skipgate.report(result)
assert_type(result["one_step"].verdict, skipgate.Verdict)
trace = result["two_steps"].properties["OneInside"].trace
assert_type(trace, skipgate.Trace | None)
value: skipgate.Value = False if trace is None else trace.steps[0].state["locked"]
walks = skipgate.simulate(model, check="one_step", walks=10, engine="python")
assert_type(walks, skipgate.Simulation)
try:
    skipgate.prove(model, only="one_step", method="induction", progress=lambda said: None)
except skipgate.SpecError as error:
    assert_type(error.diagnostics, tuple[skipgate.Diagnostic, ...])
print(*(f"{each.check}: {each.verdict}" for each in result.checks))
print(checker.mine, models.mine, spec.mine, traces.mine)
"""
WRONG = """\
import skipgate
skipgate.check("first.gate", engine="fast")
skipgate.check("first.gate", "one_step")
skipgate.chekc("first.gate")
skipgate.check("first.gate")["one_step"].verdict == "hold"
"""


def run(folder: Path, *command: str | Path, status: int = 0) -> str:
    """What a command prints that runs in `folder`, without the variables that Python and pytest read."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    done = subprocess.run(command, cwd=folder, env={**kept, "NO_COLOR": "1"}, capture_output=True, text=True)
    assert done.returncode == status, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def build(project: Path, target: str, out: Path) -> Path:
    run(project, sys.executable, "-m", "hatchling", "build", "-t", target, "-d", out)
    (built,) = out.iterdir()
    return built


def contents(wheel: Path) -> dict[str, bytes]:
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def user(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> User:
    return User(tmp_path_factory.mktemp("user"), wheel)


class User:
    """A project that has packages with the names of our folders, and the wheel installed."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder = folder / "project"
        for name in OURS:
            (self.folder / name).mkdir(parents=True)
            (self.folder / name / "__init__.py").write_text(f"mine = {name!r}\n")
        environment = folder / "environment"
        run(folder, sys.executable, "-m", "venv", "--without-pip", environment)
        scripts = environment / ("Scripts" if os.name == "nt" else "bin")
        self.python, self.skipgate = scripts / "python", scripts / "skipgate"
        site = Path(self.run(self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
        # Later on the path than the environment's own packages. Files .pth in there, such as that of an editable
        # skipgate, are not obeyed.
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
        pip = (sys.executable, "-m", "pip", "--python", self.python, "--disable-pip-version-check")
        self.run(*pip, "install", "--quiet", "--no-index", "--no-deps", "--no-compile", wheel)
        self.run(self.skipgate, "new", "first")
        self.site = site

    def run(self, *command: str | Path, status: int = 0) -> str:
        return run(self.folder, *command, status=status)


def test_one_name_is_installed(wheel: Path) -> None:
    names = {name.split("/")[0] for name in contents(wheel)}
    assert {name for name in names if not name.endswith(".dist-info")} == {"skipgate"}


def test_the_wheel_has_what_is_no_python(wheel: Path) -> None:
    packed = set(contents(wheel))
    tracked = run(ROOT, "git", "ls-files", *OURS, "skipgate").split() if (ROOT / ".git").exists() else []
    links = {name for name in tracked if (ROOT / name).is_symlink()}
    expected = {name if name.startswith("skipgate/") else f"skipgate/{name}" for name in set(tracked) - links}
    assert expected <= packed
    assert {
        "skipgate/py.typed",
        "skipgate/spec/parsing/grammar.lark",
        "skipgate/models/examples/die_hard.gate",
        "skipgate/schemas/check-1.json",
        "skipgate/templates/starter.gate",
    } <= packed


def test_the_wheel_is_the_same_from_the_tree_and_from_an_sdist(wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(build(ROOT, "sdist", tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.glob("skipgate-*")
    again = contents(build(unpacked, "wheel", tmp_path / "wheel"))
    assert again == contents(wheel)


@pytest.mark.parametrize("command", [["skipgate"], ["python", "-m", "skipgate"]], ids=" ".join)
def test_the_command_runs_beside_packages_of_the_same_names(user: User, command: Sequence[str]) -> None:
    program: list[str | Path] = [user.skipgate] if command == ["skipgate"] else [user.python, *command[1:]]
    assert "2 checks: 2 as expected" in user.run(*program, "check", "first.gate", "--jobs", "2")


def test_the_python_interface_runs_beside_packages_of_the_same_names(user: User) -> None:
    (user.folder / "right.py").write_text(RIGHT)
    *_, first, second = user.run(user.python, "right.py").splitlines()
    assert first == "two_steps: violation one_step: holds"
    assert second == "checker models spec traces"
    where = user.run(user.python, "-c", "import skipgate; print(skipgate.__file__)")
    assert Path(where.strip()).is_relative_to(user.site)


def test_the_pytest_plugin_runs_beside_packages_of_the_same_names(user: User) -> None:
    assert "3 passed" in user.run(user.python, "-m", "pytest", "-q", "-p", "no:xdist", "first.gate")


def test_the_python_interface_is_typed_for_its_users(user: User) -> None:
    (user.folder / "right.py").write_text(RIGHT)
    (user.folder / "wrong.py").write_text(WRONG)
    strict = (sys.executable, "-m", "mypy", "--strict", "--python-executable", user.python, "--no-error-summary")
    said = user.run(*strict, "right.py", "wrong.py", status=1)
    errors = [line.partition(" error: ")[0] for line in said.splitlines() if " error: " in line]
    assert errors == [f"wrong.py:{number}:" for number in (2, 3, 4, 5)], said
