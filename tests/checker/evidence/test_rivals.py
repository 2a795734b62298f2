"""Which check is the nearest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.core.contrast import Contrast
from skipgate.checker.evidence.rivals import Rivals
from skipgate.spec.passes import read

MODEL = """
enum Revision { r0, r1, r2, r3 }
enum Kind { plain, odd }

const LAST     : nat         = 3
const revision : Revision
const KINDS    : set of Kind = Kind
const late     : bool        = false

var x : 0..3 = 0

action up(k in KINDS)
  when x < LAST
  when revision == r1 => x < 2
  when revision == r2 => x < 1
  when k == odd => revision != r3
  then x' = x + 1

terminal when x > 0

invariant Small
  x < 3

check left
  with revision = r0
  expect violation of Small
"""


def ranked(tmp_path: Path, checks: Sequence[str]) -> list[Contrast]:
    """What `left` can be held against, beside others that are given in short."""
    path = tmp_path / "m.gate"
    path.write_text(MODEL + "".join(f"check {check}\n" for check in checks))
    trace = check_file(path, only="left").checks[0].properties["Small"].trace
    assert trace is not None
    return Rivals(read(path)).ranked(trace)


def nearest(tmp_path: Path, *checks: str) -> str | None:
    """The name of the check that `left` is held against."""
    return next((each.against for each in ranked(tmp_path, checks)), None)


@pytest.mark.parametrize(
    ("checks", "answer"),
    [
        # Expected to violate the same, or does so on this schedule although it is not expected to.
        (["b with revision = r0 expect violation of Small"], None),
        (["b with revision = r0 expect holds"], None),
        # The fewest differing choices, wherever it stands.
        (["a with revision = r1, late = true expect holds", "b with revision = r1 expect holds"], "b"),
        # An element of a set is a choice.
        (["a with revision = r1, KINDS = {} expect holds", "b with revision = r1, late = true expect holds"], "b"),
        # One that is broken in another way: only if there is no other.
        (["a with revision = r1 expect violation of deadlock", "b with revision = r2, late = true expect holds"], "b"),
        (["a with revision = r1 expect violation of deadlock"], "a"),
        # Other numbers are other bounds: only if there is no other.
        (["a with revision = r0, LAST = 2 expect holds", "b with revision = r1, LAST = 2 expect holds"], "b"),
        (["a with revision = r0, LAST = 2 expect holds", "b with revision = r1, late = true expect holds"], "b"),
        (["a with revision = r0, LAST = 2 expect holds"], "a"),
        # Where what happens cannot happen: only if there is no other.
        (["a with revision = r1, KINDS = {odd} expect holds", "b with revision = r1, late = true expect holds"], "b"),
        (["a with revision = r0, KINDS = {odd} expect holds"], "a"),
        # r1 goes along for two steps, r2 for one.
        (["a with revision = r2 expect holds", "b with revision = r1 expect holds"], "b"),
        # The next one in the file.
        (["a with revision = r1 expect holds", "b with revision = r1 expect holds"], "a"),
    ],
)
def test_the_nearest_check(tmp_path: Path, checks: list[str], answer: str | None) -> None:
    assert nearest(tmp_path, *checks) == answer


def test_a_later_check_is_preferred_to_an_earlier_one(tmp_path: Path) -> None:
    before = "check first\n  with revision = r1\n  expect holds\n"
    path = tmp_path / "m.gate"
    path.write_text(MODEL.replace("check left", before + "check left") + "check a with revision = r2 expect holds\n")
    trace = check_file(path, only="left").checks[0].properties["Small"].trace
    assert trace is not None
    found = Rivals(read(path)).nearest(trace)
    assert found is not None
    assert found.against == "first"  # it goes along longer
    path.write_text(path.read_text().replace("revision = r2", "revision = r1"))
    found = Rivals(read(path)).nearest(trace)
    assert found is not None
    assert found.against == "a"


def test_a_check_whose_constants_do_not_fit_is_left_out(tmp_path: Path) -> None:
    assert nearest(tmp_path, "a with revision = r1, LAST = 0 - 1 expect holds") is None


def test_the_others_are_named_in_their_order(tmp_path: Path) -> None:
    checks = (
        "c with revision = r2 expect holds",
        "d with revision = r1 expect deadlock",
        "e with revision = r0, LAST = 2 expect holds",
    )
    found = ranked(tmp_path, checks)
    assert [each.against for each in found] == ["c", "e", "d"]
    assert [[(other.check, other.violates) for other in each.others or ()] for each in found] == [
        [("e", ()), ("d", ("deadlock",))],
        [("d", ("deadlock",))],
        [],
    ]
    assert ranked(tmp_path, checks) == found
