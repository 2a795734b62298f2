"""Terms to kernel text.

A term becomes the row of its components (see `components`), each an expression over integers. What cannot be said in
an expression is written as statements before it. Two conventions keep the text simple:

- Evaluation never stops. A failed test (an index out of range, `get` of none, ...) sets the current error flag and
  puts a harmless value in the place of the wrong one; who asked looks at the flag in the end. So kernels need no
  exceptions, and the same text can be compiled.
- A `let` is by name, yet computed once: its statements are written where it stands, with an error flag of its own,
  and each use passes that flag on.

Quantifiers over small domains are unrolled, so that the element is a literal and reads of maps become reads of fixed
bit fields; over larger ones they are loops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from checker import terms as t
from checker.code import (
    Writer,
    add,
    and_,
    bit_and,
    bit_or,
    choose,
    compare,
    is_literal,
    mul,
    not_,
    or_,
    shift_left,
    shift_right,
    sub,
)
from checker.components import CHUNK, LARGEST_UNIVERSE, TooLarge, flatten, least, ranks, shape, universe_size
from checker.datatypes import (
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
    cardinality,
    join,
    values,
)
from checker.layout import Layout, Slot
from spec.diagnostics import error

Row = list[str]

_UNROLL = 64  # copies of a body, over all nested quantifiers together
_MOST_COPIES = 50_000  # where it cannot be avoided
_FULL = 2**CHUNK - 1


@dataclass(frozen=True)
class Named:
    """What a local name stands for: its components, and the error flag of its computation, if it can fail."""

    row: Row
    flag: str | None = None


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


@dataclass
class Tests:
    """The operations that are tested at run time, and those that would be, but are known never to fail.

    Known it may be from the conditions around an operation. So even without its test, an operation that would not be
    defined for every number is written as a statement, which stands under these conditions, not in an expression.
    """

    discharged: frozenset[t.Term] = frozenset()  # known never to fail
    written: set[t.Term] = field(default_factory=set)
    spared: set[t.Term] = field(default_factory=set)


class TermCompiler:
    """Compiles terms into the lines of a writer.

    `failed` tells whether the current error flag may have been set since it was last cleared.
    """

    def __init__(self, layout: Layout, writer: Writer, tests: Tests) -> None:
        self.layout = layout
        self.writer = writer
        self.tests = tests
        self.locals: dict[t.LocalVar, Named] = {}
        self.flag = "err"
        self.failed = False
        self.ahead = False  # is this the value of a `let`, which is computed before it is used, and perhaps never?
        self.copies = 1  # of the code being written, by unrolled quantifiers around it

    # -------------------------------------------------------------------------------------------------- interface

    def boolean(self, term: t.Term) -> str:
        return self.one(term)

    def one(self, term: t.Term) -> str:
        """The single component of an integer, boolean, enum or sort."""
        (component,) = self.row(term) or ["0"]  # there is none of a term that never has a value
        return component

    def row(self, term: t.Term) -> Row:
        """The components of a term's value. Statements that they need are written first."""
        if isinstance(term.type, IntType) and not _fits_a_word(term.type):
            message = f"this number {_reach(term.type)}: it does not fit a machine word"
            raise error(message, term.span, "a search computes with numbers between -2^62 and 2^62")
        method = getattr(self, "_" + type(term).__name__.lower())
        try:
            result: Row = method(term)
        except TooLarge as problem:
            raise error(str(problem), term.span) from None
        return result

    def as_type(self, term: t.Term, wanted: Type) -> Row:
        """The components of a term's value as one of a type that includes it."""
        return self.recast(self.row(term), term.type, wanted)[0]

    def fail_if(self, condition: str, **instead: str) -> None:
        """Set the error flag if the condition holds, and give names a harmless value in that case."""
        if condition == "0":
            return
        self.failed = True
        if condition == "1":
            self.writer.line(f"{self.flag} = 1")
            for name, value in instead.items():
                self.writer.line(f"{name} = {value}")
            return
        with self.writer.indented(f"if {condition}:"):
            self.writer.line(f"{self.flag} = 1")
            for name, value in instead.items():
                self.writer.line(f"{name} = {value}")

    def test(self, term: t.Term, condition: str, **instead: str) -> None:
        """The same for an operation that fails under the condition, unless it is known that it never does."""
        if condition == "0":
            return
        if term not in self.tests.discharged:
            self.tests.written.add(term)
            self.fail_if(condition, **instead)
            return
        self.tests.spared.add(term)
        if self.ahead and instead:
            # It never fails where it is used; here it is computed all the same, and must be defined.
            with self.writer.indented(f"if {condition}:"):
                for name, value in instead.items():
                    self.writer.line(f"{name} = {value}")

    # ----------------------------------------------------------------------------------------------------- leaves

    def _const(self, term: t.Const) -> Row:
        return [str(c) for c in flatten(term.value, term.type)]

    def _var(self, term: t.Var) -> Row:
        return [field_name(term.name, i, term.primed) if slot.width else str(slot.low)
                for i, slot in enumerate(self.layout.slots[term.name])]  # fmt: skip

    def _local(self, term: t.Local) -> Row:
        named = self.locals[term.variable]
        if named.flag is not None:
            self.fail_if(named.flag)
        return named.row

    # --------------------------------------------------------------------------------------- booleans and control

    def _not(self, term: t.Not) -> Row:
        return [not_(self.boolean(term.operand))]

    def _logic(self, term: t.Logic) -> Row:
        left = self.boolean(term.left)
        decides = {"and": "0", "or": "1", "implies": "0"}[term.operator]
        if left == decides:
            return ["0" if term.operator == "and" else "1"]
        with self.writer.aside() as lines:
            right = self.boolean(term.right)
        if not lines:
            if term.operator == "and":
                return [and_(left, right)]
            return [or_(left if term.operator == "or" else not_(left), right)]
        result = self.writer.fresh("b")
        if term.operator == "and":
            self.writer.assign(result, left)
            head = f"if {result}:"
        else:
            self.writer.assign(result, left if term.operator == "or" else not_(left))
            head = f"if not {result}:"
        with self.writer.indented(head):
            self.writer.lines += lines
            self.writer.assign(result, right)
        return [result]

    def _equal(self, term: t.Equal) -> Row:
        wanted = join(term.left.type, term.right.type)
        left = self.as_type(term.left, wanted)
        return [equal(left, self.as_type(term.right, wanted))]

    def _less(self, term: t.Less) -> Row:
        wanted = join(term.left.type, term.right.type)
        left = self.as_type(term.left, wanted)
        return [self.less(left, self.as_type(term.right, wanted), term.or_equal)]

    def less(self, left: Row, right: Row, or_equal: bool) -> str:
        """Component by component, the first that differs decides."""
        if len(left) == 1:
            return compare("<=" if or_equal else "<", left[0], right[0])
        left, right = self.writer.atoms(left), self.writer.atoms(right)
        result = "1" if or_equal else "0"
        for a, b in zip(reversed(left), reversed(right), strict=True):
            result = or_(compare("<", a, b), and_(compare("==", a, b), result))
        return result

    def _if(self, term: t.If) -> Row:
        condition = self.boolean(term.condition)
        if is_literal(condition):
            return self.as_type(term.otherwise if condition == "0" else term.then, term.type)
        with self.writer.aside() as then_lines:
            then = self.as_type(term.then, term.type)
        with self.writer.aside() as else_lines:
            otherwise = self.as_type(term.otherwise, term.type)
        if not then_lines and not else_lines:
            if sum(a != b for a, b in zip(then, otherwise, strict=True)) > 1:
                condition = self.writer.atom(condition)
            return [choose(condition, a, b) for a, b in zip(then, otherwise, strict=True)]
        results = [self.writer.fresh() for _ in then]
        with self.writer.indented(f"if {condition}:"):
            self.writer.lines += then_lines
            for name, text in zip(results, then, strict=True):
                self.writer.assign(name, text)
        with self.writer.indented("else:"):
            self.writer.lines += else_lines
            for name, text in zip(results, otherwise, strict=True):
                self.writer.assign(name, text)
        return results

    def _let(self, term: t.Let) -> Row:
        self.name_value(term.variable, term.value)
        return self.row(term.body)

    def name_value(self, variable: t.LocalVar, value: t.Term) -> None:
        """Compute a value once and let a name stand for it; an error in it is one only where the name is used."""
        outer = self.flag, self.failed, self.ahead
        self.flag, self.failed, self.ahead = self.writer.fresh("err"), False, True
        with self.writer.aside(depth=0) as lines:
            row = self.writer.atoms(self.row(value))
        flag = self.flag if self.failed else None
        self.flag, self.failed, self.ahead = outer
        if flag is not None:
            self.writer.line(f"{flag} = 0")
        self.writer.lines += lines
        self.locals[variable] = Named(row, flag)

    def _quantified(self, term: t.Quantified) -> Row:
        for_all = term.kind == "forall"
        combine = and_ if for_all else or_
        domain = self.domain(term.binding)
        before, self.failed = self.failed, False

        def stops() -> bool:
            """Is nothing evaluated after the element that decides? If nothing can fail, that makes no difference."""
            return term.binding.ordered or not self.failed

        if isinstance(domain, Loop):
            result = self.writer.fresh("b")
            undecided = result if for_all else f"not {result}"
            self.writer.line(f"{result} = {int(for_all)}")
            with self.loop(domain, lambda: f"{undecided} and" if stops() else ""):
                self.locals[term.binding.variable] = Named(domain.row)
                text = self.boolean(term.body)
                self.writer.assign(result, text if stops() else combine(result, text))
            self.failed = self.failed or before
            return [result]
        # Unrolled: one expression if no element needs statements, else one `if` after the other.
        pieces: list[tuple[list[str], str]] = []
        with self.copied(len(domain)):
            for element in domain:
                self.locals[term.binding.variable] = Named(element.row)
                with self.writer.aside() as lines:
                    pieces.append((lines, self.guarded(element.present, lambda: self.boolean(term.body), for_all)))
        one_by_one = stops()
        self.failed = self.failed or before
        if not any(lines for lines, _ in pieces):
            return [combine(*(text for _, text in pieces))]
        result = self.writer.fresh("b")
        undecided = result if for_all else f"not {result}"
        self.writer.line(f"{result} = {int(for_all)}")
        for lines, text in pieces:
            if one_by_one:
                with self.writer.indented(f"if {undecided}:"):
                    self.writer.lines += lines
                    self.writer.assign(result, text)
            else:
                self.writer.lines += [line.removeprefix("    ") for line in lines]
                self.writer.assign(result, combine(result, text))
        return [result]

    def guarded(self, present: str, body: Callable[[], str], for_all: bool) -> str:
        """The body if the element is present, else what leaves the quantifier undecided."""
        with self.writer.aside() as lines:
            text = body()
        if present == "1" or not lines:
            self.writer.lines += [line.removeprefix("    ") for line in lines]
            return or_(not_(present), text) if for_all else and_(present, text)
        result = self.writer.fresh("b")
        self.writer.line(f"{result} = {int(for_all)}")
        with self.writer.indented(f"if {present}:"):
            self.writer.lines += lines
            self.writer.assign(result, text)
        return result

    def _ensure(self, term: t.Ensure) -> Row:
        row = self.writer.atoms(self.row(term.operand))
        result, wrong = self.recast(row, term.operand.type, term.type)
        condition = or_(*wrong)
        if condition == "0":
            return result
        names = [self.writer.fresh() for _ in result]
        for name, text in zip(names, result, strict=True):
            self.writer.line(f"{name} = {text}")
        # Outside its type a value could not be laid out: put one that can in its place.
        self.test(term, condition, **self.harmless(names, term.type))
        return names

    def _fold(self, term: t.Fold) -> Row:
        if term.kind in ("count", "sum"):
            return [self.total(term)]
        found = self.writer.fresh("found")
        best = [self.writer.fresh() for _ in shape(term.type)]
        self.writer.line(f"{found} = 0")
        for name in best:
            self.writer.line(f"{name} = 0")

        def consider() -> None:
            row = self.writer.atoms(self.row(term.body))
            better = self.less(row, best, False) if term.kind == "min" else self.less(best, row, False)
            with self.writer.indented(f"if {or_(not_(found), better)}:"):
                for name, text in zip(best, row, strict=True):
                    self.writer.line(f"{name} = {text}")
                self.writer.line(f"{found} = 1")

        self.for_each(term.bindings, term.where, consider)
        self.test(term, f"(not {found})", **self.harmless(best, term.type))
        return best

    def total(self, term: t.Fold) -> str:
        total = self.writer.fresh("n")
        self.writer.line(f"{total} = 0")

        def more() -> None:
            if term.kind == "count":
                with self.writer.indented(f"if {self.boolean(term.body)}:"):
                    self.writer.line(f"{total} = {total} + 1")
            else:
                self.writer.line(f"{total} = {add(total, self.one(term.body))}")

        self.for_each(term.bindings, term.where, more)
        return total

    # --------------------------------------------------------------------------------------------------- integers

    def _arithmetic(self, term: t.Arithmetic) -> Row:
        left, right = self.one(term.left), self.one(term.right)
        match term.operator:
            case "+":
                return [add(left, right)]
            case "-":
                return [sub(left, right)]
            case "*":
                return [mul(left, right)]
        sign = "//" if term.operator == "div" else "%"
        if is_literal(right) and right != "0":
            return [f"({left} {sign} {right})"]
        left = self.writer.atom(left)
        divisor = self.writer.fresh()
        self.writer.line(f"{divisor} = {right}")
        # Instead of 0 a divisor of the operand's type, if it has one, so that the result is of the term's type too.
        assert isinstance(term.right.type, IntType)
        low, high = term.right.type.low, term.right.type.high
        instead = "-1" if high == 0 and low != 0 else "1"
        self.test(term, compare("==", divisor, "0"), **{divisor: instead})
        return ["0"] if low == high == 0 else [f"({left} {sign} {divisor})"]

    def _negate(self, term: t.Negate) -> Row:
        return [sub("0", self.one(term.operand))]

    def _absolute(self, term: t.Absolute) -> Row:
        number = self.writer.atom(self.one(term.operand))
        return [choose(compare("<", number, "0"), sub("0", number), number)]

    def _extreme(self, term: t.Extreme) -> Row:
        left = self.writer.atoms(self.as_type(term.left, term_type(term)))
        right = self.writer.atoms(self.as_type(term.right, term_type(term)))
        first = self.less(left, right, True) if term.kind == "min" else self.less(right, left, True)
        if len(left) > 1:
            first = self.writer.atom(first)
        return [choose(first, a, b) for a, b in zip(left, right, strict=True)]

    # ------------------------------------------------------------------------------------------------------- sets

    def _rangeset(self, term: t.RangeSet) -> Row:
        low, high = self.writer.atom(self.one(term.low)), self.writer.atom(self.one(term.high))
        assert isinstance(term.type, SetType)
        bounds = term.type.element
        assert isinstance(bounds, IntType) and bounds.low is not None
        first, last = sub(low, str(bounds.low)), sub(high, str(bounds.low))
        row: Row = []
        for start, width in chunks(universe_size(term.type)):
            a, b = sub(first, str(start)), sub(last, str(start))
            a = self.writer.atom(choose(compare("<", a, "0"), "0", a))
            b = self.writer.atom(choose(compare("<", str(width - 1), b), str(width - 1), b))
            bits = shift_left(f"({_FULL} >> ({a} + {CHUNK - 1} - {b}))", a)
            row.append(choose(compare("<=", a, b), bits, "0"))
        return row

    def _universe(self, term: t.Universe) -> Row:
        assert isinstance(term.type, SetType)
        return [str(2**width - 1) for _, width in chunks(universe_size(term.type))]

    def _setliteral(self, term: t.SetLiteral) -> Row:
        assert isinstance(term.type, SetType)
        names = self.empty_set(term.type)
        for element in term.elements:
            self.insert(names, self.rank(self.as_type(element, term.type.element), term.type.element))
        return names

    def empty_set(self, type_: SetType) -> list[str]:
        """Names of an empty set's components, to insert elements into."""
        names = [self.writer.fresh("s") for _ in shape(type_)]
        for name in names:
            self.writer.line(f"{name} = 0")
        return names

    def insert(self, names: list[str], rank: str) -> None:
        """Add the element of a rank to a set under construction."""
        if is_literal(rank):
            name = names[int(rank) // CHUNK]
            self.writer.line(f"{name} = {name} | {1 << int(rank) % CHUNK}")
        elif len(names) == 1:
            self.writer.line(f"{names[0]} = {names[0]} | (1 << {rank})")
        else:
            rank = self.writer.atom(rank)
            for (start, width), name in zip(chunks(CHUNK * len(names)), names, strict=True):
                with self.writer.indented(f"if {rank} >= {start} and {rank} < {start + width}:"):
                    self.writer.line(f"{name} = {name} | (1 << ({rank} - {start}))")

    def _setoperation(self, term: t.SetOperation) -> Row:
        whole = join(term.left.type, term.right.type)
        left = self.as_type(term.left, whole)
        right = self.as_type(term.right, whole)
        row = []
        for a, b in zip(left, right, strict=True):
            match term.operator:
                case "|":
                    row.append(bit_or(a, b))
                case "&":
                    row.append(bit_and(a, b))
                case "-":
                    b = str(int(b) ^ _FULL) if is_literal(b) else f"({b} ^ {_FULL})"
                    row.append(bit_and(a, b))
        return self.recast(self.writer.atoms(row), whole, term.type)[0]

    def _in(self, term: t.In) -> Row:
        element = self.writer.atoms(self.row(term.element))
        container, type_ = term.container, term.element.type
        assert isinstance(container.type, SetType)
        inner = container.type.element
        match container:
            case t.RangeSet(low=low, high=high):
                first = compare("<=", self.writer.atom(self.one(low)), element[0])
                return [and_(first, compare("<=", element[0], self.writer.atom(self.one(high))))]
            case t.Universe():
                return [not_(or_(*self.recast(element, type_, inner)[1]))]
            case t.Subsets(operand=operand):
                return [self.subset(element, type_, self.row(operand), operand.type)]
        mask = self.row(container)
        row, wrong = self.recast(element, type_, inner)
        inside = not_(or_(*wrong))
        return [and_(inside, self.has(mask, self.rank(row, inner), inside))]

    def has(self, mask: Row, rank: str, inside: str = "1") -> str:
        """Is the element of a rank in a set? Where `inside` is not known to hold, the rank may be nonsense."""
        if not mask:
            return "0"
        if is_literal(rank):
            if not 0 <= int(rank) < CHUNK * len(mask):
                return "0"
            return compare("!=", bit_and(mask[int(rank) // CHUNK], str(1 << int(rank) % CHUNK)), "0")
        if inside != "1":
            rank = choose(inside, rank, "0")
        if len(mask) == 1:
            return bit_and(shift_right(mask[0], rank), "1")
        rank = self.writer.atom(rank)
        mask = self.writer.atoms(mask)
        chunk = mask[-1]
        for i in range(len(mask) - 2, -1, -1):
            chunk = choose(compare("<", rank, str(CHUNK * (i + 1))), mask[i], chunk)
        return bit_and(shift_right(chunk, f"({rank} % {CHUNK})"), "1")

    def _subset(self, term: t.Subset) -> Row:
        left = self.writer.atoms(self.row(term.left))
        return [self.subset(left, term.left.type, self.row(term.right), term.right.type)]

    def subset(self, left: Row, left_type: Type, right: Row, right_type: Type) -> str:
        whole = join(left_type, right_type)
        left = self.writer.atoms(self.recast(left, left_type, whole)[0])
        right = self.recast(right, right_type, whole)[0]
        return and_(*(compare("==", bit_and(a, b), a) for a, b in zip(left, right, strict=True)))

    def _setcomprehension(self, term: t.SetComprehension) -> Row:
        assert isinstance(term.type, SetType)
        type_ = term.type
        names = self.empty_set(type_)

        def more() -> None:
            self.insert(names, self.rank(self.as_type(term.element, type_.element), type_.element))

        self.for_each(term.bindings, term.where, more)
        return names

    def _subsets(self, term: t.Subsets) -> Row:
        """The set of all subsets, as a mask over the masks of the operand's type."""
        assert isinstance(term.type, SetType)
        count = universe_size(term.type)
        (whole,) = self.writer.atoms(self.row(term.operand)) or ["0"]
        names = self.empty_set(term.type)
        for mask in range(count):
            with self.writer.indented(f"if {compare('==', bit_and(str(mask), whole), str(mask))}:"):
                self.insert(names, str(mask))
        return names

    def _size(self, term: t.Size) -> Row:
        row = self.row(term.operand)
        if isinstance(term.operand.type, SeqType):
            return [row[0]]
        total = "0"
        for mask in row:
            total = add(total, str(int(mask).bit_count()) if is_literal(mask) else f"popcount({mask})")
        return [total]

    # ----------------------------------------------------------------------------------------- options and records

    def _someof(self, term: t.SomeOf) -> Row:
        return ["1", *self.row(term.operand)]

    def _issome(self, term: t.IsSome) -> Row:
        return [self.row(term.operand)[0]]

    def _get(self, term: t.Get) -> Row:
        tag, *rest = self.row(term.operand)
        if term.known:
            return rest
        rest = self.renamed(rest)
        self.test(term, not_(tag), **self.harmless(rest, term.type))
        return rest

    def harmless(self, names: Row, type_: Type) -> dict[str, str]:
        """What to put under names that stand for a value of a type if there is none."""
        return {name: str(c) for name, c in zip(names, least(type_), strict=True)}

    def renamed(self, row: Row) -> Row:
        """The components under names of their own, so that a failed test can replace them."""
        names = [self.writer.fresh() for _ in row]
        for name, text in zip(names, row, strict=True):
            self.writer.line(f"{name} = {text}")
        return names

    def _makerecord(self, term: t.MakeRecord) -> Row:
        return [c for part in term.parts for c in self.row(part)]

    def _getfield(self, term: t.GetField) -> Row:
        start, stop = field_place(term.operand.type, term.field)
        return self.row(term.operand)[start:stop]

    def _withfield(self, term: t.WithField) -> Row:
        start, stop = field_place(term.operand.type, term.field)
        row = self.row(term.operand)
        return [*row[:start], *self.row(term.value), *row[stop:]]

    # ---------------------------------------------------------------------------------------- maps and sequences

    def _makemap(self, term: t.MakeMap) -> Row:
        assert isinstance(term.type, MapType)
        shape(term.type)  # not too large
        row: Row = []
        with self.copied(cardinality(term.type.key) or 1):
            for key in values(term.type.key):
                self.locals[term.variable] = Named([str(c) for c in flatten(key, term.type.key)])
                row += self.as_type(term.value, term.type.value)
        return row

    def _select(self, term: t.Select) -> Row:
        place = self.place(term)
        elements = element_rows(place.row, term.operand.type)
        if is_literal(place.index):
            row = elements[int(place.index)] if int(place.index) < len(elements) else absent(term.type)
        elif isinstance(term.operand, t.Var) and (packed := self.packed(term.operand, place.index)):
            row = packed
        else:
            row = pick(elements, place.index, term.type)
        if place.missing == "0" or all(c.low <= 0 <= c.high for c in shape(term.type)):
            return row
        # What stands in the place of a missing element is 0, which is no value of this type.
        row = self.renamed(row)
        self.test(term, place.missing, **self.harmless(row, term.type))
        return row

    def packed(self, variable: t.Var, index: str) -> Row | None:
        """An element of a variable read straight from its word, if its elements lie there at equal distances."""
        slots = self.layout.slots[variable.name]
        rows = element_rows(list(range(len(slots))), variable.type)
        fields: Row = []
        for column in zip(*rows, strict=True):
            first: Slot = slots[column[0]]
            stride = slots[column[1]].offset - first.offset if len(column) > 1 else 0
            for i, number in enumerate(column):
                slot = slots[number]
                if (slot.word, slot.offset, slot.width, slot.low) != (
                    first.word, first.offset + i * stride, first.width, first.low
                ):  # fmt: skip
                    return None
            word = word_name(first.word, variable.primed)
            shift = add(mul(index, str(stride)), str(first.offset))
            fields.append(add(bit_and(shift_right(word, shift), str(first.mask)), str(first.low)))
        return fields

    @dataclass(frozen=True)
    class Place:
        """A container's components, the number, from 0, of an element, and when there is none of that number."""

        row: Row
        index: str
        missing: str = "0"

    def place(self, term: t.Select | t.Store) -> Place:
        """Evaluate a container and an index and test that there is such an element."""
        operand, index_term = term.operand, term.index
        row = self.row(operand)
        if isinstance(operand.type, MapType):
            key, wrong = self.recast(self.writer.atoms(self.row(index_term)), index_term.type, operand.type.key)
            rank = self.rank(key, operand.type.key)
            condition = or_(*wrong)
            if condition == "0":
                return self.Place(row, rank if is_literal(rank) else self.writer.atom(rank))
            (name,) = self.renamed([rank])
            self.test(term, condition, **{name: "0"})
            return self.Place(row, name)
        assert isinstance(operand.type, SeqType)
        index = self.writer.atom(self.one(index_term))
        length = row[0]
        low = index_term.type.low if isinstance(index_term.type, IntType) else None
        wrong_index = compare("<", length, index)
        if low is None or low < 1:
            length = self.writer.atom(length)
            wrong_index = or_(compare("<", index, "1"), compare("<", length, index))
        if operand.type.capacity == 0:
            self.test(term, "1")
            return self.Place(row, "0", "1")
        if is_literal(index) and 1 <= int(index) <= operand.type.capacity:
            self.test(term, wrong_index)
            return self.Place(row, str(int(index) - 1), wrong_index)
        (name,) = self.renamed([sub(index, "1")])
        self.test(term, wrong_index, **{name: "0"})
        return self.Place(row, name, wrong_index)

    def _store(self, term: t.Store) -> Row:
        place = self.place(term)
        type_ = term.type
        assert isinstance(type_, MapType | SeqType)
        element_type = type_.value if isinstance(type_, MapType) else type_.element
        row = self.recast(place.row, term.operand.type, type_)[0]
        elements = element_rows(row, type_)
        new = self.as_type(term.value, element_type)
        head = row[:1] if isinstance(type_, SeqType) else []
        if is_literal(place.index):
            if int(place.index) < len(elements):
                elements[int(place.index)] = new
            return [*head, *(c for element in elements for c in element)]
        new = self.writer.atoms(new)
        changed = [
            [choose(compare("==", place.index, str(i)), a, b) for a, b in zip(new, old, strict=True)]
            for i, old in enumerate(elements)
        ]
        return [*head, *(c for element in changed for c in element)]

    def _seqliteral(self, term: t.SeqLiteral) -> Row:
        assert isinstance(term.type, SeqType)
        row = [str(len(term.elements))]
        for element in term.elements:
            row += self.as_type(element, term.type.element)
        return row

    def _concat(self, term: t.Concat) -> Row:
        assert isinstance(term.type, SeqType) and isinstance(term.left.type, SeqType)
        assert isinstance(term.right.type, SeqType)
        element = term.type.element
        n, m = term.left.type.capacity, term.right.type.capacity
        left = self.writer.atoms(self.as_type(term.left, SeqType(n, element)))
        right = self.writer.atoms(self.as_type(term.right, SeqType(m, element)))
        lefts = element_rows(left, SeqType(n, element))
        rights = element_rows(right, SeqType(m, element))
        rights += [absent(element)] * n
        result = [add(left[0], right[0])]
        for j in range(1, n + m + 1):
            # The j-th element is number j - l of the right if the left has l elements, l < j; else it is the left's.
            by_length = [rights[j - length - 1] if length < j else lefts[j - 1] for length in range(n + 1)]
            result += pick(by_length, left[0], element)
        return result

    def _slice(self, term: t.Slice) -> Row:
        type_ = term.type
        assert isinstance(type_, SeqType)
        row = self.writer.atoms(self.row(term.operand))
        low, high = self.renamed([self.one(term.low), self.one(term.high)])
        wrong = and_(compare("<=", low, high), or_(compare("<", low, "1"), compare("<", row[0], high)))
        self.test(term, wrong, **{low: "1", high: "0"})
        length = self.writer.atom(choose(compare("<=", low, high), f"({high} - {low} + 1)", "0"))
        elements = element_rows(row, type_)
        result = [length]
        for j in range(type_.capacity):
            shifted = pick(elements, f"({low} + {j - 1})", type_.element)
            result += [choose(compare("<", str(j), length), c, "0") for c in shifted]
        return result

    def _seqcomprehension(self, term: t.SeqComprehension) -> Row:
        type_ = term.type
        assert isinstance(type_, SeqType)
        shape(type_)  # not too large
        width = len(shape(type_.element, True))
        length = self.writer.fresh("n")
        slots = [[self.writer.fresh() for _ in range(width)] for _ in range(type_.capacity)]
        items: list[Element] = []
        if isinstance(term.source, t.RangeSet):
            low, high = self.writer.atom(self.one(term.source.low)), self.writer.atom(self.one(term.source.high))
            bounds = term.variable.type
            assert isinstance(bounds, IntType) and bounds.low is not None and bounds.high is not None
            for number in range(bounds.low, bounds.high + 1):
                present = and_(compare("<=", low, str(number)), compare("<=", str(number), high))
                items.append(Element([str(number)], present))
        else:
            row = self.writer.atoms(self.row(term.source))
            for i, element in enumerate(element_rows(row, term.source.type)):
                items.append(Element(element, compare("<", str(i), row[0])))
        self.writer.line(f"{length} = 0")
        for slot in slots:
            for name in slot:
                self.writer.line(f"{name} = 0")

        def place(row: Row, reachable: int) -> None:
            for i, slot in enumerate(slots[:reachable]):
                if slot:
                    with self.writer.indented(f"if {length} == {i}:"):
                        for name, text in zip(slot, row, strict=True):
                            self.writer.line(f"{name} = {text}")
            self.writer.line(f"{length} = {length} + 1")

        with self.copied(len(items)):
            for i, item in enumerate(items):
                with self.under(item.present):
                    self.locals[term.variable] = Named(item.row)
                    with self.under("1" if term.where is None else self.boolean(term.where)):
                        place(self.writer.atoms(self.as_type(term.element, type_.element)), i + 1)
        return [length, *(name for slot in slots for name in slot)]

    def _elements(self, term: t.Elements) -> Row:
        assert isinstance(term.type, SetType)
        row = self.writer.atoms(self.row(term.operand))
        names = self.empty_set(term.type)
        for i, element in enumerate(element_rows(row, term.operand.type)):
            with self.under(compare("<", str(i), row[0])):
                self.insert(names, self.rank(element, term.type.element))
        return names

    # -------------------------------------------------------------------------------------------------- iteration

    def for_each(self, bindings: Sequence[t.Binding], where: t.Term | None, body: Callable[[], None]) -> None:
        """Write the body once for each combination of elements, or once inside loops over them."""
        if not bindings:
            with self.under("1" if where is None else self.boolean(where)):
                body()
            return
        self.each(bindings[0], self.domain(bindings[0]), lambda: self.for_each(bindings[1:], where, body))

    def each(self, binding: t.Binding, domain: list[Element] | Loop, body: Callable[[], None]) -> None:
        """Write the body once for each element of a domain, or once inside a loop over it."""
        if isinstance(domain, Loop):
            with self.loop(domain):
                self.locals[binding.variable] = Named(domain.row)
                body()
            return
        with self.copied(len(domain)):
            for element in domain:
                with self.under(element.present):
                    self.locals[binding.variable] = Named(element.row)
                    body()

    def under(self, condition: str) -> AbstractContextManager[object]:
        """Write what follows under an `if`, or nowhere at all if the condition is known to be false."""
        if condition == "1":
            return nullcontext()
        if condition == "0":
            return self.writer.aside()
        return self.writer.indented(f"if {condition}:")

    @contextmanager
    def copied(self, times: int) -> Iterator[None]:
        """What follows is written so many times."""
        before = self.copies
        self.copies *= max(1, times)
        if self.copies > _MOST_COPIES:
            raise TooLarge(f"this has to be written out {self.copies} times; at most {_MOST_COPIES} are possible")
        yield
        self.copies = before

    @contextmanager
    def loop(self, loop: Loop, condition: Callable[[], str] = str) -> Iterator[None]:
        """A `while` loop over a domain, which goes on only while the condition (`x and`) holds. That is asked for when
        the body has been written."""
        high = self.writer.atom(loop.high)
        self.writer.line(f"{loop.variable} = {loop.low}")
        with self.writer.aside() as lines:
            with self.under(loop.present()):
                yield
            self.writer.line(f"{loop.variable} = {loop.variable} + 1")
        self.writer.line(f"while {condition()} {loop.variable} <= {high}:".replace("  ", " "))
        self.writer.lines += lines

    def domain(self, binding: t.Binding) -> list[Element] | Loop:
        """The possible elements of a domain, one by one if they are few, else as a loop."""
        domain, type_ = binding.domain, binding.variable.type
        count = cardinality(type_)
        if count is None:
            hint = f"bound it: let `{binding.variable.name}` range over `a..b`"
            raise error(f"`{binding.variable.name}` ranges over unboundedly many values", domain.span, hint)
        if count > LARGEST_UNIVERSE and not isinstance(type_, IntType):
            raise TooLarge(
                f"`{binding.variable.name}` ranges over {count} values; at most {LARGEST_UNIVERSE} are possible"
            )
        match domain:
            case t.RangeSet(low=low_term, high=high_term):
                low, high = self.writer.atom(self.one(low_term)), self.writer.atom(self.one(high_term))
                assert isinstance(type_, IntType) and type_.low is not None and type_.high is not None
                if self.unrolls(count, type_):
                    return [
                        Element([str(k)], and_(compare("<=", low, str(k)), compare("<=", str(k), high)))
                        for k in range(type_.low, type_.high + 1)
                    ]
                name = self.writer.fresh("k")
                return Loop(name, low, high, lambda: "1")
            case t.Universe():
                mask = None
            case t.Subsets(operand=operand):
                (whole,) = self.writer.atoms(self.row(operand)) or ["0"]
                if self.unrolls(count, type_):
                    return [
                        Element([str(c) for c in flatten(value, type_)], compare("==", bit_and(str(i), whole), str(i)))
                        for i, value in enumerate(values(type_))
                    ]
                name = self.writer.fresh("k")
                return Loop(name, "0", whole, lambda: compare("==", bit_and(name, whole), name))
            case _:
                mask = self.writer.atoms(self.row(domain))
        if self.unrolls(count, type_):
            elements = []
            for i, value in enumerate(values(type_)):
                present = "1" if mask is None else self.has(mask, str(i))
                if present != "0":
                    elements.append(Element([str(c) for c in flatten(value, type_)], present))
            return elements
        name = self.writer.fresh("k")
        low = str(type_.low) if isinstance(type_, IntType) else "0"
        high = str(int(low) + count - 1)
        if mask is None:
            return Loop(name, low, high, lambda: "1")
        members = mask
        return Loop(name, low, high, lambda: self.has(members, sub(name, low)))

    def unrolls(self, count: int, type_: Type) -> bool:
        """Small domains are unrolled, and those whose elements are no single number that counts them."""
        counted = isinstance(type_, BoolType | IntType | EnumType | SortType | SetType) and len(shape(type_)) == 1
        return count * self.copies <= _UNROLL or not counted

    # -------------------------------------------------------------------------------------------------- components

    def rank(self, row: Row, type_: Type) -> str:
        """The place of a value in the order of its type, as `values` gives it."""
        if cardinality(type_) == 1:
            return "0"
        match type_:
            case IntType(low, _):
                return sub(row[0], str(low))
            case BoolType() | EnumType() | SortType():
                return row[0]
            case OptionType(element):
                return choose(row[0], add("1", self.rank(row[1:], element)), "0")
            case RecordType(_, fields, _):
                result, start = "0", 0
                for _, field in fields:
                    stop = start + len(shape(field))
                    result = add(mul(result, str(cardinality(field))), self.rank(row[start:stop], field))
                    start = stop
                return result
            case MapType(key, value):
                result, width = "0", len(shape(value))
                for i in range(cardinality(key) or 0):
                    part = self.rank(row[i * width : (i + 1) * width], value)
                    result = add(mul(result, str(cardinality(value))), part)
                return result
            case SetType():
                return row[0] if row else "0"
            case SeqType(capacity, element):
                return self._seq_rank(row, capacity, element)
            case NeverType():
                return "0"

    def _seq_rank(self, row: Row, capacity: int, element: Type) -> str:
        """Sequences come by length; of one length, the first element weighs most."""
        count = cardinality(element) or 0
        row = self.writer.atoms(row)
        elements = element_rows(row, SeqType(capacity, element))
        by_length, before, digits = [], 0, "0"
        for length in range(capacity + 1):
            if length:
                digits = add(mul(digits, str(count)), self.rank(elements[length - 1], element))
            by_length.append([add(str(before), digits)])
            before += count**length
        return pick(by_length, row[0], element)[0]

    def recast(self, row: Row, old: Type, new: Type, present: str = "1") -> tuple[Row, list[str]]:
        """A value's components under another type of the same kind, and the conditions under which it is not of it.

        `present` is the condition under which the value is there at all (see `components`).
        """
        if old == new:
            return row, []
        if cardinality(old) == 0:
            # No such value is ever there. What is computed from one all the same must be of the new type.
            return (absent(new) if present != "1" else [str(c) for c in least(new)]), []
        match old, new:
            case IntType(), IntType():
                wrong = []
                if new.low is not None and (old.low is None or old.low < new.low):
                    wrong.append(and_(present, compare("<", row[0], str(new.low))))
                if new.high is not None and (old.high is None or old.high > new.high):
                    wrong.append(and_(present, compare("<", str(new.high), row[0])))
                return row, wrong
            case OptionType(), OptionType():
                inner, wrong = self.recast(row[1:], old.element, new.element, and_(present, row[0]))
                return [row[0], *inner], wrong
            case _, NeverType():
                return [], [present]
            case RecordType(), RecordType():
                result, wrong, start = [], [], 0
                for (_, a), (_, b) in zip(old.fields, new.fields, strict=True):
                    stop = start + len(shape(a, True))
                    part, errors = self.recast(row[start:stop], a, b, present)
                    result += part
                    wrong += errors
                    start = stop
                return result, wrong
            case MapType(), MapType():
                result, wrong = [], []
                for element in element_rows(row, old):
                    part, errors = self.recast(element, old.value, new.value, present)
                    result += part
                    wrong += errors
                return result, wrong
            case SeqType(), SeqType():
                result, wrong = [row[0]], []
                if old.capacity > new.capacity:
                    wrong.append(and_(present, compare("<", str(new.capacity), row[0])))
                for i, element in enumerate(element_rows(row, old)[: new.capacity]):
                    here = and_(present, compare("<", str(i), row[0]))
                    part, errors = self.recast(element, old.element, new.element, here)
                    result += part
                    wrong += errors
                missing = len(shape(new, True)) - len(result)
                return result + ["0"] * missing, wrong
            case SetType(), SetType():
                return self._recast_set(row, old, new, present)
        raise AssertionError(f"{old} and {new}")

    def _recast_set(self, row: Row, old: SetType, new: SetType, present: str) -> tuple[Row, list[str]]:
        for type_ in (old, new):
            universe_size(type_)  # refuses what is too large to be listed
        places = ranks(new.element)
        moves = [(i, places.get(value)) for value, i in ranks(old.element).items()]
        allowed = [0] * len(row)
        for i, target in moves:
            if target is not None:
                allowed[i // CHUNK] |= 1 << i % CHUNK
        wrong = []
        full = [2**width - 1 for _, width in chunks(universe_size(old))]
        row = self.writer.atoms(row)
        for mask, legal, whole in zip(row, allowed, full, strict=True):
            if legal != whole:
                wrong.append(and_(present, compare("!=", bit_and(mask, str(whole ^ legal)), "0")))
        # Bits that move together by the same distance within the same words move in one operation.
        groups: dict[tuple[int, int, int], int] = {}
        for i, target in moves:
            if target is not None:
                move = (i // CHUNK, target // CHUNK, target % CHUNK - i % CHUNK)
                groups[move] = groups.get(move, 0) | 1 << i % CHUNK
        parts: list[list[str]] = [[] for _ in shape(new)]
        for (source, target_chunk, distance), bits in groups.items():
            moved = row[source] if bits == full[source] else bit_and(row[source], str(bits))
            shift = shift_left if distance >= 0 else shift_right
            parts[target_chunk].append(shift(moved, str(abs(distance))))
        return [bit_or(*part) if part else "0" for part in parts], wrong


def _fits_a_word(type_: IntType) -> bool:
    if type_.low is not None and type_.high is not None and type_.low > type_.high:
        return True
    return type_.low is not None and type_.high is not None and type_.low >= -(2**62) and type_.high <= 2**62


def _reach(type_: IntType) -> str:
    """What values a number may have, in words."""
    if type_.low is not None and type_.low == type_.high:
        return f"is {_shown(type_.low)}"
    least = "" if type_.low is None else f" from {_shown(type_.low)}"
    most = "" if type_.high is None else f" to {_shown(type_.high)}"
    return f"may be anything{least}{most}"


def _shown(number: int) -> str:
    text = str(number)
    return text if len(text) <= 40 else f"{text[:8]}...{text[-8:]}"


def term_type(term: t.Term) -> Type:
    """The type under which both sides of a comparison are laid out."""
    if isinstance(term, t.Extreme):
        return join(term.left.type, term.right.type)
    return term.type


def field_name(variable: str, component: int, primed: bool) -> str:
    """The name in a kernel of a component of a variable."""
    return f"{'n' if primed else 'v'}_{variable}_{component}"


def word_name(word: int, primed: bool) -> str:
    """The name in a kernel of a word of the old or the new state."""
    return f"{'u' if primed else 'w'}_{word}"


def equal(left: Row, right: Row) -> str:
    return and_(*(compare("==", a, b) for a, b in zip(left, right, strict=True)))


def chunks(count: int) -> list[tuple[int, int]]:
    """The parts of a universe of `count` elements: the first rank of each, and how many there are in it."""
    return [(start, min(CHUNK, count - start)) for start in range(0, count, CHUNK)]


def absent(type_: Type) -> Row:
    return ["0"] * len(shape(type_, True))


def field_place(type_: Type, field: str) -> tuple[int, int]:
    """Where a field's components lie among its record's."""
    assert isinstance(type_, RecordType)
    start = 0
    for name, field_type in type_.fields:
        stop = start + len(shape(field_type, True))
        if name == field:
            return start, stop
        start = stop
    raise AssertionError(field)


def element_rows(row: list, type_: Type) -> list[list]:  # type: ignore[type-arg]
    """The components of each element of a map or sequence (for a sequence, of each that it could have)."""
    match type_:
        case MapType(key, value):
            count, width, start = cardinality(key) or 0, len(shape(value, True)), 0
        case SeqType(capacity, element):
            count, width, start = capacity, len(shape(element, True)), 1
        case _:
            raise AssertionError(type_)
    return [row[start + i * width : start + (i + 1) * width] for i in range(count)]


def pick(elements: list[Row], index: str, type_: Type, start: int = 0) -> Row:
    """The element of a number, counted from `start`, that is known to exist; else any."""
    if not elements:
        return absent(type_)
    if len(elements) == 1:
        return elements[0]
    half = len(elements) // 2
    first = pick(elements[:half], index, type_, start)
    second = pick(elements[half:], index, type_, start + half)
    here = compare("<", index, str(start + half))
    return [choose(here, a, b) for a, b in zip(first, second, strict=True)]
