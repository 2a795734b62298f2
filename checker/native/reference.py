"""The kernel language executed by CPython, exactly as `language` defines it.

Arithmetic is replaced by calls of functions that wrap around; everything else is already Python's own meaning. Slow,
and the definition that compiled code is compared with.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from typing import Any

from skipgate.checker.kernel.intrinsics import NAMESPACE, signed
from skipgate.checker.native.language import OPERATORS, KernelProgram


def functions(program: KernelProgram) -> dict[str, Callable[..., int]]:
    """The functions of a checked program, by name."""
    namespace: dict[str, Any] = {**NAMESPACE, **program.constants}
    namespace |= {f"_{type_.__name__}": function for type_, function in _FUNCTIONS.items()}
    for function in program.functions.values():
        wrapped = _Wrap()
        body = [wrapped.visit(copy.deepcopy(statement)) for statement in function.body]
        arguments = ast.arguments([], [ast.arg(name) for name, _ in function.parameters], None, [], [], None, [])
        define = ast.FunctionDef(function.name, arguments, body, [])
        if "type_params" in ast.FunctionDef._fields:  # Python 3.12 and newer
            define.type_params = []  # type: ignore[attr-defined,unused-ignore]
        module = ast.fix_missing_locations(ast.Module([define], []))
        exec(compile(module, f"<{function.name}>", "exec"), namespace)
    return {name: namespace[name] for name in program.functions}


class _Wrap(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        name = f"_{type(node.op).__name__}"
        return ast.Call(ast.Name(name, ast.Load()), [self.visit(node.left), self.visit(node.right)], [])

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        operand = self.visit(node.operand)
        if isinstance(node.op, ast.USub):
            return ast.Call(ast.Name("_Sub", ast.Load()), [ast.Constant(0), operand], [])
        if isinstance(node.op, ast.Invert):  # CPython warns of `~` on a bool
            return ast.Call(ast.Name("_Sub", ast.Load()), [ast.Constant(-1), operand], [])
        return ast.UnaryOp(node.op, operand)


def _divide(x: int, y: int) -> int:
    return signed(x // y) if y else 0


def _remainder(x: int, y: int) -> int:
    return x % y if y else int(x)


def _shift_left(x: int, n: int) -> int:
    return signed(x << n) if 0 <= n < 64 else 0


def _shift_right(x: int, n: int) -> int:
    return x >> (n if 0 <= n < 64 else 63)


_FUNCTIONS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: lambda x, y: signed(x + y),
    ast.Sub: lambda x, y: signed(x - y),
    ast.Mult: lambda x, y: signed(x * y),
    ast.FloorDiv: _divide,
    ast.Mod: _remainder,
    ast.LShift: _shift_left,
    ast.RShift: _shift_right,
    ast.BitAnd: lambda x, y: x & y,
    ast.BitOr: lambda x, y: x | y,
    ast.BitXor: lambda x, y: x ^ y,
}
assert _FUNCTIONS.keys() == OPERATORS.keys()
