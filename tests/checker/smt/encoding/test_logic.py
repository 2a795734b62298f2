from __future__ import annotations

import pytest
import z3

from skipgate.checker.smt.encoding import logic


@pytest.fixture
def anew() -> None:
    """Nothing of a module may belong to what Z3 was told before."""
    logic.begin_anew()


def members(array: z3.ArrayRef) -> set[int]:
    return {n for n in range(4) if z3.is_true(z3.simplify(z3.Select(array, n)))}


def set_of(*numbers: int) -> z3.ArrayRef:
    array = logic.no_elements([z3.IntSort()])
    for number in numbers:
        array = logic.with_element(array, [number])
    return array


@pytest.mark.usefixtures("anew")
def test_sets_are_combined() -> None:
    a, b = set_of(0, 1), set_of(1, 2)
    assert members(logic.combined("|", a, b)) == {0, 1, 2}
    assert members(logic.combined("&", a, b)) == {1}
    assert members(logic.combined("-", a, b)) == {0}


@pytest.mark.usefixtures("anew")
def test_quantifiers_are_eliminated() -> None:
    x, y = z3.Ints("x y")
    found = logic.without_quantifiers(z3.Exists([y], z3.And(x < y, y < 5)))
    assert isinstance(found, z3.BoolRef) and not z3.Probe("has-quantifiers")(goal_of(found))
    solver = z3.Solver()
    solver.add(found != (x <= 3))
    assert solver.check() == z3.unsat


def goal_of(bit: z3.BoolRef) -> z3.Goal:
    goal = z3.Goal()
    goal.add(bit)
    return goal
