"""The comparisons of formulas with the evaluator and the search notice it when a formula says something else."""

from __future__ import annotations

import pytest

from skipgate.checker.smt.encoding import bag_formulas, quantifier_formulas, record_formulas, relations, set_formulas
from skipgate.checker.smt.encoding import sequence_formulas as sequences
from skipgate.checker.smt.encoding.formulas import TermEncoder
from skipgate.checker.smt.encoding.system import System
from skipgate.checker.smt.encoding.system import _instance as instance
from skipgate.checker.smt.proving import bmc
from tests.checker import corpus
from tests.checker.smt.encoding import test_expressions
from tests.checker.smt.proving import test_bmc
from tests.effort import amount, few
from tests.planted import Mutant, noticed


def models(name: str) -> None:
    test_bmc.compare(corpus.MODELS[name])


def values(name: str) -> None:
    test_expressions.compare_by_hand(name, states=amount(6, 12))


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
    # Slots, of sets with a capacity and of bags.
    Mutant("the slots are in no order", relations.put, "before(slot, moving)", "False", values, "slots"),
    Mutant(
        "the smaller one comes first", relations.put, "before(slot, moving)", "before(moving, slot)", values, "slots"
    ),
    Mutant(
        "an element is there twice", relations.put, "False if again else equal(slot, moving)", "False", values, "slots"
    ),
    Mutant("a copy gets lost", relations.put, "False if again else equal(", "equal(", values, "slots"),
    Mutant(
        "what moves on is lost",
        relations.put,
        "choose(greater, slot, choose(same",
        "choose(True, empty, choose(same",
        values,
        "slots",
    ),
    Mutant("what is absent is there", relations.has, "and_(slot.present, equal(", "and_(True, equal(", values, "slots"),
    Mutant(
        "a slot that is empty is put in",
        relations.inserted,
        "Option(present, choose(present, element, nothing(type_)))",
        "Option(True, element)",
        values,
        "slots",
    ),
    Mutant(
        "none is taken out",
        relations.without,
        "or_(found, and_(old.present, equal(slot, old)))",
        "found",
        values,
        "slots",
    ),
    Mutant("all copies are taken out", relations.without, "found = or_(found, and_", "found = (and_", values, "slots"),
    Mutant(
        "the last stays twice",
        relations.without,
        "empty if following is None else following",
        "following or slot",
        values,
        "slots",
    ),
    Mutant(
        "a hole stays",
        relations.kept,
        "following = [*slots[i + 1 :], empty]",
        "following = [empty, *slots[i + 1 :]]",
        values,
        "slots",
    ),
    Mutant(
        "the others are kept",
        relations.kept,
        "choose(conditions[i], x, y)",
        "choose(conditions[i], y, x)",
        values,
        "slots",
    ),
    Mutant("empty slots are in no set", relations.is_subset, "implies(slot.present, has(", "(has(", values, "slots"),
    Mutant(
        "`-` is `&`",
        set_formulas._slots_operation,
        'inside if term.operator == "&" else not_(inside)',
        "inside",
        values,
        "slots",
    ),
    Mutant(
        "only one is added",
        set_formulas._slots_operation,
        "for slot in second.slots:",
        "for slot in second.slots[:1]:",
        values,
        "slots",
    ),
    Mutant(
        "every slot counts",
        set_formulas.size,
        "[slot.present for slot in value.slots]",
        "[True for slot in value.slots]",
        values,
        "slots",
    ),
    Mutant(
        "elements of a bag come twice",
        set_formulas.elements,
        "relations.put(slots, slot)",
        "relations.put(slots, slot, again=True)",
        values,
        "slots",
    ),
    Mutant(
        "a bag is a set", bag_formulas.bag_of, "nothing(element))), again=True)", "nothing(element))))", values, "slots"
    ),
    Mutant(
        "`+` of bags is a union",
        bag_formulas.bag_operation,
        "relations.put(result, slot, again=True)",
        "relations.put(result, slot)",
        values,
        "slots",
    ),
    Mutant("absent copies count", bag_formulas.multiplicity, "slot.present, ", "", values, "slots"),
    Mutant(
        "a bag has all its slots",
        bag_formulas.descending,
        "[slot.present for slot in whole.slots]",
        "[True for slot in whole.slots]",
        values,
        "slots",
    ),
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


# Each of those in slots takes seconds.
SLOTS = [mutant for mutant in MUTANTS if mutant.sample == "slots"]
OTHERS = [mutant for mutant in MUTANTS if mutant.sample != "slots"]


@pytest.mark.differential
@pytest.mark.parametrize("mutant", [*OTHERS, *few(SLOTS, 3)], ids=lambda mutant: mutant.what)
def test_is_noticed(mutant: Mutant) -> None:
    """By a text made by hand, and so by the modules beside this one, whatever random generators draw."""
    assert noticed(mutant, [mutant.sample]) is not None
