"""Several measurements of one thing: the middle, and how far they lie apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """The median, the lowest and the highest."""

    middle: float
    low: float
    high: float

    @staticmethod
    def of(values: Iterable[float]) -> Spread | None:
        """None if there are no values."""
        known = list(values)
        return Spread(median(known), min(known), max(known)) if known else None


def ratios(numerator: Mapping[int, float], denominator: Mapping[int, float]) -> Spread | None:
    """How two things compare that were measured in rounds.

    What else the machine does changes from one round to the next, so only what was measured in the same round is
    compared; rounds in which one of the two is missing are left out.
    """
    return Spread.of(numerator[n] / denominator[n] for n in numerator if n in denominator and denominator[n] > 0)
