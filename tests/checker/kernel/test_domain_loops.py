"""Loops over domains: they go over all elements, in order, and their text does not grow with the number of elements."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from skipgate.checker.core.datatypes import IntType, SetType, SortType, Type, cardinality, values
from skipgate.checker.kernel.components import CHUNK, flatten
from skipgate.checker.kernel.domain_loops import DomainLoop, Members, Numbers, Places, Submasks, loop
from skipgate.checker.kernel.kernel_text import Writer
from tests.checker.kernel.test_components import TYPES
from tests.checker.specs import kernels_of

COUNTED = [type_ for type_ in [*TYPES, SetType(SortType("Node", 5)), IntType(3, 2)] if cardinality(type_)]


def rows(domain: DomainLoop, condition: str = "") -> list[list[int]]:
    """The rows that a loop gives, one after the other."""
    writer = Writer()
    with loop(writer, domain, lambda: condition) as row:
        writer.line(f"found.append([{', '.join(row)}])")
    namespace: dict[str, Any] = {"popcount": int.bit_count}
    exec("\n".join(["def run(found):", *writer.lines, "    return 0"]), namespace)
    found: list[list[int]] = []
    namespace["run"](found)
    return [[int(component) for component in row] for row in found]


def chunks(mask: int, count: int) -> list[str]:
    return [str(mask >> start & (2**CHUNK - 1)) for start in range(0, count, CHUNK)]


def all_values(type_: Type) -> list[list[int]]:
    return [flatten(value, type_) for value in values(type_)]


@pytest.mark.parametrize("type_", COUNTED, ids=str)
def test_places(type_: Type) -> None:
    wanted = all_values(type_)
    assert rows(Places(type_, "k", "0", str(len(wanted) - 1))) == wanted


def check_members(seed: int) -> None:
    """A loop over a random set of each type gives what is in it, and nothing else."""
    rng = Random(seed)
    for type_ in [*COUNTED, IntType(-3, 200), SetType(SortType("Node", 7))]:
        wanted = all_values(type_)
        mask = rng.choice([0, 1, 2 ** len(wanted) - 1, rng.getrandbits(len(wanted)), 1 << rng.randrange(len(wanted))])
        mask &= 2 ** len(wanted) - 1
        here = [row for i, row in enumerate(wanted) if mask >> i & 1]
        assert rows(Members(type_, "k", chunks(mask, len(wanted)), "m", "c")) == here, (type_, mask)


@pytest.mark.parametrize("seed", range(20))
def test_members(seed: int) -> None:
    check_members(seed)


@pytest.mark.parametrize("whole", [0, 1, 0b1011, 0b100100, 2**7 - 1])
def test_subsets(whole: int) -> None:
    type_ = SetType(SortType("Node", 7))
    assert rows(Submasks(type_, "k", str(whole), "more")) == [[k] for k in range(2**7) if k & whole == k]


def test_subsets_of_the_largest_set() -> None:
    type_ = SetType(SortType("Node", CHUNK))
    whole = 1 << CHUNK - 1 | 1
    assert rows(Submasks(type_, "k", str(whole), "more")) == [[0], [1], [1 << CHUNK - 1], [whole]]


def test_numbers() -> None:
    assert rows(Numbers(IntType(0, 99), "k", "17", "19")) == [[17], [18], [19]]
    assert rows(Numbers(IntType(0, 99), "k", "19", "17")) == []


def test_an_end_before_the_last() -> None:
    assert rows(Places(IntType(0, 9), "k", "0", "9"), "not found and") == [[0]]
    assert rows(Members(IntType(0, 99), "k", chunks(2**99, 100), "m", "c"), "not found and") == [[99]]


def lines(declarations: str) -> int:
    """How long the kernels of a model are."""
    return kernels_of(declarations).text.count("\n")


def grown(text: str, sizes: Sequence[int]) -> list[int]:
    return [lines(text.replace("SIZE", str(size))) for size in sizes]


@pytest.mark.parametrize(
    "text",
    [
        "type T = 0..SIZE\nvar x : bool = false\naction go(a in T, b in T) when a < b when x then x' = false",
        "record T { a : 0..SIZE, b : bool }\nvar x : bool = false\naction go(r in T) when r.b then x' = r.a > 2",
        "enum C { red, green, blue }\nvar n : 0..1 = 0\n"
        "action go(q in seq[2] of 0..SIZE) when len(q) > n then n' = if first(q) > 3 then 1 else 0",
        "record T { a : option of 0..SIZE, b : 0..SIZE }\nvar s : bool = false\n"
        "invariant I forall r, q in T, o in option of T: o == none or r != q",
        "record T { a : 0..SIZE, b : bool }\nvar x : bool = false\n"
        "invariant I forall m in map[0..1] of T: m[0] == m[1] or x",
        "variant V { A(n : 0..SIZE), B(n : 0..SIZE, b : bool), C }\nvar x : bool = false\n"
        "action go(v in V, w in V) when v != w then x' = match v case A(n): n > 2 case _: false",
    ],
    ids=["numbers", "records", "sequences", "options", "maps", "variants"],
)
def test_text_does_not_grow_with_the_values(text: str) -> None:
    short, long = grown(text, (80, 160))
    assert short == long


def test_text_grows_with_the_words_of_a_set_alone() -> None:
    """Paxos with one set of messages had to be written out 95,040 times once."""
    text = """
        record M { a : 0..SIZE, b : 0..9 }
        var s : set of M = {}
        action go(m in s, n in s) when m.a < n.a then s' = s - {m}
        invariant I forall m, n in s: exists l in s: l.a == m.a and l.b >= n.b
        """
    short, long = grown(text, (19, 99))
    assert long < 3 * short


def test_long_bodies_are_not_written_for_each_value() -> None:
    """Huang's algorithm, whose messages come in any order: 50 s of compiling, for a sequence cut in two 64 times."""
    text = """
        sort Proc[SIZE]
        var inbox : map[Proc] of seq[12] of 1..9 = map p in Proc: []
        action receive(p in Proc, i in 1..len(inbox[p]))
          then inbox'[p] = inbox[p][1..i - 1] + inbox[p][i + 1..len(inbox[p])]
        """
    short, long = grown(text, (2, 8))
    assert long < 2 * short < 3000
