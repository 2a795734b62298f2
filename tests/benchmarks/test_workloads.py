"""The workloads are what they say they are, for our own engine; and for TLC and SPIN where they are installed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import spin, tools
from benchmarks.engine import MeasuredEngine, WrongResult
from benchmarks.plan import DIE_HARD, FULL, HLC_18_THOUSAND, QUICK, TWO_PHASE_3, Plan
from benchmarks.process import run
from benchmarks.tlc import TlcEngine
from benchmarks.workloads import MODELS, Promela, TlaModule, Workload, cold_starts, pinned_states
from skipgate.checker.checks.files import check_file
from skipgate.spec import syntax as s
from skipgate.spec.confinement import allowed
from skipgate.spec.parsing.parser import parse
from skipgate.spec.source import Source

SMALL = [DIE_HARD, TWO_PHASE_3, HLC_18_THOUSAND]


@pytest.mark.parametrize("workload", SMALL, ids=lambda workload: workload.name)
def test_our_own_engine_finds_the_pinned_counts(workload: Workload, tmp_path: Path) -> None:
    model = workload.model
    if workload.constants:
        model = tmp_path / "measured.gate"
        model.write_text(workload.specification(), encoding="utf-8")
    with allowed(MODELS):
        (result,) = check_file(model, only=workload.check).checks
    assert workload.counts is not None
    assert (result.distinct, result.generated, result.depth) == (
        workload.counts.distinct,
        workload.counts.generated,
        workload.counts.depth,
    )
    assert (result.verdict == "violation") == workload.violated


@pytest.mark.parametrize("plan", [QUICK, FULL], ids=["quick", "full"])
def test_each_workload_of_a_plan_comes_once_and_has_all_its_files(plan: Plan) -> None:
    names = [workload.name for workload in plan.workloads]
    assert len(names) == len(set(names))
    for workload in plan.workloads:
        assert workload.model.exists()
        assert not isinstance(workload.tla, TlaModule) or all(file.exists() for file in workload.tla.files)
        assert workload.promela is None or workload.promela.file.exists()


@pytest.mark.parametrize("path", sorted(MODELS.rglob("*.gate")), ids=lambda path: path.stem)
def test_pinned_states_are_found_without_the_parser_as_with_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    checks = [d for d in parse(Source(str(path), text)).declarations if isinstance(d, s.CheckDecl)]
    parsed = {check.name.text: text[check.span.start : check.span.end] for check in checks if not check.tags}
    assert [name for name, _ in pinned_states(text)] == [name for name, block in parsed.items() if "states" in block]
    for name, states in pinned_states(text):
        assert f"states {states}" in parsed[name].replace("_", "")


def test_the_largest_cold_starts_come_first() -> None:
    chosen = cold_starts(3)
    sizes = [dict(pinned_states(w.model.read_text(encoding="utf-8")))[w.check] for w in chosen]
    assert len(chosen) == 3
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == max(n for path in MODELS.rglob("*.gate") if "cold_start" in str(path)
                           for _, n in pinned_states(path.read_text(encoding="utf-8")))  # fmt: skip


def _spin(search: spin.SpinSearch) -> MeasuredEngine:
    if tools.missing("spin", "gcc"):
        # SPIN and TLC are no packages of Python, and what is measured against them needs the real ones.
        pytest.skip("SPIN is not installed")
    return spin.Spin(run, search)


def _tlc() -> MeasuredEngine:
    jars = sorted(tools.folder().rglob("tla2tools.jar"))
    if tools.missing("java") or not jars:
        # See `_spin`.
        pytest.skip("TLC is not installed")
    return TlcEngine(run, jars[0], 1)


# Minutes, in which SPIN compiles a program for each model. Else the benchmarks could compare different models.
@pytest.mark.slow
@pytest.mark.differential
@pytest.mark.parametrize("workload", SMALL, ids=lambda workload: workload.name)
def test_spin_finds_the_same(workload: Workload, tmp_path: Path) -> None:
    """Counts and verdict are compared by the engine itself."""
    for search in (spin.DEPTH_FIRST, spin.BREADTH_FIRST):
        _spin(search).measure(workload, tmp_path, 100)


@pytest.mark.slow
@pytest.mark.differential
@pytest.mark.parametrize("workload", SMALL, ids=lambda workload: workload.name)
def test_tlc_finds_the_same(workload: Workload, tmp_path: Path) -> None:
    _tlc().measure(workload, tmp_path, 100)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("guard", "instead"),
    [
        ("&& wall_now[n] < physical_ceiling[n]", ""),
        ("active_term < TERMS", "active_term + 1 < TERMS"),
        ("hlc_last[n] < max_applied_hlc ->", "false ->"),
    ],
)
def test_a_promela_model_that_means_something_else_is_noticed(guard: str, instead: str, tmp_path: Path) -> None:
    assert HLC_18_THOUSAND.promela is not None
    engine = _spin(spin.BREADTH_FIRST)
    folder = tmp_path / "promela"
    shutil.copytree(HLC_18_THOUSAND.promela.file.parent, folder)
    model = folder / "hlc.pml"
    text = model.read_text(encoding="utf-8")
    assert guard in text
    model.write_text(text.replace(guard, instead), encoding="utf-8")

    class Changed(Promela):
        @property
        def file(self) -> Path:
            return model

    changed = Changed("hlc", HLC_18_THOUSAND.promela.constants)
    work = tmp_path / "work"
    work.mkdir()
    with pytest.raises(WrongResult):
        engine.measure(replace(HLC_18_THOUSAND, promela=changed), work, 100)
