"""Logs beside what is said of them: each call in `logs/` beside its output, which SKIPGATE_WRITE=1 writes anew."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from skipgate.app.log_files import objects_of
from skipgate.app.reports.validation import SCHEMA_FILE
from skipgate.app.validation import log_of_file, ready_validation
from skipgate.base.exits import Exit
from skipgate.checker.validate.validate import ValidationOptions
from skipgate.cli.main import cli
from skipgate.errors import InputError
from tests.skipgate.conftest import Run

HERE = Path(__file__).parent / "logs"
CALLS = sorted(HERE.glob("*.call"))


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.stem)
def test_what_is_said_of_a_log(call: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)
    monkeypatch.setenv("COLUMNS", "100")
    before = {*HERE.iterdir()}
    result = CliRunner().invoke(cli, shlex.split(call.read_text(encoding="utf-8")), prog_name="skipgate")
    found = re.sub(r"\b\d+\.\d+s\b", "_s", result.output) + f"exit {int(result.exit_code)}\n"
    expected = call.with_suffix(".txt")
    assert {*HERE.iterdir()} - {expected} == before - {expected}, "nothing is written"
    if os.environ.get("SKIPGATE_WRITE"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("log", ["right", "not_released", "violates", "wrong_count"])
def test_json_is_as_its_schema_says(log: str, run: Run) -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    call = ("validate", HERE / "lock.gate", "--log", HERE / f"{log}.ndjson", "--format", "json")
    for more in ((), ("--out", "out")):
        jsonschema.validate(json.loads(run(*call, *more).stdout), schema, jsonschema.Draft202012Validator)


def test_the_explanation_is_written_and_can_be_read_again(run: Run, tmp_path: Path) -> None:
    result = run("validate", HERE / "lock.gate", "--log", HERE / "not_released.ndjson", "--out", "out")
    assert result.exit_code == Exit.DIFFERS
    assert {path.name for path in Path("out").iterdir()} == {
        f"lock.all.log.{kind}" for kind in ("itf.json", "dot", "svg")
    }
    shown = run("trace", "out/lock.all.log.itf.json")
    assert "the log is explained by 4 states" in shown.stdout
    assert "10.0.0.2:7000 gets the lock" in shown.stdout


def test_a_trace_of_the_checker_is_a_behaviour_of_its_model(run: Run, tmp_path: Path) -> None:
    assert run("check", HERE / "lock.gate", "--out", "out").exit_code == Exit.OK
    result = run("validate", HERE / "lock.gate", "--log", "out/lock.all.Twice.itf.json")
    assert result.exit_code == Exit.DIFFERS  # since it violates the invariant
    assert "the log is a behaviour of lock, and it violates Twice" in result.stdout


def test_new_events_are_well_formed(run: Run, tmp_path: Path) -> None:
    model = tmp_path / "lock.gate"
    model.write_bytes((HERE / "lock.gate").read_bytes())
    assert run("log", "new", model).exit_code == Exit.OK
    assert run("log", "check", model).stdout == "3 events of lock described, 0 actions silent\n"
    (tmp_path / "l.ndjson").write_text('{"msg": "ask", "n": 1}\n{"msg": "acquire", "n": 1}\n')
    assert run("validate", model, "--log", "l.ndjson").exit_code == Exit.OK


def test_a_log_that_grows_is_followed(tmp_path: Path) -> None:
    """Until it is refused; a line without an end may still be written."""
    lines = (HERE / "not_released.ndjson").read_bytes()
    log = tmp_path / "l.ndjson"
    log.write_bytes(b"")
    pieces = [lines[i : i + 37] for i in range(0, len(lines), 37)]
    fed: list[bytes] = []

    def grow() -> bool:
        assert pieces, "the log is refused before its end"
        fed.append(pieces.pop(0))
        with log.open("ab") as file:
            file.write(fed[-1])
        return True

    ready = ready_validation(HERE / "lock.gate", "all", None)
    found = ready.run([log_of_file(log, grow)], ValidationOptions())
    assert found.verdict == "refused"
    assert found.refusals[0].place == f"{log}:6"
    assert len(fed) > 10


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", []),
        (b"\n \n", []),
        (b'{"a":1}\n\n{"a":2}', [(1, {"a": 1}), (3, {"a": 2})]),
        (b'\r\n{"a":1}\r\n{"a":2}\r\n', [(2, {"a": 1}), (3, {"a": 2})]),
        (b"[]", []),
        (b' [ {"a":1},\n\n {"a":\n2},3 ]\n', [(1, {"a": 1}), (3, {"a": 2}), (4, 3)]),
        (b"2026\tINFO\tmain.go:1\tstarted\n", [(1, {"ts": 2026, "level": "info", "msg": "started"})]),
        (
            b'time=1 level=INFO msg="a \\"b\\"" n=3 ok=true s=x\n',
            [(1, {"time": 1, "level": "INFO", "msg": 'a "b"', "n": 3, "ok": True, "s": "x"})],
        ),
    ],
)
def test_logs_in_their_forms(data: bytes, found: list[tuple[int, object]], tmp_path: Path) -> None:
    path = tmp_path / "l"
    path.write_bytes(data)
    assert [*objects_of(path)] == found


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"a":1}\n{"a":', ":2: the log is cut off within this line"),
        (b'{"a":1}\n{"a"\n{}\n', ":2: this is not JSON: expecting ':' delimiter in column"),
        (b"\xff\n", ":1: byte 0 of the line is not UTF-8"),
        (b'{"a":' + b"[" * 100_000 + b"\n", ":1: the JSON is nested too deeply"),
        (b'[{"a":1},', ":1: the log is cut off"),
        (b'[{"a":1}', ":1: the log is cut off"),
        (b"[1 2]", ":1: a comma is missing"),
        (b"[1,\n]", ":2: this is not JSON: expecting value"),
        (b"[1]\n2", ":2: there is something behind the end of the array"),
        (b'["\xff"]', ":1: the text is not UTF-8"),
        (b"[" * 100_000, ":1: the JSON is nested too deeply"),
        (b"just text\n", ":1: this is not JSON"),
        (b'{"a": 1' + b"0" * 5000 + b"}\n", ":1: this is not JSON: a number is too long"),
    ],
)
def test_what_is_no_log_is_refused_with_its_line(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "l"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        list(objects_of(path))
    assert f"{path}{message}" in str(caught.value)


def test_a_line_without_an_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skipgate.app.log_files.LONGEST_LINE", 1000)
    for data in (b'{"a":"' + b"x" * 2000 + b'"}\n', b'["' + b"x" * 70_000 * 3 + b'"]'):
        path = tmp_path / "l"
        path.write_bytes(data)
        with pytest.raises(InputError, match="has more than 1,000 bytes"):
            list(objects_of(path))
