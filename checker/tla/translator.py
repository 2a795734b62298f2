"""What the translation of all expressions has in common: names, readings, what may fail."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from typing import Literal

from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.definedness import Definedness
from skipgate.checker.tla.domains import has_bounds
from skipgate.checker.tla.facts import Facts
from skipgate.checker.tla.mentions import reads_state
from skipgate.checker.tla.names import NameAllocator
from skipgate.checker.tla.prelude import Prelude
from skipgate.checker.tla.syntax import TlaExpr
from skipgate.spec import syntax as s
from skipgate.spec.specification import Specification
from skipgate.spec.symbols import Symbol

LARGEST = 2**31 - 1  # TLC's numbers have 32 bits
Reading = Literal["now", "next", "still"]  # as written; all after the step; of a step that changes nothing


class Translator(ABC):
    """Translates expressions, and notes which definitions and operators of the prelude they mention."""

    def __init__(self, spec: Specification, facts: Facts, names: NameAllocator) -> None:
        self.spec = spec
        self.facts = facts
        self.names = names
        self.prelude = Prelude(names, spec.static_types.types)
        self.definedness = Definedness(spec, facts)
        self.reading: Reading = "now"
        self.vars: str | None = None  # the tuple of all variables, once the actions are defined
        self.renamed: dict[s.Identifier, str] = {}  # local names that mean something else around them
        self.twins: dict[tuple[s.DefDecl, Reading], str] = {}

    @abstractmethod
    def expr(self, node: s.AnyExpr) -> TlaExpr:
        """An expression."""

    @abstractmethod
    def type(self, node: s.AnyType, finite: bool = False) -> TlaExpr:
        """The set of the values of a type. TLC can go through it if `finite` is true; else it may be lazier."""

    @abstractmethod
    def named_type(self, symbol: Symbol, finite: bool = False) -> TlaExpr:
        """The same of a declared type."""

    def name(self, identifier: s.Identifier) -> str:
        """The name of something that the specification declares."""
        return self.renamed.get(identifier) or self.names.of(identifier.text)

    def rename_if_in(self, taken: Container[str], identifier: s.Identifier) -> None:
        """Let a local name have another one here, if that is taken."""
        if identifier.text in taken:
            self.renamed[identifier] = self.names.local(self.names.of(identifier.text))

    def can_fail(self, node: s.AnyNode) -> bool:
        """May an expression have no value? If in doubt, yes."""
        return self.definedness.can_fail(node)

    def within(self, value: TlaExpr, type_: s.AnyType, what: str) -> TlaExpr:
        """The value, held to a type unless it cannot leave it."""
        return self.held(value, type_) if has_bounds(self.spec, type_) and self.facts.may_leave(what) else value

    def held(self, value: TlaExpr, type_: s.AnyType) -> TlaExpr:
        """The value, which TLC is to find in a type."""
        return make.call(self.prelude.use("Within"), value, self.type(type_))

    def evaluated(self, value: TlaExpr, *parts: s.AnyExpr | None) -> TlaExpr:
        """A function or set that TLC must not leave unevaluated, if one of the parts may have no value."""
        if not any(part is not None and self.can_fail(part) for part in parts):
            return value
        self.prelude.modules.add("TLC")
        return make.call("TLCEval", value)

    def definitions(self, bindings: Iterable[s.LetBinding]) -> tuple[tla.Definition, ...]:
        """The bindings of a `let`."""
        return tuple(tla.Definition(self.name(b.name), (), self.expr(b.value)) for b in bindings)

    def is_simple(self, node: s.AnyExpr) -> bool:
        """May an expression be written several times as it is?"""
        return isinstance(node, s.Name | s.Number | s.Boolean | s.NoneValue)

    @contextmanager
    def reading_as(self, reading: Reading) -> Iterator[None]:
        """What follows is translated under another reading."""
        before, self.reading = self.reading, reading
        yield
        self.reading = before

    def twin(self, definition: s.DefDecl) -> str:
        """The name of a definition under the present reading.

        After the step: `f(x)'` would read `x` after the step too. If nothing changes: without any prime.
        """
        key = (definition, self.reading)
        if key not in self.twins:
            self.twins[key] = self.names.fresh(f"{definition.name.text}_{self.reading}")
        return self.twins[key]

    def reads_state(self, symbol: Symbol) -> bool:
        """Does a symbol stand for something that depends on a variable?"""
        return reads_state(self.spec, symbol)
