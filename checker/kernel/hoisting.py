"""Where in the nest of an action's choices each of its conditions is tested.

A condition that does not read a parameter is tested once, outside that parameter's choices. That must not show. So a
condition stays where it is if it may have no value, or if something that it would go past may have none: the domain of
a parameter, or a condition before it. (What has no value is an error for each choice that reaches it.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.kernel.compiler import Named, Tests
from skipgate.checker.kernel.components import shape
from skipgate.checker.kernel.domain_code import elements
from skipgate.checker.kernel.domain_loops import DomainLoop
from skipgate.checker.kernel.kernel_text import Writer
from skipgate.checker.kernel.layout import Layout
from skipgate.checker.kernel.term_code import TermCompiler

Clause = t.Term | m.LetClause
_T = TypeVar("_T")


@dataclass(frozen=True)
class Trial:
    """What compiling a clause once has shown: whether it may have no value, and whether it needs statements."""

    fails: bool
    long: bool


def stages(action: m.Action, layout: Layout, discharged: frozenset[t.Term]) -> list[list[Clause]]:
    """The clauses to be looked at when so many parameters have values: none of them, the first, ..., all.

    A clause that takes long, and comes after one that is tested further in, is moved out of loops only. In front of few
    choices that are written out it might be looked at more often than behind the conditions before it.
    """
    compiler = TermCompiler(layout, Writer(), Tests(discharged))
    every = len(action.parameters)
    known: dict[t.LocalVar, int] = {}  # how many parameters have values where a name is known
    outermost = 0  # a condition must not be tested before so many have
    loops = 0  # the last loop is that of so many
    for i, parameter in enumerate(action.parameters, 1):
        variable = parameter.variable
        trial, domain = _tried(compiler, partial(elements, compiler, parameter, body_of(action)))
        if trial.fails:
            outermost = i
        if isinstance(domain, DomainLoop):
            loops = i
        else:
            compiler.copies *= max(1, len(domain))
        compiler.locals[variable] = Named([f"p{i}_{j}" for j in range(len(shape(variable.type)))])
        known[variable] = i
    compiler.copies = 1
    found: list[list[Clause]] = [[] for _ in range(every + 1)]
    deepest = 0  # of the clauses so far
    for clause in conditions(action.clauses):
        value = clause.value if isinstance(clause, m.LetClause) else clause
        trial, _ = _tried(compiler, partial(compiler.row, value))
        names = (term.variable for term in t.walk(value) if isinstance(term, t.Local))
        stage = max((known.get(name, 0) for name in names), default=0)
        if trial.long and stage < deepest and stage >= loops:
            stage = every
        if isinstance(clause, m.LetClause):
            compiler.name_value(clause.variable, clause.value)
            known[clause.variable] = stage
        elif trial.fails:
            stage = outermost = every
        else:
            stage = max(stage, outermost)
        deepest = max(deepest, stage)
        found[stage].append(clause)
    return found


def body_of(action: m.Action) -> list[t.Term]:
    """The terms that are written for each choice of an action's parameters."""
    clauses = (clause.value if isinstance(clause, m.LetClause) else clause for clause in action.clauses)
    return [*clauses, *(update.value for update in action.updates)]


def conditions(clauses: Sequence[Clause]) -> Iterator[Clause]:
    """The clauses, with each side of an `and` as a condition of its own."""
    for clause in clauses:
        if isinstance(clause, t.Logic) and clause.operator == "and":
            yield from conditions([clause.left, clause.right])
        else:
            yield clause


def _tried(compiler: TermCompiler, write: Callable[[], _T]) -> tuple[Trial, _T]:
    """Compile something, and forget its text."""
    compiler.failed = False
    with compiler.writer.aside() as lines:
        written = write()
    return Trial(compiler.failed, bool(lines)), written
