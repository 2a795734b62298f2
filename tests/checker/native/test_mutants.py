"""Negative controls: with a fault planted into the loops, the comparison with CPython fails."""

from __future__ import annotations

from random import Random

import pytest

from skipgate.checker.core.errors import InternalError
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import engine, reference
from skipgate.checker.native.language import SourceText
from skipgate.checker.native.language_check import check_program
from skipgate.checker.native.machine import MachineCode, machine_code
from skipgate.checker.native.units import CompilationUnit
from skipgate.checker.search.explore import explore
from tests.checker.native.harness import SMALL_SCALE, facts, kernels_of, restless, search, small_scale
from tests.checker.native.large_models import SPECIAL, large_model
from tests.checker.native.test_search import random_kernels

# What stands in the loops, and what is put in its place.
FAULTS = [
    ("    return (h & TAG) | (index + 1)", "    return (h & TAG) | (index // 2 + 1)"),  # the wrong state
    ("            return 1\n        p = (p + 1) & mask\n", "            return 0\n        p = (p + 1) & mask\n"),
    ("mine[GENERATED] = mine[GENERATED] + length // ENTRY", "mine[GENERATED] = mine[GENERATED] + found // ENTRY"),
    ("note(mine, level, EVALUATION if final else DEADLOCK)", "note(mine, level, DEADLOCK)"),
    ("        if final <= 0:\n", "        if final < 0:\n"),  # deadlocks are overlooked
    ("                if not allowed:\n", "                if allowed > 1:\n"),  # states outside are kept
    (
        "                    examine(mine, level, t, scratch)\n                    return 0",
        "                    return 0",
    ),
    ("TRANSITIONS + scratch[i] if scratch[i] >= 0 else ARRIVAL)", "ARRIVAL)"),
    ("                out[length + 1 + j] = t[j]", "                out[length + 1 + j] = out[length + 1 + j]"),
    ("        region[CURSOR] = region[END]\n", "        region[CURSOR] = region[END] + 1\n"),  # a state is forgotten
    ("mine[REST_END] = first + CHUNK if first + CHUNK < end else end", "mine[REST_END] = first + CHUNK"),
    ("    if not mine[EVENTS + event]:\n", "    if 1:\n"),  # the last level counts, not the first
    ("        mine[flag] = 1\n", "        pass\n"),
    ("            if has(targets, mask, hash_of(t), t, store):\n", "            if 1:\n"),  # any trace will do
    ("                canonical(t, scratch)\n", "                pass\n"),  # states under other names are other states
    ("                canonical(t, buffer)\n", "                pass\n"),  # also while traces are looked for
]
# Two nodes take turns: from each representative to the next, names change.
SYMMETRIC = """
sort Node[2]
var x : map[Node] of 0..9 = map n in Node: 0
var latest : option of Node = none
action next(n in Node) when latest != some(n) and x[n] < 9 then
  x'[n] = x[n] + 1
  latest' = some(n)
invariant I (sum n in Node: x[n]) < 15
check c symmetry Node expect violation of I
"""


# A hash with so many collisions that the search has to rely on the states themselves.
HASH = "        h = multiply_high(x, FACTOR) ^ multiply_wrapping(x, FACTOR)\n"
WEAK_HASH = "        h = (h ^ x) & 7\n"
FORGETFUL = ("        if known[j] != t[j]:\n", "        if j == 0 and known[j] != t[j]:\n")


@pytest.fixture(scope="module")
def kernels() -> list[Kernels]:
    found = [random_kernels(large_model(Random(seed)), 600) for seed in range(40)]
    special = [kernels_of(text) for text in [*SPECIAL, SYMMETRIC]]
    return [*special, *(one for one in found if one is not None and explore(one).distinct > 20)]


def changed(program: CompilationUnit, *changes: tuple[str, str], added: str = "") -> list[SourceText]:
    """The texts of a program with faults in them, and more text behind that of the loops."""
    texts = {text.name: text.source for text in program.texts}
    for old, new in changes:
        assert any(old in source for source in texts.values())
        texts = {name: source.replace(old, new) for name, source in texts.items()}
    texts["loops"] += added
    return [SourceText(name, source) for name, source in texts.items()]


def differs(kernels: Kernels, *changes: tuple[str, str]) -> bool:
    program = engine.unit(kernels)
    code = machine_code(
        check_program(changed(program, *changes), constants={**program.constants, **SMALL_SCALE}), program.exported
    )
    functions = MachineCode(code, program.exported).functions
    with small_scale():
        try:
            return facts(search(kernels, functions)) != facts(explore(kernels))
        except InternalError:  # such as a trace that is not found again
            return True


@pytest.mark.parametrize("fault", FAULTS, ids=range(len(FAULTS)))
def test_faults_are_noticed(kernels: list[Kernels], fault: tuple[str, str]) -> None:
    assert any(differs(one, fault) for one in kernels)


def test_without_a_fault_nothing_is_noticed(kernels: list[Kernels]) -> None:
    assert not any(differs(one) for one in kernels[:9])


def test_states_are_stored_exactly(kernels: list[Kernels]) -> None:
    """Whatever the hash: two states are never taken for one."""
    wide = [one for one in kernels if one.layout.words > 1]
    assert wide
    assert not any(differs(one, (HASH, WEAK_HASH)) for one in wide)
    assert any(differs(one, (HASH, WEAK_HASH), FORGETFUL) for one in wide)


# Faults that show only if threads meet in the wrong place.
RACES = [
    # The next level begins while others are at work on this one.
    ("if not load_atomic(control, ACTIVE) and not load_atomic(control, LEAVE):", "if not load_atomic(control, LEAVE):"),
    # Between looking at a slot and taking it, it is taken by another.
    (
        "compare_and_swap(table, p, 0, slot_of(h, t, index)):\n                examine",
        "not load_atomic(table, p) and swap_late(table, p, slot_of(h, t, index)):\n                examine",
    ),
    # Two threads take the same states.
    ("    first = fetch_and_add(lane, CURSOR, CHUNK)\n", "    first = take_late(lane)\n"),
]
LATE = """
def swap_late(table: Row, p: int, new: int) -> int:
    store_atomic(table, p, new)
    return 1


def take_late(lane: Row) -> int:
    first = load_atomic(lane, CURSOR)
    store_atomic(lane, CURSOR, first + CHUNK)
    return first
"""


@pytest.mark.parametrize("race", RACES, ids=range(len(RACES)))
def test_races_are_noticed(kernels: list[Kernels], race: tuple[str, str]) -> None:
    rng = Random(7)
    assert any(differs_between_threads(one, race, rng) for _ in range(3) for one in kernels)


def differs_between_threads(kernels: Kernels, race: tuple[str, str], rng: Random) -> bool:
    program = engine.unit(kernels)
    checked = check_program(
        changed(program, race, added=LATE), constants={**program.constants, **SMALL_SCALE, "PATIENCE": 3}
    )
    with small_scale(), restless(rng):
        try:
            found = search(kernels, reference.functions(checked), native=False, threads=4)
        except (InternalError, IndexError):
            return True
        return facts(found) != facts(explore(kernels))
