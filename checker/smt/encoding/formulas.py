"""Terms as formulas.

A term becomes a pair: its value, and whether it has one. The second follows the language to the letter (see
`semantics.evaluate`): what `and`, `if` or a quantifier does not evaluate cannot fail, a `let` fails where its name is
used, and every failing operation makes all that needs its value fail. So no failure is ever assumed away, and none is
seen that would not happen. Where a term has no value, the first half of the pair is of no meaning.

Quantifiers over few values are unrolled; over many or unboundedly many they become quantifiers of the formula.

Leaves, logic, control and integers are here; the other kinds of terms have modules of their own (`set_formulas`, ...).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType, join
from skipgate.checker.smt.encoding import (
    bag_formulas,
    logic,
    quantifier_formulas,
    record_formulas,
    relations,
    sequence_formulas,
    set_formulas,
)
from skipgate.checker.smt.encoding.encoder import Encoded, Encoder, Untranslatable
from skipgate.checker.smt.encoding.lifting import lift
from skipgate.checker.smt.encoding.logic import Bit, and_, implies, not_, or_
from skipgate.checker.smt.encoding.recasting import recast, within
from skipgate.checker.smt.encoding.symbolic import TooManyParts
from skipgate.spec.diagnostics import error

_CONNECTIVES: Mapping[str, Callable[[Bit, Bit], Bit]] = {"and": and_, "or": or_, "implies": implies}


class TermEncoder(Encoder):
    """Encodes each term by the method or function for its kind."""

    def encode(self, term: t.Term) -> Encoded:
        """The formula of a term, by its kind."""
        self.work += 1
        if self.tick is not None and not self.work & 255:
            self.tick()
        try:
            return self._encode(term)
        except (TooManyParts, Untranslatable) as problem:
            raise error(f"this cannot be translated for Z3: {problem}", term.span) from None

    def _encode(self, term: t.Term) -> Encoded:  # noqa: C901  (one case for each kind of term)
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
            case t.U64():
                return self._u64(term)
            case t.Extreme():
                return self._extreme(term)
            case t.SomeOf():
                return record_formulas.some_of(self, term)
            case t.IsSome():
                return record_formulas.is_some(self, term)
            case t.Get():
                return record_formulas.get(self, term)
            case t.MakeVariant():
                return record_formulas.make_variant(self, term)
            case t.IsShape():
                return record_formulas.is_shape(self, term)
            case t.GetShape():
                return record_formulas.get_shape(self, term)
            case t.MakeRecord():
                return record_formulas.make_record(self, term)
            case t.GetField():
                return record_formulas.get_field(self, term)
            case t.WithField():
                return record_formulas.with_field(self, term)
            case t.Select():
                return sequence_formulas.select(self, term)
            case t.Store():
                return sequence_formulas.store(self, term)
            case t.MakeMap():
                return sequence_formulas.make_map(self, term)
            case t.SeqLiteral():
                return sequence_formulas.seq_literal(self, term)
            case t.Concat():
                return sequence_formulas.concat(self, term)
            case t.Slice():
                return sequence_formulas.slice_(self, term)
            case t.SeqComprehension():
                return sequence_formulas.seq_comprehension(self, term)
            case t.In():
                return set_formulas.member(self, term)
            case t.RangeSet():
                return set_formulas.range_set(self, term)
            case t.Universe():
                return set_formulas.universe(self, term)
            case t.SetLiteral():
                return set_formulas.set_literal(self, term)
            case t.SetOperation():
                return set_formulas.set_operation(self, term)
            case t.Subset():
                return set_formulas.subset(self, term)
            case t.SetComprehension():
                return set_formulas.set_comprehension(self, term)
            case t.Subsets():
                return set_formulas.subsets(self, term)
            case t.Size():
                return set_formulas.size(self, term)
            case t.Elements():
                return set_formulas.elements(self, term)
            case t.BagOf():
                return bag_formulas.bag_of(self, term)
            case t.BagOperation():
                return bag_formulas.bag_operation(self, term)
            case t.Multiplicity():
                return bag_formulas.multiplicity(self, term)
            case t.Descending():
                return bag_formulas.descending(self, term)
            case t.Quantified():
                return quantifier_formulas.quantified(self, term)
            case t.Aggregate():
                return quantifier_formulas.aggregate(self, term)
            case _:
                assert_never(term)

    # ----------------------------------------------------------------------------------------------------------- leaves

    def _const(self, term: t.Const) -> Encoded:
        return Encoded(lift(term.value, term.type), True)

    def _var(self, term: t.Var) -> Encoded:
        return Encoded((self.successor if term.primed else self.state)[term.name], True)

    def _local(self, term: t.Local) -> Encoded:
        return self.locals[term.variable]

    # --------------------------------------------------------------------------------------------- booleans and control

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
        return Encoded(relations.equal(left, right), defined)

    def _less(self, term: t.Less) -> Encoded:
        left, right, defined = self.pair(term.left, term.right)
        return Encoded(relations.less(left, right, term.or_equal), defined)

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
        return Encoded(relations.choose(condition, then, otherwise), and_(defined, chosen))

    def _let(self, term: t.Let) -> Encoded:
        self.locals[term.variable] = self.encode(term.value)
        return self.encode(term.body)

    def _ensure(self, term: t.Ensure) -> Encoded:
        value, defined = self.encode(term.operand)
        succeeds = within(value, term.operand.type, term.type)
        return self.partial(term, succeeds, recast(value, term.operand.type, term.type), defined)

    # --------------------------------------------------------------------------------------------------------- integers

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
        type_ = term.operand.type
        assert isinstance(type_, IntType)
        value, defined = self.encode(term.operand)
        return Encoded(logic.modulo(value, 2**64, relations.interval(type_)), defined)

    def _extreme(self, term: t.Extreme) -> Encoded:
        left, right, defined = self.pair(term.left, term.right)
        first = relations.less(left, right, True) if term.kind == "min" else relations.less(right, left, True)
        wanted = join(term.left.type, term.right.type)
        return Encoded(recast(relations.choose(first, left, right), wanted, term.type), defined)
