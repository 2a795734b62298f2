"""Walks by commands: from a pipe, each session beside its output, and in a terminal.

The first line of a session says what it is about, the second is the call; the rest is what is typed. SKIPGATE_WRITE=1
writes the outputs anew: read what changed before you commit it.
"""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from skipgate.cli.main import cli
from skipgate.traces.itf import load_itf

HERE = Path(__file__).parent
MODELS = Path("models").resolve()


@pytest.mark.parametrize("session", sorted(HERE.glob("*.repl")), ids=lambda path: path.stem)
def test_a_session_from_a_pipe(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)
    monkeypatch.setenv("COLUMNS", "80")
    about, call, typed = session.read_text(encoding="utf-8").split("\n", 2)
    assert about.startswith("# ")
    arguments = shlex.split(call.removeprefix("# skipgate "))
    result = CliRunner().invoke(cli, arguments, prog_name="skipgate", input=typed)
    found = f"{result.output}exit {int(result.exit_code)}\n".replace("../../../../models", "models")
    expected = session.with_suffix(".txt")
    if os.environ.get("SKIPGATE_WRITE"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


def test_a_walk_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "walk.itf.json"
    typed = f"violation\nsave {path}\n"
    call = ["repl", str(MODELS / "examples/die_hard.gate")]
    assert CliRunner().invoke(cli, call, input=typed).exit_code == 0
    trace = load_itf(path.read_bytes())
    assert (len(trace), trace.failure.kind) == (7, "walk")
    assert trace.steps[-1].state == {"small": 3, "big": 4}


def test_instances_are_called_by_their_index(tmp_path: Path) -> None:
    (tmp_path / "node.gate").write_text("var x : 0..2 = 0\naction up(d in 1..2) when x + d <= 2 then x' = x + d\n")
    model = tmp_path / "all.gate"
    model.write_text('sort N[2]\nimport "node.gate" as node[n in N]\ncheck c expect holds\n')
    typed = "node[N2].up(d = 1)\ntake node[N1].up(2)\nactions\neval node[N2].x\n"
    result = CliRunner().invoke(cli, ["repl", str(model)], input=typed)
    assert result.exit_code == 0, result.output
    assert result.output.endswith("3> eval node[N2].x\n1\n")


class Terminal:
    """A program in a terminal of its own: what it writes is read until something is there."""

    def __init__(self, *arguments: str) -> None:
        self.ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", "COLUMNS": "80", "LINES": "24"}
        command = [sys.executable, "-m", "skipgate", *arguments]
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)
        self.seen = ""

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def until(self, text: str, seconds: float = 60) -> None:
        """Wait until this is there, and forget what came before it."""
        end = time.monotonic() + seconds
        while text not in (plain := re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self.seen)):
            ready, _, _ = select.select([self.ours], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"no {text!r} in {plain!r}"
            self.seen += os.read(self.ours, 4096).decode(errors="replace")
        self.seen = plain.partition(text)[2]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.ours)


@pytest.mark.process
def test_in_a_terminal(tmp_path: Path) -> None:
    history = tmp_path / "history"
    terminal = Terminal("repl", str(MODELS / "examples/die_hard.gate"), "--history", str(history))
    try:
        terminal.until("1>")
        terminal.type("fill_b\t")
        terminal.until("fill_big")  # it is completed
        terminal.type("\r")
        terminal.until("big: 0 -> 5")
        terminal.until("2>")
        terminal.type("nonsense\r")
        terminal.until("neither a command nor an action")
        terminal.until("2>")
        terminal.type("half a line\x03")  # Ctrl-C drops it
        terminal.until("2>")
        terminal.type("eval sm\t")
        terminal.until("small")
        terminal.type(" + 40 + big\r")
        terminal.until("45")
        terminal.until("2>")
        terminal.type("\x04")  # Ctrl-D
        assert terminal.process.wait(60) == 0  # a slip of the fingers is no failure
    finally:
        terminal.close()
    assert "+fill_big" in history.read_text()


def test_what_a_line_may_go_on_as() -> None:
    from skipgate.app.repl.session import Session
    from skipgate.checker.checks.preparation import load_check
    from skipgate.spec.passes import read

    spec = read(MODELS / "examples/mutual_exclusion.gate")
    session = Session(spec, load_check(spec, "peterson"))
    assert session.completions("ra") == [
        ("random", 2),
        ("raise_flag(p = Process1)", 2),
        ("raise_flag(p = Process2)", 2),
    ]
    assert session.completions("take raise_flag(p = Process2") == [("raise_flag(p = Process2)", 23)]
    assert session.completions("actions en") == [("enter", 2)]
    assert session.completions("eval turn == pl") == [("place", 2)]
    assert session.completions("eval ") == session.completions("state x") == []
