"""The evaluator, and the interpreter of syntax trees that it is compared with, on examples worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipgate.checker.core.datatypes import (
    BOOL,
    BagType,
    EnumType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
)
from skipgate.checker.core.datatypes import values as values_of
from skipgate.checker.core.terms import RangeSet, Universe
from skipgate.checker.core.values import sort_key
from skipgate.checker.elaborate.elaborate import elaborate
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate, holds, ordered
from skipgate.checker.semantics.steps import initial_states
from skipgate.spec import syntax as s
from tests.checker.language import FAILING, claim, true_expressions
from tests.checker.reference import NoValue, Place, Reference, compare
from tests.checker.specs import model_of, term_of


@pytest.mark.parametrize("expression", true_expressions())
def test_true(expression: str) -> None:
    spec = claim(expression)
    model = elaborate(spec, spec.checks[0])
    state = next(initial_states(model))
    assert holds(model.invariants[0].term, Scope(state))
    assert Reference(spec, spec.checks[0]).value(spec.all(s.PropertyDecl)[0].condition, Place(state)) is True


@pytest.mark.parametrize(("expression", "message"), FAILING.items(), ids=FAILING)
def test_without_a_value(expression: str, message: str) -> None:
    spec = claim(expression)
    model = elaborate(spec, spec.checks[0])
    state = next(initial_states(model))
    with pytest.raises(EvaluationError) as caught:
        evaluate(model.invariants[0].term, Scope(state))
    assert caught.value.message == message
    with pytest.raises(NoValue):
        Reference(spec, spec.checks[0]).value(spec.all(s.PropertyDecl)[0].condition, Place(state))


def test_primes_read_the_next_state() -> None:
    model = model_of("var x : 0..3 = 0\ndef d = x + 1\ntransition T x' == d and d' == x' + 1")
    term = model.transitions[0].term
    assert holds(term, Scope({"x": 1}, {"x": 2}))
    assert not holds(term, Scope({"x": 1}, {"x": 1}))


def test_a_value_by_name_is_computed_where_it_is_used() -> None:
    term = term_of("let d = 10 div x: if x == 0 then 0 else d", "var x : 0..3 = 0")
    assert [evaluate(term, Scope({"x": x})) for x in range(3)] == [0, 10, 5]


def test_ranges_and_types_are_gone_through_without_building_a_set() -> None:
    numbers = term_of("0..x", "var x : 0..2000000000 = 0")
    assert isinstance(numbers, RangeSet)
    assert isinstance(ordered(numbers, Scope({"x": 2_000_000_000})), range)
    model = model_of("type Natural = nat\nvar x : 0..3 = 0\ninvariant I x in Natural\ncheck c expect holds")
    assert holds(model.invariants[0].term, Scope({"x": 3}))


def test_a_vast_set_is_refused() -> None:
    term = term_of("len(0..x)", "var x : 0..2000000000 = 0")
    with pytest.raises(EvaluationError, match="cannot be listed"):
        evaluate(term, Scope({"x": 2_000_000_000}))


def test_an_endless_type_is_refused() -> None:
    term = term_of("exists n in Natural: n > x", "type Natural = nat\nvar x : 0..3 = 0")
    with pytest.raises(EvaluationError, match="no end"):
        evaluate(term, Scope({"x": 0}))
    assert any(isinstance(part, Universe) for part in [term.binding.domain])  # type: ignore[attr-defined]


COLOR = EnumType("Color", ("red", "green"))
STAMP = RecordType("Stamp", (("f", IntType(-1, 1)), ("g", OptionType(BOOL))), True)
TYPES: list[Type] = [
    BOOL,
    IntType(-2, 2),
    COLOR,
    SortType("Node", 3),
    STAMP,
    OptionType(OptionType(COLOR)),
    SetType(IntType(-2, 1)),
    SetType(SetType(BOOL)),
    SetType(IntType(-2, 1), 2),
    BagType(IntType(-2, 1), 2),
    BagType(OptionType(BOOL), 3),
    SetType(OptionType(BOOL), 7),
    SetType(STAMP.fields[1][1]),
    SeqType(3, BOOL),
    SetType(SeqType(1, BOOL)),
    MapType(COLOR, IntType(0, 2)),
    MapType(BOOL, SetType(BOOL)),
]


@pytest.mark.parametrize("type_", TYPES, ids=str)
def test_values_come_in_their_order(type_: Type) -> None:
    listed = list(values_of(type_))
    assert listed == sorted(listed, key=sort_key)
    assert len(set(listed)) == len(listed)


@given(st.sampled_from(TYPES), st.data())
def test_both_orders_are_the_same(type_: Type, data: st.DataObject) -> None:
    a, b = (data.draw(st.sampled_from(list(values_of(type_)))) for _ in range(2))
    x, y = sort_key(a), sort_key(b)
    assert compare(a, b) == (x > y) - (x < y)
