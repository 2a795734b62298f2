"""The initial states of a model, packed: by kernels if there may be many."""

from __future__ import annotations

from collections.abc import Iterator

from skipgate.checker.core.errors import InternalError
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.semantics.steps import initial_states

State = tuple[int, ...]


def starts(kernels: Kernels) -> Iterator[State]:
    """Every initial state, as often as there are ways to it.

    Raises:
        EvaluationError: an initial value, or a condition, cannot be evaluated.
        TooMuchWork: that takes too long.
    """
    if kernels.initial is None:
        yield from map(kernels.layout.pack, initial_states(kernels.model))
    else:
        yield from _after(kernels, 0, (0,) * kernels.layout.words)


def _after(kernels: Kernels, stage: int, state: State) -> Iterator[State]:
    """The initial states in which the variables of the stages before have the values that they have in a state."""
    code, entry = kernels.initial, kernels.entry
    assert code is not None
    out = [0] * code.rooms[stage]
    end = kernels.initial_functions[code.names[stage]](state, out)
    last = stage + 1 == len(code.names)
    for i in range(0, end, entry):
        if out[i] < 0:
            fail(kernels, stage, state)
        reached = tuple(out[i + 1 : i + entry])
        if last:
            yield reached
        else:
            yield from _after(kernels, stage + 1, reached)


def fail(kernels: Kernels, stage: int, state: State) -> None:
    """Something cannot be evaluated that follows a state before a stage: the evaluator says what.

    Raises:
        EvaluationError: always.
    """
    assert kernels.initial is not None
    known = kernels.model.variables[: kernels.initial.first[stage]]
    values = kernels.layout.unpack(state)
    for _ in initial_states(kernels.model, {variable.name: values[variable.name] for variable in known}):
        pass
    raise InternalError("the engines disagree: an initial value can be evaluated where it could not")
