"""Random walks: what they find, that they are the walks they are said to be, and that they can be made again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from skipgate.checker.checks.preparation import load_check, prepare
from skipgate.checker.core.datatypes import (
    BOOL,
    EnumType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
)
from skipgate.checker.core.datatypes import values as all_values
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.model import Model
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.core.values import Value
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import reference, walkers, walks
from skipgate.checker.native.language_check import check_program
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate, holds
from skipgate.checker.semantics.random_values import random_value
from skipgate.checker.semantics.steps import FailedTransition, is_initial, transitions
from skipgate.checker.simulate import chance
from skipgate.checker.simulate.simulate import Simulation, SimulationOptions, _Simulator, shortened, simulate
from skipgate.spec.diagnostics import SpecError
from tests.checker.native.harness import kernels_of
from tests.checker.random_models import model_text

MODELS = Path(__file__).parents[3] / "models"

COUNTER = """
var x : 0..9 = 0
action up when x < 9 then x' = x + 1
invariant I x < 5
terminal when x == 9
check c expect holds
"""


def walked(text: str, count: int = 10, depth: int = 10, seed: int = 1, **options: object) -> Simulation:
    wanted = SimulationOptions(seed, depth, count, **options)  # type: ignore[arg-type]
    return simulate(kernels_of(text), wanted, engine="python")


# ----------------------------------------------------------------------------------------------------- worked by hand


def test_the_only_way_there_is() -> None:
    """0, 1, 2, 3, 4, 5: each walk makes the same five steps, and stands at 4 after four of them."""
    found = walked("""
var x : 0..5 = 0
action up when x < 5 then x' = x + 1
action never when x > 5 then x' = 0
invariant Small x < 4
transition Slow x == 2 => x' == 2
cover End x == 5
cover Nothing x > 5
invariant Silent x > 5 => x == 0
terminal when x == 5
check c expect violation of Small, Slow
""")
    assert found.violated == ("Small", "Slow")
    assert {name: len(found.properties[name].trace or ()) for name in found.violated} == {"Small": 5, "Slow": 4}
    assert found.found_in == {"Small": 1, "Slow": 1}
    assert (found.walks, found.longest, found.steps) == (10, 6, 50)
    assert found.taken == found.possible == {"up": 50, "never": 0}
    assert found.covers == {"End": True, "Nothing": False}
    assert found.vacuous == {"Silent": "x > 5"}
    assert {result.verdict for result in found.properties.values()} == {"violation", "unknown"}
    assert found.missing == () and found.stopped is None


@pytest.mark.parametrize(("depth", "violated"), [(1, ()), (2, ()), (4, ()), (5, ("Small",)), (6, ("Small", DEADLOCK))])
def test_depth_counts_states(depth: int, violated: tuple[str, ...]) -> None:
    """At 5 nothing can be done; a walk that ends there for its length does not try. `Small` is violated at 4."""
    text = "var x : 0..5 = 0 action up when x < 5 then x' = x + 1 invariant Small x != 4 check c expect holds"
    found = walked(text, depth=depth + (depth == 6))
    assert found.violated == violated
    assert found.longest == min(depth, 6)


def test_everything_that_could_have_been_done_is_examined() -> None:
    """Of a million steps one is wrong: a walk of two states sees them all."""
    found = walked("""
var x : 0..100000 = 0
action jump(k in 1..100000) then x' = k
invariant Not777 x != 777
check c expect holds
""", count=1, depth=2)  # fmt: skip
    assert found.violated == ("Not777",)
    assert found.possible == {"jump": 100_000} and found.taken == {"jump": 1}


def test_walks_do_not_leave_the_constraints() -> None:
    """From 2 a step leads to 3, which is examined and not gone to; it does not count as a way on."""
    found = walked("""
