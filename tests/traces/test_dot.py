from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipgate.checker.core.datatypes import IntType, RecordType, SeqType
from skipgate.checker.core.trace import Trace, Variable
from skipgate.checker.core.values import RecordValue
from skipgate.traces.dot import to_dot
from skipgate.traces.dot_language import LONGEST_RUN, escaped, html_label, quoted, statement, wrapped
from skipgate.traces.plain import one_line, visible
from skipgate.traces.render import to_svg
from tests.traces.samples import (
    DATA,
    HOSTILE,
    KIND,
    SAMPLES,
    SNAPSHOT,
    die_hard,
    hostile,
    snapshot,
    steps,
    twelve_steps,
)
from tests.traces.strategies import traces
from tests.traces.svg import parsed, size, texts

GOLDEN = Path(__file__).parent / "golden"
A4 = (595.0, 842.0)  # points


@pytest.mark.parametrize("name", ["die_hard", "cold_start", "evaluation", "lasso"])
def test_golden(name: str) -> None:
    assert to_dot(SAMPLES[name]()) == (GOLDEN / f"{name}.dot").read_text(encoding="utf-8")


# ---------------------------------------------------------------- what a reviewer sees


def test_what_repeats_for_ever_is_said_and_drawn() -> None:
    dot = to_dot(SAMPLES["lasso"]())
    assert "state_1:at:w -> again:at:w" in dot and "state_3:at:s -> again:at:n" in dot
    text = shown(SAMPLES["lasso"]())
    assert "leave(n = Node1) Node1 leaves" in text and "states 1 to 3 repeat for ever" in text
    text = shown(SAMPLES["stuttering"]())
    assert "no step" in text and "stuttering: nothing happens any more after state 2" in text


def shown(trace: Trace) -> str:
    return " ".join(" ".join(texts(to_svg(to_dot(trace)))).split())


def test_the_picture_says_everything() -> None:
    text = shown(SAMPLES["cold_start"]())
    for words in (
        "cold_start, check gate_v3",
        "invariant VolatileComplete is violated in state 10",
        "every effect of an entry at or below the applied index is there, also the volatile ones",
        "Constants: MaxLog = 4 MaxCrashes = 1 DropLeases = true",
        "append(kind = data) append a data entry at 1",
        "log[1] : + data",
        "have: none → some(1)",
        "CRASH crash the process is killed",
        "RESTART start(decision = skip)",
        "effects : − 2",
        "forall i in 1..applied: i in effects",
        "models/cold_start/gate.gate:214:5",
        "for i = 2",
        "where applied = 2 effects = {1} log[i] = lease",
    ):
        assert words in text


def test_a_step_repeats_what_the_property_reads_and_nothing_else() -> None:
    # After `vote`, which changes only `votes`: `log`, `applied`, `effects` and `up` are read.
    assert "votes[Node2]: false → true log = [data, lease] applied = 0 effects = {} up = true vote(n = Node2)" in shown(
        SAMPLES["cold_start"]()
    )


def test_kinds_of_failure() -> None:
    assert "pop(to = Node1) cannot be evaluated" in shown(SAMPLES["evaluation"]())
    assert "state fork = [Node1 -> some(Node1), Node2 -> some(Node2)] eating = {}" in shown(SAMPLES["deadlock"]())
    assert "true ready" in shown(SAMPLES["cover"]())
    assert "false last <= last'" in shown(SAMPLES["transition"]())


def test_long_values_give_way() -> None:
    """Field names first, then what is beyond a few lines; one that did not change is where it was."""
    entry = RecordType("Entry", (("kind", KIND), ("at", SNAPSHOT)), False)
    log = tuple(RecordValue("Entry", (("kind", DATA), ("at", snapshot(i, 0)))) for i in range(30))
    trace = replace(
        die_hard(),
        variables=(Variable("log", SeqType(30, entry)), Variable("x", IntType(0, 9))),
        steps=steps({"log": log, "x": 0}, ("step", (), None, {"x": 1}), ("end", (), None, {"log": log[:3], "x": 2})),
        reads=("log",),
    )
    text = shown(trace)
    assert "log = [Entry(data, Snapshot(0, 0)), Entry(data, Snapshot(1, 0)), " in text
    assert "Entry(data, Snapshot(11, 0))" not in text
    # The second state: it keeps the log, which is too long to be repeated.
    assert "x: 0 → 1 log as in 1 " in text
    assert "log[4..30] : − Entry(data, Snapshot(3, 0)), " in text


