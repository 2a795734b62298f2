"""Few behaviours that together meet all goals: greedy set cover.

To choose the fewest is NP-hard. The greedy choice, always what meets most of the goals that are left, needs at most
ln(n) + 1 times as many for n goals, and in practice hardly more than the fewest. What the later choices have made
needless is left out at the end.
"""

from __future__ import annotations

from collections.abc import Sequence

from skipgate.checker.testing.behaviours import Behaviour


def choose(candidates: Sequence[Behaviour]) -> list[Behaviour]:
    """Some of the behaviours, which meet every goal that one of them meets; the shorter of two that meet as many."""
    left = {goal for each in candidates for goal in each.meets}
    chosen: list[Behaviour] = []
    while left:
        best = max(candidates, key=lambda each: (len(each.meets & left), -len(each)))
        chosen.append(best)
        left -= best.meets
    return _needed(chosen)


def _needed(chosen: Sequence[Behaviour]) -> list[Behaviour]:
    """The behaviours without those whose goals others meet; long ones are left out first."""
    kept = [*chosen]
    for each in sorted(chosen, key=len, reverse=True):
        others = {goal for other in kept if other is not each for goal in other.meets}
        if each.meets <= others:
            kept.remove(each)
    return kept
