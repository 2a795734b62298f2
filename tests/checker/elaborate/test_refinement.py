"""Refinement: what holds and what does not, worked by hand; against the definition; by every engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.preparation import load_check, prepare
from skipgate.checker.checks.proofs import prove_check
from skipgate.checker.core import model as m
from skipgate.checker.core.datatypes import contains
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.result import CheckResult
from skipgate.checker.core.trace import Trace
from skipgate.checker.core.values import Value
from skipgate.checker.elaborate import build
from skipgate.checker.elaborate.refinement import _Translation
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.explore import explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate, holds
from skipgate.checker.semantics.steps import FailedTransition, Transition, initial_states, is_initial, transitions
from skipgate.checker.simulate.simulate import SimulationOptions, simulate
from skipgate.checker.smt.proving.bmc import check_bounded
from skipgate.spec.diagnostics import SpecError
from tests.checker.corpus import REFINEMENTS
from tests.checker.native.harness import facts, machine_functions, search
from tests.checker.random_models import Generator
from tests.effort import amount

MODELS = Path(__file__).parents[3] / "models"

# Counts to 3 in steps of 1 or 2, and rests.
HIGH = """
model high
const MOST : nat = 3
enum Mode { idle, busy }
var x : 0..MOST = 0
var mode : Mode = idle
action step(k in 1..2) "{k} more"
  when x + k <= MOST
  then x'    = x + k
       mode' = busy
action rest
  then mode' = idle
"""
# Counts to N in steps of 1.
LOW = """
model low
const N : nat = 6
var y : 0..9 = 0
var b : bool = false
action up
  when y < N
  then y' = y + 1
       b' = y mod 2 == 1
terminal when y == N
"""

Files = Callable[..., Path]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Writes two models; the path of the one that refines the other."""

    def write(low: str, high: str = HIGH) -> Path:
        (tmp_path / "high.gate").write_text(high, encoding="utf-8")
        path = tmp_path / "low.gate"
        path.write_text(low if "check " in low else f"{low}\ncheck c expect holds\n", encoding="utf-8")
        return path

    return write


def result_of(path: Path, **options: object) -> CheckResult:
    (result,) = check_file(path, RunOptions(**options)).checks  # type: ignore[arg-type]
    return result


def trace_of(path: Path, name: str = "High") -> Trace:
    result = result_of(path)
    assert result.violated == (name,)
    assert result.properties[name].kind == "refinement"
    trace = result.properties[name].trace
    assert trace is not None
    return trace


# ----------------------------------------------------------------------------------------------------- worked by hand


def test_counting_by_ones_refines_counting_by_twos(files: Files) -> None:
    """Every other step leaves x = y div 2 as it is, and rests if the last one did not."""
    path = files(LOW + 'refines High "high.gate" with x = y div 2, mode = if b then busy else idle')
    result = result_of(path)
    assert result.verdict == "holds" and not result.problems
    assert (result.distinct, result.generated, result.depth) == (7, 7, 7)
    assert set(result.properties) == {"High", "deadlock", "evaluation"}


def test_what_leaves_the_type_of_a_variable_is_no_abstract_state(files: Files) -> None:
    """To 9: y = 8, the ninth state, would be x = 4."""
    path = files(
        LOW + 'refines High "high.gate" with x = y div 2, mode = if b then busy else idle\n'
        "check c with N = 9 expect violation of High"
    )
    trace = trace_of(path)
    assert len(trace) == 9
    assert trace.failure.message == "the last state is no state of `high`: `x` would be 4, which is not in 0..3"
    assert trace.abstract is not None
    assert [step.action for step in trace.abstract.steps] == [
        None,
        None,
        "step",
        "rest",
        "step",
        "rest",
        "step",
        "rest",
        None,
    ]
    assert [step.state["x"] for step in trace.abstract.steps] == [0, 0, 1, 1, 2, 2, 3, 3, 4]
    assert trace.abstract.steps[2].arguments == (("k", 1),)
    assert trace.abstract.steps[2].description == "1 more"
    assert trace.abstract.steps[2].changed == ("x", "mode")
    assert trace.reads == ("y", "b")


