"""The choices of an action's parameters as numbers, so that liveness knows which step was taken."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from skipgate.checker.core import model as m
from skipgate.checker.core.values import Value
from skipgate.checker.kernel.components import Component, TooLarge, shape, unflatten
from skipgate.checker.kernel.kernel_text import add, mul, sub
from skipgate.spec.diagnostics import error

_LARGEST_TAG = 2**62


class Choices:
    """Tags for the actions that fairness conditions mention: numbers that tell the action and its arguments.

    A tag is a number in mixed radix, with a digit for each component of the arguments (see `components`). The tags of
    one action follow those of another, beginning with 1.
    """

    def __init__(self, fairness: Sequence[m.Fairness]) -> None:
        self.first: dict[m.Action, int] = {}
        end = 1
        for action in dict.fromkeys(pattern.action for fair in fairness for pattern in fair.patterns):
            self.first[action] = end
            try:
                end += prod(_size(component) for component in self._components(action))
            except TooLarge as problem:
                raise error(str(problem), action.span) from None
            if end >= _LARGEST_TAG:
                raise error(f"action `{action.name}` has too many possible arguments to be fair", action.span)

    @staticmethod
    def _components(action: m.Action) -> list[Component]:
        return [component for p in action.parameters for component in shape(p.variable.type)]

    def tag(self, action: m.Action, arguments: Sequence[str]) -> str:
        """The tag as an expression, of the components of the arguments."""
        if action not in self.first:
            return "0"
        number = "0"
        for component, text in zip(self._components(action), arguments, strict=True):
            number = add(mul(number, str(_size(component))), sub(text, str(component.low)))
        return add(number, str(self.first[action]))

    def taken(self, tag: int) -> tuple[m.Action, tuple[Value, ...]]:
        """The action of a tag, and its arguments."""
        action = max((a for a in self.first if self.first[a] <= tag), key=lambda a: self.first[a])
        rest = tag - self.first[action]
        row: list[int] = []
        for component in reversed(self._components(action)):
            rest, digit = divmod(rest, _size(component))
            row.insert(0, digit + component.low)
        values: list[Value] = []
        for p in action.parameters:
            width = len(shape(p.variable.type))
            values.append(unflatten(row[:width], p.variable.type))
            row = row[width:]
        return action, tuple(values)


def _size(component: Component) -> int:
    return max(1, component.high - component.low + 1)  # there are none in an empty range, but then no step either
