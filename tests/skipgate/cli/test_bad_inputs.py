"""Bad inputs: each ends in one message with its place and exit status 2, without a traceback, and writes nothing.

The rows of `bad/*.txt` are scripts. `$ skipgate ...` is the call; without it, model.gate is checked. `@ NAME` begins a
file; `@ NAME bytes 41 ff`, `@ NAME times N TEXT`, `@ NAME link TARGET`, `@ NAME folder` and `@ NAME pipe` make other
ones. What stands before the first of these is model.gate. <U+00A0> is the character of that number.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from skipgate.cli.main import cli
from tests.rows import assert_rows, rows_of

_BAD = Path(__file__).parent / "bad"
_FILES = sorted(_BAD.glob("*.txt"))
_TEXT_KINDS = {"lexical", "syntax", "names", "types", "constants", "checks"}  # messages have a line and a caret there


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_bad_inputs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    wrong = []

    def say(name: str, script: str) -> str:
        folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        monkeypatch.chdir(folder)
        call, given = _set_up(script)
        before = _contents(folder)
        result = CliRunner().invoke(cli, call, prog_name="skipgate", input=given)
        said = re.sub(r" *\b\d+(\.\d+|m\d\d)s\b", " _s", result.output.replace(str(folder), "HERE"))
        wrong.extend(f"{name}: {why}" for why in _faults(said, int(result.exit_code), path.stem))
        if _contents(folder) != before:
            wrong.append(f"{name}: something was written")
        return f"{said}exit {int(result.exit_code)}\n"

    assert_rows(path, say)
    assert not wrong


def test_there_are_two_hundred() -> None:
    assert sum(len(rows_of(path)) for path in _FILES) >= 200


def _set_up(script: str) -> tuple[list[str], str | None]:
    """Make the files of a row. The result is the call, and what stands on standard input."""
    call, name, given = ["check", "model.gate"], "model.gate", None
    files: dict[str, list[str]] = {}
    script = re.sub(r"<U\+([0-9A-F]{4})>", lambda found: chr(int(found[1], 16)), script)
    for line in script.split("\n")[:-1]:
        if line.startswith("$ skipgate"):
            call = shlex.split(line)[2:]
        elif line.startswith("@ "):
            name, kind, rest = [*line[2:].split(" ", 2), "", ""][:3]
            if kind:
                _make(Path(name), kind, rest)
            else:
                files[name] = []
        else:
            files.setdefault(name, []).append(line + "\n")
    for each, lines in files.items():
        if each == "stdin":
            given = "".join(lines)
        else:
            Path(each).parent.mkdir(parents=True, exist_ok=True)
            Path(each).write_text("".join(lines), encoding="utf-8")
    return call, given


def _make(path: Path, kind: str, rest: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    match kind:
        case "bytes":
            path.write_bytes(bytes.fromhex(rest))
        case "times":
            count, text = rest.split(" ", 1)
            path.write_text(int(count) * text.replace("\\n", "\n"), encoding="utf-8")
        case "link":
            path.symlink_to(rest)
        case "folder":
            path.mkdir(exist_ok=True)
        case "pipe":
            os.mkfifo(path)
        case _:
            raise AssertionError(kind)


def _contents(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def _faults(said: str, exit_code: int, kind: str) -> list[str]:
    """What a message lacks."""
    faults = []
    if exit_code != 2:
        faults.append(f"exit {exit_code}")
    if "Traceback" in said or "internal error" in said:
        faults.append("a traceback")
    messages = re.findall(r"^(?:\S+: )?(?:error|Error): ", said, re.MULTILINE)
    if len(messages) != 1:
        faults.append(f"{len(messages)} messages")
    if kind in _TEXT_KINDS and not re.search(r"^\S+:\d+:\d+: error: .*\n +\d+ \| .*\n +\| *\t*\^", said, re.MULTILINE):
        faults.append("no place")
    return faults
