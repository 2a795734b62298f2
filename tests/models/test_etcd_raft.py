"""Logs of etcd's raft library, which examples/etcd_raft runs, held against models/etcd_raft."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from skipgate.app.validation import ReadyValidation, log_of_file, ready_validation
from skipgate.checker.validate.result import Validation
from skipgate.checker.validate.validate import ValidationOptions
from skipgate.gate.lock import parse_lock
from skipgate.gate.specs import local_specs

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "models" / "etcd_raft"
LOGS = Path(__file__).parent / "logs"
HARNESS = ROOT / "examples" / "etcd_raft"

# Found by reading the logs: the lines with which the node starts again that has lost something.
# Which condition is false, and the line: the node starts without its vote, or with fewer entries than it had told of.
FAULTS = {
    "forgotten-vote": (88, "start(s = 1)", "hard'(n) == state"),
    "unsynced-commit": (44, "crash(s = 3)", "len(log'[n]) == size"),
    "early-ack": (94, "crash(s = 1)", "len(log'[n]) == size"),
}


@pytest.fixture(scope="module")
def ready() -> ReadyValidation:
    return ready_validation(FOLDER / "etcd_raft.gate", "log", None)


def held(ready: ReadyValidation, log: Path) -> Validation:
    return ready.run([log_of_file(log)], ValidationOptions())


def test_what_the_library_did_is_a_behaviour(ready: ReadyValidation) -> None:
    log = LOGS / "etcd_raft.right.ndjson"
    found = held(ready, log)
    assert (found.verdict, found.violated) == ("behaviour", {})
    assert found.explained == {str(log): log.read_text(encoding="utf-8").count("\n") - 9}  # those of ApplyConfChange


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_where_it_can_be_seen(ready: ReadyValidation, fault: str) -> None:
    line, action, condition = FAULTS[fault]
    (refusal,) = held(ready, LOGS / f"etcd_raft.{fault}.ndjson").refusals
    assert refusal.place.endswith(f".ndjson:{line}")
    assert (action, condition) in [(reason.action, reason.conjunct) for reason in refusal.reasons]


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    go = shutil.which("go")
    if go is None:
        # Go is not installed from here. Logs of each kind that were recorded are examined without it.
        pytest.skip("there is no Go")
    program = tmp_path_factory.mktemp("harness") / "etcd_raft"
    call = [go, "build", "-tags", "with_tla", "-o", str(program), "."]
    built = subprocess.run(call, cwd=HARNESS, capture_output=True, text=True, timeout=600, check=False)
    if built.returncode and ("dial tcp" in built.stderr or "proxyconnect" in built.stderr):
        # Without a network there is no library to drive; any other failure of the build is one of the test.
        pytest.skip("the module of the library is not here, and its proxy does not answer")
    assert not built.returncode, built.stderr
    return program


def write(program: Path, log: Path, *options: str) -> None:
    with log.open("wb") as out:
        subprocess.run([program, *options], stdout=out, check=True, timeout=600)


def test_the_recorded_logs_are_what_the_harness_writes(harness: Path, tmp_path: Path) -> None:
    seeds = {"": 2, "forgotten-vote": 2, "unsynced-commit": 8, "early-ack": 3}
    for fault, seed in seeds.items():
        log = tmp_path / "log.ndjson"
        write(harness, log, "-seed", str(seed), "-events", "260", *(["-fault", fault] if fault else []))
        assert log.read_bytes() == (LOGS / f"etcd_raft.{fault or 'right'}.ndjson").read_bytes()


@pytest.mark.parametrize("seed", [101, 102])
def test_new_logs_are_behaviours(ready: ReadyValidation, harness: Path, tmp_path: Path, seed: int) -> None:
    log = tmp_path / "log.ndjson"
    write(harness, log, "-seed", str(seed))
    found = held(ready, log)
    assert (found.verdict, found.violated) == ("behaviour", {})


@pytest.mark.slow  # each fault in ten ways more: a minute
@pytest.mark.parametrize("fault", FAULTS)
def test_every_planted_fault_is_found(ready: ReadyValidation, harness: Path, tmp_path: Path, fault: str) -> None:
    log = tmp_path / "log.ndjson"
    for seed in range(20, 30):
        write(harness, log, "-seed", str(seed), "-events", "400", "-fault", fault)
        assert held(ready, log).verdict == "refused", seed


def test_the_lock_is_that_of_the_library_and_of_no_other_model() -> None:
    (spec,) = local_specs([FOLDER]).specs
    lock = parse_lock((FOLDER / "anchors.lock").read_bytes())
    assert {anchor.key for anchor in spec.anchors} <= set(lock.locked)
    assert lock.commits == ("f35a02212416d045c574e30aa59d4b07c4b8d732",)  # v3.6.0
    models = ROOT / "models"
    assert not any("etcd_raft" in each.path for each in local_specs([models]).specs)
    assert any("etcd_raft" in each.path for each in local_specs([models], whole=True).specs)
