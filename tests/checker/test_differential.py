"""Ways to the same answer that share as little as possible, on random specifications.

Three of them evaluate an expression: the evaluator, the kernels, and an interpreter of the syntax tree (`reference`).
Two search a model: the engine over kernels, and `naive` over the evaluator.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice, pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skipgate.checker.checks.preparation import prepare
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import contains
from skipgate.checker.core.model import Model
from skipgate.checker.core.values import Value
from skipgate.checker.elaborate.elaborate import elaborate
from skipgate.checker.evidence.counterexample import build_trace, initial_error_trace
from skipgate.checker.kernel import compiler as compiler_module
from skipgate.checker.kernel import domain_code, map_code
from skipgate.checker.kernel.components import flatten
from skipgate.checker.kernel.functions import function
from skipgate.checker.kernel.kernel_text import Writer
from skipgate.checker.kernel.layout import Layout, lay_out
from skipgate.checker.kernel.term_code import TermCompiler
from skipgate.checker.search.explore import explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from skipgate.checker.semantics import evaluate as evaluator
from skipgate.checker.semantics import steps as semantics
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import SpecError
from tests.checker import corpus, naive
from tests.checker.random_models import (
    Expressions,
    expressions,
    expressions_text,
    model_text,
    models,
    random_value,
)
from tests.checker.reference import NoValue, Place, Reference
from tests.checker.specs import specification, subject
from tests.checker.words import Word
from tests.effort import amount

pytestmark = pytest.mark.differential

# A sample of what there is. `make slow` looks at more, which are others in each run; what shows the planted faults of
# `test_mutants` is made by hand and stays (`tests.checker.corpus`).
EXPRESSION_SEEDS = range(40)
MODEL_SEEDS = range(40)
BRANCHING_SEEDS = [seed for seed in range(26) if seed != 10]  # whose model takes the naive search six seconds

MOST_STATES = 1500
MANY = 100
STEPS = 8  # in which a random expression is evaluated
MANY_STEPS = 32  # and one that is made by hand
State = dict[str, Value]
Row = list[int]
FAILED: Row = [1]

thorough = settings(
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


# ------------------------------------------------------------------------------------------------------- expressions


def random_terms(text: str) -> tuple[Model, Layout, list[t.Term]]:
    spec = specification(text)
    model = elaborate(spec, spec.checks[0])
    return model, lay_out(model), [subject(claim.term) for claim in model.transitions]


def steps_of(rng: Random, model: Model, count: int) -> list[tuple[State, State]]:
    states = [{v.name: random_value(rng, v.type) for v in model.variables} for _ in range(count + 1)]
    return list(pairwise(states))


def evaluated(term: t.Term, now: State, after: State) -> Row:
    """Whether there is no value, and the components of the value."""
    try:
        return [0, *flatten(evaluate(term, Scope(now, after)), term.type)]
    except EvaluationError:
        return FAILED


class Compiled:
    """A kernel that computes a single term."""

    def __init__(self, layout: Layout, term: t.Term, discharged: frozenset[t.Term] = frozenset()) -> None:
        self.layout = layout
        tests = compiler_module.Tests(discharged)
        writer = Writer()
        compiler = TermCompiler(layout, writer, tests)
        writer.line("err = 0")
        row = compiler.row(term)
        for i, text in enumerate(["err", *row]):
            writer.line(f"out[{i}] = {text}")
        writer.line("return 0")
        self.width = 1 + len(row)
        self.text = function(layout, "compute(s, t, out)", writer)
        namespace: dict[str, Any] = {"popcount": int.bit_count}
        exec(self.text, namespace)
        self.function = namespace["compute"]

    def __call__(self, now: State, after: State) -> Row:
        out = [0] * self.width
        self.function(*(tuple(map(Word, self.layout.pack(state))) for state in (now, after)), out)
        return FAILED if out[0] else [int(component) for component in out]


def cases(text: str, seed: int, count: int) -> Iterator[tuple[Layout, t.Term, list[tuple[State, State]]]]:
    """The terms of a specification that can be compiled, and steps to compute them in."""
    rng = Random(seed)
    try:
        model, layout, terms = random_terms(text)
    except SpecError:
        return
    for term in terms:
        try:
            Compiled(layout, term)
        except SpecError:
            continue
        yield layout, term, steps_of(rng, model, count)


def compare_kernels(text: str, seed: int, count: int = STEPS) -> None:
    """Kernels compute what the evaluator does."""
    for layout, term, steps in cases(text, seed, count):
        kernel = Compiled(layout, term)
        for now, after in steps:
            assert kernel(now, after) == evaluated(term, now, after), (term.span.flat, now, after)


def compare_kernels_in_loops(text: str, seed: int, count: int = STEPS) -> None:
    """The same without a domain written out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(domain_code, "_UNROLL", 0)
        compare_kernels(text, seed, count)


