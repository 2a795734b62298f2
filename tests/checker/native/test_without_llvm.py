"""Whatever is wrong with llvmlite, or the address space: CPython searches, and one line says why."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.effort import few

ROOT = Path(__file__).parents[3]
MODEL = """
var a : 0..99 = 0
var b : 0..99 = 0
action more_a when a < 99 then a' = a + 1
action more_b when b < 99 then b' = b + 1
invariant Apart a + b < 198
terminal when a == 99 and b == 99
check c expect violation of Apart
"""

# `python -m skipgate`, but the search waits for machine code, however fast this machine's CPython is.
WAITING = """
from skipgate.checker.native.compilation import Compilation
Compilation.poll = Compilation.now
from skipgate.cli.main import main
main()
"""

# What stands in the place of llvmlite, and what is said of it.
BROKEN = {
    "missing": ("raise ImportError(\"No module named 'llvmlite'\")", "No module named 'llvmlite'"),
    "unloadable": ('raise OSError("Could not find/load shared object file")', "Could not find/load shared object file"),
    "of another version": ("raise AttributeError('no such thing')", "no such thing"),
    "not Python": ("def (", "SyntaxError"),
    "empty": ("", "llvmlite.binding"),
    "aborting": ("import os; os.abort()", "LLVM crashed (SIGABRT)"),
    "ending": ("import os; os._exit(7)", "compiling ended with exit status 7"),
}

Done = subprocess.CompletedProcess[str]


def check(tmp_path: Path, *options: str, before: str = "", space: int | None = None) -> Done:
    (tmp_path / "m.gate").write_text(MODEL, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([*([before] if before else []), str(ROOT)]),
        "SKIPGATE_CACHE": str(tmp_path / "cache"),
    }

    def limit() -> None:
        if space is not None:
            resource.setrlimit(resource.RLIMIT_AS, (space, space))

    command = [sys.executable, "-c", WAITING, "check", str(tmp_path / "m.gate"), *options]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, preexec_fn=limit, timeout=300
    )


def searched_by_cpython(done: Done, why: str) -> None:
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10,000" in done.stdout and "Traceback" not in done.stdout + done.stderr
    said = " ".join(done.stdout.split())  # lines are broken where the name of the folder leaves room
    assert said.count("machine code was not used") == 1 and why in said, done.stdout
    assert done.stderr == ""


@pytest.fixture
def broken(how: str, tmp_path: Path) -> str:
    """A folder in which there is something else that is called llvmlite."""
    package = tmp_path / "broken" / "llvmlite"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(BROKEN[how][0], encoding="utf-8")
    return str(package.parent)


# A module that raises, one that has nothing in it, and one that ends the process; the others raise something else.
USUAL = ("missing", "empty", "aborting", "ending")


@pytest.mark.parametrize("how", few(sorted(BROKEN, key=lambda how: how not in USUAL), len(USUAL)))
def test_broken(how: str, broken: str, tmp_path: Path) -> None:
    searched_by_cpython(check(tmp_path, "--max-states", "1000000", before=broken), BROKEN[how][1])


@pytest.mark.parametrize("how", few(sorted(BROKEN, key=lambda how: how not in ("missing", "aborting")), 2))
def test_broken_where_it_is_asked_for(how: str, broken: str, tmp_path: Path) -> None:
    asked = check(tmp_path, "--engine", "native", before=broken)
    assert asked.returncode == 2, asked.stdout + asked.stderr
    assert asked.stderr.count("error:") == 1 and BROKEN[how][1] in asked.stderr and "Traceback" not in asked.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="address space is counted otherwise elsewhere")
@pytest.mark.parametrize("space", few([2**29, 2**28, 2**30], 1))
def test_little_address_space(space: int, tmp_path: Path) -> None:
    """As `ulimit -v` leaves it. What is enough for some is not for others; never does the run fail."""
    done = check(tmp_path, space=space)
    if "machine code was not used" in " ".join(done.stdout.split()):
        searched_by_cpython(done, "")
    else:
        assert done.returncode == 0, done.stdout + done.stderr
        assert "10,000" in done.stdout and done.stderr == ""


@pytest.mark.skipif(sys.platform != "linux", reason="address space is counted otherwise elsewhere")
@pytest.mark.parametrize("space", few([2**27, 3 * 2**26, 2**28], 1))
def test_with_code_from_before(space: int, tmp_path: Path) -> None:
    """Machine code that is there already needs LLVM, too, to be linked."""
    first = check(tmp_path, "--engine", "native")
    assert first.returncode == 0, first.stdout + first.stderr
    done = check(tmp_path, space=space)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10,000" in done.stdout and "Traceback" not in done.stderr
