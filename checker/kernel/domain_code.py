"""What ranges over a domain: unrolled, or in a loop.

Small domains are unrolled, so that the element is a literal and reads of maps become reads of fixed bit fields; over
larger ones there are loops.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType, SetType, Type, cardinality, of_kind, values
from skipgate.checker.kernel.compiler import Compiler, Named
from skipgate.checker.kernel.components import CHUNK, TooLarge, flatten, packing, shape, slots_of, universe_size
from skipgate.checker.kernel.domain_loops import DomainLoop, Members, Numbers, Places, Slots, Submasks, loop
from skipgate.checker.kernel.kernel_text import and_, bit_and, compare
from skipgate.checker.kernel.masks import has
from skipgate.checker.kernel.rows import Row
from skipgate.checker.kernel.slots import element_of, is_there
from skipgate.spec.diagnostics import error

_UNROLL = 64  # copies of a body, over all nested quantifiers together
_LONGEST = 5000  # of all copies together (see `_length`); a loop is compiled faster
_MOST_ROUNDS = 2**40  # of a loop over a range or a type: time limits are not looked at within a loop


@dataclass(frozen=True)
class DomainElement:
    """One possible element of a domain: its components, and whether it is in the domain."""

    row: Row
    present: str


def elements(compiler: Compiler, binding: t.Binding, body: Sequence[t.Term]) -> list[DomainElement] | DomainLoop:
    """The possible elements of a domain, one by one if they are few and the body is short, else as a loop."""
    domain, type_, writer = binding.domain, binding.variable.type, compiler.writer
    if isinstance(domain.type, SetType) and domain.type.capacity is not None:
        slots = slots_of(writer.atoms(compiler.row(domain)), domain.type)[::-1]
        if len(slots) == 1:
            return [DomainElement(element_of(slot, type_), is_there(slot)) for slot in slots]
        named = [(slot, [writer.fresh("s") for _ in slot]) for slot in slots]
        others = tuple(writer.fresh("k") for _ in packing(type_).widths[1:])
        return Slots(type_, writer.fresh("k"), others, named, writer.fresh("c"))
    count = cardinality(type_)
    if count is None:
        hint = f"bound it: let `{binding.variable.name}` range over `a..b`"
        raise error(f"`{binding.variable.name}` ranges over an unbounded set", domain.span, hint)
    if _rounds(domain) > _MOST_ROUNDS:
        message = f"`{binding.variable.name}` ranges over {_rounds(domain)} values: no search comes to their end"
        raise error(message, domain.span, "bound it by something smaller; `skipgate prove` needs no bounds")
    copies = count * compiler.copies
    unrolls = copies <= _UNROLL and (copies <= 1 or copies * sum(map(_length, body)) <= _LONGEST)
    match domain:
        case t.RangeSet(low=low_term, high=high_term):
            low, high = writer.atom(compiler.one(low_term)), writer.atom(compiler.one(high_term))
            if not unrolls:
                return Numbers(type_, writer.fresh("k"), low, high)
            return _elements(type_, lambda _, k: and_(compare("<=", low, k), compare("<=", k, high)))
        case t.Universe():
            if not unrolls:
                kind = Numbers if isinstance(type_, IntType) else Places
                low = str(type_.low) if isinstance(type_, IntType) else "0"
                return kind(type_, writer.fresh("k"), low, str(int(low) + count - 1))
            return _elements(type_, lambda *_: "1")
        case t.Subsets(operand=operand):
            row = compiler.as_type(operand, type_)
            if len(row) > 1:
                size = universe_size(of_kind(type_, SetType))
                raise TooLarge(f"subsets of a set of {size} possible elements; at most {CHUNK} are possible")
            (whole,) = writer.atoms(row) or ["0"]
            if not unrolls:
                return Submasks(type_, writer.fresh("k"), whole, writer.fresh("more"))
            return _elements(type_, lambda i, _: compare("==", bit_and(str(i), whole), str(i)))
        case _:  # any other set is computed as a mask
            mask = writer.atoms(compiler.row(domain))
            if not unrolls:
                return Members(type_, writer.fresh("k"), mask, writer.fresh("m"), writer.fresh("c"))
            return _elements(type_, lambda i, _: has(writer, mask, str(i)))


def _length(term: t.Term) -> int:
    """About how long the code of a term is: how many numbers the values of all terms in it are made of."""
    return sum(_numbers(part.type) for part in t.walk(term))


@cache
def _numbers(type_: Type) -> int:
    try:
        return max(1, len(shape(type_)))
    except TooLarge:  # as the domain of a loop, of which no value is made
        return 1


def _elements(type_: Type, present: Callable[[int, str], str]) -> list[DomainElement]:
    """The values of a type with the conditions that they are there, given their places and their first components."""
    found = []
    for i, value in enumerate(values(type_)):
        row = [str(c) for c in flatten(value, type_)]
        condition = present(i, row[0] if row else "0")
        if condition != "0":
            found.append(DomainElement(row, condition))
    return found


def _rounds(domain: t.Term) -> int:
    """How many elements a range or a type has at least; 0 if it is neither."""
    if isinstance(domain, t.RangeSet):
        low, high = of_kind(domain.low.type, IntType).high, of_kind(domain.high.type, IntType).low
        return 0 if low is None or high is None else high - low + 1
    return (cardinality(domain.type.element) or 0) if isinstance(domain, t.Universe) else 0


def for_each(
    compiler: Compiler,
    bindings: Sequence[t.Binding],
    where: t.Term | None,
    element: t.Term,
    body: Callable[[], None],
) -> None:
    """Write the body, which is about a term, once for each combination of elements, or once inside loops over them."""
    if not bindings:
        with compiler.under("1" if where is None else compiler.boolean(where)):
            body()
        return
    inside = [element] if where is None else [where, element]
    domain = elements(compiler, bindings[0], inside)
    each(compiler, bindings[0], domain, lambda: for_each(compiler, bindings[1:], where, element, body))


def each(
    compiler: Compiler, binding: t.Binding, domain: list[DomainElement] | DomainLoop, body: Callable[[], None]
) -> None:
    """Write the body once for each element of a domain, or once inside a loop over it."""
    if isinstance(domain, DomainLoop):
        with loop(compiler.writer, domain) as row:
            compiler.locals[binding.variable] = Named(row)
            body()
        return
    with compiler.copied(len(domain)):
        for element in domain:
            with compiler.under(element.present):
                compiler.locals[binding.variable] = Named(element.row)
                body()
