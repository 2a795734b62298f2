"""A walk through a model, chosen step by step."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from skipgate.checker.checks.preparation import load_check
from skipgate.checker.semantics.steps import Transition, transitions
from skipgate.checker.walk.nearest import nearest_answer, nearest_violation
from skipgate.checker.walk.questions import ask
from skipgate.checker.walk.walks import NoSuchStep, Walks
from skipgate.spec.passes import read

JUGS = read("models/examples/die_hard.gate")
PUZZLE = load_check(JUGS, "puzzle")


def test_what_can_happen_and_what_cannot() -> None:
    walks = Walks(PUZZLE)
    (start,) = walks.starts()
    assert start == {"small": 0, "big": 0}
    offered = {each.action: [dict(step.state) for step in each.steps] for each in walks.possible(start)}
    assert offered["fill_small"] == [{"small": 3, "big": 0}]
    assert [action for action, steps in offered.items() if not steps] == []


def test_what_stopped_an_action_is_the_choice_that_came_furthest() -> None:
    model = load_check("models/examples/mutual_exclusion.gate", "peterson")
    walks = Walks(model)
    obstacles = {each.action: each.obstacle for each in walks.possible(walks.starts()[0])}
    enter = obstacles["enter"]
    assert enter is not None
    assert (enter.text, enter.message) == ("place[p] == waiting", "is false")
    assert obstacles["raise_flag"] is None


def test_a_walk_is_its_numbers() -> None:
    walks = Walks(load_check("models/examples/mutual_exclusion.gate", "peterson"))
    random = Random(1)
    numbers = [random.randrange(len(walks.starts()))]
    for _ in range(30):
        steps = walks.walk(numbers)
        numbers.append(random.randrange(len(walks.steps(steps[-1].state))))
    states = [step.state for step in walks.walk(numbers)]
    assert [dict(s.state) for s in walks.walk(walks.choices(states))] == [dict(state) for state in states]
    for before, after in pairwise(states):
        assert after in [taken.state for taken in transitions(walks.model, before) if isinstance(taken, Transition)]


@pytest.mark.parametrize("numbers", [[1], [0, 99], [0, 0, -1]])
def test_a_walk_that_is_not_there(numbers: list[int]) -> None:
    with pytest.raises(NoSuchStep):
        Walks(PUZZLE).walk(numbers)


def test_properties_stand_as_the_check_finds_them() -> None:
    walks = Walks(PUZZLE)
    found = nearest_violation(PUZZLE, walks.starts()[0])
    steps = walks.walk(walks.choices(found.states))
    standing = {each.name: each for each in walks.standings(steps)}["NotSolved"]
    assert (standing.value, standing.message) == ("false", "`big != 4` is false")
    assert {each.value for each in walks.standings(steps[:-1]) if each.name == "NotSolved"} == {"true"}


def test_the_nearest_violation_is_as_near_as_the_check_says() -> None:
    start = Walks(PUZZLE).starts()[0]
    found = nearest_violation(PUZZLE, start)
    assert (len(found.states), found.property) == (7, "NotSolved")
    on_the_way = nearest_violation(PUZZLE, found.states[3])
    assert len(on_the_way.states) == 4


def test_the_nearest_state_in_which_something_is_true() -> None:
    start = Walks(PUZZLE).starts()[0]
    found = nearest_answer(PUZZLE, start, ask(JUGS, PUZZLE, "small == 2"))
    assert [(s["small"], s["big"]) for s in found.states] == [(0, 0), (0, 5), (3, 2), (0, 2), (2, 0)]
    step = nearest_answer(PUZZLE, start, ask(JUGS, PUZZLE, "big' < big"))
    assert len(step.states) == 3
    nowhere = nearest_answer(PUZZLE, start, ask(JUGS, PUZZLE, "small + big == 9"))
    assert (list(nowhere.states), nowhere.stopped) == ([], None)


def test_a_walk_goes_on_where_it_could_not_begin(tmp_path: Path) -> None:
    """Conditions on initial states are not asked of the state that the way begins in."""
    path = tmp_path / "m.gate"
    path.write_text(
        "var x : 0..9 in 0..9\ninitially x == 0\naction up when x < 9 then x' = x + 1\n"
        "invariant Small x < 5\ncheck c expect violation of Small, deadlock"
    )
    spec = read(path)
    model = load_check(spec, "c")
    assert Walks(model).starts() == [{"x": 0}]
    assert [state["x"] for state in nearest_violation(model, {"x": 2}).states] == [2, 3, 4, 5]
    assert [state["x"] for state in nearest_answer(model, {"x": 6}, ask(spec, model, "x == 8")).states] == [6, 7, 8]
