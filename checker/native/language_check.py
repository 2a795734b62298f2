"""Checks that a text is in the kernel language. Everything else is refused, with its name and its place."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence

from skipgate.checker.native.language import (
    COMPARISONS,
    HIGHEST,
    INTRINSICS,
    LOWEST,
    OPERATORS,
    Function,
    KernelError,
    KernelProgram,
    Kind,
    Signature,
    SourceText,
    literal,
)


def check_program(
    texts: Iterable[SourceText],
    *,
    constants: Mapping[str, int] = {},
    signatures: Mapping[str, Signature] = {},
) -> KernelProgram:
    """Parse and check the texts of one program.

    `constants` replaces the values of constants of that name; `signatures` gives the kinds of functions without
    annotations, in addition to those declared under `if TYPE_CHECKING:`.

    Raises:
        KernelError: something is not in the language.
    """
    program = KernelProgram()
    known = dict(signatures)
    found: list[tuple[SourceText, ast.FunctionDef]] = []
    for text in texts:
        try:
            module = ast.parse(text.source)
        except (SyntaxError, ValueError) as problem:
            raise KernelError(f"{text.name}: this is not Python: {problem}") from None
        for statement in module.body:
            _top_level(text, statement, program, known, found)
    for name in constants:
        if name not in program.constants:
            raise KernelError(f"there is no constant `{name}` to give a value to")
    program.constants.update(constants)
    names = [node.name for _, node in found]
    for text, node in found:
        if node.name in INTRINSICS or names.count(node.name) > 1:
            raise _refusal(text, node, f"a second function `{node.name}`")
        if node.name not in known:
            known[node.name] = _annotated(text, node)
    for text, node in found:
        _FunctionChecker(text, node, program, known, names).run()
    return program


def _top_level(
    text: SourceText,
    statement: ast.stmt,
    program: KernelProgram,
    known: dict[str, Signature],
    found: list[tuple[SourceText, ast.FunctionDef]],
) -> None:
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
            pass
        case ast.FunctionDef():
            found.append((text, statement))
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if (number := literal(value)) is not None:
            if not LOWEST <= number <= HIGHEST:
                raise _refusal(text, value, f"the number {number}, which has more than 64 bits")
            if name in program.constants:
                raise _refusal(text, statement, f"a second value of the constant `{name}`")
            program.constants[name] = number
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body, orelse=[]):
            for declared in body:
                if isinstance(declared, ast.FunctionDef):
                    known[declared.name] = _annotated(text, declared)
                elif not isinstance(declared, ast.Import | ast.ImportFrom):
                    raise _refusal(text, declared, f"{_called(declared)} under `if TYPE_CHECKING:`")
        case _:
            raise _refusal(text, statement, f"{_called(statement)} outside functions")


def _annotated(text: SourceText, node: ast.FunctionDef) -> Signature:
    """The signature that a function's annotations give."""
    kinds: list[Kind] = []
    for argument in node.args.args:
        match argument.annotation:
            case ast.Name(id="int"):
                kinds.append("int")
            case ast.Name(id="Row"):
                kinds.append("row")
            case None:
                raise _refusal(text, argument, f"the parameter `{argument.arg}` of `{node.name}` without a kind")
            case annotation:
                raise _refusal(text, annotation, f"the annotation `{ast.unparse(annotation)}`")
    return Signature(tuple(kinds))


_NAMES = {
    "Expr": "an expression without effect",
    "AugAssign": "an assignment such as `+=`",
    "AnnAssign": "an annotated assignment",
    "NamedExpr": "`:=`",
    "AsyncFunctionDef": "`async def`",
    "FunctionDef": "a function inside another",
    "ClassDef": "`class`",
    "Compare": "a comparison of more than two values",
    "Constant": "a literal that is no integer",
}


def _called(node: ast.AST) -> str:
    """The usual name of a piece of syntax."""
    name = type(node).__name__
    if name in _NAMES:
        return _NAMES[name]
    if isinstance(node, ast.stmt):
        return f"`{name.lower()}`"
    if isinstance(node, ast.expr):
        return f"`{ast.unparse(node)}`"
    return name


