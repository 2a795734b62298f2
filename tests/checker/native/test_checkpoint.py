"""Searches that are saved, ended at any moment, and gone on with have the results of those that are not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest

from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import checkpoint, engine, takeover
from skipgate.checker.native.checkpoint import Checkpoint
from skipgate.checker.native.tiers import explore
from skipgate.checker.search.explore import Exploration
from skipgate.checker.search.explore import explore as explore_under_cpython
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions, Storage
from skipgate.spec.diagnostics import SpecError
from tests.checker.native.harness import facts, kernels_of

# One violation is found before machine code takes over, and one after; so are the witnesses.
MODEL = """
var a : 0..29 = 0
var b : 0..29 = 0
{wide}
action more_a when a < 29 then a' = a + 1
action more_b when b < 29 then b' = b + 1
action late when a + b == 50 then a' = 0, b' = 0
invariant Early a + b != 2
invariant Late a + b < 40
transition Backwards a' >= a
cover Soon a == 1
cover End a == 29 and b == 29
terminal when a == 29 and b == 29
check c expect violation of Early, Late, Backwards
""".replace(", b' = 0", "\n       b' = 0")
FLIPS = int(os.environ.get("SKIPGATE_FLIPS", "10"))  # of each file
WIDE = "\n".join(f"var w{i} : 0..{2**50} = {2**49 + i}" for i in range(3))


@pytest.fixture(scope="module", params=["narrow", "wide"])
def kernels(request: pytest.FixtureRequest) -> Kernels:
    return kernels_of(MODEL.format(wide="" if request.param == "narrow" else WIDE))


@pytest.fixture(autouse=True)
def at_every_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takeover, "SAVE_EVERY", -1.0)
    monkeypatch.setattr(engine, "_WIDE", 8)
    pause = engine.Engine.run

    def run(self: engine.Engine, *arguments: Any, **options: Any) -> int:
        self.pause_soon()  # before the first look at the clock
        return pause(self, *arguments, **options)

    monkeypatch.setattr(engine.Engine, "run", run)


class Recorder:
    """Copies each checkpoint, and pauses the search again at the next level."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.copies: list[Path] = []
        save = Checkpoint.save

        def copying(mine: Checkpoint, using: engine.Engine, *rest: Any, levels: int) -> None:
            save(mine, using, *rest, levels=levels)
            self.copies.append(folder / str(len(self.copies)))
            shutil.copytree(mine.folder, self.copies[-1])
            using.pause_soon()

        monkeypatch.setattr(Checkpoint, "save", copying)


def search(kernels: Kernels, folder: Path, *, resume: bool = False, threads: int = 2) -> Exploration:
    return explore(kernels, SearchOptions(threads=threads, storage=Storage(checkpoints=folder, resume=resume)))