def compare_kernels_by_fields(text: str, seed: int, count: int = STEPS) -> None:
    """The same with small domains written out, and the fields of records in a map read one by one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(domain_code, "_UNROLL", 6)
        patch.setattr(map_code, "packed", lambda *_: None)
        compare_kernels(text, seed, count)


def compare_kernels_without_tests(text: str, seed: int, count: int = STEPS) -> None:
    """Kernels in which nothing is tested compute the same in steps in which nothing fails."""
    for layout, term, steps in cases(text, seed, count):
        kernel = Compiled(layout, term, discharged=frozenset(t.walk(term)))
        for now, after in steps:
            wanted = evaluated(term, now, after)
            assert wanted == FAILED or kernel(now, after) == wanted, (term.span.flat, now, after)


def check_bounds(text: str, seed: int, count: int = STEPS) -> None:
    """Every value of a term and of the terms below it is of the term's type."""

    def checking(term: t.Term, scope: Scope) -> Value:
        value = evaluate(term, scope)
        assert contains(term.type, value), (term.span.flat, term.type, value)
        return value

    for _, term, steps in cases(text, seed, count):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(evaluator, "evaluate", checking)  # also for the terms below
            for now, after in steps:
                with suppress(EvaluationError):
                    checking(term, Scope(now, after))


def compare_evaluators(text: str, seed: int, count: int = STEPS) -> None:
    """The evaluator agrees with the interpreter of syntax trees, on claims and on what they are about."""
    try:
        spec = specification(text)
        model = elaborate(spec, spec.checks[0])
    except SpecError:
        return
    reference = Reference(spec, spec.checks[0])
    bodies = {definition.name.text: definition.body for definition in spec.all(s.DefDecl)}
    for claim, declared in zip(model.transitions, spec.all(s.PropertyDecl), strict=True):
        pairs: list[tuple[t.Term, s.AnyExpr]] = [(claim.term, declared.condition)]
        if isinstance(claim.term, t.Equal):
            pairs.append((claim.term.left, bodies[claim.name.lower()]))
        for now, after in steps_of(Random(seed), model, count):
            for term, node in pairs:
                wanted = reference_value(reference, node, now, after)
                assert value_of(term, now, after) == wanted, (node.span.flat, now, after)


def value_of(term: t.Term, now: State, after: State) -> Value | None:
    try:
        return evaluate(term, Scope(now, after))
    except EvaluationError:
        return None


def reference_value(reference: Reference, node: s.AnyExpr, now: State, after: State) -> Any:
    try:
        return reference.value(node, Place(now, after))
    except NoValue:
        return None


EXPRESSIONS = (
    compare_kernels,
    compare_kernels_in_loops,
    compare_kernels_by_fields,
    compare_kernels_without_tests,
    check_bounds,
    compare_evaluators,
)


@pytest.mark.parametrize("seed", EXPRESSION_SEEDS)
def test_expressions(seed: int) -> None:
    text = expressions_text(Random(seed)).claims
    for compare in EXPRESSIONS:
        compare(text, seed)


