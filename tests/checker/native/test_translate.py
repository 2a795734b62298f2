"""The same text gives the same results under CPython and as machine code."""

from __future__ import annotations

import ctypes
from array import array

import llvmlite.binding as llvm
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skipgate.checker.native import reference
from skipgate.checker.native.language import KernelProgram, Signature, SourceText
from skipgate.checker.native.language_check import check_program
from skipgate.checker.native.machine import MachineCode, machine_code
from skipgate.checker.native.translate import translate
from tests.checker.native.programs import LENGTH, numbers, programs
from tests.effort import amount

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
@settings(max_examples=amount(30, 100), deadline=None, suppress_health_check=list(HealthCheck))
@given(programs(), calls)
def test_random_programs(text: str, calls: list[tuple[int, int, list[int]]]) -> None:
    program = check_program([SourceText("random", text)])
    llvm.parse_assembly(translate(program, SIGNATURE), llvm.create_context()).verify()
    assert compiled(program, calls) == interpreted(reference.functions(program)["f"], calls)


# The same product on several ways: which of them may share it?
SHARED = """
def f(a: int, b: int, r: Row, o: Row) -> int:
    x = 0
    if a > 3 and (b > 3 or r[(a * b) & 1] > 3):
        x = a * b
    else:
        x = a * b + 1
    while x < 50:
        x = x + (a * b & 7) + 1
    return x + a * b + (a * b if b else 5) + (b or a * b)
"""


def test_nothing_is_computed_twice() -> None:
    """A product is computed once where the first computation comes before the others, and anew where it need not."""
    program = check_program([SourceText("shared", SHARED)])
    text = translate(program, SIGNATURE)
    llvm.parse_assembly(text, llvm.create_context()).verify()
    # In the condition (on one of two ways to the body), in the body, after `else`, in the loop, and once in the return.
    assert text.count("mul i64 %p.a, %p.b") == 5
    calls = [(a, b, [0] * LENGTH) for a in (-3, 0, 4, 60) for b in (-2, 0, 1, 5)]
    assert compiled(program, calls) == interpreted(reference.functions(program)["f"], calls)


def test_what_is_known_is_not_branched_on() -> None:
    text = """
def f(a: int, b: int, r: Row, o: Row) -> int:
    found = 0
    if not found and 1 < 2:
        found = a
    if found == 0 or b:
        found = b
    return found
"""
    translated = translate(check_program([SourceText("known", text)]), SIGNATURE)
    assert translated.count("br i1") == 1
