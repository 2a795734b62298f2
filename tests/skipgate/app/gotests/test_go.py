"""Behaviours as Go tests: what is written, that Go takes it, and that it tells right code from wrong code."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from skipgate.app.gotests.layout import fields
from skipgate.app.gotests.names import Names, exported, local
from skipgate.cli.main import cli

HERE = Path(__file__).parent
LIGHTS = HERE / "lights.gate"
EXPECTED = HERE / "lights"
ADAPTER = (HERE / "right.go.txt").read_text()

needs_go = pytest.mark.skipif(shutil.which("go") is None, reason="only Go can say whether it is Go")


def generate(model: Path, folder: Path, *more: str) -> str:
    shutil.copy(model, model.name)
    arguments = ["tests", model.name, "--go", str(folder), *more]
    result = CliRunner().invoke(cli, arguments, prog_name="skipgate", catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_files_are_what_they_were() -> None:
    """`SKIPGATE_WRITE=1` writes them anew."""
    generate(LIGHTS, Path("lights"), "--refusals")
    if os.environ.get("SKIPGATE_WRITE"):
        shutil.copytree("lights", EXPECTED, dirs_exist_ok=True)
    for path in sorted(Path("lights").iterdir()):
        assert path.read_text() == (EXPECTED / path.name).read_text(), path.name
    assert {path.name for path in EXPECTED.iterdir()} == {path.name for path in Path("lights").iterdir()}


def test_what_is_written_again_is_the_same_and_the_adapter_is_kept() -> None:
    generate(LIGHTS, Path("lights"))
    adapter = Path("lights/lights_adapter_test.go")
    adapter.write_text(f"{ADAPTER}// mine\n")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in Path("lights").iterdir()}
    said = generate(LIGHTS, Path("lights"))
    assert "lights/lights_model_test.go is unchanged." in said
    assert "lights/lights_adapter_test.go is yours, and is kept." in said
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in Path("lights").iterdir()} == before


def test_the_package_is_that_of_the_adapter_or_of_the_code_or_of_the_folder() -> None:
    def package(folder: str) -> str:
        text = Path(folder, "lights_model_test.go").read_text()
        found = re.search(r"^package (.*)$", text, re.MULTILINE)
        assert found is not None
        return found[1]

    generate(LIGHTS, Path("Cross-Roads"))
    assert package("Cross-Roads") == "crossroads_test"
    Path("code").mkdir()
    Path("code/other_test.go").write_text("package something\n")
    Path("code/road.go").write_text("// package no\npackage road\n")
    generate(LIGHTS, Path("code"))
    assert package("code") == "road_test"
    generate(LIGHTS, Path("inside"), "--package", "road")
    generate(LIGHTS, Path("inside"))
    assert package("inside") == "road"


def test_only_what_is_observed_is_in_the_state() -> None:
    generate(LIGHTS, Path("lights"), "--observe", "cars")
    model, table = (Path(f"lights/lights_{part}_test.go").read_text() for part in ("model", "behaviours"))
    assert "type State struct {\n\t// Cars is cars: how many wait.\n\tCars int\n}" in model
    assert "s.Cars = " in table
    assert "Colour" not in table


@needs_go
def test_go_takes_what_is_written_and_finds_wrong_code() -> None:
    """One run of each tool, over all packages: starting them takes longer than what they do."""
    wrong = {
        "changes": ("c.cars--", "c.cars = 0"),
        "accepts": ("c.green[Road1] || c.green[Road2] || c.cars == 0", "c.green[Road1] || c.green[Road2]"),
        "refuses": ("if !c.green[r] {", "if !c.green[r] || c.cars == 1 {"),
        "spoils": ("\tif c.cars == Constants.Longest {\n", "\tif c.cars == Constants.Longest {\n\t\tc.cars = 0\n"),
        "begins": ("initial.Cars}", "0}"),
    }
    for name, (old, new) in {"right": ("", ""), **wrong}.items():
        generate(
            LIGHTS, Path(name), "--refusals", "--goals", "actions,covers,branches,pairs", "--package", "lights_test"
        )
        assert ADAPTER.count(old) == 1 or name == "right"
        Path(name, "lights_adapter_test.go").write_text(ADAPTER.replace(old, new) if old else ADAPTER)
    generate(HERE / "hostile.gate", Path("hostile"), "--refusals")
    Path("go.mod").write_text("module example.org/m\n\ngo 1.21\n")
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOPROXY": "off", "GOFLAGS": "", "GOWORK": "off"}

    def call(*command: str) -> str:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        return done.stdout + done.stderr

    assert call("gofmt", "-l", ".") == ""
    assert call("go", "vet", "./...") == ""
    said = call("go", "test", "./...")
    assert re.search(r"^ok  \texample.org/m/right", said, re.MULTILINE), said
    assert re.search(r"^ok  \texample.org/m/hostile", said, re.MULTILINE), said
    for name in wrong:
        assert re.search(rf"^FAIL\texample.org/m/{name}", said, re.MULTILINE), (name, said)
    for message in (
        "the state is another than in the model:\n                Cars: is 0, and 1 in the model",
        "at the end, go(r = Road1): the system does what the model forbids, where `cars > 0` is false",
        "the system refuses what the model allows",
        "after arrive was refused, the state is another than in the model",
        "in the beginning, the state is another than in the model",
    ):
        assert message in said, (message, said)
    sequence = re.search(r"--- FAIL: (TestLights/\S+)", said)
    assert sequence is not None
    assert re.fullmatch(r"TestLights(/(begin|arrive|go|pass))+(#\d+)?", sequence[1])


@pytest.mark.parametrize(
    ("name", "as_exported", "as_local"),
    [
        ("hard_state_commit", "HardStateCommit", "hardStateCommit"),
        ("node[_].put", "NodePut", "nodePut"),
        ("SNAPSHOT_EVERY", "SnapshotEvery", "snapshotEvery"),
        ("HLC", "HLC", "hlc"),
        ("HTTPServer", "HTTPServer", "httpServer"),
        ("type", "Type", "type_"),
        ("error", "Error", "error_"),
        ("_x_", "X", "x"),
        ("_", "X", "x"),
        ("log'", "Log", "log"),
        ("x1", "X1", "x1"),
    ],
)
def test_names(name: str, as_exported: str, as_local: str) -> None:
    assert exported(name) == as_exported
    assert local(name) == as_local


def test_a_name_that_is_taken_gets_a_number() -> None:
    names = Names(["State"])
    assert [names.free("State"), names.free("State"), names.free("X1"), names.free("X1")] == [
        *("State2", "State3", "X1", "X1_2"),
    ]


def test_values_stand_below_each_other_as_far_as_gofmt_has_it() -> None:
    long = "A" * 41
    assert fields([("a", "1"), ("bcd", "2"), ("e", "{\n}"), ("f", "3")]) == "a:   1,\nbcd: 2,\ne: {\n},\nf: 3,"
    assert fields([("a", "1"), (long, "2")]) == f"a: 1,\n{long}: 2,"
