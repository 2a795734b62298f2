"""TLC finds what skipgate finds: on random models over the whole language, and on shipped ones."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Container
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.running import ask_tlc
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.result import EVALUATION, CheckResult
from skipgate.checker.tla.tlc import Tlc
from skipgate.spec.diagnostics import SpecError
from tests.checker.tla import random_checks
from tests.checker.tla.random_checks import Write
from tests.checker.tla.second_opinion import needs_tlc, searched

pytestmark = [pytest.mark.differential, needs_tlc]

MODELS = Path(__file__).parents[3] / "models"


TOO_LARGE = "it gives no answer: its numbers have 32 bits"
# Its tableau of a formula that nests can be huge, even over ten states: with nine operators it takes minutes, with five
# an instant. So `make slow` alone asks about more of them, with patience; what is not decided then is not counted.
TOO_LONG = "it gives no answer: it has not finished in time"
PATIENCE = 20.0  # seconds
MOST_OPERATORS = 5


def compare(write: Write, rng: Random, tlc: Tlc, wanted: Container[str] | None = None) -> list[str]:
    """Compare one random check; what there was to compare, nothing if it is not worth a run of TLC.

    Those that have none of the `wanted` features are not worth it.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = write(rng, Path(folder))
        if wanted is not None and most_operators(path.read_text(encoding="utf-8")) > MOST_OPERATORS:
            return []
        try:
            result = searched(path)
        except SpecError:
            return []
        if not result.complete or result.stopped or result.distinct < 2:
            return []
        found = features(result)
        if wanted is not None and not any(feature in wanted for feature in found):
            return []
        if wanted is None and EVALUATION in result.violated and rng.randint(0, 2):
            return []  # which end TLC, so a few are enough
        try:
            comparison = ask_tlc(tlc, result, seconds=PATIENCE if wanted is None else None)
        except InternalError as problem:
            problem.add_note("\n".join(each.read_text(encoding="utf-8") for each in Path(folder).glob("*.gate")))
            raise
    if comparison.nothing is None:
        return found
    answered = not comparison.nothing.startswith("it gives no answer")
    assert answered or comparison.nothing.startswith((TOO_LARGE, TOO_LONG)), comparison.nothing
    return []


def most_operators(text: str) -> int:
    """How many temporal operators the largest liveness property has."""
    properties = (line for line in text.splitlines() if line.startswith("liveness "))
    return max((len(re.findall("always|eventually|leads to", line)) for line in properties), default=0)


def features(result: CheckResult) -> list[str]:
    """What a check has to disagree on."""
    kinds = [found.kind for found in result.properties.values() if found.verdict == "violation"] or ["all holds"]
    kinds += ["liveness holds" for p in result.properties.values() if (p.kind, p.verdict) == ("liveness", "holds")]
    kinds += ["missed"] if result.missed else []
    kinds += ["ignored"] if result.ignored else []
    kinds += ["deep"] if result.depth > 3 else []
    return sorted({str(kind) for kind in kinds})


# Each with how many of its checks have what to disagree on, at least.
SORTS: list[tuple[Write, dict[str, int]]] = [
    (random_checks.plain, {"invariant": 3, "transition": 2, "evaluation": 2, "missed": 2, "deep": 2, "all holds": 1}),
    (random_checks.scoped, {"invariant": 1, "transition": 1, "missed": 1, "ignored": 3}),
    (random_checks.asking, {"transition": 2, "missed": 1}),
    (random_checks.branching, {"invariant": 3, "deep": 2, "all holds": 2, "liveness": 1, "liveness holds": 1}),
    (random_checks.constrained, {"invariant": 1, "transition": 1, "missed": 2, "all holds": 1}),
    (random_checks.symmetric, {"invariant": 2, "transition": 2, "missed": 2, "all holds": 1}),
    (random_checks.live, {"liveness": 2, "liveness holds": 2}),
    (random_checks.nested, {"liveness": 3, "liveness holds": 3}),
    (random_checks.begun, {"invariant": 1, "all holds": 1}),
    (random_checks.refining, {"refinement": 2, "all holds": 1}),
]


@pytest.mark.parametrize(("write", "least"), SORTS, ids=lambda each: getattr(each, "__name__", ""))
def test_random_checks(write: Write, least: dict[str, int], tlc: Tlc) -> None:
    """A run of TLC takes most of a second. So it is asked about checks that have more of what is missing yet.

    What it said about the same text before is remembered.
    """
    missing = Counter(least)
    for seed in range(500):
        missing -= Counter(compare(write, Random(seed), tlc, missing))
        if not missing:
            return
    pytest.fail(f"too little to disagree on: {missing}")


