"""The shipped models give the verdicts and counts that they expect, and would notice if they were changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skipgate.app.libraries import libraries
from skipgate.checker.checks.files import check_file
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


# Files with a dozen checks that take a second each. `make check`, which goes before `make test`, knows their verdicts.
ENVIRONMENTS = sorted(set(SEARCHED) & set(MODELS.glob("cold_start/*.gate")) - {MODELS / "cold_start" / "verifier.gate"})


@pytest.mark.parametrize("path", sorted(set(SEARCHED) - set(ENVIRONMENTS)), ids=lambda path: path.stem)
def test_every_verdict_and_count_is_as_expected(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_as_expected(path, None, monkeypatch)


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_the_last_revision_in_each_environment_is_as_expected(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_as_expected(path, "repaired_follower" if path.stem == "repaired" else "v9", monkeypatch)


# Two minutes: the lengths of all traces that the pages tell, and a contrast for each violation.
@pytest.mark.slow
@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_every_revision_in_each_environment_is_as_expected(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_as_expected(path, None, monkeypatch)


def assert_as_expected(path: Path, only: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    # Most checks are over by then: machine code that is thrown away takes half of the time.
    monkeypatch.setattr(compilation, "_BEFORE_COMPILING", 2.0)
    result = check_file(path, only=only)
    assert result.checks
    assert [problem for check in result.checks for problem in check.problems] == []
    assert result.as_expected
    traces = {(check.check, name): each.trace for check in result.checks for name, each in check.properties.items()}
    told = {
        (claim.check, claim.property): claim.steps
        for claim in [*claims(), *page_claims()]
        if claim.file == path and only in (None, claim.check)
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


EXPECTATIONS = _expectations()


@pytest.mark.parametrize(("name", "span"), EXPECTATIONS, ids=[name for name, _ in EXPECTATIONS])
def test_a_changed_expectation_is_a_failure_of_that_check(name: str, span: Span, tmp_path: Path) -> None:
    text = COLD_START.read_text(encoding="utf-8")
    opposite = "violation of NoLoss" if "holds" in span.text else "holds"
    changed = tmp_path / "cold_start.gate"
    changed.write_text(text[: span.start] + opposite + text[span.end :], encoding="utf-8")
    (result,) = check_file(changed, only=name).checks
    assert not result.as_expected
