"""The lines of TLA+ in docs/tla.md are ones that TLC is asked."""

from __future__ import annotations

from skipgate.checker.elaborate.elaborate import elaborate
from skipgate.checker.tla.module import export
from skipgate.checker.tla.question import Question
from skipgate.spec.passes import read
from tests.docs.pages import ROOT, labelled


def test_the_questions_are_asked() -> None:
    spec = read(ROOT / "models" / "examples" / "die_hard.gate")
    module = Question.about(export(spec, elaborate(spec, spec.checks[0]), every_test=True)).module
    (block,) = labelled("tla", page=ROOT / "docs" / "tla.md")
    assert {*block.text.splitlines()} <= {*module.splitlines()}
