"""What belongs to an anchor by calls: how far, what stops it, which change is noticed, and that it fails closed."""

from __future__ import annotations

import pytest

from skipgate.gate import following
from skipgate.gate.git import GitError
from skipgate.gate.outcome import Outcome
from skipgate.gate.project import open_project
from tests.planted import Mutant, applied
from tests.skipgate.gate.conftest import MODEL, Repository, rules

# The chain of the clock: NextFenced -> nextLocked -> fencedNowMillis -> wall, and reject on the way.
CLOCK = """\
package clock

import "sync/atomic"

type HLC struct{ last, ceiling int }

func (h *HLC) NextFenced() int { return h.nextLocked(true) }

func (h *HLC) Observe(at int) { h.last = max(h.last, at) }

func (h *HLC) nextLocked(fence bool) int {
	now := h.fencedNowMillis(fence)
	reject(now)
	return now + 1
}

func (h *HLC) fencedNowMillis(fence bool) int {
	if fence && wall() > h.ceiling {
		return 0
	}
	return wall()
}

func reject(now int) {}

func wall() int { return 1 }

func unused() int { return 1 }
"""
CLOCK_MODEL = """\
model clock
  anchor "clock/clock.go" :: HLC

var now : 0..3 = 0

def fenced : bool
  anchor "clock/clock.go" :: HLC.NextFenced{clause}
  = now < 3

def spare : bool = now > 3

action next
  anchor "clock/clock.go" :: HLC.Observe with callees
  when fenced
  then now' = now + 1

terminal when now == 3
{more}
check c
  expect holds
"""
PATH = "clock/clock.go"
NOW, WALL, LOCKED = f"{PATH} :: HLC.fencedNowMillis", f"{PATH} :: wall", f"{PATH} :: HLC.nextLocked"


@pytest.fixture
def clock(repo: Repository) -> Repository:
    repo.git("rm", "-q", MODEL)
    repo.write(PATH, CLOCK)
    return repo


def anchored(repo: Repository, clause: str = " with callees", more: str = "") -> None:
    repo.write("models/clock.gate", CLOCK_MODEL.format(clause=clause, more=more))
    repo.commit()


def judged(outcome: Outcome) -> dict[str, str]:
    return {each.drift.key: f"{each.drift.way} {each.drift.kind}: {each.standing}" for each in outcome.judged}


FENCED = ("wall() > h.ceiling", "wall() >= h.ceiling")


def test_a_change_two_calls_down_closes_the_gate_and_names_the_path(clock: Repository) -> None:
    anchored(clock)
    clock.replace(PATH, *FENCED)
    clock.commit()
    outcome = clock.gate()
    assert rules(outcome) == ["drift"]
    (finding,) = outcome.errors
    assert finding.message == f"HLC.NextFenced -> nextLocked -> fencedNowMillis changed ({NOW})"
    assert finding.place is not None and (finding.place.path, finding.place.line) == (PATH, 18)
    assert [place.label for place in finding.related] == ["def fenced"]


@pytest.mark.parametrize(
    ("clause", "noticed"),
    [
        ("", set()),
        (" with callees to depth 1", {LOCKED}),
        (" with callees to depth 2", {LOCKED, NOW, f"{PATH} :: reject"}),
        (" with callees to depth 3", {LOCKED, NOW, f"{PATH} :: reject", WALL}),
        (" with callees", {LOCKED, NOW, f"{PATH} :: reject", WALL}),
    ],
)
def test_the_depth_is_that_of_the_anchor(clock: Repository, clause: str, noticed: set[str]) -> None:
    anchored(clock, clause)
    clock.replace(PATH, *FENCED)
    clock.replace(PATH, "return now + 1", "return now + 2")
    clock.replace(PATH, "reject(now int) {}", "reject(now int) { return }")
    clock.write(PATH, clock.read(PATH).replace("return 1 }", "return 2 }"))  # wall, and what is not called
    clock.commit()
    assert set(judged(clock.gate())) == noticed


