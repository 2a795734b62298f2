"""The cold start for logs of any length: proofs, counterexamples, and the small logs that can be searched."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.core.result import CheckResult
from skipgate.checker.core.trace import Step, Trace
from skipgate.checker.core.values import EnumValue, Some, Value
from skipgate.checker.search.limits import Budget

MODEL = Path(__file__).parents[2] / "models" / "cold_start_unbounded.gate"
TEXT = MODEL.read_text(encoding="utf-8")
NAMES = re.findall(r"^check (\w+)", TEXT, re.MULTILINE)
QUICK = ("v2_by_fifties", "v9")
PATIENT = RunOptions(budget=Budget(time_limit=3600))  # other work beside them makes proofs slow


@cache
def proved(name: str) -> CheckResult:
    (result,) = check_file(MODEL, PATIENT, only=name).checks
    return result


# The proofs of the other revisions take minutes; they are the only ones for logs of any length.
@pytest.mark.parametrize("name", [pytest.param(n, marks=[] if n in QUICK else [pytest.mark.slow]) for n in NAMES])
def test_every_verdict_is_as_expected(name: str) -> None:
    result = proved(name)
    assert result.as_expected, (result.problems, result.stopped)
    proofs = [each.proof for each in result.properties.values() if each.proof is not None]
    assert len(proofs) + len(result.violated) == len(result.properties)
    for each in result.properties.values():
        if each.trace is not None:
            _assert_a_log_can_do_this(each.trace)


def test_the_gap_of_the_review_wraps_in_64_bits() -> None:
    # S=100, have=150, the log ends at 200: v2 restores, and reports S - have = -50, which is 2^64 - 50 without a sign.
    trace = proved("v2_by_fifties").properties["TrueGap"].trace
    assert trace is not None
    down, started = trace.steps[-2].state, trace.steps[-1].state
    assert (down["start"], down["meta_applied_index"], down["wal_last"]) == (100, Some(150), 200)
    assert started["gauge"] == Some(2**64 - 50)


EVERYTHING = frozenset({"data", "lease", "other"})  # that an entry can be


def _assert_a_log_can_do_this(trace: Trace) -> None:
    """Is there a log, each entry of which is one thing for ever, that does what a trace says?"""
    constants = {constant.name: value for constant, value in trace.constants}
    can_be: dict[int, frozenset[str]] = defaultdict(lambda: EVERYTHING)
    first = trace.steps[0].state
    can_be[_number(first["witness_index"])] &= {_name(first["witness_kind"])}
    for before, step in zip(trace.steps, trace.steps[1:], strict=False):
        for entry, kinds in _seen(before.state, step, _name(constants["revision"])):
            can_be[entry] &= kinds
            assert can_be[entry], f"entry {entry} is two things at once in the trace of {trace.property}"


def _seen(before: Mapping[str, Value], step: Step, revision: str) -> list[tuple[int, set[str]]]:
    """What a step shows of entries: what each of them may be."""
    arguments = dict(step.arguments)
    next_ = _number(before["raft_applied"]) + 1
    end = _number(arguments.get("n", next_))
    match step.action:
        case "apply_normal_committed_data":
            return [(end, {"data"})]
        case "apply_normal_committed_lease":
            return [(end, {"lease"}), *((entry, {"lease", "other"}) for entry in range(next_, end))]
        case "replay_volatile_duplicate":
            return [(next_, {"lease"})]
        case "drop_duplicate" if revision >= "v4":
            return [(entry, {"data", "other"}) for entry in range(next_, end + 1)]
        case "restart_skip" if revision in ("v6", "v7"):
            after = step.state
            start, delivered = _number(after["compacted_to"]), _number(arguments["delivered"])
            seen = [(entry, {"data", "other"}) for entry in range(start + 1, delivered + 1)]
            if delivered < min(_number(after["e_applied"]), _number(after["raft_committed"])):
                seen.append((delivered + 1, {"lease"}))
            return seen
        case _:
            return []


def test_a_log_cannot_do_everything() -> None:
    # The trace of v0 in which entry 150 is applied twice, the second time as what it was not.
    trace = proved("v0_by_fifties").properties["NoReplay"].trace
    assert trace is not None
    _assert_a_log_can_do_this(trace)
    other = replace(trace.steps[-1], action="apply_normal_committed_lease")
    with pytest.raises(AssertionError, match="entry 150 is two things at once"):
        _assert_a_log_can_do_this(replace(trace, steps=(*trace.steps[:-1], other)))


def _number(value: Value) -> int:
    assert isinstance(value, int)
    return value


def _name(value: Value) -> str:
    assert isinstance(value, EnumValue)
    return value.name


# ---------------------------------------------------------------------------------------------------------- small logs


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The model with logs of two entries, to be searched."""
    shutil.copytree(MODEL.parent / "cold_start", tmp_path / "cold_start")
    text = TEXT.split("# ---- The same, in numbers")[0]
    for old, new in (
        ("type Index = nat", "type Index = 0..2"),
        ("18_446_744_073_709_551_616", "6"),
        ("option of nat", "option of 0..5"),
    ):
        assert old in text
        text = text.replace(old, new)
    text = re.sub(r"(expect violation of .*)\n  expect proved\n", r"\1\n", text)
    file = tmp_path / "small.gate"
    file.write_text(text.replace("expect proved", "expect holds"), encoding="utf-8")
    return file


def test_small_logs_give_the_same_verdicts(small: Path) -> None:
    result = check_file(small)
    assert len(result.checks) == 12
    assert [problem for check in result.checks for problem in check.problems] == []
    assert result.as_expected


# Minutes: all revisions are proved and searched, so that neither way misses a shorter counterexample.
@pytest.mark.slow
def test_small_logs_give_counterexamples_of_the_same_length(small: Path) -> None:
    searched = {check.check: check for check in check_file(small).checks}
    proved = {check.check: check for check in check_file(MODEL).checks}
    for name, check in searched.items():
        lengths = {each.name: len(each.trace) for each in check.properties.values() if each.trace is not None}
        others = {each.name: len(each.trace) for each in proved[name].properties.values() if each.trace is not None}
        assert lengths == others, name
