"""Which properties come out other than a check expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skipgate.checker.core.result import Findings, PropertyResult


def unexpected(result: Findings) -> list[PropertyResult]:
    """The violated properties that the check does not name, in the order of declaration."""
    return [result.properties[name] for name in result.violated if name not in result.expected.violated]


def misjudged(result: Findings) -> set[str]:
    """The properties that are violated and not expected to be, or the other way round."""
    return {
        name
        for name, found in result.properties.items()
        if found.verdict == ("holds" if name in result.expected.violated else "violation")
    }