var x : 0..9 = 0
action up then x' = if x < 9 then x + 1 else 0
constraint Few x < 3
invariant Three x != 3
invariant Four x != 4
cover Outside x == 3
check c expect holds
""")
    assert found.violated == ("Three",)
    assert (found.longest, found.taken, found.possible) == (3, {"up": 20}, {"up": 30})
    assert found.covers == {"Outside": False}


def test_an_initial_state_outside_the_constraints() -> None:
    found = walked(
        "var x : 0..9 = 5 action stay constraint C x < 5 invariant I x != 5 cover K x == 5 check c expect holds"
    )
    assert found.violated == ("I",)
    assert (found.longest, found.steps, found.covers) == (1, 0, {"K": False})


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("action up then x' = x + 1", 4),
        ("action up when x < 3 then x' = x + 1 action back when 3 div (2 - x) != 0 then x' = 0", 3),
        ("action up when x < 3 then x' = x + 1 terminal when 6 div (3 - x) > 1", 4),
        ("action up when x < 3 then x' = x + 1 action stay invariant I 6 div (2 - x) > -9", 3),
        ("action up when x < 3 then x' = x + 1 action stay transition T 6 div (2 - x') > -9", 3),
        ("action up when x < 3 then x' = x + 1 action stay cover K 6 div (2 - x) > -9", 3),
        ("action up when x < 3 then x' = x + 1 action stay constraint C 6 div (2 - x) > -9", 3),
        ("action stay constraint C 6 div x > 0", 1),
        ("action stay invariant I 6 div x > 0", 1),
        ("action stay when 6 div x > 0", 1),
    ],
)
def test_evaluation_errors_wherever_they_are(text: str, length: int) -> None:
    found = walked(f"var x : 0..3 = 0 {text} check c expect holds")
    assert found.violated == (EVALUATION,)
    assert len(found.properties[EVALUATION].trace or ()) == length


def test_an_initial_value_that_cannot_be_evaluated() -> None:
    found = walked("var y : 0..1 in 0..1 var x : 0..9 = 3 div y action stay check c expect holds", count=100)
    assert found.violated == (EVALUATION,)
    assert len(found.properties[EVALUATION].trace or ()) == 0
    assert found.stopped == "an initial value has no value"


def test_there_is_no_initial_state() -> None:
    found = walked("var x : 0..9 in {k for k in 0..9 where k > 9} action stay check c expect holds")
    assert found.stopped == "no initial state was found"
    assert (found.walks, found.violated) == (0, ())


def test_a_state_of_nothing_is_a_state() -> None:
    simulation = walked("action tick check c expect holds", count=2, depth=5)
    assert (simulation.walks, simulation.steps, simulation.stopped) == (2, 8, None)


def test_deadlock() -> None:
    found = walked("var x : 0..2 = 0 action up when x < 2 then x' = x + 1 check c expect deadlock")
    assert found.violated == (DEADLOCK,)
    assert len(found.properties[DEADLOCK].trace or ()) == 3


def test_what_is_expected_and_not_found() -> None:
    found = walked("var x : 0..2 = 0 action stay invariant I x < 9 check c expect violation of I")
    assert found.violated == () and found.missing == ("I",)


def test_detours_are_cut_out() -> None:
    """SimulationOptions about a ring of 10 states that come to 5 have taken a long way; 5 steps are enough."""
    found = walked("""
var x : 0..9 = 0
action left then x' = (x + 9) mod 10
action right then x' = (x + 1) mod 10
invariant Half x != 5
check c expect holds
""", count=20, depth=1000)  # fmt: skip
    assert [step.state["x"] for step in (found.properties["Half"].trace or pytest.fail()).steps] in (
        [0, 1, 2, 3, 4, 5],
        [0, 9, 8, 7, 6, 5],
    )


def test_only_known_states_are_used_to_cut() -> None:
    """From 0 to 3 it is one step, but by 4, which was not gone to."""
    kernels = kernels_of("""
var x : 0..4 = 0
action up when x < 3 then x' = x + 1
action far when x == 0 then x' = 4
action near when x == 4 then x' = 3
action stay
check c expect holds
""")
    states = [kernels.layout.pack({"x": x}) for x in (0, 0, 1, 1, 2, 3)]
    assert shortened(kernels, states) == [states[i] for i in (0, 2, 4, 5)]
    assert shortened(kernels, states[:1]) == states[:1]


def test_stop_at_first() -> None:
    found = walked(COUNTER, count=1_000_000, stop_at_first=True)
    assert found.violated == ("I",) and found.walks < 10_000


STAY = "var x : 0..9 = 0 action stay check c expect holds"


def over_when(condition: Callable[[_Simulator], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an hour pass as soon as a condition is true."""
    tick = _Simulator.tick

    def ticking(self: _Simulator) -> bool:
        if condition(self):
            self.started -= 3600
        return tick(self)

    monkeypatch.setattr(_Simulator, "tick", ticking)


