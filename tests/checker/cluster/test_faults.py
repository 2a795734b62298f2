"""Planted faults: what is lost, doubled, changed or led astray between shards is noticed, and never makes a count."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skipgate.checker.cluster import coordinator
from skipgate.checker.cluster.explore import explore_on_shards
from skipgate.checker.cluster.parcels import Parcel
from skipgate.checker.cluster.saved import SavedSearch
from skipgate.checker.cluster.shard import Shard, program_of
from skipgate.checker.cluster.team import LocalTeam, ShardLost
from skipgate.checker.core.errors import InternalError
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.explore import Exploration, explore
from skipgate.checker.search.options import SearchOptions, Storage
from skipgate.spec.diagnostics import SpecError
from tests.checker.cluster.harness import Functions, InThisProcess, machine_functions, on_shards
from tests.checker.native.harness import facts, kernels_of
from tests.checker.native.test_engine import NARROW

Parcels = list[Parcel]


@pytest.fixture(scope="module")
def kernels() -> Kernels:
    return kernels_of(NARROW)


@pytest.fixture(scope="module")
def functions(kernels: Kernels) -> Functions:
    return machine_functions(kernels)


def meddling(change: Callable[[Parcels], Parcels], level: int = 9) -> type[LocalTeam]:
    """A team in which the parcels that arrive in one call at a level are changed."""

    class Meddling(LocalTeam):
        done = False

        def start(self, shard: int, method: str, *arguments: Any, parts: int = 1) -> list[Any]:
            if method == "absorb" and arguments[1] == level and not self.done:
                parcels = list(arguments[2:])
                if any(parcel.words.size for parcel in parcels):
                    self.done = True
                    arguments = (*arguments[:2], *change(parcels))
            return super().start(shard, method, *arguments, parts=parts)

    return Meddling


def one_changed(change: Callable[[Parcel], Parcel]) -> Callable[[Parcels], Parcels]:
    """The first parcel that is not empty, changed."""

    def changed(parcels: Parcels) -> Parcels:
        at = next(number for number, parcel in enumerate(parcels) if parcel.words.size)
        return [*parcels[:at], change(parcels[at]), *parcels[at + 1 :]]

    return changed


FAULTS: dict[str, tuple[Callable[[Parcels], Parcels], str]] = {
    "all lost": (lambda parcels: [], "before another|have arrived"),
    "one lost": (lambda parcels: parcels[1:], "before another|have arrived"),
    "the last lost": (lambda parcels: parcels[:-1], "before another|have arrived"),
    "all twice": (lambda parcels: [*parcels, *parcels], "twice"),
    "of an earlier level": (one_changed(lambda p: replace(p, level=p.level - 1)), "of level 8 at 9"),
    "of an earlier attempt": (one_changed(lambda p: replace(p, attempt=p.attempt - 1)), "of level 9 at 9"),
    "for another": (one_changed(lambda p: replace(p, target=p.target + 1)), "a parcel for shard"),
    "a state lost": (one_changed(lambda p: replace(p, words=p.words[1:])), "was changed on its way"),
    "a bit changed": (one_changed(lambda p: replace(p, words=p.words ^ np.int64(1))), "was changed|another shard"),
    "a wrong checksum": (one_changed(lambda p: replace(p, checksum=p.checksum + 1)), "was changed on its way"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_on_the_way_are_noticed(kernels: Kernels, functions: Functions, fault: str) -> None:
    change, said = FAULTS[fault]
    with pytest.raises(InternalError, match=said):
        on_shards(kernels, 3, functions, team_class=meddling(change))


def test_the_wrong_owner_is_noticed(kernels: Kernels, functions: Functions) -> None:
    """A shard keeps states of another one, and so would count them twice."""

    class Confused(LocalTeam):
        def __init__(self, size: int, make: Callable[[int], Shard]) -> None:
            super().__init__(size, make)
            first = self.shards[0]
            assert first is not None
            before = first._call

            def call(name: str, *arguments: Any) -> int:
                if name == "distribute":
                    arguments = (*arguments[:-1], (arguments[-1] + 1) % 3)
                return before(name, *arguments)

            first._call = call  # type: ignore[method-assign]

    with pytest.raises(InternalError, match="states of other"):
        on_shards(kernels, 3, functions, team_class=Confused)


def test_shards_at_different_levels_are_noticed(kernels: Kernels, functions: Functions) -> None:
    class Hasty(LocalTeam):
        def start(self, shard: int, method: str, *arguments: Any, parts: int = 1) -> list[Any]:
            if method == "expand" and shard == 1 and arguments[1] == 5:
                arguments = (arguments[0], 6)
            return super().start(shard, method, *arguments, parts=parts)

    with pytest.raises(InternalError, match="is at attempt 1, level 4"):
        on_shards(kernels, 3, functions, team_class=Hasty)


# ----------------------------------------------------------------------------------------------- deaths, checkpoints


def dying(*at: int) -> type[LocalTeam]:
    """A team in which a shard dies at these calls, counted from the start; a new one each time."""

    class Dying(LocalTeam):
        calls = 0

        def start(self, shard: int, method: str, *arguments: Any, parts: int = 1) -> list[Any]:
            self.calls += 1
            if self.calls in at:
                self.shards[shard] = None
            return super().start(shard, method, *arguments, parts=parts)

    return Dying


def search(kernels: Kernels, how: InThisProcess, folder: Path | None = None, *, resume: bool = False) -> Exploration:
    return explore_on_shards(kernels, SearchOptions(storage=Storage(checkpoints=folder, resume=resume)), how)


@pytest.mark.parametrize("saves", [False, True], ids=["from the start", "from a checkpoint"])
@pytest.mark.parametrize("at", [(1,), (5,), (100,), (150, 301, 302), (420,), (560,)])
def test_a_shard_that_dies_costs_time_only(
    kernels: Kernels, functions: Functions, at: tuple[int, ...], saves: bool, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(coordinator, "SAVE_EVERY", 0.0 if saves else 1e9)
    how = InThisProcess(3, functions, team_class=dying(*at))
    found = search(kernels, how, tmp_path if saves else None)
    assert facts(found) == facts(explore(kernels))
    assert any("was lost" in note for note in found.notes) == (how.teams[0].calls >= at[0])  # type: ignore[attr-defined]
    assert not [*tmp_path.iterdir()], "of a search that is over, nothing is left"


def test_shards_that_die_again_and_again_end_the_search(kernels: Kernels, functions: Functions) -> None:
    class Doomed(LocalTeam):
        def start(self, shard: int, method: str, *arguments: Any, parts: int = 1) -> list[Any]:
            if method == "expand" and arguments[1] == 7:
                raise ShardLost("no luck")
            return super().start(shard, method, *arguments, parts=parts)

    found = on_shards(kernels, 2, functions, team_class=Doomed)
    assert found.stopped == "shards were lost 4 times without a new level: no luck"
    assert not found.violations


def interrupted(kernels: Kernels, functions: Functions, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a checkpoint behind, of the levels up to 20."""
    monkeypatch.setattr(coordinator, "SAVE_EVERY", 0.0)

    class Interrupted(LocalTeam):
        def start(self, shard: int, method: str, *arguments: Any, parts: int = 1) -> list[Any]:
            if method == "expand" and arguments[1] == 20:
                raise SystemExit
            return super().start(shard, method, *arguments, parts=parts)

    with pytest.raises(SystemExit):
        search(kernels, InThisProcess(3, functions, team_class=Interrupted), folder)


