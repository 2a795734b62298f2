"""How TLC is asked, and what counts as a difference: with answers that are made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.preparation import bounded
from skipgate.checker.checks.running import ask_tlc
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.model import Model
from skipgate.checker.core.result import Comparison
from skipgate.checker.search.limits import Budget
from skipgate.checker.tla import comparison
from skipgate.checker.tla.comparison import differences
from skipgate.checker.tla.exported import Exported
from skipgate.checker.tla.module import export
from skipgate.checker.tla.opinion import Opinion, ask
from skipgate.checker.tla.question import Question
from skipgate.checker.tla.tlc import Tlc, TlcError, TlcRefusal, TlcReport
from skipgate.spec.passes import read
from skipgate.spec.specification import Specification

# 0, 1, 2, 3 within the constraint: four states, and four steps with that to 4. From 3 nothing else can happen.
COUNTER = """
var x : 0..5 = 0
action up when x < 4 then x' = x + 1
constraint Inside x < 4
invariant Low x < 2
invariant Small x < 5
transition Upwards x' > x
cover Three x == 3
cover Four x == 4
liveness Ends eventually x == 3
liveness Returns always eventually x == 0
check c
  expect violation of Low, Ends, Returns
  expect unreachable cover Four
"""
COMPLETE = TlcReport("complete", generated=5, distinct=4, depth=4)
AGREES = Opinion({"Low": 3}, {"Three"}, {"Ends", "Returns"}, COMPLETE)


class Case:
    """A file with one check, searched and exported."""

    def __init__(self, folder: Path, text: str = COUNTER) -> None:
        self.path = folder / "m.gate"
        self.path.write_text(text, encoding="utf-8")
        self.spec: Specification = read(self.path)
        self.model: Model = bounded(self.spec, self.spec.checks[0])
        (self.result,) = check_file(self.path).checks
        self.exported: Exported = export(self.spec, self.model, every_test=True)

    def against(self, opinion: Opinion) -> list[str]:
        return differences(opinion, self.result, self.exported)


@pytest.fixture
def counter(tmp_path: Path) -> Case:
    return Case(tmp_path)


class FakeTlc(Tlc):
    """Has its answers ready, and keeps what it is asked."""

    def __init__(self, *reports: TlcReport | Exception) -> None:
        super().__init__(Path("tla2tools.jar"))
        object.__setattr__(self, "reports", list(reports))
        object.__setattr__(self, "asked", [])

    reports: list[TlcReport | Exception]
    asked: list[tuple[str, str, float | None]]

    def run(self, folder: Path, name: str, *, seconds: float | None = None) -> TlcReport:
        self.asked.append((name, (folder / f"{name}.cfg").read_text(encoding="utf-8"), seconds))
        assert (folder / f"{name}.tla").exists()
        answer = self.reports.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def printed(exported: Exported, *, begin: int = 0, go: int = 1, **lengths: int) -> tuple[tuple[str, ...], ...]:
    """What is printed if these are false for the first time in states or steps of these numbers; `stuck` in states.

    `begin` is the level of initial states, `go` that at the steps from them.
    """
    names = ["begin", "go", "stuck", "moves", *(claim.name for _, claim in Question.about(exported).claims)]
    levels = {name: begin + length - (name != "stuck") for name, length in lengths.items()}
    levels = {"begin": begin, "go": go, **levels}
    return tuple(("skipgate", str(names.index(name)), str(level)) for name, level in levels.items())


# ---------------------------------------------------------------------------------------------------- how it is asked


def test_one_search_answers_everything_about_states(counter: Case, tmp_path: Path) -> None:
    report = replace(COMPLETE, printed=printed(counter.exported, Low=3, NeverThree=4))
    tlc = FakeTlc(report, TlcReport("complete"))
    opinion = ask(tlc, counter.exported, tmp_path)
    assert opinion.lengths == {"Low": 3}
    assert opinion.reached == {"Three"}
    assert opinion.complete == report and opinion.questions == 2 and not opinion.unlive
    (name, settings, _), (behaving, live, _) = tlc.asked
    assert (name, behaving) == ("m_c_asked", "m_c_asked")
    assert live.splitlines()[0] == "SPECIFICATION AskedSpec"
    assert settings.splitlines()[:3] == ["INIT Init", "NEXT AskedNext", "INVARIANT TypeOK"]
    assert [line for line in live.splitlines() if "PROPERTY" in line] == ["PROPERTY Ends", "PROPERTY Returns"]


def test_the_module_that_asks(counter: Case, tmp_path: Path) -> None:
    """Each claim is a test that is never false; those of steps stand beside the step."""
    tlc = FakeTlc(COMPLETE, TlcReport("complete"))
    ask(tlc, counter.exported, tmp_path)
    lines = (tmp_path / "m_c_asked.tla").read_text(encoding="utf-8").splitlines()
    assert "Asked4 == vars = vars /\\ IF Low THEN TRUE ELSE AskedFirst(4)" in lines
    assert "  /\\ IF x' > x THEN TRUE ELSE AskedFirst(6)" in lines[lines.index("AskedStep ==") :]
    settings = tlc.asked[0][1].splitlines()
    assert "INVARIANT Asked4" in settings and not any("Asked6" in line for line in settings)


def test_the_level_of_an_initial_state_may_be_1(counter: Case, tmp_path: Path) -> None:
    """Where it is the same as that of the step from it, nothing can be told."""
    said = printed(counter.exported, begin=1, go=2, Low=3)
    tlc = FakeTlc(replace(COMPLETE, printed=said), TlcReport("complete"))
    assert ask(tlc, counter.exported, tmp_path).lengths == {"Low": 3}
    said = printed(counter.exported, begin=1, go=1, Low=3)
    with pytest.raises(TlcError, match="does not tell how long the way"):
        ask(FakeTlc(replace(COMPLETE, printed=said)), counter.exported, tmp_path)


def test_a_state_that_is_stuck(counter: Case, tmp_path: Path) -> None:
    said = printed(counter.exported, stuck=5)
    opinion = ask(FakeTlc(replace(COMPLETE, printed=said), TlcReport("complete")), counter.exported, tmp_path)
    assert opinion.lengths == {"deadlock": 5}
    lines = (tmp_path / "m_c_asked.tla").read_text(encoding="utf-8").splitlines()
    assert "     ELSE IF FALSE THEN TRUE ELSE AskedFirst(2)" in lines
    case = Case(tmp_path, "var x : 0..3 = 3 terminal when x == 3 check c expect holds")
    assert "     ELSE IF Terminal THEN TRUE ELSE AskedFirst(2)" in Question.about(case.exported).module.splitlines()


def test_after_an_error_what_was_found_before_counts(counter: Case, tmp_path: Path) -> None:
    tlc = FakeTlc(TlcReport("error", length=4, printed=printed(counter.exported, Low=3)))
    assert ask(tlc, counter.exported, tmp_path).lengths == {"Low": 3, "evaluation": 4}


def test_a_value_outside_its_type_is_the_fault_of_the_step(counter: Case, tmp_path: Path) -> None:
    opinion = ask(FakeTlc(TlcReport("violation", "TypeOK", 4)), counter.exported, tmp_path)
    assert opinion.lengths == {"evaluation": 3} and opinion.complete is None


def test_liveness_properties_are_told_apart_if_some_are_violated(counter: Case, tmp_path: Path) -> None:
    tlc = FakeTlc(COMPLETE, TlcReport("temporal"), TlcReport("complete"), TlcReport("temporal"))
    assert ask(tlc, counter.exported, tmp_path).unlive == {"Returns"}
    tlc = FakeTlc(COMPLETE, TlcReport("temporal"), TlcReport("complete"))
    assert ask(tlc, counter.exported, tmp_path, suspects=("Ends", "Low")).unlive == {"Ends"}
    asked = [[line for line in settings.splitlines() if line.startswith("PROPERTY")] for _, settings, _ in tlc.asked]
    assert asked[1:] == [["PROPERTY Ends"], ["PROPERTY Returns"]]


def test_all_searches_together_have_the_time(counter: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock: Iterator[float] = iter([0.0, 4.0, 9.0, 11.0])
    monkeypatch.setattr("skipgate.checker.tla.opinion.time.monotonic", lambda: next(clock))
    tlc = FakeTlc(COMPLETE, TlcReport("temporal"), TlcReport("complete"))
    with pytest.raises(TlcError, match="not finished in time"):
        ask(tlc, counter.exported, tmp_path, seconds=10)
    assert [seconds for _, _, seconds in tlc.asked] == [6.0, 1.0]


# ------------------------------------------------------------------------------------------------------- differences


def test_they_agree(counter: Case) -> None:
    assert counter.against(AGREES) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"lengths": {}}, "`Low` is violated for skipgate alone"),
        ({"lengths": {"Low": 3, "Small": 4}}, "`Small` is violated for TLC alone"),
        ({"lengths": {"Low": 2}}, "skipgate finds a violation of `Low` after 3 states, TLC after 2"),
        ({"lengths": {"Low": 3, "deadlock": 4}}, "`deadlock` is violated for TLC alone"),
        ({"lengths": {"Low": 3, "evaluation": 4}}, "`evaluation` is violated for TLC alone"),
        ({"lengths": {"Low": 3, "evaluation": None}}, "`evaluation` is violated for TLC alone"),
        ({"reached": set()}, "the cover `Three` is reached for skipgate alone"),
        ({"reached": {"Three", "Four"}}, "the cover `Four` is reached for TLC alone"),
        ({"unlive": {"Ends"}}, "`Returns` is violated for skipgate alone"),
        ({"complete": replace(COMPLETE, distinct=5)}, "skipgate finds 4 distinct states, TLC 5"),
        ({"complete": replace(COMPLETE, generated=4)}, "skipgate finds 5 generated states, TLC 4"),
        ({"complete": replace(COMPLETE, depth=5)}, "skipgate finds 4 levels, TLC 5"),
    ],
)
def test_every_difference_is_told(counter: Case, change: dict[str, Any], told: str) -> None:
    assert counter.against(replace(AGREES, **change)) == [told]


def test_liveness_that_is_held_violated_by_tlc_alone(tmp_path: Path) -> None:
    case = Case(tmp_path, COUNTER.replace("action up", "fair action up").replace("constraint Inside x < 4", ""))
    assert "Ends" not in case.result.violated
    opinion = Opinion(
        {"Low": 3, "deadlock": 5}, {"Three", "Four"}, {"Returns"}, TlcReport("complete", None, None, 5, 5, 5)
    )
    assert case.against(opinion) == []
    assert case.against(replace(opinion, unlive={"Returns", "Ends"})) == ["`Ends` is violated for TLC alone"]


# From x = 2 the step cannot be evaluated: the trace has three states. `Low` is violated in the second one.
FAILING = """
var x : 0..5 = 0
action up then x' = x + 1 + 0 div (2 - x)
invariant Low x < 1
invariant Small x < 3
check c expect violation of Low, evaluation
"""


def test_where_a_value_is_missing_only_what_lies_before_is_compared(tmp_path: Path) -> None:
    case = Case(tmp_path, FAILING)
    agrees = Opinion({"Low": 2, "evaluation": 3})
    assert case.against(agrees) == []
    assert case.against(Opinion({"Low": 2, "evaluation": 4})) == []  # on the way to the state after
    assert case.against(Opinion({"evaluation": None})) == []
    assert case.against(Opinion({"evaluation": 3})) == ["`Low` is violated for skipgate alone"]
    assert case.against(Opinion({"Low": 2, "evaluation": 5})) != []
    assert case.against(Opinion({"Low": 2, "evaluation": 1})) != []
    assert case.against(Opinion({"Low": 2, "Small": 3, "evaluation": 3})) == ["`Small` is violated for TLC alone"]
    assert case.against(Opinion({"Low": 2}, complete=COMPLETE)) == ["`evaluation` is violated for skipgate alone"]


# ------------------------------------------------------------------------------------------------------ the comparison


def judged(case: Case, tlc: Tlc, **changes: Any) -> Comparison:
    return ask_tlc(tlc, replace(case.result, **changes))


def test_agreement_is_noted(counter: Case) -> None:
    report = replace(COMPLETE, printed=printed(counter.exported, Low=3, NeverThree=4))
    temporal = TlcReport("temporal")
    comparison = judged(counter, FakeTlc(report, temporal, temporal))
    names = ("Low", "Small", "Upwards", "Ends", "Returns", "deadlock", "evaluation", "Three", "Four")
    assert comparison == Comparison("TLC", names)


def test_a_difference_is_an_internal_error(counter: Case) -> None:
    with pytest.raises(InternalError, match="TLC does not agree on check `c`: `Low` is violated for skipgate alone; "):
        judged(counter, FakeTlc(COMPLETE, TlcReport("temporal"), TlcReport("temporal")))


def test_a_module_that_is_not_taken_is_an_internal_error(counter: Case) -> None:
    with pytest.raises(InternalError, match="TLC does not take the module of check `c`: unknown operator"):
        judged(counter, FakeTlc(TlcRefusal("unknown operator")))


def test_without_an_answer_nothing_is_compared(counter: Case) -> None:
    comparison = judged(counter, FakeTlc(TlcError("it ran out of memory")))
    assert comparison == Comparison("TLC", nothing="it gives no answer: it ran out of memory")
    assert counter.result.as_expected and not replace(counter.result, comparisons=(comparison,)).as_expected


def test_where_an_expression_has_no_value_less_is_compared(tmp_path: Path) -> None:
    case = Case(tmp_path, FAILING + "cover Two x == 2\nliveness Ends eventually x == 2\n")
    report = TlcReport("error", length=3, printed=printed(case.exported, Low=2))
    comparison = judged(case, FakeTlc(report))
    assert comparison.compared == ("Low", "Small", "deadlock", "evaluation")
    assert [what for what, _ in comparison.left_out] == [
        "`Ends`",
        "`Two`",
        "the numbers of states, and what comes later than the error",
    ]
    comparison = judged(case, FakeTlc(TlcReport("error", length=None)))
    assert (comparison.compared, len(comparison.left_out)) == (("evaluation",), 1)


def test_what_cannot_be_compared_says_why(counter: Case, tmp_path: Path) -> None:
    def reason(**changes: Any) -> str | None:
        return judged(counter, FakeTlc(), **changes).nothing

    assert reason(omission=1e-9) == "its states are told apart by fingerprints"
    assert reason(complete=False) == "the search ended at the first violation"
    assert reason(complete=False, stopped="the limit of 9 states was passed") == "the limit of 9 states was passed"
    path = tmp_path / "none.gate"
    path.write_text("const A : nat = 1 invariant Low A < 2 action stay check c expect holds")
    (result,) = check_file(path, RunOptions(against_tlc=FakeTlc())).checks
    assert result.comparisons == (Comparison("TLC", nothing="TLC cannot explore a model without variables"),)
    assert not result.as_expected
    path.write_text("var x : nat = 0 action up then x' = x + 1 invariant Low x >= 0 check c expect proved")
    (result,) = check_file(path, RunOptions(against_tlc=FakeTlc(), cross_check=True)).checks
    assert {(each.engine, each.nothing) for each in result.comparisons} == {
        ("TLC", "its states are not searched"),
        ("bounded model checking", "its states are not searched"),
    }


def test_the_time_limit_holds_for_it_too(counter: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float | None] = []

    def held(*_: Any, seconds: float | None) -> Comparison:
        given.append(seconds)
        return Comparison("TLC")

    monkeypatch.setattr(comparison, "compare_with_tlc", held)
    check_file(counter.path, RunOptions(against_tlc=FakeTlc(), budget=Budget(time_limit=7)))
    assert given == [7]