# Ten minutes: as many checks as there is patience for, most of which have nothing that those above lack.
@pytest.mark.slow
@pytest.mark.parametrize("write", [write for write, _ in SORTS])
def test_many_random_checks(write: Write, tlc: Tlc) -> None:
    for seed in range(1000, 1300):
        compare(write, Random(seed), tlc)


@pytest.mark.slow
@pytest.mark.parametrize("write", [write for write, _ in SORTS])
def test_new_random_checks(write: Write, tlc: Tlc) -> None:
    # Without shrinking, in which each try would start Java.
    @settings(max_examples=20, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=False))
    def examine(rng: Random) -> None:
        assume(compare(write, rng, tlc))

    examine()


# --------------------------------------------------------------------------------------------------------- made by hand

BY_HAND = [
    *sorted((Path(__file__).parents[1] / "liveness" / "models").glob("*.gate")),
    *sorted((Path(__file__).parent / "golden").glob("*.gate")),
    *sorted((Path(__file__).parent / "models").glob("*.gate")),
]
SHIPPED = sorted(MODELS.rglob("*.gate"))
QUICK = {"hoisted_names", "sets_of_bags", "mutual_exclusion", "two_phase_refinement"}


def agree_on(path: Path, tlc: Tlc) -> None:
    """TLC finds the same in all checks of a file that are searched."""
    result = check_file(path, RunOptions(against_tlc=tlc))
    for check in result.checks:
        (comparison,) = check.comparisons
        assert comparison.nothing in (None, "its states are not searched"), (check.check, comparison)


@pytest.mark.parametrize("path", [p for p in (*BY_HAND, *SHIPPED) if p.stem in QUICK], ids=lambda path: path.stem)
def test_some_models(path: Path, tlc: Tlc) -> None:
    agree_on(path, tlc)


# Minutes, for what random checks do not have: the sizes and the idioms of models made by hand.
@pytest.mark.slow
@pytest.mark.parametrize("path", [p for p in (*BY_HAND, *SHIPPED) if p.stem not in QUICK], ids=lambda path: path.stem)
def test_models(path: Path, tlc: Tlc) -> None:
    agree_on(path, tlc)


def test_an_operator_of_a_refined_model_that_is_called_like_a_variable_here(tlc: Tlc, tmp_path: Path) -> None:
    """TLC takes the one for the other."""
    (tmp_path / "clock.gate").write_text(
        "var hour : 0..2 = 0 def minute = (hour + 1) mod 3 action tick then hour' = minute", encoding="utf-8"
    )
    path = tmp_path / "watch.gate"
    path.write_text(
        """
        var minute : 0..5 = 0
        action next then minute' = (minute + 1) mod 6
        invariant Small minute < 6
        refines Clock "clock.gate" with hour = minute div 2
        check c expect holds
        """,
        encoding="utf-8",
    )
    comparison = ask_tlc(tlc, searched(path))
    assert comparison.nothing is None and "Clock" in comparison.compared
    path.write_text(path.read_text(encoding="utf-8").replace("check c", "check c ignore Clock"), encoding="utf-8")
    assert ask_tlc(tlc, searched(path)).nothing is None


def test_folds(running_tlc: Callable[[], Tlc], tmp_path: Path) -> None:
    """TLC is really started for this one, in every run of the tests."""
    path = tmp_path / "folds.gate"
    path.write_text(
        """
        var log : seq[3] of 0..2 = []
        var out : 0..99 = 0
        def backwards = fold k in log from [] as rest: [k] + rest
        action add(new in 0..2)
          when len(log) < 3
          then log' = log + [new]
               out' = fold k in log where k != 1 from new as v: 2 * v + (fold j in 2..k + 1 from k as w: w + j)
        terminal when len(log) == 3
        invariant Small out < 20
        invariant Backwards len(log) > 0 => last(backwards) == log[1]
        check c expect violation of Small
        """,
        encoding="utf-8",
    )
    comparison = ask_tlc(running_tlc(), searched(path))
    assert comparison.nothing is None and comparison.depth is None
    assert {"Small", "Backwards"} <= {*comparison.compared}
