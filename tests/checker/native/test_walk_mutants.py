"""Negative controls: with a fault planted into the walks, the comparison with naive ones fails."""

from __future__ import annotations

from random import Random

import pytest

from skipgate.checker.native import walkers
from skipgate.checker.simulate.simulate import SimulationOptions, simulate
from skipgate.spec.diagnostics import SpecError
from tests.checker.native.harness import kernels_of
from tests.checker.random_models import model_text
from tests.checker.simulate.test_simulate import compare

pytestmark = [pytest.mark.differential, pytest.mark.slow]

MOST_SEEDS = 400

FAULTS = {
    "the first way is always taken": ("choose(key, length, count) * ENTRY", "0"),
    "the last way is never taken": ("choose(key, length, count)", "choose(key, length, count - 1 if count > 1 else 1)"),
    "the place in the walk is forgotten": ("choose(key, length, count)", "choose(key, 1, count)"),
    "all walks are the first": ("key_of(control[SEED], number)", "key_of(control[SEED], 1)"),
    "walks leave the constraints": ("    return allowed\n", "    return 1\n"),
    "walks are one state too long": ("length < control[LONGEST]", "length <= control[LONGEST]"),
    "steps are not examined": ("if STEPS:\n                examine_step", "if 0:\n                examine_step"),
    "initial states are not examined": ("going = enter(mine, number, 1, path, buffer)", "going = 1"),
    "a deadlock is always right": ("if final <= 0:", "if final < 0:"),
    "the longest trace is kept": ("length < known", "length > known"),
    "errors of actions are forgotten": ("            note(mine, EVALUATION, number, length)\n", "            pass\n"),
    "errors of constraints are forgotten": ("            note(mine, ARRIVAL, number, length)\n", "            pass\n"),
    "a way behind an error keeps its place": ("if count * ENTRY < i:", "if 0:"),
    "what could be done is counted once": ("mine[POSSIBLE + action] + 1", "1"),
    "the action is not the one that is taken": (
        "mine[TAKEN + way[0]] = mine[TAKEN + way[0]] + 1",
        "mine[TAKEN] = mine[TAKEN] + 1",
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_is_noticed(fault: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = walkers._text()
    assert text.count(fault[0]) == 1, "the text to be replaced is not there (once)"
    for seed in range(MOST_SEEDS):
        try:
            kernels = kernels_of(model_text(Random(seed)))
        except SpecError:
            continue
        wanted = SimulationOptions(seed, depth=1 + seed % 20, count=10, first=1 + seed)
        if simulate(kernels, wanted, engine="python").stopped is not None:
            continue
        with monkeypatch.context() as patch:
            patch.setattr(walkers, "_text", lambda: text.replace(*fault))
            try:
                compare(kernels, wanted)
            except Exception:
                return
    pytest.fail(f"{MOST_SEEDS} random models do not show it")
