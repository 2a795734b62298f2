"""The kernel language: a small subset of Python over 64-bit integers.

The same text runs under CPython and is compiled to machine code (see `translate`). This module says what the language
is; `language_check` refuses everything else, by name and place.

Values
    An `int` is a signed 64-bit integer. `+ - *`, unary `-` and `<<` wrap around (under plain CPython they do not: text
    whose results may leave 64 bits gives the same only under `reference`, and generated kernels never leave them).
    A comparison and `not` give 1 or 0 (True and False are these). 0 is false, everything else true.
    A `row` is a pointer to ints. It can be subscripted, passed on, and moved by `at`; it cannot be stored or compared.

Expressions
    literals; names; `row[i]` with i inside the row (what lies outside is undefined, in CPython as well);
    `+ - * // % << >> & | ^ ~`, unary `-` and `not`; one comparison `== != < <= > >=` of two ints;
    `and`, `or` (with the value of the operand that decides, which is evaluated last); `x if c else y`;
    calls of kernels and intrinsics, with positional arguments.
    `//` and `%` round towards minus infinity. Where CPython would raise, the language goes on: x // 0 is 0, x % 0 is x;
    a shift by 64 or more, or by a negative number, shifts every bit out: `<<` gives 0, `>>` gives 0 or -1.

Statements
    `name = ...`, `row[i] = ...`, a call on its own, `pass`, `return ...`, `if`/`elif`/`else`, `while`,
    `for name in range(...)` with one to three arguments, the step a literal or constant other than 0. A name has one
    kind throughout a function, and is assigned on every way that leads to its use. Every way through a function ends in
    `return`, or in a loop `while 1`, which is never left otherwise.

Programs
    Functions of ints and rows that return an int; parameters and result are annotated `int` and `Row`, or else their
    kinds are given from outside (generated text has no annotations). Constants `NAME = <literal>`, which may be given
    other values from outside. Imports, docstrings and `if TYPE_CHECKING:` are skipped; functions under the latter are
    declarations of what other texts of the program define.

Threads
    What one thread writes while others run, they may read only by the atomic intrinsics, or after an atomic one by
    which the writer has told them of it. All threads see the atomic ones in one order, but for `store_atomic`, of which
    they may hear a little later (what was written before it they then see).
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Literal

Kind = Literal["int", "row"]

LOWEST, HIGHEST = -(2**63), 2**63 - 1

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
}
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


@dataclass(frozen=True)
class Signature:
    """What a function takes and gives. `pure`: it neither reads nor writes memory, so it may always be evaluated."""

    parameters: tuple[Kind, ...]
    result: Kind | None = "int"
    pure: bool = False


INTRINSICS: dict[str, Signature] = {
    "popcount": Signature(("int",), pure=True),  # the number of bits that are 1
    "shift_right_logical": Signature(("int", "int"), pure=True),  # fills with 0
    "multiply_wrapping": Signature(("int", "int"), pure=True),  # the low 64 bits
    "multiply_high": Signature(("int", "int"), pure=True),  # the high 64 bits of the unsigned product
    "at": Signature(("row", "int"), "row", pure=True),  # the row that begins at an element of another
    "prefetch": Signature(("row", "int"), None),  # this element will be needed soon
    "load_atomic": Signature(("row", "int")),
    "store_atomic": Signature(("row", "int", "int"), None),
    "compare_and_swap": Signature(("row", "int", "int", "int")),  # (row, i, old, new): 1 if it was old and is now new
    "fetch_and_add": Signature(("row", "int", "int")),  # the old value
}


class KernelError(Exception):
    """A text is not in the kernel language. The message says what is not, and where."""


@dataclass(frozen=True, eq=False)
class Function:
    """A checked function."""

    name: str
    parameters: tuple[tuple[str, Kind], ...]
    body: Sequence[ast.stmt]


@dataclass(eq=False)
class KernelProgram:
    """Checked functions, which may call each other, and what was learnt of their expressions.

    `effects` holds the expressions that read or write memory, directly or through a call; `sizes` how many operations
    an expression has.
    """

    functions: dict[str, Function] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)
    effects: set[ast.expr] = field(default_factory=set)
    sizes: dict[ast.expr, int] = field(default_factory=dict)

    def constant(self, node: ast.expr) -> int | None:
        """The value of a literal or a constant."""
        return self.constants.get(node.id) if isinstance(node, ast.Name) else literal(node)


@dataclass(frozen=True)
class SourceText:
    """A source text, and the name of it in messages."""

    name: str
    source: str

    @classmethod
    def of(cls, module: ModuleType) -> SourceText:
        """The text of a module that is written in the kernel language."""
        assert module.__file__ is not None
        path = Path(module.__file__)
        return cls(path.stem, path.read_text(encoding="utf-8"))


def literal(node: ast.expr) -> int | None:
    """The value of an integer literal with or without a sign."""
    match node:
        case ast.Constant(value=int() as value):
            return int(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -int(value)
    return None
