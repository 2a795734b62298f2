"""Few behaviours that together meet all goals: greedy set cover.

To choose the fewest is NP-hard. The greedy choice, always what meets most of the goals that are left, needs at most
ln(n) + 1 times as many for n goals if it is made among all behaviours; here the one that meets most is looked for by a
beam search. What later choices have made needless is left out at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skipgate.checker.core.errors import InternalError
from skipgate.checker.testing.behaviours import Behaviour
from skipgate.checker.testing.goals import Goal
from skipgate.checker.testing.tree import Way
from skipgate.checker.testing.walks import Walks


def walks_to_all(walks: Walks, ways: Mapping[Goal, Way], longest: int) -> list[Way]:
    """Walks that meet all goals, each of which can be met by one of these ways.

    Each is what meets most of the goals that are left: from the beginning, or behind the way to the one that is
    farthest, so that there is always progress.

    Raises:
        InternalError: there is none.
    """
    left = sum(walks.bit[goal] for goal in ways)
    far = sorted(ways, key=lambda goal: -len(ways[goal]))
    chosen: list[Way] = []
    while left:
        way = ways[next(goal for goal in far if walks.bit[goal] & left)]
        found = [
            walks.best([walks.along(way)], left, max(longest, len(way))),
            walks.best(walks.beginnings, left, longest),
        ]
        best = max(found, key=lambda walk: walk.worth(left))
        if not best.bits & left:
            raise InternalError("a way to a goal does not meet it")
        chosen.append(best.way())
        left &= ~best.bits
    return chosen


def choose(candidates: Sequence[Behaviour], met: frozenset[Goal] = frozenset()) -> list[Behaviour]:
    """Some of the behaviours, which meet every goal that one of them meets, without those that are met already."""
    left = {goal for each in candidates for goal in each.meets} - met
    chosen: list[Behaviour] = []
    while left:
        best = max(candidates, key=lambda each: (len(each.meets & left), -len(each)))
        chosen.append(best)
        left -= best.meets
    return chosen


def shortened(behaviours: Sequence[Behaviour]) -> list[Behaviour]:
    """The behaviours without what is needless: whole ones, and steps at the end. The longest are looked at first."""
    kept = [*behaviours]
    for each in sorted(behaviours, key=len, reverse=True):
        place = kept.index(each)
        others = frozenset().union(*(other.meets for other in kept if other is not each))
        short = each.up_to(each.meets - others)
        kept[place : place + 1] = [] if short is None else [short]
    return kept
