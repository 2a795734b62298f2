"""How much may be evaluated where nobody looks at a clock: constants, assumptions, folding, a set of initial values.

Evaluation counts its steps: one for each part of a term, and more where a large value is read. So what is too much is
refused at the same place on every machine, fast or slow.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from skipgate.spec.source import Span

BEFORE_SEARCH = 5_000_000  # steps for the constants, assumptions and types of a check: some ten seconds
INITIAL = 100_000_000  # steps for the initial values of one variable, given those before it
SHOWN = 1_000_000  # steps for a trace, or the steps from a state, where no search has gone before
IN_PASSING = 100_000  # steps for what is only shown

_PER_STEP = 32  # elements of a large value that are gone through as fast as a step is made


class TooMuchWork(Exception):
    """More steps than are allowed. No `EvaluationError`: the term may have a value."""

    def __init__(self, steps: int, span: Span | None = None) -> None:
        place = "this" if span is None else f"`{span.flat}` ({span.place})"
        super().__init__(f"more than {steps:,} steps are needed to work out {place}")
        self.steps = steps


class _Effort:
    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.left = steps


_allowed: ContextVar[_Effort | None] = ContextVar("allowed", default=None)


@contextmanager
def at_most(steps: int) -> Iterator[None]:
    """Allow so many steps of evaluation, in this thread; within another such limit, that one holds.

    Evaluation raises `TooMuchWork` beyond it.
    """
    if _allowed.get() is not None:
        yield
        return
    token = _allowed.set(_Effort(steps))
    try:
        yield
    finally:
        _allowed.reset(token)


def spend(size: int = 0) -> None:
    """Count a step, in which a value with so many elements is read.

    Raises:
        TooMuchWork: it is one too many.
    """
    effort = _allowed.get()
    if effort is not None:
        effort.left -= 1 + size // _PER_STEP
        if effort.left < 0:
            raise TooMuchWork(effort.steps)