def test_a_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    over_when(lambda simulator: any(simulator.walkers.get(walks.FINISHED)), monkeypatch)
    found = walked(STAY, count=2**62, depth=1000, time_limit=1800)
    assert found.stopped == "the time limit of 1800 s was reached"
    assert found.walks > 0


def test_walks_that_are_cut_off_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    over_when(lambda simulator: any(simulator.walkers.counts("TAKEN").values()), monkeypatch)
    found = walked(STAY, count=1, depth=1_000_000, time_limit=1800)
    assert found.walks == 0 and found.steps > 0


def test_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: _Simulator) -> bool:
        if sum(self.walkers.get(walks.FINISHED)) > 1000:
            raise KeyboardInterrupt
        return False

    monkeypatch.setattr(_Simulator, "tick", interrupt)
    found = walked(COUNTER, count=2**40)
    assert found.stopped == "interrupted" and found.violated == ("I",)


def test_a_walk_that_is_not_what_it_was_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: a trace is replayed, so a wrong one cannot be shown."""
    original = walkers.Walkers.path
    monkeypatch.setattr(walkers.Walkers, "path", lambda self, length: original(self, length)[:-2] * 2)
    with pytest.raises(InternalError):
        walked(COUNTER)


# ------------------------------------------------------------------------------------------------------------- chance


def test_choices_are_uniform() -> None:
    """Pearson's statistic over 6 choices, 5 degrees of freedom: more than 30 has a probability of 2e-5."""
    found = simulate(
        prepare(load_check(MODELS / "examples" / "die_hard.gate", "puzzle")),
        SimulationOptions(5, 101, 300),
        engine="python",
    )
    assert sum(found.taken.values()) == 30_000
    assert sum((n - 5000) ** 2 / 5000 for n in found.taken.values()) < 30


@pytest.mark.parametrize("vary", ["seed", "walk", "place"])
def test_numbers_are_uniform_in_each_direction(vary: str) -> None:
    """Also pairs of neighbours: 100 choices, 99 degrees of freedom, more than 170 has a probability of 1e-5."""
    numbers = []
    for k in range(20_001):
        seed, walk, place = (k if vary == each else 1 for each in ("seed", "walk", "place"))
        numbers.append(walks.choose(walks.key_of(seed, walk), place, 10))
    pairs = Counter(pairwise(numbers))
    assert len(pairs) == 100
    assert sum((n - 200) ** 2 / 200 for n in pairs.values()) < 170


@pytest.mark.parametrize(
    "type_",
    [
        BOOL,
        IntType(-1, 2),
        EnumType("E", ("a", "b")),
        SortType("S", 3),
        RecordType("R", (("a", BOOL), ("b", IntType(0, 2))), False),
        OptionType(IntType(0, 1)),
        MapType(BOOL, IntType(0, 1)),
        SetType(IntType(0, 2)),
        SeqType(2, BOOL),
    ],
    ids=str,
)
def test_random_values_are_all_values(type_: object) -> None:
    found = {random_value(type_, chance.choices(1, number)) for number in range(500)}  # type: ignore[arg-type]
    assert found == set(all_values(type_))  # type: ignore[arg-type]


def test_initial_states() -> None:
    """y is below x, so with x = 0 there is none. All six others are begun with, and no walk has a step."""
    kernels = kernels_of("""
type T = set of 0..40
var x : 0..3 in 0..3
var y : 0..3 in {k for k in 0..3 where k < x}
var s : T in T
invariant OneTwo x != 3 or y != 2
terminal when true
check c expect holds
""")
    states = [chance.initial_state(kernels.model, chance.choices(1, number)) for number in range(200)]
    assert {(s["x"], s["y"]) for s in states if s is not None} == {(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)}
    assert all(s is not None and is_initial(kernels.model, s) for s in states)
    assert simulate(kernels, SimulationOptions(1, 5, 100), engine="python").violated == ("OneTwo",)


