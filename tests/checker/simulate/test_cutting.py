"""What is left of a walk that violates a property: nothing that could be left out."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from skipgate.checker.core.model import Model
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.core.trace import Trace
from skipgate.checker.evidence.counterexample import FailedEvaluation
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate, holds
from skipgate.checker.semantics.steps import FailedTransition, Transition, action_transition, transitions
from skipgate.checker.simulate import cutting
from skipgate.checker.simulate.simulate import Simulation, SimulationOptions, simulate
from tests.checker.native.harness import kernels_of
from tests.planted import Mutant, applied

NOISE = """
var x : 0..9 = 0
var y : 0..9 = 0
var on : bool = false
action up when on and x < 9 then x' = x + 1
action other then y' = (y + 1) mod 10
action turn_on then on' = true
action turn_off then on' = false
"""


def walked(text: str, count: int = 5, depth: int = 200, seed: int = 1) -> Simulation:
    return simulate(kernels_of(text), SimulationOptions(seed, depth, count), engine="python")


def actions(found: Simulation, name: str) -> list[str | None]:
    trace = found.properties[name].trace
    assert trace is not None
    return [step.action for step in trace.steps[1:]]


# ----------------------------------------------------------------------------------------------------- worked by hand


@pytest.mark.parametrize(
    ("claim", "name", "left"),
    [
        ("invariant Low x < 3", "Low", ["turn_on", "up", "up", "up"]),
        ("transition Slow x == 2 => x' == 2", "Slow", ["turn_on", "up", "up", "up"]),
        ("invariant Low x < 3\nconstraint Few x < 3", "Low", ["turn_on", "up", "up", "up"]),
        ("action bad when x == 1 then y' = 10 div (x - 1)", EVALUATION, ["turn_on", "up"]),
        ("invariant Even x == 2 => 1 div (x - 2) == 1", EVALUATION, ["turn_on", "up", "up"]),
    ],
)
def test_what_does_not_matter_is_left_out(claim: str, name: str, left: list[str]) -> None:
    found = walked(f"{NOISE}{claim}\ncheck c expect holds")
    assert actions(found, name) == left
    assert found.uncut == ()


def test_a_deadlock() -> None:
    found = walked("""
var x : 0..2 = 0
var y : 0..99 = 0
action up when x < 2 then x' = x + 1
action other when x < 2 and y < 99 then y' = y + 1
check c expect holds
""")
    assert actions(found, DEADLOCK) == ["up", "up"]


def test_steps_that_only_go_together_are_left_out_together() -> None:
    """A door has to be shut behind oneself: neither step of a pair can be left out alone."""
    found = walked("""
var x : 0..3 = 0
var open : bool = false
var seen : 0..99 = 0
action up when not open and x < 3 then x' = x + 1
action enter when not open and seen < 99 then open' = true
                                              seen' = seen + 1
action leave when open then open' = false
invariant Low x < 3
terminal when x == 3
check c expect holds
""")
    assert actions(found, "Low") == ["up", "up", "up"]


def two_rounds(_: int = 0) -> None:
    """`clean` is needed as long as `dirty` is there, which is tried after it."""
    model = kernels_of("""
