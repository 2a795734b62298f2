"""From the representatives that a search with symmetry keeps back to behaviours of the model.

The representative of a state is the state under other names. So from the real state that stands behind one, there is a
step to one behind the next: it is found by taking every step. Names stay as they are along such a behaviour, and it is
as long as the path that it follows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from skipgate.checker.core.deadline import OutOfTime, deadline
from skipgate.checker.core.errors import InternalError
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.kernel.symmetry import Symmetry
from skipgate.checker.search.explore import Exploration, RetracedExploration, Search, State, Violation
from skipgate.checker.search.initial import starts


def unfolded(kernels: Kernels, found: Exploration, seconds: float | None = None) -> Exploration:
    """The same findings, what is shown and the ways to it in real states, as far as the time goes.

    Raises:
        InternalError: a path cannot be followed, or there is no violation at its end.
    """
    if kernels.symmetry is None:
        return found
    violations: dict[str, Violation] = {}
    paths: dict[State, list[State]] = {}
    started = time.perf_counter()
    for name, violation in found.violations.items():
        left = None if seconds is None else max(0.0, seconds - (time.perf_counter() - started))
        try:
            with deadline(left):
                path = _behaviour(kernels, kernels.symmetry, found.path_to(violation.state))
                real = _violation(kernels, name, violation, path[-1])
        except OutOfTime:
            found.untraced.append(name)
            continue
        violations[name] = real
        paths[real.state] = path if real.state == path[-1] else [*path, real.state]
    reached: dict[str, State] = {}
    for name, seen in found.reached.items():
        left = None if seconds is None else max(0.0, seconds - (time.perf_counter() - started))
        try:
            with deadline(left):
                path = _behaviour(kernels, kernels.symmetry, found.path_to(seen))
        except OutOfTime:
            continue
        reached[name] = path[-1]
        paths.setdefault(path[-1], path)
    return RetracedExploration(**{**vars(found), "violations": violations, "reached": reached, "paths": paths})


def _behaviour(kernels: Kernels, symmetry: Symmetry, path: list[State]) -> list[State]:
    """States of the model one behind each representative of a path, each a successor of the one before."""
    choices: Iterator[State] = starts(kernels)
    behaviour: list[State] = []
    for wanted in path:
        state = next((state for state in choices if symmetry.representative(state) == wanted), None)
        if state is None:
            raise InternalError(f"state {len(behaviour) + 1} on the way to a violation was not found again")
        behaviour.append(state)
        choices = _successors(kernels, state)
    return behaviour


def _successors(kernels: Kernels, state: State) -> Iterator[State]:
    out = [0] * kernels.room
    for i in range(0, kernels.functions["expand"](state, out), kernels.entry):
        if out[i] >= 0:
            yield tuple(out[i + 1 : i + kernels.entry])


def _violation(kernels: Kernels, name: str, violation: Violation, state: State) -> Violation:
    """The violation in a real state, or by a real step from it, for the one that was found in its representative."""
    if violation.successor is None:
        return replace(violation, state=state)
    search = Search(kernels, reduced=False)
    search.found.predecessors[state] = None
    search.expand_level([state])
    if name not in search.found.violations:
        raise InternalError(f"check {kernels.model.check.name.text} violates `{name}` under some names only")
    return search.found.violations[name]
