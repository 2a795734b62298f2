"""How much work a search was: the numbers in which all engines have to agree."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """The size of a state space, counted as TLC does.

    `generated` counts initial states and steps, `depth` the states of a longest shortest path. None: the engine does
    not say, or its number means something else.
    """

    distinct: int
    generated: int | None = None
    depth: int | None = None

    def differences(self, other: Counts) -> list[str]:
        """In what two counts contradict each other, in words. What one of them does not say, does not."""
        pairs = [
            ("distinct", self.distinct, other.distinct),
            ("generated", self.generated, other.generated),
            ("depth", self.depth, other.depth),
        ]
        return [
            f"{name} {mine:,} instead of {yours:,}"
            for name, mine, yours in pairs
            if mine is not None and yours is not None and mine != yours
        ]

    def __str__(self) -> str:
        return " / ".join("-" if n is None else f"{n:,}" for n in (self.distinct, self.generated, self.depth))