def test_what_is_anchored_or_unmodelled_is_not_followed(clock: Repository) -> None:
    more = f'unmodelled "{PATH}" :: reject, wall "it reads the clock of the machine"\n'
    anchored(clock, more=more)
    clock.write(PATH, clock.read(PATH).replace("return 1 }", "return 2 }"))
    clock.commit()
    assert judged(clock.gate()) == {}
    anchored(clock, more=f'cover Never\n  anchor "{PATH}" :: HLC.nextLocked\n  now == 3\n')
    clock.replace(PATH, *FENCED)
    clock.replace(PATH, "return now + 1", "return now + 2")
    clock.commit()
    assert set(judged(clock.gate())) == {LOCKED}  # whose anchor follows no call


def test_whole_files_can_be_unmodelled(clock: Repository) -> None:
    anchored(clock, more=f'unmodelled "{PATH}" "all of it"\n')
    clock.replace(PATH, *FENCED)
    clock.commit()
    assert judged(clock.gate()) == {}


def test_an_accepted_callee_opens_the_gate(clock: Repository) -> None:
    anchored(clock)
    clock.replace(PATH, *FENCED)
    clock.commit()
    from skipgate.gate.lock import Acceptance, Lock

    drift = clock.gate().judged[0].drift
    acceptance = Acceptance(NOW, drift.fingerprint, "the bound is the same", "A", "2026-01-01")
    clock.write("anchors.lock", Lock({}, (acceptance,)).text())
    clock.commit()
    outcome = clock.gate("HEAD~2")
    assert judged(outcome)[NOW].endswith("changed: accepted")


# --------------------------------------------------------------------------------------------- it fails closed


def test_a_callee_that_is_gone_closes_the_gate(clock: Repository) -> None:
    anchored(clock)
    clock.write(PATH, clock.read(PATH).replace("	reject(now)\n", "").replace("func reject(now int) {}\n\n", ""))
    clock.commit()
    found = judged(clock.gate())
    assert found[f"{PATH} :: reject"] == "HLC.NextFenced -> nextLocked -> reject removed: open"
    assert LOCKED in found


def test_a_callee_in_a_deleted_file_closes_the_gate(clock: Repository) -> None:
    clock.write(PATH, CLOCK.replace("func wall() int { return 1 }\n", ""))
    clock.write("clock/wall.go", "package clock\n\nfunc wall() int { return 1 }\n")
    anchored(clock)
    clock.git("rm", "-q", "clock/wall.go")
    clock.commit()
    assert judged(clock.gate()) == {
        "clock/wall.go :: wall": "HLC.NextFenced -> nextLocked -> fencedNowMillis -> wall removed: open"
    }


def test_a_callee_that_moved_to_another_file_is_the_same(clock: Repository) -> None:
    anchored(clock)
    clock.write(PATH, CLOCK.replace("func wall() int { return 1 }\n", ""))
    clock.write("clock/wall.go", "package clock\n\nfunc wall() int { return 1 }\n")
    clock.commit()
    outcome = clock.gate()
    assert outcome.passed
    assert [each.standing for each in outcome.judged] == ["same code"]


def test_a_file_that_does_not_parse_any_more_closes_the_gate(clock: Repository) -> None:
    anchored(clock)
    clock.replace(PATH, "if fence && wall()", "if fence && (wall()")
    clock.commit()
    assert not clock.gate().passed


