"""Conditions are tested outside the choices that they do not read, and it does not show, not even in errors."""

from __future__ import annotations

from random import Random

import pytest

from skipgate.checker.core import terms as t
from skipgate.checker.core.model import LetClause
from skipgate.checker.core.values import Value
from skipgate.checker.kernel import domain_code
from skipgate.checker.kernel.hoisting import stages
from skipgate.checker.kernel.kernels import Kernels, generate
from skipgate.checker.kernel.layout import lay_out
from skipgate.checker.semantics.random_values import random_value
from skipgate.checker.semantics.steps import FailedTransition, transitions
from skipgate.spec.diagnostics import SpecError
from tests.checker import corpus
from tests.checker.specs import kernels_of, model_of

STATE = """
enum Color { red, green, blue }
record Pair { color : Color, number : 0..2 }
var x : 0..3 = 0
var s : set of 0..3 = {}
var q : seq[2] of 0..3 = []
var pairs : set of Pair = {}
var o : option of 0..3 = none
"""
# Domains; by their types, what a condition says of a parameter @. Some of it has no value in some states.
DOMAINS = {
    "0..3": "0..3",
    "x..x + 1": "0..9",
    "s": "0..9",
    "1..len(q)": "0..9",
    "0..get(o)": "0..9",
    "0..70": "0..99",
    "subsets(0..2)": "set of 0..2",
    "Color": "Color",
    "Pair": "Pair",
    "pairs": "Pair",
    "option of Color": "option of Color",
}
ABOUT = {
    "0..3": ["@ > x", "@ in s", "@ != 1", "6 div @ > x", "exists k in s: k < @"],
    "0..9": ["@ > x", "@ in s", "@ != 1", "6 div @ > x", "exists k in s: k < @"],
    "0..99": ["@ < 3", "@ > 68 - x", "@ in s", "@ == x + 1", "exists k in s: k * 20 == @"],
    "set of 0..2": ["len(@) > 0", "x in @", "@ subset s", "6 div len(@) > 1"],
    "Color": ["@ != red", "(@ == green or x > 0)"],
    "Pair": ["@.number < x", "@.color != red", "q[@.number + 1] > 1", "@ in pairs"],
    "option of Color": ["@ != none", "(@ == none or get(@) != blue)", "get(@) != red"],
}
CLOSED = ["x > 0", "s != {}", "get(o) > 0", "(exists k in s: k > x)", "o != none", "(forall r in Pair: r in pairs)"]


def model_text(rng: Random) -> str:
    """An action over `STATE` whose conditions read no parameter, one or two, in any order."""
    domains = rng.choices(list(DOMAINS), k=rng.randint(1, 3))

    def about() -> str:
        i = rng.randrange(len(domains))
        return rng.choice([*ABOUT[DOMAINS[domains[i]]], *CLOSED[:3]]).replace("@", f"p{i}")

    lines, lets = [], 0
    for _ in range(rng.randint(1, 5)):
        condition = rng.choice([about(), rng.choice(CLOSED), f"{about()} {rng.choice(['and', 'or'])} {about()}"])
        if lets and rng.random() < 0.3:
            condition = f"l{rng.randrange(lets)}"
        if rng.random() < 0.3:
            lines.append(f"  let l{lets} = {condition}")
            lets += 1
        else:
            lines.append(f"  when {condition}")
    # Which choice was made shows in the new state.
    variables = [f"var was{i} : {DOMAINS[domain]} in {DOMAINS[domain]}" for i, domain in enumerate(domains)]
    variables = [text.replace("in set of 0..2", "in subsets(0..2)") for text in variables]
    parameters = ", ".join(f"p{i} in {domain}" for i, domain in enumerate(domains))
    updates = [f"  then was{i}' = p{i}" for i in range(len(domains))]
    return "\n".join([STATE, *variables, f"action go({parameters})", *lines, *updates])


def entries(kernels: Kernels, state: dict[str, Value]) -> list[tuple[int, ...]]:
    out = [0] * kernels.room
    count = kernels.functions["expand"](kernels.layout.pack(state), out)
    found = [tuple(out[i : i + kernels.entry]) for i in range(0, count, kernels.entry)]
    return [entry if entry[0] >= 0 else entry[:1] for entry in found]


