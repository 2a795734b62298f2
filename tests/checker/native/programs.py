"""Random programs in the kernel language, as text."""

from __future__ import annotations

from hypothesis import strategies as st

LENGTH = 8  # of each of the rows `r` and `o`

numbers = st.one_of(
    st.integers(-9, 9),
    st.sampled_from([63, 64, 65, 2**31, 2**32 - 1, 2**62, 2**63 - 1, -(2**63), -(2**63) + 1, 9223372036854775783]),
    st.integers(-(2**63), 2**63 - 1),
)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A helper and a function `f(a, b, r, o)` that may call it."""
    helper = _Maker(draw, ["a", "b"], row=None, helper=False).function("g", "a: int, b: int")
    main = _Maker(draw, ["a", "b"], row="r", helper=True).function("f", "a: int, b: int, r: Row, o: Row")
    return f"{helper}\n\n{main}\n"


class _Maker:
    def __init__(self, draw: st.DrawFn, names: list[str], row: str | None, helper: bool) -> None:
        self.draw = draw
        self.names = names
        self.row = row
        self.helper = helper
        self.loops = 0

    def function(self, name: str, parameters: str) -> str:
        lines = self.block(1, self.names, self.draw(st.integers(1, 5)))
        return "\n".join([f"def {name}({parameters}) -> int:", *lines, f"    return {self.expression(self.names, 3)}"])

    def block(self, depth: int, names: list[str], length: int) -> list[str]:
        """Statements; `names` are those with a value, and grows."""
        lines: list[str] = []
        for _ in range(length):
            lines += self.statement(depth, names)
        return lines

    def statement(self, depth: int, names: list[str]) -> list[str]:
        draw, indent = self.draw, "    " * depth
        kinds = ["assign", "assign", "if", "else", "for", "while", "early"] if depth < 4 else ["assign"]
        if self.row is not None:
            kinds += ["store", "swap", "add"]
        match draw(st.sampled_from(kinds)):
            case "assign":
                value = self.expression(names, 3)
                name = draw(st.sampled_from([*names, f"x{len(names)}"]))
                if name not in names:
                    names.append(name)
                return [f"{indent}{name} = {value}"]
            case "if":
                test = self.expression(names, 2)
                return [f"{indent}if {test}:", *self.block(depth + 1, list(names), draw(st.integers(1, 3)))]
            case "early":
                result = self.expression(names, 1)
                return [f"{indent}if {self.expression(names, 2)}:", f"{indent}    return {result}"]
            case "else":
                test, then, otherwise = self.expression(names, 2), list(names), list(names)
                lines = [f"{indent}if {test}:", *self.block(depth + 1, then, draw(st.integers(1, 3)))]
                lines += [f"{indent}else:", *self.block(depth + 1, otherwise, draw(st.integers(1, 3)))]
                names += [name for name in then if name in otherwise and name not in names]
                return lines
            case "for":
                self.loops += 1
                name = draw(st.sampled_from([f"i{self.loops}", "a"]))
                domain = draw(
                    st.sampled_from(["{0} & 3", "{0} & 3, {1} & 7", "{0} & 7, {1} & 3, -2", "-3, {1} & 7, 3"])
                )
                values = [self.expression(names, 1) for _ in range(2)]
                domain = domain.format(*(f"({value})" for value in values))
                inner = [*names, name] if name not in names else list(names)
                return [
                    f"{indent}for {name} in range({domain}):",
                    *self.block(depth + 1, inner, draw(st.integers(1, 2))),
                ]
            case "while":
                self.loops += 1
                fuel, test = f"fuel{self.loops}", self.expression(names, 2)
                test = draw(st.sampled_from([f"{fuel} and {test}", f"{test} and {fuel} > 0"]))
                return [
                    f"{indent}{fuel} = 3",
                    f"{indent}while {test}:",
                    f"{indent}    {fuel} = {fuel} - 1",
                    *self.block(depth + 1, list(names), draw(st.integers(1, 2))),
                ]
            case "store":
                return [f"{indent}o[{self.index(names)}] = {self.expression(names, 2)}"]
            case "swap":
                values = [self.expression(names, 1) for _ in range(2)]
                return [f"{indent}compare_and_swap(o, {self.index(names)}, {values[0]}, {values[1]})"]
            case _:
                return [f"{indent}fetch_and_add(at(o, 1), {self.index(names)} & 3, {self.expression(names, 1)})"]

    def index(self, names: list[str]) -> str:
        return f"({self.expression(names, 1)}) & 7"

    def expression(self, names: list[str], depth: int) -> str:
        draw = self.draw
        if depth == 0 or draw(st.integers(0, 3)) == 0:
            return draw(st.sampled_from(names)) if draw(st.booleans()) else str(draw(numbers))

        def part() -> str:
            return self.expression(names, depth - 1)

        kinds = ["operation", "operation", "shift", "compare", "logic", "logic", "not", "negate", "invert", "choice"]
        kinds += ["call"]
        if self.row is not None:
            kinds += ["load", "guarded"]
        match draw(st.sampled_from(kinds)):
            case "operation":
                return f"({part()} {draw(st.sampled_from(['+', '-', '*', '//', '%', '&', '|', '^']))} {part()})"
            case "shift":
                sign = draw(st.sampled_from(["<<", ">>"]))
                amount = draw(st.one_of(st.integers(0, 70).map(str), st.just(part())))
                return f"({part()} {sign} {amount})"
            case "compare":
                return f"({part()} {draw(st.sampled_from(['==', '!=', '<', '<=', '>', '>=']))} {part()})"
            case "logic":
                sign = draw(st.sampled_from([" and ", " or "]))
                return f"({sign.join(part() for _ in range(draw(st.integers(2, 3))))})"
            case "not":
                return f"(not {part()})"
            case "negate":
                return f"(-{part()})" if draw(st.booleans()) else f"(-({part()}))"
            case "invert":
                return f"(~({part()}))"
            case "choice":
                return f"({part()} if {part()} else {part()})"
            case "load":
                return f"{draw(st.sampled_from(['r', 'o']))}[{self.index(names)}]"
            case "guarded":  # evaluated only where it may be
                name = draw(st.sampled_from(names))
                return f"(0 <= {name} and {name} < {LENGTH} and {self.row}[{name}])"
            case _:
                calls = ["popcount({0})", "shift_right_logical({0}, {1})", "multiply_wrapping({0}, {1})"]
                calls.append("multiply_high({0}, {1})")
                if self.helper:
                    calls += ["g({0}, {1})"] * 2
                return draw(st.sampled_from(calls)).format(part(), part())
