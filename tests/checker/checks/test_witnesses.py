"""Shortest ways to covers: the same under every engine, found only if they are asked for."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.preparation import ReadyCheck, load_check, prepare
from skipgate.checker.checks.running import run_check
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.result import CheckResult
from skipgate.checker.native import seek
from skipgate.checker.native.language import SourceText
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import Storage

MODELS = Path(__file__).parents[3] / "models"

COUNTERS = """\
sort Node[2]
var at : map[Node] of 0..200 = map n in Node: 0
action step(n in Node) when at[n] < 200 then at'[n] = at[n] + 1
action jump(n in Node) when at[n] == 3 then at'[n] = 150
cover Begun  forall n in Node: at[n] == 0
cover Near   exists n in Node: at[n] == 2
cover Far    exists n in Node: at[n] == 152
cover Both   forall n in Node: at[n] == 150
cover Never  exists n in Node: at[n] > 200
terminal when forall n in Node: at[n] == 200
check plain expect holds expect unreachable cover Never
check symmetric symmetry Node expect holds expect unreachable cover Never
"""
# To 152 by three steps, a jump and two steps; both at 150 by four steps each.
LENGTHS = {"Begun": 1, "Near": 3, "Far": 7, "Both": 9}


def checked(file: Path, name: str, **options: object) -> CheckResult:
    kernels = prepare(load_check(file, name, to_search=True))
    return run_check(ReadyCheck(kernels.model, kernels), RunOptions(**options))  # type: ignore[arg-type]


@pytest.fixture
def counters(tmp_path: Path) -> Path:
    file = tmp_path / "counters.gate"
    file.write_text(COUNTERS)
    return file


@pytest.mark.parametrize("name", ["plain", "symmetric"])
def test_they_are_shortest_and_the_same_under_every_engine(counters: Path, name: str) -> None:
    under_cpython = checked(counters, name, engine="python", witnesses=True)
    assert {each: len(trace) for each, trace in under_cpython.witnesses.items()} == LENGTHS
    assert list(under_cpython.witnesses) == list(LENGTHS)
    for threads in (1, 3):
        found = checked(counters, name, engine="native", threads=threads, witnesses=True)
        assert found.witnesses == under_cpython.witnesses
    assert checked(counters, name, engine="python").witnesses == {}
    assert checked(counters, name, engine="native").witnesses == {}


def test_a_search_that_was_stopped_has_those_that_it_came_to(counters: Path) -> None:
    for engine in ("python", "native"):
        found = checked(counters, "plain", engine=engine, witnesses=True, budget=Budget(max_states=12))
        assert found.stopped is not None
        reached = [each for each in LENGTHS if each not in found.missed]
        assert "Near" in found.witnesses
        assert list(found.witnesses) == reached


def test_those_that_were_seen_before_a_checkpoint_are_found_again(counters: Path, tmp_path: Path) -> None:
    saved = Storage(checkpoints=tmp_path / "saved", resume=True)
    first = checked(counters, "plain", storage=saved, budget=Budget(max_states=200))
    assert first.stopped is not None
    found = checked(counters, "plain", storage=saved, witnesses=True)
    assert found.stopped is None
    assert {each: len(trace) for each, trace in found.witnesses.items()} == LENGTHS


@pytest.mark.differential
@pytest.mark.parametrize(
    ("file", "name"), [("classic/unreliable_commit.gate", "symmetric"), ("classic/paxos/voting.gate", "minorities")]
)
def test_shipped_models(file: str, name: str) -> None:
    under_cpython = checked(MODELS / file, name, engine="python", witnesses=True)
    assert under_cpython.witnesses
    assert checked(MODELS / file, name, engine="native", threads=2, witnesses=True).witnesses == under_cpython.witnesses


def test_a_state_of_which_the_cover_is_false_is_noticed(counters: Path) -> None:
    source = SourceText.of(seek)
    old = "        if scratch[i] == number:\n"
    assert source.source.count(old) == 1
    faulty = SourceText("seek", source.source.replace(old, "        if 1:\n"))
    original = SourceText.of
    with (
        patch.object(SourceText, "of", lambda module: faulty if module is seek else original(module)),
        pytest.raises(InternalError, match="the engines disagree on"),
    ):
        checked(counters, "plain", engine="native", witnesses=True)