# ------------------------------------------------------------------------------------------------- against a naive one


@dataclass
class Naive:
    """The same walks, by the evaluator."""

    taken: Counter[str] = field(default_factory=Counter)
    possible: Counter[str] = field(default_factory=Counter)
    shortest: dict[str, tuple[int, int]] = field(default_factory=dict)  # states and walk
    longest: int = 0

    def violated(self, name: str, length: int, number: int) -> None:
        self.shortest[name] = min((length, number), self.shortest.get(name, (length, number)))


def walked_naively(model: Model, wanted: SimulationOptions) -> Naive:
    found = Naive()
    for number in range(wanted.first, wanted.first + wanted.count):
        state = chance.initial_state(model, chance.choices(wanted.seed, number))
        assert state is not None
        key = walks.key_of(wanted.seed, number)
        length = 1
        going = arrives(model, found, state, length, number)
        while going and length < wanted.depth:
            ways = []
            steps = list(transitions(model, state))
            if not steps:
                truth(found, model.terminal, Scope(state), DEADLOCK, length, number, missing=False)
            for step in steps:
                if isinstance(step, FailedTransition):
                    found.violated(EVALUATION, length, number)
                    continue
                found.possible[step.action.name] += 1
                for p in model.transitions:
                    truth(found, p.term, Scope(state, step.state), p.name, length + 1, number)
                if arrives(model, found, step.state, length + 1, number):
                    ways.append(step)
            going = bool(ways)
            if going:
                chosen = ways[walks.choose(key, length, len(ways))]
                found.taken[chosen.action.name] += 1
                state, length = chosen.state, length + 1
        found.longest = max(found.longest, length)
    return found


def arrives(model: Model, found: Naive, state: dict[str, Value], length: int, number: int) -> bool:
    try:
        inside = all(holds(c.term, Scope(state)) for c in model.constraints)
    except EvaluationError:
        found.violated(EVALUATION, length, number)
        return False
    for p in model.invariants:
        truth(found, p.term, Scope(state), p.name, length, number)
    for p in model.covers:
        truth(found, p.term, Scope(state), None, length, number)
    return inside


def truth(
    found: Naive, term: object, scope: Scope, name: str | None, length: int, number: int, missing: bool = True
) -> None:
    try:
        value = missing if term is None else evaluate(term, scope)  # type: ignore[arg-type]
    except EvaluationError:
        found.violated(EVALUATION, length, number)
        return
    if not value and name is not None:
        found.violated(name, length, number)


def compare(kernels: Kernels, wanted: SimulationOptions) -> None:
    found, naive = simulate(kernels, wanted, engine="python"), walked_naively(kernels.model, wanted)
    assert {n: c for n, c in found.taken.items() if c} == naive.taken
    assert {n: c for n, c in found.possible.items() if c} == naive.possible
    assert found.found_in == {name: number for name, (_, number) in naive.shortest.items()}
    assert found.longest == naive.longest
    for name, (length, _) in naive.shortest.items():
        assert len(found.properties[name].trace or ()) <= length


@pytest.mark.differential
@pytest.mark.parametrize("block", range(6))
def test_random_models(block: int) -> None:
    compared = 0
    for seed in range(3 * block, 3 * block + 3):
        try:
            kernels = kernels_of(model_text(Random(seed)))
        except SpecError:
            continue
        wanted = SimulationOptions(seed, depth=1 + seed % 20, count=10, first=1 + seed)
        if simulate(kernels, wanted, engine="python").stopped is None:
            compare(kernels, wanted)
            compared += 1
    assert compared


@pytest.mark.differential
@pytest.mark.parametrize(("file", "name"), [("cold_start.gate", "v0"), ("examples/two_phase_commit.gate", "three")])
def test_shipped_models(file: str, name: str) -> None:
    compare(prepare(load_check(MODELS / file, name)), SimulationOptions(7, 30, 20))


# ------------------------------------------------------------------------------------------------- engines and threads


def facts(found: Simulation) -> dict[str, object]:
    kept = ("walks", "longest", "taken", "possible", "covers", "vacuous", "properties", "found_in", "stopped")
    return {name: getattr(found, name) for name in kept}


