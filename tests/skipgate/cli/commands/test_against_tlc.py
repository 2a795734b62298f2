"""`skipgate check --against-tlc`, with a program called `java` that only says what a test wants it to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import skipgate

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

# 0, 1, 2, 3: four states, each generated once.
MODEL = """
var x : 0..9 = 0
action up when x < 3 then x' = x + 1
terminal when x == 3
invariant Small x < 9
check c expect holds
"""
COMPLETE = """\
@!@!@STARTMSG 2190:0 @!@!@
Finished computing initial states: 1 distinct state generated at 2026-01-01 00:00:00.
@!@!@ENDMSG 2190 @!@!@
@!@!@STARTMSG 2199:0 @!@!@
4 states generated, 4 distinct states found, 0 states left on queue.
@!@!@ENDMSG 2199 @!@!@
@!@!@STARTMSG 2194:0 @!@!@
The depth of the complete state graph search is 4.
@!@!@ENDMSG 2194 @!@!@
"""


@pytest.fixture
def java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a program of that name, which is a script of the shell, before all others."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    def make(script: str) -> None:
        program = tmp_path / "bin" / "java"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)

    return make


@pytest.fixture
def jar(tmp_path: Path) -> Path:
    path = tmp_path / "tla2tools.jar"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tlc2/TLC.class", b"")
    return path


def saying(text: str) -> str:
    return f"cat <<'END'\n{text}END"


Java = Callable[[str], None]


def test_it_agrees(run: Run, write: Write, java: Java, jar: Path) -> None:
    java(saying(COMPLETE))
    write("m.gate", MODEL)
    result = run("check", "m.gate", "--against-tlc", jar)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "TLC finds the same in 1 check of 1: " in result.stdout


def test_it_does_not(run: Run, write: Write, java: Java, jar: Path) -> None:
    java(saying(COMPLETE.replace("4 distinct", "5 distinct")))
    write("m.gate", MODEL)
    result = run("check", "m.gate", "--against-tlc", jar)
    assert result.exit_code == 70
    assert "TLC does not agree on check `c`: skipgate finds 4 distinct states, TLC 5" in result.stderr


def test_there_is_no_answer(run: Run, write: Write, java: Java, jar: Path) -> None:
    java("echo 'Error: A JNI error has occurred' >&2; exit 1")
    write("m.gate", MODEL)
    result = run("check", "m.gate", "--against-tlc", jar)
    assert result.exit_code == 3
    problem = "nothing was compared with TLC: it gives no answer: Error: A JNI error has occurred"
    assert f"m.gate, check c: unknown: {problem}" in " ".join(result.stdout.split())


def test_the_time_is_over(run: Run, write: Write, java: Java, jar: Path) -> None:
    java("exec sleep 6000")
    write("m.gate", MODEL)
    result = run("check", "m.gate", "--against-tlc", jar, "--time-limit", "3")
    assert result.exit_code == 3
    assert "nothing was compared with TLC: it gives no answer: it has not finished in time" in " ".join(
        result.stdout.split()
    )


def test_what_it_is_not_asked_about_is_said(run: Run, write: Write, java: Java, jar: Path) -> None:
    java(saying(COMPLETE))
    write("a.gate", MODEL)
    write("b.gate", "const A : nat = 1 invariant Low A < 2 action stay check c expect holds expect vacuous Low")
    write("c.gate", MODEL.replace("invariant Small x < 9", "invariant Small x < 9 and x != 3_000_000_000"))
    result = run("check", ".", "--against-tlc", jar)
    assert result.exit_code == 3, result.output
    nothing = "nothing was compared with TLC"
    assert "TLC finds the same in 1 check of 3: " in result.stdout
    said = " ".join(result.stdout.split())
    assert f"b.gate, check c: unknown: {nothing}: TLC cannot explore a model without variables" in said
    assert f"{nothing}: TLC cannot express 3000000000: its numbers have 32 bits" in said


def test_it_cannot_be_started(run: Run, write: Write, jar: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, before anything is searched."""
    write("m.gate", MODEL)
    monkeypatch.setenv("PATH", "")
    result = run("check", "m.gate", "--against-tlc", jar)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: there is no program `java`: TLC needs Java 11 or newer\n"
    assert run("check", "m.gate", "--against-tlc", "none.jar").exit_code == 2


def test_another_file_than_the_jar(run: Run, write: Write, java: Java) -> None:
    java("exit 0")
    write("m.gate", MODEL)
    result = run("check", "m.gate", "--against-tlc", "m.gate")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: m.gate does not contain TLC: it should be a tla2tools.jar\n"


def test_an_interrupt_ends_it_as_well(write: Write, java: Java, jar: Path, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    java(f"echo $$ > {note}.new; mv {note}.new {note}; exec sleep 6000")
    write("m.gate", MODEL)
    environment = {**os.environ, "PYTHONPATH": str(Path(skipgate.__file__).parents[1])}
    command = [sys.executable, "-m", "skipgate", "check", str(tmp_path / "m.gate"), "--against-tlc", str(jar)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not note.exists() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.wait(600) == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)
