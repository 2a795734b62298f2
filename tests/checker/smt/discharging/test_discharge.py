"""Operations that are not tested at run time: that nothing changes by it, and what is proved of which guard."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.core import terms as t
from skipgate.checker.core.model import Model
from skipgate.checker.core.result import FileResult
from skipgate.checker.kernel.kernels import Kernels, generate
from skipgate.checker.kernel.layout import lay_out
from skipgate.checker.search.limits import Budget
from skipgate.checker.smt.discharging import discharge, guards, memory, obligations, tautologies
from skipgate.checker.smt.discharging.discharge import GuardFacts, always_true, guard_facts, needless_tests
from skipgate.checker.smt.discharging.sites import failure, sites
from skipgate.checker.smt.encoding.solving import Deadline, NoAnswer
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.passes import read
from tests import effort
from tests.checker.random_models import model_text, random_value
from tests.checker.smt.specs import model_of

ROOT = Path(__file__).parents[4]
SHIPPED = [
    path
    for path in sorted(ROOT.glob("models/**/*.gate"))
    if re.search(r"^check ", path.read_text(encoding="utf-8"), re.MULTILINE) and "unbounded" not in path.stem
]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("SKIPGATE_CACHE", str(folder))
    return folder


def spared(text: str) -> list[str]:
    """The operations of a model that are not tested at run time, as they are written."""
    model = model_of(text)
    return texts(generate(model, lay_out(model), needless_tests(model)).tests.spared)


def remaining(text: str) -> list[str]:
    model = model_of(text)
    return texts(generate(model, lay_out(model), needless_tests(model)).tests.written)


def texts(terms: set[t.Term]) -> list[str]:
    return sorted(term.span.flat for term in terms)


# ------------------------------------------------------------------------------------------------- what is proved

DECLARATIONS = """
    var x : 0..9 = 0
    var y : 0..9 = 0
    var s : seq[4] of 0..9 = []
    var o : option of 0..9 = none
