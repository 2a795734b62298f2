"""`skipgate lint`: what it says about planted slips, and about what is meant as it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from skipgate.app.reports.lint import SCHEMA_FILE
from skipgate.base.exits import Exit
from skipgate.checker.smt.discharging import guards
from skipgate.checker.smt.encoding.solving import NoAnswer
from skipgate.cli.main import cli
from tests.printed import unbroken

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKIPGATE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Lints a model given as text."""
    monkeypatch.chdir(tmp_path)

    def run(text: str, *options: str) -> Result:
        Path("m.gate").write_text(text, encoding="utf-8")
        return CliRunner().invoke(cli, ["lint", "m.gate", *options])

    return run


@pytest.mark.parametrize(("options", "expected"), [([], "planted.txt"), (["--all"], "planted_all.txt")])
def test_planted_slips_are_named_with_their_places(
    options: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(GOLDEN)
    result = CliRunner().invoke(cli, ["lint", "planted.gate", *options])
    assert result.stdout == (GOLDEN / expected).read_text(encoding="utf-8")
    assert (result.stderr, result.exit_code) == ("", Exit.DIFFERS)
    # From the cache the same is said.
    assert CliRunner().invoke(cli, ["lint", "planted.gate", *options]).stdout == result.stdout


def test_a_model_without_slips(lint) -> None:  # type: ignore[no-untyped-def]
    result = lint(
        "var x : 0..9 = 0  action up when x < 9 then x' = x + 1  terminal when x == 9  check c expect holds\n"
    )
    assert result.exit_code == Exit.OK
    assert result.stdout == (
        "1 of 1 operations that might fail by their form are proved not to\n1 check: nothing to say\n"
    )


def test_an_action_that_is_declared_to_be_unreachable_is_no_slip(lint) -> None:  # type: ignore[no-untyped-def]
    text = "var x : 0..9 = 0  action go then x' = 1  action off when x > 9 then x' = 0\n"
    assert lint(f"{text} check c expect holds").exit_code == Exit.DIFFERS
    declared = lint(f"{text} check c expect holds expect unreachable action off")
    assert (declared.exit_code, declared.stdout) == (Exit.OK, "1 check: nothing to say\n")


SWITCHES = """
const ON : bool
const MOST : nat = 9
var x : 0..9 = 0
action a when ON when x < 9 then x' = x + 1
action b when x - 3 >= MOST then x' = 0
action c when x < MOST then x' = x + 1
terminal when true
check one with ON = true, MOST = 5 expect holds
check two with ON = false expect holds
"""


def test_what_the_constants_of_one_check_switch_off_is_no_slip(lint) -> None:  # type: ignore[no-untyped-def]
    result = lint(SWITCHES, "--all")
    assert result.exit_code == Exit.OK
    assert "note: action `a` can never be taken in some checks (two): `ON` is never true" in result.stdout
    assert "note: action `b` can never be taken in some checks (two): `x - 3 >= MOST` is never true" in result.stdout
    # In check two, where MOST is 9, `x < MOST` is what keeps x in its type: it says something in both.
    assert "warning" not in result.stdout


def test_conditions_are_judged_over_all_checks(lint) -> None:  # type: ignore[no-untyped-def]
    result = lint("""
        const N : nat = 9
        var x : 0..9 = 0
        action a when x <= N when x <= 9 then x' = min(x + 1, 9)
        check one expect holds
        check two with N = 5 expect holds
    """)
    assert "m.gate:4:35: warning: this condition of action `a` says nothing new: the types imply it" in result.stdout
    assert result.stdout.count("warning") == 2  # once above, once in the summary
    assert result.exit_code == Exit.DIFFERS


def test_checks_that_examine_different_properties(lint) -> None:  # type: ignore[no-untyped-def]
    text = """
var x : 0..2 = 0
action up when x < 2 then x' = x + 1
invariant Small x <= 2
invariant Below x < 2
cover High x == 2
check all expect violation of Below
check one examine Below expect violation of Below
check nothing examine deadlock expect deadlock
"""
    result = lint(text)
    assert (result.exit_code, result.stdout.count("says nothing")) == (1, 1), result.output
    assert "m.gate:4:1: warning: `Small` says nothing: it is true of all values of the types" in result.stdout


def test_what_implies_a_condition_is_named(lint) -> None:  # type: ignore[no-untyped-def]
    result = lint(
        "var x : 0..9 = 0  var y : 0..9 = 0\n"
        "action a when x > y when y > 3 when x > 4 when x < 7 then x' = 0  check c expect holds\n"
    )
    assert "says nothing new: `x > y` and `y > 3` imply it" in result.stdout


def test_a_parameter_without_bounds_is_an_error_where_everything_else_is_bounded(lint) -> None:  # type: ignore[no-untyped-def]
    bounded = lint("var x : 0..9 = 0  action a(k in nat) when k > x then x' = 0  check c expect holds")
    assert "error: `k` is any nat, and no condition of `a` bounds it from above" in bounded.stdout
    assert bounded.exit_code == Exit.DIFFERS
    unbounded = lint("var x : nat = 0  action a(k in nat) when k > x then x' = k  check c expect holds")
    assert (unbounded.exit_code, unbounded.stdout) == (Exit.OK, "1 check: nothing to say\n")


def test_several_files_and_faulty_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("lib.gate").write_text("var x : 0..9 = 0  action a when x <= 9 then x' = x\n")
    for name in ("a", "b"):
        Path(f"{name}.gate").write_text(f'import "lib.gate"  check {name} expect holds\n')
    result = CliRunner().invoke(cli, ["lint", "."])
    assert result.stdout.count("lib.gate:1:33: warning") == 1  # the two files share it
    assert "2 checks: 1 warning" in result.stdout
    Path("c.gate").write_text("var\n")
    result = CliRunner().invoke(cli, ["lint", "."])
    assert result.exit_code == Exit.USAGE
    assert "c.gate:1:" in result.stderr
    assert "2 checks: 1 warning" in result.stdout
    result = CliRunner().invoke(cli, ["lint", "lib.gate"])
    assert result.exit_code == Exit.USAGE
    assert "there is no `check` in lib.gate, so its constants have no values" in result.stderr


def test_a_second_run_loads_no_solver() -> None:
    program = (
        "import sys\nfrom click.testing import CliRunner\nfrom skipgate.cli.main import cli\n"
        "CliRunner().invoke(cli, ['lint', '--all', 'tests/checker/smt/golden/planted.gate'])\n"
        "print('z3' in sys.modules)\n"
    )
    loaded = [
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert loaded == ["True\n", "False\n"]


def test_check_says_why_an_action_is_never_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("m.gate").write_text(
        "var x : 0..9 = 3  action go when x < 9 then x' = x + 1  terminal when x == 9\n"
        "action never(k in 1..x) when k > 5 when x < 4 then x' = 0  action later when x < 3 then x' = 0\n"
        "check c expect holds\n"
    )
    result = CliRunner().invoke(cli, ["check", "m.gate"])
    said = unbroken(result.stdout).splitlines()
    never = "m.gate: action `never` is never taken in any check of this file"
    assert f"{never}: `k > 5` and `x < 4` exclude each other" in said
    assert "m.gate: action `later` is never taken in any check of this file" in said
    assert "run-time tests: 1 of 1 left out, proved never to fail" in result.stdout


UNBOUNDED = "var x : int = 0  action up then x' = x + 1  invariant I x != -1  check c expect holds\n"


def test_what_was_not_examined_is_said(lint) -> None:  # type: ignore[no-untyped-def]
    result = lint(UNBOUNDED)
    assert result.exit_code == Exit.OK
    said = "m.gate: not examined: whether `I` say nothing (there are variables without bounds)"
    assert said in unbroken(result.stdout).splitlines()


def test_what_the_solver_did_not_decide_is_said(lint, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    text = (
        "var x : 0..9 = 0  action up when x < 8 when x < 9 then x' = x + 1  terminal when x > 7  check c expect holds\n"
    )
    assert "says nothing new" in lint(text).stdout

    def undecided(*_: object) -> bool:
        raise NoAnswer("the time limit was reached")

    monkeypatch.setattr(guards, "satisfiable", undecided)
    monkeypatch.setattr(guards, "_KNOWN", {})
    changed = text.replace("0..9 = 0", "0..9 = 1")
    for _ in range(2):  # the second time from the cache
        result = lint(changed.replace("x < 8", "x < 7"))
        assert "says nothing new" not in result.stdout
        said = "m.gate: not examined: all conditions of `up` (the solver did not decide it in time)"
        assert said in unbroken(result.stdout).splitlines()


def test_a_file_without_checks_was_not_looked_at(lint, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "used.gate").write_text("def two = 2\n")
    (tmp_path / "alone.gate").write_text("var y : 0..1 = 0\n")
    (tmp_path / "m.gate").write_text(f'import "used.gate"\n{UNBOUNDED}')
    result = CliRunner().invoke(cli, ["lint", "."])
    lines = [line for line in unbroken(result.stdout).splitlines() if "not examined: any of it" in line]
    assert lines == ["alone.gate: not examined: any of it (it has no check, so its constants have no values)"]


def test_json_is_as_its_schema_says(lint, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    schema = json.loads(SCHEMA_FILE.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    (tmp_path / "wrong.gate").write_text("var x : 0..y = 0\ncheck c expect holds\n")
    (tmp_path / "m.gate").write_text(UNBOUNDED + "action never when x < 0 when x > 0 then x' = 0\n")
    result = CliRunner().invoke(cli, ["lint", "--format", "json", "m.gate", "wrong.gate"])
    assert result.exit_code == Exit.USAGE
    document = json.loads(result.stdout)
    jsonschema.Draft202012Validator(schema).validate(document)
    (finding,) = (each for each in document["findings"] if not each["minor"])
    assert (finding["level"], finding["file"], finding["line"]) == ("error", "m.gate", 2)
    assert document["unexamined"][0]["why"] == "there are variables without bounds"
    assert [(each["file"], each["line"], each["column"]) for each in document["problems"]] == [("wrong.gate", 1, 12)]
