"""Traces of every length, the shortest ones above all, in every form."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from skipgate.checker.core.datatypes import IntType
from skipgate.checker.core.trace import AbstractView, Failure, FailureKind, Loop, Step, Trace, Variable
from skipgate.traces.dot import to_dot
from skipgate.traces.itf import dump_itf, load_itf
from skipgate.traces.mermaid import to_mermaid
from skipgate.traces.render import EXTENSIONS, trace_svg, write_trace
from skipgate.traces.text import render_text

X = Variable("x", IntType(0, 2))
FIRST = Step({"x": 0})
BACK = Step({"x": 0}, "stay")


def trace(*steps: Step, kind: FailureKind = "invariant", loop: Loop | None = None) -> Trace:
    failure = Failure(kind, "it is wrong", conjunct="x < 0", place="m.gate:1:1")
    return Trace("m", "c", "Small", None, ((Variable("N", IntType(0, 9)), 7),), (X,), steps, failure, ("x",), loop=loop)


SHORT = {
    "no state": trace(kind="evaluation"),
    "one state": trace(FIRST),
    "one state, from anywhere": replace(trace(FIRST), from_anywhere=True),
    "one state, which is none of the abstract model": replace(
        trace(FIRST, kind="refinement"), abstract=AbstractView("a", (X,), (FIRST,))
    ),
    "one state, which repeats": trace(FIRST, kind="liveness", loop=Loop(0, BACK)),
    "one state, in which nothing happens": trace(FIRST, kind="liveness", loop=Loop(0, None, ("it could go on",))),
    "two states, the last of which repeats": trace(
        FIRST, Step({"x": 1}, "up"), kind="liveness", loop=Loop(1, Step({"x": 1}, "stay"))
    ),
}
each_short = pytest.mark.parametrize("short", SHORT.values(), ids=list(SHORT))


@each_short
@pytest.mark.parametrize("render", [render_text, to_dot, to_mermaid, trace_svg], ids=lambda render: render.__name__)
def test_it_is_rendered_with_what_is_wrong(short: Trace, render: Callable[[Trace], str]) -> None:
    shown = render(short)
    assert "it is wrong" in shown.replace("&#160;", " ").replace("\u00a0", " ")
    assert "state 0" not in shown and "state_0" not in shown and "s0" not in shown


@each_short
def test_its_picture_is_a_document(short: Trace) -> None:
    assert ET.fromstring(trace_svg(short)).tag.endswith("svg")


@each_short
def test_it_is_read_as_it_was_written(short: Trace) -> None:
    assert load_itf(dump_itf(short)) == short


@each_short
def test_it_is_written_in_every_form(short: Trace, tmp_path: Path) -> None:
    written = write_trace(short, tmp_path, EXTENSIONS)
    assert written.keys() == EXTENSIONS.keys()
    assert all(path.stat().st_size for path in written.values())


@pytest.mark.parametrize("kind", get_args(FailureKind))
@pytest.mark.parametrize("steps", [(), (FIRST,)], ids=["no state", "one state"])
def test_every_kind_of_failure_can_come_at_once(kind: FailureKind, steps: tuple[Step, ...]) -> None:
    for render in (render_text, to_dot, to_mermaid):
        assert render(trace(*steps, kind=kind))
