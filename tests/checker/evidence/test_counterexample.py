"""Traces: their steps, named by the evaluator, and the reason why they end."""

from __future__ import annotations

import pytest

from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.core.trace import Trace
from skipgate.checker.evidence.counterexample import build_trace, initial_error_trace
from skipgate.checker.search.explore import Violation, explore
from tests.checker.specs import kernels_of

QUEUE = """
model queue
sort Worker[2]
var waiting : seq[2] of 1..3    = []           "what is to be done"
var done    : 0..3              = 0
var idle    : set of Worker     = Worker
action submit(job in 1..3) "job {job} comes, {len(waiting)} are waiting"
  when len(waiting) < 2
  then waiting' = waiting + [job]
action take(who in Worker) "{who} takes {first(waiting)}"
  when who in idle and waiting != []
  then idle' = idle - {who}
       waiting' = waiting[2..len(waiting)]
action finish(who in Worker)
  when who not in idle
  let total = done + 1
  then done' = total
       idle' = idle | {who}
"""


def traces(text: str) -> dict[str, Trace]:
    kernels = kernels_of(text)
    found = explore(kernels)
    built = {name: build_trace(kernels.model, kernels.layout, found, name, v) for name, v in found.violations.items()}
    if found.initial_error is not None:
        built[EVALUATION] = initial_error_trace(kernels.model, found.initial_error)
    return built


def test_steps() -> None:
    trace = traces(QUEUE + 'invariant Idle "somebody is idle" idle != {}')["Idle"]
    assert len(trace) == 5
    steps = [(step.action, [name for name, _ in step.arguments], step.changed) for step in trace.steps]
    assert steps[0] == (None, [], ())
    assert sorted(steps[1:], key=str) == [
        ("submit", ["job"], ("waiting",)),
        ("submit", ["job"], ("waiting",)),
        ("take", ["who"], ("waiting", "idle")),
        ("take", ["who"], ("waiting", "idle")),
    ]
    assert trace.steps[1].description == "job 1 comes, 0 are waiting"
    assert {step.description for step in trace.steps if step.action == "take"} == {"Worker1 takes 1", "Worker2 takes 1"}
    assert trace.description == "somebody is idle"
    assert trace.reads == ("idle",)
    assert [v.description for v in trace.variables] == ["what is to be done", None, None]
    assert trace.failure.kind == "invariant"
    assert trace.failure.message == "the last state violates `Idle`"
    assert trace.failure.conjunct == "idle != {}"
    assert trace.failure.place is not None
    assert trace.failure.place.endswith(":19:35")


def test_a_transition() -> None:
    trace = traces(QUEUE + "transition Never done' == done")["Never"]
    assert [step.action for step in trace.steps] == [None, "submit", "take", "finish"]
    assert trace.failure.kind == "transition"
    assert trace.failure.message == "the last step violates `Never`"
    assert {part.text: part.value for part in trace.failure.parts} == {"done'": 1, "done": 0}


def test_an_action_that_cannot_be_evaluated() -> None:
    trace = traces(QUEUE)[EVALUATION]
    failure = trace.failure
    assert failure.kind == "evaluation"
    assert failure.message == ("action `finish` cannot be evaluated here: `done` would be 4, which is not in 0..3")
    assert failure.action == "finish"
    assert [name for name, _ in failure.arguments] == ["who"]
    assert trace.steps[-1].state["done"] == 3


