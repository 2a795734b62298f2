from __future__ import annotations

import math
from itertools import accumulate

import pytest

from skipgate.app.estimate import Estimate


def after(*sizes: int) -> Estimate:
    estimate = Estimate()
    for depth, (size, distinct) in enumerate(zip(sizes, accumulate(sizes), strict=True), start=1):
        estimate.note(depth, distinct, size)
    return estimate


@pytest.mark.parametrize(
    "sizes",
    [
        # levels of shipped models: two-phase commit with five managers, OCC with three transactions
        [1, 11, 55, 170, 375, 652, 962, 1250, 1425, 1390, 1131, 753, 405, 175, 60, 15, 2],
        [1, 3, 15, 57, 180, 471, 936, 1404, 1662, 1362, 684, 198, 36, 6],
    ],
)
def test_once_levels_shrink_the_estimate_is_right_within_a_factor_of_two(sizes: list[int]) -> None:
    peak = sizes.index(max(sizes))
    for known in range(peak + 2, len(sizes) - 2):
        unseen = after(*sizes[:known]).unseen(sum(sizes[:known]))
        assert unseen is not None
        assert abs(math.log2(unseen / sum(sizes[known:]))) < 1


def test_while_levels_grow_nothing_is_said() -> None:
    assert after(1, 2, 4, 8).unseen(15) is None
    assert after(1, 2).unseen(3) is None


def test_what_a_level_has_found_is_not_expected_again() -> None:
    estimate = after(800, 800, 400)
    assert (before := estimate.unseen(2000)) is not None
    assert estimate.unseen(2050) == before - 50
    assert estimate.unseen(9000) == 0


def test_a_level_that_went_by_unseen_is_no_level_of_the_parabola() -> None:
    estimate = after(800, 800, 400)
    estimate.note(5, 2500, 100)
    assert estimate.unseen(2500) is None
