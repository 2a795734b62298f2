"""Bounded model checking: what it finds, how long its traces are, when it stops."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings

from skipgate.checker.checks.preparation import load_check
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.core.values import Some
from skipgate.checker.smt.encoding.solving import NoAnswer
from skipgate.checker.smt.proving import bmc
from skipgate.checker.smt.proving.bmc import Bounded, check_bounded
from skipgate.checker.smt.proving.crosscheck import Searched, cross_check
from skipgate.spec.diagnostics import SpecError
from tests import effort
from tests.checker import corpus
from tests.checker.random_models import model_text, models
from tests.checker.smt.specs import model_of, search
from tests.effort import few

ROOT = Path(__file__).parents[4]
SHIPPED = [
    (path, name)
    for path in sorted(ROOT.glob("models/**/*.gate"))
    for name in re.findall(r"^check (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
]


def lengths(bounded: Bounded) -> dict[str, int]:
    return {name: len(trace) for name, trace in bounded.traces.items()}


def run(text: str, depth: int = 6) -> Bounded:
    return check_bounded(model_of(text), depth)


# ------------------------------------------------------------------------------------------- what counts as what


def test_a_shortest_trace_with_everything_that_people_read() -> None:
    model = load_check(ROOT / "models" / "examples" / "die_hard.gate", "puzzle")
    bounded = check_bounded(model, 10)
    trace = bounded.traces["NotSolved"]
    assert (len(trace), bounded.depth, bounded.stopped) == (7, 10, None)
    assert trace.steps[0].action is None
    assert "big_to_small" in [step.action for step in trace.steps]
    assert trace.steps[-1].state["big"] == 4
    assert trace.failure.conjunct == "big != 4"
    assert {step.description for step in trace.steps} >= {"pour 3 from big to small", "fill the big jug"}


def test_an_invariant_is_examined_outside_the_constraints_but_nothing_beyond() -> None:
    bounded = run("""
        var x : 0..9 = 0
        action up when x < 9 then x' = x + 1
        constraint Low x < 3
        invariant Small x < 3
        invariant Smaller x < 4
        transition Slow x' < 4
        cover Three x == 3
        check c expect holds
    """)
    assert lengths(bounded) == {"Small": 4}
    assert (bounded.exhausted, bounded.depth) == (True, 4)


def test_deadlocks_are_where_no_action_is_enabled_and_it_is_not_right() -> None:
    text = """
        var x : 0..3 = 0
        action up(k in 1..2) when x + k <= 3 then x' = x + k
        terminal when TERMINAL
        check c expect holds
    """
    assert lengths(run(text.replace("TERMINAL", "false"))) == {DEADLOCK: 3}
    assert lengths(run(text.replace("TERMINAL", "x == 3"))) == {}
    assert run(text.replace("TERMINAL", "x == 3")).exhausted


@pytest.mark.parametrize(
    ("declaration", "length", "says"),
    [
        ("action read when s[x + 1] == 1 then x' = x", 3, "action `read` cannot be evaluated here: index 3"),
        ("action over then x' = x + 2", 2, "action `over` cannot be evaluated here: `x` would be"),
        ("action pick(k in 1..(2 div (1 - x))) when k == 9 then x' = x", 2, "action `pick` cannot be evaluated here"),
        ("invariant I s[x + 1] == 1", 3, "invariant `I` cannot be evaluated here: index 3"),
        ("transition T s[x' + 1] == 1", 3, "transition `T` cannot be evaluated here: index 3"),
        ("constraint C 1 div (1 - x) < 5", 2, "constraint `C` cannot be evaluated here: division by zero"),
        ("cover V s[x + 2] == 2", 2, "cover `V` cannot be evaluated here: index 3"),
        ("terminal when s[x + 1] == 2", 3, "the terminal condition cannot be evaluated here: index 3"),
    ],
)
def test_what_cannot_be_evaluated_is_found(declaration: str, length: int, says: str) -> None:
    text = f"""
        var x : 0..2 = 0
        var s : seq[2] of 0..2 = [1, 1]
        action up when x < 2 then x' = x + 1
        {declaration}
        check c expect holds
    """
    bounded = run(text)
    assert lengths(bounded)[EVALUATION] == length
    assert says in bounded.traces[EVALUATION].failure.message


def test_an_initial_value_that_cannot_be_evaluated_has_an_empty_trace() -> None:
    bounded = run("var x : 0..2 in 0..2  var y : 0..2 = 2 div x  action go then x' = x  check c expect holds")
    assert lengths(bounded) == {EVALUATION: 0}
    assert "division by zero" in bounded.traces[EVALUATION].failure.message


def test_covers_have_traces() -> None:
    bounded = run("var x : 0..3 = 0  action up when x < 3 then x' = x + 1  terminal when x == 3  cover Two x == 2  "
                  "check c expect holds")  # fmt: skip
    trace = bounded.traces["Two"]
    assert (len(trace), trace.failure.kind, trace.failure.message) == (3, "cover", "the last state reaches `Two`")


def test_only_what_is_asked_for() -> None:
    model = model_of("var x : 0..3 = 0  action up when x < 3 then x' = x + 1  invariant A x < 1  invariant B x < 2  "
                     "check c expect holds")  # fmt: skip
    assert lengths(check_bounded(model, 9, only=["B"])) == {"B": 3}


# ---------------------------------------------------------------------------------------------- without bounds

UNBOUNDED = """
    sort Node[2]
    record Entry { at : nat, by : Node }
    var tail : nat in nat
    var have : option of Entry = none
    var seen : set of nat = {}
    action put(k in nat, n in Node) "put {k}"
      when k > tail + 10
      then have' = some(Entry(k, n))
           tail' = k
           seen' = seen | {tail}
    action take(k in 0..tail)
      when have != none and get(have).at - k > 100
      then tail' = tail - k
    invariant Low tail < 1000
    invariant Near match have case none: true case some(e): e.at - tail < 7
    invariant Fresh tail not in seen
    transition Up tail' >= tail
    check c expect holds
