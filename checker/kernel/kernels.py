"""The functions that an engine needs of a model, generated as text in a small subset of Python.

Only integers, sequences of them, `if`, `while`, and calls of `popcount`; so the text runs under CPython as it is and
can be compiled. Every function takes states as rows of words (see `layout`) and writes what it finds into `out`,
returning how many entries it wrote.

    expand(s, out)        for each enabled action and choice of parameters: the action's number, then the new words;
                          for one that cannot be evaluated: -1 - number, then words of no meaning
    check(s, out)         the numbers of the violated invariants; -1 - number for one that cannot be evaluated, or
                          for a cover (numbered after the invariants) that cannot
    check_step(s, t, out) the same for transition properties and a step from s to t
    inside(s)             1 if every constraint holds, 0 if not, -1 if that cannot be evaluated
    terminal(s)           likewise for the terminal condition
    witness(s, out)       the numbers of the covers and premises (see `Witness`) that are true in s
    witness_step(s, t, out)  the same for premises of transition properties

For a check that asks for symmetry, there are those of `symmetry` besides.
Two more stand apart, in `behaviours`, and are used if there are liveness properties:

    steps(s, out)         as `expand`, but instead of its number an action that fairness speaks of has a tag, which
                          tells its arguments as well (see `Choices`); any other has 0
    facts(s, out)         1 or 0 for each condition of the liveness properties
    inside(s)             as above
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import prod
from typing import Any

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import cardinality
from skipgate.checker.core.values import Value
from skipgate.checker.kernel.compiler import Tests
from skipgate.checker.kernel.components import Component, TooLarge, shape, unflatten
from skipgate.checker.kernel.domain_code import each, elements
from skipgate.checker.kernel.kernel_text import (
    Writer,
    add,
    and_,
    field_name,
    is_literal,
    mul,
    shift_left,
    sub,
    word_name,
)
from skipgate.checker.kernel.layout import Layout, Slot
from skipgate.checker.kernel.rows import Row
from skipgate.checker.kernel.symmetry import Symmetry, symmetry_of
from skipgate.checker.kernel.term_code import TermCompiler
from skipgate.spec.diagnostics import error

_MOST_CHOICES = 1_000_000  # of parameters, for all actions together
_LARGEST_TAG = 2**62


@dataclass(frozen=True)
class Witness:
    """Something that must be true somewhere: a cover, or a premise of a property."""

    of: m.Property | m.Liveness
    premise: m.Premise | None  # None for a cover

    @property
    def term(self) -> t.Term:
        if self.premise is not None:
            return self.premise.term
        assert isinstance(self.of, m.Property)
        return self.of.term


@dataclass(frozen=True, eq=False)
class Kernels:
    """The generated text and what its numbers stand for."""

    model: m.Model
    layout: Layout
    text: str
    entry: int  # the length of an entry that `expand` writes
    room: int  # how long `out` must be
    state_witnesses: tuple[Witness, ...]
    step_witnesses: tuple[Witness, ...]
    tests: Tests
    symmetry: Symmetry | None
    checked: tuple[str, ...]  # the properties that the numbers of `check` stand for; of liveness properties, several
    behaviours: str  # text
    choices: Choices

    @property
    def scratch(self) -> int:
        """How much the functions of single states and steps may write."""
        written = self.checked, self.model.transitions, self.state_witnesses, self.step_witnesses
        return max(1, *map(len, written))

    @cached_property
    def functions(self) -> dict[str, Callable[..., int]]:
        """The functions under CPython, by name.

        Raises:
            SpecError: quantifiers or conditions are nested more deeply than Python's compiler can take.
        """
        namespace: dict[str, Any] = {"popcount": int.bit_count}
        try:
            code = compile(self.text, f"<kernels of {self.model.name}>", "exec")
        except (SyntaxError, RecursionError, MemoryError) as problem:
            place = self.model.check.name.span
            hint = "nest fewer quantifiers, and join the conditions of an action with `and`"
            raise error(f"the code for this check cannot be compiled: {problem}", place, hint) from None
        exec(code, namespace)
        return namespace

    @cached_property
    def behaviour_functions(self) -> dict[str, Callable[..., int]]:
        """The functions of `behaviours` under CPython, by name."""
        namespace: dict[str, Any] = {"popcount": int.bit_count}
        exec(compile(self.behaviours, f"<behaviours of {self.model.name}>", "exec"), namespace)
        return namespace


def generate(model: m.Model, layout: Layout, discharged: frozenset[t.Term] = frozenset()) -> Kernels:
    """Generate the kernels of a model, without run-time tests of the terms that are known never to fail.

    Raises:
        SpecError: a domain is unbounded, or something is too large; with its place.
    """
    state_witnesses = [Witness(p, None) for p in model.covers]
    state_witnesses += [Witness(p, premise) for p in model.invariants for premise in p.premises]
    state_witnesses += [Witness(p, premise) for p in model.liveness for premise in p.premises]
    step_witnesses = [Witness(p, premise) for p in model.transitions for premise in p.premises]
    terminal = [] if model.terminal is None else [model.terminal]
    tests = Tests(discharged)
    generator = _Generator(layout, tests)
    facts = model.liveness_terms
    others = [*(p.term for p in model.covers), *facts]
    text = "\n\n".join(
        [
            generator.expand(model.actions),
            generator.violations("check", "s", [p.term for p in model.invariants], others),
            generator.violations("check_step", "s, t", [p.term for p in model.transitions]),
            generator.conjunction("inside", [c.term for c in model.constraints]),
            generator.conjunction("terminal", terminal if terminal else None),
            generator.witnesses("witness", "s", [w.term for w in state_witnesses]),
            generator.witnesses("witness_step", "s, t", [w.term for w in step_witnesses]),
        ]
    )
    checked = [p.name for p in (*model.invariants, *model.covers)]
    checked += [p.name for p in model.liveness for _ in p.terms]
    entry = 1 + layout.words
    written = checked, model.transitions, state_witnesses, step_witnesses
    most = max(generator.choices * entry, *map(len, written))
    witnesses = tuple(state_witnesses), tuple(step_witnesses)
    choices = Choices(model.fairness if model.liveness else ())
    behaviours = ""
    if model.liveness:
        # Tests are counted once, and `expand` has them all.
        generator = _Generator(layout, Tests(discharged))
        texts = (
            generator.expand(model.actions, choices),
            generator.facts(facts),
            generator.conjunction("inside", [c.term for c in model.constraints]),
        )
        behaviours = "\n\n".join(texts) + "\n"
    return Kernels(
        model,
        layout,
        text + "\n",
        entry,
        most + entry,
        *witnesses,
        tests,
        symmetry_of(model, layout),
        tuple(checked),
        behaviours,
        choices,
    )


class Choices:
    """Tags for the actions that fairness speaks of, with their arguments.

    A tag is a number in mixed radix: for each component of the arguments (see `components`) a digit. The actions come
    one after the other, beginning with 1.
    """

    def __init__(self, fairness: Sequence[m.Fairness]) -> None:
        self.first: dict[m.Action, int] = {}
        end = 1
        for action in dict.fromkeys(pattern.action for fair in fairness for pattern in fair.patterns):
            self.first[action] = end
            try:
                end += prod(_size(component) for component in self._components(action))
            except TooLarge as problem:
                raise error(str(problem), action.span) from None
            if end >= _LARGEST_TAG:
                raise error(f"action `{action.name}` has too many possible arguments to be fair", action.span)

    @staticmethod
    def _components(action: m.Action) -> list[Component]:
        return [component for p in action.parameters for component in shape(p.variable.type)]

    def tag(self, action: m.Action, arguments: Sequence[str]) -> str:
        """The tag as an expression, of the components of the arguments."""
        if action not in self.first:
            return "0"
        number = "0"
        for component, text in zip(self._components(action), arguments, strict=True):
            number = add(mul(number, str(_size(component))), sub(text, str(component.low)))
        return add(number, str(self.first[action]))

    def taken(self, tag: int) -> tuple[m.Action, tuple[Value, ...]]:
        """The action of a tag, and its arguments."""
        action = max((a for a in self.first if self.first[a] <= tag), key=lambda a: self.first[a])
        rest = tag - self.first[action]
        row: list[int] = []
        for component in reversed(self._components(action)):
            rest, digit = divmod(rest, _size(component))
            row.insert(0, digit + component.low)
        values: list[Value] = []
        for p in action.parameters:
            width = len(shape(p.variable.type))
            values.append(unflatten(row[:width], p.variable.type))
            row = row[width:]
        return action, tuple(values)


def _size(component: Component) -> int:
    return max(1, component.high - component.low + 1)  # there are none in an empty range, but then no step either


class _Generator:
    def __init__(self, layout: Layout, tests: Tests) -> None:
        self.layout = layout
        self.tests = tests
        self.tags: Choices | None = None
        self.choices = 1

    def function(self, head: str, writer: Writer) -> str:
        """The text of a function: its head, reads of the words and fields that the body mentions, the body."""
        body = "\n".join(writer.lines)
        prologue: list[str] = []
        words: set[str] = set()
        fields: list[str] = []
        for name in sorted(set(re.findall(r"\b[vn]_\w+_\d+\b", body))):
            prefix, variable, component = re.fullmatch(r"([vn])_(\w+)_(\d+)", name).groups()  # type: ignore[union-attr]
            slot = self.layout.slots[variable][int(component)]
            word = word_name(slot.word, prefix == "n")
            words.add(word)
            fields.append(f"    {name} = {_read(word, slot)}")
        words |= set(re.findall(r"\b[wu]_\d+\b", body))
        for word in sorted(words):
            prologue.append(f"    {word} = {'s' if word[0] == 'w' else 't'}[{word[2:]}]")
        return "\n".join([f"def {head}:", *prologue, *fields, body])

    # ---------------------------------------------------------------------------------------------------- actions

    def expand(self, actions: Sequence[m.Action], choices: Choices | None = None) -> str:
        """The function `expand`, or, if there are choices to tell apart, `steps`."""
        self.tags = choices
        writer = Writer()
        writer.line("n = 0")
        for number, action in enumerate(actions):
            self.count_choices(action)
            writer.line(f"# {action.name}")
            try:
                self.parameters(action.parameters, action, number, TermCompiler(self.layout, writer, self.tests))
            except TooLarge as problem:
                raise error(str(problem), action.span) from None
        writer.line("return n")
        return self.function("expand(s, out)" if choices is None else "steps(s, out)", writer)

    def parameters(self, bindings: Sequence[t.Binding], action: m.Action, number: int, compiler: TermCompiler) -> None:
        """The text for each choice of these parameters; those before them have their values.

        Where a domain cannot be evaluated there are no choices, but one error.
        """
        if not bindings:
            self.instance(action, number, compiler)
            return
        writer = compiler.writer
        compiler.flag, compiler.failed = writer.fresh("err"), False
        with writer.aside(depth=0) as lines:
            domain = elements(compiler, bindings[0])
        flag = compiler.flag if compiler.failed else None
        if flag is not None:
            writer.line(f"{flag} = 0")
        writer.lines += lines
        if flag is not None:
            with writer.indented(f"if {flag}:"):
                self.emit_error(writer, number)
        with compiler.under("1" if flag is None else f"not {flag}"):
            each(compiler, bindings[0], domain, partial(self.parameters, bindings[1:], action, number, compiler))

    def count_choices(self, action: m.Action) -> None:
        choices = 1
        for parameter in action.parameters:
            choices *= cardinality(parameter.variable.type) or 1
        if choices > _MOST_CHOICES:
            message = (
                f"action `{action.name}` has {choices} choices of parameters; at most {_MOST_CHOICES} are possible"
            )
            raise error(message, action.span)
        self.choices += choices + 1

    def instance(self, action: m.Action, number: int, compiler: TermCompiler) -> None:
        """The text for one choice of parameters."""
        writer = compiler.writer
        compiler.flag, compiler.failed = "err", False
        with writer.aside(depth=0) as lines:
            self.clauses(list(action.clauses), action, number, compiler)
        if compiler.failed:
            writer.line("err = 0")
        writer.lines += lines
        if compiler.failed:
            with writer.indented("if err:"):
                self.emit_error(writer, number)

    def clauses(
        self, clauses: list[t.Term | m.LetClause], action: m.Action, number: int, compiler: TermCompiler
    ) -> None:
        """The conditions, one inside the other, and the new state innermost."""
        writer = compiler.writer
        condition = "1"
        while clauses:
            clause = clauses.pop(0)
            if isinstance(clause, m.LetClause):
                compiler.name_value(clause.variable, clause.value)
                continue
            with writer.aside(depth=0) as lines:
                text = compiler.boolean(clause)
            if lines and condition != "1":
                # This condition needs statements, which run only if those before it hold.
                clauses.insert(0, clause)
                break
            writer.lines += lines
            condition = and_(condition, text)
            if isinstance(next(iter(clauses), None), m.LetClause):
                break
        if clauses:
            with compiler.under(condition):
                self.clauses(clauses, action, number, compiler)
            return
        with compiler.under(condition):
            words = self.new_words(action, compiler)
            tag = str(number) if self.tags is None else self.tags.tag(action, self.arguments(action, compiler))
            with writer.indented("if not err:") if compiler.failed else compiler.under("1"):
                self.emit(writer, tag, words)

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
        writer.line(f"out[n] = {tag}")
        for i, text in enumerate(words, 1):
            writer.line(f"out[n + {i}] = {text}")
        writer.line(f"n = n + {1 + len(words)}")

    def emit_error(self, writer: Writer, number: int) -> None:
        writer.line(f"out[n] = {-1 - number}")
        writer.line(f"n = n + {1 + self.layout.words}")

    # ------------------------------------------------------------------------------------------------- predicates

    def predicate(self, writer: Writer, term: t.Term) -> tuple[str, bool]:
        """Write what a condition needs; its value, and whether the flag `err` tells if it has none."""
        compiler = TermCompiler(self.layout, writer, self.tests)
        with writer.aside(depth=0) as lines:
            value = compiler.boolean(term)
        if compiler.failed:
            writer.line("err = 0")
        writer.lines += lines
        return value, compiler.failed

    def violations(self, name: str, parameters: str, terms: Sequence[t.Term], others: Sequence[t.Term] = ()) -> str:
        """A function that writes the numbers of the terms that are false, and of any that cannot be evaluated."""
        writer = Writer()
        writer.line("n = 0")
        for number, term in enumerate((*terms, *others)):
            with writer.aside(depth=0) as lines:
                value, may_fail = self.predicate(writer, term)
                if may_fail:
                    self.note(writer, "err", -1 - number)
                if number < len(terms):
                    self.note(writer, f"not err and not {value}" if may_fail else f"not {value}", number)
            if may_fail or number < len(terms):
                writer.lines += lines
        writer.line("return n")
        return self.function(f"{name}({parameters}, out)", writer)

    def witnesses(self, name: str, parameters: str, terms: Sequence[t.Term]) -> str:
        """A function that writes the numbers of the terms that are true. Errors are for `violations` to report."""
        writer = Writer()
        writer.line("n = 0")
        for number, term in enumerate(terms):
            value, may_fail = self.predicate(writer, term)
            self.note(writer, f"not err and {value}" if may_fail else value, number)
        writer.line("return n")
        return self.function(f"{name}({parameters}, out)", writer)

    def facts(self, terms: Sequence[t.Term]) -> str:
        """A function that writes the values of terms; of one that cannot be evaluated, any."""
        writer = Writer()
        for number, term in enumerate(terms):
            value, _ = self.predicate(writer, term)
            with writer.indented(f"if {value}:"):
                writer.line(f"out[{number}] = 1")
            with writer.indented("else:"):
                writer.line(f"out[{number}] = 0")
        writer.line(f"return {len(terms)}")
        return self.function("facts(s, out)", writer)

    def note(self, writer: Writer, condition: str, number: int) -> None:
        with writer.indented(f"if {condition}:"):
            writer.line(f"out[n] = {number}")
            writer.line("n = n + 1")

    def conjunction(self, name: str, terms: Sequence[t.Term] | None) -> str:
        """A function that tells whether all terms are true; never, if there are none to ask (None)."""
        writer = Writer()
        for term in terms or ():
            value, may_fail = self.predicate(writer, term)
            if may_fail:
                with writer.indented("if err:"):
                    writer.line("return -1")
            with writer.indented(f"if not {value}:"):
                writer.line("return 0")
        writer.line(f"return {0 if terms is None else 1}")
        return self.function(f"{name}(s)", writer)


def _read(word: str, slot: Slot) -> str:
    text = word if slot.offset == 0 else f"({word} >> {slot.offset})"
    if slot.offset + slot.width < 63:
        text = f"{text} & {slot.mask}"
    if slot.low == 0:
        return text
    return f"({text}) {'+' if slot.low > 0 else '-'} {abs(slot.low)}"