def test_a_search_goes_on_from_a_checkpoint(
    kernels: Kernels, functions: Functions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(kernels, functions, tmp_path, monkeypatch)
    with pytest.raises(SpecError, match="holds an unfinished search"):
        search(kernels, InThisProcess(3, functions), tmp_path)
    with pytest.raises(SpecError, match="has 3 shards; go on with as many"):
        search(kernels, InThisProcess(2, functions), tmp_path, resume=True)
    how = InThisProcess(3, functions, team_class=dying(1000))
    found = search(kernels, how, tmp_path, resume=True)
    assert facts(found) == facts(explore(kernels))


def changed_description(saved: SavedSearch, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads(saved.description.read_text().split("\n", 1)[1])
    change(content)
    text = json.dumps(content)
    saved.description.write_text(f"{sha256(text.encode()).hexdigest()}\n{text}")


def _shorten(content: dict[str, Any]) -> None:
    content["snapshots"][1]["bounds"].pop()


def _shorten_all(content: dict[str, Any]) -> None:
    for each in content["snapshots"]:
        each["bounds"].pop()


def _swap(content: dict[str, Any]) -> None:
    content["snapshots"][0], content["snapshots"][1] = content["snapshots"][1], content["snapshots"][0]


DESCRIPTIONS: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a shard of another level": (_shorten, "not at the same level"),
    "all shards of another level": (_shorten_all, "does not match its digest"),
    "shards exchanged": (_swap, "does not match its digest|cannot be read"),
    "a shard missing": (lambda content: content["snapshots"].pop(), "not all there"),
    "another model": (lambda content: content.update(program="?"), "has changed since"),
}


@pytest.mark.parametrize("fault", DESCRIPTIONS)
def test_a_checkpoint_of_another_search_is_refused(
    kernels: Kernels, functions: Functions, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(kernels, functions, tmp_path, monkeypatch)
    change, said = DESCRIPTIONS[fault]
    name = f"{kernels.model.name}.{kernels.model.check.name.text}"
    changed_description(SavedSearch(tmp_path, name, program_of(kernels), 3), change)
    with pytest.raises(SpecError, match=said):
        search(kernels, InThisProcess(3, functions), tmp_path, resume=True)


@pytest.mark.parametrize("damage", ["bit", "short", "gone", "description"])
def test_a_damaged_checkpoint_is_refused(
    kernels: Kernels, functions: Functions, damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(kernels, functions, tmp_path, monkeypatch)
    (file,) = tmp_path.rglob("1-of-3.states")
    content = bytearray(file.read_bytes())
    match damage:
        case "bit":
            content[100] ^= 1
            file.write_bytes(content)
        case "short":
            file.write_bytes(content[:-8])
        case "gone":
            file.unlink()
        case "description":
            (description,) = tmp_path.rglob("search")
            description.write_text(description.read_text().replace("seconds", "sekunds"))
    with pytest.raises(SpecError, match=r"digest|cannot be read"):
        search(kernels, InThisProcess(3, functions), tmp_path, resume=True)
