"""The steps of a model once more, with a count of what stopped the others: for coverage.

`expand` tests a condition wherever that is cheapest. Here the conditions of an action are tested as they are written,
one after the other: for each choice of the declared parameters, and, from the first condition on that mentions what is
chosen inside the action, for each such choice. The first that is false is counted, and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.kernel.action_code import ActionCode
from skipgate.checker.kernel.compiler import Tests
from skipgate.checker.kernel.components import TooLarge
from skipgate.checker.kernel.domain_code import DomainElement, each
from skipgate.checker.kernel.domain_loops import DomainLoop
from skipgate.checker.kernel.functions import function
from skipgate.checker.kernel.hoisting import Clause, conditions
from skipgate.checker.kernel.kernel_text import Writer, not_
from skipgate.checker.kernel.layout import Layout
from skipgate.checker.kernel.term_code import TermCompiler
from skipgate.spec.diagnostics import error
from skipgate.spec.source import Span

COUNTED = "attempts(s, out, counts)"


@dataclass(frozen=True)
class Stopper:
    """What can stop an action: a condition that is false, or a domain without elements.

    Paths through one declared action begin alike. What has the same `way` on two of them is one and the same.
    """

    action: m.Action
    span: Span
    name: str | None  # of a domain, what would range over it
    way: tuple[object, ...]  # the places of all that comes before it, and its own


class AttemptCode(ActionCode):
    """Writes the function `attempts`. `stoppers` says what each of its counts is of."""

    def __init__(self, layout: Layout, tests: Tests) -> None:
        super().__init__(layout, tests)
        self.stoppers: list[Stopper] = []
        self.numbers: dict[tuple[m.Action, tuple[object, ...]], int] = {}
        self.way: tuple[object, ...] = ()

    def attempts(self, actions: Sequence[m.Action]) -> str:
        """The function: it writes what `expand` writes, and adds to `counts`."""
        writer = Writer()
        writer.line("n = 0")
        for number, action in enumerate(actions):
            self.count_choices(action)
            writer.line(f"# {action.name}")
            self.way = ()
            try:
                self.choose(stages(action), action, number, TermCompiler(self.layout, writer, self.tests))
            except TooLarge as problem:
                raise error(str(problem), action.span) from None
        writer.line("return n")
        return function(self.layout, COUNTED, writer)

    def choose(self, stages: Sequence[list[Clause]], action: m.Action, number: int, compiler: TermCompiler) -> None:
        """The conditions of a stage, and what comes after it if all hold."""
        clauses, *later = stages
        before = self.way

        def then() -> None:
            if not later:
                self.instance([], action, number, compiler)
                return
            compiler.ahead = True
            self.parameter(action.parameters[-len(later)], later, action, number, compiler)

        self.tested(clauses, action, number, compiler, then)
        self.way = before

    def tested(
        self,
        clauses: Sequence[Clause],
        action: m.Action,
        number: int,
        compiler: TermCompiler,
        then: Callable[[], None],
    ) -> None:
        """Conditions one inside the other; where one is false, that is counted."""
        if not clauses:
            then()
            return
        clause, *rest = clauses
        writer = compiler.writer
        if isinstance(clause, m.LetClause):
            compiler.name_value(clause.variable, clause.value)
            self.tested(rest, action, number, compiler, then)
            return
        compiler.flag, compiler.failed, compiler.ahead = writer.fresh("err"), False, False
        with writer.aside(depth=0) as lines:
            text = compiler.boolean(clause)
        flag = compiler.flag if compiler.failed else None
        if flag is not None:
            writer.line(f"{flag} = 0")
        writer.lines += lines
        if flag is not None:
            with writer.indented(f"if {flag}:"):
                self.emit_error(writer, number)
        branch = branch_of(action, clause)
        self.way = (*self.way, _place(clause.span), branch)
        counted = None if branch is not None else self.count_of(action, clause.span)
        with compiler.under("1" if flag is None else f"not {flag}"):
            with compiler.under(text):
                self.tested(rest, action, number, compiler, then)
            if counted is not None:
                with compiler.under(not_(text)):
                    writer.line(f"{counted} = {counted} + 1")

    def over(
        self,
        action: m.Action,
        parameter: t.Binding,
        domain: list[DomainElement] | DomainLoop,
        compiler: TermCompiler,
        body: Callable[[], None],
    ) -> None:
        """The text for each element of a domain; that there is none is counted."""
        self.way = (*self.way, parameter.variable.name, _place(parameter.domain.span))
        if isinstance(parameter.domain, t.Universe):
            each(compiler, parameter, domain, body)
            return
        counted = self.count_of(action, parameter.domain.span, parameter.variable.name)
        writer = compiler.writer
        some = writer.fresh("some")
        writer.line(f"{some} = 0")

        def noted() -> None:
            writer.line(f"{some} = 1")
            body()

        each(compiler, parameter, domain, noted)
        with writer.indented(f"if not {some}:"):
            writer.line(f"{counted} = {counted} + 1")

    def count_of(self, action: m.Action, span: Span, name: str | None = None) -> str:
        """The place of the count of what can stop an action here."""
        number = self.numbers.setdefault((action, self.way), len(self.stoppers))
        if number == len(self.stoppers):
            self.stoppers.append(Stopper(action, span, name, self.way))
        return f"counts[{number}]"


def stages(action: m.Action) -> list[list[Clause]]:
    """The clauses to be looked at when so many parameters have values, in their order.

    Nothing is looked at before all declared parameters have values.
    """
    declared = len(action.parameters) - action.choices
    known = {p.variable: number for number, p in enumerate(action.parameters, 1)}
    found: list[list[Clause]] = [[] for _ in range(len(action.parameters) + 1)]
    stage = declared
    for clause in conditions(action.clauses):
        value = clause.value if isinstance(clause, m.LetClause) else clause
        needed = max((known.get(name, 0) for name in _locals(value)), default=0)
        if isinstance(clause, m.LetClause):
            # It is evaluated where it is used, so it makes nothing wait for a choice.
            known[clause.variable] = needed
            found[max(stage, needed)].append(clause)
            continue
        stage = max(stage, needed)
        found[stage].append(clause)
    return found


def _locals(term: t.Term) -> Iterator[t.LocalVar]:
    return (part.variable for part in t.walk(term) if isinstance(part, t.Local))


def _place(span: Span) -> tuple[str, int, int]:
    return span.source.name, span.start, span.end


def branch_of(action: m.Action, clause: t.Term) -> str | None:
    """The branch that a condition leads into; where it is false, another path is taken."""
    for branch in action.branches:
        if any(part is clause for part in conditions(branch.conditions)):
            return branch.text
    return None
