"""What a search has been through: how often each action was taken, what stopped it, where the states come from."""

from __future__ import annotations

from skipgate.spec.data import dataclass


@dataclass(frozen=True)
class Taken:
    """How often something was done: steps, those that changed the state, and states that it is the first to lead to."""

    steps: int = 0
    changes: int = 0
    found: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(self.steps + other.steps, self.changes + other.changes, self.found + other.found)


@dataclass(frozen=True)
class Alternative:
    """A path through the branches of an action."""

    text: str  # such as `else if x > 0`
    place: str
    taken: Taken


@dataclass(frozen=True)
class Obstacle:
    """What has kept an action from being taken: a condition, or that there was nothing to choose from."""

    text: str
    place: str
    times: int
    choice: bool = False  # nothing to choose from


@dataclass(frozen=True)
class ActionCoverage:
    """An action as declared. The obstacles are in the order in which they are looked at."""

    name: str
    taken: Taken
    alternatives: tuple[Alternative, ...]  # none if it has no branches
    obstacles: tuple[Obstacle, ...]
    failed: int = 0  # how often something in it could not be evaluated


@dataclass(frozen=True)
class VariableCoverage:
    """A variable: how many values it has, and how many states there would be if those that differ in it alone were one.

    What is not `exact` was estimated from a sample.
    """

    name: str
    values: int
    without: int
    exact: bool = True


@dataclass(frozen=True)
class Coverage:
    """The coverage of a check.

    With symmetry, orbits are counted in place of states, and steps from one state of each.
    """

    states: int  # that were kept
    counted: int  # those whose steps are counted: whole levels, the first ones
    levels: tuple[int, ...]  # how many states are first reached after so many steps, on the levels that are complete
    actions: tuple[ActionCoverage, ...]
    variables: tuple[VariableCoverage, ...]
    orbits: bool = False
    missing: str | None = None  # why not all steps were counted

    @property
    def initial(self) -> int:
        """How many of the states are initial ones."""
        return self.levels[0] if self.levels else 0

    @property
    def beyond(self) -> int:
        """How many states were found on a level that is not complete."""
        return self.states - sum(self.levels)
