"""Every part of every guard is needed: without it, some check would come out differently.

Without a part of a guard, an action can be taken wherever it could be, and perhaps elsewhere. If it can be taken in one
more state that a check reaches (or cannot be evaluated there), the check generates more states than are pinned. If
there is no such state in any check, no verdict and no count changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.preparation import prepare
from skipgate.checker.core import model as m
from skipgate.checker.core.result import EVALUATION
from skipgate.checker.core.terms import Term
from skipgate.checker.elaborate import build
from skipgate.checker.elaborate.elaborate import _Elaborator, elaborate
from skipgate.checker.native.tiers import explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from skipgate.spec import syntax as s
from skipgate.spec.passes import read
from skipgate.spec.specification import Specification

MODELS = Path(__file__).parents[2] / "models"
FAMILIES = {
    "introduction": [MODELS / "cold_start.gate"],
    "cold_start": sorted(MODELS.glob("cold_start/*.gate")),
    "elastickv": sorted(MODELS.glob("elastickv/*.gate")),
}

# Small checks that need a lot of the guards; they are looked at first.
TELLING = (
    "members/v7",
    "verifier/v9",
    "observer/repaired",
    "observer/v0_unplumbed",
    "observer/v0",
    "nosync/v9_data",
    "repaired/without_stale_means_in_the_log",
    "repaired/without_entry_in_one_batch",
    "repaired/without_checkpoint_syncs",
    "install/v9_leases",
    "snapshots/v0",
    "revisions/v0",
    "members/v9_local",
    "repaired/only_the_last_batch_moves_have",
    "repaired/repaired_damaged",
    "other_kinds/v9",
    "groups/repaired",
    "encrypted/kind_before_decryption",
    "encrypted/v0",
    "repaired/without_snapshot_waits",
    "cold_start/v4",
    "cold_start/v2",
    "cold_start/repaired",
)


@dataclass(frozen=True)
class Part:
    """A part of a guard: the file and the place where it stands."""

    file: str
    start: int
    end: int
    action: str
    text: str


def conjuncts(condition: s.AnyExpr) -> list[s.AnyExpr]:
    match condition:
        case s.Binary(operator="and", left=left, right=right):
            return [*conjuncts(left), *conjuncts(right)]
    return [condition]


def split(action: s.ActionDecl) -> s.ActionDecl:
    """The action with a `when` for each part of its guard, which means the same."""
    clauses: list[s.ActionClause] = []
    for clause in action.clauses:
        if isinstance(clause, s.WhenClause):
            clauses += [s.WhenClause(part.span, part) for part in conjuncts(clause.condition)]
        else:
            clauses.append(clause)
    return replace(action, clauses=tuple(clauses))


def parts(action: s.ActionDecl) -> list[Part]:
    """The parts of a guard."""
    spans = [clause.span for clause in split(action).clauses if isinstance(clause, s.WhenClause)]
    return [Part(Path(span.source.name).name, span.start, span.end, action.name.text, span.flat) for span in spans]


def all_parts(spec: Specification) -> set[Part]:
    return {part for action in spec.all(s.ActionDecl) for part in parts(action)}


@cache
def specification(path: Path) -> Specification:
    return read(path)


def checks(files: list[Path]) -> list[tuple[Specification, s.CheckDecl]]:
    """The checks of some files, the telling ones first, then by their size."""
    found = []
    for path in files:
        spec = specification(path)
        for check in spec.checks:
            if not check.tags:
                pins = {pin.kind: pin.value for e in check.expectations for pin in e.pins}
                assert "generated" in pins, f"{path.stem}/{check.name.text} would not show it"
                name = f"{path.stem}/{check.name.text}"
                rank = TELLING.index(name) if name in TELLING else len(TELLING)
                found.append((rank, pins["states"], name, spec, check))
    return [(spec, check) for *_, spec, check in sorted(found, key=lambda each: each[:3])]


def needed(spec: Specification, check: s.CheckDecl, wanted: set[Part]) -> set[Part]:
    """Those of `wanted` that a check needs.

    For each there is an action that changes nothing and can be taken where only this part forbids it. The search says
    which are ever taken, and of which one cannot be evaluated.
    """
    probes = _probes(spec, check, wanted)
    model = elaborate(spec, check)
    found: set[Part] = set()
    while probes:
        actions = tuple(probes.values())
        search = explore(prepare(replace(model, actions=(*model.actions, *actions))), SearchOptions(engine="python"))
        fired = {part for i, part in enumerate(probes) if len(model.actions) + i in search.fired}
        if EVALUATION in search.violations:
            number = search.violations[EVALUATION].action
            assert number is not None
            fired.add(list(probes)[number - len(model.actions)])
        found |= fired
        probes = {part: probe for part, probe in probes.items() if part not in fired}
        if EVALUATION not in search.violations:
            break
    return found


def _probes(spec: Specification, check: s.CheckDecl, wanted: set[Part]) -> dict[Part, m.Action]:
    elaborator = _Elaborator(spec, check, {})
    variables = {variable.name: variable for variable in elaborator.model().variables}
    probes: dict[Part, m.Action] = {}
    for declaration in spec.all(s.ActionDecl):
        apart = split(declaration)
        (action,) = elaborator.action(apart, variables)  # none of these models has branches in its actions
        conditions = [i for i, clause in enumerate(action.clauses) if isinstance(clause, Term)]
        for i, part in zip(conditions, parts(apart), strict=True):
            if part in wanted:
                condition = action.clauses[i]
                assert isinstance(condition, Term)
                forbidden = (*action.clauses[:i], build.not_(condition, condition.span), *action.clauses[i + 1 :])
                probes[part] = replace(action, clauses=forbidden, updates=())
    return probes


# Most of a minute for the large families, which only tells something new when a model has changed.
@pytest.mark.parametrize(
    "family", ["introduction", *(pytest.param(f, marks=pytest.mark.slow) for f in FAMILIES if f != "introduction")]
)
def test_every_part_of_every_guard_is_needed(family: str) -> None:
    files = FAMILIES[family]
    left = {part for path in files for part in all_parts(specification(path))}
    assert len(left) > 20
    for spec, check in checks(files):
        left -= needed(spec, check, left)
        if not left:
            break
    assert not left


def test_what_is_not_needed_is_found(tmp_path: Path) -> None:
    path = tmp_path / "counter.gate"
    path.write_text(
        "var x : 0..3 = 0\n"
        "action up\n  when x < 3 and x != 4\n  when x >= 0\n  then x' = x + 1\n"
        "action down\n  when x > 1\n  then x' = x - 2\n"
        "check c\n  expect holds states 4 generated 6\n",
        encoding="utf-8",
    )
    spec = read(path)
    every = all_parts(spec)
    assert {part.text for part in every} == {"x < 3", "x != 4", "x >= 0", "x > 1"}
    assert {part.text for part in every - needed(spec, spec.checks[0], every)} == {"x != 4", "x >= 0"}


def test_a_changed_file_gives_the_same_answer(tmp_path: Path) -> None:
    path = MODELS / "cold_start.gate"
    spec = specification(path)
    (check,) = (each for each in spec.checks if each.name.text == "v4")
    every = sorted(all_parts(spec), key=lambda part: part.start)
    found = needed(spec, check, set(every))
    text = path.read_text(encoding="utf-8")
    changed = tmp_path / "cold_start.gate"
    answers = set()
    for part in every[::12]:
        changed.write_text(f"{text[: part.start]}true{text[part.end :]}", encoding="utf-8")
        result = check_file(changed, RunOptions(budget=Budget(max_states=20_000), engine="python"), only="v4")
        assert result.as_expected == (part not in found), part
        answers.add(part in found)
    assert answers == {False, True}


def test_the_telling_checks_exist() -> None:
    every = {
        f"{path.stem}/{check.name.text}"
        for f in FAMILIES.values()
        for path in f
        for check in specification(path).checks
    }
    assert every.issuperset(TELLING)