"""


def test_numbers_and_choices_without_bounds() -> None:
    bounded = run(UNBOUNDED, 4)
    assert lengths(bounded) == {"Low": 1, "Near": 3, "Fresh": 3, "Up": 3}
    trace = bounded.traces["Near"]
    assert [step.action for step in trace.steps] == [None, "put", "take"]
    (_, k), _ = trace.steps[1].arguments
    have = trace.steps[1].state["have"]
    assert isinstance(have, Some)
    assert trace.steps[1].description == f"put {k}"
    assert trace.steps[2].state["tail"] == k - trace.steps[2].arguments[0][1]  # type: ignore[operator]


def test_unsigned_arithmetic_wraps_around() -> None:
    text = """
        var fsm : nat in nat
        var tail : nat in nat
        action go(k in nat) when k > tail then tail' = k
        invariant Gap u64(fsm - tail) < 1000
        invariant Wraps u64(fsm + tail) >= fsm
        invariant Same fsm >= tail => u64(fsm - tail) == fsm - tail or fsm >= 18446744073709551616
        check c expect holds
    """
    bounded = run(text, 2)
    assert lengths(bounded) == {"Gap": 1, "Wraps": 1}
    wrong = bounded.traces["Wraps"].steps[-1].state
    fsm, tail = wrong["fsm"], wrong["tail"]
    assert isinstance(fsm, int) and isinstance(tail, int) and (fsm + tail) % 2**64 < fsm


def test_what_has_no_formula_names_itself_and_its_place() -> None:
    with pytest.raises(SpecError) as refused:
        run("var s : set of nat = {}  action go(k in nat) then s' = s | {k}  invariant I len(s) < 3\n"
            "check c expect holds")  # fmt: skip
    text = str(refused.value)
    assert "cannot be translated for Z3: the size of a set with too many possible elements" in text
    assert "len(s)" in text


# ------------------------------------------------------------------------------------------------------- limits

HARD = """
    var x : 2..4000000000 in 2..4000000000
    var y : 2..4000000000 in 2..4000000000
    action go then x' = x
    invariant Prime x * y != 1000000016000000063
    check c expect holds
"""


def test_a_time_limit_ends_a_solver_call_promptly() -> None:
    with effort.at_most(5):  # the formula takes far longer
        bounded = check_bounded(model_of(HARD), 4, time_limit=0.5)
    assert bounded.stopped == "the time limit of 0.5 s was reached"
    assert bounded.depth == 0


LONG = """
    var x : 0..9 = 0
    action go then x' = x
    invariant Many (count a in 0..9, b in 0..9, c in 0..9, d in 0..9: a + b * x + c < d * x) < 10000
    invariant More (count a in 0..9, b in 0..9, c in 0..9, d in 0..9: a * x + b + c < d * x) < 10000
    check c expect holds
