"""Counting as TLC does, on models whose states can be listed by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skipgate.checker.checks.preparation import load_check, prepare
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.search.explore import Exploration, explore
from skipgate.checker.search.limits import FIRST_VIOLATION, INTERRUPTED, Budget, Progress
from tests.checker import naive
from tests.checker.specs import kernels_of, search

EXAMPLES = Path(__file__).parents[3] / "models" / "examples"
COUNTER = "var x : 0..3 = 0\naction up when x < 3 then x' = x + 1\n"
RING = "var x : 0..3 = 0\naction up then x' = (x + 1) mod 4\n"


def counts(text: str) -> tuple[int, int, int]:
    """Distinct, generated, depth; the naive search counts the same."""
    kernels = kernels_of(text)
    found = explore(kernels)
    assert naive.findings(kernels, found) == naive.explore(kernels.model, most_states=1000)
    return found.distinct, found.generated, found.depth


def length(found: Exploration, name: str) -> int:
    """How many states the trace of a violation has."""
    violation = found.violations[name]
    return len(found.path_to(violation.state)) + (violation.successor is not None)


@pytest.mark.parametrize(
    ("model", "check", "expected"),
    [
        ("die_hard", "puzzle", (16, 97, 8)),
        ("two_phase_commit", "three", (288, 1_146, 11)),
    ],
)
def test_examples_from_tlc(model: str, check: str, expected: tuple[int, int, int]) -> None:
    found = explore(prepare(load_check(EXAMPLES / f"{model}.gate", check)))
    assert (found.distinct, found.generated, found.depth) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # An initial state has depth 1 and is generated.
        ("var x : 0..3 = 0", (1, 1, 1)),
        (COUNTER, (4, 4, 4)),
        (RING, (4, 5, 4)),
        # A step to the same state is one generated state, and no new one.
        ("var x : 0..3 = 0\naction stay then x' = x", (1, 2, 1)),
        # Initial values that lead to the same state are generated once each.
        ("var x : 0..3 in {1, 2}\nvar y : 0..1 in 0..1\naction stay then x' = x", (4, 8, 1)),
        ("var x : 0..3 in {2, 1, 2}\naction stay then x' = 2", (2, 4, 1)),
        # One for each enabled choice of parameters, also if they lead to the same state.
        ("var x : 0..3 = 0\naction go(n, m in 1..3) when n <= m then x' = 1", (2, 1 + 6 + 6, 2)),
        # Two actions that do the same are two.
        (COUNTER + "action also when x < 3 then x' = x + 1", (4, 7, 4)),
        # A state outside the constraint is generated, but neither distinct nor explored.
        (RING + "constraint C x < 2", (2, 3, 2)),
        ("var x : 0..3 in 0..3\naction go then x' = x\nconstraint C x > 1", (2, 6, 1)),
        (COUNTER + "constraint C x > 0", (0, 1, 0)),
        # An action that cannot be evaluated leads nowhere, and counts for nothing.
        (COUNTER + "action wrong then x' = 3 div (x - x)", (4, 4, 4)),
    ],
)
def test_counts(text: str, expected: tuple[int, int, int]) -> None:
    assert counts(text) == expected


def test_dependent_initial_values() -> None:
    assert counts("var x : 0..2 in 0..2\nvar y : 0..2 in 0..x\naction go then x' = x") == (6, 12, 1)


class TestDeadlock:
    def test_no_action_is_enabled(self) -> None:
        _, found = search(COUNTER)
        assert length(found, DEADLOCK) == 4

    @pytest.mark.parametrize(
        "rest",
        [
            "terminal when x == 3",
            "terminal when x == 1\nterminal when x > 2",
            "action stay when x == 3 then x' = x",  # a step to the same state
        ],
    )
    def test_none(self, rest: str) -> None:
        _, found = search(COUNTER + rest)
        assert DEADLOCK not in found.violations

    def test_a_step_out_of_the_constraint_prevents_it(self) -> None:
        _, found = search(COUNTER + "constraint C x < 2")
        assert not found.violations

    def test_what_cannot_be_evaluated_is_no_deadlock(self) -> None:
        _, found = search("var x : 0..3 = 0\naction go then x' = 1 div x")
        assert set(found.violations) == {EVALUATION}

    def test_a_terminal_condition_without_a_value(self) -> None:
        _, found = search(COUNTER + "terminal when 1 div (x - 3) == 0")
        assert set(found.violations) == {EVALUATION}
        assert length(found, EVALUATION) == 4


class TestViolations:
    def test_all_are_found_in_one_search(self) -> None:
        _, found = search(
            RING
            + "invariant A x != 2\ninvariant B x < 3\ninvariant D x >= 0\ntransition T x' > x\ntransition U x' != x"
        )
        assert {name: length(found, name) for name in found.violations} == {"A": 3, "B": 4, "T": 5}
        assert found.distinct == 4

    def test_the_step_itself_is_kept(self) -> None:
        _, found = search(RING + "transition T x' > x")
        kernels = kernels_of(RING)
        violation = found.violations["T"]
        assert violation.successor is not None
        assert [kernels.layout.unpack(words)["x"] for words in (violation.state, violation.successor)] == [3, 0]

    def test_a_state_outside_the_constraint_is_checked(self) -> None:
        _, found = search(COUNTER + "constraint C x < 2\ninvariant A x != 2\ninvariant B x != 3")
        assert {name: length(found, name) for name in found.violations} == {"A": 3}

    def test_so_is_an_initial_state(self) -> None:
        _, found = search(COUNTER + "constraint C x > 0\ninvariant A x != 0")
        assert {name: length(found, name) for name in found.violations} == {"A": 1}

    def test_a_step_out_of_the_constraint_is_checked(self) -> None:
        _, found = search(RING + "constraint C x < 2\ntransition T x' < 2")
        assert length(found, "T") == 3

    def test_the_first_ends_the_search_on_demand(self) -> None:
        _, found = search(RING + "invariant A x != 1\ninvariant B x != 2", stop_at_first=True)
        assert set(found.violations) == {"A"}
        assert found.stopped == FIRST_VIOLATION


class TestEvaluationErrors:
    def test_in_an_action(self) -> None:
        _, found = search(COUNTER + "action wrong when x == 2 then x' = 1 div (x - 2)")
        assert length(found, EVALUATION) == 3
        assert found.violations[EVALUATION].action == 1

    @pytest.mark.parametrize(
        ("rest", "states", "source"),
        [
            ("invariant A 1 div (x - 2) < 9", 3, "A"),
            ("transition T 1 div (x' - 2) < 9", 3, "T"),
            ("cover V 1 div (x - 2) == 9", 3, "V"),
            ("constraint C 1 div (x - 2) < 9", 3, "constraint"),
            ("constraint C 1 div x < 9", 1, "constraint"),
            ("terminal when 1 div (x - 3) > 0", 4, "terminal"),
        ],
    )
    def test_elsewhere(self, rest: str, states: int, source: str) -> None:
        _, found = search(COUNTER + rest)
        assert length(found, EVALUATION) == states
        assert found.violations[EVALUATION].source == source

    def test_in_a_cover_that_was_reached_before(self) -> None:
        _, found = search(COUNTER + "cover V 1 div (x - 2) <= 0")
        assert not found.unseen
        assert EVALUATION in found.violations

    def test_in_an_initial_value(self) -> None:
        _, found = search("var x : 0..3 = 1\nvar y : 0..3 = x div (x - 1)\naction go then x' = 2")
        assert found.initial_error is not None
        assert found.initial_error.message == "division by zero"
        assert (found.distinct, found.depth) == (0, 0)

    def test_a_shortest_trace_is_kept(self) -> None:
        """In the second state, on arrival, the invariant fails; in the first, which is left later, an action."""
        _, found = search(
            """
            var x : 0..3 in {0, 1}
            action up when x == 0 then x' = 2
            action wrong when x == 1 then x' = 1 div (x - 1)
            invariant I x == 2 => 1 div (x - 2) == 0
            """
        )
        assert length(found, EVALUATION) == 1
        assert found.violations[EVALUATION].action == 1


class TestWitnesses:
    def test_what_was_never_true(self) -> None:
        _, found = search(
            COUNTER
            + "cover Two x == 2\ncover Never x > 3\ninvariant I x > 5 => x == 0\ninvariant J x > 1 => x > 0\n"
            + "transition T x == 7 => x' == x\ntransition U x == 3 => x' == 1"
        )
        assert [w.of.name for w in found.unseen] == ["Never", "I", "T", "U"]

    def test_outside_the_constraint_nothing_is_reached(self) -> None:
        _, found = search(COUNTER + "constraint C x < 2\ncover Two x == 2")
        assert [w.of.name for w in found.unseen] == ["Two"]

    def test_actions_that_were_taken(self) -> None:
        model, found = search(COUNTER + "action never when x > 3 then x' = 0\naction down when x == 3 then x' = 0")
        assert [model.actions[i].name for i in sorted(found.fired)] == ["up", "down"]


class TestLimits:
    LONG = "var x : 0..99999 = 0\naction up when x < 99999 then x' = x + 1\n"

    def test_states(self) -> None:
        _, found = search(RING, budget=Budget(max_states=2))
        assert found.stopped == "the limit of 2 states was passed"
        assert found.distinct == 3

    def test_as_many_states_as_allowed(self) -> None:
        _, found = search(RING, budget=Budget(max_states=4))
        assert found.stopped is None

    def test_time(self) -> None:
        _, found = search(self.LONG, budget=Budget(time_limit=0.0))
        assert found.stopped == "the time limit of 0 s was reached"

    def test_time_spent_on_initial_states(self) -> None:
        _, found = search("var x : 0..99999 in 0..99999\naction stay then x' = x", budget=Budget(time_limit=0.0))
        assert found.stopped == "the time limit of 0 s was reached"
        assert found.generated < 99999

    def test_progress_is_reported(self) -> None:
        seen: list[Progress] = []
        search(RING, report=seen.append)
        assert [progress.depth for progress in seen] == [1, 2, 3, 4]
        assert [progress.distinct for progress in seen] == [1, 2, 3, 4]

    def test_an_interrupt_keeps_what_was_found(self) -> None:
        def interrupt(progress: Progress) -> None:
            if progress.depth == 3:
                raise KeyboardInterrupt

        options: dict[str, Any] = {"report": interrupt}
        _, found = search(RING + "invariant A x != 1", **options)
        assert found.stopped == INTERRUPTED
        assert (found.distinct, found.generated) == (3, 3)
        assert set(found.violations) == {"A"}
