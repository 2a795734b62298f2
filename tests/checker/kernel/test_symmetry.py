"""Representatives of orbits: counts worked out by hand, and random states against permutations of plain values."""

from __future__ import annotations

from math import factorial
from pathlib import Path
from random import Random

import pytest

from skipgate.checker.kernel import exchange_code, orbits, signature_code
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.kernel.state_parts import StatePart
from skipgate.checker.kernel.symmetry import Symmetry
from skipgate.checker.search.explore import explore
from skipgate.spec.diagnostics import SpecError
from tests.checker.random_models import random_value
from tests.checker.specs import kernels_of
from tests.checker.symmetries import orbit, random_state_space
from tests.planted import Mutant, applied


def orbits_of(declarations: str, type_: str, symmetry: str = "Node") -> int:
    """How many values of a type there are, up to symmetry: each is an initial state."""
    kernels = kernels_of(f"{declarations}\nvar x : {type_} in {type_}\ncheck c symmetry {symmetry} expect holds\n")
    assert kernels.symmetry is not None
    return explore(kernels).distinct


@pytest.mark.parametrize(
    ("size", "type_", "count"),
    [
        # Only how many nodes have each of the 3 numbers: the solutions of a + b + c = n, (n + 1)(n + 2) / 2 of them.
        (2, "map[Node] of 0..2", 6),
        (3, "map[Node] of 0..2", 10),
        (6, "map[Node] of 0..2", 28),
        (9, "map[Node] of 0..2", 55),
        # How many are in the set.
        (5, "set of Node", 6),
        # [], [a], [a, a], [a, b]; and of three elements aaa, aab, aba, abb, abc
        (3, "seq[2] of Node", 4),
        (3, "seq[3] of Node", 9),
        # None, or some node, which is as good as any other.
        (4, "option of Node", 2),
        (4, "option of option of Node", 3),
        # Binary relations, by Burnside's lemma. 2 nodes: (2^4 + 2^2) / 2. 3 nodes: the identity fixes 2^9, each of 3
        # transpositions 2^5, each of 2 cycles 2^3; (512 + 96 + 16) / 6.
        (2, "map[Node] of set of Node", 10),
        (3, "map[Node] of set of Node", 104),
        (2, "map[Node] of map[Node] of bool", 10),
        (3, "map[Node] of map[Node] of bool", 104),
        # Partial functions on 3: the identity fixes 4^3, a transposition 2 * 4, a cycle 4; (64 + 3 * 8 + 2 * 4) / 6.
        (3, "map[Node] of option of Node", 16),
        # Functions on 3: 3^3, 1 * 3, 3; (27 + 3 * 3 + 2 * 3) / 6.
        (3, "map[Node] of Node", 7),
        # Families of subsets of 2 nodes: {}, {a}, {b}, {a, b} are in it or not; only a and b change places.
        (2, "set of set of Node", 12),
    ],
)
def test_orbits_worked_out_by_hand(size: int, type_: str, count: int) -> None:
    assert orbits_of(f"sort Node[{size}]", type_) == count


@pytest.mark.parametrize(
    ("nodes", "keys", "symmetry", "count"),
    [
        # Matrices of bits up to permutations of rows, of columns, or of both. 2 x 2, Burnside: rows (16 + 4) / 2,
        # both (16 + 4 + 4 + 4) / 4. 2 x 3, both: 64 for the identity, 3 * 16 and 2 * 4 for the columns alone, 8 with
        # the rows, 3 * 8 and 2 * 2 with both; (64 + 48 + 8 + 8 + 24 + 4) / 12.
        (2, 2, "Node", 10),
        (2, 2, "Node, Key", 7),
        (2, 2, "Key, Node", 7),
        (2, 3, "Node, Key", 13),
        (3, 2, "Node, Key", 13),
    ],
)
def test_products_worked_out_by_hand(nodes: int, keys: int, symmetry: str, count: int) -> None:
    assert orbits_of(f"sort Node[{nodes}]\nsort Key[{keys}]", "map[Node] of map[Key] of bool", symmetry) == count


