"""Running the checks of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.preparation import load_check, prepare
from skipgate.checker.core.result import CheckResult, Expectation
from skipgate.checker.search.limits import Budget, Progress
from skipgate.errors import Interrupted
from skipgate.spec.diagnostics import SpecError

TEXT = """
model counter "counts"
const TOP : nat = 3
var x : 0..9 = 0 "how far"
action up "to {x + 1}" when x < TOP then x' = x + 1
invariant Small "stays small" x < 3
check three "all the way" expect violation of Small, deadlock states 4
check two with TOP = 2 expect deadlock
check one with TOP = 1 expect violation of deadlock
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "counter.gate"
    path.write_text(TEXT)
    return path


def test_every_check_has_a_result(path: Path) -> None:
    result = check_file(path)
    assert result.file == str(path)
    assert result.as_expected
    assert [(c.check, c.distinct, c.generated, c.depth) for c in result.checks] == [
        ("three", 4, 4, 4),
        ("two", 3, 3, 3),
        ("one", 2, 2, 2),
    ]
    three, two, _ = result.checks
    assert (three.model, three.description, three.expected) == (
        "counter",
        "all the way",
        Expectation(("Small", "deadlock")),
    )
    assert three.verdict == two.verdict == "violation"
    assert three.violated == ("Small", "deadlock")
    assert two.violated == ("deadlock",)
    assert three.fired == {"up"}
    assert three.complete


def test_verdicts_and_traces(path: Path) -> None:
    (three,) = check_file(path, only="three").checks
    small = three.properties["Small"]
    assert (small.kind, small.verdict, small.description) == ("invariant", "violation", "stays small")
    assert small.trace is not None
    assert [step.state["x"] for step in small.trace.steps] == [0, 1, 2, 3]
    assert [step.description for step in small.trace.steps] == [None, "to 1", "to 2", "to 3"]
    assert three.properties["evaluation"].verdict == "holds"
    assert three.properties["evaluation"].trace is None
    assert list(three.properties) == ["Small", "deadlock", "evaluation"]


def test_checks_are_chosen_by_a_glob(path: Path) -> None:
    assert [c.check for c in check_file(path, only="t*").checks] == ["three", "two"]
    assert check_file(path, only="nothing").checks == ()


def test_each_result_is_passed_on_when_it_is_there(path: Path) -> None:
    seen: list[CheckResult] = []
    result = check_file(path, finished=seen.append)
    assert tuple(seen) == result.checks


def test_all_checks_are_prepared_before_the_first_runs(path: Path) -> None:
    path.write_text(TEXT + "check wrong with TOP = 0 - 1 expect holds\ncheck worse with TOP = 1 div 0 expect holds")
    seen: list[CheckResult] = []
    with pytest.raises(SpecError) as caught:
        check_file(path, finished=seen.append)
    assert seen == []
    assert len(caught.value.diagnostics) == 2


def test_an_interrupt_carries_what_was_found(path: Path) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.check == "two":
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        check_file(path, RunOptions(engine="python", cross_check=True), report=interrupt)
    three, two = caught.value.result.checks
    assert three.as_expected
    assert (two.verdict, two.stopped) == ("unknown", "interrupted")
    assert (len(three.comparisons), two.comparisons) == (1, ())  # whoever has lost patience waits for no solver


def test_a_budget(path: Path) -> None:
    result = check_file(path, RunOptions(budget=Budget(max_states=1)), only="three")
    (three,) = result.checks
    assert three.stopped == "the limit of 1 states was passed"
    assert not result.as_expected


@pytest.mark.parametrize("discharge", [True, False])
def test_proofs_change_nothing_but_the_number_of_tests(path: Path, discharge: bool) -> None:
    path.write_text(TEXT.replace("x < TOP then", "x < TOP and x < 9 then"))
    (three,) = check_file(path, RunOptions(discharge=discharge), only="three").checks
    assert (three.distinct, three.generated, three.depth) == (4, 4, 4)
    assert three.tested + three.discharged == 1
    assert three.discharged == int(discharge)


def test_a_check_by_its_name(path: Path) -> None:
    model = load_check(path, "two")
    assert (model.name, model.check.name.text, model.description) == ("counter", "two", None)
    assert {variable.name: value for variable, value in model.constants} == {"TOP": 2}
    assert "def expand" in prepare(model).text
    with pytest.raises(SpecError, match="has no check `tow`") as caught:
        load_check(path, "tow")
    assert "two" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("liveness Done eventually x == 3\ncheck c expect proved", "only asks for proofs"),
        ("sort S[2]\nliveness L eventually true\ncheck c symmetry S expect holds", "symmetry cannot be combined with"),
    ],
)
def test_what_no_engine_treats_is_refused(path: Path, text: str, message: str) -> None:
    path.write_text(TEXT + text)
    with pytest.raises(SpecError, match=message):
        check_file(path)


def test_what_is_imported_is_checked_with_it(path: Path) -> None:
    main = path.with_name("main.gate")
    main.write_text('import "counter.gate"\ncheck c with TOP = 2 expect deadlock\n')
    (result,) = check_file(main).checks
    assert (result.check, result.distinct) == ("c", 3)


def test_a_wrong_file(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="does not exist"):
        check_file(tmp_path / "nothing.gate")
