from __future__ import annotations

from collections.abc import Callable

import pytest

from skipgate.base.wording import count, duration, size, standing, symmetry, verdict
from skipgate.checker.core.result import CheckResult

Check = Callable[..., CheckResult]


def test_the_words_compare_the_verdict_with_its_expectation(check: Check) -> None:
    violated = {"Small": 3}
    assert verdict(check()) == "holds"
    assert verdict(check(violated=violated, expected=("Small",))) == "violation, expected"
    assert verdict(check(violated=violated, problems=("Small is violated",))) == "differs: violation"
    assert verdict(check(problems=("1 state, not 2",))) == "differs: holds"
    assert verdict(check(verdict="unknown", stopped="more than 10 states")) == "unknown"


def test_the_orders_of_the_values_of_sorts() -> None:
    assert symmetry({}) == ""
    assert symmetry({"Node": 3}) == "Node 3! = 6"
    assert symmetry({"Node": 7, "Key": 2}) == "Node 7!, Key 2! = 10,080"


def test_a_search_that_was_cut_short_is_never_as_expected(check: Check) -> None:
    assert standing(check(stopped="time limit")) == "unknown"
    assert standing(check(verdict="unknown")) == "unknown"


def test_a_difference_stays_a_difference_when_the_search_was_cut_short(check: Check) -> None:
    assert standing(check(verdict="violation", stopped="first violation", problems=("not expected",))) == "differs"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.004, "0.00s"),
        (9.5, "9.50s"),
        (9.999, "10.0s"),
        (59.94, "59.9s"),
        (99.96, "1m40s"),
        (3599.7, "1h00m"),
        (7500, "2h05m"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_counts_and_sizes() -> None:
    assert (count(1, "check"), count(0, "check"), count(1234, "state")) == (
        "1 check",
        "0 checks",
        "1,234 states",
    )
    assert (size(84 * 2**20), size(3 * 2**30)) == ("84 MiB", "3.0 GiB")
