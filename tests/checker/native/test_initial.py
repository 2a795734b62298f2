"""Initial states by machine code, and by its loops under CPython, against the search of CPython, which the evaluator
agrees with (see `tests/checker/search/test_initial.py`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest

from skipgate.checker.kernel import initial_code
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import beginning, initial, tiers
from skipgate.checker.search.explore import Exploration, explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions, Storage
from skipgate.spec.diagnostics import SpecError
from tests.checker.native.harness import (
    SMALL_SCALE,
    cpython_functions,
    facts,
    kernels_of,
    machine_functions,
    search,
    small_scale,
)
from tests.checker.search.random_initial import initial_text
from tests.planted import Mutant, applied

# 9 * 9 * 9 candidates, of which those in order remain: the choices of 3 of 9, 84; every one leads to its mirror image.
ORDERED = """
var a : 0..8 in 0..8
var b : 0..8 in {n for n in 0..8 where n > a}
var c : 0..8 in 0..8
initially b < c
action mirror
  when a < c
  then a' = c
       c' = a
terminal when true
invariant Sum a + c != 11 or b < 5
invariant Mirrored a < c or b != 4
cover Wide a == 0 and c == 8
"""


@contextmanager
def natively(few: int = 0) -> Iterator[None]:
    """Let machine code find the initial states of small models."""
    with patch.multiple(initial_code, FEW=few, MANY=few):
        yield


def random_text(rng: Random) -> str:
    """A model with conditions on its initial states, and now and then with more than one thing to find there."""
    text = initial_text(rng)
    more = []
    if "var z0 : 0..3" in text:
        if rng.random() < 0.5:
            more.append(f"constraint Within z0 != {rng.randint(0, 3)}")
        if rng.random() < 0.3:
            more.append(f"invariant Blind 6 div z0 != {rng.randint(1, 3)}")
        more.append(f"invariant Other z0 != {rng.randint(0, 3)}")
        more.append(f"cover Seen z0 == {rng.randint(0, 3)}")
        more.append("action turn\n  then z0' = (z0 + 1) mod 4")
    return text.replace("check c", "\n".join([*more, "check c"]))


def outcome(found: Exploration) -> dict[str, object]:
    """What every engine has to find. What was found before something that cannot be evaluated does not count."""
    problem = found.initial_error
    if problem is not None:
        return {"error": problem.message, "place": problem.span}
    return facts(found) | {
        "unevaluated": found.unevaluated, "branch lost": found.branch_lost, "moved": found.moved
    }  # fmt: skip


def compare(seed: int, seen: Counter[str]) -> None:
    rng = Random(seed)
    text = random_text(rng)
    with natively():
        try:
            kernels = kernels_of(text)
        except SpecError:
            seen["refused"] += 1
            return
        if not kernels.begins_natively:
            seen["evaluator"] += 1
            return
        wanted = outcome(explore(kernels))
        with small_scale():
            code = machine_functions(kernels, **SMALL_SCALE)
            for threads in (1, 4):
                assert outcome(search(kernels, code, threads=threads)) == wanted, (threads, text)
            if not seed % 8:
                loops = cpython_functions(kernels, **SMALL_SCALE)
                assert outcome(search(kernels, loops, native=False)) == wanted, text
    seen["compared"] += 1
    seen["error"] += "error" in wanted
    seen["several stages"] += kernels.initial is not None and len(kernels.initial.names) > 1
    seen["violated"] += bool(wanted.get("violations"))


@pytest.mark.differential
def test_random_models() -> None:
    seen: Counter[str] = Counter()
    for seed in range(16):
        compare(seed, seen)
    assert seen["compared"] > 10 and all(seen[each] > 0 for each in ("several stages", "error", "violated")), seen


def ordered() -> Kernels:
    with natively():
        kernels = kernels_of(ORDERED + "check c expect holds\n")
    assert kernels.begins_natively
    return kernels


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_by_hand(threads: int) -> None:
    kernels = ordered()
    with small_scale():
        found = search(kernels, machine_functions(kernels, **SMALL_SCALE), threads=threads)
    # The mirror images are others, as a < c in all that is chosen; one step leads there, and none back.
    assert (found.distinct, found.generated, found.depth) == (168, 168, 2)
    path = [kernels.layout.unpack(state) for state in found.path_to(found.violations["Sum"].state)]
    assert path == [{"a": 3, "b": 5, "c": 8}]  # of (3, 5, 8), (3, 6, 8), (3, 7, 8), (4, 5, 7), (4, 6, 7)
    path = [kernels.layout.unpack(state) for state in found.path_to(found.violations["Mirrored"].state)]
    assert path == [{"a": 0, "b": 4, "c": 5}, {"a": 5, "b": 4, "c": 0}]


def test_the_first_violation_ends_the_search() -> None:
    kernels = ordered()
    code = machine_functions(kernels, **SMALL_SCALE)
    wanted = explore(kernels, SearchOptions(stop_at_first=True))
    for threads in (1, 4):
        with small_scale():
            found = search(kernels, code, threads=threads, stop_at_first=True)
        assert facts(found, counts=False) == facts(wanted, counts=False)


def test_what_cannot_be_evaluated_is_said_by_cpython() -> None:
    with natively():
        kernels = kernels_of("var x : 0..9 in 0..9\nvar y : 0..9 in 0..9\ninitially y == 2 and 4 div x == y\n"
                             "terminal when true\ncheck c expect holds\n")  # fmt: skip
    found = search(kernels, machine_functions(kernels), threads=2)
    assert found.initial_error is not None
    assert found.initial_error.message == "division by zero, where x = 0, y = 2"
    assert found.initial_error.span.text == "4 div x"


def test_no_initial_state() -> None:
    with natively():
        kernels = kernels_of("var x : 0..9 in 0..9\ninitially x > 9\nterminal when true\ncheck c expect holds\n")
    found = search(kernels, machine_functions(kernels), threads=2)
    assert (found.distinct, found.generated, found.depth, found.stopped) == (0, 0, 0, None)


SYMMETRIC = """
sort Node[4]
var up : set of Node in subsets(Node)
var f : map[Node] of 0..3 in map[Node] of 0..3
initially exists n in Node: n in up and f[n] == 2
action clear(n in Node)
  when n in up
  then f'[n] = 0