def test_a_wrong_mapping_is_found(files: Files) -> None:
    """Negative control: with x = y + 1 in place of y the first state is wrong; with 3 - y, the first step."""
    wrong_start = trace_of(files(LOW + 'refines High "high.gate" with x = min(y + 1, 3), mode = idle'))
    assert len(wrong_start) == 1
    assert wrong_start.failure.message == "`high` does not begin like this"
    assert [(part.text, part.value) for part in wrong_start.failure.parts] == [("x", 1)]
    assert wrong_start.failure.place is not None and wrong_start.failure.place.endswith("high.gate:5:19")

    wrong_step = trace_of(files(LOW + 'refines High "high.gate" with x = if y == 1 then 3 else 0, mode = idle'))
    assert len(wrong_step) == 2
    assert wrong_step.failure.message == (
        "the last step changes what `high` is about, and is no step of it; the nearest is `rest`, after which `x` is 0"
    )
    assert [(part.text, part.value) for part in wrong_step.failure.parts] == [("x", 0), ("x'", 3)]


def test_the_condition_in_the_way_is_named(files: Files) -> None:
    """From x = 2 to 3 would be step(k = 1), but for x + k < 3."""
    mapping = "x = min(y, 3), mode = if y > 0 then busy else idle"
    trace = trace_of(files(f'{LOW} refines High "high.gate" with {mapping}', HIGH.replace("<= MOST", "< MOST")))
    assert len(trace) == 4
    assert trace.failure.message == (
        "the last step changes what `high` is about, and is no step of it: "
        "`step(k = 1)` would do this, but is not enabled"
    )
    assert trace.failure.conjunct == "x + k < MOST"
    assert trace.failure.place is not None and trace.failure.place.endswith("high.gate:8:8")


def test_an_initial_state_without_a_step_is_looked_at(files: Files) -> None:
    trace = trace_of(files('var x : 0..3 = 1 terminal when true refines High "high.gate" with mode = idle'))
    assert len(trace) == 1


def test_all_initial_states_are_looked_at(files: Files) -> None:
    """x = 2 and x = 3 are initial here and not there; what comes later may be anything the steps allow."""
    high = "var x : 0..9 in 0..1 action up when x < 9 then x' = x + 1"
    low = 'var x : 0..9 in 0..{} action up when x < 9 then x\' = x + 1 terminal when x == 9 refines High "high.gate"'
    assert result_of(files(low.format(1), high)).verdict == "holds"
    trace = trace_of(files(low.format(3), high))
    assert len(trace) == 1 and trace.steps[0].state["x"] == 2


def test_a_return_to_an_initial_value_is_no_beginning(files: Files) -> None:
    """With y = 0 again, x is 1: no initial state there, but none here either, since z is not 0."""
    high = "var x : 0..1 = 0 action once then x' = 1"
    low = """
var y : 0..1 = 0
var z : 0..1 = 0
action go when z == 0 then z' = 1 y' = 1
action back when y == 1 then y' = 0
action stay
refines High "high.gate" with x = z
"""
    assert result_of(files(low, high)).verdict == "holds"


def test_initial_values_are_only_looked_at_where_they_exist(files: Files) -> None:
    """The initial value of `first` exists in initial states only; elsewhere the sequence may be empty."""
    high = "var n : 0..2 = 2 action less when n > 0 then n' = n - 1"
    low = """
var q : seq[2] of 0..1 = [0, 1]
var head : 0..1 = q[1]
var again : 0..1 in {q[k] for k in 1..2}
action less when len(q) > 0 then q' = q[2..len(q)]
terminal when q == []
refines High "high.gate" with n = len(q)
"""
    assert result_of(files(low, high)).verdict == "holds"


def test_constraints_and_properties_of_the_abstract_model_do_not_matter(files: Files) -> None:
    high = HIGH + "constraint Few x < 2 invariant Never x < 2 transition Slow x' <= x + 1 terminal when x == 0 "
    high += "check c expect deadlock"
    path = files(LOW + 'refines High "high.gate" with x = y div 2, mode = if b then busy else idle', high)
    assert result_of(path).verdict == "holds"


def test_a_step_out_of_the_constraints_is_examined(files: Files) -> None:
    low = LOW + 'constraint Few y < 8 refines High "high.gate" with x = y div 2, mode = if b then busy else idle '
    path = files(low + "check c with N = 9 expect violation of High states 8")
    assert len(trace_of(path)) == 9
    assert (
        result_of(files(low.replace("y < 8", "y < 7") + "check c with N = 9 expect holds states 7")).verdict == "holds"
    )