def test_a_domain_that_cannot_be_evaluated_names_the_parameters_before_it() -> None:
    trace = traces(
        """
        var x : 0..3 = 0
        var o : option of 0..3 = some(1)
        action clear then o' = none
        action go(n in 0..1, m in (if n == 0 then {1} else {get(o)})) then x' = m
        """
    )[EVALUATION]
    assert trace.failure.message == "action `go` cannot be evaluated here: `get` of none"
    assert trace.failure.arguments == (("n", 1),)


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("invariant I 1 div (x - 2) < 9", "invariant `I` cannot be evaluated here: division by zero"),
        ("transition T 1 div (x' - 2) < 9", "transition `T` cannot be evaluated here: division by zero"),
        ("cover C 1 div (x - 2) == 9", "cover `C` cannot be evaluated here: division by zero"),
        ("constraint C 1 div (x - 2) < 9", "constraint `C` cannot be evaluated here: division by zero"),
        (
            "constraint C x < 2\ninvariant I 1 div (x - 2) < 9",
            "invariant `I` cannot be evaluated here: division by zero",
        ),
    ],
)
def test_errors_outside_actions(rest: str, message: str) -> None:
    trace = traces(f"var x : 0..3 = 0\naction up when x < 3 then x' = x + 1\n{rest}")[EVALUATION]
    assert trace.failure.message == message
    assert len(trace) == 3
    assert trace.failure.conjunct is not None
    assert trace.failure.conjunct.startswith("1 div")


@pytest.mark.parametrize(
    "rest", ["invariant I x > 0", "invariant I 1 div x > 0", "invariant I x == 7\nconstraint C x > 0"]
)
def test_initial_states(rest: str) -> None:
    (trace,) = traces(f"var x : 0..3 = 0\naction stay then x' = x\n{rest}").values()
    assert len(trace) == 1


def test_an_initial_value_without_a_value() -> None:
    trace = traces("var x : 0..3 = 1 div 0\naction stay then x' = x")[EVALUATION]
    assert len(trace) == 0
    assert trace.failure.message == "an initial value has no value: division by zero"


def test_a_deadlock_tells_what_is_in_the_way_of_each_action() -> None:
    trace = traces(
        """
        var x : 0..3 = 0
        var y : 0..3 = 0
        action up when y == 0 and x < 2 then x' = x + 1
        action go(n in 1..2)
          when x < 5
          let far = x + n
          when far < 2
          then y' = n
        action any(n in 1..2) when n == 1 and x == 0 or n == 2 and x == 1 then x' = x
        """
    )[DEADLOCK]
    assert trace.failure.message == "no action is enabled here, and the state is not terminal"
    assert [part.text for part in trace.failure.parts[:2]] == ["up: x < 2", "go(n = 1): far < 2"]


def test_a_description_without_a_value_does_not_end_the_run() -> None:
    (trace,) = traces('var x : 0..1 = 0\naction go "by {1 div x} to {x + 1}" then x\' = 1\ninvariant I x == 0').values()
    assert trace.steps[1].description == "by ? to 1"


class TestDisagreement:
    """A trace is also a test of the engine: what the evaluator does not confirm is a fault of this tool."""

    TEXT = "var x : 0..3 = 0\naction up when x < 3 then x' = x + 1\ninvariant I x < 3\nterminal when x == 3"

    def build(self, name: str, path: list[int], **violation: object) -> Trace:
        kernels = kernels_of(self.TEXT)
        found = explore(kernels)
        words = [kernels.layout.pack({"x": x}) for x in path]
        found.predecessors.clear()
        found.predecessors.update(zip(words[1:], words, strict=False))
        return build_trace(kernels.model, kernels.layout, found, name, Violation(words[-1], **violation))  # type: ignore[arg-type]

    def test_the_right_one(self) -> None:
        assert len(self.build("I", [0, 1, 2, 3])) == 4

    @pytest.mark.parametrize(
        ("name", "path", "violation", "message"),
        [
            ("I", [0, 1, 3], {}, "a step that no action allows"),
            ("I", [1, 2, 3], {}, "begins in a state that is not initial"),
            ("I", [0, 1, 2], {}, "the engines disagree on `I`"),
            (DEADLOCK, [0, 1, 2], {}, "an action is enabled in a state found to be a deadlock"),
            (EVALUATION, [0, 1], {"action": 0}, "action `up` can be evaluated"),
            (EVALUATION, [0, 1], {"source": "I"}, "I can be evaluated"),
        ],
    )
    def test_wrong_ones(self, name: str, path: list[int], violation: dict[str, object], message: str) -> None:
        with pytest.raises(InternalError, match=message):
            self.build(name, path, **violation)
