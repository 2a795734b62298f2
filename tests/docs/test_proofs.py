"""What docs/proofs.md says is proved is proved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.core.result import CheckResult
from skipgate.checker.search.limits import Budget
from skipgate.spec import syntax as s
from skipgate.spec.confinement import allowed
from skipgate.spec.parsing.parser import parse
from skipgate.spec.source import Source

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "proofs.md").read_text(encoding="utf-8")
MODEL = ROOT / "models" / "cold_start_unbounded.gate"


def expected() -> dict[str, set[str]]:
    """By check, the violations that the model expects."""
    found = {}
    for check in parse(Source(str(MODEL), MODEL.read_text(encoding="utf-8"))).declarations:
        if isinstance(check, s.CheckDecl) and not check.name.text.endswith("_by_fifties"):
            named = re.search(r"expect violation of ([\w, ]+)", check.span.text)
            found[check.name.text] = set(named[1].split(", ")) if named else set()
    return found


def test_the_table_is_what_the_model_expects() -> None:
    rows = re.findall(r"^\| ((?:v\d|repaired)[\w, ]*) \| ([\w, ]*?) ?\| proved \|$", PAGE, re.MULTILINE)
    table = {name: {*violated.split(", ")} - {""} for names, violated in rows for name in names.split(", ")}
    assert table == expected()


def with_invariant(text: str, tmp_path: Path) -> CheckResult:
    """The check `repaired` with one more lemma."""
    settings = re.search(r"check repaired .*?\n(  with .*?)  expect", MODEL.read_text(encoding="utf-8"), re.DOTALL)
    assert settings is not None
    file = tmp_path / "invariant.gate"
    imported = f'import "{MODEL.as_posix()}"'
    file.write_text(f"{imported}\n\n{text}\n\ncheck c\n{settings[1]}  expect proved\n", encoding="utf-8")
    patient = RunOptions(budget=Budget(time_limit=3600))  # other work beside it makes a proof slow
    with allowed(MODEL.parent):
        (result,) = check_file(file, patient).checks
    return result


@pytest.fixture
def invariant() -> str:
    found = re.search(r"```gate added [^\n]*\n(lemma .*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_invariant_is_one(invariant: str, tmp_path: Path) -> None:
    result = with_invariant(invariant, tmp_path)
    proof = result.properties["DeliveredLeases_invariant"].proof
    assert proof is not None
    assert result.properties["DeliveredLeases_invariant"].verdict == "holds"


def test_a_wrong_invariant_is_not(invariant: str, tmp_path: Path) -> None:
    wrong = invariant.replace("witness_index <= raft_applied", "witness_index <= wal_last")
    assert wrong != invariant
    assert with_invariant(wrong, tmp_path).properties["DeliveredLeases_invariant"].proof is None