def test_sorts_that_are_not_named_keep_their_values_apart() -> None:
    declarations = "sort Node[3]\nsort Key[2]\nvar k : Key in Key\nvar n : Node in Node"
    text = f"{declarations}\ncheck c symmetry {{}} expect holds\n"
    assert explore(kernels_of(text.format("Node"))).distinct == 2
    assert explore(kernels_of(text.format("Key"))).distinct == 3
    assert explore(kernels_of(text.format("Key, Node"))).distinct == 1
    assert explore(kernels_of(f"{declarations}\ncheck c expect holds\n")).distinct == 6


@pytest.mark.parametrize("text", ["sort Node[1]\nvar n : Node in Node\n", "sort Node[3]\nvar x : 0..1 in 0..1\n"])
def test_there_may_be_nothing_to_exchange(text: str) -> None:
    kernels = kernels_of(f"{text}check c symmetry Node expect holds\n")
    assert kernels.symmetry is None
    assert [sort.name for sort in kernels.model.symmetry] == ["Node"]


@pytest.mark.parametrize(
    ("variables", "decisive"),
    [
        ("var x : map[Node] of 0..2 in {map n in Node: 0}\nvar y : option of Node = none", True),
        ("var x : seq[2] of Node = []\nvar y : set of Node = {}", True),
        ("var x : map[Node] of option of Node = map n in Node: none", False),
        ("var x : map[Node] of set of Node = map n in Node: {}", False),
        # More than a signature has bits.
        (f"var x : map[Node] of 0..{2**55} = map n in Node: 0\nvar y : map[Node] of 0..9 = map n in Node: 0", False),
    ],
)
def test_when_signatures_decide(variables: str, decisive: bool) -> None:
    kernels = kernels_of(f"sort Node[3]\n{variables}\ncheck c symmetry Node expect holds\n")
    assert kernels.symmetry is not None
    assert kernels.symmetry.constants["DECISIVE"] == decisive


def test_too_many_arrangements() -> None:
    text = (
        "sort Node[{}]\nsort Key[{}]\nvar x : map[Node] of option of Node = map n in Node: none\n"
        "var k : map[Node] of set of Key = map n in Node: {{}}\ncheck c\n  symmetry {}\n  expect holds\n"
    )
    for accepted in (
        text.format(8, 2, "Node"),
        text.format(5, 5, "Node, Key"),
        text.replace("map[Node] of set of Key = map n in Node: {{}}", "set of Key = {{}}").format(8, 20, "Node, Key"),
        "sort Node[20]\nvar x : map[Node] of 0..1 = map n in Node: 0\ncheck c symmetry Node expect holds\n",
    ):
        assert kernels_of(accepted).symmetry is not None
    with pytest.raises(SpecError) as caught:
        kernels_of(text.format(9, 2, "Node"))
    assert (
        str(caught.value)
        .splitlines()[0]
        .endswith(":6:12: error: Node can be arranged in 362,880 ways; at most 40,320 can be tried")
    )
    with pytest.raises(SpecError, match="Node and Key can be arranged in 86,400 ways"):
        kernels_of(text.format(6, 5, "Node, Key"))


def test_a_sort_is_named_once() -> None:
    with pytest.raises(SpecError, match="`Node` is named twice"):
        kernels_of("sort Node[2]\nvar n : Node in Node\ncheck c symmetry Node, Node expect holds\n")


@pytest.mark.parametrize("size", range(1, 7))
def test_plain_changes_lead_through_all_arrangements(size: int) -> None:
    things = list(range(size))
    seen = {tuple(things)}
    for step in range(1, factorial(size)):
        place = orbits.plain_change(step, size)
        things[place], things[place + 1] = things[place + 1], things[place]
        seen.add(tuple(things))
    assert len(seen) == factorial(size) == orbits.factorial(size)


# ---------------------------------------------------------------------------------------------------- random states


