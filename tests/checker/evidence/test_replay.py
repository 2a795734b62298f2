"""Counterexamples replayed under other checks, held against full searches of those checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.core.contrast import Contrast, Ending
from skipgate.checker.core.model import Model
from skipgate.checker.core.result import DEADLOCK, CheckResult
from skipgate.checker.core.trace import Trace
from skipgate.checker.evidence import replay
from skipgate.checker.evidence.replay import contrast, is_replayable, misfits
from skipgate.checker.evidence.rivals import Rivals
from skipgate.checker.semantics.steps import Transition, is_initial, transitions
from skipgate.spec.passes import read

ROOT = Path(__file__).parents[3]
COLD_START = ROOT / "models" / "cold_start.gate"
EXAMPLES = sorted((ROOT / "tests" / "skipgate" / "cli" / "commands" / "explain").glob("*.gate"))
FILES = [ROOT / "models" / "examples" / "mutual_exclusion.gate", *EXAMPLES]


@cache
def searched(path: Path, only: str | None = None) -> tuple[Rivals, dict[str, CheckResult]]:
    return Rivals(read(path)), {result.check: result for result in check_file(path, only=only).checks}


def counterexamples(path: Path, only: str | None = None) -> Iterator[Trace]:
    _, results = searched(path, only)
    for result in results.values():
        yield from (each.trace for each in result.properties.values() if each.trace is not None)


def pairs(path: Path, only: str | None = None) -> Iterator[tuple[Contrast, Model, CheckResult]]:
    """Every counterexample under every other check of its file that has such states."""
    rivals, results = searched(path, only)
    for trace in counterexamples(path, only):
        for name, result in results.items():
            if name != trace.check and is_replayable(trace, other := rivals.model(name)):
                yield contrast(trace, rivals.model(trace.check), other), other, result


def disagreements(path: Path, only: str | None = None) -> list[str]:
    """Where a contrast says what a search of the same check, or its plain semantics, does not."""
    found = []
    for each, model, result in pairs(path, only):
        place = f"{each.trace.check}/{each.trace.property} in {each.against}"
        verdict = result.properties.get(each.trace.property)
        if verdict is None:
            found += [] if each.ending.verdict == "unknown" else [f"{place}: it is not examined there"]
            continue
        if each.ending.verdict == "violation":
            if verdict.trace is None:
                found.append(f"{place}: violated by the schedule, but not by any behaviour")
            elif each.ending.row is not None and len(verdict.trace) > each.ending.row + 1:
                found.append(f"{place}: violated sooner than a shortest trace says")
        found += [f"{place}: {problem}" for problem in impossible_steps(each, model)]
    return found


def impossible_steps(found: Contrast, model: Model) -> Iterator[str]:
    """The steps on the right that are none, and the refusals of steps that there are."""
    before = None
    for number, row in enumerate(found.rows, start=1):
        if before is not None:
            possible = {
                (each.action.name, each.arguments): each.state
                for each in transitions(model, before.state)
                if isinstance(each, Transition)
            }
            if row.right is not None and possible.get((row.right.action or "", row.right.arguments)) != row.right.state:
                yield f"step {number} is impossible"
            if row.relation == "refused" and (row.left.action, row.left.arguments) in possible:
                yield f"step {number} is refused but possible"
        elif row.right is not None and not is_initial(model, row.right.state):
            yield "the first state is not initial"
        before = row.right or before


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_contrasts_agree_with_searches(path: Path) -> None:
    assert list(pairs(path))
    assert disagreements(path) == []


def test_contrasts_of_the_cold_start_agree_with_searches() -> None:
    assert disagreements(COLD_START, "v[0-3]") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("takes what is not enabled", lambda action, state, arguments: force(action, state, arguments)),
        ("refuses everything", lambda *_: None),
    ],
)
def test_a_wrong_replay_would_be_noticed(old: str, new: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control."""
    monkeypatch.setattr(replay, "action_transition", new)
    monkeypatch.setattr(replay._Replay, "refusal", lambda *_: None)
    assert disagreements(ROOT / "tests/skipgate/cli/commands/explain/nothing.gate"), old


