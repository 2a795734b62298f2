"""`enabled A` and `taken A` against the steps that the naive semantics makes."""

from __future__ import annotations

from random import Random

import pytest

from skipgate.checker.core.values import Value
from skipgate.checker.elaborate import paths, step_tests
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, holds
from skipgate.checker.semantics.steps import FailedTransition, initial_states, transitions
from skipgate.spec.diagnostics import SpecError
from tests.checker.random_models import model_text
from tests.checker.specs import model_of
from tests.checker.step_questions import with_questions
from tests.planted import Mutant, applied

MOST_STATES = 30


def compare_branching(seed: int) -> tuple[int, int]:
    """The same of a model with branches, choices and effects in its actions."""
    return compare(seed, branching=True)


def compare(seed: int, branching: bool = False) -> tuple[int, int]:
    """Ask about every action in some states of a random model: how many were possible, and how many were taken."""
    try:
        model = model_of(with_questions(model_text(Random(seed), depth=2, branching=branching)))
    except SpecError:
        return 0, 0
    asked = {p.name: p.term for p in model.properties if p.name.startswith(("Can_", "Not_"))}
    try:
        waiting = list(initial_states(model))
    except EvaluationError:
        return 0, 0
    seen: list[dict[str, Value]] = []
    possible = taken = 0
    while waiting and len(seen) < MOST_STATES:
        state = waiting.pop(0)
        if state in seen:
            continue
        seen.append(state)
        steps = list(transitions(model, state))
        for name in dict.fromkeys(action.declared for action in model.actions):
            own = [step for step in steps if step.action.declared == name]
            if any(isinstance(step, FailedTransition) for step in own):
                continue
            assert holds(asked[f"Can_{name}"], Scope(state)) == bool(own), (seed, name, state)
            possible += bool(own)
            for target in (step.state for step in steps if not isinstance(step, FailedTransition)):
                is_step = target != state and any(step.state == target for step in own)
                try:
                    found = not holds(asked[f"Not_{name}"], Scope(state, target))
                except EvaluationError:
                    continue
                assert found == is_step, (seed, name, state, target)
                taken += is_step
        waiting += [step.state for step in steps if not isinstance(step, FailedTransition)]
    return possible, taken


@pytest.mark.random
def test_random_models() -> None:
    counts = [compare(seed) for seed in range(60)]
    assert sum(possible > 0 for possible, _ in counts) > 30
    assert sum(taken > 0 for _, taken in counts) > 20


MUTANTS = [
    Mutant("the conditions of an action do not matter", paths.folded, 'partial(build.logic, "and", part,',
           'partial(build.logic, "and", build.boolean(True, span),', compare),
    Mutant("a step that changes nothing is one", step_tests._is_step,
           "changes: t.Term = build.boolean(False, span)", "changes: t.Term = build.boolean(True, span)", compare),
    Mutant("variables without an update may change", step_tests._is_step,
           "updates.get(name, (old, span))", "updates.get(name, (new, span))", compare),
    Mutant("the last path through an action is the only one", step_tests._one_of,
           'build.logic("or", result, paths.folded(path.parts, reached, span), span)',
           "paths.folded(path.parts, reached, span)", compare_branching),
    Mutant("what is chosen inside an action is one of all", paths.folded, '"exists"', '"forall"', compare_branching),
    Mutant("one choice is enough to make it impossible", step_tests._some, '"exists"', '"forall"', compare),
]  # fmt: skip


@pytest.mark.random
def test_random_models_with_branches() -> None:
    counts = [compare_branching(seed) for seed in range(40)]
    assert sum(possible > 0 for possible, _ in counts) > 20
    assert sum(taken > 0 for _, taken in counts) > 12


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_planted_fault_is_noticed(mutant: Mutant) -> None:
    with applied(mutant):
        for seed in range(60):
            try:
                mutant.check(seed)
            except AssertionError:
                return
    pytest.fail("60 random models do not show it")