def check_choices(seed: int) -> None:
    rng = Random(seed)
    text = model_text(rng)
    compare_choices(text, rng.choice([0, 4, 64]), rng, states=6)


def compare_choices(text: str, unroll: int, rng: Random, states: int) -> None:
    """Kernels make the steps that the naive semantics makes, in its order, errors included."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(domain_code, "_UNROLL", unroll)
        try:
            kernels = kernels_of(text)
        except SpecError:  # a condition that is never true, or the like
            return
    model, layout = kernels.model, kernels.layout
    numbers = {action: i for i, action in enumerate(model.actions)}
    for _ in range(states):
        state = {v.name: random_value(v.type, rng.randrange) for v in model.variables}
        wanted = [
            (-1 - numbers[step.action],)
            if isinstance(step, FailedTransition)
            else (numbers[step.action], *layout.pack(step.state))
            for step in transitions(model, state)
        ]
        assert entries(kernels, state) == wanted, (text, state)


@pytest.mark.parametrize("unroll", [0, 4, 64])
def test_choices_made_by_hand(unroll: int) -> None:
    compare_choices(corpus.MODELS["choices"], unroll, Random(0), states=30)


@pytest.mark.parametrize("block", range(4))
def test_choices(block: int) -> None:
    for seed in range(20 * block, 20 * block + 20):
        check_choices(seed)


@pytest.mark.parametrize(
    ("action", "places"),
    [
        # Each condition goes as far out as its parameters let it; the sides of an `and` go alone.
        ("go(i in 0..9, j in 0..9) when j > x and i > x and x > 0 when i < j", [1, 1, 2]),
        ("go(i in 0..9, j in 0..9) when j == 1 when x == 0 when i == 2", [1, 1, 1]),
        # A name goes with it.
        ("go(i in 0..9, j in 0..9) let a = i + x when j > 0 when a > 3", [0, 2, 1]),
        # What may have no value stays, and so does what comes after it.
        ("go(i in 0..9, j in 0..9) when 6 div x > 1 when i > 2 when x == 0", [0, 0, 3]),
        ("go(i in 0..9, j in 0..9) when x == 0 when 6 div x > j when i > 2", [1, 0, 2]),
        # A domain that may have no value is evaluated before any condition.
        ("go(i in 0..get(o), j in 0..9) when x == 0 when j > 2", [0, 1, 1]),
        ("go(i in 0..9, j in 0..get(o)) when x == 0 when i > 2", [0, 0, 2]),
        # What takes long is not moved past other conditions out of few choices, but out of many.
        ("go(i in 0..1) when i > x when exists k in 0..99: k * k == x", [0, 2]),
        ("go(i in 0..99) when i > x when exists k in 0..99: k * k == x", [1, 1]),
        ("go(i in 0..1) when exists k in 0..99: k * k == x when i > x", [1, 1]),
    ],
)
def test_places(action: str, places: list[int]) -> None:
    model = model_of(f"var x : 0..3 = 0\nvar o : option of 0..3 = none\naction {action} then x' = 0")
    assert [len(stage) for stage in stages(model.actions[0], lay_out(model), frozenset())] == places


def test_what_is_known_not_to_fail_may_go_first() -> None:
    """It is computed where it has no value, too; then no choice is made."""
    text = "var x : 0..3 = 0\naction go(i in 0..99) when i < x when 6 div x > 2 then x' = i mod 4"
    model = model_of(text)
    action = model.actions[0]
    assert [len(stage) for stage in stages(action, lay_out(model), frozenset())] == [0, 2]
    known = frozenset(part for clause in action.clauses if not isinstance(clause, LetClause) for part in t.walk(clause))
    assert [len(stage) for stage in stages(action, lay_out(model), known)] == [1, 1]
    kernels = generate(model, lay_out(model), known)
    assert [len(entries(kernels, {"x": x})) for x in range(4)] == [0, 1, 2, 0]
