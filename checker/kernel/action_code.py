"""The steps of a model: for each action and choice of its parameters, the new words of the state."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import SetType, of_kind
from skipgate.checker.kernel import hoisting
from skipgate.checker.kernel.choices import Choices
from skipgate.checker.kernel.compiler import Tests
from skipgate.checker.kernel.components import TooLarge
from skipgate.checker.kernel.domain_code import DomainElement, each, elements
from skipgate.checker.kernel.domain_loops import DomainLoop
from skipgate.checker.kernel.functions import function
from skipgate.checker.kernel.hoisting import Clause
from skipgate.checker.kernel.kernel_text import Writer, and_, field_name, is_literal, shift_left, sub, word_name
from skipgate.checker.kernel.layout import Layout, Slot
from skipgate.checker.kernel.rows import Row
from skipgate.checker.kernel.term_code import TermCompiler
from skipgate.spec.diagnostics import error

_MOST_CHOICES = 1_000_000  # of parameters, for all actions together


class ActionCode:
    """Writes the function that finds the steps from a state.

    With `choices`, an entry of it begins with the tag of the choice that was made instead of the action's number.
    `most_choices` are possible for an action.
    """

    def __init__(
        self, layout: Layout, tests: Tests, choices: Choices | None = None, most_choices: int = _MOST_CHOICES
    ) -> None:
        self.layout = layout
        self.tests = tests
        self.choices = choices
        self.most_choices = most_choices
        self.most_entries = 1  # how many entries the function writes at most, and one more

    def expand(self, actions: Sequence[m.Action]) -> str:
        """The function `expand`, or, if there are choices to tell apart, `steps`."""
        writer = Writer()
        writer.line("n = 0")
        for number, action in enumerate(actions):
            self.count_choices(action)
            writer.line(f"# {action.name}")
            try:
                stages = hoisting.stages(action, self.layout, self.tests.discharged)
                self.choose(stages, action, number, TermCompiler(self.layout, writer, self.tests))
            except TooLarge as problem:
                raise error(str(problem), action.span) from None
        writer.line("return n")
        return function(self.layout, "expand(s, out)" if self.choices is None else "steps(s, out)", writer)

    def choose(self, stages: Sequence[list[Clause]], action: m.Action, number: int, compiler: TermCompiler) -> None:
        """The text for each choice of the parameters that have no values yet; there is a stage before each, and a last.

        If a domain cannot be evaluated, there are no choices but a single error.
        """
        clauses, *later = stages
        if not later:
            self.instance(clauses, action, number, compiler)
            return
        parameter = action.parameters[-len(later)]
        # These are looked at before what they depend on is known to hold, so they must be defined in any case.
        compiler.ahead = True
        self.clauses(clauses, compiler, lambda: self.parameter(parameter, later, action, number, compiler))

    def parameter(
        self,
        parameter: t.Binding,
        stages: Sequence[list[Clause]],
        action: m.Action,
        number: int,
        compiler: TermCompiler,
    ) -> None:
        """The text for each value of a parameter."""
        writer = compiler.writer
        compiler.flag, compiler.failed, compiler.ahead = writer.fresh("err"), False, False
        with writer.aside(depth=0) as lines:
            domain = elements(compiler, parameter, hoisting.body_of(action))
        flag = compiler.flag if compiler.failed else None
        if flag is not None:
            writer.line(f"{flag} = 0")
        writer.lines += lines
        if flag is not None:
            with writer.indented(f"if {flag}:"):
                self.emit_error(writer, number)
        with compiler.under("1" if flag is None else f"not {flag}"):
            self.over(action, parameter, domain, compiler, lambda: self.choose(stages, action, number, compiler))

    def over(
        self,
        action: m.Action,
        parameter: t.Binding,
        domain: list[DomainElement] | DomainLoop,
        compiler: TermCompiler,
        body: Callable[[], None],
    ) -> None:
        """The text for each element of a domain."""
        each(compiler, parameter, domain, body)

    def count_choices(self, action: m.Action) -> None:
        """Make room for the entries of an action: one for each choice, and one for an error in a domain.

        Raises:
            SpecError: there are too many choices.
        """
        choices = 1
        for parameter in action.parameters:
            choices *= of_kind(parameter.domain.type, SetType).most or 1
        if choices > self.most_choices:
            message = (
                f"action `{action.name}` has {choices} choices of parameters; at most {self.most_choices} are possible"
            )
            raise error(message, action.span)
        self.most_entries += choices + 1

    def instance(self, clauses: Sequence[Clause], action: m.Action, number: int, compiler: TermCompiler) -> None:
        """The text for one choice of parameters."""
        writer = compiler.writer
        compiler.flag, compiler.failed, compiler.ahead = "err", False, False
        with writer.aside(depth=0) as lines:
            self.clauses(clauses, compiler, lambda: self.successor(action, number, compiler))
        if compiler.failed:
            writer.line("err = 0")
        writer.lines += lines
        if compiler.failed:
            with writer.indented("if err:"):
                self.emit_error(writer, number)

    def clauses(self, clauses: Sequence[Clause], compiler: TermCompiler, then: Callable[[], None]) -> None:
        """The conditions, one inside the other, and what is done if all hold innermost."""
        writer = compiler.writer
        condition = "1"
        rest = list(clauses)
        while rest:
            clause = rest.pop(0)
            if isinstance(clause, m.LetClause):
                compiler.name_value(clause.variable, clause.value)
                continue
            with writer.aside(depth=0) as lines:
                text = compiler.boolean(clause)
            if lines and condition != "1":
                # This condition needs statements, which run only if those before it hold.
                rest.insert(0, clause)
                break
            writer.lines += lines
            condition = and_(condition, text)
            if isinstance(next(iter(rest), None), m.LetClause):
                break
        with compiler.under(condition):
            if rest:
                self.clauses(rest, compiler, then)
            else:
                then()

    def successor(self, action: m.Action, number: int, compiler: TermCompiler) -> None:
        """The new state, unless something had no value."""
        words = self.new_words(action, compiler)
        tag = str(number)
        if self.choices is not None:
            tag = self.choices.tag(action, self.arguments(action, compiler))
        with compiler.writer.indented("if not err:") if compiler.failed else compiler.under("1"):
            self.emit(compiler.writer, tag, words)

    def arguments(self, action: m.Action, compiler: TermCompiler) -> Row:
        """The components of the parameters' values."""
        row: Row = []
        for parameter in action.parameters:
            variable = parameter.variable
            row += compiler.as_type(t.Local(variable.type, parameter.domain.span, variable), variable.type)
        return row

    def new_words(self, action: m.Action, compiler: TermCompiler) -> list[str]:
        """The words of the new state: the old ones with the fields that change masked in."""
        fields: dict[int, list[tuple[Slot, str]]] = {}
        for update in action.updates:
            name = update.variable.name
            row = compiler.as_type(update.value, update.variable.type)
            for i, (slot, text) in enumerate(zip(self.layout.slots[name], row, strict=True)):
                if text != field_name(name, i, False) and slot.width:
                    fields.setdefault(slot.word, []).append((slot, text))
        words = []
        for word in range(self.layout.words):
            old = word_name(word, False)
            changes = fields.get(word, [])
            if not changes:
                words.append(old)
                continue
            kept = 2**63 - 1
            bits = 0
            parts: list[str] = []
            for slot, text in changes:
                kept &= ~(slot.mask << slot.offset)
                stored = sub(text, str(slot.low))
                if is_literal(stored):
                    bits |= int(stored) << slot.offset
                else:
                    parts.append(shift_left(stored, str(slot.offset)))
            if bits:
                parts.append(str(bits))
            words.append(" | ".join([f"({old} & {kept})", *parts]))
        return words

    def emit(self, writer: Writer, tag: str, words: Row) -> None:
        """Write an entry: what was done, and the new words."""
        writer.line(f"out[n] = {tag}")
        for i, text in enumerate(words, 1):
            writer.line(f"out[n + {i}] = {text}")
        writer.line(f"n = n + {1 + len(words)}")

    def emit_error(self, writer: Writer, number: int) -> None:
        """Write an entry that says that an action cannot be evaluated."""
        writer.line(f"out[n] = {-1 - number}")
        writer.line(f"n = n + {1 + self.layout.words}")
