"""Which properties come out other than a check expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checker.result import Findings, PropertyResult


def unexpected(result: Findings) -> list[PropertyResult]:
    """The violated properties that the check does not name, in the order of declaration."""
    expected = _names(result.expected)
    return [result.properties[name] for name in result.violated if name not in expected]


def misjudged(result: Findings) -> set[str]:
    """The properties that are violated and not expected to be, or the other way round."""
    expected = _names(result.expected)
    return {
        name
        for name, found in result.properties.items()
        if found.verdict == ("holds" if name in expected else "violation")
    }


def _names(expected: str) -> set[str]:
    """The properties in an expectation as the checker words it: `violation of A, B; all else proved`."""
    head, _, names = expected.partition(";")[0].partition("violation of ")
    return set() if head else {name.strip() for name in names.split(",")}
