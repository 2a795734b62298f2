"""The initial states of a model, packed: by kernels if there may be many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableSequence
from mmap import mmap

from skipgate.checker.core.errors import InternalError
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.semantics.steps import initial_states

State = tuple[int, ...]


_LARGE = 2**20  # words
_POLL_EVERY = 256  # states, or states before a stage


def starts(kernels: Kernels, look: Callable[[], None] = lambda: None) -> Iterator[State]:
    """Every initial state, as often as there are ways to it. `look` is called now and then, and may raise an exception.

    Raises:
        EvaluationError: an initial value, or a condition, cannot be evaluated.
        TooMuchWork: that takes too long.
    """
    if kernels.initial is None:
        for number, found in enumerate(initial_states(kernels.model), 1):
            if not number % _POLL_EVERY:
                look()
            yield kernels.layout.pack(found)
    else:
        yield from _Stages(kernels, look).after(0, (0,) * kernels.layout.words)


class _Stages:
    """Goes through the stages depth first."""

    def __init__(self, kernels: Kernels, look: Callable[[], None]) -> None:
        assert kernels.initial is not None
        self.kernels = kernels
        self.code = kernels.initial
        self.look = look
        self.passed = 0  # states before a stage, and initial ones

    def after(self, stage: int, state: State) -> Iterator[State]:
        """The initial states in which the variables of the stages before have the values that they have in a state."""
        kernels, entry = self.kernels, self.kernels.entry
        out = _room(self.code.rooms[stage])
        self.count()
        end = kernels.initial_functions[self.code.names[stage]](state, out)
        last = stage + 1 == len(self.code.names)
        for i in range(0, end, entry):
            if out[i] < 0:
                fail(kernels, stage, state)
            reached = tuple(out[i + 1 : i + entry])
            if last:
                self.count()
                yield reached
            else:
                yield from self.after(stage + 1, reached)

    def count(self) -> None:
        """Look around now and then, and at the beginning."""
        if not self.passed % _POLL_EVERY:
            self.look()
        self.passed += 1


def _room(words: int) -> MutableSequence[int]:
    """Room for entries. What is large takes no memory before it is written to."""
    if words < _LARGE:
        return [0] * words
    rows: MutableSequence[int] = memoryview(mmap(-1, words * 8)).cast("q")  # type: ignore[assignment,unused-ignore]
    return rows


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