def test_a_step_may_change_nothing() -> None:
    trace = SAMPLES["cover"]()
    idle = replace(trace, steps=steps({"ready": True}, ("wait", (), None, {})))
    assert "2 nothing changes ready = true wait" in shown(idle)


def test_crashes_and_restarts_differ_without_colour() -> None:
    dot = re.sub(r"#[0-9a-f]{6}", "#000000", to_dot(twelve_steps()))
    looks = {
        number: re.sub(r"label=<.*>>, ", "", edge) for number, edge in re.findall(r"-> state_(\d+):at:n (\[.*\]);", dot)
    }
    assert looks["2"] == looks["3"] == looks["11"]
    assert looks["7"] == looks["12"]
    assert looks["8"] == looks["13"]
    assert len({looks["2"], looks["7"], looks["8"]}) == 3
    borders = dict(re.findall(r"state_(\d+) \[label=<<TABLE ([^>]*)>", dot))
    assert len({borders["2"], borders["7"], borders["8"]}) == 3


def test_twelve_steps_fit_on_a_page_and_can_be_read() -> None:
    svg = to_svg(to_dot(twelve_steps()))
    width, height = size(svg)
    assert width <= A4[0] - 50 and height <= A4[1] - 50
    scale = re.search(r"scale\(([0-9.]+)", svg)
    assert scale is not None
    # The smallest letters are of 9 points: no less than 7 on paper.
    assert float(scale[1]) * 9 >= 7


def test_a_long_trace_takes_more_pages() -> None:
    trace = SAMPLES["die_hard"]()
    long = replace(trace, steps=trace.steps * 6)
    width, height = size(to_svg(to_dot(long)))
    assert width <= A4[0] and 2 * A4[1] < height <= 4 * A4[1]


def test_a_long_trace_is_not_made_small_for_its_width() -> None:
    trace = SAMPLES["cold_start"]()
    wide = replace(trace, steps=trace.steps * 2, description="word " * 100)
    scale = re.search(r"scale\(([0-9.]+)", to_svg(to_dot(wide)))
    assert scale is not None and float(scale[1]) >= 0.8


# ---------------------------------------------------------------- quoting


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_it_is(text: str) -> None:
    seen = texts(to_svg(to_dot(hostile(text))))
    if 0 < len(text.strip()) < 90:
        # As a description in the title, on an edge, and as the message of the failure.
        assert sum(one_line(text) in " ".join(line.split()) for line in seen) > 5


@settings(deadline=None)
@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_survives_the_way_through_graphviz(text: str) -> None:
    node = statement("n", {"shape": "plain", "label": html_label("a" + escaped(text) + "b")})
    other = statement("m", {"shape": "plain", "label": "a" + text + "b"})
    for line in (node, other):
        svg = to_svg(f"digraph g {{ {line} }}")
        (seen,) = texts(svg)
        assert seen == "a" + visible(text) + "b"


@settings(max_examples=30, deadline=None)
@given(traces())
def test_any_trace_can_be_drawn(trace: Trace) -> None:
    dot = to_dot(trace)
    assert dot == to_dot(trace)
    parsed(to_svg(dot))


def test_long_runs_are_cut_before_graphviz_refuses_them() -> None:
    assert len(escaped("x" * 20_000)) == LONGEST_RUN


def test_quoted() -> None:
    assert quoted('a"b\\') == '"a\\"b\\\\"'


def test_wrapped() -> None:
    assert wrapped("aa bb cc dd", 5, 2) == ["aa bb", "cc dd"]
    assert wrapped("aa bb cc dd", 5, 1) == ["aa b…"]
    assert wrapped("", 5, 1) == []
    assert wrapped("abcdefgh", 5, 1) == ["abcd…"]
