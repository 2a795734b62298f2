"""The shipped models give the verdicts and counts that they expect, and would notice if they were changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skipgate.app.libraries import libraries
from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.core.trace import Trace
from skipgate.checker.evidence.rivals import Rivals
from skipgate.checker.native import compilation
from skipgate.spec import syntax as s
from skipgate.spec.parsing.parser import parse
from skipgate.spec.passes import read
from skipgate.spec.source import Source, Span
from skipgate.traces.contrast_dot import contrast_to_dot
from skipgate.traces.contrast_text import render_contrast
from tests.models.cold_start_page import claims
from tests.models.elastickv_pages import page_claims

MODELS = Path(__file__).parents[2] / "models"
COLD_START = MODELS / "cold_start.gate"


FILES = sorted(MODELS.rglob("*.gate"))
# By their text, since tests are collected often, and parsing all models takes a second.
LIBRARIES = {path for path in FILES if not re.search(r"^check ", path.read_text(encoding="utf-8"), re.MULTILINE)}


def test_files_without_checks_serve_others() -> None:
    assert libraries(FILES, FILES) == LIBRARIES
    assert {path for path in FILES if not any(isinstance(d, s.CheckDecl) for d in _declarations(path))} == LIBRARIES


def _declarations(path: Path) -> tuple[s.AnyDeclaration, ...]:
    return parse(Source(str(path), path.read_text(encoding="utf-8"))).declarations


# That is for test_cold_start_unbounded.py: its proofs take half a minute.
SEARCHED = sorted(set(FILES) - LIBRARIES - {MODELS / "cold_start_unbounded.gate"})


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """No check is so long that machine code, which takes half of the time, would be worth it."""
    monkeypatch.setattr(compilation, "_BEFORE_COMPILING", 60.0)


# Files with a dozen checks that take a second each, or with some that take many, and which of these to look at in each
# run. `make check`, which goes before `make test`, knows all verdicts.
_ENVIRONMENTS = set(SEARCHED) & set(MODELS.glob("cold_start/*.gate")) - {MODELS / "cold_start" / "verifier.gate"}
SOME = dict.fromkeys(_ENVIRONMENTS, "v9") | {
    MODELS / "cold_start" / "repaired.gate": "repaired_follower",
    MODELS / "classic" / "raft.gate": "elections, forgetful",  # the others take seven seconds
    MODELS / "elastickv" / "lease_reads.gate": "today, repaired, without_*, delays_within_margin",
    MODELS / "etcd_raft" / "etcd_raft.gate": "lone, v14370, forgetful",  # the others take twenty seconds
    MODELS / "migration_unbounded.gate": "one_scan, bound_fixed_early, no_drain",  # without the proofs
}


@pytest.mark.parametrize("path", sorted(set(SEARCHED) - set(SOME)), ids=lambda path: path.stem)
@pytest.mark.usefixtures("short")
def test_every_verdict_and_count_is_as_expected(path: Path) -> None:
    assert_as_expected(path)


@pytest.mark.parametrize("path", sorted(SOME), ids=lambda path: path.stem)
@pytest.mark.usefixtures("short")
def test_some_verdicts_are_as_expected(path: Path) -> None:
    assert_as_expected(path, SOME[path])


# Two minutes: the lengths of all traces that the pages tell, and a contrast for each violation.
@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(SOME), ids=lambda path: path.stem)
def test_the_other_verdicts_are_as_expected(path: Path) -> None:
    assert_as_expected(path)


def assert_as_expected(path: Path, only: str | None = None) -> None:
    result = check_file(path, only=only)
    assert result.checks
    assert [problem for check in result.checks for problem in check.problems] == []
    assert result.as_expected
    traces = {(check.check, name): each.trace for check in result.checks for name, each in check.properties.items()}
    looked_at = {check.check for check in result.checks}
    told = {
        (claim.check, claim.property): claim.steps
        for claim in [*claims(), *page_claims()]
        if claim.file == path and claim.check in looked_at
    }
    assert {key: len(trace) - 1 for key in told if (trace := traces[key]) is not None} == told
    assert_each_violation_has_a_contrast(path, [trace for trace in traces.values() if trace is not None])


def assert_each_violation_has_a_contrast(path: Path, traces: list[Trace]) -> None:
    """If there is a check to hold it against; in the first model there is one for each of its 29 violations."""
    rivals = Rivals(read(path))
    found = [rivals.nearest(trace) for trace in traces]
    if path == COLD_START:
        assert len(found) == 29
        assert None not in found
    for contrast in found:
        if contrast is not None:
            assert contrast.ending.verdict == "holds"
            assert f"the same schedule in {contrast.against}" in render_contrast(contrast, width=200)
            assert contrast_to_dot(contrast).startswith("digraph")


@pytest.mark.parametrize(
    ("model", "check", "counts"),
    [
        ("die_hard", "puzzle", (16, 97, 8)),
        ("two_phase_commit", "three", (288, 1_146, 11)),
        ("two_phase_commit", "five", (8_832, 58_146, 17)),
        ("two_phase_commit", "seven", (920, 8_410, 23)),
    ],
)
def test_counts_are_those_of_tlc(model: str, check: str, counts: tuple[int, int, int]) -> None:
    (result,) = check_file(MODELS / "examples" / f"{model}.gate", only=check).checks
    assert (result.distinct, result.generated, result.depth) == counts


def test_the_counterexample_of_die_hard_has_seven_states() -> None:
    (result,) = check_file(MODELS / "examples" / "die_hard.gate").checks
    trace = result.properties["NotSolved"].trace
    assert trace is not None
    assert len(trace) == 7


def _expectations() -> list[tuple[str, Span]]:
    return [
        (check.name.text, expectation.span)
        for check in _declarations(COLD_START)
        if isinstance(check, s.CheckDecl)
        for expectation in check.expectations
        if expectation.kind in ("holds", "violation")
    ]


# One that holds and one that is violated; it is the same with the others, each of which takes most of a second.
CHANGED = {"v0", "v9"}


@pytest.mark.parametrize(
    ("name", "span"),
    [
        pytest.param(name, span, id=name, marks=[] if name in CHANGED else [pytest.mark.slow])
        for name, span in _expectations()
    ],
)
def test_a_changed_expectation_is_a_failure_of_that_check(name: str, span: Span, tmp_path: Path) -> None:
    text = COLD_START.read_text(encoding="utf-8")
    opposite = "violation of NoLoss" if "holds" in span.text else "holds"
    changed = tmp_path / "cold_start.gate"
    changed.write_text(text[: span.start] + opposite + text[span.end :], encoding="utf-8")
    (result,) = check_file(changed, RunOptions(engine="python"), only=name).checks
    assert not result.as_expected
