"""The native engine against the search under CPython: counts, verdicts and traces are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

import pytest

from skipgate.checker.checks.preparation import load_check, prepare
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.explore import explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from skipgate.spec.diagnostics import SpecError
from tests.checker.native.harness import (
    SMALL_SCALE,
    cpython_functions,
    facts,
    kernels_of,
    machine_functions,
    restless,
    search,
    small_scale,
)
from tests.checker.native.large_models import SPECIAL, large_model
from tests.checker.random_models import model_text
from tests.effort import amount

MODELS = Path(__file__).parents[3] / "models"
SHIPPED = [
    ("examples/die_hard.gate", "puzzle"),  # an invariant violated after 6 steps
    ("examples/mutual_exclusion.gate", "flags_only"),  # a deadlock
    ("examples/mutual_exclusion.gate", "peterson"),
    ("examples/two_phase_commit.gate", "three"),
    ("cold_start.gate", "v0"),  # two words a state, a transition property, several violations
]


def expected(kernels: Kernels, **options: object) -> dict[str, object]:
    return facts(explore(kernels, SearchOptions(**options)))  # type: ignore[arg-type]


@pytest.mark.differential
@pytest.mark.parametrize(("file", "name"), SHIPPED)
def test_shipped_models(file: str, name: str) -> None:
    kernels = prepare(load_check(MODELS / file, name))
    wanted = expected(kernels)
    functions = machine_functions(kernels)
    for threads in (1, 2, 4):
        for hand_over_at in (0, 1, 7, 250):
            found = search(kernels, functions, threads=threads, hand_over_at=hand_over_at)
            assert facts(found) == wanted, (threads, hand_over_at)


@pytest.mark.differential
@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_loops_under_cpython(threads: int) -> None:
    """The same text; every index is seen to lie inside its row, and the threads meet in all sorts of places."""
    texts = [*SPECIAL, *(large_model(Random(seed)) for seed in range(amount(10, 60)))]
    for kernels in (random_kernels(text, 300) for text in texts):
        if kernels is not None:
            with small_scale(), restless(Random(threads)):
                functions = cpython_functions(kernels, **SMALL_SCALE, PATIENCE=3)
                found = search(kernels, functions, native=False, threads=threads)
            assert facts(found) == expected(kernels)


def random_kernels(text: str, most: int) -> Kernels | None:
    """The kernels of a random model, unless it is wrong or too large."""
    try:
        kernels = kernels_of(text)
    except SpecError:
        return None
    found = explore(kernels, SearchOptions(budget=Budget(max_states=most)))
    return kernels if found.stopped is None and found.initial_error is None else None


def compare(kernels: Kernels, functions: Mapping[str, Callable[..., int]], rng: Random) -> None:
    wanted = expected(kernels)
    distinct = int(str(wanted["distinct"]))
    for threads in (1, 4):
        for hand_over_at in (0, rng.randint(1, 3), rng.randint(1, max(1, distinct))):
            found = search(kernels, functions, threads=threads, hand_over_at=hand_over_at)
            assert facts(found) == wanted, (threads, hand_over_at)
    first = explore(kernels, SearchOptions(stop_at_first=True))
    for threads in (1, 4):
        found = search(kernels, functions, threads=threads, stop_at_first=True)
        assert facts(found, counts=False) == facts(first, counts=False), threads


def compare_random(seed: int, branching: bool = False) -> None:
    kernels = random_kernels(model_text(Random(seed), branching=branching), 3000)
    if kernels is not None:
        compare(kernels, machine_functions(kernels), Random(seed))


def compare_large(seed: int, most: int) -> None:
    kernels = random_kernels(large_model(Random(seed)), most)
    if kernels is not None:
        with small_scale():
            compare(kernels, machine_functions(kernels, **SMALL_SCALE), Random(seed))


@pytest.mark.differential
@pytest.mark.parametrize("text", SPECIAL, ids=range(len(SPECIAL)))
def test_special_models(text: str) -> None:
    kernels = kernels_of(text)
    compare(kernels, machine_functions(kernels), Random(1))


@pytest.mark.differential
@pytest.mark.parametrize("block", range(10))
def test_random_models(block: int) -> None:
    for seed in range(3 * block, 3 * block + 3):
        compare_random(seed)


@pytest.mark.differential
@pytest.mark.parametrize("block", range(5))
def test_random_models_with_branches(block: int) -> None:
    for seed in range(3 * block, 3 * block + 3):
        compare_random(seed, branching=True)


@pytest.mark.differential
@pytest.mark.parametrize("block", range(10))
def test_large_models(block: int) -> None:
    for seed in range(3 * block, 3 * block + 3):
        compare_large(seed, 2000)


# Minutes, for combinations of constructs that are too rare for the few models above.
@pytest.mark.slow
@pytest.mark.differential
@pytest.mark.parametrize("block", range(8))
def test_many_random_models(block: int) -> None:
    for seed in range(1000 + 25 * block, 1025 + 25 * block):
        compare_random(seed)


# Minutes, for levels that are wide enough to be shared among threads, and tables that grow while they are.
@pytest.mark.slow
@pytest.mark.differential
@pytest.mark.parametrize("block", range(8))
def test_many_large_models(block: int) -> None:
    for seed in range(1000 + 10 * block, 1010 + 10 * block):
        compare_large(seed, 30_000)