def test_abstract_variables_without_bounds(files: Files) -> None:
    """What stands for them has bounds; what the abstract model would come to needs none."""
    high = "var n : nat = 0 var log : set of int = {} action more(k in 1..3) then n' = n + k log' = log | {n}"
    low = """
var y : 0..4 = 0
var s : set of 0..4 = {}
action up(k in 1..2) when y + k < 5 then y' = y + k s' = s | {y}
terminal when y >= 3
refines High "high.gate" with n = y, log = s
"""
    assert result_of(files(low, high)).verdict == "holds"
    assert len(trace_of(files(low.replace("{y}", "{k}"), high))) == 2


def test_what_cannot_be_evaluated_is_a_violation_of_evaluation(files: Files) -> None:
    low = LOW + 'refines High "high.gate" with x = 6 div (3 - y) mod 2, mode = idle'
    result = result_of(files(low))
    assert "evaluation" in result.violated
    trace = result.properties["evaluation"].trace
    assert trace is not None and len(trace) == 4
    assert trace.failure.message == "refinement `High` cannot be evaluated here: division by zero"

    high = HIGH.replace("when x + k <= MOST", "when x + k <= MOST and 3 div (1 - x) > -9")
    result = result_of(files(LOW + 'refines High "high.gate" with x = y div 2, mode = if b then busy else idle', high))
    assert "evaluation" in result.violated


def test_several_refinements_are_told_apart(files: Files) -> None:
    path = files(LOW + """
refines Right "high.gate" with x = y div 2, mode = if b then busy else idle
refines Wrong "high.gate" with x = y div 2, mode = busy
refines Late "high.gate" with x = y div 3, mode = if b then busy else idle
check c expect violation of Wrong, Late
""")  # fmt: skip
    result = result_of(path)
    assert result.violated == ("Wrong", "Late") and not result.problems
    assert [len(result.properties[name].trace or ()) for name in ("Wrong", "Late")] == [1, 3]


def test_expectations(files: Files) -> None:
    path = files(LOW + 'refines High "high.gate" with x = 0, mode = idle check c expect violation of High')
    assert result_of(path).problems == ("`High` holds, but its violation is expected",)
    path = files(LOW + 'refines High "high.gate" with x = 1, mode = idle')
    assert result_of(path).problems == ("`High` is violated, which is not expected",)


