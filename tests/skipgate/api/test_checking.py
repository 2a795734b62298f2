"""Models checked, proved and simulated from Python."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import skipgate

ROOT = Path(__file__).parents[3]
DIE_HARD = ROOT / "models" / "examples" / "die_hard.gate"

COUNTER = """\
model counter "counts"
var x : 0..2 = 0
action up when x < 2 then x' = x + 1
terminal when x == 2
invariant Small "x stays small" x < 2
check small expect violation of Small
check large tag deep expect violation of Small
"""


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    path = tmp_path / "counter.gate"
    path.write_text(COUNTER)
    return path


def test_a_loaded_model_says_what_its_file_declares(counter: Path) -> None:
    model = skipgate.load(counter)
    assert (model.file, model.name, model.description) == (str(counter), "counter", "counts")
    assert {name: check.tags for name, check in model.checks.items()} == {"small": (), "large": ("deep",)}
    assert [str(check.expected) for check in model.checks.values()] == ["violation of Small"] * 2
    assert model.properties == {"Small": skipgate.DeclaredProperty("Small", "x stays small", "invariant")}
    assert model.actions == {"up": skipgate.DeclaredAction("up", None, ())}


@pytest.mark.parametrize("run", [skipgate.check, skipgate.prove, skipgate.simulate])
def test_a_loaded_model_stands_for_its_file(run: Callable[..., Any], counter: Path) -> None:
    model = skipgate.load(counter)
    counter.unlink()
    options = {"seed": 1, "walks": 10} if run is skipgate.simulate else {}
    found = run(model, **options)
    result = found if run is skipgate.simulate else found["small"]
    assert result.violated == ("Small",)
    assert result.file == str(counter)


def test_a_check_that_was_not_run_has_no_result(counter: Path) -> None:
    result = skipgate.check(counter)
    assert result.left_out == {"large": ("deep",)}
    with pytest.raises(KeyError, match="large"):
        result["large"]
    assert skipgate.check(counter, tags=["deep"])["large"].as_expected


# ----------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("run", [skipgate.check, skipgate.prove])
@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"only": "puzzel"}, "no check is called 'puzzel'"),
        ({"tags": ["deep", "slow"]}, "no check is tagged deep or slow"),
        ({"only": "p*", "tags": ["deep"]}, "no check is called 'p*' and is tagged deep"),
    ],
)
def test_nothing_passes_because_nothing_was_chosen(
    run: Callable[..., Any], chosen: dict[str, Any], message: str
) -> None:
    with pytest.raises(skipgate.InputError, match=re.escape(message)):
        run(DIE_HARD, **chosen)


def test_a_file_with_tagged_checks_only(counter: Path) -> None:
    counter.write_text(COUNTER.replace("check small", "check small tag deep"))
    with pytest.raises(skipgate.InputError, match="no check is without tags"):
        skipgate.check(counter)
    with pytest.raises(skipgate.InputError, match="say which check; there are: small, large"):
        skipgate.simulate(counter)


@pytest.mark.parametrize(
    ("run", "options", "message"),
    [
        (skipgate.check, {"engine": "naitve"}, "engine is one of auto, python, native, not 'naitve'"),
        (skipgate.check, {"max_states": 0}, "max_states is a number above 0, not 0"),
        (skipgate.check, {"time_limit": float("nan")}, "time_limit is a number above 0, not nan"),
        (skipgate.prove, {"method": "magic"}, "method is one of auto, induction, spacer, bmc, not 'magic'"),
        (skipgate.prove, {"properties": ["NotSolve"]}, "no property 'NotSolve'; did you mean `NotSolved`?"),
        (skipgate.simulate, {"depth": -1}, "depth is a number above 0, not -1"),
        (skipgate.simulate, {"check": "puzzel"}, "no check `puzzel`"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(
    run: Callable[..., Any], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(skipgate.InputError, match=re.escape(message)):
        run(DIE_HARD, **options)


def test_a_model_that_is_wrong_is_an_input_error_with_places(counter: Path) -> None:
    counter.write_text(COUNTER.replace("x < 2 then", "y < 2 then"))
    with pytest.raises(skipgate.InputError) as caught:
        skipgate.check(counter)
    assert isinstance(caught.value, skipgate.SpecError)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.span is not None and diagnostic.span.line == 3


# ---------------------------------------------------------------------------------------- progress and interrupts

RUNS = pytest.mark.parametrize(
    ("run", "options", "said"),
    [
        (skipgate.check, {"engine": "python"}, skipgate.Progress),
        (skipgate.prove, {}, str),
        (skipgate.simulate, {"engine": "python", "seed": 1, "walks": 100}, skipgate.SimulationProgress),
    ],
)


@RUNS
def test_progress_is_reported(run: Callable[..., Any], options: dict[str, Any], said: type) -> None:
    heard: list[object] = []
    run(DIE_HARD, progress=heard.append, **options)
    assert heard and all(isinstance(each, said) for each in heard)


@RUNS
def test_what_the_callers_function_raises_gets_out_as_it_is(
    run: Callable[..., Any], options: dict[str, Any], said: type
) -> None:
    def enough(_: object) -> None:
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        run(DIE_HARD, progress=enough, **options)


@RUNS
def test_ctrl_c_is_a_keyboard_interrupt_with_what_was_found(
    run: Callable[..., Any], options: dict[str, Any], said: type
) -> None:
    with pytest.raises(KeyboardInterrupt) as caught:
        run(DIE_HARD, progress=lambda _: signal.raise_signal(signal.SIGINT), **options)
    assert isinstance(caught.value, skipgate.Interrupted)
    found = caught.value.result
    result = found if run is skipgate.simulate else found["puzzle"]
    assert result.stopped == "interrupted"
    assert result.properties["NotSolved"].verdict in ("unknown", "violation")


def test_an_error_of_ours_is_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("skipgate.checker.checks.files.run_check", fail)
    with pytest.raises(skipgate.InternalError, match="ZeroDivisionError: by zero") as caught:
        skipgate.check(DIE_HARD)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_expression_that_is_nested_too_deeply_is_an_error_of_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("skipgate.checker.checks.files.run_check", fail)
    with pytest.raises(skipgate.InputError, match="nested too deeply"):
        skipgate.check(DIE_HARD)


# ------------------------------------------------------------------------------------------------------- reports


def test_a_report_has_what_is_not_as_expected(counter: Path) -> None:
    assert skipgate.report(skipgate.check(counter)) == ""
    counter.write_text(COUNTER.replace("check small expect violation of Small", "check small expect holds"))
    result = skipgate.check(counter)
    assert not result.as_expected
    assert "check small: `Small` is violated, which is not expected" in skipgate.report(result)
    assert "invariant Small is violated in state 3" in skipgate.report(result["small"])


def test_a_report_says_what_is_unknown(counter: Path) -> None:
    result = skipgate.check(counter, max_states=1)
    assert skipgate.report(result).startswith("check small: unknown: ")