def test_from_each_level(kernels: Kernels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = facts(explore_under_cpython(kernels))
    recorder = Recorder(tmp_path, monkeypatch)
    assert facts(search(kernels, tmp_path / "folder")) == expected
    assert not any((tmp_path / "folder").iterdir())  # the search is over
    assert len(recorder.copies) > 30
    for number, copy in enumerate([*recorder.copies[:4], *recorder.copies[4::9]]):
        assert facts(search(kernels, copy, resume=True, threads=1 + number % 4)) == expected
        assert not any(copy.iterdir())


KILLED = """
import os, signal, sys
from pathlib import Path
from skipgate.checker.native import checkpoint, takeover
from skipgate.checker.search.options import SearchOptions, Storage
from skipgate.checker.native.tiers import explore
from skipgate.checker.checks.preparation import load_check, prepare
from skipgate.checker.native.engine import Engine

file, folder, last, where = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
write, run, saved = checkpoint.write_atomically, Engine.run, 0

def writing(path, data):
    global saved
    saved += 1
    if saved == last and where == "before":
        os.kill(os.getpid(), signal.SIGKILL)  # the states are there, but not the rest
    write(path, data)
    if saved == last:
        os.kill(os.getpid(), signal.SIGKILL)
    using.pause_soon()

def running(self, *arguments, **options):
    global using
    using = self
    self.pause_soon()
    return run(self, *arguments, **options)

checkpoint.write_atomically, Engine.run = writing, running
explore(prepare(load_check(file, "c")), SearchOptions(threads=2, storage=Storage(checkpoints=folder)))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing here kills like that")
@pytest.mark.parametrize("where", ["before", "after"])
def test_killed(where: str, tmp_path: Path) -> None:
    file = tmp_path / "model.gate"
    file.write_text(MODEL.format(wide=WIDE), encoding="utf-8")
    command = [sys.executable, "-c", KILLED, str(file), str(tmp_path / "folder"), "20", where]
    root = str(Path(__file__).parents[3])
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": root}, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    kernels = kernels_of(MODEL.format(wide=WIDE))
    assert facts(search(kernels, tmp_path / "folder", resume=True)) == facts(explore_under_cpython(kernels))


@pytest.fixture
def saved(kernels: Kernels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    recorder = Recorder(tmp_path, monkeypatch)
    search(kernels, tmp_path / "folder")
    return recorder.copies[10]


def refused(kernels: Kernels, folder: Path, *, resume: bool = True) -> str:
    with pytest.raises(SpecError) as problem:
        search(kernels, folder, resume=resume)
    return str(problem.value)


def test_a_saved_search_is_not_overwritten(kernels: Kernels, saved: Path) -> None:
    before = {file: file.read_bytes() for file in saved.iterdir()}
    assert "holds an unfinished search of check `c`" in refused(kernels, saved, resume=False)
    assert {file: file.read_bytes() for file in saved.iterdir()} == before


def test_another_model(saved: Path) -> None:
    other = kernels_of(MODEL.format(wide="").replace("a + b < 40", "a + b < 41"))
    assert "has changed since the search in" in refused(other, saved)


def test_another_symmetry(tmp_path: Path) -> None:
    """Its states would not be those of the file."""
    text = "sort Node[3]\nvar x : map[Node] of 0..1 = map n in Node: 0\ncheck c {}expect holds\n"
    plain, reduced = (Checkpoint(tmp_path, kernels_of(text.format(clause))) for clause in ("", "symmetry Node "))
    assert plain.program != reduced.program


def test_another_initial_state(saved: Path) -> None:
    """Which is in none of the kernels."""
    other = kernels_of(MODEL.format(wide="").replace("var a : 0..29 = 0", "var a : 0..29 = 1"))
    assert other.text == kernels_of(MODEL.format(wide="")).text
    assert "has changed since the search in" in refused(other, saved)


def test_fingerprints_are_not_forgotten(kernels: Kernels, saved: Path) -> None:
    with pytest.raises(SpecError, match="was made without `--fingerprints`"):
        explore(kernels, SearchOptions(storage=Storage(fingerprints=True, checkpoints=saved, resume=True)))


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1}', "{", "\x00\xff", f"{sha256(b'[]').hexdigest()}\n[]"])
def test_descriptions_that_are_none(kernels: Kernels, saved: Path, text: str) -> None:
    next(saved.glob("*.search")).write_text(text, encoding="utf-8")
    assert "is damaged" in (said := refused(kernels, saved)) or "cannot be read" in said


def test_missing_states(kernels: Kernels, saved: Path) -> None:
    states = next(saved.glob("*.states"))
    states.write_bytes(states.read_bytes()[:-8])
    assert "is damaged" in refused(kernels, saved)


def test_flipped_bits(kernels: Kernels, saved: Path) -> None:
    """Each is noticed, whichever it is; what would be said otherwise might be `holds`."""
    rng = Random(str(kernels.layout.words))
    for file in sorted(saved.iterdir()):
        whole = file.read_bytes()
        for _ in range(FLIPS):
            place, bit = rng.randrange(len(whole)), rng.randrange(8)
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
            said = refused(kernels, saved)
            assert "is damaged" in said, (file.name, place, bit, said)
        file.write_bytes(whole)
    assert facts(search(kernels, saved, resume=True)) == facts(explore_under_cpython(kernels))


def test_flipped_bits_with_states_in_a_file(kernels: Kernels, saved: Path, tmp_path: Path) -> None:
    """The states are read from the checkpoint into the file of `--store`: what is damaged does not get there."""
    rng = Random(f"store {kernels.layout.words}")
    storage = Storage(folder=tmp_path, checkpoints=saved, resume=True)
    for file in sorted(saved.iterdir()):
        whole = file.read_bytes()
        for _ in range(FLIPS):
            place, bit = rng.randrange(len(whole)), rng.randrange(8)
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
            with pytest.raises(SpecError, match="is damaged"):
                explore(kernels, SearchOptions(threads=2, storage=storage))
        file.write_bytes(whole)
    found = explore(kernels, SearchOptions(threads=2, storage=storage))
    assert facts(found) == facts(explore_under_cpython(kernels))


def test_states_of_another_time(kernels: Kernels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A description and states that do not belong together are refused, though each is whole."""
    recorder = Recorder(tmp_path, monkeypatch)
    search(kernels, tmp_path / "folder")
    earlier, later = recorder.copies[5], recorder.copies[9]
    shutil.copy(next(earlier.glob("*.states")), next(later.glob("*.states")))
    assert "is damaged" in refused(kernels, later)


@pytest.mark.parametrize("threads", [1, 3])
def test_a_search_that_a_limit_ends_is_saved(kernels: Kernels, tmp_path: Path, threads: int) -> None:
    """As it was before the level that it was at; so it can be gone on with again and again."""
    expected = facts(explore_under_cpython(kernels))
    most, rounds = 20, 0
    while True:
        budget, storage = Budget(max_states=most), Storage(checkpoints=tmp_path, resume=rounds > 0)
        found = explore(kernels, SearchOptions(budget=budget, threads=threads, storage=storage))
        if found.stopped is None:
            break
        most, rounds = most + 150, rounds + 1
    assert rounds >= 4
    assert facts(found) == expected


def test_no_room(kernels: Kernels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "write_atomically", full)
    assert search(kernels, tmp_path).stopped == "the search could not be saved: No space left on device"


def test_no_room_at_the_end(kernels: Kernels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, and what is on the disk is what was saved before, or nothing."""
    write = checkpoint.write_atomically
    for number, before in enumerate((False, True)):
        folder = tmp_path / str(number)
        monkeypatch.setattr(checkpoint, "write_atomically", write)
        if before:
            explore(kernels, SearchOptions(budget=Budget(max_states=200), storage=Storage(checkpoints=folder)))
        kept = {file.name: file.read_bytes() for file in folder.glob("*")}
        assert bool(kept) == before

        def full(*_: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(checkpoint, "write_atomically", full)
        storage = Storage(checkpoints=folder, resume=True)
        monkeypatch.setattr(engine.Engine, "pause_soon", lambda _: None)
        found = explore(kernels, SearchOptions(budget=Budget(max_states=600), storage=storage))
        assert found.stopped == "the limit of 600 states was passed"
        (note,) = [note for note in found.notes if "could not be saved" in note]
        assert "No space left on device" in note and ("still there" in note) == before
        assert {file.name: file.read_bytes() for file in folder.glob("*")} == kept
    monkeypatch.setattr(checkpoint, "write_atomically", write)
    assert facts(search(kernels, tmp_path / "1", resume=True)) == facts(explore_under_cpython(kernels))


ENDED = """
import os, signal, sys
from pathlib import Path
from skipgate.checker.native import takeover
from skipgate.checker.search.options import SearchOptions, Storage
from skipgate.checker.native.tiers import explore
from skipgate.checker.checks.preparation import load_check, prepare

tick, ticks = takeover._NativeSearch.tick, 0

def ticking(self):
    global ticks
    ticks += 1
    if ticks == 2:
        os.kill(os.getpid(), getattr(signal, sys.argv[3]))
    return tick(self)

takeover._NativeSearch.tick = ticking
options = SearchOptions(threads=2, storage=Storage(checkpoints=Path(sys.argv[2])))
print(explore(prepare(load_check(Path(sys.argv[1]), "c")), options).stopped)
"""
LONG = """
var a : 0..2999 = 0
var b : 0..2999 = 0
action more_a when a < 2999 then a' = a + 1
action more_b when b < 2999 then b' = b + 1
invariant Below a + b < 5990
terminal when a == 2999 and b == 2999
check c expect violation of Below
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing here ends like that")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_saves_the_search(name: str, tmp_path: Path) -> None:
    file, folder = tmp_path / "model.gate", tmp_path / "folder"
    file.write_text(LONG, encoding="utf-8")
    command = [sys.executable, "-c", ENDED, str(file), str(folder), name]
    root = str(Path(__file__).parents[3])
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": root}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "interrupted\n"), done.stderr
    assert Checkpoint(folder, kernels_of(LONG)).exists
    found = search(kernels_of(LONG), folder, resume=True)
    assert (found.distinct, found.generated, found.stopped) == (9_000_000, 17_994_001, None)
    assert len(found.path_to(found.violations["Below"].state)) == 5991
