from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.result import CheckResult
from skipgate.expectations import unexpected

Check = Callable[..., CheckResult]


@pytest.mark.parametrize(
    ("expected", "left"),
    [
        ("holds", ["A", "B"]),
        ("violation of A", ["B"]),
        ("violation of A, B", []),
        ("violation of AB", ["A", "B"]),
    ],
)
def test_only_what_the_check_names_is_expected(check: Check, expected: str, left: list[str]) -> None:
    result = check(violated={"A": 2, "B": 2}, expected=expected)
    assert [each.name for each in unexpected(result)] == left
