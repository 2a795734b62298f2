"""The comparisons of formulas with the evaluator and the search notice it when a formula says something else."""

from __future__ import annotations

from random import Random

import pytest

from skipgate.checker.smt.encoding import quantifier_formulas, record_formulas, set_formulas
from skipgate.checker.smt.encoding import sequence_formulas as sequences
from skipgate.checker.smt.encoding.formulas import TermEncoder
from skipgate.checker.smt.encoding.system import System
from skipgate.checker.smt.encoding.system import _instance as instance
from skipgate.checker.smt.proving import bmc
from tests.checker.random_models import model_text
from tests.checker.smt.encoding import test_expressions
from tests.checker.smt.proving import test_bmc
from tests.planted import Mutant, applied, noticed

OTHERS = range(1000)


def models(seed: int) -> None:
    test_bmc.compare(model_text(Random(seed)))


def values(seed: int) -> None:
    test_expressions.test_value_and_definedness(seed, None)


MUTANTS = [
    Mutant(
        "another shape is meant", record_formulas.is_shape, ".index(term.shape))", ".index(term.shape) - 1)", values
    ),
    Mutant(
        "the right of an `or` counts always",
        TermEncoder._logic,
        "implies(goes_on, right_defined)",
        "right_defined",
        values,
    ),
    Mutant("both branches count", TermEncoder._if, "and_(defined, chosen)", "and_(defined, then_defined)", values),
    Mutant(
        "an element that decides is not the last",
        quantifier_formulas.quantified,
        "or_(before, all_defined)",
        "all_defined",
        values,
    ),
    Mutant("the last of equals is chosen", quantifier_formulas.aggregate, "or_(not_(found), better)", "better", values),
    Mutant("what is left out counts", quantifier_formulas._total, "logic.choose(present, amount, 0)", "amount", values),
    Mutant("any number fits", TermEncoder._ensure, "term, succeeds,", "term, True,", values),
    Mutant("a division by 0 has a value", TermEncoder._arithmetic, "not_(logic.equal(right, 0))", "True", values),
    Mutant("`none` has a value", record_formulas.get, "term, option.present,", "term, True,", values),
    Mutant("the index 0 is there", sequences._place, "logic.at_most(1, index)", "logic.at_most(0, index)", values),
    Mutant("all are changed", sequences.store, "relations.choose(chosen, value, element)", "value", values),
    Mutant("the right comes one too late", sequences.concat, "j - length]", "j - length - 1]", values),
    Mutant("a slice begins one late", sequences.slice_, "logic.add(low, j - 1)", "logic.add(low, j)", values),
    Mutant("a set loses elements", set_formulas._inserted, "or_(bits[place], present)", "present", values),
    Mutant("initial values in the wrong order", System.initial.func, "implies(value, has_value)", "has_value", models),
    Mutant(
        "a state that fails is stuck",
        System.deadlock.func,
        "and_(not_(self.enabled), not_(self.fails))",
        "not_(self.enabled)",
        models,
    ),
    Mutant(
        "a constraint without a value holds",
        System.inside.func,
        "defined = and_(defined, implies(value, has_value))",
        "pass",
        models,
    ),
    Mutant("updates without a value", instance, "enabled = and_(present, all_defined)", "enabled = present", models),
    Mutant(
        "a condition after one without a value",
        instance,
        "present = and_(present, defined, holds)",
        "present = and_(present, holds)",
        models,
    ),
    Mutant("steps begin with the second state", bmc.BoundedSearch.look_for, "length > 1", "length > 2", models),
]


def test_every_fault_has_its_place() -> None:
    """Who changes the code hears of it at once, and not when the slow tests are run again."""
    for mutant in MUTANTS:
        with applied(mutant):
            pass


# Minutes, and the only sign that the random tests would notice a fault.
@pytest.mark.slow
@pytest.mark.differential
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_is_noticed(mutant: Mutant) -> None:
    """By the very examples that `make test` looks at."""
    seeds = test_bmc.SEEDS if mutant.check is models else test_expressions.SEEDS
    if noticed(mutant, seeds) is None:
        pytest.fail(f"these seeds do not show it; another one that does: {noticed(mutant, OTHERS)}")
