"""What explains a counterexample to a liveness property."""

from __future__ import annotations

from pathlib import Path

from skipgate.checker.checks.files import check_file


def test_a_leads_to_is_explained_where_the_behaviour_ends_up(tmp_path: Path) -> None:
    # By hand: the premise is true in state 2, where x = 1; the behaviour stutters in state 4, where x = 3.
    path = tmp_path / "m.gate"
    path.write_text("""
        var x : 0..3 = 0
        fair action up when x < 3 then x' = x + 1
        terminal when x == 3
        liveness L x == 1 leads to (x == 0 and x != 3)
        check c expect violation of L
    """)
    (result,) = check_file(path).checks
    trace = result.properties["L"].trace
    assert trace is not None and trace.failure is not None
    assert "`x == 1` is true in state 2" in trace.failure.message
    assert trace.failure.conjunct == "x == 0"
    assert [(part.text, part.value) for part in trace.failure.parts] == [("x", 3)]
