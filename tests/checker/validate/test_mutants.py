"""Faults in how a log is held against a model, planted on purpose: each is noticed."""

from __future__ import annotations

import pytest

from skipgate.checker.validate import events, footprints, frontier, interleaving, rules
from tests.checker.random_models import model_text
from tests.checker.validate.test_differential import graph_text, scene
from tests.checker.validate.test_interleaving import MODELS, compare
from tests.checker.validate.test_validate import HIDDEN, HIDDEN_EVENTS, validated
from tests.planted import Mutant, noticed

pytestmark = pytest.mark.differential


def walks(seed: int) -> None:
    """One log of a random model, and of a small graph."""
    for write in (model_text, graph_text):
        made = scene(seed, write)
        if made is not None:
            world, log = made
            assert world.compare(log)
            for _ in range(3):
                world.compare(world.changed(log))


def several(seed: int) -> None:
    """Several logs of a small graph."""
    made = scene(seed, graph_text)
    if made is not None:
        world, log = made
        for _ in range(6):
            world.compare_apart(world.changed(log))


def nodes(seed: int) -> None:
    """Nodes that send each other messages."""
    for name in MODELS:
        compare(name, seed)


WAYS = """
model ways
var x : 0..3 = 0
action bad when x == 0 then x' = 2
action good when x == 0 then x' = 1
action better when x == 1 then x' = 3
action finish when x >= 2 then x' = 0
invariant NotTwo x != 2
"""


def ways(seed: int) -> None:
    """A violation is one if no way is without it, and stays one."""
    silent = "silent bad, good, better at most 2\n"
    found = validated(WAYS, f'events of ways\nevent "finish" is finish\n{silent}', [{"msg": "finish"}])
    assert found.violated == {}
    found = validated(WAYS, f'events of ways\nevent "finish" is finish when x == 2\n{silent}', [{"msg": "finish"}])
    assert found.violated == {"NotTwo": "log1:1"}


STEPS = """
model steps
var x : 0..3 = 0
action a when x == 0 then x' = 1
action b when x == 1 then x' = 2
action c when x == 0 then x' = 2
action d when x == 2 then x' = 3
"""


def bounded(seed: int) -> None:
    """At most so many silent steps, on whatever way; with one log and with two."""
    for bound, verdict in ((1, "refused"), (2, "behaviour")):
        at = f'events of steps\nevent "at" (value : 0..3) when x == value\nsilent a, b, c, d at most {bound}\n'
        log = [{"msg": "at", "value": 3}]
        assert validated(STEPS, at, log).verdict == verdict
        assert validated(STEPS, at, log, log).verdict == verdict


PARTS = """
model parts
enum Node { a, b }
var x : 0..1 = 0
var m : map[Node] of 0..1 = map n in Node: 0
var y : 0..1 = 0
action set_x then x' = 1
action fill then m' = map n in Node: 1
action copy_x then y' = x
action copy_m then y' = m[a]
action low when x == 0 then y' = 0
action high when x == 1 then y' = 1
"""
PARTS_EVENTS = """
events of parts
event "set" is set_x
event "fill" is fill
event "copy x" is copy_x
event "copy m" is copy_m
event "pick" is low or high
event "see" when y == 1
"""


def dependent(seed: int) -> None:
    """What reads comes after what writes, though it could come before: else 1 is not seen."""
    for first, second in (("set", "copy x"), ("fill", "copy m"), ("set", "pick")):
        logs = [[{"msg": first}], [{"msg": second}, {"msg": "see"}]]
        for order in (logs, logs[::-1]):
            assert validated(PARTS, PARTS_EVENTS, *order).verdict == "behaviour", (first, second)


MUTANTS = [
    Mutant(
        "what is seen after a step is not compared",
        rules.candidate,
        "clauses += [_about_old(each, named) for each in conditions if _is_about_the_step(each)]",
        "clauses += []",
        walks,
    ),
    Mutant(
        "what is seen before a step is not compared",
        rules.candidate,
        "if not _is_about_the_step(condition)]",
        "if False]",
        walks,
    ),
    Mutant("a prime is not looked at", rules._about_old, "if term.name in new else", "if False else", walks),
    Mutant(
        "a given argument need not be in the domain",
        rules.candidate,
        "clauses.append(build.in_(argument, domain, argument.span))",
        "pass",
        walks,
    ),
    Mutant(
        "one silent step too many",
        frontier.Tracker.with_silent_steps,
        "range(self.bound)",
        "range(self.bound + 1)",
        bounded,
    ),
    Mutant(
        "one silent step too few",
        frontier.Tracker.with_silent_steps,
        "range(self.bound)",
        "range(self.bound - 1)",
        walks,
    ),
    Mutant(
        "silent steps from the first states alone",
        frontier.Tracker.with_silent_steps,
        "in level.items()",
        "in self.frontier.items()",
        walks,
    ),
    Mutant(
        "the frontier is not replaced",
        frontier.Tracker.follow,
        "self.frontier = found",
        "self.frontier = {**self.frontier, **found}",
        walks,
    ),
    Mutant(
        "only the first description counts",
        frontier.Tracker.follow,
        "in event.alternatives",
        "in event.alternatives[:0]",
        walks,
    ),
    Mutant(
        "violations are forgotten", frontier.Tracker.take, "violated = reached.violated", "violated = frozenset()", ways
    ),
    Mutant(
        "the first way to a state stays",
        frontier.Tracker.take,
        "known is not None and not known.violated",
        "known is not None",
        ways,
    ),
    Mutant(
        "a state is looked at once, with however many silent steps",
        interleaving.Interleaving.enter,
        "known <= silent",
        "True",
        bounded,
    ),
    Mutant(
        "silent steps without end",
        interleaving.Interleaving.steps,
        "silent < self.bound",
        "silent <= self.bound",
        bounded,
    ),
    Mutant("one log is enough", interleaving._Independence.closure, "other not in inside and", "False and", nodes),
    Mutant(
        "only the next event of another log counts",
        interleaving._Independence.closure,
        "self.left[other][positions[other]] & relevant",
        "positions[other] < ends[other] and self.classes[other][positions[other]] & relevant",
        nodes,
    ),
    Mutant(
        "reads do not count", footprints.Footprint.depends_on, "_overlap(self.reads, other.writes)", "False", dependent
    ),
    Mutant("a part is not of its whole", footprints._overlap, "p[: len(q)] == q[: len(p)]", "p == q", dependent),
    Mutant("conditions are not read", footprints._Reader.of, "self.read(clause)", "pass", dependent),
    Mutant(
        "`true` and 1 are the same",
        events.EventReader.words,
        "(raw, tuple(map(type, raw)))",
        "raw",
        lambda seed: truth(),
    ),
]


def truth() -> None:
    """Two values that are equal in Python and not in JSON."""
    log = [{"msg": "bump", "odd": True}, {"msg": "bump", "odd": 1}]
    try:
        validated(HIDDEN, HIDDEN_EVENTS, log)
    except Exception as problem:
        assert "1 is not true or false" in str(problem)
    else:
        raise AssertionError("1 was taken for true")


@pytest.mark.slow  # each fault takes up to a minute to be noticed
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_planted_fault_is_noticed(mutant: Mutant) -> None:
    mutant.check(0)
    assert noticed(mutant, range(120)) is not None
