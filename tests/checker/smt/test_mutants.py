"""The comparisons of formulas with the evaluator and the search notice it when a formula says something else."""

from __future__ import annotations

import pytest

from skipgate.checker.smt.encoding import quantifier_formulas, record_formulas, relations
from skipgate.checker.smt.encoding import sequence_formulas as sequences
from skipgate.checker.smt.encoding.formulas import TermEncoder
from skipgate.checker.smt.encoding.system import System
from skipgate.checker.smt.encoding.system import _instance as instance
from skipgate.checker.smt.proving import bmc
from tests.checker import corpus
from tests.checker.smt.encoding import test_expressions
from tests.checker.smt.proving import test_bmc
from tests.planted import Mutant, noticed


def models(name: str) -> None:
    test_bmc.compare(corpus.MODELS[name])


def values(name: str) -> None:
    test_expressions.compare_by_hand(name)


MUTANTS = [
    Mutant(
        "another shape is meant",
        record_formulas.is_shape,
        ".index(term.shape))",
        ".index(term.shape) - 1)",
        values,
        "records",
    ),
    Mutant(
        "the right of an `or` counts always",
        TermEncoder._logic,
        "implies(goes_on, right_defined)",
        "right_defined",
        values,
        "control",
    ),
    Mutant(
        "both branches count",
        TermEncoder._if,
        "and_(defined, chosen)",
        "and_(defined, then_defined)",
        values,
        "control",
    ),
    Mutant(
        "an element that decides is not the last",
        quantifier_formulas.quantified,
        "or_(before, all_defined)",
        "all_defined",
        values,
        "quantifiers",
    ),
    Mutant(
        "the last of equals is chosen",
        quantifier_formulas.aggregate,
        "or_(not_(found), better)",
        "better",
        values,
        "quantifiers",
    ),
    Mutant(
        "what is left out counts",
        quantifier_formulas._total,
        "logic.choose(present, amount, 0)",
        "amount",
        values,
        "control",
    ),
    Mutant("any number fits", TermEncoder._ensure, "term, succeeds,", "term, True,", values, "records"),
    Mutant(
        "a division by 0 has a value", TermEncoder._arithmetic, "not_(logic.equal(right, 0))", "True", values, "control"
    ),
    Mutant("`none` has a value", record_formulas.get, "term, option.present,", "term, True,", values, "control"),
    Mutant(
        "the index 0 is there",
        sequences._place,
        "logic.at_most(1, index)",
        "logic.at_most(0, index)",
        values,
        "sequences",
    ),
    Mutant("all are changed", sequences.store, "relations.choose(chosen, value, element)", "value", values, "maps"),
    Mutant("the right comes one too late", sequences.concat, "j - length]", "j - length - 1]", values, "sequences"),
    Mutant(
        "a slice begins one late", sequences.slice_, "logic.add(low, j - 1)", "logic.add(low, j)", values, "sequences"
    ),
    Mutant("a set loses elements", relations.inserted, "or_(bits[place], present)", "present", values, "sets"),
    Mutant(
        "initial values in the wrong order",
        System.initial.func,
        "implies(value, has_value)",
        "has_value",
        models,
        "initial_value",
    ),
    Mutant(
        "a state that fails is stuck",
        System.deadlock.func,
        "and_(not_(self.enabled), not_(self.fails))",
        "not_(self.enabled)",
        models,
        "failing_alone",
    ),
    Mutant(
        "a constraint without a value holds",
        System.inside.func,
        "defined = and_(defined, implies(value, has_value))",
        "pass",
        models,
        "constraint_without_value",
    ),
    Mutant(
        "updates without a value",
        instance,
        "enabled = and_(present, all_defined)",
        "enabled = present",
        models,
        "failing_update",
    ),
    Mutant(
        "a condition after one without a value",
        instance,
        "present = and_(present, defined, holds)",
        "present = and_(present, holds)",
        models,
        "failing_condition",
    ),
    Mutant(
        "steps begin with the second state", bmc.BoundedSearch.look_for, "length > 1", "length > 2", models, "steps"
    ),
]


@pytest.mark.differential
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_is_noticed(mutant: Mutant) -> None:
    """By a text made by hand, and so by the modules beside this one, whatever random generators draw."""
    assert noticed(mutant, [mutant.sample]) is not None