"""


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ("when x < 9 then x' = x + 1", ["x + 1"]),
        ("then x' = x + 1", []),
        ("when x <= 9 then x' = x + 1", []),
        ("when x + y < 9 and y > 0 then x' = x + y  y' = y - 1", ["x + y", "y - 1"]),
        ("when o != none then x' = get(o)", ["get(o)"]),
        ("then x' = get(o)", []),
        ("when o != none let v = get(o) then x' = v", ["get(o)"]),
        ("let v = get(o) when o != none then x' = v", []),  # where the `let` stands, nothing is known yet
        ("when x < len(s) and s[x + 1] > 3 then x' = 0", ["s[x + 1]"]),
        ("when s[x + 1] > 3 and x < len(s) then x' = 0", []),
        ("when x < len(s) then x' = s[x + 1]", ["s[x + 1]"]),
        ("when len(s) < 4 then s' = s + [x]", ["s + [x]"]),
        ("when x > 0 or y > 0 then x' = 9 div (x + y)", ["9 div (x + y)"]),
        ("when (exists i in 1..len(s): s[i] == 3) then x' = 1", ["s[i]"]),
        ("when s != [] then x' = (max i in 1..len(s): s[i])", ["(max i in 1..len(s): s[i])", "s[i]"]),
        ("then x' = if x > 3 then x - 3 else x + 3", ["if x > 3 then x - 3 else x + 3"]),
        ("when x == 12 - y and y in {3, 4} then x' = x - 8", ["x - 8"]),
    ],
)
def test_what_the_guard_implies_is_not_tested(clauses: str, expected: list[str]) -> None:
    assert spared(f"{DECLARATIONS} action a {clauses}  check c expect holds") == [
        text.strip("()") if text.startswith("(") else text for text in expected
    ]


def test_only_types_count_not_what_can_be_reached() -> None:
    # x is never anything but 0 or 1; but that is no matter of types.
    text = "var x : 0..9 = 0  action flip when x != 1 then x' = x + 1  action flop when x == 1 then x' = 0\n"
    assert spared(f"{text} check c expect holds") == []


def test_properties_are_proved_as_well() -> None:
    text = f"""{DECLARATIONS}
        action go then x' = y
        invariant I x < len(s) => s[x + 1] >= 0
        invariant J s[x + 1] >= 0
        transition T x' > 0 and x' <= len(s) => s[x'] >= 0
        cover C o != none and get(o) > 3
        terminal when x > 0 and 9 div x == 3
        constraint K x == 0 or 9 div x > 0
        check c expect holds
    """
    assert spared(text) == ["9 div x", "9 div x", "get(o)", "s[x + 1]", "s[x']"]
    assert remaining(text) == ["s[x + 1]"]


# -------------------------------------------------------------------------------------------- that nothing changes


def without_times(result: FileResult) -> FileResult:
    same = {"seconds": 0.0, "discharged": 0, "tested": 0}
    return replace(result, checks=tuple(replace(check, **same) for check in result.checks))  # type: ignore[arg-type]


# What is new in them is tested by random models too, and each takes seconds. Of the others, one check is looked at.
LARGE = {
    "batches",
    "cold_start",
    "encrypted",
    "etcd_raft",
    "groups",
    "install",
    "lease_reads",
    "members",
    "nosync",
    "observer",
    "other_kinds",
    "rebuilt",
    "repaired",
    "revisions",
    "snapshots",
    "stale_members",
}


@pytest.mark.differential
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=path.stem, marks=[pytest.mark.slow] * (path.stem in LARGE)) for path in SHIPPED],
)
def test_shipped_models_give_the_same_results(path: Path) -> None:
    first = next(check.name.text for check in read(path).checks if not check.tags)
    give_the_same_results(path, 30_000 if path.stem in LARGE else 5_000, only=first)


# Minutes, for the guards that only other constants make needless.
@pytest.mark.slow
@pytest.mark.differential
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_all_checks_of_shipped_models_give_the_same_results(path: Path) -> None:
    give_the_same_results(path, 30_000)


def give_the_same_results(path: Path, most_states: int, only: str | None = None) -> None:
    options = RunOptions(budget=Budget(most_states), engine="python")
    plain = check_file(path, replace(options, discharge=False), only=only)
    assert without_times(check_file(path, options, only=only)) == without_times(plain)


def both(model: Model) -> tuple[Kernels, Kernels]:
    layout = lay_out(model)
    return generate(model, layout), generate(model, layout, needless_tests(model))


def calls(kernels: Kernels, now: tuple[int, ...], after: tuple[int, ...]) -> Iterator[object]:
    """What every function of the kernels says about a state and a step, be they reachable or not."""
    out = [0] * kernels.room
    for name in ("expand", "check", "witness"):
        count = kernels.functions[name](now, out)
        yield name, entries(kernels, out[:count]) if name == "expand" else out[:count]
    for name in ("check_step", "witness_step"):
        count = kernels.functions[name](now, after, out)
        yield name, out[:count]
    for name in ("inside", "terminal"):
        yield name, kernels.functions[name](now)


def entries(kernels: Kernels, out: list[int]) -> list[list[int]]:
    """What `expand` wrote, without the words of no meaning after an error."""
    rows = [out[i : i + kernels.entry] for i in range(0, len(out), kernels.entry)]
    return [row if row[0] >= 0 else row[:1] for row in rows]


@pytest.mark.differential
@pytest.mark.parametrize("seed", effort.few(range(60), 30))
def test_kernels_say_the_same_about_every_state(seed: int) -> None:
    rng = Random(seed)
    try:
        model = model_of(model_text(rng))
        plain, lean = both(model)
    except SpecError:
        return
    if not lean.tests.spared:
        return  # there is nothing to compare
    for _ in range(40):
        now, after = (plain.layout.pack({v.name: random_value(rng, v.type) for v in model.variables}) for _ in range(2))
        assert list(calls(lean, now, after)) == list(calls(plain, now, after))


UNSAFE = """
    var x : 0..3 = 0
    var s : seq[2] of 1..3 = [2]
    action up then x' = x + 1
    action read when s[x + 1] == 2 then x' = 0
    check c expect holds
"""


def test_an_unsound_proof_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_of(UNSAFE)
    plain = generate(model, lay_out(model))
    planted = generate(model, lay_out(model), frozenset(sites(model)))
    states = [plain.layout.pack({"x": x, "s": s}) for x in range(4) for s in [(), (1,), (2, 3)]]
    assert any(list(calls(planted, s, s)) != list(calls(plain, s, s)) for s in states)


def test_what_cannot_be_proved_in_time_is_tested() -> None:
    body = "s[1 + (count e in 0..9, b in 0..9, c in 0..9, d in 0..9: e + b * x + c < d * x) mod 4] > 3"
    model = model_of(f"{DECLARATIONS} action a when len(s) == 4 and {body} then x' = 0  check c expect holds")
    with effort.at_most(3):
        assert not needless_tests(model, seconds=0.2)


# ---------------------------------------------------------------------------------------------------------- guards


def facts(clauses: str) -> tuple[list[str] | None, list[str]]:
    model = model_of(f"{DECLARATIONS} action a {clauses}  check c expect holds")
    (found,) = guard_facts(model)
    conflict = None if found.conflict is None else [term.span.flat for term in found.conflict]
    return conflict, [term.span.flat for term, _ in found.redundant]


@pytest.mark.parametrize(
    ("clauses", "conflict"),
    [
        ("when x > 3 then x' = 0", None),
        ("when x > 9 then x' = 0", ["x > 9"]),
        ("when x > 5 and y > 2 when x < 3 then x' = 0", ["x > 5", "x < 3"]),
        ("when x > y when y > 3 when x < 4 then x' = 0", ["x > y", "y > 3", "x < 4"]),
        ("(k in 1..x, l in k + 9..x) when y == 3 then x' = 0", []),
        ("(k in 1..x) when k > 5 when x < 4 then x' = 0", ["k > 5", "x < 4"]),
        ("let z = x + y when z > 18 when y != 3 then x' = 0", ["z > 18"]),
        ("when o == none when get(o) == 3 then x' = 0", ["o == none", "get(o) == 3"]),
        ("when s[1] > 3 when len(s) == 0 then x' = 0", ["s[1] > 3", "len(s) == 0"]),
        ("when false then x' = 0", ["false"]),
    ],
)
def test_guards_that_are_never_true(clauses: str, conflict: list[str] | None) -> None:
    assert facts(clauses)[0] == conflict


@pytest.mark.parametrize(
    ("clauses", "redundant"),
    [
        ("when x > 3 when x > 5 then x' = 0", ["x > 3"]),
        ("when x > 3 when y > 3 then x' = 0", []),
        ("when x <= 9 then x' = 0", ["x <= 9"]),
        ("when x > 3 when y < 5 when x > 3 then x' = 0", ["x > 3"]),
        ("when x + y > 17 when x > 7 when y > 7 then x' = 0", ["x > 7", "y > 7"]),
        ("when o != none when get(o) > 3 then x' = 0", []),  # without the first, the second has no value
        ("when o != none when o > some(3) then x' = 0", ["o != none"]),
        ("when x < len(s) when s[x + 1] > 3 then x' = 0", []),
        ("(k in 1..5) when k < 7 then x' = k", ["k < 7"]),
        ("let big = x > 4 when big when x > 2 then x' = 0", ["x > 2"]),
        ("when true then x' = 0", []),  # a switch that is on
    ],
)
def test_conditions_that_say_nothing_new(clauses: str, redundant: list[str]) -> None:
    assert facts(clauses) == (None, redundant)


# ------------------------------------------------------------------------------------------------------ parameters


def test_parameters_over_all_numbers_are_enumerated_within_their_proved_bounds(tmp_path: Path) -> None:
    path = tmp_path / "numbers.gate"
    path.write_text("""
        const N : nat = 3
        var x : 0..9 = 5
        var s : seq[N] of 0..9 = []
        action push(v in int) "push {v}" when v * 2 > 3 when v < x when len(s) < N then s' = s + [v]
        action pick(i in nat, j in nat) when i < len(s) when j == i + 1 then x' = s[j]
        terminal when true
        invariant Small x != 3
        check c expect violation of Small
        check d with N = 1 expect violation of Small
    """)
    result = check_file(path)
    assert result.as_expected, result
    trace = result.checks[0].properties["Small"].trace
    assert trace is not None
    assert [(s.action, s.arguments) for s in trace.steps[1:]] == [
        ("push", (("v", 3),)),
        ("pick", (("i", 0), ("j", 1))),
    ]
    bounded = path.read_text().replace("v in int", "v in 2..8").replace("i in nat, j in nat", "i in 0..2, j in 1..3")
    (tmp_path / "bounded.gate").write_text(bounded)
    assert check_file(tmp_path / "bounded.gate").checks[0].generated == result.checks[0].generated


def test_a_parameter_without_bounds_names_the_condition_that_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "numbers.gate"
    path.write_text("var x : 0..9 = 5  action go(k in nat, l in int) when k > x when l < k then x' = 0\n"
                    "check c expect holds\n")  # fmt: skip
    with pytest.raises(SpecError) as refused:
        check_file(path)
    above, both_sides = refused.value.diagnostics
    assert above.message == "`k` is any nat, and no condition of `go` bounds it from above"
    assert above.hint == "add one such as `when k <= ...`, or let `k` range over `a..b`"
    assert both_sides.message == "`l` is any int, and no condition of `go` bounds it from below or above"


def test_an_error_beyond_the_bounds_of_a_guard_counts(tmp_path: Path) -> None:
    path = tmp_path / "numbers.gate"
    path.write_text("var s : seq[3] of 0..9 = [1]  action go(k in nat) when s[k + 1] > 0 and k < 2 then s' = s\n"
                    "check c expect holds\n")  # fmt: skip
    with pytest.raises(SpecError, match="bounds it from above"):  # s[k + 1] has no value for k = 3, 4, ...
        check_file(path)


# ----------------------------------------------------------------------------------------------------------- cache

GUARDED = "var x : 0..9 = 0  action up when x < 9 then x' = x + 1  terminal when x == 9  check c expect holds\n"


def test_a_second_run_of_the_same_model_loads_no_solver(tmp_path: Path) -> None:
    path = tmp_path / "m.gate"
    path.write_text(GUARDED)

    def run() -> tuple[str, bool]:
        program = (
            "import sys\nfrom skipgate.checker.checks.files import check_file\n"
            f"result = check_file({str(path)!r})\n"
            "print(result.checks[0].discharged, result.checks[0].tested, 'z3' in sys.modules)\n"
        )
        done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
        counts, loaded = done.stdout.rsplit(maxsplit=1)
        return counts, loaded == "True"

    assert run() == ("1 0", True)
    assert run() == ("1 0", False)
    path.write_text(f"# The same in other words.\n{GUARDED.replace('x < 9', 'x    < 9')}")
    assert run() == ("1 0", False)
    path.write_text(GUARDED.replace("x < 9", "x <= 8"))
    assert run() == ("1 0", True)


@pytest.mark.parametrize(
    "damage",
    ["", "{", "null", "[]", '{"sum": "", "answer": [0]}', '{"answer": [0]}', "\ud800", '{"sum": 1, "answer": null}'],
)
def test_damaged_files_are_ignored(cache: Path, damage: str) -> None:
    model = model_of(GUARDED)
    assert len(needless_tests(model)) == 1
    (stored,) = cache.glob("proof-*.json")
    stored.write_bytes(damage.encode("utf-8", "surrogatepass"))
    assert discharge.known_tests(model) is None
    assert len(needless_tests(model)) == 1
    assert discharge.known_tests(model) is not None


def test_numbers_that_fit_no_site_are_ignored(cache: Path) -> None:
    model = model_of(GUARDED)
    for wrong in ([7], [-1], [0, "1"], [True], "0", {"0": 1}):
        memory.keep("tests", model, wrong)
        assert discharge.known_tests(model) is None
    for wrong in ([], [[]], [[[9], [], True]], [[None, [[0]], True]], [[None, [[9, []]], True]], [[None, []]], [{}]):
        memory.keep("guards", model, wrong)
        assert guard_facts(model) == (GuardFacts(None, ()),)


def test_without_a_cache_folder_everything_is_proved_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKIPGATE_CACHE", "")
    model = model_of(GUARDED)
    assert len(needless_tests(model)) == 1
    assert discharge.known_tests(model) is None


def test_old_answers_make_room(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_MOST_FILES", 6)
    monkeypatch.setattr(memory, "_EVERY", 1)
    for bound in range(20):
        memory.keep("tests", model_of(GUARDED.replace("0..9", f"0..{9 + bound}")), [])
    stored = list(cache.glob("proof-*.json"))
    assert 3 <= len(stored) <= 6
    assert all(json.loads(path.read_text())["answer"] == [] for path in stored)


def test_answers_depend_on_all_code_that_finds_them() -> None:
    """A change of any of it asks Z3 anew."""
    asked = "from skipgate.checker.smt.discharging import examples, guards, memory, obligations, parameters"
    program = f"""{asked}
import sys
loaded = (m for n, m in sys.modules.items() if n.startswith("skipgate.checker.") and m.__file__)
mine = {{str(path) for path in memory.sources()}}
print(*sorted(m.__file__ for m in loaded if not m.__file__.endswith("checker/__init__.py") and m.__file__ not in mine))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_every_kind_of_site_has_a_name() -> None:
    model = model_of(f"""{DECLARATIONS}
        var f : map[1..3] of 0..9 = map k in 1..3: 0
        action a when get(o) > 9 div y or s[x] > f[x] or s[x..y] == [] or (min i in s[1]..9: i) > 3
          then s'[x] = 3  x' = x + y
        check c expect holds
    """)
    assert sorted({failure(term) for term in sites(model)}) == [
        "`get` may meet none",
        "`min` may be of nothing",
        "`x` may be outside 0..9",
        "the divisor may be 0",
        "the key may not be in 1..3",
        "the sequence may have no element of this number",
        "the slice may reach outside the sequence",
    ]


# ------------------------------------------------------------------------------------------------ what was not in time

SLOW = """
var x : 0..9 = 0
var y : 0..9 = 0
action up when x < 9 then x' = x + 1
invariant Square x * x >= 0
check c expect holds
"""


def no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the solver decide nothing in time."""

    def late(_: object, deadline: Deadline, *__: object, **___: object) -> bool:
        deadline.miss()
        raise NoAnswer("the time limit of 0.5 s was reached")

    for module in (guards, obligations, tautologies):
        monkeypatch.setattr(module, "satisfiable", late)


@pytest.mark.parametrize("ask", ["guards", "tests", "claims"])
def test_what_was_not_known_in_time_is_asked_once_more(
    ask: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SKIPGATE_CACHE", str(tmp_path))
    model = model_of(SLOW)
    claims = [p.term for p in model.properties]

    def answer(again: bool) -> object:
        for known in (guards._KNOWN, obligations._KNOWN):  # as in another run
            known.clear()
        match ask:
            case "guards":
                return guard_facts(model)[0].decided
            case "tests":
                return len(needless_tests(model, again=again))
            case _:
                return always_true(model, claims, again=again)

    with monkeypatch.context() as busy:
        no_time(busy)
        late = answer(again=True)
        assert answer(again=False) == late
    assert (answer(again=False) == late) is (ask != "guards")  # a search does not ask once more
    decided = answer(again=True)
    assert decided != late
    no_time(monkeypatch)
    assert answer(again=False) == answer(again=True) == decided  # which is kept
