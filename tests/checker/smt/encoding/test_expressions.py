"""Formulas against the evaluator: random expressions in random states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from random import Random

import pytest
import z3

from skipgate.checker.core.datatypes import SortType
from skipgate.checker.core.model import Model
from skipgate.checker.core.terms import Term
from skipgate.checker.core.values import Value
from skipgate.checker.elaborate.elaborate import elaborate
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding import symbolic as sym
from skipgate.checker.smt.encoding.encoder import Encoded
from skipgate.checker.smt.encoding.formulas import TermEncoder
from skipgate.checker.smt.encoding.lifting import known, lift, lower
from skipgate.checker.smt.encoding.logic import Scalar
from skipgate.checker.smt.encoding.symbolic import Symbolic
from skipgate.spec.diagnostics import SpecError
from tests.checker import corpus
from tests.checker.random_models import expressions_text, random_value
from tests.checker.smt.specs import model_of, specification
from tests.effort import amount

pytestmark = pytest.mark.differential

State = dict[str, Value]
Outcome = tuple[bool, Value | None]  # is there a value, and which


def random_terms(rng: Random, sorts: Sequence[SortType] | None = None) -> Iterator[tuple[Model, Term]]:
    """The terms of a random specification: properties, one for each of its expressions."""
    yield from terms_of(expressions_text(rng, sorts=sorts).claims)


def terms_of(text: str) -> Iterator[tuple[Model, Term]]:
    """What the claims of a specification are about: one expression each, which equals itself."""
    try:
        spec = specification(text)
        model = elaborate(spec, spec.checks[0])
    except SpecError:
        return
    for declared in model.properties:
        term = declared.term
        yield model, getattr(term, "left", term)


def random_state(rng: Random, model: Model) -> State:
    return {v.name: random_value(rng, v.type) for v in model.variables}


def lifted(model: Model, state: State) -> dict[str, Symbolic]:
    return {v.name: lift(state[v.name], v.type) for v in model.variables}


def evaluated(term: Term, now: State, after: State) -> Outcome:
    try:
        return True, evaluate(term, Scope(now, after))
    except EvaluationError:
        return False, None


def read(encoded: Encoded, term: Term, pairs: list[tuple[z3.ExprRef, z3.ExprRef]]) -> Outcome:
    """What a formula says once its constants are replaced by the values of a state."""

    def number(scalar: Scalar) -> Scalar:
        if isinstance(scalar, bool | int):
            return scalar
        return decided(z3.simplify(z3.substitute(scalar, *pairs)))

    defined = number(encoded.defined)
    assert isinstance(defined, bool)
    if not defined:
        return False, None
    row = [number(scalar) for scalar in sym.scalars(encoded.value)]
    return True, lower(sym.with_scalars(encoded.value, iter(row)), term.type)


class Undecided(Exception):
    """Z3 cannot tell whether a formula with quantifiers is true."""


def decided(closed: z3.ExprRef) -> Scalar:
    """The value of a formula without free constants, which may have quantifiers."""
    if z3.is_true(closed) or z3.is_false(closed) or z3.is_int_value(closed) or z3.is_array(closed):
        return known(closed)
    solver = z3.SimpleSolver(logic.context())
    result = z3.FreshConst(closed.sort())
    solver.add(result == closed)
    answer = solver.check()
    assert answer != z3.unsat
    if answer == z3.unknown:
        raise Undecided
    return known(solver.model().eval(result, model_completion=True))


@pytest.mark.parametrize("sorts", [None, [SortType("Node", 3)]], ids=["any", "sorts"])
@pytest.mark.parametrize("seed", range(20))
def test_value_and_definedness(seed: int, sorts: list[SortType] | None) -> None:
    rng = Random(seed)
    compare(random_terms(rng, sorts), rng, states=5)


# Their formulas have a case for each number of a large set, which takes seconds.
@pytest.mark.parametrize("name", [name for name in corpus.EXPRESSIONS if name != "large_sets"])
def test_value_and_definedness_of_what_is_made_by_hand(name: str) -> None:
    compare_by_hand(name, states=amount(6, 12))


def compare_by_hand(name: str, states: int) -> None:
    compare(terms_of(corpus.EXPRESSIONS[name]), Random(0), states)


def compare(terms: Iterator[tuple[Model, Term]], rng: Random, states: int) -> None:
    for model, term in terms:
        now = {v.name: sym.constants(v.type, v.name) for v in model.variables}
        after = {v.name: sym.constants(v.type, f"{v.name}'") for v in model.variables}
        try:
            encoded = TermEncoder(now, after).encode(term)
        except SpecError as refused:
            assert re.search("over too many values|a set with too many possible elements", str(refused))
            continue
        for _ in range(states):
            step = random_state(rng, model), random_state(rng, model)
            known = lifted(model, step[0]), lifted(model, step[1])
            wanted = evaluated(term, *step)
            context = f"{term.span.flat} in {step}"
            # Known scalars fold to known scalars on the way; Z3's simplifier folds what is left in the other formula.
            assert read(TermEncoder(*known).encode(term), term, []) == wanted, context
            pairs = [
                (constant, logic.expression(scalar))
                for constants, values in ((now, known[0]), (after, known[1]))
                for name, form in constants.items()
                for constant, scalar in zip(sym.scalars(form), sym.scalars(values[name]), strict=True)
            ]
            assert read(encoded, term, pairs) == wanted, context


@pytest.mark.parametrize("sorts", [None, [SortType("Node", 3)]], ids=["any", "sorts"])
@pytest.mark.parametrize("seed", range(40))
def test_quantifiers_that_are_not_unrolled(seed: int, sorts: list[SortType] | None) -> None:
    rng = Random(1000 + seed)
    for model, term in random_terms(rng, sorts):
        for _ in range(2):
            states = random_state(rng, model), random_state(rng, model)
            known = lifted(model, states[0]), lifted(model, states[1])
            try:
                outcome = read(TermEncoder(*known, most_copies=1).encode(term), term, [])
            except (sym.Endless, SpecError, Undecided):
                continue  # not every quantified formula is decided
            assert outcome == evaluated(term, *states), f"{term.span.flat} in {states}"


@pytest.mark.parametrize(
    "text",
    [
        "u64(x)",
        "u64(x - 3)",
        "u64(x * 4611686018427387904)",
        "u64(x * 4611686018427387904 * 8)",
        "u64(18446744073709551615 + x)",
        "u64(18446744073709551615 + abs(x))",
        "u64(0 - abs(x))",
        "x div y",
        "x mod y",
        "(x div 3) * 3 + x mod 3 - x",
        "(x div (0 - 2)) * 100 + x mod (0 - 2)",
    ],
)
def test_arithmetic_that_rounds_or_wraps(text: str) -> None:
    model = model_of(f"var x : -9..9 = 0  var y : -3..3 = 0  invariant I {text} == 0  check c expect holds")
    term = model.properties[0].term.left  # type: ignore[attr-defined]
    state = {v.name: sym.constants(v.type, v.name) for v in model.variables}
    encoded = TermEncoder(state).encode(term)
    for x in range(-9, 10):
        for y in range(-3, 4):
            wanted = evaluated(term, {"x": x, "y": y}, {})
            assert read(TermEncoder({"x": x, "y": y}).encode(term), term, []) == wanted
            pairs = [(state["x"], logic.expression(x)), (state["y"], logic.expression(y))]
            assert read(encoded, term, pairs) == wanted


@pytest.mark.parametrize("text", ["q in {q}", "{q} subset {q, []}", "[{map b in bool: not b}] in {q}"])
def test_sets_of_sequences_of_sets(text: str) -> None:
    # There are too many such sequences, so the sets are arrays: from a length and truth values, in this order.
    model = model_of(f"""
        var q : seq[3] of set of map[bool] of bool = []
        transition E ({text}) == true
        check c expect holds
    """)
    term = model.properties[0].term
    assert [str(sort) for sort in sym.row_sorts(model.variables[0].type)] == ["Int", *["Bool"] * 12]
    rng = Random(0)
    for _ in range(20):
        state = random_state(rng, model)
        assert read(TermEncoder(lifted(model, state)).encode(term), term, []) == evaluated(term, state, {})
