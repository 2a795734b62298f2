"""The frame around the commands: help, version, mistakes in the call, and what an error turns into."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from skipgate import __version__
from skipgate.cli.main import COMMANDS
from skipgate.spec.diagnostics import error

Run = Callable[..., Result]
ROOT = Path(__file__).parents[3]
# Standard output is buffered here as it is for users: what is left in the buffer must not fail at the end.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    "PYTHONPATH": str(ROOT),
}


def test_the_help_lists_the_commands_in_the_order_a_newcomer_needs_them(run: Run) -> None:
    text = run("--help").stdout
    listed = [
        line.split()[0] for line in text.split("Commands:")[1].split("\n\n")[0].splitlines() if line.startswith("  ")
    ]
    assert (
        " ".join(listed)
        == "new check trace explain explore repl matrix graph prove simulate validate log tests lint fmt show export "
        "anchors gate lsp"
    )
    assert listed == list(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_by_example(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"  skipgate {command} " in result.stdout.split("Options:")[0]


def test_the_version_is_that_of_the_package(run: Run) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    first, *others = run("--version").stdout.splitlines()
    assert first == f"skipgate {declared}"
    assert __version__ == declared
    assert [line.partition(":")[0] for line in others[1:]] == ["  machine code", "  proofs", "  pictures", "  editor"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chekc"], "did you mean `check`?"),
        (["frobnicate"], "there are: new, check, trace"),
        (["lock.gate"], "skipgate check lock.gate"),
        (["check", "--fromat", "json", "x"], "--format"),
    ],
)
def test_a_mistake_in_the_call_is_answered_with_what_was_probably_meant(
    run: Run, arguments: list[str], message: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes `skipgate new` end in an exception."""

    def fail_with(problem: BaseException) -> None:
        def fail(**_: object) -> None:
            raise problem

        monkeypatch.setattr("skipgate.cli.commands.new.command.callback", fail)

    return fail_with


def test_a_faulty_specification_is_the_users_and_exits_with_2(
    run: Run, failing: Callable[[BaseException], None]
) -> None:
    failing(error("this is wrong", hint="mend it"))
    result = run("new", "x")
    assert (result.exit_code, result.stderr) == (2, "error: this is wrong\n  hint: mend it\n")


def test_a_bug_is_named_with_its_place_and_no_traceback(run: Run, failing: Callable[[BaseException], None]) -> None:
    failing(ZeroDivisionError("one over none"))
    result = run("new", "x")
    assert result.exit_code == 70
    assert "internal error: ZeroDivisionError: one over none" in result.stderr
    assert "cli/test_main.py:" in result.stderr
    assert "Please report it" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_traceback_of_a_bug_is_there_on_request(run: Run, failing: Callable[[BaseException], None]) -> None:
    failing(ZeroDivisionError("one over none"))
    result = run("new", "x", env={"SKIPGATE_DEBUG": "1"})
    assert (result.exit_code, "Traceback" in result.stderr) == (70, True)


def test_colour_is_left_out_if_the_user_wants_none(run: Run) -> None:
    assert "\x1b[" in run("check", "gone.gate", color=True).stderr
    assert "\x1b[" not in run("check", "gone.gate", color=True, env={"NO_COLOR": "1"}).stderr


def test_ctrl_c_exits_as_shells_expect(run: Run, failing: Callable[[BaseException], None]) -> None:
    failing(KeyboardInterrupt())
    result = run("new", "x")
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")


def python(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=ENVIRONMENT, check=False, **options
    )  # type: ignore[call-overload,no-any-return]


def test_it_runs_as_a_module() -> None:
    assert python("-m", "skipgate", "--version").stdout.startswith(f"skipgate {__version__}\n")


@pytest.mark.parametrize(
    ("words", "expected"), [("skipgate ch", "check"), ("skipgate check --wa", "--watch"), ("skipgate gr", "graph")]
)
def test_a_shell_completes_commands_and_options(words: str, expected: str) -> None:
    count = len(words.split()) - 1
    asked = {"_SKIPGATE_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    code = "from skipgate.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**ENVIRONMENT, **asked}, capture_output=True, text=True, check=False
    )
    assert f"plain,{expected}" in done.stdout.splitlines(), done.stderr