@pytest.mark.parametrize("text", corpus.EXPRESSIONS.values(), ids=corpus.EXPRESSIONS)
def test_expressions_made_by_hand(text: str) -> None:
    for compare in EXPRESSIONS:
        compare(text, 0, amount(MANY_STEPS // 4 if text == corpus.EXPRESSIONS["slots"] else MANY_STEPS, MANY_STEPS))


# Minutes, for combinations of constructs that are too rare for the few models above.
@pytest.mark.slow
@settings(thorough, max_examples=300)
@given(expressions(), st.integers(0, 2**32))
def test_many_expressions(sample: Expressions, seed: int) -> None:
    for compare in EXPRESSIONS:
        compare(sample.claims, seed)


# ------------------------------------------------------------------------------------------------------------ models


def compare_searches(text: str) -> None:
    """The engine finds what the naive search does, states survive packing, and every violation has its trace."""
    try:
        spec = specification(text)
        kernels = prepare(elaborate(spec, spec.checks[0]))
    except SpecError:
        return
    found = explore(kernels, SearchOptions(budget=Budget(MOST_STATES, time_limit=60)))
    if found.stopped is not None:
        return
    model, layout = kernels.model, kernels.layout
    wanted = naive.explore(model, most_states=MOST_STATES)
    assert naive.findings(kernels, found) == wanted
    for words in found.predecessors:
        state = layout.unpack(words)
        assert layout.pack(state) == words
        assert all(contains(v.type, state[v.name]) for v in model.variables)
    for name, violation in found.violations.items():
        assert len(build_trace(model, layout, found, name, violation)) == wanted.violations[name]
    if found.initial_error is not None:
        initial_error_trace(model, found.initial_error)


def compare_steps(text: str) -> None:
    """Initial states, steps and properties are those of the syntax tree."""
    try:
        spec = specification(text)
        model = elaborate(spec, spec.checks[0])
    except SpecError:
        return
    reference = Reference(spec, spec.checks[0])
    states = outcomes(semantics.initial_states(model))
    assert states == outcomes(reference.initial_states())
    known = [state for state in states if state is not None]
    for state in known[:20]:
        steps = [
            (step.action.declared, step.state if isinstance(step, semantics.Transition) else None)
            for step in islice(semantics.transitions(model, state), MANY)
        ]
        wanted_steps = list(islice(reference.steps(state), MANY))
        if any(action.branches for action in model.actions):
            # The paths through an action come one after the other, each for every choice of the parameters, and a
            # condition that has no value may be on several of them.
            if max(len(steps), len(wanted_steps)) < MANY:
                assert by_name(steps) == by_name(wanted_steps)
        else:
            assert steps == wanted_steps
        successors = [after for _, after in steps if after is not None]
        known += [after for after in successors if after not in known][:3]
        for declared, node in zip(model.properties, spec.all(s.PropertyDecl), strict=True):
            for after in successors[:3] if declared.kind == "transition" else [{}]:
                wanted = reference_value(reference, node.condition, state, after)
                assert value_of(declared.term, state, after) == wanted, (declared.name, state, after)


def by_name(steps: list[tuple[str, State | None]]) -> list[tuple[str, str]]:
    """Steps in the order of their names; of an action that cannot be evaluated, that there is one."""
    failed = {(name, "") for name, state in steps if state is None}
    return sorted([*failed, *((name, repr(state)) for name, state in steps if state is not None)])


def outcomes(states: Iterator[State]) -> list[State | None]:
    """The first states, and None in the end if there was an error."""
    result: list[State | None] = []
    try:
        for state in islice(states, MANY):
            result.append(state)
    except (EvaluationError, NoValue):
        result.append(None)
    return result


@pytest.mark.parametrize("seed", MODEL_SEEDS)
def test_models(seed: int) -> None:
    text = model_text(Random(seed))
    compare_searches(text)
    compare_steps(text)


@pytest.mark.parametrize("seed", BRANCHING_SEEDS)
def test_models_with_branches(seed: int) -> None:
    text = model_text(Random(seed), branching=True)
    compare_searches(text)
    compare_steps(text)


@pytest.mark.parametrize("text", corpus.MODELS.values(), ids=corpus.MODELS)
def test_models_made_by_hand(text: str) -> None:
    compare_searches(text)
    compare_steps(text)


# Minutes, for combinations of constructs that are too rare for the few models above.
@pytest.mark.slow
@settings(thorough, max_examples=300)
@given(models())
def test_many_models(text: str) -> None:
    compare_searches(text)
    compare_steps(text)