"""


def test_a_time_limit_ends_the_writing_of_formulas_promptly() -> None:
    with effort.at_most(2):
        bounded = check_bounded(model_of(LONG), 4, time_limit=0.2)
    assert bounded.stopped == "the time limit of 0.2 s was reached"


def test_interrupts_are_not_taken_for_time_limits() -> None:
    program = (
        "import os, signal, sys, threading\n"
        "from skipgate.checker.smt.proving.bmc import check_bounded\n"
        "from tests.checker.smt.specs import model_of\n"
        "from tests.checker.smt.proving.test_bmc import HARD\n"
        "model = model_of(HARD)\n"
        "threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "try:\n    check_bounded(model, 4)\nexcept KeyboardInterrupt:\n    print('interrupted')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.stdout == "interrupted\n", done.stderr


# -------------------------------------------------------------------------------------- against the explicit search


FIRST = dict(reversed(SHIPPED))  # the first check of each file
# What is new in these is in their first steps, and each further one takes seconds. They are for `make slow`.
VARIANTS = {
    "batches",
    "encrypted",
    "install",
    "lease_reads",
    "members",
    "nosync",
    "observer",
    "other_kinds",
    "rebuilt",
    "repaired",
    "revisions",
    "snapshots",
    "stale_members",
}


# Each further step takes Z3 seconds, or minutes where weights are halved again and again. `make slow` goes on.
HEAVY = {"cold_start", "hlc", "huang", "paxos", "raft"}
# So much may be under way at once that even the third state takes minutes.
ENDLESS = {"etcd_raft"}
# Three seconds each, for what random models and the other protocols have as well.
SLOW = VARIANTS | {"groups", "huang", "raft"}


@pytest.mark.differential
@pytest.mark.parametrize(
    ("path", "check"),
    [
        pytest.param(*each, id=each[0].stem, marks=[pytest.mark.slow] * (each[0].stem in SLOW))
        for each in FIRST.items()
        if each[0].stem not in ENDLESS
    ],
)
def test_shipped_models(path: Path, check: str) -> None:
    examine(path, check, most_states=4 if path.stem in VARIANTS | HEAVY else 6, searched=3_000)


# Minutes, for all checks instead of the first of each file, and for longer behaviours.
@pytest.mark.slow
@pytest.mark.differential
@pytest.mark.parametrize(
    ("path", "check"),
    [pytest.param(*each, id=f"{each[0].stem}-{each[1]}") for each in SHIPPED if each[0].stem not in ENDLESS],
)
def test_every_check_of_the_shipped_models(path: Path, check: str) -> None:
    examine(path, check, most_states=8 if FIRST[path] == check else 5, searched=30_000)


def examine(path: Path, check: str, most_states: int, searched: int) -> None:
    model = load_check(path, check)
    try:
        found, _ = search(model, max_states=searched)
    except SpecError:
        assert "unbounded" in path.stem
        return
    bounded = cross_check(model, found, most_states=most_states, time_limit=600)
    assert bounded.nothing is None
    assert bounded.depth is None or bounded.depth >= min(found.depth, 4)


@pytest.mark.differential
@pytest.mark.parametrize("text", corpus.MODELS.values(), ids=corpus.MODELS)
def test_models_made_by_hand(text: str) -> None:
    compare(text)


@pytest.mark.differential
@pytest.mark.parametrize("seed", few(range(25), 12))
def test_random_models(seed: int) -> None:
    compare(model_text(Random(seed)))


@pytest.mark.differential
@pytest.mark.parametrize("seed", range(12))
def test_random_models_with_branches(seed: int) -> None:
    compare(model_text(Random(seed), branching=True))


# Minutes, for combinations of constructs that are too rare for the few models above.
@pytest.mark.slow
@pytest.mark.differential
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(models())
def test_many_random_models(text: str) -> None:
    compare(text)


def compare(text: str) -> None:
    try:
        model = model_of(text)
        searched, _ = search(model, max_states=2000)
    except SpecError:
        return
    cross_check(model, searched, most_states=6, time_limit=60)


def test_a_disagreement_is_an_internal_error() -> None:
    model = model_of("var x : 0..3 = 0  action up when x < 3 then x' = x + 1  terminal when x == 3  "
                     "invariant I x < 2  check c expect holds")  # fmt: skip
    searched, _ = search(model)
    cross_check(model, searched)
    for wrong in (
        Searched({}, frozenset(), 4, True),
        Searched({"I": 4}, frozenset(), 4, True),
        Searched({"I": 3, DEADLOCK: 4}, frozenset(), 4, True),
        Searched({"I": 3, EVALUATION: 2}, frozenset(), 4, True),
    ):
        with pytest.raises(InternalError, match="the engines disagree on check `c`"):
            cross_check(model, wrong)
    cross_check(model, Searched({}, frozenset(), 3, False))  # it did not get that far
    with pytest.raises(InternalError):
        cross_check(model, Searched({}, frozenset(), 4, False))


# ------------------------------------------------------------------------------------------------------- small numbers

FAR = """
var x : nat = 0
action add(n in nat) when n > 3 then x' = x + n
invariant Small x < 1000
check c expect holds
"""


def last(bounded: Bounded) -> object:
    return bounded.traces["Small"].steps[-1].state["x"]


def test_small_numbers_do_not_depend_on_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least bound is 1002: the number that the model mentions, and the length. Hours may pass on a busy machine."""
    usual = check_bounded(model_of(FAR), 3)
    assert usual.reached["Small"] == 2 and 1000 <= int(str(last(usual))) <= 1002
    clock = itertools.count(0, 3600)
    monkeypatch.setattr("skipgate.checker.smt.encoding.solving.time.perf_counter", lambda: next(clock))
    assert check_bounded(model_of(FAR), 3).traces == usual.traces


def test_too_much_effort_for_small_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then any numbers will do: it is a violation all the same."""
    monkeypatch.setattr(bmc, "_EFFORT", 1)
    bounded = check_bounded(model_of(FAR), 3)
    assert bounded.stopped is None and not bounded.undecided
    assert bounded.reached["Small"] == 2 and int(str(last(bounded))) >= 1000


def test_a_violation_is_kept_if_the_time_ends_while_numbers_are_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_time(*_: object) -> object:
        raise NoAnswer("the time limit of 5 s was reached")

    monkeypatch.setattr(bmc, "small_numbers", no_time)
    bounded = check_bounded(model_of(FAR), 3)
    assert bounded.reached["Small"] == 2 and "Small" in bounded.traces