invariant I not (len(up) == 2 and forall n in Node: n in up or f[n] == 3)
invariant J exists n in Node: f[n] != 0
check c
  symmetry Node
  expect holds
"""


def test_orbits() -> None:
    with natively():
        kernels = kernels_of(SYMMETRIC)
    wanted = facts(explore(kernels))
    code = machine_functions(kernels, **SMALL_SCALE)
    for threads in (1, 3):
        with small_scale():
            assert facts(search(kernels, code, threads=threads)) == wanted


MANY = "var m : map[1..6] of 0..9 in map[1..6] of 0..9\nterminal when true\ncheck c expect holds\n"  # 10^6


def test_limits_hold_while_initial_states_are_found() -> None:
    kernels = kernels_of(MANY)
    code = machine_functions(kernels)
    found = search(kernels, code, threads=2, budget=Budget(max_states=20_000))
    assert found.stopped is not None and "limit of 20000 states" in found.stopped
    found = search(kernels, code, threads=2, max_memory=2**21)
    assert found.stopped is not None and "memory" in found.stopped
    assert found.distinct < 10**6
    found = search(kernels, code, threads=2, budget=Budget(time_limit=0.0))
    assert found.stopped is not None and "time" in found.stopped


def test_few_initial_states_are_not_compiled() -> None:
    kernels = kernels_of("var x : 0..999 in 0..999\nterminal when true\ncheck c expect holds\n")
    assert kernels.initial is not None and not kernels.begins_natively


def test_a_search_from_many_is_saved_and_resumed(tmp_path: Path) -> None:
    with natively():
        kernels = kernels_of(ORDERED.replace("8", "30") + "check c expect holds\n")
        wanted = explore(kernels)
        storage = Storage(checkpoints=tmp_path / "saved", resume=True)
        options = SearchOptions(engine="native", storage=storage, budget=Budget(max_states=wanted.distinct - 1))
        stopped = tiers.explore(kernels, options)
        assert stopped.stopped is not None
        found = tiers.explore(kernels, SearchOptions(engine="native", storage=storage))
    assert facts(found) == facts(wanted)


def check(seed: int) -> None:
    compare(seed, Counter())


MUTANTS = [
    Mutant("the first state that was stored is taken for the first", initial._violation, "is not None", "is None",
           check),
]  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_faults_of_the_driver_are_noticed(mutant: Mutant) -> None:
    with applied(mutant):
        assert noticed()


# Faults in the loops: text that is compiled, and what is put in its place.
FAULTS = [
    ("stages overwrite each other", "end = open_[1] if stage else walk[FIRST_END]", "end = open_[1]"),
    ("the last candidates are left out", "if place >= walk[FIRST_END]", "if place >= walk[FIRST_END] - 3 * ENTRY"),
    ("failures are passed over", "if batch[i] < 0:", "if batch[i] < -9:"),
    ("any initial state causes each event", "return state_causes(t, event, buffer)", "return 1"),
    ("any initial state is a target", "return has(targets, mask, hash_of(t), t, store)", "return 1"),
]


@pytest.mark.parametrize(("what", "good", "bad"), FAULTS, ids=[what for what, _, _ in FAULTS])
def test_faults_of_the_loops_are_noticed(what: str, good: str, bad: str) -> None:
    assert beginning.__file__ is not None
    source = Path(beginning.__file__).read_text(encoding="utf-8")
    assert good in source
    from skipgate.checker.native.language import SourceText

    plain = SourceText.of

    def planted(module: object) -> SourceText:
        return SourceText("beginning", source.replace(good, bad)) if module is beginning else plain(module)  # type: ignore[arg-type]

    with patch.object(SourceText, "of", planted):
        assert noticed()


def noticed() -> bool:
    """Does one of the random models, or the one by hand, show a difference?"""
    kernels = ordered()
    with small_scale():
        try:
            found = search(kernels, machine_functions(kernels, **SMALL_SCALE), threads=3)
            if facts(found) != facts(explore(kernels)):
                return True
        except Exception:
            return True
    for seed in range(16):
        try:
            check(seed)
        except Exception:
            return True
    return False
