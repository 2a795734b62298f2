"""What ranges over a domain: unrolled, or in a loop.

Small domains are unrolled, so that the element is a literal and reads of maps become reads of fixed bit fields; over
larger ones there are loops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BoolType, EnumType, IntType, SetType, SortType, Type, cardinality, values
from skipgate.checker.kernel.compiler import Compiler, Named
from skipgate.checker.kernel.components import LARGEST_UNIVERSE, TooLarge, flatten, shape
from skipgate.checker.kernel.kernel_text import and_, bit_and, compare, sub
from skipgate.checker.kernel.masks import has
from skipgate.checker.kernel.rows import Row
from skipgate.spec.diagnostics import error

_UNROLL = 64  # copies of a body, over all nested quantifiers together
_MOST_ROUNDS = 2**40  # of a loop over numbers: within one, no limit of time is looked at


@dataclass(frozen=True)
class Element:
    """One possible element of a domain: its components, and whether it is in the domain."""

    row: Row
    present: str


@dataclass(frozen=True)
class Loop:
    """A domain that is too large to unroll: `variable`, its only component, runs from `low` to `high`."""

    variable: str
    low: str
    high: str
    present: Callable[[], str]  # may write statements, so it is asked inside the loop

    @property
    def row(self) -> Row:
        return [self.variable]


def elements(compiler: Compiler, binding: t.Binding) -> list[Element] | Loop:
    """The possible elements of a domain, one by one if they are few, else as a loop."""
    domain, type_ = binding.domain, binding.variable.type
    count = cardinality(type_)
    if count is None:
        hint = f"bound it: let `{binding.variable.name}` range over `a..b`"
        raise error(f"`{binding.variable.name}` ranges over unboundedly many values", domain.span, hint)
    if count > LARGEST_UNIVERSE and not isinstance(type_, IntType):
        raise TooLarge(f"`{binding.variable.name}` ranges over {count} values; at most {LARGEST_UNIVERSE} are possible")
    if _numbers(domain) > _MOST_ROUNDS:
        message = f"`{binding.variable.name}` ranges over {_numbers(domain)} values: no search comes to their end"
        raise error(message, domain.span, "bound it by something smaller; `skipgate prove` needs no bounds")
    match domain:
        case t.RangeSet(low=low_term, high=high_term):
            low, high = compiler.writer.atom(compiler.one(low_term)), compiler.writer.atom(compiler.one(high_term))
            assert isinstance(type_, IntType) and type_.low is not None and type_.high is not None
            if _unrolls(compiler, count, type_):
                return [
                    Element([str(k)], and_(compare("<=", low, str(k)), compare("<=", str(k), high)))
                    for k in range(type_.low, type_.high + 1)
                ]
            name = compiler.writer.fresh("k")
            return Loop(name, low, high, lambda: "1")
        case t.Universe():
            mask = None
        case t.Subsets(operand=operand):
            (whole,) = compiler.writer.atoms(compiler.row(operand)) or ["0"]
            if _unrolls(compiler, count, type_):
                return [
                    Element([str(c) for c in flatten(value, type_)], compare("==", bit_and(str(i), whole), str(i)))
                    for i, value in enumerate(values(type_))
                ]
            name = compiler.writer.fresh("k")
            return Loop(name, "0", whole, lambda: compare("==", bit_and(name, whole), name))
        case _:
            mask = compiler.writer.atoms(compiler.row(domain))
    if _unrolls(compiler, count, type_):
        elements = []
        for i, value in enumerate(values(type_)):
            present = "1" if mask is None else has(compiler.writer, mask, str(i))
            if present != "0":
                elements.append(Element([str(c) for c in flatten(value, type_)], present))
        return elements
    name = compiler.writer.fresh("k")
    low = str(type_.low) if isinstance(type_, IntType) else "0"
    high = str(int(low) + count - 1)
    if mask is None:
        return Loop(name, low, high, lambda: "1")
    members = mask
    return Loop(name, low, high, lambda: has(compiler.writer, members, sub(name, low)))


def _numbers(domain: t.Term) -> int:
    """How many numbers a range or a type of them has at least; 0 if it is neither."""
    match domain:
        case t.RangeSet(low=t.TermBase(type=IntType(_, low)), high=t.TermBase(type=IntType(high, _))):
            return 0 if low is None or high is None else high - low + 1
        case t.Universe(type=SetType(IntType(low, high))):
            return 0 if low is None or high is None else high - low + 1
    return 0


def _unrolls(compiler: Compiler, count: int, type_: Type) -> bool:
    """Small domains are unrolled, and those whose elements are no single number that counts them."""
    counted = isinstance(type_, BoolType | IntType | EnumType | SortType | SetType) and len(shape(type_)) == 1
    return count * compiler.copies <= _UNROLL or not counted


def for_each(compiler: Compiler, bindings: Sequence[t.Binding], where: t.Term | None, body: Callable[[], None]) -> None:
    """Write the body once for each combination of elements, or once inside loops over them."""
    if not bindings:
        with compiler.under("1" if where is None else compiler.boolean(where)):
            body()
        return
    each(compiler, bindings[0], elements(compiler, bindings[0]), lambda: for_each(compiler, bindings[1:], where, body))


def each(compiler: Compiler, binding: t.Binding, domain: list[Element] | Loop, body: Callable[[], None]) -> None:
    """Write the body once for each element of a domain, or once inside a loop over it."""
    if isinstance(domain, Loop):
        with loop(compiler, domain):
            compiler.locals[binding.variable] = Named(domain.row)
            body()
        return
    with compiler.copied(len(domain)):
        for element in domain:
            with compiler.under(element.present):
                compiler.locals[binding.variable] = Named(element.row)
                body()


@contextmanager
def loop(compiler: Compiler, loop: Loop, condition: Callable[[], str] = str) -> Iterator[None]:
    """A `while` loop over a domain, which goes on only while the condition (`x and`) holds. That is asked for when
    the body has been written."""
    high = compiler.writer.atom(loop.high)
    compiler.writer.line(f"{loop.variable} = {loop.low}")
    with compiler.writer.aside() as lines:
        with compiler.under(loop.present()):
            yield
        compiler.writer.line(f"{loop.variable} = {loop.variable} + 1")
    compiler.writer.line(f"while {condition()} {loop.variable} <= {high}:".replace("  ", " "))
    compiler.writer.lines += lines
