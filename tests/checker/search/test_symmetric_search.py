"""Searches with symmetry: what they find is what searches without it find, under any engine, and traces are real."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from random import Random

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.core.datatypes import SortType
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.core.trace import Trace
from skipgate.checker.core.values import NONE, Some, SortValue
from skipgate.checker.elaborate.expressions import ExpressionElaborator
from skipgate.checker.evidence.counterexample import build_trace
from skipgate.checker.kernel import domain_code
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.kernel.permutations import permuted
from skipgate.checker.kernel.quantifier_code import quantified
from skipgate.checker.search import explore as explore_module
from skipgate.checker.search.explore import Exploration, Search, explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from skipgate.checker.search.unfold import unfolded
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate
from skipgate.checker.semantics.steps import Transition, initial_states, transitions
from skipgate.spec.diagnostics import SpecError
from tests.checker import naive
from tests.checker import test_differential as differential
from tests.checker.native.harness import cpython_functions, facts, machine_functions, restless, search, small_scale
from tests.checker.random_models import expressions_text, random_value
from tests.checker.specs import kernels_of, model_of, subject
from tests.checker.symmetries import group, orbit, random_model, renamed, with_symmetry
from tests.planted import Mutant, applied

MODELS = Path(__file__).parents[3] / "models"

# Who has a token takes it three times from the table and passes it on once: nothing happens to two tokens at once.
TURNS = """
sort Node[3]
var holder : option of Node = none
var times  : map[Node] of 0..3 = map n in Node: 0
action take(n in Node) when holder == none and times[n] < 3
  then holder' = some(n)  times'[n] = times[n] + 1
action put(n in Node) when holder == some(n)
  then holder' = none
invariant Once forall n in Node: times[n] < 3
transition Kept holder != none and holder' != none => holder' == holder
check c
  expect violation of Once
