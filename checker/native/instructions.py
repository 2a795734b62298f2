"""The instructions for arithmetic and intrinsics, defined for all operands as `language` says.

No flag (`nsw`, `inbounds`, `noalias`) promises what nobody has proved; shifts and divisions are guarded unless an
operand is a literal.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from skipgate.checker.native.ssa import BlockBuilder, Value

_OPERATIONS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor"}
_LOGICAL = (ast.BitAnd, ast.BitOr, ast.BitXor)  # of two truth values, a truth value

DECLARATIONS = """\
declare i64 @llvm.ctpop.i64(i64)
declare i64 @llvm.umin.i64(i64, i64)
declare void @llvm.prefetch.p0(ptr, i32, i32, i32)
"""


def operation(blocks: BlockBuilder, operator: ast.operator, left: Value, right: Value) -> Value:
    """An operation of two numbers, or a logical one of two truth values."""
    if isinstance(operator, _LOGICAL) and left.type == right.type == "i1":
        return blocks.compute("i1", f"{_OPERATIONS[type(operator)]} i1 {left.text}, {right.text}")
    a, b = blocks.number(left), blocks.number(right)
    match operator:
        case ast.LShift() | ast.RShift():
            return shift(blocks, "shl" if isinstance(operator, ast.LShift) else "ashr", a, b)
        case ast.FloorDiv() | ast.Mod():
            return division(blocks, isinstance(operator, ast.FloorDiv), a, b)
    return blocks.compute("i64", f"{_OPERATIONS[type(operator)]} i64 {a}, {b}")


def shift(blocks: BlockBuilder, operation: str, a: str, n: str) -> Value:
    """`shl`, `ashr` or `lshr`; by 64 bits or more, or by a negative number, everything is shifted out."""
    if n.isdigit() and int(n) < 64:
        return blocks.compute("i64", f"{operation} i64 {a}, {n}")
    # A negative number is a large one if taken as unsigned.
    least = blocks.compute("i64", f"call i64 @llvm.umin.i64(i64 {n}, i64 63)").text
    shifted = blocks.compute("i64", f"{operation} i64 {a}, {least}")
    if operation == "ashr":
        return shifted
    fits = blocks.compute("i1", f"icmp ult i64 {n}, 64").text
    return blocks.compute("i64", f"select i1 {fits}, i64 {shifted.text}, i64 0")


def division(blocks: BlockBuilder, quotient: bool, a: str, b: str) -> Value:
    """Division that rounds down. The machine's rounds to zero, and fails for x / 0 and the lowest number / -1."""
    divisor, special = b, "1"
    if b in ("0", "-1") or not b.removeprefix("-").isdigit():
        next_to_zero = blocks.compute("i64", f"add i64 {b}, 1").text
        special = blocks.compute("i1", f"icmp ult i64 {next_to_zero}, 2").text  # -1 or 0
        divisor = blocks.compute("i64", f"select i1 {special}, i64 1, i64 {b}").text
    rest = blocks.compute("i64", f"srem i64 {a}, {divisor}").text
    signs = blocks.compute("i64", f"xor i64 {rest}, {divisor}").text
    differ = blocks.compute("i1", f"icmp slt i64 {signs}, 0").text
    inexact = blocks.compute("i1", f"icmp ne i64 {rest}, 0").text
    down = blocks.compute("i1", f"and i1 {differ}, {inexact}").text
    if quotient:
        whole = blocks.compute("i64", f"sdiv i64 {a}, {divisor}").text
        one = blocks.compute("i64", f"zext i1 {down} to i64").text
        result = blocks.compute("i64", f"sub i64 {whole}, {one}")
        if special == "1":
            return result
        other = blocks.compute("i64", f"mul i64 {a}, {b}").text  # x // 0 is 0, x // -1 is -x
    else:
        more = blocks.compute("i64", f"select i1 {down}, i64 {divisor}, i64 0").text
        result = blocks.compute("i64", f"add i64 {rest}, {more}")
        if special == "1":
            return result
        sign = blocks.compute("i64", f"add i64 {b}, 1").text
        other = blocks.compute("i64", f"mul i64 {a}, {sign}").text  # x % 0 is x, x % -1 is 0
    return blocks.compute("i64", f"select i1 {special}, i64 {other}, i64 {result.text}")


def address(blocks: BlockBuilder, row: str, index: str) -> str:
    """The address of an element of a row."""
    return row if index == "0" else blocks.compute("ptr", f"getelementptr i64, ptr {row}, i64 {index}").text


def intrinsic(blocks: BlockBuilder, name: str, texts: Sequence[str]) -> Value:
    """A call of an intrinsic (see `language.INTRINSICS`) with these arguments."""
    match name:
        case "popcount":
            return blocks.compute("i64", f"call i64 @llvm.ctpop.i64(i64 {texts[0]})")
        case "shift_right_logical":
            return shift(blocks, "lshr", texts[0], texts[1])
        case "multiply_wrapping":
            return blocks.compute("i64", f"mul i64 {texts[0]}, {texts[1]}")
        case "multiply_high":
            wide = [blocks.compute("i64", f"zext i64 {text} to i128").text for text in texts]
            product = blocks.compute("i64", f"mul i128 {wide[0]}, {wide[1]}").text
            high = blocks.compute("i64", f"lshr i128 {product}, 64").text
            return blocks.compute("i64", f"trunc i128 {high} to i64")
    element = address(blocks, texts[0], texts[1])
    match name:
        case "at":
            return Value(element, "ptr")
        case "prefetch":  # to read, into all caches
            blocks.lines.append(f" call void @llvm.prefetch.p0(ptr {element}, i32 0, i32 3, i32 1)")
        case "load_atomic":
            return blocks.emit("i64", f"load atomic i64, ptr {element} seq_cst, align 8")
        case "store_atomic":
            blocks.lines.append(f" store atomic i64 {texts[2]}, ptr {element} release, align 8")
        case "fetch_and_add":
            return blocks.emit("i64", f"atomicrmw add ptr {element}, i64 {texts[2]} seq_cst, align 8")
        case "compare_and_swap":
            blocks.count += 1
            pair = f"%v{blocks.count}"
            operands = f"ptr {element}, i64 {texts[2]}, i64 {texts[3]}"
            blocks.lines.append(f" {pair} = cmpxchg {operands} seq_cst seq_cst, align 8")
            return blocks.emit("i1", f"extractvalue {{ i64, i1 }} {pair}, 1")
        case _:
            raise AssertionError(name)
    return Value("0", "i64")  # these have no value, and no checked program uses it
