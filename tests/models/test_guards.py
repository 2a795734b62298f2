"""Every part of every guard is needed: without it, some check comes out differently."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.run import Budget, check_file
from spec import syntax as s
from spec.loader import load
from spec.parser import parse
from spec.source import Source, Span

pytestmark = pytest.mark.slow

MODELS = Path(__file__).parents[2] / "models"
FILES = [
    MODELS / "cold_start.gate",
    *sorted(MODELS.glob("cold_start/*.gate")),
    *sorted(MODELS.glob("elastickv/*.gate")),
]

# Small checks that notice a lot; they are run first.
TELLING = (
    "install/v9",
    "members/v9_local",
    "nosync/v9",
    "snapshots/v4",
    "verifier/v9_lower_index",
    "observer/v0",
)


def _declarations(path: Path) -> tuple[s.Declaration, ...]:
    return parse(Source(str(path), path.read_text(encoding="utf-8"))).declarations


def _conjuncts(condition: s.Expr) -> list[s.Expr]:
    match condition:
        case s.Binary(operator="and", left=left, right=right):
            return [*_conjuncts(left), *_conjuncts(right)]
    return [condition]


def _guards() -> Iterator[tuple[Path, str, Span]]:
    for path in FILES:
        for action in _declarations(path):
            if isinstance(action, s.ActionDecl):
                for clause in action.clauses:
                    if isinstance(clause, s.WhenClause):
                        for part in _conjuncts(clause.condition):
                            yield path, f"{path.stem}: {action.name.text}: {part.span.flat}", part.span


def _checks(path: Path) -> Iterator[tuple[bool, int, Path, str]]:
    """The checks of all files that use a file, as (is it none of the telling ones, pinned states, file, name)."""
    for user in FILES:
        if path.resolve() in {Path(file.source.name).resolve() for file in load(user).files}:
            for check in _declarations(user):
                if isinstance(check, s.CheckDecl) and not check.tags:
                    states = [pin.value for e in check.expectations for pin in e.pins if pin.kind == "states"]
                    name = check.name.text
                    yield f"{user.stem}/{name}" not in TELLING, states[0], user, name


def test_the_telling_checks_exist() -> None:
    names = {f"{path.stem}/{check.name.text}" for path in FILES for check in _declarations(path) if _is_check(check)}
    assert names.issuperset(TELLING)


def _is_check(declaration: s.Declaration) -> bool:
    return isinstance(declaration, s.CheckDecl)


GUARDS = list(_guards())


@pytest.mark.parametrize(
    ("path", "span"), [(path, span) for path, _, span in GUARDS], ids=[name for _, name, _ in GUARDS]
)
def test_no_part_of_a_guard_can_go_unnoticed(path: Path, span: Span, tmp_path: Path) -> None:
    shutil.copytree(MODELS, tmp_path, dirs_exist_ok=True)
    text = path.read_text(encoding="utf-8")
    changed = text[: span.start] + "true" + text[span.end :]
    (tmp_path / path.relative_to(MODELS)).write_text(changed, encoding="utf-8")
    for _, states, user, name in sorted(_checks(path)):
        # A search that passes the pinned number of states has found a difference.
        result = check_file(
            tmp_path / user.relative_to(MODELS),
            only=name,
            budget=Budget(max_states=states),
            engine="python",
            discharge=False,
        )
        if not result.as_expected or result.checks[0].stopped:
            return
    pytest.fail("nothing changes without it")
