"""Initial states that conditions choose: by kernels, by the evaluator, by trying out, by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.core import model as m
from skipgate.checker.kernel import initial_code
from skipgate.checker.native.tiers import explore as explore_with
from skipgate.checker.search.explore import explore
from skipgate.checker.search.initial import starts
from skipgate.checker.search.options import SearchOptions
from skipgate.checker.semantics import steps
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, holds
from skipgate.checker.semantics.steps import initial_states, is_initial
from skipgate.checker.simulate.chance import choices, initial_state
from skipgate.spec.diagnostics import SpecError
from tests.checker.search.random_initial import initial_text
from tests.checker.specs import kernels_of, model_of
from tests.planted import Mutant, applied

PAIRS = """
var x : 0..9 in 0..9
var y : 0..9 in 0..9
var z : 0..9 = x
action down
  when x > 0
  then x' = x - 1
terminal when x == 0
"""


def states(found: Iterator[object]) -> tuple[list[object], str | None]:
    """What is found, and the error that ends it."""
    result: list[object] = []
    try:
        result += found
    except EvaluationError as problem:
        return [], problem.message
    return result, None


def compare(seed: int, seen: Counter[str], few: int = 0) -> None:
    """Kernels against the evaluator, and that against all combinations, filtered in the end."""
    text = initial_text(Random(seed))
    try:
        model = model_of(text)
        before, initial_code.FEW = initial_code.FEW, few
        try:
            kernels = kernels_of(text)
        finally:
            initial_code.FEW = before
    except SpecError:
        seen["refused"] += 1
        return
    naive, problem = states(map(kernels.layout.pack, initial_states(model)))
    found = states(starts(kernels))
    assert found == (naive, problem), text
    seen["kernels" if kernels.initial is not None else "evaluator"] += 1
    seen["several stages"] += kernels.initial is not None and len(kernels.initial.names) > 1
    if problem is not None:
        seen["error"] += 1
        return
    every, elsewhere = states(initial_states(replace(model, initially=())))
    if elsewhere is None and isinstance(every, list):
        wanted = [state for state in every if is_wanted(model, state)]
        assert naive == [kernels.layout.pack(state) for state in wanted], text  # type: ignore[arg-type]
        seen["none"] += not wanted
        seen["some"] += 0 < len(wanted) < len(every)
        for state in wanted[:3]:
            assert is_initial(model, state)  # type: ignore[arg-type]


def is_wanted(model: m.Model, state: object) -> bool:
    """Are all conditions true? What has no value is not asked where an `and` has decided before."""
    assert isinstance(state, dict)
    return all(holds(condition.term, Scope(state)) for condition in model.initially)


@pytest.mark.differential
def test_random_conditions() -> None:
    """Each fault below is noticed by one of the first 150."""
    seen: Counter[str] = Counter()
    for seed in range(150):
        compare(seed, seen)
    assert seen["kernels"] > 100 and seen["several stages"] > 20 and seen["refused"] < 10, seen
    assert seen["some"] > 30 and seen["none"] > 3 and seen["error"] > 10, seen


def check(seed: int) -> None:
    compare(seed, Counter())


MUTANTS = [
    Mutant("conditions are forgotten", steps.may_go_on, "condition.after == len(state)", "not len(state)", check),
    Mutant("kernels forget conditions", initial_code._action, "if count < stage.end or stage.asks_after:", "if False:",
           check),
    Mutant("kernels ask before a value fails", initial_code._stages, "not (fails and not variable.choice)", "True",
           check),
    Mutant("what may fail is no stage of its own", initial_code._stages, "alone = fails or", "alone = False and",
           check),
    Mutant("a domain that depends on the state is no stage of its own", initial_code._stages,
           "bool(t.variables_read(variable.initial))", "False", check),
    Mutant("a stage does not know its own variables", initial_code._local, "term.name in names", "False", check),
]  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_faults_are_noticed(mutant: Mutant) -> None:
    with applied(mutant):
        for seed in range(150):
            try:
                mutant.check(seed)
            except Exception:
                return
    pytest.fail("nothing shows it")


def checked(tmp_path: Path, text: str, **options: object) -> object:
    path = tmp_path / "m.gate"
    path.write_text(text)
    (result,) = check_file(path, RunOptions(**options)).checks  # type: ignore[arg-type]
    return result


def test_by_hand(tmp_path: Path) -> None:
    # x + y = 3 and x < y leave (0, 3) and (1, 2); from the latter, one step leads to (0, 2) with z = 1.
    text = (
        PAIRS + "initially x + y == 3 and x < y\ninitially z > 0 or y == 3\ncheck c\n  expect holds states 3 depth 2\n"
    )
    for engine in ("python", "native"):
        result = checked(tmp_path, text, engine=engine)
        assert result.as_expected and result.generated == 3  # type: ignore[attr-defined]


def test_no_initial_state_is_a_failure(tmp_path: Path) -> None:
    result = checked(tmp_path, PAIRS + "initially x > y and y > x\ncheck c expect holds\n")
    assert any("initial state" in str(problem) for problem in result.problems)  # type: ignore[attr-defined]


def test_what_has_no_value_is_said_with_the_candidate(tmp_path: Path) -> None:
    result = checked(tmp_path, PAIRS + "initially y == 2 and 4 div x == y\ncheck c expect violation of evaluation\n")
    trace = result.properties["evaluation"].trace  # type: ignore[attr-defined]
    assert "division by zero, where x = 0, y = 2" in trace.failure.message
    assert trace.failure.conjunct == "4 div x"


def test_an_and_protects_what_follows() -> None:
    model = model_of(PAIRS + "initially x > 0 and 4 div x == y\ncheck c expect holds\n")
    assert [(s["x"], s["y"]) for s in initial_states(model)] == [(1, 4), (2, 2), (3, 1), (4, 1), (5, 0)] + [
        (x, 0) for x in range(6, 10)
    ]


def test_conditions_are_asked_as_soon_as_they_can_be() -> None:
    # 20^4 candidates for the first four, of which 4845 are in order; all 20^6 would take days.
    text = "".join(f"var x{i} : 1..20 in 1..20\n" for i in range(6))
    text += "".join(f"initially x{i} < x{i + 1}\n" for i in range(5)) + "terminal when true\ncheck c expect holds\n"
    kernels = kernels_of(text)
    assert kernels.initial is not None
    assert sum(1 for _ in starts(kernels)) == 38_760  # the choices of 6 of 20


@pytest.mark.parametrize("engine", ["python", "native"])
def test_half_a_million_candidates(engine: str) -> None:
    text = "var s : set of 1..14 in subsets(1..14)\ninitially len(s) == 2\nterminal when true\ncheck c expect holds\n"
    found = explore_with(kernels_of(text), SearchOptions(engine=engine))  # type: ignore[arg-type]
    assert (found.distinct, found.generated, found.depth) == (91, 91, 1)


def test_engines_agree_under_symmetry() -> None:
    text = "sort Node[3]\nvar up : set of Node in subsets(Node)\nvar f : map[Node] of 0..3 in map[Node] of 0..3\n"
    text += "initially exists n in Node: n in up and f[n] == 2\ninitially len(up) < 3\nterminal when true\n"
    plain = explore(kernels_of(text + "check c expect holds\n"))
    reduced = explore(kernels_of(text + "check c\n  symmetry Node\n  expect holds\n"))
    # One of three is up, with value 2 (3 * 16), or two are, and not both values differ from 2 (3 * (16 - 9) * 4).
    assert plain.distinct == 48 + 84
    # Up to names: the two others of one that is up have one of 10 multisets. Of two that are up, {2, a} is one
    # of 4, and the third has one of 4 values.
    assert reduced.distinct == 10 + 16
    assert reduced.generated == plain.generated


def test_walks_begin_where_conditions_allow() -> None:
    model = model_of(
        "var x : 0..9999 in 0..9999\ninitially x mod 5000 == 17\nterminal when true\ncheck c expect holds\n"
    )
    begun = {state["x"] for n in range(20) if (state := initial_state(model, choices(1, n))) is not None}
    assert begun == {17, 5017}


def test_a_refinement_begins_where_both_allow(tmp_path: Path) -> None:
    (tmp_path / "high.gate").write_text("var a : 0..9 in 0..9\ninitially a mod 2 == 0\naction go when false\n")
    low = 'var x : 0..4 in 0..4\n{}refines R "high.gate" with a = x\nterminal when true\ncheck c {}\n'
    for given, expected in (("initially x != 1 and x != 3\n", "expect holds states 3"), ("", "expect violation of R")):
        result = checked(tmp_path, low.format(given, expected))
        assert result.as_expected, (given, result.problems)  # type: ignore[attr-defined]


def test_z3_knows_the_conditions(tmp_path: Path) -> None:
    text = PAIRS + "initially x + y == 3 and x < y\ninvariant I x <= 1 and y >= 2\ncover C x == 1\n"
    result = checked(tmp_path, text + "check c expect holds\n  expect proved I\n", cross_check=True)
    assert result.as_expected, result.problems  # type: ignore[attr-defined]
