"""`--max-memory` holds for the whole process, under both engines, within the margin that docs/language.md states."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MIB = 2**20
# States without end, of one word and of several.
GRID = """
var a : 0..99999 = 0
var b : 0..99999 = 0
{wide}
action more_a when a < 99999 then a' = a + 1
action more_b when b < 99999 then b' = b + 1
invariant Apart a + b != 300
check c expect violation of Apart
"""
WIDE = "\n".join(f"var w{i} : 0..{2**50} = {2**49 + i}" for i in range(4))
INITIAL = """
var a : 0..99999 in 0..99999
var b : 0..99999 in 0..99999
action stay then a' = a
check c expect holds
"""

MEASURED = """
import json, sys
from pathlib import Path
from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.search.limits import Budget

limit = int(sys.argv[2]) * 2**20
result = check_file(Path(sys.argv[1]), RunOptions(engine=sys.argv[3], threads=2, budget=Budget(max_memory=limit)))
check, = result.checks
# Not `ru_maxrss`: a process begins with that of the one that has started it.
(line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
peak = int(line.split()[1]) * 1024
print(json.dumps([peak, check.stopped, check.engine, check.distinct, sorted(check.violated)]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted otherwise elsewhere")
@pytest.mark.parametrize(
    ("engine", "limit", "model"),
    [
        *(("python", 160, model) for model in ("narrow", "wide", "initial")),
        *(("native", 300, model) for model in ("narrow", "wide")),
        *(("auto", 300, model) for model in ("narrow", "wide")),  # CPython finds the initial states
    ],
)
def test_peak(engine: str, limit: int, model: str, tmp_path: Path) -> None:
    assert_peak(engine, limit, model, tmp_path)


# Half a minute, for tables that have grown once more.
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted otherwise elsewhere")
@pytest.mark.parametrize(
    ("engine", "limit", "model"),
    [*(("python", 250, model) for model in ("narrow", "wide", "initial")), ("native", 300, "initial")],
)
def test_peak_of_more_states(engine: str, limit: int, model: str, tmp_path: Path) -> None:
    assert_peak(engine, limit, model, tmp_path)


def assert_peak(engine: str, limit: int, model: str, tmp_path: Path) -> None:
    text = {"narrow": GRID.format(wide=""), "wide": GRID.format(wide=WIDE), "initial": INITIAL}[model]
    path = tmp_path / "m.gate"
    path.write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-c", MEASURED, str(path), str(limit), engine]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    peak, stopped, used, distinct, violated = json.loads(done.stdout)
    print(f"{model} {engine} limit {limit} peak {peak / MIB:.0f} MiB, {distinct} states, {used}")
    assert stopped == f"the memory limit of {limit} MiB was reached"
    assert distinct > 10_000
    assert (violated == ["Apart"]) == (model != "initial")
    assert peak <= 1.1 * limit * MIB + 64 * MIB
