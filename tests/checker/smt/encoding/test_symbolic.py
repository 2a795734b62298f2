"""Symbolic values: what they are made of, and in which order."""

from __future__ import annotations

import pytest
import z3

from skipgate.checker.smt.encoding import symbolic as sym
from tests.checker.smt.specs import model_of


@pytest.mark.parametrize(
    "type_",
    [
        "seq[2] of bool",
        "seq[2] of option of 0..3",
        "option of seq[1] of bool",
        "map[bool] of seq[1] of bool",
        "set of bool",
    ],
)
def test_scalars_come_in_the_order_in_which_they_are_made(type_: str) -> None:
    """Rows of scalars are read by their places."""
    variable = model_of(f"var x : {type_} in {{y for y in {type_}}}\ncheck c expect holds").variables[0]
    made: list[z3.ExprRef] = []

    def leaf(path: str, sort: z3.SortRef) -> z3.ExprRef:
        made.append(z3.Const(path, sort))
        return made[-1]

    assert [str(scalar) for scalar in sym.scalars(sym.build(variable.type, leaf))] == [str(each) for each in made]
