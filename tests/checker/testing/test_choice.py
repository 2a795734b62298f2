"""The greedy choice, by hand."""

from __future__ import annotations

from itertools import pairwise

from skipgate.checker.core.trace import Step
from skipgate.checker.testing.behaviours import Behaviour
from skipgate.checker.testing.choice import choose, shortened, walks_to_all
from skipgate.checker.testing.goals import Goal
from skipgate.checker.testing.pairs import pair_name
from skipgate.checker.testing.tree import Tree
from skipgate.checker.testing.walks import Walks
from tests.checker.specs import kernels_of


def behaviour(*met: str) -> Behaviour:
    """A behaviour whose states meet these goals: each letter is one."""
    steps = tuple(Step({"x": i}) for i in range(len(met)))
    return Behaviour(steps, tuple(frozenset(Goal("actions", name) for name in names) for names in met))


def letters(behaviours: list[Behaviour]) -> list[str]:
    return ["".join(sorted(goal.name for goal in each.meets)) for each in behaviours]


def test_greedy_choice_by_hand() -> None:
    some = [behaviour("ab"), behaviour("", "abc"), behaviour("", "cd"), behaviour("", "", "cde"), behaviour("a")]
    assert letters(choose(some)) == ["abc", "cde"]
    assert letters(choose(some, frozenset(Goal("actions", name) for name in "cde"))) == ["ab"]
    assert choose([]) == []


def test_what_others_meet_is_left_out() -> None:
    assert letters(shortened([behaviour("a", "b", "c"), behaviour("b", "c")])) == ["a", "bc"]
    assert letters(shortened([behaviour("a", "b"), behaviour("a", "b")])) == ["ab"]
    assert letters(shortened([behaviour("a", "", "b", "a"), behaviour("c")])) == ["ab", "c"]


def test_no_walk_is_chosen_twice() -> None:
    kernels = kernels_of(
        """
        model m
        var x : 0..4 = 0
        var y : 0..4 = 0
        action left when y == 0 and x < 4 then x' = x + 1
        action right when x == 0 and y < 4 then y' = y + 1
        action back when x > 1 then x' = 0
        """
    )
    names = ("left", "right", "back")
    goals = [Goal("pairs", pair_name(first, second)) for first in names for second in names]
    ways = Tree(kernels, goals, {}).run().met
    walks = Walks(kernels, [*ways], {})
    left = {*ways}
    for way in walks_to_all(walks, ways, 4):
        taken = [names[action] for action in way.actions if isinstance(action, int)]
        met = {goal for goal in left if goal.name in {pair_name(*pair) for pair in pairwise(taken)}}
        assert met, "a walk meets nothing that is left"
        left -= met
    assert not left
