from __future__ import annotations

import re
from pathlib import Path

import pytest
import z3

from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.proving.prove import prove
from tests.checker.smt.specs import model_of

SMT = Path(logic.__file__).parents[1]


@pytest.fixture
def anew() -> None:
    """Nothing of a module may belong to what Z3 was told before."""
    logic.begin_anew()


def members(array: z3.ArrayRef) -> set[int]:
    return {n for n in range(4) if z3.is_true(z3.simplify(z3.Select(array, n)))}


def set_of(*numbers: int) -> z3.ArrayRef:
    array = logic.no_elements([z3.IntSort(logic.context())])
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
    x, y = z3.Ints("x y", logic.context())
    found = logic.without_quantifiers(z3.Exists([y], z3.And(x < y, y < 5)))
    assert isinstance(found, z3.BoolRef) and not z3.Probe("has-quantifiers", logic.context())(goal_of(found))
    solver = z3.Solver(ctx=logic.context())
    solver.add(found != (x <= 3))
    assert solver.check() == z3.unsat


def goal_of(bit: z3.BoolRef) -> z3.Goal:
    goal = z3.Goal(ctx=logic.context())
    goal.add(bit)
    return goal


def test_z3s_own_context_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It lives as long as the process: what was asked before would have a say in what is found."""

    def used() -> z3.Context:
        raise AssertionError("an expression is made in Z3's own context")

    monkeypatch.setattr(z3.z3, "main_ctx", used)
    model = model_of("""
        sort Node[2]
        var x : int = 0  var s : set of int = {}  var q : seq[2] of Node = []
        action up(k in int) when k > 0 and x < 5 then x' = x + k  s' = s | {k}
        action add(n in Node) when len(q) < 2 then q' = q + [n]
        invariant Low x >= 0
        invariant Few forall k in 0..100000: k in s => k < x + 7
        cover Both x == 3 and len(q) == 2
        check c expect proved Low
    """)
    found = prove(model, seen=True, time_limit=600)
    assert found.properties["Low"].verdict == "holds"


def test_only_one_module_calls_z3s_c_interface_and_none_what_is_private() -> None:
    for path in SMT.rglob("*.py"):
        names = set(re.findall(r"\bz3(?:\.\w+)*\.(\w+)", path.read_text(encoding="utf-8")))
        assert not [name for name in names if name.startswith("_")], path
        assert path.name == "logic.py" or not [
            n for n in names if n.startswith("Z3_") and not n.startswith("Z3_OP_")
        ], path