"""


def traces(kernels: Kernels, found: Exploration) -> dict[str, Trace]:
    """The traces of the violations, in real states; each step of them is found again by the evaluator."""
    real = unfolded(kernels, found)
    return {name: build_trace(kernels.model, kernels.layout, real, name, v) for name, v in real.violations.items()}


def test_states_are_counted_up_to_names() -> None:
    """By hand: as long as nobody holds the token, it only counts how many nodes have taken it 0, 1, 2 and 3 times: 20
    ways. If somebody does, it has taken it 1, 2 or 3 times, and the two others 0 to 3 times, in 10 ways."""
    kernels = kernels_of(with_symmetry(TURNS, SortType("Node", 3)))
    assert explore(kernels).distinct == 20 + 3 * 10
    # Without symmetry: 4^3 states without a holder, 3 * 3 * 4^2 with one.
    assert explore(kernels_of(TURNS)).distinct == 64 + 144


def test_a_trace_keeps_its_names() -> None:
    kernels = kernels_of(with_symmetry(TURNS, SortType("Node", 3)))
    found = explore(kernels)
    trace = traces(kernels, found)["Once"]
    # One node takes the token three times, whatever it was called in the representatives.
    assert [step.action for step in trace.steps] == [None, "take", "put", "take", "put", "take"]
    assert len({step.arguments for step in trace.steps[1:]}) == 1
    path = found.path_to(found.violations["Once"].state)
    real = [kernels.layout.pack(step.state) for step in trace.steps]
    assert kernels.symmetry is not None
    assert list(map(kernels.symmetry.representative, real)) == path


def test_names_change_from_representative_to_representative() -> None:
    """Two nodes take turns. Whoever was last has the greater signature: it is the second one in each representative."""
    kernels = kernels_of("""
        sort Node[2]
        var x : map[Node] of 0..2 = map n in Node: 0
        var latest : option of Node = none
        action next(n in Node) when latest != some(n) and x[n] < 2
          then x'[n] = x[n] + 1  latest' = some(n)
        invariant Sum (sum n in Node: x[n]) < 4
        check c symmetry Node expect violation of Sum, deadlock
    """)
    found = explore(kernels)
    assert found.distinct == 5  # 0 to 4 times
    path = [kernels.layout.unpack(words) for words in found.path_to(found.violations["Sum"].state)]
    assert [state["latest"] for state in path] == [NONE, *[Some(SortValue("Node", 1))] * 4]
    trace = traces(kernels, found)["Sum"]
    takes_turns = [step.arguments[0][1] for step in trace.steps[1:]]
    assert sorted(map(str, takes_turns[:2])) == ["Node1", "Node2"]
    assert takes_turns[2:] == takes_turns[:2]


@pytest.mark.parametrize(
    ("addition", "name", "length"),
    [
        ("invariant Free holder == none", "Free", 2),
        ("transition Slow holder == none or times == times' and holder' != none", "Slow", 3),
        # A step is wrong, but not each of those that lead to the same state up to names.
        ("transition Same forall n in Node: times[n] == 1 and times'[n] == 2 => holder' == none", "Same", 4),
        # In a state outside the constraint; in an initial one.
        ("constraint C forall n in Node: times[n] < 2\ninvariant Two forall n in Node: times[n] < 2", "Two", 4),
        ("constraint C false\ninvariant No false", "No", 1),
        # Without a value: a property, a transition, a constraint, an action, a parameter, at the end.
        ("invariant E exists n in Node: 1 div (2 - times[n]) == 1 or times[n] == 0", EVALUATION, 4),
        ("transition E exists n in Node: 1 div (2 - times'[n]) == 1 or times[n] == 0", EVALUATION, 4),
        ("constraint E forall n in Node: 1 div (2 - times[n]) >= 0", EVALUATION, 4),
        ("action e(n in Node) when 1 div (2 - times[n]) < 0", EVALUATION, 4),
        ("action e(n in Node, k in 0..1 div (2 - times[n])) when false", EVALUATION, 4),
        # Nobody can take the token any more.
        ("terminal when forall n in Node: 1 div (3 - times[n]) == 1", EVALUATION, 19),
        ("", DEADLOCK, 19),
    ],
)
def test_violations_of_every_kind(addition: str, name: str, length: int) -> None:
    text = TURNS.replace("check c", f"{addition}\ncheck c")
    for given in (text, with_symmetry(text, SortType("Node", 3))):
        kernels = kernels_of(given)
        found = explore(kernels)
        assert len(traces(kernels, found)[name]) == length


@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_check_of_a_file(tmp_path: Path, size: int) -> None:
    path = tmp_path / "turns.gate"
    path.write_text(with_symmetry(TURNS, SortType("Node", 3)).replace("Node[3]", f"Node[{size}]"), encoding="utf-8")
    (result,) = check_file(path, RunOptions(cross_check=True)).checks
    assert result.symmetry == {"Node": size}
    assert {name: len(each.trace) for name, each in result.properties.items() if each.trace} == {
        "Once": 6,
        DEADLOCK: 6 * size + 1,
    }


def test_a_refinement(tmp_path: Path) -> None:
    """Both models permute alike, so it is violated in as many steps; the abstract view is one of real states."""
    shutil.copytree(MODELS / "examples", tmp_path, dirs_exist_ok=True)
    path = tmp_path / "two_phase_refinement.gate"
    plain = check_file(path).checks
    path.write_text(re.sub(r"^check \w+", r"\g<0>\n  symmetry Manager", path.read_text(), flags=re.MULTILINE))
    reduced = check_file(path).checks
    for before, after in zip(plain, reduced, strict=True):
        assert after.distinct < before.distinct
        assert {name: (each.verdict, each.trace and len(each.trace)) for name, each in after.properties.items()} == {
            name: (each.verdict, each.trace and len(each.trace)) for name, each in before.properties.items()
        }


# ------------------------------------------------------------------------------------------------------------ engines


def random_pair(seed: int, most: int = 1500, branching: bool = False) -> tuple[Kernels, Kernels, Exploration] | None:
    """A random model without and with symmetry, and what is found without; None if it is wrong or too large."""
    text, sorts = random_model(seed, branching)
    try:
        plain = kernels_of(text)
    except SpecError:
        return None
    found = explore(plain, SearchOptions(budget=Budget(most, time_limit=60)))
    if found.stopped is not None:
        return None
    return plain, kernels_of(with_symmetry(text, *sorts)), found


def compare(seed: int, branching: bool = False) -> int:
    """Hold a search with symmetry against one without. By how many states is it smaller?"""
    pair = random_pair(seed, branching=branching)
    if pair is None:
        return 0
    plain, kernels, wanted = pair
    found = explore(kernels)
    a, b = naive.findings(plain, wanted), naive.findings(kernels, found)
    assert (a.depth, a.violations, a.fired, a.unseen) == (b.depth, b.violations, b.fired, b.unseen)
    assert a.initial_error == b.initial_error
    if not a.initial_error:
        # One state an orbit; the steps that can be taken are the same in all its states.
        orbits = {orbit(kernels, words) for words in wanted.predecessors}
        assert found.distinct == len(orbits)
        assert all(len(words & found.predecessors.keys()) == 1 for words in orbits) or kernels.symmetry is None
        steps = sum(len(taken(kernels, words)) for words in found.predecessors)
        assert found.generated == steps + sum(1 for _ in initial_states(kernels.model))
    assert {name: len(trace) for name, trace in traces(kernels, found).items()} == a.violations
    return a.distinct - b.distinct


def taken(kernels: Kernels, words: tuple[int, ...]) -> list[Transition]:
    steps = transitions(kernels.model, kernels.layout.unpack(words))
    return [step for step in steps if isinstance(step, Transition)]


@pytest.mark.differential
@pytest.mark.parametrize("block", range(4))
def test_random_models_with_and_without_symmetry(block: int) -> None:
    assert sum(compare(seed) > 0 for seed in range(7 * block, 7 * block + 7)) > 1


@pytest.mark.differential
def test_random_models_with_branches() -> None:
    assert sum(compare(seed, branching=True) > 0 for seed in range(12)) > 1


# Minutes, for combinations of constructs that are too rare for the few models above.
@pytest.mark.slow
@pytest.mark.differential
@pytest.mark.parametrize("block", range(10))
def test_many_random_models_with_and_without_symmetry(block: int) -> None:
    for seed in range(1000 + 200 * block, 1200 + 200 * block):
        compare(seed)


def compare_engines(seed: int) -> None:
    pair = random_pair(seed, 500)
    if pair is None or pair[1].symmetry is None or pair[2].initial_error is not None:
        return
    kernels = pair[1]
    wanted = facts(explore(kernels))
    functions = machine_functions(kernels)
    for threads, hand_over_at in ((1, 0), (3, 2)):
        assert facts(search(kernels, functions, threads=threads, hand_over_at=hand_over_at)) == wanted


@pytest.mark.differential
@pytest.mark.parametrize("block", range(4))
def test_machine_code_finds_the_same(block: int) -> None:
    for seed in range(3 * block, 3 * block + 3):
        compare_engines(seed)


# Minutes, for combinations of constructs that are too rare for the few models above.
@pytest.mark.slow
@pytest.mark.differential
@pytest.mark.parametrize("block", range(10))
def test_machine_code_finds_the_same_in_many_models(block: int) -> None:
    for seed in range(1000 + 50 * block, 1050 + 50 * block):
        compare_engines(seed)


@pytest.mark.differential
@pytest.mark.parametrize("threads", [1, 4])
def test_the_loops_as_the_kernel_language_defines_them(threads: int) -> None:
    kernels = kernels_of(with_symmetry(TURNS, SortType("Node", 3)))
    with small_scale(), restless(Random(threads)):
        functions = cpython_functions(kernels, CHUNK=3, BATCH=8, REFILL_CHUNK=8, REFILL_BATCH=4, PATIENCE=3)
        found = search(kernels, functions, native=False, threads=threads)
    assert facts(found) == facts(explore(kernels))
    assert traces(kernels, found) == traces(kernels, explore(kernels))


# ----------------------------------------------------------------------------------------------- sound by typing


def sample(rng: Random) -> tuple[str, list[SortType]]:
    """A specification that claims of random expressions over sorts that they equal themselves."""
    sorts = [SortType("Node", rng.randint(2, 3)), SortType("Key", 2)]
    return expressions_text(rng, sorts=sorts).claims, sorts


def check_equivariance(seed: int) -> None:
    """What an expression comes to, or that it has no value, does not depend on names."""
    rng = Random(seed)
    text, sorts = sample(rng)
    try:
        model = model_of(text)
    except SpecError:
        return
    for claim in model.transitions:
        term = subject(claim.term)
        for _ in range(3):
            now, after = ({v.name: random_value(rng, v.type) for v in model.variables} for _ in range(2))
            names = rng.choice(group(sorts))
            here, there = Scope(now, after), Scope(renamed(now, names), renamed(after, names))
            try:
                value = evaluate(term, here)
            except EvaluationError:
                with pytest.raises(EvaluationError):
                    evaluate(term, there)
            else:
                assert evaluate(term, there) == permuted(value, names), term.span.flat


@pytest.mark.differential
@pytest.mark.parametrize("block", range(4))
def test_expressions_do_not_depend_on_names(block: int) -> None:
    for seed in range(25 * block, 25 * block + 25):
        check_equivariance(seed)


# Minutes, for combinations of constructs that are too rare for the few models above.
@pytest.mark.slow
@pytest.mark.differential
@pytest.mark.parametrize("block", range(10))
def test_many_expressions_do_not_depend_on_names(block: int) -> None:
    for seed in range(1000 + 1000 * block, 2000 + 1000 * block):
        check_equivariance(seed)


def check_evaluators(seed: int) -> None:
    """Kernels, the evaluator and the interpreter of syntax trees agree on expressions over sorts."""
    text, _ = sample(Random(seed))
    differential.compare_kernels(text, seed)
    differential.compare_evaluators(text, seed)


@pytest.mark.differential
@pytest.mark.parametrize("block", range(4))
def test_evaluators_agree_on_sorts(block: int) -> None:
    for seed in range(7 * block, 7 * block + 7):
        check_evaluators(seed)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(domain_code, "_UNROLL", 0)
            differential.compare_kernels(sample(Random(seed))[0], seed)


def test_which_value_comes_first_does_not_show_in_errors() -> None:
    """The case in which it did: the first value decides, the second one has no value."""
    model = model_of("sort Node[2]\nvar bad : Node in Node\ninvariant I exists n in Node: n != bad or 1 div 0 == 1")
    for index in (0, 1):
        with pytest.raises(EvaluationError):
            evaluate(model.invariants[0].term, Scope({"bad": SortValue("Node", index)}))


# -------------------------------------------------------------------------------------------------- negative controls


def check_count(_: int) -> None:
    """Without transitions, the search takes a short cut."""
    text = TURNS.replace("transition", "cover")
    for given in (TURNS, text.replace("holder'", "holder")):
        assert explore(kernels_of(with_symmetry(given, SortType("Node", 3)))).distinct == 50


ORDERED = "ordered = not self.spec.static_types.mentions_sort(self.spec.static_types[binder.domain])"
FAULTS = [
    Mutant(
        "successors are kept as they are", Search.expand_level, "= representative(successor)", "= state", check_count
    ),
    Mutant("states stay as they are", Search.arrive, "self.symmetry.representative(state)", "state", check_count),
    Mutant("one value is enough", evaluate, "found if binding.ordered else list(found)", "found", check_equivariance),
    Mutant("one is enough in kernels", quantified, "binding.ordered or", "variable or", check_evaluators),
    Mutant("values of sorts have an order", ExpressionElaborator.bind, ORDERED, "ordered = True", check_equivariance),
]


@pytest.mark.differential
@pytest.mark.parametrize("mutant", FAULTS, ids=lambda mutant: mutant.what)
def test_a_fault_is_noticed(mutant: Mutant) -> None:
    with applied(mutant):
        for seed in range(600):
            try:
                mutant.check(seed)
            except (Exception, pytest.fail.Exception):
                return
    pytest.fail("600 random models do not show it")


def test_a_path_that_cannot_be_followed_is_noticed() -> None:
    kernels = kernels_of(with_symmetry(TURNS, SortType("Node", 3)))
    found = explore(kernels)
    state = found.violations["Once"].state
    before = found.predecessors[state]
    assert before is not None
    found.predecessors[state] = found.predecessors[before]  # as if a step were missing
    with pytest.raises(InternalError, match="was not found again"):
        unfolded(kernels, found)


def test_a_violation_of_one_name_only_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it would be if properties could tell values apart: here, the kernel says so of one state."""
    kernels = kernels_of(with_symmetry(TURNS, SortType("Node", 3)).replace("times[n] < 3\ntr", "true\ntr"))
    found = explore(kernels)
    culprit = explore_module.Violation(next(iter(found.predecessors)), successor=next(iter(found.predecessors)))
    found.violations["Kept"] = culprit
    with pytest.raises(InternalError, match="under some names only"):
        unfolded(kernels, found)
