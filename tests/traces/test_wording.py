from __future__ import annotations

from dataclasses import replace

import pytest

from skipgate.checker.core.trace import FailureKind, Part, Step
from skipgate.checker.core.values import SortValue
from skipgate.traces.wording import call, equals, headline, marks, subject
from tests.traces.samples import die_hard


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("invariant", "invariant NotSolved is violated"),
        ("transition", "transition NotSolved is violated"),
        ("cover", "cover NotSolved is reached"),
        ("deadlock", "deadlock"),
        ("evaluation", "an expression has no value"),
    ],
)
def test_headline(kind: FailureKind, words: str) -> None:
    trace = die_hard()
    assert headline(replace(trace, failure=replace(trace.failure, kind=kind))) == words


def test_subject() -> None:
    assert subject(die_hard()) == "die_hard, check puzzle"


def test_call() -> None:
    assert call("tick", ()) == "tick"
    assert call("send", (("n", SortValue("Node", 0)), ("i", 2))) == "send(n = Node1, i = 2)"


@pytest.mark.parametrize(
    ("text", "value", "word"),
    [("x", 1, "="), ("up", False, "="), ("x == 1", False, "is"), ("x + 1", 2, "="), (" up ", True, "=")],
)
def test_equals(text: str, value: bool | int, word: str) -> None:
    assert equals(Part(text, value)) == word


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (["tick", "crash", "start"], [None, "crash", "restart"]),
        (["NodeCrashes", "Restart_node"], ["crash", "restart"]),
        (["reboot", "recover", "restart"], ["restart", "restart", "restart"]),
        # nothing is down, so these start something else
        (["start_election", "start"], [None, None]),
        (["crash", "start", "start_election"], ["crash", "restart", None]),
        (["crash", "crash", "start", "start", "start"], ["crash", "crash", "restart", "restart", None]),
        (["crash", "recover", "start"], ["crash", "restart", None]),
    ],
)
def test_marks(actions: list[str], expected: list[str | None]) -> None:
    steps = (Step({}), *(Step({}, action) for action in actions))
    assert marks(steps) == [None, *expected]
