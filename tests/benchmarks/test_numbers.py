"""Medians, ratios and how they are written."""

from __future__ import annotations

import pytest

from benchmarks.numbers import duration, size, spread, table, times
from benchmarks.spread import Spread, ratios


def test_ratios_are_taken_within_a_round() -> None:
    # In round 1 the machine was ten times as slow for both: the ratio is the same, that of the medians would not be.
    assert ratios({0: 2.0, 1: 20.0}, {0: 1.0, 1: 10.0}) == Spread(2.0, 2.0, 2.0)


def test_rounds_that_one_of_them_missed_are_left_out() -> None:
    assert ratios({0: 8.0, 2: 6.0}, {0: 2.0, 1: 1.0, 2: 3.0}) == Spread(3.0, 2.0, 4.0)
    assert ratios({0: 8.0}, {1: 1.0}) is None


@pytest.mark.parametrize(("value", "text"), [(0.0123, "0.012"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123")])
def test_a_duration_has_about_three_digits(value: float, text: str) -> None:
    assert duration(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.5, "0.50"), (2.22, "2.22"), (63.24, "63.2"), (130.4, "130")])
def test_a_ratio_has_about_three_digits(value: float, text: str) -> None:
    assert times(value) == text


@pytest.mark.parametrize(("value", "text"), [(2**15, "32 KiB"), (2**21, "2 MiB"), (2**30, "1 GiB")])
def test_bytes_are_shown_in_a_unit_that_suits_them(value: int, text: str) -> None:
    assert size(value) == text


def test_a_spread_is_shown_where_it_can_be_seen() -> None:
    assert spread(Spread(1.0, 1.0, 1.0001), duration) == "1.00"
    assert spread(Spread(1.5, 1.0, 2.0), duration) == "1.50 (1.00-2.00)"
    assert spread(None, duration) == "-"


def test_a_table_has_texts_at_the_left_and_numbers_at_the_right() -> None:
    assert table(["engine", "s"], [["TLC", "1"]]) == "| engine | s |\n| --- | ---: |\n| TLC | 1 |"
