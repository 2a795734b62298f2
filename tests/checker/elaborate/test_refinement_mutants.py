"""The comparison with the definition notices it when a refinement is translated wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.checker.elaborate import refinement
from skipgate.errors import SkipgateError
from tests.checker.corpus import REFINEMENTS
from tests.checker.elaborate.test_refinement import compare
from tests.planted import Mutant, applied

pytestmark = pytest.mark.differential

translation = refinement._Translation


def nothing(seed: int) -> None:
    """The check is done by the test."""


FAULTS = [
    (
        "a step that changes nothing does not count",
        translation.step,
        "self.unchanged()",
        "build.boolean(False, self.span)",
    ),
    ("the first action is left out", translation.step, "in self.abstract.actions", "in self.abstract.actions[1:]"),
    (
        "values may leave their types",
        translation.step,
        "_all(self.in_type[True], self.span)",
        "build.boolean(True, self.span)",
    ),
    (
        "what is not updated may change",
        translation.action,
        "for v in self.abstract.variables",
        "for v in self.abstract.variables if v.name in new",
    ),
    ("the new values are the old ones", translation.action, "self.values[v.name, True]", "self.values[v.name, False]"),
    (
        "conditions do not count",
        translation.action,
        'build.logic("and", self.translated(clause), result, action.span)',
        "result",
    ),
    ("every choice of parameters is asked for", translation.action, '"exists"', '"forall"'),
    (
        "every state is an initial one",
        refinement.properties,
        "_is_initial(variables, initially, span)",
        "build.boolean(True, span)",
    ),
    (
        "no state is an initial one",
        refinement.properties,
        "_is_initial(variables, initially, span)",
        "build.boolean(False, span)",
    ),
    (
        "the first variable may begin with anything",
        translation.initial,
        "for variable in self.abstract.variables",
        "for variable in self.abstract.variables[1:]",
    ),
    (
        "only the last variable must have its initial value",
        refinement._is_initial,
        "in enumerate(variables, 1)",
        "in [*enumerate(variables, 1)][-1:]",
    ),
    (
        "conditions on initial states do not count",
        refinement._is_initial,
        "if condition.after == count",
        "if condition.after == -1",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault[0])
def test_is_noticed(fault: tuple[str, object, str, str], tmp_path: Path) -> None:
    def files(low: str, high: str = "") -> Path:
        (tmp_path / "high.gate").write_text(high, encoding="utf-8")
        (tmp_path / "low.gate").write_text(low, encoding="utf-8")
        return tmp_path / "low.gate"

    with applied(Mutant(*fault, nothing)), pytest.raises((AssertionError, SkipgateError)):
        for pair in REFINEMENTS.values():
            compare(files, *pair)
