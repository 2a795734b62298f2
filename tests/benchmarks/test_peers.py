"""What TLC and SPIN print is read, and what is no complete search is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import spin, tlc
from benchmarks.counts import Counts
from benchmarks.engine import WrongResult
from benchmarks.originals import originals
from benchmarks.plan import DIE_HARD, HLC_18_THOUSAND, TWO_PHASE_3
from benchmarks.process import ProcessError
from benchmarks.workloads import TlaModule
from tests.benchmarks.fakes import FakeRunner, finished

# A line every second: the search begins at 2 s and ends at 9 s.
TLC = """\
TLC2 Version 2.15
@!@!@STARTMSG 2189:0 @!@!@
Computing initial states...
@!@!@ENDMSG 2189 @!@!@
@!@!@STARTMSG 2199:0 @!@!@
97 states generated, 16 distinct states found, 0 states left on queue.
@!@!@STARTMSG 2194:0 @!@!@
The depth of the complete state graph search is 8.
@!@!@STARTMSG 2186:0 @!@!@
Finished in 7000ms at (2026-11-21 01:26:55)
"""
VIOLATION = "@!@!@STARTMSG 2110:1 @!@!@\nInvariant NotSolved is violated.\n"

SPIN = """\
pan: ___ (at depth 7)
State-vector 12 byte, depth reached 7, errors: {errors}
       16 states, stored
       81 states, matched
       97 transitions (= stored+matched)
pan: elapsed time {elapsed} seconds
"""


def test_tlc_reports_counts_times_and_violations() -> None:
    run = tlc.read_report(finished(TLC), exact_depth=True)
    assert (run.counts, run.violated, run.search) == (Counts(16, 97, 8), False, 7.0)
    assert tlc.read_report(finished(VIOLATION + TLC), exact_depth=True).violated


def test_the_depth_that_several_workers_report_is_not_compared() -> None:
    assert tlc.read_report(finished(TLC), exact_depth=False).counts == Counts(16, 97, None)


def test_a_search_that_tlc_has_not_ended_is_refused() -> None:
    with pytest.raises(ProcessError, match="TLC has not searched everything"):
        tlc.read_report(finished(TLC.replace("0 states left", "3 states left")), exact_depth=True)


def test_tlc_is_to_go_on_only_where_a_violation_is_expected(tmp_path: Path) -> None:
    runner = FakeRunner(VIOLATION + TLC)
    tlc.TlcEngine(runner, Path("tla2tools.jar"), 1).measure(DIE_HARD, tmp_path, 60)
    assert "-continue" in runner.commands[0]
    assert (tmp_path / "DieHard.cfg").read_text() == "SPECIFICATION Spec\nINVARIANT NotSolved\n"
    runner = FakeRunner(TLC.replace("97", "1146").replace("16 distinct", "288 distinct").replace("is 8", "is 11"))
    tlc.TlcEngine(runner, Path("tla2tools.jar"), 1).measure(TWO_PHASE_3, tmp_path, 60)
    assert "-continue" not in runner.commands[0]


def test_a_verdict_that_nobody_expects_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongResult, match="no property is violated"):
        tlc.TlcEngine(FakeRunner(TLC), Path("tla2tools.jar"), 1).measure(DIE_HARD, tmp_path, 60)


def test_a_configuration_has_all_that_tlc_has_to_know() -> None:
    module = TlaModule("M", {"N": "{n1, n2}", "MAX": "3"}, ("I", "J"), ("P",), "C")
    assert module.configuration().splitlines() == [
        "SPECIFICATION Spec",
        "CONSTANT N = {n1, n2}",
        "CONSTANT MAX = 3",
        "INVARIANT I",
        "INVARIANT J",
        "PROPERTY P",
        "CONSTRAINT C",
    ]


def test_the_original_module_gets_the_same_constants_by_their_names() -> None:
    original = originals(Path("elastickv"))
    module = original(HLC_18_THOUSAND)
    assert isinstance(module, TlaModule) and isinstance(HLC_18_THOUSAND.tla, TlaModule)
    assert [module.constants[name] for name in ("MaxTerms", "MaxOps", "MaxWallTime")] == ["2", "3", "3"]
    assert sorted(module.constants.values()) == sorted([*HLC_18_THOUSAND.tla.constants.values(), "TRUE"])
    assert original(DIE_HARD) is None


@pytest.mark.parametrize(("breadth_first", "depth"), [(True, 8), (False, None)])
def test_spin_reports_counts(breadth_first: bool, depth: int | None) -> None:
    run = spin.read_report(finished(SPIN.format(errors=0, elapsed=1.25)), breadth_first=breadth_first)
    assert (run.counts, run.violated, run.search) == (Counts(16, 97, depth), False, 1.25)
    assert spin.read_report(finished(SPIN.format(errors=8, elapsed=1)), breadth_first=True).violated


def test_a_time_that_spin_rounds_to_nothing_is_taken_from_outside() -> None:
    done = finished(SPIN.format(errors=0, elapsed=0), seconds=0.004)
    assert spin.read_report(done, breadth_first=True).search == 0.004


@pytest.mark.parametrize("trouble", ["error: max search depth too small", "pan: out of memory"])
def test_a_search_that_spin_has_cut_short_is_refused(trouble: str) -> None:
    with pytest.raises(ProcessError, match="SPIN has not searched everything"):
        spin.read_report(finished(f"{trouble}\n{SPIN.format(errors=0, elapsed=1)}"), breadth_first=True)
