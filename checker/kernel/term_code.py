"""Terms to kernel text.

A term becomes the row of its components (see `components`), each an expression over integers. What cannot be said in
an expression is written as statements before it. Two conventions keep the text simple:

- Evaluation never stops. A failed test (an index out of range, `get` of none, ...) sets the current error flag and
  puts a harmless value in the place of the wrong one; the caller checks the flag in the end. So kernels need no
  exceptions, and the same text can be compiled.
- A `let` is by name, yet computed once: its statements are written where it stands, with an error flag of its own,
  and each use passes that flag on.

Logic, control and arithmetic are here. The other terms have modules of their own (`set_code`, `map_code`, ...).
"""

from __future__ import annotations

from typing import assert_never

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType, join, of_kind
from skipgate.checker.core.errors import InternalError
from skipgate.checker.kernel import bag_code, map_code, quantifier_code, record_code, sequence_code, set_code
from skipgate.checker.kernel.compiler import Compiler, Named
from skipgate.checker.kernel.components import TooLarge, flatten
from skipgate.checker.kernel.kernel_text import (
    add,
    and_,
    choose,
    compare,
    field_name,
    is_literal,
    mul,
    not_,
    or_,
    sub,
)
from skipgate.checker.kernel.recast import recast
from skipgate.checker.kernel.rows import Row, equal, harmless, less
from skipgate.spec.diagnostics import error


class TermCompiler(Compiler):
    """Compiles each term by the method or function for its kind."""

    def row(self, term: t.Term) -> Row:  # noqa: C901  (one case for each kind of term)
        """The components of a term's value. Statements that they need are written first.

        Raises:
            SpecError: a number does not fit a machine word, or something is too large.
        """
        if isinstance(term.type, IntType) and not _fits_a_word(term.type):
            message = f"this number {_reach(term.type)}: it does not fit a machine word"
            raise error(message, term.span, "a search computes with numbers between -2^62 and 2^62")
        try:
            match term:
                case t.Const():
                    return self._const(term)
                case t.Var():
                    return self._var(term)
                case t.Local():
                    return self._local(term)
                case t.Not():
                    return self._not(term)
                case t.Logic():
                    return self._logic(term)
                case t.Equal():
                    return self._equal(term)
                case t.Less():
                    return self._less(term)
                case t.If():
                    return self._if(term)
                case t.Let():
                    return self._let(term)
                case t.Ensure():
                    return self._ensure(term)
                case t.Arithmetic():
                    return self._arithmetic(term)
                case t.Negate():
                    return self._negate(term)
                case t.Absolute():
                    return self._absolute(term)
                case t.Extreme():
                    return self._extreme(term)
                case t.U64():
                    raise InternalError(f"{term.span.place}: a number that may be 2^64 - 1 fits a machine word")
                case t.Select():
                    return map_code.select(self, term)
                case t.Store():
                    return map_code.store(self, term)
                case t.MakeMap():
                    return map_code.make_map(self, term)
                case t.GetField():
                    return record_code.get_field(self, term)
                case t.WithField():
                    return record_code.with_field(self, term)
                case t.MakeRecord():
                    return record_code.make_record(self, term)
                case t.SomeOf():
                    return record_code.some_of(self, term)
                case t.IsSome():
                    return record_code.is_some(self, term)
                case t.MakeVariant():
                    return record_code.make_variant(self, term)
                case t.IsShape():
                    return record_code.is_shape(self, term)
                case t.GetShape():
                    return record_code.get_shape(self, term)
                case t.Get():
                    return record_code.get(self, term)
                case t.Quantified():
                    return quantifier_code.quantified(self, term)
                case t.Aggregate():
                    return quantifier_code.aggregate(self, term)
                case t.In():
                    return set_code.member(self, term)
                case t.Subset():
                    return set_code.subset(self, term)
                case t.SetOperation():
                    return set_code.set_operation(self, term)
                case t.Universe():
                    return set_code.universe(self, term)
                case t.RangeSet():
                    return set_code.range_set(self, term)
                case t.SetLiteral():
                    return set_code.set_literal(self, term)
                case t.SetComprehension():
                    return set_code.set_comprehension(self, term)
                case t.Subsets():
                    return set_code.subsets(self, term)
                case t.Size():
                    return set_code.size(self, term)
                case t.SeqLiteral():
                    return sequence_code.seq_literal(self, term)
                case t.Concat():
                    return sequence_code.concat(self, term)
                case t.Slice():
                    return sequence_code.slice_(self, term)
                case t.SeqComprehension():
                    return sequence_code.seq_comprehension(self, term)
                case t.Elements():
                    return sequence_code.elements(self, term)
                case t.BagOf():
                    return bag_code.bag_of(self, term)
                case t.BagOperation():
                    return bag_code.bag_operation(self, term)
                case t.Multiplicity():
                    return bag_code.multiplicity(self, term)
                case t.Descending():
                    return bag_code.descending(self, term)
                case _:
                    assert_never(term)
        except TooLarge as problem:
            raise error(str(problem), term.span) from None

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
        return [less(self.writer, left, self.as_type(term.right, wanted), term.or_equal)]

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
            row = self.writer.atoms(self.as_type(value, variable.type))
        flag = self.flag if self.failed else None
        self.flag, self.failed, self.ahead = outer
        if flag is not None:
            self.writer.line(f"{flag} = 0")
        self.writer.lines += lines
        self.locals[variable] = Named(row, flag)

    def _ensure(self, term: t.Ensure) -> Row:
        row = self.writer.atoms(self.row(term.operand))
        result, wrong = recast(self.writer, row, term.operand.type, term.type)
        condition = or_(*wrong)
        if condition == "0":
            return result
        names = self.renamed(result)
        # A value outside its type has no place in the layout, so another one takes its place.
        self.test(term, condition, **harmless(names, term.type))
        return names

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
        # In the place of 0 goes a divisor of the operand's type, if there is one: then the result is within its type.
        divisors = of_kind(term.right.type, IntType)
        low, high = divisors.low, divisors.high
        instead = "-1" if high == 0 and low != 0 else "1"
        self.test(term, compare("==", divisor, "0"), **{divisor: instead})
        return ["0"] if low == high == 0 else [f"({left} {sign} {divisor})"]

    def _negate(self, term: t.Negate) -> Row:
        return [sub("0", self.one(term.operand))]

    def _absolute(self, term: t.Absolute) -> Row:
        number = self.writer.atom(self.one(term.operand))
        return [choose(compare("<", number, "0"), sub("0", number), number)]

    def _extreme(self, term: t.Extreme) -> Row:
        wanted = join(term.left.type, term.right.type)
        left = self.writer.atoms(self.as_type(term.left, wanted))
        right = self.writer.atoms(self.as_type(term.right, wanted))
        first = less(self.writer, left, right, True) if term.kind == "min" else less(self.writer, right, left, True)
        if len(left) > 1:
            first = self.writer.atom(first)
        return [choose(first, a, b) for a, b in zip(left, right, strict=True)]


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