def test_what_could_be_called_counts_as_called(clock: Repository) -> None:
    """The type of `x` is not written anywhere: either method may be meant, and a change of either is noticed."""
    other = "package clock\n\ntype A struct{}\n\ntype B struct{}\n\nfunc (A) Hit() { deep() }\n\nfunc (B) Hit() {}\n\n"
    clock.write("clock/other.go", other + "func deep() {}\n")
    clock.write(
        PATH, CLOCK.replace("reject(now int) {}", "reject(now int) { var p atomic.Pointer[A]; p.Load().Hit() }")
    )
    anchored(clock)
    clock.replace("clock/other.go", "func (B) Hit() {}", "func (B) Hit() { return }")
    clock.replace("clock/other.go", "func deep() {}", "func deep() { return }")  # which is not followed from there
    clock.commit()
    assert judged(clock.gate()) == {
        "clock/other.go :: B.Hit": "HLC.NextFenced -> nextLocked -> reject -> B.Hit changed: open"
    }
    project = open_project(clock.root, [clock.root / "models"], "HEAD")
    assert [call.text for call in project.following.unknown] == ["p.Load().Hit"]
    assert project.git is not None
    project.git.close()


def test_a_file_that_this_clone_does_not_have_is_no_file_without_calls(clock: Repository) -> None:
    clock.write("clock/other.go", "package clock\n\nfunc other() {}\n")
    anchored(clock)
    clock.replace(PATH, *FENCED)
    clock.commit()
    blob = clock.git("rev-parse", "HEAD:clock/other.go")
    (clock.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(GitError, match="is not in this clone"):
        clock.gate()


def test_a_callee_of_what_a_glob_names_is_followed(clock: Repository) -> None:
    """Of `clock/*` no language is known."""
    anchored(clock, more='cover Never\n  anchor "clock/c*" with callees\n  now == 3\n')
    clock.write("other/other.go", "package other\n\nfunc F() {}\n")
    clock.write("go.mod", "module example.org/m\n")
    body = CLOCK.replace('import "sync/atomic"', 'import "example.org/m/other"').replace(
        "now int) {}", "now int) { other.F() }"
    )
    clock.write(PATH, body)
    clock.write("models/clock.gate", clock.read("models/clock.gate").replace(" with callees\n  = now", "\n  = now"))
    clock.write("models/clock.gate", clock.read("models/clock.gate").replace("HLC.Observe with callees", "HLC.Observe"))
    clock.commit()
    clock.replace("other/other.go", "F() {}", "F() { return }")
    clock.commit()
    assert judged(clock.gate()) == {"other/other.go :: F": f"{PATH} -> F changed: open"}


def test_a_callee_with_two_bodies_in_a_file_cannot_be_compared(clock: Repository) -> None:
    clock.write(PATH, CLOCK + "\nfunc wall() int { return 2 }\n")
    anchored(clock)
    clock.replace(PATH, "return 2 }", "return 3 }")
    clock.commit()
    assert judged(clock.gate())[WALL].endswith("wall unreadable: open")


# -------------------------------------------------------------------------- which change of a model is an answer


def answered(clock: Repository, old: str, new: str) -> bool:
    anchored(clock)
    clock.replace(PATH, *FENCED)
    clock.replace("models/clock.gate", old, new)
    clock.commit()
    return {each.standing for each in clock.gate().judged} == {"specification changed"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("terminal", "def rubber_stamp : bool = true\n\nterminal"),  # of no use to anybody
        ("def spare : bool = now > 3", "def spare : bool = now > 2"),  # nobody reads it
        ("then now' = now + 1", "then now' = 1 + now"),  # it is anchored elsewhere
        ("terminal when now == 3", "terminal when now >= 3"),
        ("check c\n", "check d\n  expect holds\n\ncheck c\n"),
        ("terminal", f'def stamp : bool\n  anchor "{PATH}" :: HLC.NextFenced\n  = true\n\nterminal'),
    ],
)
def test_a_change_that_does_not_reach_the_anchored_element_is_no_answer(clock: Repository, old: str, new: str) -> None:
    assert not answered(clock, old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  = now < 3", "  = 3 > now"),
        ("var now : 0..3 = 0", "var now : 0..4 = 0"),  # which it reads
        ("  = now < 3", "  = now <= 2"),
    ],
)
def test_a_change_of_the_anchored_element_or_of_what_it_reads_is_one(clock: Repository, old: str, new: str) -> None:
    assert answered(clock, old, new)


