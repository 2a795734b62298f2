"""What the kernel language refuses, by name and place; what it means, on examples worked out by hand."""

from __future__ import annotations

import re
from array import array

import pytest

from skipgate.checker.kernel.intrinsics import NAMESPACE
from skipgate.checker.native import reference
from skipgate.checker.native.language import KernelError, Signature, SourceText
from skipgate.checker.native.language_check import check_program
from skipgate.checker.native.machine import MachineCode, machine_code

LOWEST, HIGHEST = -(2**63), 2**63 - 1
NAMES = re.compile(r"\b[ab]\b")

REFUSED = {
    "def f(a: int) -> int:\n    a += 1\n    return a": "text:2:5: an assignment such as `+=`",
    "def f(a: int) -> int:\n    while a:\n        break\n    return a": "text:3:9: `break`",
    "def f(a: int) -> int:\n    while a:\n        a = 0\n    else:\n        pass\n    return a": "text:2:5: `while`",
    "def f(a: int) -> int:\n    try:\n        pass\n    finally:\n        pass\n    return a": "text:2:5: `try`",
    "def f(a: int) -> int:\n    return a / 2": "text:2:12: the operator Div",
    "def f(a: int) -> int:\n    return a ** 2": "text:2:12: the operator Pow",
    "def f(a: int) -> int:\n    return 0 < a < 2": "text:2:12: a comparison of more than two values",
    "def f(a: int) -> int:\n    return a is a": "text:2:12: a comparison",
    "def f(a: int) -> int:\n    return 1.5": "text:2:12: a literal that is no integer",
    "def f(a: int) -> int:\n    return 9223372036854775808": "text:2:12: the number 9223372036854775808",
    "def f(a: int) -> int:\n    return +a": "text:2:12: `+a`",
    "def f(a: int) -> int:\n    return (b := a)": "text:2:13: `:=`",
    "def f(a: int) -> int:\n    return [a][0]": "text:2:12: `[a]`",
    "def f(a: int) -> int:\n    return f'{a}'": "text:2:12: ",
    "def f(a: int) -> int:\n    return a.real": "text:2:12: `a.real`",
    "def f(a: int) -> int:\n    return (lambda: a)()": "text:2:12: the call",
    "def f(a: int) -> int:\n    return abs(a)": "text:2:12: the unknown function `abs`",
    "def f(a: int) -> int:\n    return popcount(a, a)": "text:2:12: a call of `popcount` with 2 arguments",
    "def f(a: int) -> int:\n    return popcount(x=a)": "text:2:12: the call",
    "def f(a: int) -> int:\n    return b": "text:2:12: the unknown name `b`",
    "def f(a: int) -> int:\n    if a:\n        b = 1\n    return b": "text:4:12: `b`, which has no value on some way",
    "def f(a: int) -> int:\n    while a:\n        b = 1\n        a = 0\n    return b": "text:5:12: `b`, which",
    "def f(a: int) -> int:\n    for i in range(3):\n        a = i\n    return i": "text:4:12: `i`, which has no value",
    "def f(a: int) -> int:\n    for i in range(1, 2, a):\n        a = i\n    return a": "text:2:26: a step",
    "def f(a: int) -> int:\n    for i in range(1, 2, 0):\n        a = i\n    return a": "text:2:26: a step",
    "def f(a: int) -> int:\n    for i in (1, 2):\n        a = i\n    return a": "text:2:14: `for` over anything but",
    "def f(a: int) -> int:\n    a, b = 1, 2\n    return a": "text:2:5: an assignment to several targets",
    "def f(a: int) -> int:\n    a = b = 1\n    return a": "text:2:5: an assignment to several targets",
    "def f(a: int) -> int:\n    a": "text:2:5: an expression without effect",
    "def f(a: int) -> int:\n    a = 1": "text:1:1: a way through `f` that does not end in `return`",
    "def f(a: int) -> int:\n    return 1\n    return 2": "text:3:5: a statement that is never reached",
    "def f(a: int) -> int:\n    return": "text:2:5: `return` without a value",
    "def f(r: Row) -> int:\n    return r": "text:2:12: `r`, which is no int,",
    "def f(r: Row) -> int:\n    return r[-1]": "text:2:12: a negative index",
    "def f(r: Row) -> int:\n    return r[0:1]": "text:2:14: `0:1`",
    "def f(r: Row) -> int:\n    r[0], r[1] = 1, 2\n    return 1": "text:2:5: an assignment to several targets",
    "def f(r: Row) -> int:\n    r = 1\n    return r": "text:2:5: `r` as a name of both an int and a row",
    "def f(r: Row) -> int:\n    return r == r": "text:2:12: `r`, which is no int,",
    "def f(r: Row) -> int:\n    return prefetch(r, 1)": "text:2:12: the value of `prefetch(r, 1)`, which has none,",
    "def f(r: Row, i: int = 1) -> int:\n    return i": "text:1:1: a parameter of `f` that is not plain",
    "def f(*r: Row) -> int:\n    return 1": "text:1:1: a parameter of `f` that is not plain",
    "def f(a) -> int:\n    return a": "text:1:7: the parameter `a` of `f` without a kind",
    "def f(a: str) -> int:\n    return 1": "text:1:10: the annotation `str`",
    "@g\ndef f(a: int) -> int:\n    return a": "text:1:2: a decorator",
    "async def f(a: int) -> int:\n    return a": "text:1:1: `async def` outside functions",
    "class F:\n    pass": "text:1:1: `class` outside functions",
    "X = 1\nX = 2": "text:2:1: a second value of the constant `X`",
    "X = 9223372036854775808": "text:1:5: the number 9223372036854775808",
    "X = 1\ndef f(a: int) -> int:\n    X = a\n    return X": "text:3:5: an assignment to the constant `X`",
    "def f(a: int) -> int:\n    return a\ndef f(a: int) -> int:\n    return a": "text:1:1: a second function `f`",
    "def popcount(a: int) -> int:\n    return a": "text:1:1: a second function `popcount`",
    "def f(a: int) -> int:\n    def g() -> int:\n        return a\n    return 1": "text:2:5: a function inside another",
    "if TYPE_CHECKING:\n    x = 1": "text:2:5: `assign` under `if TYPE_CHECKING:`",
    "def f(": "text: this is not Python",
}


