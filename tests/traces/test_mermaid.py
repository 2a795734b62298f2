from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipgate.checker.core.datatypes import IntType
from skipgate.checker.core.trace import Failure, Loop, Step, Trace, Variable
from skipgate.traces.lanes import to_sequence_diagram
from skipgate.traces.mermaid import escaped, to_mermaid
from tests import npm
from tests.traces.samples import SAMPLES, in_lanes

PARSER = """
import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';
const dom = new JSDOM('');
globalThis.window = dom.window;
globalThis.document = dom.window.document;
const mermaid = (await import('mermaid')).default;
for (const text of JSON.parse(readFileSync(0, 'utf8'))) {
  const found = await mermaid.parse(text);
  if (!['flowchart-v2', 'sequence'].includes(found.diagramType)) throw new Error(found.diagramType);
}
"""

EVIL = '"]; click s1 "javascript:alert(1)"\n```\n<script>#quot; %%{init: {}}%% end subgraph `**x**` 1. \x1b\u202e'


def trace(length: int, action: str = "up", description: str | None = None, message: str = "x is too large") -> Trace:
    steps = [Step({"x": 0, "y": 1})]
    steps += [Step({"x": i, "y": 1}, action, (("by", 1),), description, ("x",)) for i in range(1, length)]
    variables = (Variable("x", IntType(0, 999)), Variable("y", IntType(0, 9)))
    return Trace("m", "c", "Small", None, (), variables, tuple(steps), Failure("invariant", message), ("x",))


def test_a_state_is_a_box_and_an_action_an_arrow() -> None:
    lines = to_mermaid(trace(3, description="count")).splitlines()
    assert lines[0] == "flowchart TD"
    assert '  s1["initial state<br/>x = 0<br/>y = 1"]' in lines
    assert '  s2["state 2<br/>x#58; 0 #8594; 1"]' in lines
    assert '  s1 -->|"up#40;by = 1#41;#58; count"| s2' in lines
    assert '  s3["state 3<br/>x#58; 1 #8594; 2<br/>invariant Small is violated<br/>x is too large"]' in lines
    assert "  class s3 bad" in lines


def test_a_behaviour_that_never_ends_goes_back() -> None:
    back = Step({"x": 0, "y": 1}, "reset", (), None, ("x",))
    lines = to_mermaid(replace(trace(3), loop=Loop(0, back))).splitlines()
    assert '  s3 ==>|"reset, back in state 1"| s1' in lines
    lines = to_mermaid(replace(trace(3), loop=Loop(2, None))).splitlines()
    assert '  s3 ==>|"nothing happens any more#58; it stutters for ever"| s3' in lines
    text = to_mermaid(replace(trace(400), loop=Loop(200, back)), 5_000)
    assert "back in state 201" in text and text.count("==>") == 2 and "| gap" in text


def test_a_crash_is_said_not_only_coloured() -> None:
    text = to_mermaid(trace(3, action="crash"))
    assert "state 2 #40;crash#41;" in text
    assert "s1 -.->" in text


def test_a_trace_of_one_state() -> None:
    assert "initial state" in to_mermaid(trace(1))


@pytest.mark.parametrize("limit", [2_000, 5_000, 20_000])
def test_a_long_trace_loses_its_middle(limit: int) -> None:
    text = to_mermaid(trace(400), limit)
    assert len(text) <= limit
    numbers = [int(number) for number in re.findall(r"^  s(\d+)\[", text, re.MULTILINE)]
    assert numbers[0] == 1 and numbers[-1] == 400
    gaps = [after - before - 1 for before, after in pairwise(numbers) if after != before + 1]
    assert f"{gaps[0]} states left out" in text and len(gaps) == 1


@given(st.text())
def test_text_has_no_character_with_a_meaning(text: str) -> None:
    assert re.fullmatch(r"(?:[A-Za-z0-9 =,]|#\d+;)*", escaped(text))


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40))
def test_texts_cannot_add_a_line(text: str) -> None:
    plain, hostile = trace(3, description="x"), trace(3, action="up", description=text or "x", message=text)
    count = len(to_mermaid(plain).splitlines())
    assert len(to_mermaid(hostile).splitlines()) == count


def test_mermaid_itself_reads_it() -> None:
    import json

    evil = trace(4, action="a", description=EVIL, message=EVIL)
    evil = replace(evil, property=EVIL)
    texts = [to_mermaid(each) for each in (trace(1), trace(2), trace(30, action="crash"), trace(300), evil)]
    texts += [to_sequence_diagram(SAMPLES["lasso"](), "Node"), to_sequence_diagram(in_lanes(EVIL), EVIL)]
    done = npm.run(PARSER, json.dumps(texts), "mermaid", "jsdom")
    assert done.returncode == 0, done.stdout + done.stderr
