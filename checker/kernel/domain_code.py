"""What ranges over a domain: unrolled, or in a loop.

Small domains are unrolled, so that the element is a literal and reads of maps become reads of fixed bit fields; over
larger ones there are loops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import assert_never

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import (
    BoolType,
    EnumType,
    IntType,
    MapType,
    NeverType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    VariantType,
    cardinality,
    of_kind,
    values,
)
from skipgate.checker.kernel.compiler import Compiler, Named
from skipgate.checker.kernel.components import LARGEST_UNIVERSE, TooLarge, flatten, shape
from skipgate.checker.kernel.kernel_text import and_, bit_and, compare, sub
from skipgate.checker.kernel.masks import has
from skipgate.checker.kernel.rows import Row
from skipgate.spec.diagnostics import error

_UNROLL = 64  # copies of a body, over all nested quantifiers together
_MOST_ROUNDS = 2**40  # of a loop over numbers: time limits are not looked at within a loop


@dataclass(frozen=True)
class DomainElement:
    """One possible element of a domain: its components, and whether it is in the domain."""

    row: Row
    present: str


@dataclass(frozen=True)
class DomainLoop:
    """A domain that is too large to unroll: `variable`, its only component, runs from `low` to `high`."""

    variable: str
    low: str
    high: str
    present: Callable[[], str]  # may write statements, so it is called inside the loop

    @property
    def row(self) -> Row:
        """The components of the element."""
        return [self.variable]


def elements(compiler: Compiler, binding: t.Binding) -> list[DomainElement] | DomainLoop:
    """The possible elements of a domain, one by one if they are few, else as a loop."""
    domain, type_ = binding.domain, binding.variable.type
    count = cardinality(type_)
    if count is None:
        hint = f"bound it: let `{binding.variable.name}` range over `a..b`"
        raise error(f"`{binding.variable.name}` ranges over an unbounded set", domain.span, hint)
    if count > LARGEST_UNIVERSE and not isinstance(type_, IntType):
        raise TooLarge(f"`{binding.variable.name}` ranges over {count} values; at most {LARGEST_UNIVERSE} are possible")
    if _numbers(domain) > _MOST_ROUNDS:
        message = f"`{binding.variable.name}` ranges over {_numbers(domain)} values: no search comes to their end"
        raise error(message, domain.span, "bound it by something smaller; `skipgate prove` needs no bounds")
    match domain:
        case t.RangeSet(low=low_term, high=high_term):
            low, high = compiler.writer.atom(compiler.one(low_term)), compiler.writer.atom(compiler.one(high_term))
            if _unrolls(compiler, count, type_):
                return [
                    DomainElement([str(k)], and_(compare("<=", low, str(k)), compare("<=", str(k), high)))
                    for k in values(type_)
                ]
            name = compiler.writer.fresh("k")
            return DomainLoop(name, low, high, lambda: "1")
        case t.Universe():
            mask = None
        case t.Subsets(operand=operand):
            (whole,) = compiler.writer.atoms(compiler.row(operand)) or ["0"]
            if _unrolls(compiler, count, type_):
                return [
                    DomainElement(
                        [str(c) for c in flatten(value, type_)], compare("==", bit_and(str(i), whole), str(i))
                    )
                    for i, value in enumerate(values(type_))
                ]
            name = compiler.writer.fresh("k")
            return DomainLoop(name, "0", whole, lambda: compare("==", bit_and(name, whole), name))
        case _:  # any other set is computed as a mask
            mask = compiler.writer.atoms(compiler.row(domain))
    if _unrolls(compiler, count, type_):
        elements = []
        for i, value in enumerate(values(type_)):
            present = "1" if mask is None else has(compiler.writer, mask, str(i))
            if present != "0":
                elements.append(DomainElement([str(c) for c in flatten(value, type_)], present))
        return elements
    name = compiler.writer.fresh("k")
    low = str(type_.low) if isinstance(type_, IntType) else "0"
    high = str(int(low) + count - 1)
    if mask is None:
        return DomainLoop(name, low, high, lambda: "1")
    members = mask
    return DomainLoop(name, low, high, lambda: has(compiler.writer, members, sub(name, low)))


def _numbers(domain: t.Term) -> int:
    """How many numbers a range or a type of numbers has at least; 0 if it is neither."""
    if isinstance(domain, t.RangeSet):
        low, high = of_kind(domain.low.type, IntType).high, of_kind(domain.high.type, IntType).low
    elif isinstance(domain, t.Universe) and isinstance(domain.type.element, IntType):
        low, high = domain.type.element.low, domain.type.element.high
    else:
        return 0
    return 0 if low is None or high is None else high - low + 1


def _unrolls(compiler: Compiler, count: int, type_: Type) -> bool:
    """Is a domain unrolled? A small one is, and one whose elements are not counted by their single component."""
    match type_:
        case BoolType() | IntType() | EnumType() | SortType() | SetType():
            counted = len(shape(type_)) == 1
        case NeverType() | RecordType() | VariantType() | OptionType() | MapType() | SeqType():
            counted = False
        case _:
            assert_never(type_)
    return count * compiler.copies <= _UNROLL or not counted


def for_each(compiler: Compiler, bindings: Sequence[t.Binding], where: t.Term | None, body: Callable[[], None]) -> None:
    """Write the body once for each combination of elements, or once inside loops over them."""
    if not bindings:
        with compiler.under("1" if where is None else compiler.boolean(where)):
            body()
        return
    each(compiler, bindings[0], elements(compiler, bindings[0]), lambda: for_each(compiler, bindings[1:], where, body))


def each(
    compiler: Compiler, binding: t.Binding, domain: list[DomainElement] | DomainLoop, body: Callable[[], None]
) -> None:
    """Write the body once for each element of a domain, or once inside a loop over it."""
    if isinstance(domain, DomainLoop):
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
def loop(compiler: Compiler, loop: DomainLoop, condition: Callable[[], str] = str) -> Iterator[None]:
    """A `while` loop over a domain, which goes on only while the condition (`x and`) holds.

    The condition is asked for after the body has been written.
    """
    high = compiler.writer.atom(loop.high)
    compiler.writer.line(f"{loop.variable} = {loop.low}")
    with compiler.writer.aside() as lines:
        with compiler.under(loop.present()):
            yield
        compiler.writer.line(f"{loop.variable} = {loop.variable} + 1")
    compiler.writer.line(f"while {condition()} {loop.variable} <= {high}:".replace("  ", " "))
    compiler.writer.lines += lines
