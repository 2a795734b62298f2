"""The functions that are generated for each model, as declarations in the kernel language.

They are explained in `checker.kernel.kernels` and `checker.kernel.orbits`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skipgate.checker.kernel.intrinsics import Row

    def expand(s: Row, out: Row) -> int:
        """Write the successors of a state with their actions; the result is how many words."""

    def check(s: Row, out: Row) -> int:
        """Write the numbers of the invariants that a state violates; the result is how many."""

    def check_step(s: Row, t: Row, out: Row) -> int:
        """Write the numbers of the transition properties that a step violates; the result is how many."""

    def inside(s: Row) -> int:
        """1 if a state is inside the constraints, 0 if not, -1 if that cannot be evaluated."""

    def terminal(s: Row) -> int:
        """1 if a state is terminal, 0 if not, -1 if that cannot be evaluated."""

    def witness(s: Row, out: Row) -> int:
        """Write the numbers of the witnesses that are true in a state; the result is how many."""

    def witness_step(s: Row, t: Row, out: Row) -> int:
        """Write the numbers of the witnesses that are true for a step; the result is how many."""

    def canonical(t: Row, room: Row) -> int:
        """Replace a state by the representative of its orbit."""

    def start(stage: int, s: Row, out: Row) -> int:
        """Write what a stage of the initial states makes of a state (`initial_code`); the result is how many words."""

    def steps(s: Row, out: Row) -> int:
        """Write the successors of a state with the tags of their steps; the result is how many words."""

    def facts(s: Row, out: Row) -> int:
        """Write whether each condition on states in the liveness properties is true; the result is how many."""

    def step_facts(s: Row, t: Row, out: Row) -> int:
        """Write whether each condition on steps in the liveness properties is true; the result is how many."""

    def attempts(s: Row, out: Row, counts: Row) -> int:
        """Write the successors of a state with their actions, and count what stopped the others (`attempt_code`)."""
