from __future__ import annotations

from collections.abc import Callable

import pytest

from skipgate.app.expectations import misjudged, unexpected
from skipgate.checker.core.result import CheckResult

Check = Callable[..., CheckResult]


@pytest.mark.parametrize(
    ("expected", "left", "wrong"),
    [
        ((), ["A", "B"], {"A", "B"}),
        (("A",), ["B"], {"B"}),
        (("A", "B"), [], set()),
        (("AB",), ["A", "B"], {"A", "B"}),
        # Small holds.
        (("A", "Small"), ["B"], {"B", "Small"}),
    ],
)
def test_only_what_the_check_names_is_expected(
    check: Check, expected: tuple[str, ...], left: list[str], wrong: set[str]
) -> None:
    result = check(violated={"A": 2, "B": 2}, expected=expected)
    assert [each.name for each in unexpected(result)] == left
    assert misjudged(result) == wrong
