"""What elastickv writes about a start, held against the designs of its gate. The logs are ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.app.validation import log_of_file, ready_validation
from skipgate.checker.validate.validate import ValidationOptions
from skipgate.spec.given import given

HERE = Path(__file__).parent
MODEL = HERE.parents[1] / "models" / "cold_start.gate"

# Worked out by hand from the table of designs in docs/cold-start.md: what the store has, against the snapshot's index
# and the committed one, decides.
VERDICTS = {
    # Skipped with one entry, and nothing committed as far as the WAL knows; then with three, two of them committed.
    ("skipped", "v9"): [],
    ("skipped", "v5"): ["skipped.ndjson:3"],  # this check has one crash, so there is no second start
    # Skipped with one entry although two are committed: v9 asks for the snapshot alone, v5 for what is committed.
    ("ahead", "v9"): [],
    ("ahead", "v5"): ["ahead.ndjson:1"],
    # Restored, though the store has the snapshot.
    ("restored", "v9"): ["restored.ndjson:1"],
    ("restored", "v5"): [],
    # No index at first; later it cannot be read: two crashes.
    ("fallback", "v9"): [],
    ("fallback", "v5"): ["fallback.ndjson:2"],
    # A store that has less than at the start before.
    ("backwards", "v9"): ["backwards.ndjson:2"],
}


@pytest.mark.parametrize(("log", "check"), VERDICTS)
def test_a_start_is_one_of_the_design_or_not(log: str, check: str) -> None:
    ready = ready_validation(MODEL, check, None)
    found = ready.run([log_of_file(HERE / "logs" / f"{log}.ndjson")], ValidationOptions())
    assert [Path(refusal.place).name for refusal in found.refusals] == VERDICTS[log, check]


def test_the_reason_is_what_the_gate_decides() -> None:
    ready = ready_validation(MODEL, "v9", None)
    found = ready.run([log_of_file(HERE / "logs" / "restored.ndjson")], ValidationOptions())
    (reason,) = found.refusals[0].reasons
    assert (reason.action, reason.conjunct) == ("restart_execute", "decide_skip_outcome == executed")


def test_a_needless_restore_is_a_find() -> None:
    """v5 does restore here, and must not."""
    ready = ready_validation(MODEL, "v5", None)
    found = ready.run([log_of_file(HERE / "logs" / "restored.ndjson")], ValidationOptions())
    assert list(found.violated) == ["SkipUseful"]


def test_a_second_crash_is_a_constant_away() -> None:
    with given("CRASHES = 2"):
        ready = ready_validation(MODEL, "v5", None)
        found = ready.run([log_of_file(HERE / "logs" / "fallback.ndjson")], ValidationOptions())
    assert (found.verdict, found.explained) == ("behaviour", {str(HERE / "logs" / "fallback.ndjson"): 2})
