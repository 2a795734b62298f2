"""Checked kernels to the text of an LLVM module.

The text is in SSA form from the start (see `ssa`), and every operation is defined for all operands (see
`instructions`). `and`, `or` and `x if c else y` evaluate both sides where that is cheaper than a branch and allowed:
where the side that may be skipped neither touches memory nor is long.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from operator import eq, ge, gt, le, lt, ne

from skipgate.checker.native.instructions import DECLARATIONS, address, intrinsic, operation
from skipgate.checker.native.language import INTRINSICS, Function, KernelProgram, Kind, literal
from skipgate.checker.native.ssa import BlockBuilder, IncomingEdge, Type, Value

_SHORT = 24  # operations that cost less than a branch which may be mispredicted
_SMALL = 60  # lines of a function that is inlined wherever it is called

_TYPES: dict[Kind, Type] = {"int": "i64", "row": "ptr"}
_RELATIONS: dict[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Eq: eq,
    ast.NotEq: ne,
    ast.Lt: lt,
    ast.LtE: le,
    ast.Gt: gt,
    ast.GtE: ge,
}
_COMPARISONS = {ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "slt", ast.LtE: "sle", ast.Gt: "sgt", ast.GtE: "sge"}


def translate(program: KernelProgram, exported: Collection[str]) -> str:
    """The LLVM module of a program. Functions that are not exported can be called from within only.

    The latter are inlined if they are short or called in one place only.
    """
    calls: Counter[str] = Counter()
    bodies = {name: _Translator(program, function, calls).body() for name, function in program.functions.items()}
    parts = [DECLARATIONS]
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


class _Translator(BlockBuilder):
    """Translates one function."""

    def __init__(self, program: KernelProgram, function: Function, calls: Counter[str]) -> None:
        super().__init__()
        self.program = program
        self.calls = calls  # counted for all functions
        self.function = function

    def body(self) -> list[str]:
        """The lines of the function's blocks."""
        for name, kind in self.function.parameters:
            self.names[name] = Value(f"%p.{name}", _TYPES[kind])
        self.block(self.function.body)
        return self.lines

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
                known = self.known(test)
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
            case _:
                assert isinstance(node, ast.Pass), ast.dump(node)

    def known(self, node: ast.expr) -> int | None:
        """The value of an expression, if it is known already and nothing has to be computed for it."""
        match node:
            case ast.Name(id=name) if name in self.names:
                return self.names[name].literal
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                value = self.known(operand)
                return None if value is None else int(not value)
            case ast.Compare(left=left, ops=[relation], comparators=[right]):
                a, b = self.known(left), self.known(right)
                return None if a is None or b is None else int(_RELATIONS[type(relation)](a, b))
            case ast.BoolOp(op=operator, values=values):
                for operand in values:
                    result = self.known(operand)
                    if result is None or bool(result) is isinstance(operator, ast.Or):
                        break
                return result
        return self.program.constant(node)

    def conditional(self, test: ast.expr, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt]) -> None:
        inside, after = self.new_label(), self.new_label()
        other = self.new_label() if orelse else after
        _, edges = self.branch(test, inside, other)
        if orelse:
            edges = self.side(other, orelse, after)
        edges = edges + self.side(inside, body, after)
        if edges:
            self.rejoin(after)
            self.meet(edges)

    def side(self, label: str, statements: Sequence[ast.stmt], after: str) -> list[IncomingEdge]:
        """One side of an `if`. Names keep their values after it; the edge that leads on, if any, has the changes."""
        outer, self.shadowed = self.shadowed, {}
        self.start(label)
        self.block(statements)
        changed = {name: self.names[name] for name in self.shadowed if name in self.names}
        edges = [self.jump(after, changed)] if self.reachable else []
        self.restore(outer)
        return edges

    def counted(self, name: str, arguments: Sequence[ast.expr], body: Sequence[ast.stmt]) -> None:
        """A `for` loop. What is counted is the rounds, so that the counter cannot leave 64 bits."""
        numbers = [self.number(self.expression(argument)) for argument in arguments]
        first, last = (numbers[0], numbers[1]) if len(numbers) > 1 else ("0", numbers[0])
        step = self.program.constant(arguments[2]) if len(arguments) == 3 else 1
        assert step
        low, high = (first, last) if step > 0 else (last, first)
        distance = self.compute("i64", f"sub i64 {high}, {low}").text
        if abs(step) > 1:
            distance = self.compute("i64", f"sub i64 {distance}, 1").text
            distance = self.compute("i64", f"udiv i64 {distance}, {abs(step)}").text
            distance = self.compute("i64", f"add i64 {distance}, 1").text
        some = self.compute("i1", f"icmp slt i64 {low}, {high}").text
        rounds = self.compute("i64", f"select i1 {some}, i64 {distance}, i64 0").text
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
        self.rejoin(head)
        phis = len(self.lines)  # their places; they are written when the end of the body is known
        starts = list(initial.values())
        for name, value in initial.items():
            self.assign(name, self.emit(value.type, "phi"))
        if test is None:
            starts.append(Value("0", "i64"))
            count = self.emit("i64", "phi").text
            self.split(self.compute("i1", f"icmp ult i64 {count}, {rounds}").text, inside, after)
        elif endless:
            self.jump(inside)
        else:
            self.branch(test, inside, after)
        outer, self.shadowed = self.shadowed, {}
        self.start(inside)
        if test is None:
            offset = count if step == 1 else self.compute("i64", f"mul i64 {count}, {step}").text
            self.assign(counter, self.compute("i64", f"add i64 {first}, {offset}"))
        self.block(body)
        again = ""
        if self.reachable:
            results = [self.number(self.names[name]) for name in initial]
            if test is None:
                results.append(self.compute("i64", f"add i64 {count}, 1").text)
            again = self.label
            self.jump(head)
        self.restore(outer)
        for i, value in enumerate(starts):
            back = f", [{results[i]}, %{again}]" if again else ""
            self.lines[phis + i] += f" {value.type} [{value.text}, %{origin}]{back}"
        if not endless:
            self.rejoin(after)

    # -------------------------------------------------------------------------------------------------- expressions

    def branch(self, test: ast.expr, then: str, otherwise: str) -> tuple[list[IncomingEdge], list[IncomingEdge]]:
        """Go to one of two blocks, with a jump for each short circuit. The edges to the one and to the other."""
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
        edge = self.split(self.decision(test), then, otherwise)
        return [edge], [edge]

    def decision(self, test: ast.expr) -> str:
        """The truth of a value, as an i1."""
        match test:
            case ast.BoolOp(op=operator, values=values) if self.eager(values):
                operation = "and" if isinstance(operator, ast.And) else "or"
                result = self.decision(values[0])
                for value in values[1:]:
                    result = self.compute("i1", f"{operation} i1 {result}, {self.decision(value)}").text
                return result
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.compute("i1", f"xor i1 {self.decision(operand)}, true").text
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
                return operation(self, operator, self.expression(left), self.expression(right))
            case ast.Compare(left=left, ops=[relation], comparators=[right]):
                a, b = self.number(self.expression(left)), self.number(self.expression(right))
                return self.compute("i1", f"icmp {_COMPARISONS[type(relation)]} i64 {a}, {b}")
            case ast.BoolOp(op=operator, values=values):
                return self.logic(isinstance(operator, ast.And), values)
            case ast.UnaryOp(op=ast.Not()):
                return Value(self.decision(node), "i1")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                if (number := literal(node)) is not None:
                    return Value(str(number), "i64")
                return self.compute("i64", f"sub i64 0, {self.number(self.expression(operand))}")
            case ast.UnaryOp(op=ast.Invert(), operand=operand):
                return self.compute("i64", f"xor i64 {self.number(self.expression(operand))}, -1")
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.choice(test, body, orelse)
            case ast.Subscript(value=row, slice=index):
                return self.emit("i64", f"load i64, ptr {self.element(row, index)}, align 8")
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.call(name, arguments)
        raise AssertionError(ast.dump(node))  # the check lets nothing else through

    def logic(self, conjunction: bool, values: Sequence[ast.expr]) -> Value:
        """`and`, `or`: the first operand that decides, or the last."""
        result = self.expression(values[0])
        if self.eager(values):
            for value in values[1:]:
                other = self.expression(value)
                if result.type == other.type == "i1":
                    operation = "and" if conjunction else "or"
                    result = self.compute("i1", f"{operation} i1 {result.text}, {other.text}")
                else:
                    decided = self.truth(result)
                    a, b = self.number(other), self.number(result)
                    if not conjunction:
                        a, b = b, a
                    result = self.compute("i64", f"select i1 {decided}, i64 {a}, i64 {b}")
            return result
        after = self.new_label()
        results, edges = [result], []
        for value in values[1:]:
            following = self.new_label()
            test = self.truth(results[-1])
            edges.append(self.split(test, following, after) if conjunction else self.split(test, after, following))
            self.start(following)
            results.append(self.expression(value))
        edges.append(self.jump(after))
        self.rejoin(after)
        return self.phi(results, edges)

    def choice(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> Value:
        """`body if test else orelse`."""
        known = self.known(test)
        if known is not None:
            return self.expression(body if known else orelse)
        if self.cheap(body) and self.cheap(orelse):
            decided = self.decision(test)
            a, b = self.expression(body), self.expression(orelse)
            if a.type == b.type == "i1":
                return self.compute("i1", f"select i1 {decided}, i1 {a.text}, i1 {b.text}")
            return self.compute("i64", f"select i1 {decided}, i64 {self.number(a)}, i64 {self.number(b)}")
        then, otherwise, after = self.new_label(), self.new_label(), self.new_label()
        self.branch(test, then, otherwise)
        values, edges = [], []
        for label, side in ((then, body), (otherwise, orelse)):
            self.start(label)
            values.append(self.expression(side))
            edges.append(self.jump(after))
        self.rejoin(after)
        return self.phi(values, edges)

    def element(self, row: ast.expr, index: ast.expr) -> str:
        """The address of an element."""
        start = self.expression(row).text
        return address(self, start, self.number(self.expression(index)))

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
        return intrinsic(self, name, texts)


def _assigned(statements: Sequence[ast.stmt], counter: str) -> list[str]:
    """The names that statements assign, and that of a loop's counter, in order of appearance."""
    names = dict.fromkeys([counter] if counter else [])
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names[node.id] = None
    return list(names)