var d : bool = false
var x : 0..2 = 0
action dirty then d' = true
action clean then d' = false
action one when x == 0 then x' = 1
action two when x == 1 and not d then x' = 2
invariant Low x < 2
check c expect holds
""").model
    states = [
        {"d": False, "x": 0},
        {"d": True, "x": 0},
        {"d": True, "x": 1},
        {"d": False, "x": 1},
        {"d": False, "x": 2},
    ]
    left = cutting.cut(model, "Low", states, FailedEvaluation())
    assert ([action.name for action, _ in left.taken], left.minimal) == (["one", "two"], True)
    assert left.states == [{"d": False, "x": x} for x in range(3)]


def test_what_was_needed_only_for_something_needless_goes_too() -> None:
    two_rounds()


def test_effort_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting.cut, "__defaults__", (3,))
    found = walked(f"{NOISE}invariant Low x < 3\ncheck c expect holds")
    assert found.uncut == ("Low",)
    assert len(actions(found, "Low")) > 4
    assert holds_not(found.properties["Low"].trace)


def holds_not(trace: Trace | None) -> bool:
    return trace is not None and trace.steps[-1].state["x"] == 3


def test_the_same_walk_is_cut_to_the_same() -> None:
    text = f"{NOISE}invariant Low x < 3\ncheck c expect holds"
    one, two = (walked(text).properties["Low"].trace for _ in range(2))
    assert one is not None and two is not None
    assert one.steps == two.steps


# ----------------------------------------------------------------------------------------------------- random models


def needless(model: Model, trace: Trace) -> list[int]:
    """The steps without which the others, taken from the same initial state, still end in the violation."""
    found = []
    by_name = {action.name: action for action in model.actions}
    for left_out in range(1, len(trace)):
        states = [trace.steps[0].state]
        for number, step in enumerate(trace.steps[1:], start=1):
            if number == left_out:
                continue
            inside = all(holds(c.term, Scope(states[-1])) for c in model.constraints)
            taken = action_transition(by_name[step.action or ""], states[-1], dict(step.arguments)) if inside else None
            if not isinstance(taken, Transition):
                break
            states.append(taken.state)
        else:
            if violated(model, trace, states):
                found.append(left_out)
    return found


def violated(model: Model, trace: Trace, states: list[dict[str, object]]) -> bool:
    """Is the property of a trace violated at the end of other states, in the same way?"""
    last: dict[str, object] = states[-1]
    if trace.property == DEADLOCK:
        if not all(holds(c.term, Scope(last)) for c in model.constraints):
            return False
        ends = model.terminal is not None and holds(model.terminal, Scope(last))
        return not ends and not list(transitions(model, last))
    if trace.property == EVALUATION:
        if trace.failure.action is None:
            return False  # where it was is not told apart here
        tried = [t for t in transitions(model, last) if isinstance(t, FailedTransition)]
        return any(t.action.name == trace.failure.action for t in tried)
    for declared in (p for p in model.properties if p.name == trace.property):
        if declared.kind == "transition" and len(states) < 2:
            continue
        scope = Scope(states[-2], last) if declared.kind == "transition" else Scope(last)
        try:
            if evaluate(declared.term, scope) is False:
                return True
        except EvaluationError:
            return False
    return False


def random_text(random: Random) -> str:
    """A small model in which much can be done, and some of it matters."""
    names = "abc"

    def condition() -> str:
        return f"{random.choice(names)} {random.choice(['==', '!=', '<'])} {random.randrange(1, 4)}"

    lines = [f"var {name} : 0..3 = 0" for name in names]
    for number in range(5):
        updates = random.sample(names, random.choice([1, 1, 2]))
        guard = " and ".join(condition() for _ in range(random.choice([0, 1, 2])))
        lines.append(f"action go{number}" + (f" when {guard}" if guard else ""))
        lines += [f"  then {name}' = ({name} + {random.randrange(1, 4)}) mod 4" for name in updates]
    if random.random() < 0.4:
        lines.append(f"constraint C not ({condition()} and {condition()})")
    lines.append(f"invariant I not (a == {random.randrange(4)} and b == {random.randrange(1, 4)})")
    lines.append(f"transition T c == {random.randrange(1, 4)} => c' != {random.randrange(4)}")
    lines.append(f"invariant E a == {random.randrange(1, 4)} => 6 div (b - {random.randrange(1, 4)}) < 9")
    return "\n".join([*lines, "check c expect holds"])


def compare(seed: int, seen: Counter[str] | None = None) -> None:
    """No step of a trace can be left out; and it is one, which the trace itself is made sure of."""
    kernels = kernels_of(random_text(Random(seed)))
    found = simulate(kernels, SimulationOptions(seed, 30, 3), engine="python")
    for name in found.violated:
        trace = found.properties[name].trace
        assert trace is not None and name not in found.uncut
        assert needless(kernels.model, trace) == []
        assert all(holds(c.term, Scope(s.state)) for c in kernels.model.constraints for s in trace.steps[:-1])
        if seen is not None:
            seen[trace.failure.kind] += len(trace) > 2


@pytest.mark.differential
def test_random_models() -> None:
    seen: Counter[str] = Counter()
    for seed in range(20):
        compare(seed, seen)
    assert seen["invariant"] and seen["transition"] and seen["evaluation"]


MUTANTS = [
    Mutant("the violation need not be there any more", cutting._Cutter.leave_out,
           "behind is not None and self.violates([*self.states[: start + 1], *behind])", "behind is not None", compare),
    Mutant("one round is enough", cutting._Cutter.run, "size == 1 and not found", "size == 1", two_rounds),
    Mutant("single steps are not tried", cutting._Cutter.run, "size == 1 and not found", "size <= 3", compare),
    Mutant("walks go on outside the constraints", cutting._Cutter.is_inside, "return all(", "return True or all(",
           compare),
    Mutant("steps that are not possible are passed over", cutting._Cutter.follow,
           "if not isinstance(taken, Transition):\n            return None",
           "if not isinstance(taken, Transition):\n            continue", compare),
]  # fmt: skip


@pytest.mark.differential
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_faults_are_noticed(mutant: Mutant) -> None:
    """Negative control."""
    with applied(mutant):
        for seed in range(150):
            try:
                mutant.check(seed)
            except Exception:
                return
    pytest.fail("nobody notices")
