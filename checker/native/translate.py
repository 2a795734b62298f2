"""Checked kernels to the text of an LLVM module.

The text is in SSA form from the start: control flow is structured, so the values that a name may have where two ways
meet are known, and no pass has to find them out (compare Braun et al., "Simple and efficient construction of static
single assignment form", 2013). Every operation is defined for all operands, as `language` says: no flag (`nsw`,
`inbounds`, `noalias`) promises what nobody has proved; shifts and divisions are guarded unless an operand is a literal.

`and`, `or` and `x if c else y` evaluate both sides where that is cheaper than a branch and allowed: where the side that
may be skipped neither touches memory nor is long.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from skipgate.checker.native.language import INTRINSICS, Function, Kind, Program, literal

_SHORT = 24  # operations that cost less than a branch which may be mispredicted
_SMALL = 60  # lines of a function that is inlined wherever it is called

Type = Literal["i1", "i64", "ptr"]
_TYPES: dict[Kind, Type] = {"int": "i64", "row": "ptr"}


@dataclass(frozen=True, slots=True)
class Value:
    """An SSA value or a literal. An i1 is a truth value, which becomes 0 or 1 where a number is needed."""

    text: str
    type: Type

    @property
    def literal(self) -> int | None:
        return int(self.text) if self.text.removeprefix("-").isdigit() else None


@dataclass(frozen=True, slots=True)
class Way:
    """A way into a block: the block it comes from, the line that ends that one, and the names it has changed."""

    label: str
    end: int
    changed: dict[str, Value]


_OPERATIONS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor"}
_LOGICAL = (ast.BitAnd, ast.BitOr, ast.BitXor)  # of two truth values, a truth value
_COMPARISONS = {ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "slt", ast.LtE: "sle", ast.Gt: "sgt", ast.GtE: "sge"}

_DECLARATIONS = """\
declare i64 @llvm.ctpop.i64(i64)
declare i64 @llvm.umin.i64(i64, i64)
declare void @llvm.prefetch.p0(ptr, i32, i32, i32)
"""


def translate(program: Program, exported: Collection[str]) -> str:
    """The LLVM module of a program. Functions that are not exported can be called from within only.

    Those are to be inlined if they are short or called in one place only.
    """
    calls: Counter[str] = Counter()
    bodies = {name: _Translator(program, function, calls).body() for name, function in program.functions.items()}
    parts = [_DECLARATIONS]
    for name, function in program.functions.items():
        parameters = ", ".join(f"{_TYPES[kind]} %p.{parameter}" for parameter, kind in function.parameters)
        if name in exported:
            linkage, attribute = "", ""
        else:
            linkage = "internal "
            attribute = " alwaysinline" if calls[name] == 1 or len(bodies[name]) <= _SMALL else " noinline"
        parts.append(f"define {linkage}i64 @{name}({parameters}) nounwind{attribute} {{\nentry:")
        parts += bodies[name]
        parts.append("}")
    return "\n".join(parts)


class _Translator:
    """Translates one function."""

    def __init__(self, program: Program, function: Function, calls: Counter[str]) -> None:
        self.program = program
        self.calls = calls  # counted for all functions
        self.function = function
        self.lines: list[str] = []
        self.count = 0
        self.label = "entry"  # the current block's
        self.reachable = True
        self.names: dict[str, Value] = {}
        # What the names changed since the innermost branch began meant before it; None: nothing.
        self.shadowed: dict[str, Value | None] = {}

    def body(self) -> list[str]:
        """The lines of the function's blocks."""
        for name, kind in self.function.parameters:
            self.names[name] = Value(f"%p.{name}", _TYPES[kind])
        self.block(self.function.body)
        return self.lines

    # ------------------------------------------------------------------------------------------- lines and blocks

    def emit(self, type_: Type, text: str) -> Value:
        self.count += 1
        name = f"%v{self.count}"
        self.lines.append(f" {name} = {text}")
        return Value(name, type_)

    def new_label(self) -> str:
        self.count += 1
        return f"L{self.count}"

    def start(self, label: str) -> None:
        self.lines.append(f"{label}:")
        self.label = label
        self.reachable = True

    def end(self, terminator: str) -> None:
        self.lines.append(f" {terminator}")
        self.reachable = False

    def jump(self, label: str, changed: dict[str, Value] | None = None) -> Way:
        way = Way(self.label, len(self.lines), changed or {})
        self.end(f"br label %{label}")
        return way

    def split(self, condition: str, then: str, otherwise: str) -> Way:
        way = Way(self.label, len(self.lines), {})
        self.end(f"br i1 {condition}, label %{then}, label %{otherwise}")
        return way

    # --------------------------------------------------------------------------------------------- types and names

    def number(self, value: Value) -> str:
        """The text of a value as an i64."""
        return self.emit("i64", f"zext i1 {value.text} to i64").text if value.type == "i1" else value.text

    def truth(self, value: Value) -> str:
        """The text of a value as an i1."""
        if value.type == "i1":
            return value.text
        if value.literal is not None:
            return "true" if value.literal else "false"
        return self.emit("i1", f"icmp ne i64 {value.text}, 0").text

    def phi(self, values: Sequence[Value], ways: Sequence[Way]) -> Value:
        """The one of the values that belongs to the way that was taken."""
        type_ = values[0].type
        if any(value.type != type_ for value in values):
            type_ = "i64"
        pairs = []
        for value, way in zip(values, ways, strict=True):
            text = value.text
            if type_ == "i64" and value.type == "i1":  # widen it at the end of the way
                self.count += 1
                self.lines[way.end] = f" %v{self.count} = zext i1 {text} to i64\n{self.lines[way.end]}"
                text = f"%v{self.count}"
            pairs.append(f"[{text}, %{way.label}]")
        return self.emit(type_, f"phi {type_} {', '.join(pairs)}")

    def assign(self, name: str, value: Value | None) -> None:
        """Give a name a value, or none at all: where it has one on some ways only, it is not read any more."""
        if name not in self.shadowed:
            self.shadowed[name] = self.names.get(name)
        if value is not None:
            self.names[name] = value
        else:
            self.names.pop(name, None)

    def meet(self, ways: Sequence[Way]) -> None:
        """In a new block, give the names that the ways into it have changed their values."""
        for name in dict.fromkeys(name for way in ways for name in way.changed):
            values = [way.changed.get(name) or self.names.get(name) for way in ways]
            present = [value for value in values if value is not None]
            if len(present) < len(values):
                self.assign(name, None)
            else:
                same = all(value == present[0] for value in present)
                self.assign(name, present[0] if same else self.phi(present, ways))

    # --------------------------------------------------------------------------------------------------- statements

    def block(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            if self.reachable:
                self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.assign(name, self.expression(value))
            case ast.Assign(targets=[ast.Subscript(value=row, slice=index)], value=value):
                number = self.number(self.expression(value))
                self.lines.append(f" store i64 {number}, ptr {self.element(row, index)}, align 8")
            case ast.If(test=test, body=body, orelse=orelse):
                known = self.program.constant(test)
                if known is None:
                    self.conditional(test, body, orelse)
                else:
                    self.block(body if known else orelse)
            case ast.While(test=test, body=body):
                self.loop(body, test)
            case ast.For(target=ast.Name(id=name), iter=ast.Call(args=arguments), body=body):
                self.counted(name, arguments, body)
            case ast.Return(value=ast.expr() as value):
                self.end(f"ret i64 {self.number(self.expression(value))}")
            case ast.Expr(value=value):
                self.expression(value)

    def conditional(self, test: ast.expr, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt]) -> None:
        inside, after = self.new_label(), self.new_label()
        other = self.new_label() if orelse else after
        _, ways = self.branch(test, inside, other)
        if orelse:
            ways = self.side(other, orelse, after)
        ways = ways + self.side(inside, body, after)
        if ways:
            self.start(after)
            self.meet(ways)

    def side(self, label: str, statements: Sequence[ast.stmt], after: str) -> list[Way]:
        """One side of an `if`. Names mean afterwards what they did before; the way on, if there is one, has changes."""
        outer, self.shadowed = self.shadowed, {}
        self.start(label)
        self.block(statements)
        changed = {name: self.names[name] for name in self.shadowed if name in self.names}
        ways = [self.jump(after, changed)] if self.reachable else []
        self.restore(outer)
        return ways

    def restore(self, outer: dict[str, Value | None]) -> None:
        for name, value in self.shadowed.items():
            if value is not None:
                self.names[name] = value
            else:
                self.names.pop(name, None)
        self.shadowed = outer

    def counted(self, name: str, arguments: Sequence[ast.expr], body: Sequence[ast.stmt]) -> None:
        """A `for` loop. What is counted is the rounds, so that the counter cannot leave 64 bits."""
        numbers = [self.number(self.expression(argument)) for argument in arguments]
        first, last = (numbers[0], numbers[1]) if len(numbers) > 1 else ("0", numbers[0])
        step = self.program.constant(arguments[2]) if len(arguments) == 3 else 1
        assert step
        low, high = (first, last) if step > 0 else (last, first)
        distance = self.emit("i64", f"sub i64 {high}, {low}").text
        if abs(step) > 1:
            distance = self.emit("i64", f"sub i64 {distance}, 1").text
            distance = self.emit("i64", f"udiv i64 {distance}, {abs(step)}").text
            distance = self.emit("i64", f"add i64 {distance}, 1").text
        some = self.emit("i1", f"icmp slt i64 {low}, {high}").text
        rounds = self.emit("i64", f"select i1 {some}, i64 {distance}, i64 0").text
        self.loop(body, None, name, first, step, rounds)

    def loop(
        self,
        body: Sequence[ast.stmt],
        test: ast.expr | None,
        counter: str = "",
        first: str = "",
        step: int = 0,
        rounds: str = "",
    ) -> None:
        """A loop with a test, or one of so many rounds with a counter."""
        head, inside, after = self.new_label(), self.new_label(), self.new_label()
        endless = test is not None and bool(literal(test))
        carried = {name: self.names[name] for name in _assigned(body, counter) if name in self.names}
        # In later rounds a number may stand where the first has a truth value; so a number is carried.
        initial = {n: Value(self.number(v), "i64") if v.type == "i1" else v for n, v in carried.items()}
        origin = self.label
        self.jump(head)
        self.start(head)
        phis = len(self.lines)  # their places; they are written when the end of the body is known
        starts = list(initial.values())
        for name, value in initial.items():
            self.assign(name, self.emit(value.type, "phi"))
        if test is None:
            starts.append(Value("0", "i64"))
            count = self.emit("i64", "phi").text
            self.split(self.emit("i1", f"icmp ult i64 {count}, {rounds}").text, inside, after)
        elif endless:
            self.jump(inside)
        else:
            self.branch(test, inside, after)
        outer, self.shadowed = self.shadowed, {}
        self.start(inside)
        if test is None:
            offset = count if step == 1 else self.emit("i64", f"mul i64 {count}, {step}").text
            self.assign(counter, self.emit("i64", f"add i64 {first}, {offset}"))
        self.block(body)
        again = ""
        if self.reachable:
            results = [self.number(self.names[name]) for name in initial]
            if test is None:
                results.append(self.emit("i64", f"add i64 {count}, 1").text)
            again = self.label
            self.jump(head)
        self.restore(outer)
        for i, value in enumerate(starts):
            back = f", [{results[i]}, %{again}]" if again else ""
            self.lines[phis + i] += f" {value.type} [{value.text}, %{origin}]{back}"
        if not endless:
            self.start(after)

    # -------------------------------------------------------------------------------------------------- expressions

    def branch(self, test: ast.expr, then: str, otherwise: str) -> tuple[list[Way], list[Way]]:
        """Go to one of two blocks, with a jump for each short circuit. The ways to the one and to the other."""
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                no, yes = self.branch(operand, otherwise, then)
                return yes, no
            case ast.BoolOp(op=operator, values=values) if not self.eager(values):
                yes, no = [], []
                for value in values[:-1]:
                    following = self.new_label()
                    if isinstance(operator, ast.And):
                        no += self.branch(value, following, otherwise)[1]
                    else:
                        yes += self.branch(value, then, following)[0]
                    self.start(following)
                last = self.branch(values[-1], then, otherwise)
                return yes + last[0], no + last[1]
        way = self.split(self.decision(test), then, otherwise)
        return [way], [way]

    def decision(self, test: ast.expr) -> str:
        """The truth of a value, as an i1."""
        match test:
            case ast.BoolOp(op=operator, values=values) if self.eager(values):
                operation = "and" if isinstance(operator, ast.And) else "or"
                result = self.decision(values[0])
                for value in values[1:]:
                    result = self.emit("i1", f"{operation} i1 {result}, {self.decision(value)}").text
                return result
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.emit("i1", f"xor i1 {self.decision(operand)}, true").text
        return self.truth(self.expression(test))

    def eager(self, values: Sequence[ast.expr]) -> bool:
        """May all operands be evaluated whatever the first is, and is that cheap?"""
        return all(self.cheap(value) for value in values[1:])

    def cheap(self, node: ast.expr) -> bool:
        return node not in self.program.effects and self.program.sizes[node] <= _SHORT

    def expression(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=value):
                return Value(str(int(value)), "i64")  # type: ignore[arg-type]
            case ast.Name(id=name):
                return self.names[name] if name in self.names else Value(str(self.program.constants[name]), "i64")
            case ast.BinOp(left=left, op=operator, right=right):
                return self.operation(operator, self.expression(left), self.expression(right))
            case ast.Compare(left=left, ops=[relation], comparators=[right]):
                a, b = self.number(self.expression(left)), self.number(self.expression(right))
                return self.emit("i1", f"icmp {_COMPARISONS[type(relation)]} i64 {a}, {b}")
            case ast.BoolOp(op=operator, values=values):
                return self.logic(isinstance(operator, ast.And), values)
            case ast.UnaryOp(op=ast.Not()):
                return Value(self.decision(node), "i1")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                if (number := literal(node)) is not None:
                    return Value(str(number), "i64")
                return self.emit("i64", f"sub i64 0, {self.number(self.expression(operand))}")
            case ast.UnaryOp(op=ast.Invert(), operand=operand):
                return self.emit("i64", f"xor i64 {self.number(self.expression(operand))}, -1")
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.choice(test, body, orelse)
            case ast.Subscript(value=row, slice=index):
                return self.emit("i64", f"load i64, ptr {self.element(row, index)}, align 8")
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.call(name, arguments)
        raise AssertionError(ast.dump(node))

    def logic(self, conjunction: bool, values: Sequence[ast.expr]) -> Value:
        """`and`, `or`: the first operand that decides, or the last."""
        result = self.expression(values[0])
        if self.eager(values):
            for value in values[1:]:
                other = self.expression(value)
                if result.type == other.type == "i1":
                    operation = "and" if conjunction else "or"
                    result = self.emit("i1", f"{operation} i1 {result.text}, {other.text}")
                else:
                    decided = self.truth(result)
                    a, b = self.number(other), self.number(result)
                    if not conjunction:
                        a, b = b, a
                    result = self.emit("i64", f"select i1 {decided}, i64 {a}, i64 {b}")
            return result
        after = self.new_label()
        results, ways = [result], []
        for value in values[1:]:
            following = self.new_label()
            test = self.truth(results[-1])
            ways.append(self.split(test, following, after) if conjunction else self.split(test, after, following))
            self.start(following)
            results.append(self.expression(value))
        ways.append(self.jump(after))
        self.start(after)
        return self.phi(results, ways)

    def choice(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> Value:
        """`body if test else orelse`."""
        known = self.program.constant(test)
        if known is not None:
            return self.expression(body if known else orelse)
        if self.cheap(body) and self.cheap(orelse):
            decided = self.decision(test)
            a, b = self.expression(body), self.expression(orelse)
            if a.type == b.type == "i1":
                return self.emit("i1", f"select i1 {decided}, i1 {a.text}, i1 {b.text}")
            return self.emit("i64", f"select i1 {decided}, i64 {self.number(a)}, i64 {self.number(b)}")
        then, otherwise, after = self.new_label(), self.new_label(), self.new_label()
        self.branch(test, then, otherwise)
        values, ways = [], []
        for label, side in ((then, body), (otherwise, orelse)):
            self.start(label)
            values.append(self.expression(side))
            ways.append(self.jump(after))
        self.start(after)
        return self.phi(values, ways)

    def operation(self, operator: ast.operator, left: Value, right: Value) -> Value:
        if isinstance(operator, _LOGICAL) and left.type == right.type == "i1":
            return self.emit("i1", f"{_OPERATIONS[type(operator)]} i1 {left.text}, {right.text}")
        a, b = self.number(left), self.number(right)
        match operator:
            case ast.LShift() | ast.RShift():
                return self.shift("shl" if isinstance(operator, ast.LShift) else "ashr", a, b)
            case ast.FloorDiv() | ast.Mod():
                return self.division(isinstance(operator, ast.FloorDiv), a, b)
        return self.emit("i64", f"{_OPERATIONS[type(operator)]} i64 {a}, {b}")

    def shift(self, operation: str, a: str, n: str) -> Value:
        """`shl`, `ashr` or `lshr`; by 64 bits or more, or by a negative number, everything is shifted out."""
        if n.isdigit() and int(n) < 64:
            return self.emit("i64", f"{operation} i64 {a}, {n}")
        # A negative number is a large one if taken as unsigned.
        least = self.emit("i64", f"call i64 @llvm.umin.i64(i64 {n}, i64 63)").text
        shifted = self.emit("i64", f"{operation} i64 {a}, {least}")
        if operation == "ashr":
            return shifted
        fits = self.emit("i1", f"icmp ult i64 {n}, 64").text
        return self.emit("i64", f"select i1 {fits}, i64 {shifted.text}, i64 0")

    def division(self, quotient: bool, a: str, b: str) -> Value:
        """Division that rounds down. The machine's rounds to zero, and fails for x / 0 and the lowest number / -1."""
        divisor, special = b, "1"
        if b in ("0", "-1") or not b.removeprefix("-").isdigit():
            next_to_zero = self.emit("i64", f"add i64 {b}, 1").text
            special = self.emit("i1", f"icmp ult i64 {next_to_zero}, 2").text  # -1 or 0
            divisor = self.emit("i64", f"select i1 {special}, i64 1, i64 {b}").text
        rest = self.emit("i64", f"srem i64 {a}, {divisor}").text
        signs = self.emit("i64", f"xor i64 {rest}, {divisor}").text
        differ = self.emit("i1", f"icmp slt i64 {signs}, 0").text
        inexact = self.emit("i1", f"icmp ne i64 {rest}, 0").text
        down = self.emit("i1", f"and i1 {differ}, {inexact}").text
        if quotient:
            whole = self.emit("i64", f"sdiv i64 {a}, {divisor}").text
            one = self.emit("i64", f"zext i1 {down} to i64").text
            result = self.emit("i64", f"sub i64 {whole}, {one}")
            if special == "1":
                return result
            other = self.emit("i64", f"mul i64 {a}, {b}").text  # x // 0 is 0, x // -1 is -x
        else:
            more = self.emit("i64", f"select i1 {down}, i64 {divisor}, i64 0").text
            result = self.emit("i64", f"add i64 {rest}, {more}")
            if special == "1":
                return result
            sign = self.emit("i64", f"add i64 {b}, 1").text
            other = self.emit("i64", f"mul i64 {a}, {sign}").text  # x % 0 is x, x % -1 is 0
        return self.emit("i64", f"select i1 {special}, i64 {other}, i64 {result.text}")

    def element(self, row: ast.expr, index: ast.expr) -> str:
        """The address of an element."""
        start = self.expression(row).text
        return self.address(start, self.number(self.expression(index)))

    def address(self, row: str, index: str) -> str:
        return row if index == "0" else self.emit("ptr", f"getelementptr i64, ptr {row}, i64 {index}").text

    # -------------------------------------------------------------------------------------------------------- calls

    def call(self, name: str, nodes: Sequence[ast.expr]) -> Value:
        values = [self.expression(node) for node in nodes]
        texts = [value.text if value.type == "ptr" else self.number(value) for value in values]
        if name not in INTRINSICS:
            arguments = ", ".join(
                f"{'ptr' if value.type == 'ptr' else 'i64'} {text}" for value, text in zip(values, texts, strict=True)
            )
            self.calls[name] += 1
            return self.emit("i64", f"call i64 @{name}({arguments})")
        match name:
            case "popcount":
                return self.emit("i64", f"call i64 @llvm.ctpop.i64(i64 {texts[0]})")
            case "shift_right_logical":
                return self.shift("lshr", texts[0], texts[1])
            case "multiply_wrapping":
                return self.emit("i64", f"mul i64 {texts[0]}, {texts[1]}")
            case "multiply_high":
                wide = [self.emit("i64", f"zext i64 {text} to i128").text for text in texts]
                product = self.emit("i64", f"mul i128 {wide[0]}, {wide[1]}").text
                high = self.emit("i64", f"lshr i128 {product}, 64").text
                return self.emit("i64", f"trunc i128 {high} to i64")
        address = self.address(texts[0], texts[1])
        match name:
            case "at":
                return Value(address, "ptr")
            case "prefetch":  # to read, into all caches
                self.lines.append(f" call void @llvm.prefetch.p0(ptr {address}, i32 0, i32 3, i32 1)")
            case "load_atomic":
                return self.emit("i64", f"load atomic i64, ptr {address} seq_cst, align 8")
            case "store_atomic":
                self.lines.append(f" store atomic i64 {texts[2]}, ptr {address} release, align 8")
            case "fetch_and_add":
                return self.emit("i64", f"atomicrmw add ptr {address}, i64 {texts[2]} seq_cst, align 8")
            case "compare_and_swap":
                self.count += 1
                pair = f"%v{self.count}"
                operands = f"ptr {address}, i64 {texts[2]}, i64 {texts[3]}"
                self.lines.append(f" {pair} = cmpxchg {operands} seq_cst seq_cst, align 8")
                return self.emit("i1", f"extractvalue {{ i64, i1 }} {pair}, 1")
        return Value("0", "i64")  # of a call that has no value; nobody asks for it


def _assigned(statements: Sequence[ast.stmt], counter: str) -> list[str]:
    """The names that statements assign, and that of a loop's counter, in order of appearance."""
    names = dict.fromkeys([counter] if counter else [])
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names[node.id] = None
    return list(names)
