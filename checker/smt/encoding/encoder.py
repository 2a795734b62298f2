"""What the formulas of all terms have in common: the names in scope, failing operations, the elements of domains.

The functions that encode a kind of terms (`set_formulas`, `quantifier_formulas`, ...) are given an encoder, and ask it
for the formulas of the terms below. `formulas` decides which function encodes which term.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple, Protocol

import z3

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import SetType, Type, cardinality, join, values
from skipgate.checker.core.values import Value, sort_key
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding import symbolic as sym
from skipgate.checker.smt.encoding.lifting import lift
from skipgate.checker.smt.encoding.logic import Bit, and_, implies
from skipgate.checker.smt.encoding.recasting import recast
from skipgate.checker.smt.encoding.relations import has, in_type, is_subset
from skipgate.checker.smt.encoding.symbolic import Absent, Slots, Symbolic

# Copies of a body, by all that is unrolled around it. A quantifier can be left as one instead, a sum cannot.
MOST_COPIES = 4096
MOST_SUMMANDS = 65536


class Encoded(NamedTuple):
    """A value, and whether there is one."""

    value: Symbolic
    defined: Bit


class DomainElement(NamedTuple):
    """A possible element of a domain, and whether it is in the domain.

    If the domain is not unrolled there is a single element, made of these `constants`.
    """

    value: Symbolic
    present: Bit
    constants: tuple[z3.ExprRef, ...] = ()


class Watcher(Protocol):
    """Is notified of each operation that may fail."""

    def site(self, term: t.Term, path: Bit, succeeds: Bit, value: Symbolic) -> Symbolic:
        """`term` is evaluated where `path` holds. The result takes the place of its value."""


class Untranslatable(Exception):
    """A construct has no formula; the message says which and why."""


class Encoder(ABC):
    """Encodes terms over a state and, for primed variables, its successor.

    With a watcher, `path` is kept: the condition under which what is being encoded is evaluated. Earlier failures
    are no part of it, and a `let` counts as evaluated where it stands.
    """

    def __init__(
        self,
        state: Mapping[str, Symbolic],
        successor: Mapping[str, Symbolic] | None = None,
        watcher: Watcher | None = None,
        most_copies: int = MOST_COPIES,
        tick: Callable[[], None] | None = None,
    ) -> None:
        self.state = state
        self.successor = successor or {}
        self.watcher = watcher
        self.locals: dict[t.LocalVar, Encoded] = {}
        self.path: Bit = True
        self.copies = 1
        self.most_copies = most_copies
        self.tick = tick  # called now and then; it may end the work by an exception
        self.work = 0

    @abstractmethod
    def encode(self, term: t.Term) -> Encoded:
        """The formula of a term.

        Raises:
            SpecError: the term, or a part of it, has none; with its place.
        """

    def as_type(self, term: t.Term, wanted: Type) -> Encoded:
        """A term's value as one of a type that includes its own."""
        value, defined = self.encode(term)
        return Encoded(recast(value, term.type, wanted), defined)

    def bit(self, term: t.Term) -> tuple[Bit, Bit]:
        """The formula of a condition. A term without a type never has a value; then anything does."""
        value, defined = self.encode(term)
        return (False if isinstance(value, Absent) else value), defined

    def pair(self, left: t.Term, right: t.Term) -> tuple[Symbolic, Symbolic, Bit]:
        """Two values under their common type, and whether both are there."""
        wanted = join(left.type, right.type)
        a, a_defined = self.as_type(left, wanted)
        b, b_defined = self.as_type(right, wanted)
        return a, b, and_(a_defined, b_defined)

    # ----------------------------------------------------------------------------------------- operations that may fail

    @contextmanager
    def under(self, *conditions: Bit) -> Iterator[None]:
        """What follows is evaluated only if the conditions hold."""
        before = self.path
        if self.watcher is not None:
            self.path = and_(before, *conditions)
        yield
        self.path = before

    def partial(self, term: t.Term, succeeds: Bit, value: Symbolic, defined: Bit) -> Encoded:
        """The result of an operation that may fail."""
        if self.watcher is not None:
            value = self.watcher.site(term, self.path, succeeds, value)
        return Encoded(value, and_(defined, succeeds))

    # ---------------------------------------------------------------------------------------------------------- domains

    def domain(self, binding: t.Binding, most: int | None = None) -> tuple[list[DomainElement], Bit]:
        """The elements of a domain in their order, and whether the domain is defined."""
        domain, type_ = binding.domain, binding.variable.type
        if isinstance(domain.type, SetType) and domain.type.capacity is not None:
            whole, defined = self.encode(domain)
            assert isinstance(whole, Slots)
            return [DomainElement(slot.value, slot.present) for slot in reversed(whole.slots)], defined
        count = cardinality(type_)
        if count is None or count * self.copies > (self.most_copies if most is None else most):
            return self.open_domain(binding)
        contains, defined = self.membership(domain)
        elements = []
        for value in in_order(type_):
            lifted = lift(value, type_)
            present = contains(lifted)
            if present is not False:
                elements.append(DomainElement(lifted, present))
        return elements, defined

    def open_domain(self, binding: t.Binding) -> tuple[list[DomainElement], Bit]:
        """A single element that stands for all of a domain, and whether the domain is defined."""
        type_ = binding.variable.type
        contains, defined = self.membership(binding.domain)
        value = sym.unknown(type_, binding.variable.name)
        return [DomainElement(value, and_(in_type(value, type_), contains(value)), tuple(sym.scalars(value)))], defined

    def membership(self, domain: t.Term) -> tuple[Callable[[Symbolic], Bit], Bit]:
        """Which values of its element type a domain holds, and whether it is defined."""
        match domain:
            case t.RangeSet(low=low_term, high=high_term):
                low, low_defined = self.encode(low_term)
                high, high_defined = self.encode(high_term)
                return lambda x: and_(logic.at_most(low, x), logic.at_most(x, high)), and_(low_defined, high_defined)
            case t.Universe():
                return lambda x: True, True
            case t.Subsets(operand=operand):
                type_ = element_type(domain.type)
                whole, defined = self.as_type(operand, type_)
                return lambda x: is_subset(x, whole, element_type(type_)), defined
            case _:  # any other set is encoded as one
                container, defined = self.encode(domain)
                inner = element_type(domain.type)
                return lambda x: has(container, inner, x), defined

    def for_each(
        self,
        bindings: Sequence[t.Binding],
        where: t.Term | None,
        body: Callable[[Bit, Sequence[z3.ExprRef]], Bit],
        present: Bit = True,
        constants: tuple[z3.ExprRef, ...] = (),
    ) -> Bit:
        """Call `body` for each combination of elements, with the condition under which it is one.

        `body` is also given the constants that stand for elements of domains that are not unrolled; it returns whether
        it is defined. The result is the definedness of everything: all of it is evaluated.
        """
        if not bindings:
            where_defined: Bit = True
            if where is not None:
                holds, where_defined = self.bit(where)
                present = and_(present, holds)
            with self.under(present):
                body_defined = body(present, constants) if present is not False else True
            return and_(where_defined, implies(present, body_defined))
        binding, rest = bindings[0], bindings[1:]
        elements, all_defined = self.domain(binding, MOST_SUMMANDS)
        with self.copied(len(elements)):
            for element in elements:
                self.locals[binding.variable] = Encoded(element.value, True)
                here = and_(present, element.present)
                with self.under(element.present):
                    defined = self.for_each(rest, where, body, here, constants + element.constants)
                all_defined = and_(all_defined, logic.for_all(element.constants, implies(element.present, defined)))
        return all_defined

    @contextmanager
    def copied(self, times: int) -> Iterator[None]:
        """What follows is written so many times."""
        before = self.copies
        self.copies *= max(1, times)
        yield
        self.copies = before


@cache
def in_order(type_: Type) -> list[Value]:
    """The values of a type in the order in which quantifiers take them."""
    return sorted(values(type_), key=sort_key)


def element_type(type_: Type) -> Type:
    """The type of the elements of a set."""
    assert isinstance(type_, SetType)
    return type_.element