NETWORKS = 100_000  # from here on, seeds are for bags and sets with a capacity


def check_representatives(seed: int, states: int = 4) -> bool:
    """Every state of an orbit has the same representative, which is one of them. Is there one at all?"""
    rng = Random(seed)
    try:
        kernels = random_state_space(rng, networks=seed >= NETWORKS)
    except SpecError:
        return False
    if kernels.symmetry is None:
        return False
    for _ in range(states):
        words = random_words(rng, kernels)
        members = orbit(kernels, words)
        representatives = set(map(kernels.symmetry.representative, members))
        assert len(representatives) == 1
        assert representatives <= members
    return True


def random_words(rng: Random, kernels: Kernels) -> tuple[int, ...]:
    return kernels.layout.pack({v.name: random_value(rng, v.type) for v in kernels.model.variables})


# By these the faults below are noticed; by one of them only the first.
SEEDS = [171, *range(63), *range(NETWORKS, NETWORKS + 16)]


@pytest.mark.differential
@pytest.mark.parametrize("block", range(4))
def test_representatives_of_random_states(block: int) -> None:
    assert sum(check_representatives(seed) for seed in SEEDS[block::4]) > 10


# Minutes, for combinations of constructs that are too rare for the few models above.
@pytest.mark.slow
@pytest.mark.differential
@pytest.mark.parametrize("block", range(10))
def test_representatives_of_many_random_states(block: int) -> None:
    for seed in range(1000 + 500 * block, 1500 + 500 * block):
        check_representatives(seed)


IN_THE_LOOPS = {
    "values are sorted in one pass": ("end = last", "end = 0"),
    "no arrangement matters": ("if differs(t, room):", "if 0:"),
    "the last arrangement is left out": ("range(1, count)", "range(1, count - 1)"),
    "what rests at the left end is forgotten": ("left = left + step % 2", "left = 0"),
    "only the first group is arranged": ("group = group + GROUP\n        exchange", "return 0\n        exchange"),
    "only the first word is compared": ("range(STATE):\n        if t[j]", "range(1):\n        if t[j]"),
}
IN_THE_GENERATOR = {
    "names are not exchanged": (exchange_code._rename, "(k ^ k + 1)", "0"),
    "what is absent gets a name": (StatePart.holding, "if index or self.present is None:", "if True:"),
    "what is in the first place stays": (exchange_code._moves, "if (a.offset,", "if b.offset and (a.offset,"),
    "nothing moves to another word": (exchange_code._moves, "b.word):", "b.word) and a.word == b.word:"),
    "signatures tell names": (
        signature_code._signature,
        "str(number << _SIGNATURE)",
        "str((number << _SIGNATURE) + p)",
    ),
    "slots are not sorted again": (exchange_code._exchange, "if identity.sort in group.sorts:", "if False:"),
    "signatures tell slots": (signature_code._classes, "for image in state.swaps:", "for image in ():"),
    "an empty slot gets a name": (StatePart.holding, "and_(here, self.present.text)", "here"),
    "any signatures decide": (signature_code.signatures, "undecided.add(sort)", "pass"),
}


@pytest.mark.random
@pytest.mark.parametrize("what", IN_THE_LOOPS)
def test_a_fault_in_the_loops_is_noticed(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(orbits.__file__).read_text(encoding="utf-8")
    old, new = IN_THE_LOOPS[what]
    assert old in text
    monkeypatch.setattr(Symmetry, "loops", text.replace(old, new))
    assert_noticed()


@pytest.mark.random
@pytest.mark.parametrize("what", IN_THE_GENERATOR)
def test_a_fault_in_the_generator_is_noticed(what: str) -> None:
    with applied(Mutant(what, *IN_THE_GENERATOR[what], check_representatives)):
        assert_noticed()


def assert_noticed() -> None:
    for seed in SEEDS:
        try:
            check_representatives(seed)
        except Exception:
            return
    pytest.fail(f"{len(SEEDS)} random models do not show it")
