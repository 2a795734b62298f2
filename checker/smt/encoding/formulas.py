"""Terms as formulas.

A term becomes a pair: its value, and whether it has one. The second follows the language to the letter (see
`semantics.evaluate`): what `and`, `if` or a quantifier does not evaluate cannot fail, a `let` fails where its name is
used, and every failing operation makes all that needs its value fail. So no failure is ever assumed away, and none is
seen that would not happen. Where a term has no value, the first half of the pair is of no meaning.

Quantifiers over few values are unrolled; over many or unboundedly many they become quantifiers of the formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple, Protocol

import z3

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import MapType, RecordType, SeqType, SetType, Type, cardinality, join, values
from skipgate.checker.core.values import Value, sort_key
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding import symbolic as sym
from skipgate.checker.smt.encoding.logic import Bit, Number, and_, implies, not_, or_
from skipgate.checker.smt.encoding.symbolic import Absent, Members, Option, Record, Seq, Symbolic, Table, TooLarge
from skipgate.spec.diagnostics import error

# Copies of a body, by all that is unrolled around it. A quantifier can be left as one instead, a sum cannot.
MOST_COPIES = 4096
MOST_SUMMANDS = 65536

_CONNECTIVES: Mapping[str, Callable[[Bit, Bit], Bit]] = {"and": and_, "or": or_, "implies": implies}
_SET_OPERATIONS: Mapping[str, Callable[[Bit, Bit], Bit]] = {"|": or_, "&": and_, "-": lambda x, y: and_(x, not_(y))}


class Encoded(NamedTuple):
    """A value, and whether there is one."""

    value: Symbolic
    defined: Bit


class Element(NamedTuple):
    """A possible element of a domain, and whether it is in the domain.

    If the domain is not unrolled there is a single element, made of these `constants`.
    """

    value: Symbolic
    present: Bit
    constants: tuple[z3.ExprRef, ...] = ()


class Watcher(Protocol):
    """Hears of every operation that may fail."""

    def site(self, term: t.Term, path: Bit, succeeds: Bit, value: Symbolic) -> Symbolic:
        """`term` is evaluated where `path` holds. The result takes the place of its value."""


class Untranslatable(Exception):
    """A construct has no formula; the message says which and why."""


class Encoder:
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
        self.tick = tick  # is called now and then, and may end the work by an exception
        self.work = 0

    # -------------------------------------------------------------------------------------------------- interface

    def encode(self, term: t.Term) -> Encoded:
        """The formula of a term.

        Raises:
            SpecError: the term, or a part of it, has none; with its place.
        """
        self.work += 1
        if self.tick is not None and not self.work & 255:
            self.tick()
        method: Callable[[t.Term], Encoded] = getattr(self, "_" + type(term).__name__.lower())
        try:
            return method(term)
        except (TooLarge, Untranslatable) as problem:
            raise error(f"this cannot be translated for Z3: {problem}", term.span) from None

    def as_type(self, term: t.Term, wanted: Type) -> Encoded:
        """A term's value as one of a type that includes its own."""
        value, defined = self.encode(term)
        return Encoded(sym.recast(value, term.type, wanted), defined)

    def bit(self, term: t.Term) -> tuple[Bit, Bit]:
        """The formula of a condition. A term without a type never has a value; then anything does."""
        value, defined = self.encode(term)
        return (False if isinstance(value, Absent) else value), defined

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

    # ----------------------------------------------------------------------------------------------------- leaves

    def _const(self, term: t.Const) -> Encoded:
        return Encoded(sym.lift(term.value, term.type), True)

    def _var(self, term: t.Var) -> Encoded:
        return Encoded((self.successor if term.primed else self.state)[term.name], True)

    def _local(self, term: t.Local) -> Encoded:
        return self.locals[term.variable]

    # --------------------------------------------------------------------------------------- booleans and control

    def _not(self, term: t.Not) -> Encoded:
        value, defined = self.bit(term.operand)
        return Encoded(not_(value), defined)

    def _logic(self, term: t.Logic) -> Encoded:
        left, left_defined = self.bit(term.left)
        goes_on = not_(left) if term.operator == "or" else left
        if goes_on is False:
            return Encoded(term.operator != "and", left_defined)
        with self.under(goes_on):
            right, right_defined = self.bit(term.right)
        return Encoded(_CONNECTIVES[term.operator](left, right), and_(left_defined, implies(goes_on, right_defined)))

    def _equal(self, term: t.Equal) -> Encoded:
        left, right, defined = self.pair(term.left, term.right)
        return Encoded(sym.equal(left, right), defined)

    def _less(self, term: t.Less) -> Encoded:
        left, right, defined = self.pair(term.left, term.right)
        return Encoded(sym.less(left, right, term.or_equal), defined)

    def pair(self, left: t.Term, right: t.Term) -> tuple[Symbolic, Symbolic, Bit]:
        """Two values under their common type, and whether both are there."""
        wanted = join(left.type, right.type)
        a, a_defined = self.as_type(left, wanted)
        b, b_defined = self.as_type(right, wanted)
        return a, b, and_(a_defined, b_defined)

    def _if(self, term: t.If) -> Encoded:
        condition, defined = self.bit(term.condition)
        if isinstance(condition, bool):
            value, chosen_defined = self.as_type(term.then if condition else term.otherwise, term.type)
            return Encoded(value, and_(defined, chosen_defined))
        with self.under(condition):
            then, then_defined = self.as_type(term.then, term.type)
        with self.under(not_(condition)):
            otherwise, otherwise_defined = self.as_type(term.otherwise, term.type)
        chosen = logic.choose(condition, then_defined, otherwise_defined)
        return Encoded(sym.choose(condition, then, otherwise), and_(defined, chosen))

    def _let(self, term: t.Let) -> Encoded:
        self.locals[term.variable] = self.encode(term.value)
        return self.encode(term.body)

    def _quantified(self, term: t.Quantified) -> Encoded:
        elements, domain_defined = self.domain(term.binding)
        for_all = term.kind == "forall"
        if len(elements) == 1 and elements[0].constants:
            value, defined = self.symbolic_quantifier(term, elements[0])
            return Encoded(value, and_(domain_defined, defined))
        # Of each element: is it there, does it decide, and is the body defined for it?
        steps: list[tuple[Bit, Bit, Bit]] = []
        undecided: Bit = True
        with self.copied(len(elements)):
            for element in elements:
                with self.under(undecided, element.present):
                    self.locals[term.binding.variable] = Encoded(element.value, True)
                    value, defined = self.bit(term.body)
                decides = not_(value) if for_all else value
                steps.append((element.present, decides, defined))
                if self.watcher is not None and term.binding.ordered:
                    undecided = and_(undecided, not_(and_(element.present, decides)))
        decided = logic.any_of(and_(present, decides) for present, decides, _ in steps)
        all_defined: Bit = True
        for present, decides, defined in reversed(steps):
            before = and_(present, decides) if term.binding.ordered else False
            all_defined = and_(implies(present, defined), or_(before, all_defined))
        return Encoded(not_(decided) if for_all else decided, and_(domain_defined, all_defined))

    def symbolic_quantifier(self, term: t.Quantified, element: Element) -> Encoded:
        """A quantifier that is not unrolled."""
        variable, for_all = term.binding.variable, term.kind == "forall"
        present, constants = element.present, element.constants
        with self.under(present):
            self.locals[variable] = Encoded(element.value, True)
            value, defined = self.bit(term.body)
        if for_all:
            result = logic.for_all(constants, implies(present, value))
        else:
            result = logic.exists(constants, and_(present, value))
        if defined is True:
            return Encoded(result, True)
        if self.watcher is not None:
            # The value may depend on what takes the place of a failed operation, for each element something else.
            return Encoded(z3.FreshConst(z3.BoolSort(), "quantifier"), True)
        # It is defined if the body always is, or if an element decides before which it always is.
        always = logic.for_all(constants, implies(present, defined))
        if not term.binding.ordered:
            return Encoded(result, always)
        other = sym.unknown(variable.type, variable.name)
        earlier = and_(sym.less(other, element.value, False), _renamed(and_(present, not_(defined)), element, other))
        decides = and_(present, defined, not_(value) if for_all else value)
        first = and_(decides, not_(logic.exists(tuple(sym.scalars(other)), earlier)))
        return Encoded(result, or_(always, logic.exists(constants, first)))

    def _fold(self, term: t.Fold) -> Encoded:
        if term.kind in ("count", "sum"):
            return self.total(term)
        found: Bit = False
        best = sym.nothing(term.type)

        def consider(present: Bit, constants: Sequence[z3.ExprRef]) -> Bit:
            nonlocal found, best
            _must_be_finite(term.kind, constants)
            value, defined = self.encode(term.body)
            better = sym.less(value, best, False) if term.kind == "min" else sym.less(best, value, False)
            best = sym.choose(and_(present, or_(not_(found), better)), value, best)
            found = or_(found, present)
            return defined

        defined = self.for_each(term.bindings, term.where, consider)
        return self.partial(term, found, best, defined)

    def total(self, term: t.Fold) -> Encoded:
        parts: list[Number] = []

        def more(present: Bit, constants: Sequence[z3.ExprRef]) -> Bit:
            _must_be_finite(term.kind, constants)
            amount: Number
            if term.kind == "count":
                holds, defined = self.bit(term.body)
                amount = logic.choose(holds, 1, 0)
            else:
                value, defined = self.encode(term.body)
                amount = 0 if isinstance(value, Absent) else value
            parts.append(logic.choose(present, amount, 0))
            return defined

        defined = self.for_each(term.bindings, term.where, more)
        return Encoded(logic.add(*parts), defined)

    def _ensure(self, term: t.Ensure) -> Encoded:
        value, defined = self.encode(term.operand)
        succeeds = sym.within(value, term.operand.type, term.type)
        return self.partial(term, succeeds, sym.recast(value, term.operand.type, term.type), defined)

    # --------------------------------------------------------------------------------------------------- integers

    def _arithmetic(self, term: t.Arithmetic) -> Encoded:
        left, left_defined = self.encode(term.left)
        right, right_defined = self.encode(term.right)
        defined = and_(left_defined, right_defined)
        match term.operator:
            case "+":
                return Encoded(logic.add(left, right), defined)
            case "-":
                return Encoded(logic.subtract(left, right), defined)
            case "*":
                return Encoded(logic.multiply(left, right), defined)
        quotient, remainder = logic.floor_divide(left, right)
        result = quotient if term.operator == "div" else remainder
        succeeds = not_(logic.equal(right, 0))
        return self.partial(term, succeeds, result, defined)

    def _negate(self, term: t.Negate) -> Encoded:
        value, defined = self.encode(term.operand)
        return Encoded(logic.negate(value), defined)

    def _absolute(self, term: t.Absolute) -> Encoded:
        value, defined = self.encode(term.operand)
        return Encoded(logic.absolute(value), defined)

    def _u64(self, term: t.U64) -> Encoded:
        value, defined = self.encode(term.operand)
        return Encoded(logic.modulo(value, 2**64, sym.interval(term.operand.type)), defined)

    def _extreme(self, term: t.Extreme) -> Encoded:
        left, right, defined = self.pair(term.left, term.right)
        first = sym.less(left, right, True) if term.kind == "min" else sym.less(right, left, True)
        wanted = join(term.left.type, term.right.type)
        return Encoded(sym.recast(sym.choose(first, left, right), wanted, term.type), defined)

    # ------------------------------------------------------------------------------------------------------- sets

    def _rangeset(self, term: t.RangeSet) -> Encoded:
        low, low_defined = self.encode(term.low)
        high, high_defined = self.encode(term.high)
        element = _element(term.type)
        return Encoded(
            self.set_of(element, lambda x: and_(logic.at_most(low, x), logic.at_most(x, high))),
            and_(low_defined, high_defined),
        )

    def _universe(self, term: t.Universe) -> Encoded:
        element = _element(term.type)
        return Encoded(self.set_of(element, lambda x: sym.in_type(x, element)), True)

    def set_of(self, element: Type, contains: Callable[[Symbolic], Bit]) -> Symbolic:
        """The set of the values of a type for which a condition holds; if they are many, it must imply the type."""
        possible = sym.universe(element)
        if possible is not None:
            return Members(tuple(contains(sym.lift(value, element)) for value in possible))
        value = sym.unknown(element, "element")
        return z3.Lambda(list(sym.scalars(value)), logic.expression(contains(value)))

    def _setliteral(self, term: t.SetLiteral) -> Encoded:
        element = _element(term.type)
        result = sym.nothing(term.type)
        all_defined: Bit = True
        for part in term.elements:
            value, defined = self.as_type(part, element)
            result = _inserted(result, element, value, True)
            all_defined = and_(all_defined, defined)
        return Encoded(result, all_defined)

    def _setoperation(self, term: t.SetOperation) -> Encoded:
        whole = join(term.left.type, term.right.type)
        left, right, defined = self.pair(term.left, term.right)
        if isinstance(left, Members) and isinstance(right, Members):
            combine = _SET_OPERATIONS[term.operator]
            bits = zip(left.bits, right.bits, strict=True)
            result: Symbolic = Members(tuple(combine(x, y) for x, y in bits))
        else:
            result = logic.combined(term.operator, left, right)
        return Encoded(sym.recast(result, whole, term.type), defined)

    def _in(self, term: t.In) -> Encoded:
        element, element_defined = self.encode(term.element)
        inner = _element(term.container.type)
        match term.container:
            case t.RangeSet(low=low_term, high=high_term):  # without making the set
                low, low_defined = self.encode(low_term)
                high, high_defined = self.encode(high_term)
                inside = and_(logic.at_most(low, element), logic.at_most(element, high))
                return Encoded(inside, and_(element_defined, low_defined, high_defined))
            case t.Universe():
                return Encoded(sym.within(element, term.element.type, inner), element_defined)
        container, container_defined = self.encode(term.container)
        inside = sym.within(element, term.element.type, inner)
        if inside is not False:
            there = sym.has(container, inner, sym.recast(element, term.element.type, inner))
            inside = and_(inside, there)
        return Encoded(inside, and_(element_defined, container_defined))

    def _subset(self, term: t.Subset) -> Encoded:
        left, right, defined = self.pair(term.left, term.right)
        return Encoded(_is_subset(left, right), defined)

    def _setcomprehension(self, term: t.SetComprehension) -> Encoded:
        inner = _element(term.type)
        parts: list[tuple[Symbolic, Bit, Sequence[z3.ExprRef]]] = []

        def more(present: Bit, constants: Sequence[z3.ExprRef]) -> Bit:
            value, defined = self.as_type(term.element, inner)
            parts.append((value, present, constants))
            return defined

        defined = self.for_each(term.bindings, term.where, more)
        if any(constants for _, _, constants in parts):
            if self.watcher is not None and defined is not True:
                return Encoded(sym.unknown(term.type, "comprehension"), defined)
            return Encoded(
                self.set_of(
                    inner, lambda x: logic.any_of(logic.exists(c, and_(p, sym.equal(v, x))) for v, p, c in parts)
                ),
                defined,
            )
        result = sym.nothing(term.type)
        for value, present, _ in parts:
            result = _inserted(result, inner, value, present)
        return Encoded(result, defined)

    def _subsets(self, term: t.Subsets) -> Encoded:
        whole, defined = self.encode(term.operand)
        return Encoded(self.set_of(_element(term.type), lambda x: _is_subset(x, whole)), defined)

    def _size(self, term: t.Size) -> Encoded:
        value, defined = self.encode(term.operand)
        if isinstance(value, Seq):
            return Encoded(value.length, defined)
        if not isinstance(value, Members):
            raise Untranslatable("the size of a set with too many possible elements")
        return Encoded(logic.count(value.bits), defined)

    # ----------------------------------------------------------------------------------------- options and records

    def _someof(self, term: t.SomeOf) -> Encoded:
        value, defined = self.encode(term.operand)
        return Encoded(Option(True, value), defined)

    def _issome(self, term: t.IsSome) -> Encoded:
        value, defined = self.encode(term.operand)
        assert isinstance(value, Option)
        return Encoded(value.present, defined)

    def _get(self, term: t.Get) -> Encoded:
        option, defined = self.encode(term.operand)
        assert isinstance(option, Option)
        if term.known:
            return Encoded(option.value, defined)
        return self.partial(term, option.present, option.value, defined)

    def _makerecord(self, term: t.MakeRecord) -> Encoded:
        assert isinstance(term.type, RecordType)
        parts = [self.encode(part) for part in term.parts]
        return Encoded(Record(tuple(part.value for part in parts)), logic.all_of(part.defined for part in parts))

    def _getfield(self, term: t.GetField) -> Encoded:
        record, defined = self.encode(term.operand)
        assert isinstance(record, Record)
        return Encoded(record.parts[_field_place(term.operand.type, term.field)], defined)

    def _withfield(self, term: t.WithField) -> Encoded:
        record, defined = self.encode(term.operand)
        value, value_defined = self.encode(term.value)
        assert isinstance(record, Record)
        place = _field_place(term.operand.type, term.field)
        parts = (*record.parts[:place], value, *record.parts[place + 1 :])
        return Encoded(Record(parts), and_(defined, value_defined))

    # ---------------------------------------------------------------------------------------- maps and sequences

    def _makemap(self, term: t.MakeMap) -> Encoded:
        assert isinstance(term.type, MapType)
        entries: list[Symbolic] = []
        all_defined: Bit = True
        with self.copied(cardinality(term.type.key) or 1):
            for key in sym.keys(term.type.key):
                self.locals[term.variable] = Encoded(sym.lift(key, term.type.key), True)
                value, defined = self.as_type(term.value, term.type.value)
                entries.append(value)
                all_defined = and_(all_defined, defined)
        return Encoded(Table(tuple(entries)), all_defined)

    def _select(self, term: t.Select) -> Encoded:
        container, here, succeeds, defined = self.place(term.operand, term.index)
        elements = _elements(container)
        if not elements:
            return self.partial(term, False, sym.nothing(term.type), defined)
        value = elements[-1]
        for element, chosen in reversed(list(zip(elements[:-1], here[:-1], strict=True))):
            value = sym.choose(chosen, element, value)
        return self.partial(term, succeeds, value, defined)

    def place(self, operand: t.Term, index_term: t.Term) -> tuple[Symbolic, list[Bit], Bit, Bit]:
        """A container, for each of its elements whether the index means it, whether it means any, definedness."""
        container, container_defined = self.encode(operand)
        index, index_defined = self.encode(index_term)
        defined = and_(container_defined, index_defined)
        match operand.type:
            case MapType(key, _):
                succeeds = sym.within(index, index_term.type, key)
                index = sym.recast(index, index_term.type, key)
                return container, [sym.equal(index, sym.lift(k, key)) for k in sym.keys(key)], succeeds, defined
            case SeqType():
                assert isinstance(container, Seq)
                succeeds = and_(logic.at_most(1, index), logic.at_most(index, container.length))
                here = [logic.equal(index, i) for i in range(1, len(container.elements) + 1)]
                return container, here, succeeds, defined
        raise AssertionError(operand.type)

    def _store(self, term: t.Store) -> Encoded:
        container, here, succeeds, defined = self.place(term.operand, term.index)
        type_ = term.type
        assert isinstance(type_, MapType | SeqType)
        value, value_defined = self.as_type(term.value, type_.value if isinstance(type_, MapType) else type_.element)
        container = sym.recast(container, term.operand.type, type_)
        changed = tuple(
            sym.choose(chosen, value, element) for element, chosen in zip(_elements(container), here, strict=True)
        )
        result = Seq(container.length, changed) if isinstance(container, Seq) else Table(changed)
        defined = and_(defined, value_defined)
        return self.partial(term, succeeds, result, defined)

    def _seqliteral(self, term: t.SeqLiteral) -> Encoded:
        assert isinstance(term.type, SeqType)
        parts = [self.as_type(element, term.type.element) for element in term.elements]
        elements = tuple(part.value for part in parts)
        return Encoded(Seq(len(parts), elements), logic.all_of(part.defined for part in parts))

    def _concat(self, term: t.Concat) -> Encoded:
        assert isinstance(term.type, SeqType)
        element = term.type.element
        left, left_defined = self.encode(term.left)
        right, right_defined = self.encode(term.right)
        lefts = _elements(sym.recast(left, term.left.type, _with_element(term.left.type, element)))
        rights = _elements(sym.recast(right, term.right.type, _with_element(term.right.type, element)))
        assert isinstance(left, Seq) and isinstance(right, Seq)
        result = []
        for j in range(sym.capacity(term.type)):
            # Element j comes from the left, or is number j - l of the right if the left has l elements.
            value = lefts[j] if j < len(lefts) else sym.nothing(element)
            for length in range(max(0, j + 1 - len(rights)), min(len(lefts), j) + 1):
                value = sym.choose(logic.equal(left.length, length), rights[j - length], value)
            result.append(value)
        return Encoded(Seq(logic.add(left.length, right.length), tuple(result)), and_(left_defined, right_defined))

    def _slice(self, term: t.Slice) -> Encoded:
        assert isinstance(term.type, SeqType)
        whole, defined = self.encode(term.operand)
        low, low_defined = self.encode(term.low)
        high, high_defined = self.encode(term.high)
        assert isinstance(whole, Seq)
        some = logic.at_most(low, high)
        succeeds = implies(some, and_(logic.at_most(1, low), logic.at_most(high, whole.length)))
        length: Number = logic.choose(some, logic.add(logic.subtract(high, low), 1), 0)
        nothing = sym.nothing(term.type.element)
        result = []
        for j in range(len(whole.elements)):
            moved = sym.pick(whole.elements, logic.add(low, j - 1), nothing)
            result.append(sym.choose(logic.less(j, length), moved, nothing))
        defined = and_(defined, low_defined, high_defined)
        return self.partial(term, succeeds, Seq(length, tuple(result)), defined)

    def _seqcomprehension(self, term: t.SeqComprehension) -> Encoded:
        assert isinstance(term.type, SeqType)
        element = term.type.element
        items, all_defined = self.items(term.variable, term.source)
        length: Number = 0
        slots = [sym.nothing(element)] * sym.capacity(term.type)
        with self.copied(len(items)):
            for i, item in enumerate(items):
                self.locals[term.variable] = Encoded(item.value, True)
                present = item.present
                with self.under(present):
                    if term.where is not None:
                        where, defined = self.bit(term.where)
                        all_defined = and_(all_defined, implies(present, defined))
                        present = and_(present, where)
                    with self.under(present):
                        value, defined = self.as_type(term.element, element)
                all_defined = and_(all_defined, implies(present, defined))
                for j in range(min(i + 1, len(slots))):
                    slots[j] = sym.choose(and_(present, logic.equal(length, j)), value, slots[j])
                length = logic.add(length, logic.choose(present, 1, 0))
        return Encoded(Seq(length, tuple(slots)), all_defined)

    def items(self, variable: t.LocalVar, source: t.Term) -> tuple[list[Element], Bit]:
        """What a comprehension of sequences goes through."""
        if isinstance(source, t.RangeSet):
            low, low_defined = self.encode(source.low)
            high, high_defined = self.encode(source.high)
            numbers = [n for n in sym.keys(variable.type) if isinstance(n, int)]
            items = [Element(n, and_(logic.at_most(low, n), logic.at_most(n, high))) for n in numbers]
            return items, and_(low_defined, high_defined)
        whole, defined = self.encode(source)
        assert isinstance(whole, Seq)
        return [Element(e, logic.less(i, whole.length)) for i, e in enumerate(whole.elements)], defined

    def _elements(self, term: t.Elements) -> Encoded:
        whole, defined = self.encode(term.operand)
        assert isinstance(whole, Seq)
        element = _element(term.type)
        result = sym.nothing(term.type)
        for i, part in enumerate(whole.elements):
            result = _inserted(result, element, part, logic.less(i, whole.length))
        return Encoded(result, defined)

    # -------------------------------------------------------------------------------------------------- iteration

    def for_each(
        self,
        bindings: Sequence[t.Binding],
        where: t.Term | None,
        body: Callable[[Bit, Sequence[z3.ExprRef]], Bit],
        present: Bit = True,
        constants: tuple[z3.ExprRef, ...] = (),
    ) -> Bit:
        """Call `body` for each combination of elements, with the condition under which it is one.

        `body` also hears of the constants that stand for elements of domains that are not unrolled; it returns its
        definedness. The result is the definedness of everything: all of it is evaluated.
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
        before = self.copies
        self.copies *= max(1, times)
        yield
        self.copies = before

    def domain(self, binding: t.Binding, most: int | None = None) -> tuple[list[Element], Bit]:
        """The elements of a domain in their order, and whether the domain is defined."""
        domain, type_ = binding.domain, binding.variable.type
        count = cardinality(type_)
        if count is None or count * self.copies > (self.most_copies if most is None else most):
            return self.open_domain(binding)
        contains, defined = self.membership(domain)
        elements = []
        for value in in_order(type_):
            lifted = sym.lift(value, type_)
            present = contains(lifted)
            if present is not False:
                elements.append(Element(lifted, present))
        return elements, defined

    def open_domain(self, binding: t.Binding) -> tuple[list[Element], Bit]:
        """A single element that stands for all of a domain, and whether the domain is defined."""
        type_ = binding.variable.type
        contains, defined = self.membership(binding.domain)
        value = sym.unknown(type_, binding.variable.name)
        return [Element(value, and_(sym.in_type(value, type_), contains(value)), tuple(sym.scalars(value)))], defined

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
                whole, defined = self.encode(operand)
                return lambda x: _is_subset(x, whole), defined
        container, defined = self.encode(domain)
        inner = _element(domain.type)
        return lambda x: sym.has(container, inner, x), defined


@cache
def in_order(type_: Type) -> list[Value]:
    """The values of a type in the order in which quantifiers take them."""
    return sorted(values(type_), key=sort_key)


def _must_be_finite(kind: str, constants: Sequence[z3.ExprRef]) -> None:
    if constants:
        raise Untranslatable(f"`{kind}` over too many values")


def _renamed(bit: Bit, element: Element, other: Symbolic) -> Bit:
    """A condition on an element as one on another."""
    if isinstance(bit, bool):
        return bit
    return z3.substitute(bit, *zip(element.constants, sym.scalars(other), strict=True))


def _element(type_: Type) -> Type:
    assert isinstance(type_, SetType)
    return type_.element


def _with_element(type_: Type, element: Type) -> SeqType:
    assert isinstance(type_, SeqType)
    return SeqType(type_.capacity, element)


def _elements(container: Symbolic) -> tuple[Symbolic, ...]:
    if isinstance(container, Table):
        return container.entries
    assert isinstance(container, Seq)
    return container.elements


def _field_place(type_: Type, field: str) -> int:
    assert isinstance(type_, RecordType)
    return [name for name, _ in type_.fields].index(field)


def _inserted(container: Symbolic, type_: Type, element: Symbolic, present: Bit) -> Symbolic:
    """A set over the type with an element of it added if `present`."""
    if present is False:
        return container
    if not isinstance(container, Members):
        return logic.choose(present, logic.with_element(container, tuple(sym.scalars(element))), container)
    bits = list(container.bits)
    if sym.is_known(element):
        place = sym.place(element, type_)
        if place is not None:
            bits[place] = or_(bits[place], present)
    else:
        for place, value in enumerate(sym.universe(type_) or ()):
            bits[place] = or_(bits[place], and_(present, sym.equal(element, sym.lift(value, type_))))
    return Members(tuple(bits))


def _is_subset(a: Symbolic, b: Symbolic) -> Bit:
    if isinstance(a, Members) and isinstance(b, Members):
        return logic.all_of(implies(x, y) for x, y in zip(a.bits, b.bits, strict=True))
    return logic.equal(logic.combined("|", a, b), b)