def test_a_check_is_run_again_when_a_model_changes(tmp_path: Path) -> None:
    model = tmp_path / "m.gate"
    model.write_text("var x : bool = true\naction flip then x' = not x\ncheck c expect holds\n")
    command = [sys.executable, "-m", "skipgate", "check", "--watch", "m.gate"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert any("1 check: 1 as expected" in line for line in process.stdout)
            model.write_text(model.read_text() + "check d expect deadlock\n")
            assert any("1 not as expected" in line for line in process.stdout)
        finally:
            process.kill()


def test_the_page_for_man_has_every_command_and_option(run: Run) -> None:
    result = run("--man")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == f'.TH SKIPGATE 1 "" "skipgate {__version__}"'
    headings = [line for line in lines if line.startswith(".SS skipgate ")]
    assert headings[0] == ".SS skipgate new [OPTIONS] NAME"
    assert {line.split()[2] for line in headings} == set(COMMANDS)
    assert "\\fB\\-\\-watch\\fR" in lines
    assert ["skipgate", "check", "lock.gate", "\\-\\-watch", "again"] in [line.split()[:5] for line in lines]
    known = {".TH", ".SH", ".SS", ".TP", ".PP", ".nf", ".fi"}
    assert {line.split()[0] for line in lines if line.startswith((".", "'"))} == known


def test_what_cannot_be_watched(run: Run, tmp_path: Path) -> None:
    assert "standard input" in run("check", "--watch", "-").stderr
    assert "--update" in run("check", "--watch", "--update", str(tmp_path)).stderr
    assert run("check", "--watch", str(tmp_path)).exit_code == 2  # nothing is there


def test_help_does_not_wait_for_what_it_does_not_need() -> None:
    code = "from skipgate.cli.main import cli; cli(['--help'], standalone_mode=False)"
    loaded = set(python("-c", f"import sys; {code}; print(*sys.modules)").stdout.splitlines()[-1].split())
    assert "skipgate.cli.commands.check" in loaded
    assert not loaded & {
        "lark",
        "rich",
        "graphviz",
        "pygraphviz",
        "skipgate.checker.checks.preparation",
        "numpy",
        "llvmlite",
        "skipgate.spec.parsing.parser",
    }


@pytest.mark.parametrize("closed", ["1>&-", "2>&-"])
def test_closed_streams_are_no_error(closed: str) -> None:
    command = f"{sys.executable} -m skipgate fmt --diff - {closed}"
    assert subprocess.run(command, shell=True, input=b"model m\n", env=ENVIRONMENT, check=False).returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("call", ["fmt -", "--help", "fmt --help", "--version"])
def test_a_full_disk_is_no_bug(call: str) -> None:
    command = f"{sys.executable} -m skipgate {call} > /dev/full"
    done = subprocess.run(command, shell=True, input=b"model m\n", env=ENVIRONMENT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (2, b"error: no space left on device\n")


@pytest.mark.parametrize(
    "call", ["fmt -", "check {model}", "matrix {model}", "simulate {model}", "--help", "fmt --help"]
)
def test_a_reader_that_has_seen_enough_is_no_error(call: str, tmp_path: Path) -> None:
    # The pipe is closed before anything is written to it, as by `| head -0`.
    reader, writer = os.pipe()
    os.close(reader)
    model = tmp_path / "m.gate"
    model.write_text("var x : bool = true action flip then x' = not x check c expect holds")
    command = [sys.executable, "-m", "skipgate", *call.format(model=model).split()]
    done = subprocess.run(
        command, input=b"model m\n", stdout=writer, stderr=subprocess.PIPE, env=ENVIRONMENT, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")  # 128 + SIGPIPE, as shells count


def modules_of(environment: dict[str, str], *arguments: object) -> set[str]:
    """What a call of the command line has imported when it is over."""
    call = "from skipgate.cli.main import cli; cli(sys.argv[1:], standalone_mode=False)"
    command = [sys.executable, "-c", f"import sys; {call}; print(*sys.modules)", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT | environment, check=True)
    return set(done.stdout.splitlines()[-1].split())


# What a small check does without: the parser, since the tree is kept; machine code; the solver; pictures; comparisons.
NEEDLESS = {
    "lark",
    "llvmlite",
    "numpy",
    "z3",
    "graphviz",
    "pygraphviz",
    "asyncio",
    "importlib.metadata",
    "multiprocessing",
    "skipgate.spec.parsing.parser",
    "skipgate.checker.native.engine",
    "skipgate.checker.liveness.check",
    "skipgate.checker.tla.tlc",
    "skipgate.checker.validate",
    "skipgate.traces.text",
    "skipgate.app.page",
}


def test_a_small_check_imports_what_it_needs_and_nothing_else(tmp_path: Path) -> None:
    places = {"SKIPGATE_CACHE": "cache", "SKIPGATE_RESULTS": "results", "XDG_STATE_HOME": "state", "HOME": "home"}
    environment = {name: str(tmp_path / place) for name, place in places.items()}
    call = ("check", Path(__file__).parents[3] / "models" / "examples" / "die_hard.gate")
    modules_of(environment, *call)
    searched = modules_of(environment, *call, "--fresh")
    assert "skipgate.checker.search.explore" in searched
    assert sorted(searched & NEEDLESS) == []
    kept = modules_of(environment, *call)
    layers = ("semantics", "elaborate", "kernel", "search.explore", "native", "evidence", "smt", "checks.preparation")
    needless = {*NEEDLESS, "skipgate.spec.typing.check", *(f"skipgate.checker.{each}" for each in layers)}
    assert sorted(kept & needless) == []