def test_new_values_of_a_constant_reach_what_reads_it(repo: Repository) -> None:
    from tests.skipgate.gate.conftest import RESTART

    for check, open_ in (("with floor_is_have = true", False), ("expect holds", True)):
        repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
        repo.replace(MODEL, "check now\n", f"check another\n  {check}\n\ncheck now\n")
        repo.commit()
        standings = {each.standing for each in repo.gate().judged}
        assert standings == ({"open"} if open_ else {"specification changed"})
        repo.git("revert", "--no-edit", "HEAD")


def test_a_renamed_declaration_with_the_same_anchor_is_an_answer(clock: Repository) -> None:
    anchored(clock)
    clock.replace(PATH, *FENCED)
    text = clock.read("models/clock.gate")
    clock.write("models/clock.gate", text.replace("def fenced", "def allowed").replace("when fenced", "when allowed"))
    clock.commit()
    assert {each.standing for each in clock.gate().judged} == {"specification changed"}


# ------------------------------------------------------------------------------------------ which checks are run


CHECKS = """\
model two
  anchor "engine/restart.go" :: Engine

const N : nat = 2
const M : nat = 3

var x : 0..9 = 0

action up
  when x < N
  then x' = x + 1

terminal when x == N

invariant Low
  x <= M

check small
  expect holds states 3

check large
  with N = 4
  expect violation of Low

check tagged
  tag nightly
  with N = 5
  expect violation of Low
"""


@pytest.mark.parametrize(
    ("old", "new", "run"),
    [
        ("with N = 4", "with N = 5", ["large"]),
        ("const N : nat = 2", "const N : nat = 1", ["small"]),
        ("expect holds states 3", "expect holds states 4", ["small"]),
        ("x <= M", "not (x > M)", ["small", "large"]),
        ("x <= M", "M >= x # the same", ["small", "large"]),
        ("model two", "# a comment\nmodel two", []),
        ("const N : nat = 2", "const N : nat = 1 + 1", []),
        ("action up", 'action up "one more"', []),
        ("check small", "def unused : nat = 3\n\ncheck small", []),
        ("with N = 5", "with N = 6", []),  # it has a tag
        ("check small", "check new expect holds\ncheck small", ["new"]),
    ],
)
def test_only_checks_whose_model_or_expectation_differs_are_run(
    repo: Repository, old: str, new: str, run: list[str]
) -> None:
    repo.write("models/two.gate", CHECKS)
    repo.commit()
    repo.replace("models/two.gate", old, new)
    repo.commit()
    outcome = repo.gate()
    checks = [] if outcome.suite is None else [result.check for result in outcome.suite.checks]
    assert checks == run
    assert outcome.checked == (["models/two.gate"] if run else [])
    everything = repo.gate(every_check=True)
    assert everything.suite is not None and len(everything.suite.checks) >= 4


# --------------------------------------------------------------------------------------------------------- faults


FAULTS = [
    ("depths are not heeded", following._walk, "if len(path) <= deepest else Callees()", ""),
    ("what is unmodelled is followed", following.Unmodelled.__contains__, "symbol.key in self._symbols", "False"),
    ("what is anchored is followed", following._walk, "and not belongs(callee, anchored)", ""),
    ("what could be called is not", following._walk, "for callee in call.candidates]", "for callee in ()]"),
]


@pytest.mark.parametrize(("what", "function", "old", "new"), FAULTS)
def test_a_planted_fault_is_noticed(clock: Repository, what: str, function: object, old: str, new: str) -> None:
    def everything(seed: int) -> None:
        for check in (
            lambda: test_what_is_anchored_or_unmodelled_is_not_followed(clock),
            lambda: test_the_depth_is_that_of_the_anchor(clock, " with callees to depth 1", {LOCKED}),
            lambda: test_what_could_be_called_counts_as_called(clock),
        ):
            clock.write(PATH, CLOCK)
            clock.commit()
            check()

    everything(0)
    with applied(Mutant(what, function, old, new, everything)), pytest.raises((AssertionError, IndexError)):
        everything(0)
