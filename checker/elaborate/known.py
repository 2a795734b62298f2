"""What is worked out before a search: the values of terms without variables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from skipgate.checker.core import terms as t
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.effort import TooMuchWork
from skipgate.checker.semantics.evaluate import Scope, evaluate
from skipgate.spec.diagnostics import Diagnostic, SpecError
from skipgate.spec.source import Span


class TooMuch(SpecError):
    """Something takes too long to be worked out. Nothing else is tried then."""


@contextmanager
def working_out(span: Span) -> Iterator[None]:
    """Evaluate something without variables, which stands there.

    Raises:
        TooMuch: it takes more steps than are allowed.
    """
    try:
        yield
    except TooMuchWork as problem:
        hint = "what mentions no variables is worked out before the search: let it range over less"
        raise TooMuch([Diagnostic(str(problem), span, hint)]) from None


def work_out(term: t.Term) -> Value:
    """The value of a term without variables.

    Raises:
        EvaluationError: it has none.
        TooMuch: that takes more steps than are allowed.
    """
    with working_out(term.span):
        return evaluate(term, Scope())