@pytest.mark.parametrize(
    ("name", "fault", "answer"),
    [
        ("stuttering", "neglected", lambda *_: None),  # all loops are fair
        ("longer_loop", "neglected", lambda *_: None),
        ("longer_loop", "_MOST_ROUNDS", 1),  # a loop that takes two rounds is not found
    ],
)
def test_a_lasso_that_is_judged_wrongly_would_be_noticed(
    name: str, fault: str, answer: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    path = ROOT / f"tests/skipgate/cli/commands/explain/{name}.gate"
    before = [(each.against, each.ending.verdict) for each, _, _ in pairs(path)]
    monkeypatch.setattr(replay, fault, answer)
    assert [(each.against, each.ending.verdict) for each, _, _ in pairs(path)] != before
    if fault == "neglected":
        assert any("not by any behaviour" in problem for problem in disagreements(path))


def force(action: object, state: object, arguments: object) -> Transition | None:
    """The action without its conditions."""
    from skipgate.checker.core.model import Action, LetClause
    from skipgate.checker.semantics.evaluate import EvaluationError
    from skipgate.checker.semantics.steps import action_transition

    assert isinstance(action, Action)
    free = replace(action, clauses=tuple(c for c in action.clauses if isinstance(c, LetClause)))
    try:
        taken = action_transition(free, state, arguments)  # type: ignore[arg-type]
    except EvaluationError:
        return None
    return taken if isinstance(taken, Transition) else None


def test_v4_applies_the_lease_that_v3_drops() -> None:
    rivals, results = searched(COLD_START, "v[0-3]")
    trace = results["v3"].properties["CeilingComplete"].trace
    assert trace is not None
    found = contrast(trace, rivals.model("v3"), rivals.model("v4"))
    assert [each.name for each in found.constants] == ["replay_leases", "set_apply_index_on_replay"]
    # The log is a lease and a datum; after the restart the lease is delivered first: in state 10, to state 11.
    assert found.parting == 10
    row = found.rows[10]
    assert row.relation == "refused"
    assert row.left.action == "drop_duplicate"
    assert row.right is not None
    assert row.right.action == "replay_volatile_duplicate"
    assert row.reason is not None
    assert row.reason.conjunct == "not (replay_leases and log[next].kind == lease)"
    assert ("replay_leases", True) in [(part.text, part.value) for part in row.reason.parts]
    assert found.rows[11].relation == "follows"
    assert found.ending == Ending("holds")


def test_an_identity_that_the_other_check_does_not_have_is_a_misfit(tmp_path: Path) -> None:
    path = tmp_path / "m.gate"
    path.write_text(
        "const N : nat\nsort Node[N]\nvar last : option of Node = none\n"
        "action go(n in Node) when last == none then last' = some(n)\n"
        "invariant Two forall n in Node: last == some(n) => exists m in Node: m != n and last == none\n"
        "terminal when last != none\n"
        "check two with N = 2 expect violation of Two\n"
        "check one with N = 1 expect violation of Two\n".replace("last", "chosen")
    )
    rivals, results = searched(path)
    trace = results["two"].properties["Two"].trace
    assert trace is not None
    assert is_replayable(trace, rivals.model("one"))  # Node1
    second = next(
        step.state
        for step in transitions(rivals.model("two"), trace.steps[0].state)
        if isinstance(step, Transition) and step.arguments != trace.steps[1].arguments
    )
    other = replace(trace, steps=(trace.steps[0], replace(trace.steps[1], state=second)))
    assert [v.name for v in misfits(other, rivals.model("one"))] == ["chosen"]


def test_a_trace_of_a_file_that_has_changed_is_not_replayed() -> None:
    rivals, results = searched(COLD_START, "v[0-3]")
    trace = results["v3"].properties["CeilingComplete"].trace
    assert trace is not None
    steps = (*trace.steps[:-1], replace(trace.steps[-1], action="an_action_of_old"))
    assert not is_replayable(replace(trace, steps=steps), rivals.model("v3"))
    assert not is_replayable(replace(trace, steps=()), rivals.model("v3"))


def test_a_deadlock_on_both_sides_is_said(tmp_path: Path) -> None:
    path = tmp_path / "m.gate"
    path.write_text(
        "const a : bool\nvar x : 0..1 = 0\naction up when x == 0 then x' = 1\n"
        "check one with a = true expect deadlock\ncheck two with a = false expect deadlock\n"
    )
    (first, _, _), (second, _, _) = pairs(path)
    assert first.trace.property == second.trace.property == DEADLOCK
    assert first.parting is second.parting is None
    assert first.ending == second.ending == Ending("violation", 1)


def test_what_cannot_be_tried_out_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With parameters without bounds, or too many choices of them."""
    monkeypatch.setattr(replay, "_MOST_CHOICES", 0)
    rivals, results = searched(EXAMPLES[[path.stem for path in EXAMPLES].index("deadlock")])
    trace = results["stuck"].properties[DEADLOCK].trace
    assert trace is not None
    assert contrast(trace, rivals.model("stuck"), rivals.model("by_turns")).ending == Ending("unknown", 2)
    rivals, results = searched(EXAMPLES[[path.stem for path in EXAMPLES].index("instead")])
    trace = results["drops"].properties["Complete"].trace
    assert trace is not None
    row = contrast(trace, rivals.model("drops"), rivals.model("applies")).rows[3]
    assert (row.relation, row.right) == ("refused", None)
