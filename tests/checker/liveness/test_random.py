"""The engine against an oracle that tries out everything, on random models."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from skipgate.checker.liveness.check import check_liveness
from skipgate.checker.search.explore import explore
from skipgate.checker.search.limits import Budget
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
        seen[f"{declared.kind}: {outcome}"] += 1


def test_some_random_models() -> None:
    """Each fault of `test_mutants` is noticed by one of the first 32."""
    seen: Counter[str] = Counter()
    for seed in range(100):
        compare(seed, seen)
    assert len(seen) == 12 and min(seen.values()) >= 2, seen


# Minutes, for combinations of constructs that are too rare for the few models above.
@pytest.mark.slow
def test_many_random_models() -> None:
    seen: Counter[str] = Counter()
    for seed in range(1000, 21_000):
        compare(seed, seen)
    assert len(seen) == 12
