"""Goals that a step meets where more is true than the guard of its action: the action with further conditions.

So the kernels and the naive semantics need to know nothing of goals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from skipgate.checker.core import model as m
from skipgate.checker.kernel.action_code import ActionCode
from skipgate.checker.kernel.compiler import Tests
from skipgate.checker.kernel.layout import Layout
from skipgate.checker.testing.goals import Goal

State = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Probe:
    """An action of the model with further conditions."""

    goal: Goal
    action: m.Action
    of: m.Action


@dataclass(frozen=True, eq=False)
class ProbeKernel:
    """A probe that packed states are tried with."""

    probe: Probe
    expand: Callable[[State, list[int]], int]
    entry: int
    out: list[int]

    def meets(self, state: State) -> State | None:
        """Where a step of the probe leads to from a state, if there is one."""
        for i in range(0, self.expand(state, self.out), self.entry):
            if self.out[i] >= 0:
                return tuple(self.out[i + 1 : i + self.entry])
        return None


def probe_kernel(layout: Layout, probe: Probe) -> ProbeKernel:
    """Generate the kernel of a probe."""
    code = ActionCode(layout, Tests())
    text = code.expand([probe.action])
    namespace: dict[str, Any] = {"popcount": int.bit_count}
    exec(compile(text, f"<kernel of {probe.goal}>", "exec"), namespace)
    entry = 1 + layout.words
    return ProbeKernel(probe, namespace["expand"], entry, [0] * ((code.most_entries + 1) * entry))
