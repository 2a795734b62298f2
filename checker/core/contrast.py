"""A contrast as data: a counterexample, and what another check of the same file makes of its schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from skipgate.checker.core.result import Verdict
from skipgate.checker.core.trace import Part, Step, Trace
from skipgate.checker.core.values import Value


@dataclass(frozen=True)
class ValueDifference:
    """A constant or variable that has one value on the left and another on the right."""

    name: str
    left: Value
    right: Value


@dataclass(frozen=True)
class Reason:
    """Why the right does not do what the left does."""

    conjunct: str  # the smallest part that decides, as written
    message: str  # what is to be said of it: `is false`
    place: str  # file:line:column of that part
    witnesses: tuple[tuple[str, Value], ...] = ()
    parts: tuple[Part, ...] = ()
    lacking: bool = False  # it is no condition: the arguments are not there at all


# same: the same action leads to the same state. differs: it leads to another one. refused: the right cannot take it.
# follows: it can, the states being different already. stopped: nothing more is explored on the right.
Relation = Literal["same", "differs", "refused", "follows", "stopped"]


@dataclass(frozen=True)
class ContrastRow:
    """A step on the left, and the one on the right, if there is one; where it is `refused`, another in its place."""

    left: Step
    right: Step | None
    relation: Relation
    reason: Reason | None = None


@dataclass(frozen=True)
class Ending:
    """Is what is violated on the left also violated on the right?

    Where the left is stuck, or an action has no value, the right may have a `step` to take, or a `reason` why not.
    Where the left repeats its loop for ever, fairness may have the right take a `step` out of its own.
    """

    verdict: Verdict  # on this schedule; unknown if it cannot be evaluated
    row: int | None = None  # in which it is not as it should be, counted from 0
    step: Step | None = None
    reason: Reason | None = None


@dataclass(frozen=True)
class Other:
    """A check that a counterexample could have been held against as well, and what it is expected to violate."""

    check: str
    violates: tuple[str, ...]


@dataclass(frozen=True)
class Contrast:
    """A counterexample on the left, and the same schedule under another check on the right.

    There is a row for each state of the left, and if it ends in a loop, one more for the step back.
    """

    trace: Trace
    against: str
    descriptions: tuple[str | None, str | None]  # of the two checks
    constants: tuple[ValueDifference, ...]
    rows: tuple[ContrastRow, ...]
    ending: Ending
    violates: tuple[str, ...] = ()  # what the other check is expected to violate; if nothing, it is expected to hold
    others: tuple[Other, ...] | None = None  # the checks that come next, best first; None if this one was asked for

    @property
    def parting(self) -> int | None:
        """The first row in which the two differ, counted from 0."""
        return next((i for i, row in enumerate(self.rows) if row.relation != "same"), None)

    @property
    def distance(self) -> tuple[int, int]:
        """In how many bounds the two differ, and in how many choices: numbers, and other constants.

        Of a set, each element is a choice.
        """
        bounds = choices = 0
        for each in self.constants:
            if type(each.left) is int:
                bounds += 1
            elif isinstance(each.left, frozenset) and isinstance(each.right, frozenset):
                choices += len(each.left ^ each.right)
            else:
                choices += 1
        return bounds, choices

    def number(self, row: int) -> int:
        """The number of the state that a row leads to, counted from 1."""
        loop = self.trace.loop
        return row + 1 if loop is None or row < len(self.trace) else loop.start + 1


def differences(left: Mapping[str, Value], right: Mapping[str, Value]) -> tuple[ValueDifference, ...]:
    """Where two valuations of the same names differ."""
    return tuple(ValueDifference(name, value, right[name]) for name, value in left.items() if right[name] != value)