def _refusal(text: SourceText, node: ast.AST, what: str) -> KernelError:
    line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
    return KernelError(f"{text.name}:{line}:{column + 1}: {what} is not part of the kernel language")


class _FunctionChecker:
    """Checks one function and fills in `effects` and `sizes`."""

    def __init__(
        self,
        text: SourceText,
        node: ast.FunctionDef,
        program: KernelProgram,
        known: Mapping[str, Signature],
        defined: Sequence[str],
    ) -> None:
        self.text = text
        self.node = node
        self.program = program
        self.known = known
        self.defined = set(defined)
        self.kinds: dict[str, Kind] = {}  # of every name, once it has one
        self.effects = program.effects
        self.sizes = program.sizes

    def refuse(self, node: ast.AST, what: str) -> KernelError:
        return _refusal(self.text, node, what)

    def run(self) -> None:
        node, arguments = self.node, self.node.args
        if node.decorator_list:
            raise self.refuse(node.decorator_list[0], "a decorator")
        if arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg or arguments.defaults:
            raise self.refuse(node, f"a parameter of `{node.name}` that is not plain")
        signature = self.known[node.name]
        if len(arguments.args) != len(signature.parameters):
            message = (
                f"{len(arguments.args)} parameters of `{node.name}` where {len(signature.parameters)} are declared"
            )
            raise self.refuse(node, message)
        parameters = tuple(zip((a.arg for a in arguments.args), signature.parameters, strict=True))
        self.kinds.update(parameters)
        body = node.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:]  # a docstring
        if self.block(body, set(self.kinds)) is not None:
            raise self.refuse(node, f"a way through `{node.name}` that does not end in `return`")
        self.program.functions[node.name] = Function(node.name, parameters, body)

    # -------------------------------------------------------------------------------------------------- statements

    def block(self, statements: Sequence[ast.stmt], assigned: set[str]) -> set[str] | None:
        """Check statements. `assigned` are the names with a value before them; the result those after, or None if
        nothing comes after. The argument is changed."""
        after: set[str] | None = assigned
        for statement in statements:
            if after is None:
                raise self.refuse(statement, "a statement that is never reached")
            after = self.statement(statement, after)
        return after

    def statement(self, node: ast.stmt, assigned: set[str]) -> set[str] | None:
        match node:
            case ast.Assign(targets=[ast.Name(id=name) as target], value=value):
                self.bind(target, name, self.expression(value, assigned))
                assigned.add(name)
            case ast.Assign(targets=[ast.Subscript() as target], value=value):
                # CPython evaluates the value first. The order shows only if both have effects.
                self.expect("int", value, assigned)
                self.subscript(target, assigned)
            case ast.Return(value=ast.expr() as value):
                self.expect("int", value, assigned)
                return None
            case ast.If(test=test, body=body, orelse=orelse):
                self.expect("int", test, assigned)
                then = self.block(body, set(assigned))
                otherwise = self.block(orelse, assigned)
                if then is None:
                    return otherwise
                return then if otherwise is None else then & otherwise
            case ast.While(test=test, body=body, orelse=[]):
                self.expect("int", test, assigned)
                self.block(body, set(assigned))
                if literal(test):
                    return None
            case ast.For(target=ast.Name(id=name) as target, iter=domain, body=body, orelse=[]):
                self.range(domain, assigned)
                self.bind(target, name, "int")
                self.block(body, assigned | {name})
            case ast.Expr(value=ast.Call() as call):
                self.call(call, assigned)
            case ast.Pass():
                pass
            case ast.While() | ast.For():
                raise self.refuse(node, f"{_called(node)} of this form")
            case ast.Return():
                raise self.refuse(node, "`return` without a value")
            case ast.Assign():
                raise self.refuse(node, "an assignment to several targets")
            case _:
                raise self.refuse(node, _called(node))
        return assigned

    def bind(self, node: ast.AST, name: str, kind: Kind) -> None:
        if self.kinds.setdefault(name, kind) != kind:
            raise self.refuse(node, f"`{name}` as a name of both an int and a row")
        if name in self.program.constants:
            raise self.refuse(node, f"an assignment to the constant `{name}`")

    def range(self, node: ast.expr, assigned: set[str]) -> None:
        match node:
            case ast.Call(func=ast.Name(id="range"), args=arguments, keywords=[]) if 1 <= len(arguments) <= 3:
                for argument in arguments:
                    self.expect("int", argument, assigned)
                if len(arguments) == 3 and not self.program.constant(arguments[2]):
                    raise self.refuse(arguments[2], "a step that is no literal or constant other than 0")
            case _:
                raise self.refuse(node, "`for` over anything but `range(...)`")

    # ------------------------------------------------------------------------------------------------- expressions

    def expect(self, kind: Kind, node: ast.expr, assigned: set[str]) -> None:
        if self.expression(node, assigned) != kind:
            raise self.refuse(node, f"`{ast.unparse(node)}`, which is no {kind}, in this place")

    def expression(self, node: ast.expr, assigned: set[str]) -> Kind:
        kind: Kind = "int"
        operands: list[ast.expr] = []
        match node:
            case ast.Constant(value=int()) | ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int())):
                value = literal(node)
                if value is None or not LOWEST <= value <= HIGHEST:
                    raise self.refuse(node, f"the number {value}, which has more than 64 bits")
            case ast.Name(id=name):
                kind = self.name(node, name, assigned)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
                operands = [left, right]
            case ast.UnaryOp(op=ast.USub() | ast.Invert() | ast.Not(), operand=operand):
                operands = [operand]
            case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in COMPARISONS:
                operands = [left, right]
            case ast.BoolOp(values=values):
                operands = values
            case ast.IfExp(test=test, body=body, orelse=orelse):
                operands = [test, body, orelse]
            case ast.Subscript():
                self.subscript(node, assigned)
                return "int"
            case ast.Call():
                result = self.call(node, assigned)
                if result is None:
                    raise self.refuse(node, f"the value of `{ast.unparse(node)}`, which has none,")
                return result
            case ast.BinOp(op=operator):
                raise self.refuse(node, f"the operator {type(operator).__name__}")
            case _:
                raise self.refuse(node, _called(node))
        for operand in operands:
            self.expect("int", operand, assigned)
        self.learn(node, operands)
        return kind

    def name(self, node: ast.expr, name: str, assigned: set[str]) -> Kind:
        if name in assigned:
            return self.kinds[name]
        if name in self.kinds:
            raise self.refuse(node, f"`{name}`, which has no value on some way to this place,")
        if name in self.program.constants:
            return "int"
        raise self.refuse(node, f"the unknown name `{name}`")

    def subscript(self, node: ast.Subscript, assigned: set[str]) -> None:
        self.expect("row", node.value, assigned)
        self.expect("int", node.slice, assigned)
        if (literal(node.slice) or 0) < 0:
            raise self.refuse(node, "a negative index")
        self.learn(node, [node.value, node.slice], effect=True)

    def call(self, node: ast.Call, assigned: set[str]) -> Kind | None:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise self.refuse(node, f"the call `{ast.unparse(node)}`")
        name = node.func.id
        signature = INTRINSICS.get(name) or (self.known.get(name) if name in self.defined else None)
        if signature is None:
            raise self.refuse(node, f"the unknown function `{name}`")
        if len(node.args) != len(signature.parameters):
            message = f"a call of `{name}` with {len(node.args)} arguments instead of {len(signature.parameters)}"
            raise self.refuse(node, message)
        for kind, argument in zip(signature.parameters, node.args, strict=True):
            self.expect(kind, argument, assigned)
        self.learn(node, node.args, effect=not signature.pure)
        return signature.result

    def learn(self, node: ast.expr, operands: Sequence[ast.expr], effect: bool = False) -> None:
        if effect or any(operand in self.effects for operand in operands):
            self.effects.add(node)
        self.sizes[node] = 1 + sum(self.sizes[operand] for operand in operands)