@pytest.mark.parametrize("source", REFUSED)
def test_refused(source: str) -> None:
    with pytest.raises(KernelError) as caught:
        check_program([SourceText("text", source)])
    message = str(caught.value)
    assert message.startswith(REFUSED[source])
    assert "is not part of the kernel language" in message or "is not Python" in message


def test_declared_functions_have_to_be_defined_somewhere() -> None:
    declaration = "if TYPE_CHECKING:\n    def g(a: int) -> int: ...\n"
    use = SourceText("use", f"{declaration}def f(a: int) -> int:\n    return g(a)")
    with pytest.raises(KernelError, match="the unknown function `g`"):
        check_program([use])
    assert set(check_program([use, SourceText("definition", "def g(a):\n    return a")]).functions) == {"f", "g"}


def test_a_definition_has_as_many_parameters_as_declared() -> None:
    with pytest.raises(KernelError, match="text:1:1: 1 parameters of `g` where 2 are declared"):
        check_program([SourceText("text", "def g(a):\n    return a")], signatures={"g": Signature(("int", "int"))})


def test_constants_from_outside() -> None:
    text = SourceText("text", "X = 1\ndef f() -> int:\n    return X")
    assert reference.functions(check_program([text], constants={"X": -7}))["f"]() == -7
    with pytest.raises(KernelError, match="there is no constant `Y`"):
        check_program([text], constants={"Y": 1})


# The expression, a, b, and the value.
MEANT = [
    ("a + b", HIGHEST, 1, LOWEST),
    ("a - b", LOWEST, 1, HIGHEST),
    ("a * b", 2**62, 2, LOWEST),
    ("a * b", 2**62, 4, 0),
    ("-a", LOWEST, 0, LOWEST),
    ("-(a == b)", 4, 4, -1),
    ("~a", 5, 0, -6),
    ("a // b", -7, 2, -4),
    ("a % b", -7, 2, 1),
    ("a // b", 7, -2, -4),
    ("a % b", 7, -2, -1),
    ("a // b", -8, 2, -4),
    ("a % b", -8, -3, -2),
    ("a // b", 5, 0, 0),
    ("a % b", 5, 0, 5),
    ("a // b", LOWEST, -1, LOWEST),
    ("a % b", LOWEST, -1, 0),
    ("a // -1", LOWEST, 0, LOWEST),
    ("a % 0", -3, 0, -3),
    ("a // -3", 7, 0, -3),
    ("a << b", 1, 63, LOWEST),
    ("a << b", 1, 64, 0),
    ("a << b", 1, -1, 0),
    ("a << 64", -1, 0, 0),
    ("a >> b", -5, 1, -3),
    ("a >> b", -5, 64, -1),
    ("a >> b", -5, -1, -1),
    ("a >> b", 5, 200, 0),
    ("(a == b) + (a == b)", 3, 3, 2),
    ("(a == b) | 4", 3, 3, 5),
    ("(a == b) ^ (a <= b)", 3, 3, 0),
    ("a and b", 3, 7, 7),
    ("a and b", 0, 7, 0),
    ("a or b", 3, 7, 3),
    ("a or b", 0, 7, 7),
    ("a or a == b", 0, 7, 0),
    ("not a", 0, 7, 1),
    ("not not a", 9, 7, 1),
    ("a if a < b else b", 3, 7, 3),
    ("popcount(a)", -1, 0, 64),
    ("shift_right_logical(a, b)", -1, 60, 15),
    ("shift_right_logical(a, b)", -1, 64, 0),
    ("shift_right_logical(a, b)", -1, -1, 0),
    ("multiply_wrapping(a, b)", HIGHEST, 2, -2),
    ("multiply_high(a, b)", -1, -1, -2),
    ("multiply_high(a, b)", LOWEST, 4, 2),
]


@pytest.mark.parametrize(("expression", "a", "b", "value"), MEANT)
@pytest.mark.parametrize("literals", [False, True])
def test_meaning(expression: str, a: int, b: int, value: int, literals: bool) -> None:
    """With operands in names, and written into the text as literals."""
    if literals:
        expression = NAMES.sub(lambda found: f"({a})" if found[0] == "a" else f"({b})", expression)
    program = check_program([SourceText("text", f"def f(a: int, b: int) -> int:\n    return {expression}")])
    assert reference.functions(program)["f"](a, b) == value
    exported = {"f": Signature(("int", "int"))}
    assert MachineCode(machine_code(program, exported), exported).functions["f"](a, b) == value


def test_intrinsics_on_rows() -> None:
    row = memoryview(array("q", [1, 2, 3]))
    assert NAMESPACE["compare_and_swap"](row, 1, 5, 6) == 0 and row[1] == 2
    assert NAMESPACE["compare_and_swap"](row, 1, 2, 6) == 1 and row[1] == 6
    assert NAMESPACE["fetch_and_add"](NAMESPACE["at"](row, 2), 0, 4) == 3 and row[2] == 7
