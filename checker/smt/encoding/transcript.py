"""Formulas of Z3 as expressions of the language: what a solver has found, so that people can read it.

A formula speaks of scalars: the length of a sequence, the value in an option, and so on (see `symbolic`).
The value in an absent option is 0 there, but an evaluation error in the language. So a formula about such a scalar is
split in two: what it says where the scalar is present, and, with the 0 put in, what it says where it is absent.

Nothing depends on this being right: whoever draws a conclusion from an expression makes a formula of it again first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import gcd, inf

import z3

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import (
    EnumType,
    SortType,
    values,
)
from skipgate.checker.elaborate import build
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.phrasing import NOWHERE, conjoined, integer, one_of, under
from skipgate.checker.smt.encoding.places import ScalarPlace, places_of
from skipgate.checker.smt.encoding.system import System

_PATIENCE = 200  # milliseconds to find out whether a formula is true, or false, by the types of the variables alone


class Unreadable(Exception):
    """A formula that has no expression; the message says what is in it."""


_Facts = Mapping[int, bool]  # guards that are known to hold or not, by the number that Z3 gives to each formula
_NONE: _Facts = {}
_Summands = dict[int, tuple[int, z3.ExprRef]]  # what is added up, by its number: how many times, and what


class Transcriber:
    """Makes expressions of formulas over the constants of a system."""

    def __init__(self, system: System) -> None:
        self.places: dict[int, ScalarPlace] = {}
        for variable in system.model.variables:
            whole = t.Var(variable.type, NOWHERE, variable.name, False)
            for constant, place in places_of(system.now[variable.name], variable.type, whole, ()):
                self.places[constant.get_id()] = place
        self.solver = z3.Solver(ctx=logic.context())
        self.solver.set("timeout", _PATIENCE)
        self.solver.add(logic.expression(system.typed))

    def conjuncts(self, formula: logic.Bit) -> list[t.Term]:
        """Expressions all of which are true exactly if the formula is.

        Raises:
            Unreadable: there is something in it that the language has no words for.
        """
        if isinstance(formula, bool):
            return [] if formula else [build.boolean(False, NOWHERE)]
        parts = _flat(z3.simplify(formula), z3.is_and)
        terms = [term for part in parts for term in self.split(part, _NONE, None)]
        return list({id(term): term for term in terms if not build.is_true(term)}.values())

    def split(self, f: z3.ExprRef, facts: _Facts, premise: t.Term | None) -> Iterator[t.Term]:
        """What a formula says, by whether what it speaks of is present."""
        guard = self.unmet_guard(f, facts)
        if guard is None:
            yield under(premise, self.formula(f, facts))
            return
        condition = self.formula(guard, facts)
        present = z3.simplify(z3.substitute(f, (guard, logic.expression(True))))
        yield from self.split(present, {**facts, guard.get_id(): True}, conjoined(premise, condition))
        without = self.decided(self.without(f, guard))
        if not z3.is_true(without):
            negated = build.not_(condition, NOWHERE)
            yield from self.split(without, {**facts, guard.get_id(): False}, conjoined(premise, negated))

    def unmet_guard(self, f: z3.ExprRef, facts: _Facts) -> z3.BoolRef | None:
        """The first guard of what a formula mentions of which it is not known whether it holds."""
        guards = (guard for constant in self.mentioned(f) for guard in self.places[constant.get_id()].guards)
        return next((guard for guard in guards if guard.get_id() not in facts), None)

    def without(self, f: z3.ExprRef, guard: z3.BoolRef) -> z3.ExprRef:
        """The formula where a guard does not hold, so that what it guards is absent."""
        absent = [
            (c, logic.expression(False) if z3.is_bool(c) else logic.expression(0))
            for c in self.mentioned(f)
            if any(g.eq(guard) for g in self.places[c.get_id()].guards)
        ]
        return z3.simplify(z3.substitute(f, (guard, logic.expression(False)), *absent))

    def mentioned(self, f: z3.ExprRef) -> list[z3.ExprRef]:
        """The scalars in a formula, in the order of the state."""
        found: dict[int, z3.ExprRef] = {}
        seen: set[int] = set()
        todo = [f]
        while todo:
            part = todo.pop()
            if part.get_id() in seen:
                continue
            seen.add(part.get_id())
            if part.get_id() in self.places:
                found[part.get_id()] = part
            elif z3.is_const(part) and part.decl().kind() == z3.Z3_OP_UNINTERPRETED:
                raise Unreadable(f"`{part}`")
            todo.extend(part.children())
        return [found[key] for key in self.places if key in found]

    def decided(self, f: z3.ExprRef) -> z3.ExprRef:
        """True or false if the formula is that in every state, by the types of the variables alone."""
        for value in (True, False):
            self.solver.push()
            self.solver.add(z3.Not(f) if value else f)
            answer = self.solver.check()
            self.solver.pop()
            if answer == z3.unsat:
                return logic.expression(value)
        return f

    # ------------------------------------------------------------------------------------------------------ formulas

    def formula(self, f: z3.ExprRef, facts: _Facts) -> t.Term:
        """A formula all of whose scalars are present, or tested before they are read."""
        if z3.is_true(f) or z3.is_false(f):
            return build.boolean(z3.is_true(f), NOWHERE)
        if f.get_id() in facts:
            return build.boolean(facts[f.get_id()], NOWHERE)
        if z3.is_not(f):
            return self.negation(f.arg(0), facts)
        if z3.is_and(f):
            return self.conjunction(_flat(f, z3.is_and), facts)
        if z3.is_or(f):
            return self.clause(_flat(f, z3.is_or), facts)
        if z3.is_implies(f):
            return self.clause([z3.Not(f.arg(0)), f.arg(1)], facts)
        if z3.is_eq(f) and z3.is_bool(f.arg(0)):
            return build.equal(self.formula(f.arg(0), facts), self.formula(f.arg(1), facts), NOWHERE)
        if z3.is_distinct(f) and z3.is_bool(f.arg(0)) and f.num_args() == 2:
            return self.negation(f.arg(0) == f.arg(1), facts)
        if z3.is_app_of(f, z3.Z3_OP_ITE):
            condition, then, otherwise = (self.formula(part, facts) for part in f.children())
            return build.if_(condition, then, otherwise, NOWHERE)
        if f.get_id() in self.places:
            return self.places[f.get_id()].term
        if _is_comparison(f):
            return self.comparison(f, facts, True)
        raise Unreadable(f"`{f.decl().name()}`")

    def negation(self, f: z3.ExprRef, facts: _Facts) -> t.Term:
        """The negation of a formula, moved inwards."""
        if z3.is_not(f):
            return self.formula(f.arg(0), facts)
        if z3.is_and(f):
            return self.clause([z3.Not(part) for part in _flat(f, z3.is_and)], facts)
        if z3.is_or(f):
            return self.conjunction([z3.Not(part) for part in _flat(f, z3.is_or)], facts)
        if _is_comparison(f) and f.get_id() not in facts:
            return self.comparison(f, facts, False)
        return build.not_(self.formula(f, facts), NOWHERE)

    def conjunction(self, parts: list[z3.ExprRef], facts: _Facts) -> t.Term:
        """A conjunction, truth values first."""
        result: t.Term | None = None
        for part in sorted(parts, key=self.rank):
            result = conjoined(result, self.formula(part, facts))
        return build.boolean(True, NOWHERE) if result is None else result

    def clause(self, parts: list[z3.ExprRef], facts: _Facts) -> t.Term:
        """A disjunction, written as an implication if parts of it are negated."""
        premise: t.Term | None = None
        for part in sorted((part for part in parts if z3.is_not(part)), key=self.rank):
            premise = conjoined(premise, self.formula(part.arg(0), facts))
        conclusion: t.Term = build.boolean(False, NOWHERE)
        for part in parts:
            if not z3.is_not(part):
                conclusion = build.logic("or", conclusion, self.formula(part, facts), NOWHERE)
        return under(premise, conclusion)

    def rank(self, part: z3.ExprRef) -> float:
        """Truth values come before comparisons."""
        place = self.places.get((part.arg(0) if z3.is_not(part) else part).get_id())
        return inf if place is None else len(place.guards)

    # --------------------------------------------------------------------------------------------------- comparisons

    def comparison(self, f: z3.ExprRef, facts: _Facts, wanted: bool) -> t.Term:
        """A comparison of two numbers, or its negation if it is not `wanted` to be true."""
        for constant in self.mentioned(f):
            if isinstance(self.places[constant.get_id()].term.type, EnumType | SortType):
                return self.named(f, constant, facts, wanted)
        return self.linear(f, facts, wanted)

    def named(self, f: z3.ExprRef, constant: z3.ExprRef, facts: _Facts, wanted: bool) -> t.Term:
        """A comparison in which a number stands for a value of an enum or sort: they are put in one by one."""
        term = self.places[constant.get_id()].term
        if z3.is_eq(f) and all(part.get_id() in self.places for part in f.children()):
            left, right = (self.places[part.get_id()].term for part in f.children())
            if left.type == right.type:
                same = build.equal(left, right, NOWHERE)
                return same if wanted else build.not_(same, NOWHERE)
        members = list(values(term.type))
        cases = [z3.simplify(z3.substitute(f, (constant, logic.expression(i)))) for i in range(len(members))]
        if all(z3.is_true(case) or z3.is_false(case) for case in cases):
            return one_of(term, [m for m, case in zip(members, cases, strict=True) if z3.is_true(case) is wanted])
        terms = [self.formula(case if wanted else z3.Not(case), facts) for case in cases]
        result = terms[-1]
        for member, case_term in reversed(list(zip(members[:-1], terms[:-1], strict=True))):
            result = build.if_(one_of(term, [member]), case_term, result, NOWHERE)
        return result

    def linear(self, f: z3.ExprRef, facts: _Facts, wanted: bool) -> t.Term:
        """A comparison of integers; what is subtracted on one side is added on the other."""
        a, b = f.children()
        difference, constant = self.summands([(a, 1), (b, -1)])
        kind = f.decl().kind()
        if kind in (z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT):
            same = build.equal(*self.sides(difference, constant, facts), NOWHERE)
            return same if wanted is (kind == z3.Z3_OP_EQ) else build.not_(same, NOWHERE)
        # It says that the difference is at most 0, or less, or the other way round. Made to be: at most 0.
        strict = kind in (z3.Z3_OP_LT, z3.Z3_OP_GT) if wanted else kind in (z3.Z3_OP_LE, z3.Z3_OP_GE)
        if (kind in (z3.Z3_OP_LE, z3.Z3_OP_LT)) is not wanted:
            difference = {key: (-times, part) for key, (times, part) in difference.items()}
            constant = -constant
        constant += strict
        divisor = gcd(*(times for times, _ in difference.values())) or 1
        difference = {key: (times // divisor, part) for key, (times, part) in difference.items()}
        constant = -(-constant // divisor)
        signs = {times > 0 for times, _ in difference.values()}
        if constant == 1 and len(signs) == 2:
            return build.less(*self.sides(difference, 0, facts), False, NOWHERE)
        left, right = self.sides(difference, constant, facts)
        if isinstance(left, t.Const):  # a number alone is better read on the right
            return build.not_(build.less(right, left, False, NOWHERE), NOWHERE)
        return build.less(left, right, True, NOWHERE)

    # ------------------------------------------------------------------------------------------------------- numbers

    def summands(self, parts: Iterable[tuple[z3.ExprRef, int]]) -> tuple[_Summands, int]:
        """What is added up, and the constant, in a sum of parts that are each taken so many times."""
        counts: Counter[int] = Counter()
        found: dict[int, z3.ExprRef] = {}
        constant = 0
        todo = list(reversed(list(parts)))
        while todo:
            part, times = todo.pop()
            if z3.is_int_value(part):
                constant += times * part.as_long()
            elif z3.is_add(part):
                todo += [(child, times) for child in reversed(part.children())]
            elif z3.is_sub(part):
                first, *rest = part.children()
                todo += [*((child, -times) for child in rest), (first, times)]
            elif z3.is_app_of(part, z3.Z3_OP_UMINUS):
                todo.append((part.arg(0), -times))
            elif z3.is_mul(part) and part.num_args() == 2 and any(map(z3.is_int_value, part.children())):
                known, other = sorted(part.children(), key=z3.is_int_value, reverse=True)
                todo.append((other, times * known.as_long()))
            else:
                counts[part.get_id()] += times
                found[part.get_id()] = part
        return {key: (counts[key], part) for key, part in found.items() if counts[key]}, constant

    def sides(self, difference: _Summands, constant: int, facts: _Facts) -> tuple[t.Term, t.Term]:
        """A sum that is compared with 0 as two sums without negative parts, the constant where a number stands."""
        left = [(times, part) for times, part in difference.values() if times > 0]
        right = [(-times, part) for times, part in difference.values() if times < 0]
        if left and not right:
            return self.sum(left, 0, facts), self.sum([], -constant, facts)
        if right and not left:
            return self.sum([], constant, facts), self.sum(right, 0, facts)
        return self.sum(left, max(0, constant), facts), self.sum(right, max(0, -constant), facts)

    def sum(self, parts: Iterable[tuple[int, z3.ExprRef]], constant: int, facts: _Facts) -> t.Term:
        """Parts, each taken so many times, and a constant added up."""
        result: t.Term | None = None
        for times, part in parts:
            term = self.number(part, facts)
            if times != 1:
                term = build.arithmetic("*", integer(times), term, NOWHERE)
            result = term if result is None else build.arithmetic("+", result, term, NOWHERE)
        if result is None:
            return integer(constant)
        if constant == 0:
            return result
        return build.arithmetic("+" if constant > 0 else "-", result, integer(abs(constant)), NOWHERE)

    def number(self, e: z3.ExprRef, facts: _Facts) -> t.Term:
        """An expression that is a number."""
        if e.get_id() in self.places:
            return self.places[e.get_id()].term
        if z3.is_int_value(e):
            return integer(e.as_long())
        if z3.is_app_of(e, z3.Z3_OP_ITE):
            condition, then, otherwise = e.children()
            return build.if_(
                self.formula(condition, facts), self.number(then, facts), self.number(otherwise, facts), NOWHERE
            )
        if z3.is_add(e) or z3.is_sub(e) or z3.is_app_of(e, z3.Z3_OP_UMINUS):
            summands, constant = self.summands([(e, 1)])
            more = self.sum([(n, part) for n, part in summands.values() if n > 0], constant, facts)
            less = [(-n, part) for n, part in summands.values() if n < 0]
            return build.arithmetic("-", more, self.sum(less, 0, facts), NOWHERE) if less else more
        if z3.is_mul(e):
            product, *rest = (self.number(part, facts) for part in e.children())
            for factor in rest:
                product = build.arithmetic("*", product, factor, NOWHERE)
            return product
        # Z3's division and the language's differ where the divisor is negative.
        if (z3.is_mod(e) or z3.is_idiv(e)) and z3.is_int_value(e.arg(1)) and e.arg(1).as_long() > 0:
            operand, divisor = self.number(e.arg(0), facts), e.arg(1).as_long()
            if z3.is_mod(e) and divisor == 2**64:
                return build.u64(operand, NOWHERE)
            return build.arithmetic("mod" if z3.is_mod(e) else "div", operand, integer(divisor), NOWHERE)
        raise Unreadable(f"`{e.decl().name()}`")


_COMPARISONS = {z3.Z3_OP_LE, z3.Z3_OP_LT, z3.Z3_OP_GE, z3.Z3_OP_GT, z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT}


def _is_comparison(f: z3.ExprRef) -> bool:
    """Does this compare two integers?"""
    return f.num_args() == 2 and f.decl().kind() in _COMPARISONS and z3.is_int(f.arg(0))


def _flat(f: z3.ExprRef, is_same: Callable[[z3.ExprRef], bool]) -> list[z3.ExprRef]:
    """The parts of a conjunction or disjunction, those of parts of the same kind put in their place."""
    if not is_same(f):
        return [f]
    return [inner for part in f.children() for inner in _flat(part, is_same)]
