"""Coverage: counted by hand, by the evaluator, by kernels under CPython and by machine code; all say the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from unittest.mock import patch

import numpy as np
import pytest

from skipgate.checker.checks.preparation import load_check, prepare
from skipgate.checker.core.coverage import Coverage, Taken
from skipgate.checker.coverage import counting, cover, variables
from skipgate.checker.coverage.levels import pieces
from skipgate.checker.kernel import attempt_code
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import tally, tiers
from skipgate.checker.native.language import SourceText
from skipgate.checker.search.explore import Exploration, explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from skipgate.spec.diagnostics import SpecError
from tests.checker.coverage import naive_coverage
from tests.checker.random_models import model_text
from tests.checker.specs import kernels_of
from tests.planted import Mutant, applied

MODELS = Path(__file__).parents[3] / "models"

TICKETS = """
sort Client[2]
var free : 0..2 = 2
var held : map[Client] of 0..2 = map c in Client: 0
var shut : bool = false
action take(c in Client)
  when not shut and free > 0
  when held[c] < 1
  then free' = free - 1
       held'[c] = held[c] + 1
action give(c in Client)
  when held[c] > 0
  then some n in 1..held[c]
       if n == 2 { shut' = true }
       else {
         free' = free + n
         held'[c] = held[c] - n
       }
action look
  when free == 0
action close
  when shut
  then shut' = false
"""


def coverage_of(kernels: Kernels, found: Exploration | None = None, *, native: bool = False) -> Coverage:
    """The coverage of a search under CPython, counted there or by machine code."""
    found = found or explore(kernels)
    return cover.cover(kernels, replace(found, engine="native") if native else found, Budget())


@pytest.mark.parametrize("native", [False, True])
def test_a_small_model_by_hand(native: bool) -> None:
    by_hand(native)


def by_hand(native: bool = False) -> None:
    """The four states are: nobody has a ticket, the first client has one, the second, both. `shut` stays false."""
    coverage = coverage_of(kernels_of(TICKETS), native=native)
    assert (coverage.states, coverage.counted, coverage.missing, coverage.levels) == (4, 4, None, (1, 2, 1))
    take, give, look, close = coverage.actions
    # Of the eight attempts to take, one for each client in each state, two fail for want of tickets.
    assert take.taken == Taken(steps=4, changes=4, found=3)
    assert [(each.text, each.times) for each in take.obstacles] == [
        ("not shut", 0),
        ("free > 0", 2),
        ("held[c] < 1", 2),
    ]
    assert give.taken == Taken(steps=4, changes=4, found=0)
    assert [(each.text, each.taken.steps) for each in give.alternatives] == [("if n == 2", 0), ("else", 4)]
    assert [(each.text, each.times, each.choice) for each in give.obstacles] == [
        ("held[c] > 0", 4, False),
        ("n in 1..held[c]", 0, True),
    ]
    assert look.taken == Taken(steps=1, changes=0, found=0)
    assert [each.times for each in look.obstacles] == [3]
    assert close.taken == Taken()
    assert [each.times for each in close.obstacles] == [4]
    assert [(each.name, each.values, each.without) for each in coverage.variables] == [
        ("free", 3, 4),
        ("held", 4, 3),
        ("shut", 1, 4),
    ]


def random_kernels(seed: int) -> Kernels | None:
    """The kernels of a random model; None if it is refused, or cannot begin."""
    try:
        return kernels_of(model_text(Random(seed), branching=seed % 2 == 1))
    except SpecError:
        return None


def compare(seed: int) -> bool:
    """Do the evaluator and the kernels agree on a random model, if all its states can be looked at?"""
    kernels = random_kernels(seed)
    if kernels is None:
        return False
    found = explore(kernels, SearchOptions(budget=Budget(max_states=300, time_limit=20)))
    if (
        found.stopped is not None
        or found.initial_error is not None
        or any(violation.source == "constraint" for violation in found.violations.values())
    ):
        return False
    expected = naive_coverage.count(kernels.model)
    assert naive_coverage.facts(coverage_of(kernels, found)) == expected
    return sum(expected.steps.values()) > 0


@pytest.mark.differential
def test_the_evaluator_counts_the_same() -> None:
    compared = sum(compare(seed) for seed in range(80))
    assert compared > 30


def test_the_evaluator_counts_the_same_of_a_shipped_model() -> None:
    kernels = prepare(load_check(MODELS / "examples/die_hard.gate", "puzzle", to_search=True))
    assert naive_coverage.facts(coverage_of(kernels)) == naive_coverage.count(kernels.model)


@pytest.mark.differential
def test_machine_code_counts_the_same() -> None:
    for seed in range(0, 60, 5):
        kernels = random_kernels(seed)
        if kernels is not None:
            found = explore(kernels, SearchOptions(budget=Budget(max_states=2000, time_limit=20)))
            assert coverage_of(kernels, found, native=True) == coverage_of(kernels, found), seed


@pytest.mark.differential
@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("examples/die_hard.gate", "puzzle"),
        ("classic/ewd998.gate", "ring"),
        ("classic/unreliable_commit.gate", "symmetric"),
        ("classic/paxos/paxos.gate", "symmetric"),
        ("cold_start.gate", "v0"),
    ],
)
def test_every_engine_and_number_of_threads(file: str, name: str) -> None:
    """Each step is one that the search has generated, each state was found by one action."""
    kernels = prepare(load_check(MODELS / file, name, to_search=True))
    found = explore(kernels)
    expected = cover.cover(kernels, found, Budget())
    assert sum(action.taken.found for action in expected.actions) + expected.initial == found.distinct
    begun = found.generated - sum(action.taken.steps for action in expected.actions)
    assert begun >= expected.initial
    for threads in (1, 3):
        options = SearchOptions(engine="native", threads=threads)
        assert cover.cover(kernels, tiers.explore(kernels, options), Budget()) == expected


@pytest.mark.parametrize("engine", ["python", "native"])
def test_what_a_limit_cut_off_is_not_counted(engine: str) -> None:
    """Only whole levels are counted, so the counts are those of the same levels of the whole search."""
    kernels = prepare(load_check(MODELS / "classic/huang.gate", "group", to_search=True))
    whole = coverage_of(kernels)
    options = SearchOptions(budget=Budget(max_states=3000), engine=engine)  # type: ignore[arg-type]
    part = cover.cover(kernels, tiers.explore(kernels, options), Budget())
    assert part.missing == "the limit of 3000 states was passed"
    assert part.levels == whole.levels[: len(part.levels)]
    assert part.counted == sum(part.levels[:-1]) < part.states
    assert sum(action.taken.found for action in part.actions) + part.initial == sum(part.levels)


def test_a_deadline_leaves_whole_levels() -> None:
    kernels = prepare(load_check(MODELS / "classic/huang.gate", "group", to_search=True))
    found = explore(kernels)
    whole = coverage_of(kernels, found)
    with patch.object(cover, "_look", _LooksSo(9)):
        part = cover.cover(kernels, found, Budget(time_limit=60))
    assert part.missing == "the time limit of 60 s was reached"
    assert part.counted in [sum(whole.levels[:depth]) for depth in range(1, len(whole.levels))]
    assert part.variables == ()


class _LooksSo:
    """The time is over after so many looks at the clock."""

    def __init__(self, often: int) -> None:
        self.left = often

    def __call__(self, budget: Budget, started: float, seconds: float | None, size: int = 0) -> None:
        from skipgate.checker.search.limits import Stop, out_of_time

        self.left -= 1
        if not self.left:
            raise Stop(out_of_time(budget.time_limit or 0))


def test_what_cannot_be_counted_is_said() -> None:
    kernels = kernels_of(TICKETS)
    with patch("skipgate.checker.kernel.kernel_text.LARGEST_TEXT", 100):
        coverage = coverage_of(kernels)
    assert coverage.missing is not None
    assert "too much code" in coverage.missing
    assert (coverage.counted, coverage.actions) == (0, ())


def test_a_sample_is_near_and_says_so() -> None:
    kernels = prepare(load_check(MODELS / "classic/huang.gate", "group", to_search=True))
    found = explore(kernels)
    words = kernels.layout.words

    def of(most: int) -> tuple[variables.VariableCoverage, ...]:
        return variables.variable_coverage(
            kernels.layout, lambda: pieces(found, words), found.distinct, lambda: None, most=most
        )

    for exact, sampled in zip(of(found.distinct), of(found.distinct // 8), strict=True):
        assert exact.exact
        assert not sampled.exact
        assert sampled.values == exact.values
        assert abs(sampled.without - exact.without) <= 0.2 * exact.without + 20


def test_rows_of_several_words_are_told_apart() -> None:
    rows = np.array([[1, 2], [2, 1], [1, 2], [0, 3], [2, 1]], np.int64)
    assert sorted(map(tuple, variables.distinct(rows).tolist())) == [(0, 3), (1, 2), (2, 1)]
    assert len(variables.distinct(rows[:0])) == 0


# ------------------------------------------------------------------------------------------------------ planted faults

MUTANTS = [
    Mutant(
        "a step is counted as one of the next action",
        counting.under_cpython,
        "own[program.fired + action] += 1",
        "own[program.fired + action + 1] += 1",
        lambda _: by_hand(),
    ),
    Mutant(
        "a condition that is false is taken for the one after it",
        attempt_code.AttemptCode.count_of,
        'return f"counts[{number}]"',
        'return f"counts[{number + 1}]"',
        lambda _: by_hand(),
    ),
    Mutant(
        "a state is credited to the action of the step that is taken first",
        counting.under_cpython,
        "if known is not None and not 0 < known <= action:",
        "if known == 0:",
        lambda _: test_the_evaluator_counts_the_same_of_a_shipped_model(),
    ),
    Mutant(
        "conditions are tested once more for each choice",
        attempt_code.stages,
        "stage = declared",
        "stage = len(action.parameters)",
        lambda _: compare_some(),
    ),
]


def compare_some() -> None:
    for seed in range(40):
        compare(seed)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_planted_faults_are_noticed(mutant: Mutant) -> None:
    with applied(mutant), pytest.raises(AssertionError):
        mutant.check(None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("counts[FIRED + action] = counts[FIRED + action] + 1", "counts[FIRED] = counts[FIRED] + 1"),
        ("(not finders[found] or finders[found] > action + 1)", "1"),
        ("(known[j] & bits[j]) == room[j]", "known[j] == room[j]"),
        ("                    if SYMMETRIC:\n", "                    if 0:\n"),
    ],
)
def test_faults_in_machine_code_are_noticed(old: str, new: str) -> None:
    source = SourceText.of(tally)
    assert source.source.count(old) == 1
    faulty = SourceText("tally", source.source.replace(old, new))
    original = SourceText.of
    kernels = [
        kernels_of(TICKETS),
        prepare(load_check(MODELS / "classic/unreliable_commit.gate", "symmetric", to_search=True)),
    ]
    with patch.object(SourceText, "of", lambda module: faulty if module is tally else original(module)):
        assert any(coverage_of(each, native=True) != coverage_of(each) for each in kernels)
