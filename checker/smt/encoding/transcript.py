"""Formulas of Z3 as expressions of the language: what a solver has found, so that people can read it.

A formula speaks of scalars: the length of a sequence, the value in an option, and so on (see `symbolic`).
The value in an absent option is 0 there, but an evaluation error in the language. So a formula about such a scalar is
split in two: what it says where the scalar is present, and, with the 0 put in, what it says where it is absent.

Nothing depends on this being right: whoever draws a conclusion from an expression makes a formula of it again first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import gcd, inf

import z3

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
    values,
)
from skipgate.checker.core.values import Value
from skipgate.checker.elaborate import build
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding import symbolic as sym
from skipgate.checker.smt.encoding.system import System
from skipgate.spec.source import Source, Span

_NOWHERE = Span(Source("<found by a solver>", ""), 0, 0)
_PATIENCE = 200  # milliseconds to find out whether a formula is true, or false, by the types of the variables alone


class Unreadable(Exception):
    """A formula that has no expression; the message says what is in it."""


@dataclass(frozen=True)
class Place:
    """A scalar of the state as a term, which has a value only where all `guards` hold."""

    term: t.Term
    guards: tuple[z3.BoolRef, ...]  # those of outer values before those of inner ones


_Facts = Mapping[int, bool]  # guards that are known to hold or not, by the number that Z3 gives to each formula
_NONE: _Facts = {}
_Summands = dict[int, tuple[int, z3.ExprRef]]  # what is added up, by its number: how many times, and what


class Transcriber:
    """Makes expressions of formulas over the constants of a system."""

    def __init__(self, system: System) -> None:
        self.places: dict[int, Place] = {}
        for variable in system.model.variables:
            whole = t.Var(variable.type, _NOWHERE, variable.name, False)
            for constant, place in _places(system.now[variable.name], variable.type, whole, ()):
                self.places[constant.get_id()] = place
        self.solver = z3.Solver()
        self.solver.set("timeout", _PATIENCE)
        self.solver.add(logic.expression(system.typed))

    def conjuncts(self, formula: logic.Bit) -> list[t.Term]:
        """Expressions all of which are true exactly if the formula is.

        Raises:
            Unreadable: there is something in it that the language has no words for.
        """
        if isinstance(formula, bool):
            return [] if formula else [build.boolean(False, _NOWHERE)]
        parts = _flat(z3.simplify(formula), z3.is_and)
        terms = [term for part in parts for term in self.split(part, _NONE, None)]
        return list({id(term): term for term in terms if not build.is_true(term)}.values())

    def split(self, f: z3.ExprRef, facts: _Facts, premise: t.Term | None) -> Iterator[t.Term]:
        """What a formula says, by whether what it speaks of is present."""
        guard = self.unmet_guard(f, facts)
        if guard is None:
            yield _under(premise, self.formula(f, facts))
            return
        condition = self.formula(guard, facts)
        present = z3.simplify(z3.substitute(f, (guard, z3.BoolVal(True))))
        yield from self.split(present, {**facts, guard.get_id(): True}, _and(premise, condition))
        without = self.decided(self.without(f, guard))
        if not z3.is_true(without):
            negated = build.not_(condition, _NOWHERE)
            yield from self.split(without, {**facts, guard.get_id(): False}, _and(premise, negated))

    def unmet_guard(self, f: z3.ExprRef, facts: _Facts) -> z3.BoolRef | None:
        guards = (guard for constant in self.mentioned(f) for guard in self.places[constant.get_id()].guards)
        return next((guard for guard in guards if guard.get_id() not in facts), None)

    def without(self, f: z3.ExprRef, guard: z3.BoolRef) -> z3.ExprRef:
        """The formula where a guard does not hold, so that what it guards is absent."""
        absent = [
            (c, z3.BoolVal(False) if z3.is_bool(c) else z3.IntVal(0))
            for c in self.mentioned(f)
            if any(g.eq(guard) for g in self.places[c.get_id()].guards)
        ]
        return z3.simplify(z3.substitute(f, (guard, z3.BoolVal(False)), *absent))

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
                return z3.BoolVal(value)
        return f

    # ------------------------------------------------------------------------------------------------------ formulas

    def formula(self, f: z3.ExprRef, facts: _Facts) -> t.Term:
        """A formula all of whose scalars are present, or tested before they are read."""
        if z3.is_true(f) or z3.is_false(f):
            return build.boolean(z3.is_true(f), _NOWHERE)
        if f.get_id() in facts:
            return build.boolean(facts[f.get_id()], _NOWHERE)
        if z3.is_not(f):
            return self.negation(f.arg(0), facts)
        if z3.is_and(f):
            return self.conjunction(_flat(f, z3.is_and), facts)
        if z3.is_or(f):
            return self.clause(_flat(f, z3.is_or), facts)
        if z3.is_implies(f):
            return self.clause([z3.Not(f.arg(0)), f.arg(1)], facts)
        if z3.is_eq(f) and z3.is_bool(f.arg(0)):
            return build.equal(self.formula(f.arg(0), facts), self.formula(f.arg(1), facts), _NOWHERE)
        if z3.is_distinct(f) and z3.is_bool(f.arg(0)) and f.num_args() == 2:
            return self.negation(f.arg(0) == f.arg(1), facts)
        if z3.is_app_of(f, z3.Z3_OP_ITE):
            condition, then, otherwise = (self.formula(part, facts) for part in f.children())
            return build.if_(condition, then, otherwise, _NOWHERE)
        if f.get_id() in self.places:
            return self.places[f.get_id()].term
        if _is_comparison(f):
            return self.comparison(f, facts, True)
        raise Unreadable(f"`{f.decl().name()}`")

    def negation(self, f: z3.ExprRef, facts: _Facts) -> t.Term:
        if z3.is_not(f):
            return self.formula(f.arg(0), facts)
        if z3.is_and(f):
            return self.clause([z3.Not(part) for part in _flat(f, z3.is_and)], facts)
        if z3.is_or(f):
            return self.conjunction([z3.Not(part) for part in _flat(f, z3.is_or)], facts)
        if _is_comparison(f) and f.get_id() not in facts:
            return self.comparison(f, facts, False)
        return build.not_(self.formula(f, facts), _NOWHERE)

    def conjunction(self, parts: list[z3.ExprRef], facts: _Facts) -> t.Term:
        result: t.Term | None = None
        for part in sorted(parts, key=self.rank):
            result = _and(result, self.formula(part, facts))
        return build.boolean(True, _NOWHERE) if result is None else result

    def clause(self, parts: list[z3.ExprRef], facts: _Facts) -> t.Term:
        """A disjunction, written as an implication if parts of it are negated."""
        premise: t.Term | None = None
        for part in sorted((part for part in parts if z3.is_not(part)), key=self.rank):
            premise = _and(premise, self.formula(part.arg(0), facts))
        conclusion: t.Term = build.boolean(False, _NOWHERE)
        for part in parts:
            if not z3.is_not(part):
                conclusion = build.logic("or", conclusion, self.formula(part, facts), _NOWHERE)
        return _under(premise, conclusion)

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
                same = build.equal(left, right, _NOWHERE)
                return same if wanted else build.not_(same, _NOWHERE)
        members = list(values(term.type))
        cases = [z3.simplify(z3.substitute(f, (constant, z3.IntVal(i)))) for i in range(len(members))]
        if all(z3.is_true(case) or z3.is_false(case) for case in cases):
            return _one_of(term, [m for m, case in zip(members, cases, strict=True) if z3.is_true(case) is wanted])
        terms = [self.formula(case if wanted else z3.Not(case), facts) for case in cases]
        result = terms[-1]
        for member, case_term in reversed(list(zip(members[:-1], terms[:-1], strict=True))):
            result = build.if_(_one_of(term, [member]), case_term, result, _NOWHERE)
        return result

    def linear(self, f: z3.ExprRef, facts: _Facts, wanted: bool) -> t.Term:
        """A comparison of integers; what is subtracted on one side is added on the other."""
        a, b = f.children()
        difference, constant = self.summands([(a, 1), (b, -1)])
        kind = f.decl().kind()
        if kind in (z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT):
            same = build.equal(*self.sides(difference, constant, facts), _NOWHERE)
            return same if wanted is (kind == z3.Z3_OP_EQ) else build.not_(same, _NOWHERE)
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
            return build.less(*self.sides(difference, 0, facts), False, _NOWHERE)
        left, right = self.sides(difference, constant, facts)
        if isinstance(left, t.Const):  # a number alone is better read on the right
            return build.not_(build.less(right, left, False, _NOWHERE), _NOWHERE)
        return build.less(left, right, True, _NOWHERE)

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
        result: t.Term | None = None
        for times, part in parts:
            term = self.number(part, facts)
            if times != 1:
                term = build.arithmetic("*", _integer(times), term, _NOWHERE)
            result = term if result is None else build.arithmetic("+", result, term, _NOWHERE)
        if result is None:
            return _integer(constant)
        if constant == 0:
            return result
        return build.arithmetic("+" if constant > 0 else "-", result, _integer(abs(constant)), _NOWHERE)

    def number(self, e: z3.ExprRef, facts: _Facts) -> t.Term:
        if e.get_id() in self.places:
            return self.places[e.get_id()].term
        if z3.is_int_value(e):
            return _integer(e.as_long())
        if z3.is_app_of(e, z3.Z3_OP_ITE):
            condition, then, otherwise = e.children()
            return build.if_(
                self.formula(condition, facts), self.number(then, facts), self.number(otherwise, facts), _NOWHERE
            )
        if z3.is_add(e) or z3.is_sub(e) or z3.is_app_of(e, z3.Z3_OP_UMINUS):
            summands, constant = self.summands([(e, 1)])
            more = self.sum([(n, part) for n, part in summands.values() if n > 0], constant, facts)
            less = [(-n, part) for n, part in summands.values() if n < 0]
            return build.arithmetic("-", more, self.sum(less, 0, facts), _NOWHERE) if less else more
        if z3.is_mul(e):
            product, *rest = (self.number(part, facts) for part in e.children())
            for factor in rest:
                product = build.arithmetic("*", product, factor, _NOWHERE)
            return product
        # Z3's division and the language's differ where the divisor is negative.
        if (z3.is_mod(e) or z3.is_idiv(e)) and z3.is_int_value(e.arg(1)) and e.arg(1).as_long() > 0:
            operand, divisor = self.number(e.arg(0), facts), e.arg(1).as_long()
            if z3.is_mod(e) and divisor == 2**64:
                return build.u64(operand, _NOWHERE)
            return build.arithmetic("mod" if z3.is_mod(e) else "div", operand, _integer(divisor), _NOWHERE)
        raise Unreadable(f"`{e.decl().name()}`")


def _places(
    value: sym.Symbolic, type_: Type, term: t.Term, guards: tuple[z3.BoolRef, ...]
) -> Iterator[tuple[z3.ExprRef, Place]]:
    """The scalars of a value with the terms that they are the values of. Sets that are arrays have none."""
    match type_:
        case BoolType() | IntType() | EnumType() | SortType():
            assert isinstance(value, z3.ExprRef)
            yield value, Place(term, guards)
        case RecordType(_, fields, _):
            assert isinstance(value, sym.Record)
            for (name, field), part in zip(fields, value.parts, strict=True):
                yield from _places(part, field, build.get_field(term, name, _NOWHERE), guards)
        case OptionType(element):
            assert isinstance(value, sym.Option)
            assert isinstance(value.present, z3.BoolRef)
            yield value.present, Place(build.is_some(term, _NOWHERE), guards)
            inner = build.get(term, True, _NOWHERE)
            yield from _places(value.value, element, inner, (*guards, value.present))
        case MapType(key, element):
            assert isinstance(value, sym.Table)
            for k, part in zip(sym.keys(key), value.entries, strict=True):
                yield from _places(part, element, build.select(term, t.Const(key, _NOWHERE, k), _NOWHERE), guards)
        case SeqType(_, element):
            assert isinstance(value, sym.Seq)
            yield logic.expression(value.length), Place(build.size(term, _NOWHERE), guards)
            for i, part in enumerate(value.elements, start=1):
                exists = logic.expression(logic.at_most(i, value.length))
                assert isinstance(exists, z3.BoolRef)
                yield from _places(part, element, build.select(term, _integer(i), _NOWHERE), (*guards, exists))
        case SetType(element):
            if isinstance(value, sym.Members):
                for member, bit in zip(sym.universe(element) or (), value.bits, strict=True):
                    inside = build.in_(t.Const(element, _NOWHERE, member), term, _NOWHERE)
                    yield logic.expression(bit), Place(inside, guards)
        case NeverType():
            pass


def _integer(value: int) -> t.Const:
    return build.constant(value, IntType(value, value), _NOWHERE)


_COMPARISONS = {z3.Z3_OP_LE, z3.Z3_OP_LT, z3.Z3_OP_GE, z3.Z3_OP_GT, z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT}


def _is_comparison(f: z3.ExprRef) -> bool:
    """Does this compare two integers?"""
    return f.num_args() == 2 and f.decl().kind() in _COMPARISONS and z3.is_int(f.arg(0))


def _one_of(term: t.Term, chosen: list[Value]) -> t.Term:
    """The term is one of the chosen values of its type."""
    members = list(values(term.type))

    def constant(member: Value) -> t.Const:
        return t.Const(term.type, _NOWHERE, member)

    if len(chosen) in (0, len(members)):
        return build.boolean(bool(chosen), _NOWHERE)
    if len(chosen) == 1:
        return build.equal(term, constant(chosen[0]), _NOWHERE)
    if len(chosen) == len(members) - 1:
        (left_out,) = (member for member in members if member not in chosen)
        return build.not_(build.equal(term, constant(left_out), _NOWHERE), _NOWHERE)
    return build.in_(term, build.set_literal(tuple(map(constant, chosen)), _NOWHERE), _NOWHERE)


def _and(premise: t.Term | None, term: t.Term) -> t.Term:
    if premise is None or build.is_true(premise):
        return term
    if isinstance(term, t.Logic) and term.operator == "and":
        return _and(_and(premise, term.left), term.right)
    return build.logic("and", premise, term, _NOWHERE)


def _under(premise: t.Term | None, term: t.Term) -> t.Term:
    """`premise => term`, with the premises of the term added to it, and its negation if the term is false."""
    if premise is None or build.is_true(premise) or build.is_true(term):
        return term
    if isinstance(term, t.Logic) and term.operator == "implies":
        return _under(_and(premise, term.left), term.right)
    if not build.is_false(term):
        return build.logic("implies", premise, term, _NOWHERE)
    if isinstance(premise, t.Logic) and premise.operator == "and":
        return _under(premise.left, _negated(premise.right))
    return _negated(premise)


def _negated(term: t.Term) -> t.Term:
    if isinstance(term, t.Less) and not isinstance(term.left, t.Const) and not isinstance(term.right, t.Const):
        return build.less(term.right, term.left, not term.or_equal, _NOWHERE)
    return term.operand if isinstance(term, t.Not) else build.not_(term, _NOWHERE)


def _flat(f: z3.ExprRef, is_same: Callable[[z3.ExprRef], bool]) -> list[z3.ExprRef]:
    """The parts of a conjunction or disjunction, those of parts of the same kind put in their place."""
    if not is_same(f):
        return [f]
    return [inner for part in f.children() for inner in _flat(part, is_same)]
