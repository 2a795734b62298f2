"""The same text gives the same results under CPython and as machine code."""

from __future__ import annotations

import ctypes
from array import array

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skipgate.checker.native import reference
from skipgate.checker.native.language import KernelProgram, Signature, SourceText
from skipgate.checker.native.language_check import check_program
from skipgate.checker.native.machine import MachineCode, machine_code
from tests.checker.native.programs import LENGTH, numbers, programs

SIGNATURE = {"f": Signature(("int", "int", "row", "row"))}
Outcome = tuple[int, list[int]]


def compiled(program: KernelProgram, calls: list[tuple[int, int, list[int]]]) -> list[Outcome]:
    function = MachineCode(machine_code(program, SIGNATURE), SIGNATURE).functions["f"]
    results = []
    for a, b, values in calls:
        r, o = (ctypes.c_int64 * LENGTH)(*values), (ctypes.c_int64 * LENGTH)()
        results.append((function(a, b, r, o), list(o)))
    return results


def interpreted(function, calls: list[tuple[int, int, list[int]]]) -> list[Outcome]:  # type: ignore[no-untyped-def]
    results = []
    for a, b, values in calls:
        r, o = memoryview(array("q", values)), memoryview(array("q", [0] * LENGTH))
        results.append((int(function(a, b, r, o)), o.tolist()))
    return results


calls = st.lists(st.tuples(numbers, numbers, st.lists(numbers, min_size=LENGTH, max_size=LENGTH)), min_size=3)


@pytest.mark.differential
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs(), calls)
def test_random_programs(text: str, calls: list[tuple[int, int, list[int]]]) -> None:
    program = check_program([SourceText("random", text)])
    assert compiled(program, calls) == interpreted(reference.functions(program)["f"], calls)
