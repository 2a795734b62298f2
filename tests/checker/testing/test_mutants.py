"""Faults in how behaviours are chosen, planted on purpose: each is noticed."""

from __future__ import annotations

import pytest

from skipgate.checker.testing import behaviours, choice, decisions, pairs, probes, tree, walks
from tests.checker.testing import test_choice
from tests.checker.testing import test_suite as by_hand
from tests.checker.testing.test_suite import compare
from tests.planted import Mutant, noticed

pytestmark = pytest.mark.differential


def hand(_: int) -> None:
    """What was worked out by hand."""
    by_hand.test_every_action_in_one_behaviour()
    by_hand.test_pairs_by_hand()
    by_hand.test_covers_and_the_branches_of_values()
    by_hand.test_refusals_by_hand()
    by_hand.test_the_ways_in_which_guards_can_be_true()
    by_hand.test_paths_with_choices_are_branches_and_refused_as_a_whole()
    by_hand.test_arguments_that_lead_to_the_same_state_are_told_apart()
    by_hand.test_violations_that_are_expected()
    by_hand.test_a_deadlock_that_is_expected()
    by_hand.test_a_limit_is_no_proof_that_something_cannot_happen()
    by_hand.test_what_cannot_be_evaluated_is_no_proof_either()
    by_hand.test_no_behaviour_is_longer_than_is_wanted_unless_a_goal_needs_it()
    by_hand.test_symmetry_does_not_change_which_goals_are_met()


def both(seed: int) -> None:
    """By hand first, then a random model."""
    if seed == 0:
        hand(0)
    compare(seed)


def chosen(_: int) -> None:
    """What is chosen greedily."""
    test_choice.test_greedy_choice_by_hand()
    test_choice.test_what_others_meet_is_left_out()
    test_choice.test_no_walk_is_chosen_twice()


MUTANTS = [
    Mutant(
        "a pair is forgotten if the second state is known already",
        pairs.Pairs.enter,
        "self.meet(first, step, self.possible[state])",
        "pass",
        both,
    ),
    Mutant(
        "only one action may wait for a state",
        pairs.Pairs.enter,
        "self.waiting.setdefault(state, {}).setdefault(first, step)",
        "self.waiting.setdefault(state, {first: step})",
        both,
    ),
    Mutant(
        "pairs are met in the wrong order",
        walks.Walks.on,
        "self.pair_bits[walk.edge.declared][edge.declared]",
        "self.pair_bits[edge.declared][walk.edge.declared]",
        both,
    ),
    Mutant("greedy picks twice", choice.choose, "left -= best.meets", "left -= {min(left, key=str)}", chosen),
    Mutant("a walk is picked twice", choice.walks_to_all, "left &= ~best.bits", "left &= left - 1", chosen),
    Mutant("needless behaviours are kept", choice.shortened, "each.meets - others", "each.meets", chosen),
    Mutant(
        "what another behaviour meets is thought to be met by one that was left out",
        choice.shortened,
        "for other in kept if other is not each",
        "for other in behaviours if other is not each",
        chosen,
    ),
    Mutant("the last step is cut off", behaviours.Behaviour.up_to, "self.steps[: last + 1]", "self.steps[:last]", both),
    Mutant("a limit is forgotten", tree.Tree.run, "found.stopped = str(stop)", "pass", both),
    Mutant(
        "what cannot be evaluated is forgotten", tree.Tree.run, "lost |= self.leave(state)", "self.leave(state)", both
    ),
    Mutant(
        "the end comes too soon", tree.Tree.run, "while self.frontier and not self.done:", "if self.frontier:", both
    ),
    Mutant(
        "a refusal does not ask for the conditions before",
        probes._refused,
        "[*before, wrong]",
        "[wrong]",
        both,
    ),
    Mutant(
        "a refusal's condition is true", probes._refused, "build.not_(condition, condition.span)", "condition", both
    ),
    Mutant(
        "the side that is not taken is asked the wrong way round",
        decisions._under,
        'build.logic("and", condition, term, term.span)',
        "term",
        both,
    ),
    Mutant(
        "`or` and `and` are mixed up",
        decisions._ways,
        'wanted is (operator == "and")',
        'wanted is (operator == "or")',
        both,
    ),
    Mutant(
        "steps that violate something are not looked for",
        tree.Tree.examine,
        "self.violate(",
        "(lambda *_: None)(",
        both,
    ),
    Mutant("deadlocks are not looked for", tree.Tree.leave, "self.violate(DEADLOCK, state)", "pass", both),
    Mutant(
        "arguments that lead to the same state are not told apart",
        walks.Walks._edges,
        "count == 1 or not probes",
        "True",
        both,
    ),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_planted_fault_is_noticed(mutant: Mutant) -> None:
    assert noticed(mutant, range(30)) is not None


def test_without_a_fault_nothing_is_noticed() -> None:
    both(0)
