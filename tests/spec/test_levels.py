"""Where variables and primes may stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.spec.passes import read

Write = Callable[[str], Path]

DECLARATIONS = """
const n : nat = 3
var x : 0..n = 0
var y : map[0..n] of 0..n = map k in 0..n: x
def constant = n + 1
def state = x + constant
def next = state' - x
def deep(k : nat) = y[k] + state
def up(k : nat) = deep'(k) > deep(k)
"""


def test_what_is_wrong_is_said(faulty: Path, answer: Callable[[Path], str]) -> None:
    assert answer(faulty) == faulty.with_suffix(".expected").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "declaration",
    [
        "transition T x' > x and y'[x] == y[x'] and y'[x'] > n",
        "transition T state' > state and next > 0",
        "transition T forall k in 0..n where up(k): deep'(k) == deep(k)",
        "transition T let k = x': k > 0",
        "transition T up(x')",
        "invariant I constant > n and state > constant and deep(1) > 0",
        "var z : 0..constant = constant",
        "var z : 0..n in {x, constant}",
        "assume constant == n + 1",
        "type T = 0..constant",
        "action a(k in 0..x) \"takes {x} and {state}\" when state > 0 let j = deep(k) then x' = j y'[x] = state",
        "check c with n = 2 expect holds",
    ],
)
def test_what_may_stand_where(declaration: str, write: Write) -> None:
    read(write(DECLARATIONS + declaration))