@pytest.mark.differential
@pytest.mark.parametrize(
    ("file", "name"), [("cold_start.gate", "v0"), ("examples/mutual_exclusion.gate", "flags_only")]
)
def test_engines_and_threads_make_the_same_walks(file: str, name: str) -> None:
    kernels = prepare(load_check(MODELS / file, name))
    wanted = SimulationOptions(11, 40, 600)
    plain = simulate(kernels, wanted, engine="python")
    assert plain.engine == "python"
    for threads in (1, 3):
        found = simulate(kernels, wanted, engine="native", threads=threads)
        assert found.engine == "native" and facts(found) == facts(plain)


def test_machine_code_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skipgate.checker.native.compilation._BEFORE_LOADING", 0.0)
    kernels = prepare(load_check(MODELS / "examples" / "die_hard.gate", "puzzle"))
    walkers.unit(kernels).compile()
    wanted = SimulationOptions(11, 100, 20_000)
    found = simulate(kernels, wanted, threads=2)
    assert found.engine == "native"
    assert facts(found) == facts(simulate(kernels, wanted, engine="native"))


def test_the_walks_as_the_kernel_language_defines_them() -> None:
    """Every operation wraps around, every index lies in its row."""
    kernels = prepare(load_check(MODELS / "cold_start.gate", "v0"))
    crew = walkers.Walkers(kernels, seed=2**63 - 1, depth=30)
    plain = walkers.Walkers(kernels, seed=2**63 - 1, depth=30)
    program = check_program(walkers.unit(kernels).texts, constants=walkers.constants(kernels))
    crew.stroll = reference.functions(program)["stroll"]
    state = chance.initial_state(kernels.model, chance.choices(1, 1))
    assert state is not None
    for each in (crew, plain):
        each.walk(2**62 - 5, 5, [kernels.layout.pack(state)], lambda: False)
    assert crew.lanes.view.tolist() == plain.lanes.view.tolist()
    assert crew.path(30) == plain.path(30)


def test_each_walk_can_be_made_alone() -> None:
    """The sums over single walks are those of all."""
    kernels = prepare(load_check(MODELS / "cold_start.gate", "v0"))
    make = partial(simulate, kernels, engine="python")
    together = make(SimulationOptions(3, 30, 12, first=5))
    alone = [make(SimulationOptions(3, 30, 1, first=number)) for number in range(5, 17)]
    assert together.taken == {name: sum(each.taken[name] for each in alone) for name in together.taken}
    assert make(SimulationOptions(4, 30, 12, first=5)).taken != together.taken
    for name, number in together.found_in.items():
        assert make(SimulationOptions(3, 30, 1, first=number)).properties[name] == together.properties[name]


# --------------------------------------------------------------------------------------------- too large to be searched

HUGE = """
sort Node[6]
var level : map[Node] of 0..1000 = map n in Node: 0
var heard : map[Node] of set of Node = map n in Node: {}
action rise(n in Node) when level[n] < 1000 then level'[n] = level[n] + 1
action hear(n in Node, k in Node) when k != n and level[k] > level[n] then heard'[n] = heard[n] | {k}
action forget(n in Node) when heard[n] != {} then heard'[n] = {}
invariant NeverAll not exists n in Node: len(heard[n]) == 5 and level[n] > 3
check c expect violation of NeverAll
"""


def test_a_violation_among_too_many_states_to_search() -> None:
    """More than 10^27 states can be reached, each of them by its levels alone 10^18."""
    found = simulate(kernels_of(HUGE), SimulationOptions(1, 200, 5000))
    assert found.violated == ("NeverAll",)
    trace = found.properties["NeverAll"].trace
    assert trace is not None and len(trace) <= 200


# Minutes, for combinations of constructs that are too rare for the few models above.
@pytest.mark.slow
def test_many_random_models() -> None:
    for seed in range(1000, 4000):
        try:
            kernels = kernels_of(model_text(Random(seed)))
        except SpecError:
            continue
        wanted = SimulationOptions(seed, depth=1 + seed % 30, count=10)
        if simulate(kernels, wanted, engine="python").stopped is None:
            compare(kernels, wanted)
