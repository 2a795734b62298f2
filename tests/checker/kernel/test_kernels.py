"""The generated functions: their text for a small model, and what they write."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.checker.core.values import Value
from skipgate.checker.kernel.kernels import Kernels
from skipgate.spec.diagnostics import SpecError
from tests.checker.specs import kernels_of, refusal

GOLDEN = Path(__file__).with_name("small_kernels.golden.txt")
SMALL = """
model small
enum Light { red, green }
var light : Light = red
var total : 0..3 = 0
var log   : seq[2] of 1..3 = []

action switch(other in Light) when other != light then light' = other
action note
  when len(log) < 2
  let next = total + 1
  when next <= 3
  then total' = next
       log' = log + [next]
action divide then total' = 6 div total - 2

invariant Counted len(log) > 0 => log[len(log)] <= total
transition Forward total' >= total
cover Full len(log) == 2
constraint Below total < 3
terminal when light == green
"""


def run(kernels: Kernels, name: str, *states: dict[str, Value]) -> list[int]:
    """What a function writes for these states."""
    out = [99] * kernels.room
    count = kernels.functions[name](*map(kernels.layout.pack, states), out)
    return out[:count]


def steps(kernels: Kernels, state: dict[str, Value]) -> list[tuple[int, dict[str, Value] | None]]:
    written = run(kernels, "expand", state)
    entries = [written[i : i + kernels.entry] for i in range(0, len(written), kernels.entry)]
    return [(tag, None if tag < 0 else kernels.layout.unpack(words)) for tag, *words in entries]


def test_text() -> None:
    """To accept a change: write `kernels_of(SMALL).text` to the file."""
    assert kernels_of(SMALL).text == GOLDEN.read_text(encoding="utf-8")


def test_what_an_action_does_not_mention_stays() -> None:
    kernels = kernels_of("var x : 0..3 = 0\nvar s : set of 0..70 = {}\nvar y : 0..3 = 0\naction go then y' = 2")
    state: dict[str, Value] = {"x": 3, "s": frozenset([0, 62, 63, 70]), "y": 1}
    assert steps(kernels, state) == [(0, {**state, "y": 2})]


def test_updates_read_the_old_state() -> None:
    kernels = kernels_of("var x : 0..3 = 0\nvar y : 0..3 = 0\naction swap then x' = y y' = x")
    assert steps(kernels, {"x": 1, "y": 2}) == [(0, {"x": 2, "y": 1})]


def test_an_entry_for_each_choice_that_is_enabled() -> None:
    kernels = kernels_of("var x : 0..9 = 0\naction go(n in 1..3, m in {n, x}) when n != 2 then x' = n * m")
    assert steps(kernels, {"x": 1}) == [(0, {"x": x}) for x in (1, 3, 9)]
    assert steps(kernels, {"x": 3}) == [(0, {"x": x}) for x in (1, 3, 9)]


def test_what_cannot_be_evaluated_leads_nowhere() -> None:
    kernels = kernels_of(
        "var x : 0..3 = 0\naction go(n in 0..2) then x' = 3 div (n - x) + 0 * n\naction stay then x' = x"
    )
    # n - x is 0 for n = 1, and 3 div (0 - 1) is below the range of x.
    assert steps(kernels, {"x": 1}) == [(-1, None), (-1, None), (0, {"x": 3}), (1, {"x": 1})]


def test_a_condition_is_asked_only_if_those_before_it_hold() -> None:
    kernels = kernels_of(
        """
        var x : 0..3 = 0
        action go
          let half = 6 div x
          when x != 0
          when half > 2
          when 2 div (x - 1) > 0
          then x' = half mod 4
        """
    )
    assert [steps(kernels, {"x": x}) for x in range(4)] == [[], [(-1, None)], [(0, {"x": 3})], []]


def test_a_domain_that_cannot_be_evaluated_is_one_error() -> None:
    kernels = kernels_of(
        """
        var x : 0..9 = 0
        var o : option of 0..2 = none
        action go(n in 0..2, m in (if n == 1 then 0..get(o) else 0..1)) then x' = n * 3 + m
        """
    )
    found = steps(kernels, {"x": 9, "o": kernels.layout.unpack((0,))["o"]})
    assert [(tag, None if state is None else state["x"]) for tag, state in found] == [
        (0, 0),
        (0, 1),
        (-1, None),
        (0, 6),
        (0, 7),
    ]


def test_predicates() -> None:
    kernels = kernels_of(
        """
        var x : 0..3 = 0
        invariant A x != 1
        invariant B 6 div (x - 1) != 3
        invariant D x < 3
        cover Three x == 3 => x == 3
        cover Odd 1 div (x mod 2) == 1
        constraint C x < 2
        constraint E 1 div (x - 1) < 9
        terminal when x > 0
        transition T x' >= x
        """
    )
    assert [run(kernels, "check", {"x": x}) for x in range(4)] == [
        [-1 - 4],  # the cover Odd, numbered after the invariants
        [0, -1 - 1],
        [-1 - 4],
        [1, 2],
    ]
    witnesses = [[kernels.state_witnesses[i].of.name for i in run(kernels, "witness", {"x": x})] for x in range(4)]
    assert witnesses == [["Three"], ["Three", "Odd"], ["Three"], ["Three", "Odd"]]
    for name, values in (("inside", [1, -1, 0, 0]), ("terminal", [0, 1, 1, 1])):
        assert [kernels.functions[name](kernels.layout.pack({"x": x})) for x in range(4)] == values
    assert run(kernels, "check_step", {"x": 1}, {"x": 0}) == [0]
    assert run(kernels, "check_step", {"x": 1}, {"x": 1}) == []


def test_premises_are_witnessed() -> None:
    kernels = kernels_of(
        "var x : 0..3 = 0\ninvariant I forall n in 2..3: n == x => n > 1\ntransition T x == 1 => x' == 2"
    )
    assert [w.premise.text for w in kernels.state_witnesses if w.premise is not None] == ["n == x"]
    assert [run(kernels, "witness", {"x": x}) for x in range(4)] == [[], [], [0], [0]]
    assert [run(kernels, "witness_step", {"x": x}, {"x": 0}) for x in range(3)] == [[], [0], []]


def test_without_conditions() -> None:
    kernels = kernels_of("var x : 0..3 = 0\naction go then x' = 0")
    state = kernels.layout.pack({"x": 2})
    assert kernels.functions["inside"](state) == 1
    assert kernels.functions["terminal"](state) == 0


def test_room_for_every_entry() -> None:
    kernels = kernels_of(
        "var x : 0..9 = 0\naction a(n in 0..9, m in 0..9) then x' = n\naction b(n in 0..4) then x' = n"
    )
    assert len(run(kernels, "expand", {"x": 0})) == (100 + 5) * kernels.entry <= kernels.room


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("go(n in 0..9999, m in 0..9999)", "action `go` has 100000000 choices of parameters"),
        ("go(n in nat)", "`n` ranges over an unbounded set"),
        ("go(r in Big, q in Big)", "action `go` has 64000000 choices of parameters"),
    ],
)
def test_parameters_that_are_too_many(action: str, message: str) -> None:
    declarations = "record Big { f : 1..20, g : 1..20, h : 1..20 }\nvar x : 0..3 = 0"
    assert message in refusal(f"{declarations}\naction {action} then x' = 0")


def test_errors_name_their_place() -> None:
    with pytest.raises(SpecError) as caught:
        kernels_of("var x : 0..3 = 0\naction go(n in 0..9999, m in 0..9999) then x' = 0")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.span is not None
    assert diagnostic.span.line == 2


def test_what_python_cannot_compile_is_refused() -> None:
    claim = "".join(f"exists n{i} in 0..(x + 99): n{i} > {i} and " for i in range(25)) + "x > 0"
    kernels = kernels_of(f"var x : 0..3 = 0\naction go then x' = x\ninvariant I {claim}")
    with pytest.raises(SpecError, match="cannot be compiled: too many statically nested blocks"):
        kernels.functions  # noqa: B018
