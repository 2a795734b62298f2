"""Pairs of consecutive actions, as the search comes upon them: an action leads to a state in which another is possible.

Most states are reached before it is known what is possible in them. So the first step of each action into such a state
waits until the search leaves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from skipgate.checker.testing.goals import Goal

State = tuple[int, ...]
Step = tuple[State, int, State]  # before, the number of the action, after


def pair_name(first: str, second: str) -> str:
    """What a pair is called."""
    return f"{first}, {second}"


class Pairs:
    """The pairs that have not been met. Actions are numbered as they are declared."""

    def __init__(self, goals: Mapping[str, Goal], declared: Sequence[str]) -> None:
        self.missing = {
            (i, j): goals[pair_name(first, second)]
            for (i, first), (j, second) in product(enumerate(declared), repeat=2)
            if pair_name(first, second) in goals
        }
        self.possible: dict[State, int] = {}  # the actions that are possible in each state that was left, as bits
        self.waiting: dict[State, dict[int, Step]] = {}  # by state and action, before the state is left
        self.met: list[tuple[Goal, Step, int]] = []

    def leave(self, state: State, actions: Iterable[int]) -> None:
        """These actions are possible in a state."""
        self.possible[state] = sum(1 << action for action in actions)
        for first, step in self.waiting.pop(state, {}).items():
            self.meet(first, step, self.possible[state])

    def enter(self, first: int, state: State, step: Step) -> None:
        """An action leads to a state, by this step."""
        if state in self.possible:
            self.meet(first, step, self.possible[state])
        else:
            self.waiting.setdefault(state, {}).setdefault(first, step)

    def meet(self, first: int, step: Step, possible: int) -> None:
        """Behind a step of the first action, these are possible."""
        second = 0
        while possible >> second:
            if possible >> second & 1 and (goal := self.missing.pop((first, second), None)) is not None:
                self.met.append((goal, step, second))
            second += 1

    def take(self) -> Iterator[tuple[Goal, Step, int]]:
        """The pairs that were met since the last call: the step of the first action, and the second one."""
        while self.met:
            yield self.met.pop()
        if not self.missing:
            self.possible.clear()
            self.waiting.clear()
