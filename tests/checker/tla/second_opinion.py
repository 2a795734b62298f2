"""TLC for tests: where it is, started as fast as Java can, and asked about a check.

It is there if `java` is a program and the jar is known, see `benchmarks.tools`. Without it tests are skipped, unless
SKIPGATE_TLC_REQUIRED says that this is a failure.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from benchmarks import tools
from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.core.result import CheckResult
from skipgate.checker.search.limits import Budget
from skipgate.checker.tla.tlc import Tlc

MISSING = "java" if shutil.which("java") is None else "TLC's jar" if tools.known_jar() is None else None
REQUIRED = bool(os.environ.get("SKIPGATE_TLC_REQUIRED"))

# What most modules use, so that its classes are in the archive.
_WARM = r"""---- MODULE Warm ----
EXTENDS Integers, Sequences, FiniteSets, TLC
VARIABLES x, s
Init == x = 0 /\ s = <<>>
Up(k) == x + k < 6 /\ x' = x + k /\ s' = Append(s, [a |-> {k}])
Next == (\E k \in 1..2 : Up(k)) \/ (x > 3 /\ UNCHANGED <<x, s>>)
Inv == (x < 9 /\ Cardinality({x}) = 1 /\ [i \in 1..2 |-> x][1] = x) \/ PrintT(<<"no", TLCGet("level")>>)
Prop == [][x' >= x]_<<x, s>>
====
"""

# These runs end before it pays to compile much of them.
_QUICK = ("-XX:TieredStopAtLevel=1", "-XX:CICompilerCount=1", "-XX:CompileThresholdScaling=10", "-XX:-UsePerfData")

needs_tlc = pytest.mark.skipif(MISSING is not None and not REQUIRED, reason=f"there is no {MISSING}")


def fast_tlc(folder: Path) -> Tlc:
    """TLC for many short runs: its classes are in an archive that Java maps into memory, and little of it is compiled.

    The folder keeps what the runs share.
    """
    jar = jar_of_tlc()
    (folder / "Warm.tla").write_text(_WARM, encoding="utf-8")
    (folder / "Warm.cfg").write_text("INIT Init\nNEXT Next\nINVARIANT Inv\nPROPERTY Prop\n", encoding="utf-8")
    archive = folder / "classes.jsa"
    Tlc(jar, options=(*_QUICK, f"-XX:ArchiveClassesAtExit={archive}")).run(folder, "Warm")
    return Tlc(jar, options=(*_QUICK, f"-XX:SharedArchiveFile={archive}"))


def jar_of_tlc() -> Path:
    """Where TLC is; a failure if it has to be there and is not."""
    jar = tools.known_jar()
    assert MISSING is None and jar is not None, f"SKIPGATE_TLC_REQUIRED is set, but there is no {MISSING}"
    return jar


def searched(path: Path, most: int = 1000) -> CheckResult:
    """What our search finds in the only check of a file.

    Raises:
        SpecError: the model is refused.
    """
    budget = Budget(max_states=most, time_limit=60)
    (result,) = check_file(path, RunOptions(budget=budget, engine="python", discharge=False)).checks
    return result
