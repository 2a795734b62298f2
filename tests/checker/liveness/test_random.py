"""The engine against an oracle that tries out everything, on random models."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from skipgate.checker.core import formulas as f
from skipgate.checker.liveness.check import check_liveness
from skipgate.checker.native.tiers import explore as explore_with
from skipgate.checker.search.explore import explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from tests.checker.liveness.formulas import Round, is_fair, is_true, rounds
from tests.checker.liveness.oracle import Oracle
from tests.checker.liveness.random_models import random_model
from tests.checker.specs import kernels_of

pytestmark = pytest.mark.differential


def compare(seed: int, seen: Counter[str]) -> None:
    """Every verdict, on one random model. Counterexamples are verified by the engine itself, by naive means."""
    text = random_model(Random(seed))
    kernels = kernels_of(text)
    oracle = Oracle(kernels.model)
    if len(oracle.steps) > 8:
        return
    found = check_liveness(kernels, explore(kernels), Budget())
    for declared in kernels.model.liveness:
        violated = declared.name in found.traces
        assert violated != (declared.name in found.holding)
        assert violated == oracle.violated(declared), f"seed {seed}, {declared.name}:\n{text}"
        loop = found.traces[declared.name].loop if violated else None
        outcome = "holds" if loop is None else "stutters" if loop.back is None else "goes round"
        form = f.simple(declared.instances[0].formula)
        assert form is not None
        seen[f"{form.kind}: {outcome}"] += 1


def test_some_random_models() -> None:
    """Each fault of `test_mutants` is noticed by one of the first 32."""
    seen: Counter[str] = Counter()
    for seed in range(100):
        compare(seed, seen)
    assert len(seen) == 12 and min(seen.values()) >= 2, seen


LONGEST = 6  # states of a behaviour that is tried out


def compare_nested(seed: int, seen: Counter[str], native: bool = False) -> None:
    """Formulas of any form, held against all behaviours with a few states."""
    text = random_model(Random(seed), nested=True)
    kernels = kernels_of(text)
    oracle = Oracle(kernels.model)
    if len(oracle.steps) > 6:
        return
    explored = explore_with(kernels, SearchOptions(engine="native", threads=2)) if native else explore(kernels)
    found = check_liveness(kernels, explored, Budget())
    assert found.stopped is None
    fair = [each for each in rounds(oracle, LONGEST) if is_fair(oracle, each)]
    for declared in kernels.model.liveness:
        about = f"seed {seed}, {declared.name}:\n{text}"
        violated = declared.name in found.traces
        assert violated != (declared.name in found.holding), about
        wrong = next(
            (each for each in fair if any(not is_true(oracle, i.formula, each, 0) for i in declared.instances)), None
        )
        if violated:
            trace = found.traces[declared.name]
            assert trace.loop is not None
            lasso = Round(tuple(oracle.key(dict(step.state)) for step in trace.steps), trace.loop.start)
            assert is_fair(oracle, lasso), about
            assert any(not is_true(oracle, i.formula, lasso, 0) for i in declared.instances), about
            # The way into the cycle is as short as any, unless only one that is long has been found.
            seen["found by trying out" if wrong else "too long to be tried out"] += 1
        else:
            assert wrong is None, f"{wrong}, {about}"
            seen["holds"] += 1


def test_some_formulas() -> None:
    seen: Counter[str] = Counter()
    for seed in range(60):
        compare_nested(seed, seen)
    assert seen["holds"] > 40 and seen["found by trying out"] > 40 and seen["too long to be tried out"] < 5, seen


def test_some_formulas_by_machine_code() -> None:
    seen: Counter[str] = Counter()
    for seed in (2, 5):
        compare_nested(seed, seen, native=True)
    assert len(seen) >= 2


# Minutes, for combinations of operators and fairness that are too rare for the few formulas above.
@pytest.mark.slow
def test_many_formulas() -> None:
    seen: Counter[str] = Counter()
    for seed in range(1000, 6_000):
        compare_nested(seed, seen)


# Minutes, for combinations of constructs that are too rare for the few models above.
@pytest.mark.slow
def test_many_random_models() -> None:
    seen: Counter[str] = Counter()
    for seed in range(1000, 21_000):
        compare(seed, seen)
    assert len(seen) == 12
