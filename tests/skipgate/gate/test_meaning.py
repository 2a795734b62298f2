"""What a declaration says with all that it reads: what changes its meaning, and what does not."""

from __future__ import annotations

import pytest

from skipgate.gate.anchors import SpecElement
from skipgate.gate.meaning import Meanings
from skipgate.spec.loader import Program
from skipgate.spec.parsing.parser import parse
from skipgate.spec.source import Source

TEXT = """\
model m
enum Kind { data, lease }
variant Message { Ask(n : nat), Tell }
const N : nat = 1
var kind : Kind = data
var sent : set of Message = {}
def is_data : bool = kind == data
def low : bool = N < 3
action send
  when is_data
  then sent' = sent | {Tell}
action stop
  when low
  then kind' = lease
terminal when kind == lease
invariant I
  N < 9
check c
  expect holds
"""


def meaning(text: str, kind: str, name: str) -> str | None:
    file = parse(Source("m.gate", text))
    return Meanings(Program(file, (file,))).of(SpecElement("m.gate", kind, name, "", 1))


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("data, lease }", "data, lease, other }", {"send", "stop", "m"}),
        ("Ask(n : nat)", "Ask(n : nat, m : nat)", {"send", "m"}),
        ("kind == data", "data == kind", {"send", "m"}),
        ("N < 3", "N < 4", {"stop", "m"}),
        ("nat = 1", "nat = 2", {"stop", "m", "I"}),
        ("check c", "check c with N = 2", {"stop", "m", "I"}),
        ("N < 9", "N < 8", {"I"}),
        ("terminal when kind == lease", "terminal when lease == kind", {"m"}),
        ("check c", "check d expect holds check c", set()),
        ("check c", "def unused : bool = true check c", set()),
        ("check c", "invariant J true check c", set()),
        ("action send", 'action send "of a message"', set()),
        ("expect holds", "expect holds states 3", set()),
    ],
)
def test_what_changes_the_meaning_of_a_declaration(old: str, new: str, changed: set[str]) -> None:
    elements = [("action", "send"), ("action", "stop"), ("model", "m"), ("invariant", "I")]
    assert TEXT.count(old) == 1
    other = TEXT.replace(old, new)
    assert {name for kind, name in elements if meaning(TEXT, kind, name) != meaning(other, kind, name)} == changed


def test_what_is_not_there_means_nothing() -> None:
    assert meaning(TEXT, "action", "sent") is None
    assert meaning(TEXT, "invariant", "send") is None