def test_a_disagreement_about_a_refinement_is_an_internal_error(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a trace is looked at by the evaluator, with the abstract model itself."""
    path = files(LOW + 'refines High "high.gate" with x = y div 2, mode = if b then busy else idle')
    for part in ("initial", "step"):
        with monkeypatch.context() as patch:
            patch.setattr(_Translation, part, lambda self: build.boolean(False, self.span))
            with pytest.raises(InternalError, match="the engines disagree on `High`"):
                check_file(path)


# ------------------------------------------------------------------------------------------------------------- engines


@pytest.mark.parametrize("text", ["y div 2", "y div 3"])
def test_every_engine(files: Files, text: str) -> None:
    """By twos it holds; by threes, mode becomes busy in the third state while x stays 0."""
    path = files(LOW + f'refines High "high.gate" with x = {text}, mode = if b then busy else idle')
    model = load_check(path, "c", to_search=True)
    kernels = prepare(model)
    plain = explore(kernels)
    wanted = {} if text == "y div 2" else {"High": 3}
    assert {n: len(plain.path_to(v.state)) + (v.successor is not None) for n, v in plain.violations.items()} == wanted
    assert facts(search(kernels, machine_functions(kernels))) == facts(plain)
    assert check_bounded(model, 8).reached == wanted
    found = simulate(kernels, SimulationOptions(1, 20, 5), engine="python")
    assert {name: len(found.properties[name].trace or ()) for name in found.violated} == wanted
    proved = prove_check(model, wanted=["High"])
    assert proved.properties["High"].verdict == ("violation" if wanted else "holds")
    check_file(path, RunOptions(cross_check=True))


def test_proofs_for_all_values(files: Files) -> None:
    high = "var n : nat = 0 action more(k in 1..3) then n' = n + k"
    low = "var y : nat = 0 action up(k in 1..{}) then y' = y + 2 * k\n" + 'refines High "high.gate" with n = y div 2\n'
    for most, verdict in ((3, "holds"), (4, "violation")):
        path = files(low.replace("{}", str(most)) + "check c expect proved", high)
        (result,) = check_file(path).checks
        assert result.properties["High"].verdict == verdict


def test_symmetry(files: Files) -> None:
    """A refinement does not tell the values of a sort apart: with symmetry the verdicts and the lengths are the same.

    Each of three nodes goes up to 2. Up to names there are as many states as multisets of three numbers of 0..2: 10.
    """
    high = "sort Node[3] var up : set of Node = {} action go(n in Node) when n not in up then up' = up | {n}"
    low = """
sort Node[3]
var level : map[Node] of 0..2 = map n in Node: 0
action rise(n in Node) when level[n] < 2 then level'[n] = level[n] + 1
action drop(n in Node) when drops and level[n] == 2 then level'[n] = 0
const drops : bool
terminal when true
refines High "high.gate" with up = {n for n in Node where level[n] == 2}
check plain with drops = false expect holds states 27
check reduced with drops = false symmetry Node expect holds states 10
check plain_drops with drops = true expect violation of High states 27
check reduced_drops with drops = true symmetry Node expect violation of High states 10
"""
    result = check_file(files(low, high))
    assert [check.problems for check in result.checks] == [(), (), (), ()]
    lengths = [len(check.properties["High"].trace or ()) for check in result.checks]
    assert lengths == [0, 0, 4, 4]


# ----------------------------------------------------------------------------------------------- against the definition


@dataclass
class Definition:
    """What a refinement is, looked at step by step: the length of a shortest behaviour that violates it, if any."""

    shortest: int | None = None
    unclear: bool = False  # something cannot be evaluated

    def violated(self, length: int) -> None:
        self.shortest = length if self.shortest is None else min(self.shortest, length)


def by_definition(model: m.Model, refinement: m.Refinement, most: int) -> Definition:
    found = Definition()
    seen: set[tuple[Value, ...]] = set()
    level: list[dict[str, Value]] = []

    def inside(state: dict[str, Value]) -> bool:
        return all(holds(c.term, Scope(state)) for c in model.constraints)

    def arrive(state: dict[str, Value], into: list[dict[str, Value]]) -> None:
        key = tuple(state.values())
        if key not in seen and inside(state):
            seen.add(key)
            into.append(state)

    try:
        for state in initial_states(model):
            image = image_of(refinement, state)
            if not in_types(refinement.abstract, image) or not is_initial(refinement.abstract, image):
                found.violated(1)
            arrive(state, level)
        length = 1
        while level and len(seen) <= most:
            length += 1
            next_level: list[dict[str, Value]] = []
            for state in level:
                for step in transitions(model, state):
                    if isinstance(step, Transition):
                        found.unclear |= look(refinement, state, step.state, length, found)
                        arrive(step.state, next_level)
            level = next_level
    except EvaluationError:
        found.unclear = True
    found.unclear |= bool(level)
    return found


def look(
    refinement: m.Refinement, state: dict[str, Value], after: dict[str, Value], length: int, found: Definition
) -> bool:
    """Look at a step; is it unclear?"""
    abstract = refinement.abstract
    image, next_image = image_of(refinement, state), image_of(refinement, after)
    if not in_types(abstract, image):
        return False  # which was said of a state before
    if not in_types(abstract, next_image):
        found.violated(length)
        return False
    if image == next_image:
        return False
    steps = list(transitions(abstract, image))
    if any(isinstance(step, FailedTransition) for step in steps):
        return True
    if not any(isinstance(step, Transition) and step.state == next_image for step in steps):
        found.violated(length)
    return False


def image_of(refinement: m.Refinement, state: dict[str, Value]) -> dict[str, Value]:
    return {name: evaluate(term, Scope(state)) for name, term in refinement.images}


def in_types(abstract: m.Model, image: dict[str, Value]) -> bool:
    return all(contains(variable.type, image[variable.name]) for variable in abstract.variables)


def random_pair(rng: Random) -> tuple[str, str]:
    """A model, and one that it may refine: with some of its actions, or others, and its variables or expressions."""
    generator = Generator(rng)
    generator.declare_variables(generator.number(1, 3), 1)
    shared = list(generator.world.lines)
    actions = []
    for i in range(generator.number(1, 4)):
        generator.declare_action(i, 1)
        actions.append(generator.world.lines.pop())
    abstract = [action for action in actions if generator.chance(85)]
    if generator.chance(40):
        generator.declare_action(9, 1)
        abstract.append(generator.world.lines.pop())
    settings = []
    for name, type_ in generator.world.variables:
        if generator.chance(25):
            with generator.exactly(generator.chance(70)):
                settings.append(f"{name} = {generator.expression(type_, generator.scope(), 1)}")
    with_ = f"\n  with {', '.join(settings)}" if settings else ""
    high = "\n".join([*shared, *abstract]) + "\n"
    low = "\n".join([*shared, *actions, f'refines High "high.gate"{with_}', "check c expect holds"]) + "\n"
    return low, high


def compare(files: Files, low: str, high: str, most: int = 300) -> str:
    """Compare the engines with the definition on a pair; what came out."""
    path = files(low, high)
    try:
        model = load_check(path, "c", to_search=True)
        kernels: Kernels = prepare(model)
    except SpecError:
        return "refused"
    found = explore(kernels, SearchOptions(budget=Budget(max_states=most)))
    (refinement,) = {p.refinement for p in model.properties if p.refinement is not None}
    wanted = by_definition(model, refinement, most)
    if found.stopped is not None or wanted.unclear:
        return "unclear"
    violation = found.violations.get("High")
    length = None
    if violation is not None:
        length = len(found.path_to(violation.state)) + (violation.successor is not None)
    assert length == wanted.shortest, path.read_text()
    if violation is not None:
        trace = result_of(path).properties["High"].trace
        assert trace is not None and trace.abstract is not None and len(trace.abstract.steps) == length
    return "holds" if length is None else "initial" if length == 1 else "step"


OUTCOMES = {
    "by_twos": "holds",
    "condition": "step",
    "first_value": "initial",
    "initially": "holds",
    "two_values": "holds",
    "type": "step",
    "unchanged": "step",
}


@pytest.mark.parametrize("name", REFINEMENTS)
def test_pairs_made_by_hand(name: str, files: Files) -> None:
    assert compare(files, *REFINEMENTS[name]) == OUTCOMES[name]


@pytest.mark.differential
def test_random_pairs(files: Files) -> None:
    # What comes out of a pair is not known before, so there are as many as it takes.
    counts = Counter({"holds": 0, "initial": 0, "step": 0})
    for seed in range(600):
        counts[compare(files, *random_pair(Random(seed)))] += 1
        if min(counts["holds"], counts["initial"], counts["step"]) >= amount(5, 10):
            return
    pytest.fail(f"too little to disagree on: {counts}")


# Minutes, for combinations of constructs that are too rare for the few models above.
@pytest.mark.slow
def test_many_random_pairs(files: Files) -> None:
    for seed in range(1000, 6000):
        compare(files, *random_pair(Random(seed)))


# ----------------------------------------------------------------------------------------------------- shipped examples


def test_two_phase_commit_refines_transaction_commit() -> None:
    """A manager that does not wait commits in the third state; it takes another step for one to have aborted."""
    file = MODELS / "examples" / "two_phase_refinement.gate"
    three, hasty = check_file(file).checks
    assert three.verdict == "holds" and three.distinct == 288
    traces = {name: hasty.properties[name].trace for name in hasty.violated}
    assert {name: len(trace or ()) for name, trace in traces.items()} == {"TransactionCommit": 3, "Consistent": 4}
    trace = traces["TransactionCommit"]
    assert trace is not None and trace.abstract is not None
    assert [step.action for step in trace.steps] == [None, "prepare", "commit_early"]
    assert [step.action for step in trace.abstract.steps] == [None, "prepare", None]
    assert "`commit(m = Manager1)` would do this, but is not enabled" in trace.failure.message


def test_a_violation_beside_an_abstract_variable_without_a_value(tmp_path: Path) -> None:
    """What has a value decides; what has none does not keep the violation from being shown."""
    (tmp_path / "high.gate").write_text("""
        var a : bool = false
        var b : 0..3 = 0
        action both when not a then b' = 1
        check c expect holds
    """)
    (tmp_path / "low.gate").write_text("""
        var n : 0..2 = 0
        action up when n < 2 then n' = n + 1
        terminal when n == 2
        refines High "high.gate" with a = n >= 2, b = [0, 1][n]
        check c expect holds
    """)
    (result,) = check_file(tmp_path / "low.gate").checks
    trace = result.properties["High"].trace
    assert trace is not None and trace.abstract is not None
    assert len(trace) == 3  # n = 2 makes `a` true, and nothing in the abstract model does that
    assert [variable.name for variable in trace.abstract.variables] == ["a"]
    assert "whatever the value of `b`" in trace.failure.message
    assert len(result.properties["evaluation"].trace or ()) == 1  # lists begin with 1
