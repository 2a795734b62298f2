"""A stranger's model must not hold the gate for ever, whatever in it has no end."""

from __future__ import annotations

import time

import pytest

from skipgate.app.options import BatchOptions, TotalTime
from skipgate.base.exits import Exit
from skipgate.checker.checks import running
from skipgate.gate.gate import Request, run_gate
from skipgate.gate.outcome import Outcome
from tests.skipgate.gate.conftest import Repository

CHECKS = "\n".join(f"check c{i} expect holds" for i in range(300))
ENDLESS = {
    "search": "var x : 0..1000000000000 = 0\naction up when x < 1000000000000 then x' = x + 1\n"
    "terminal when x == 1000000000000\ncheck c expect holds\n",
    "proof": "var x : nat = 2\nvar y : nat = 3\naction step(k in nat) when k > 1 then x' = x * x * k + y\n"
    "  y' = y * y * x + k\ninvariant I forall a in 2..100: x * x * x != a * y * y * y + 7\ncheck c expect proved\n",
    "constants": "const N : int = sum k in 0..1000000: k\nvar x : 0..1 = 0\naction flip then x' = 1 - x\n"
    f"invariant I x + N >= x\n{CHECKS}\n",
}


def judged(repo: Repository, text: str, seconds: float) -> Outcome:
    repo.write("models/endless.gate", text)
    repo.commit()
    options = BatchOptions(total=TotalTime.from_now(seconds))
    return run_gate(Request(repo.root, "HEAD^", "HEAD"), options)


@pytest.mark.parametrize("case", ENDLESS)
def test_the_total_time_ends_it(case: str, repo: Repository) -> None:
    outcome = judged(repo, ENDLESS[case], 1.0)
    assert outcome.exit_code is Exit.UNKNOWN, outcome.findings
    told = [finding for finding in outcome.findings if finding.rule == "unknown"]
    assert told and all("the time limit of 1 s for the whole run was reached" in finding.message for finding in told)


def test_a_trace_without_an_end(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object) -> None:
        while True:
            time.sleep(0.01)

    monkeypatch.setattr(running, "build_trace", endless)
    text = "var x : 0..1 = 0\naction flip then x' = 1 - x\ninvariant I x == 0\ncheck c expect holds\n"
    limit, outcome = 1.0, judged(repo, text, 1.0)
    while outcome.exit_code is Exit.UNKNOWN:  # on a slow machine, the limit may be over before there is a trace
        limit *= 2
        outcome = judged(repo, text, limit)
    assert outcome.exit_code is Exit.DIFFERS
    messages = [finding.message for finding in outcome.findings]
    assert "`I` is violated, which is not expected" in messages
    assert "there was no time for the trace of `I` in check `c`" in messages


def test_what_ends_in_time_is_decided(repo: Repository) -> None:
    text = "var x : 0..1 = 0\naction flip then x' = 1 - x\ninvariant I x < 2 - x * 0\ncheck c expect holds\n"
    outcome = judged(repo, text.replace("x < 2 - x * 0", "x == x * x"), 600.0)
    assert outcome.suite is not None and [check.verdict for check in outcome.suite.checks] == ["holds"]
