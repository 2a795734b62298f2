"""The coverage of a check in words, the same in the terminal and on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from skipgate.base.wording import count, number
from skipgate.traces.plain import one_line, visible

if TYPE_CHECKING:
    from skipgate.checker.core.coverage import ActionCoverage, Coverage, Obstacle, VariableCoverage

_LONGEST = 80  # characters of a condition
_MOST_LEVELS = 24  # bars; of more levels, several share one


@dataclass(frozen=True)
class LevelBar:
    """How many states are first reached on some levels that follow each other; `share` is of the most."""

    levels: str
    states: int
    share: float


def what(coverage: Coverage) -> str:
    """What is counted: states, or orbits."""
    return "orbit" if coverage.orbits else "state"


def scope(coverage: Coverage) -> list[str]:
    """What was counted, and what was not."""
    noun = what(coverage)
    if coverage.counted == coverage.states and coverage.missing is None:
        said = [f"all steps from {count(coverage.states, noun)}"]
    else:
        said = [
            f"not everything: {coverage.missing}",
            f"steps from {number(coverage.counted)} of {count(coverage.states, noun)} found so far",
        ]
    if coverage.orbits:
        said.append("counted up to symmetry: one state of each orbit")
    return said


def remarks(coverage: Coverage) -> list[str]:
    """What stands out: actions that are never taken, or change nothing."""
    found = []
    if coverage.counted:
        within = "" if coverage.missing is None else " as far as was counted"
        never = [action for action in coverage.actions if not action.taken.steps]
        found += [f"`{visible(action.name)}` is never taken{within}{_mostly(action)}" for action in never]
        idle = [action for action in coverage.actions if action.taken.steps and not action.taken.changes]
        found += [f"`{visible(action.name)}` never changes the state{within}" for action in idle]
    failing = [action for action in coverage.actions if action.failed]
    found += [f"`{visible(action.name)}` could not be evaluated {_times(action.failed)}" for action in failing]
    return found


def _mostly(action: ActionCoverage) -> str:
    """What has stopped an action most often."""
    most = max(action.obstacles, key=lambda each: each.times, default=None)
    return "" if most is None or not most.times else f"; most often stopped by: {reason(most)}"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def reason(obstacle: Obstacle) -> str:
    """What stopped an action: a condition that is false, or that there was nothing to choose from."""
    text = one_line(obstacle.text)
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return f"no {text}" if obstacle.choice else f"not {text}"


def factor(coverage: Coverage, variable: VariableCoverage) -> str:
    """How many times more states there are with a variable than without it."""
    if not variable.without:
        return ""
    return f"{'' if variable.exact else '~'}×{coverage.states / variable.without:,.1f}"


def ordered(coverage: Coverage) -> list[VariableCoverage]:
    """The variables, those first that make most states."""
    return sorted(coverage.variables, key=lambda each: each.without)


def bars(coverage: Coverage) -> list[LevelBar]:
    """Where states are found, by depth."""
    levels = coverage.levels
    together = max(1, -(-len(levels) // _MOST_LEVELS))
    groups = [(first, levels[first : first + together]) for first in range(0, len(levels), together)]
    most = max((sum(group) for _, group in groups), default=0) or 1
    return [
        LevelBar(
            str(first + 1) if len(group) == 1 else f"{first + 1}-{first + len(group)}", sum(group), sum(group) / most
        )
        for first, group in groups
    ]
