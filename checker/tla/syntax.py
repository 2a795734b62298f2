"""Expressions of TLA+ as a small tree, and their layout on lines.

A tree is written on one line if it fits; else lists of conjuncts and disjuncts become bulleted ones, and what has parts
(`IF`, `LET`, `CASE`, quantifiers, brackets) has them on lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 110


@dataclass(frozen=True)
class Operator:
    """An infix operator, with the range of its precedence: what binds tighter needs no brackets as an operand."""

    symbol: str
    low: int
    high: int
    associative: bool = False


_CLOSED = 17
_PRIME = 15
_OPEN = 0  # reaches as far to the right as possible

OPERATORS = {
    o.symbol: o
    for o in (
        Operator("=>", 1, 1),
        Operator("~>", 2, 2),
        Operator("<=>", 2, 2),
        Operator("/\\", 3, 3, True),
        Operator("\\/", 3, 3, True),
        *(Operator(symbol, 5, 5) for symbol in ("=", "#", "<", "<=", ">", ">=", "\\in", "\\notin", "\\subseteq")),
        Operator("->", 5, 5),
        Operator("\\cup", 8, 8, True),
        Operator("\\cap", 8, 8, True),
        Operator("\\", 8, 8),
        Operator("..", 9, 9),
        Operator("+", 10, 10, True),
        Operator("-", 10, 11),
        Operator("%", 10, 12),
        Operator("\\X", 10, 13, True),
        Operator("*", 12, 13, True),
        Operator("\\div", 12, 13),
        Operator("\\o", 13, 13, True),
    )
}


class Node:
    """An expression."""

    def flat(self) -> tuple[str, int]:
        """The text on one line, and how tightly it binds at least."""
        raise NotImplementedError

    def lines(self, width: int) -> list[str]:
        """The text on lines of at most that width, if possible; the first one begins at the margin."""
        text, _ = self.flat()
        return [text] if len(text) <= width else self.broken(width)

    def broken(self, width: int) -> list[str]:
        """The text when it does not fit on one line."""
        return [self.flat()[0]]


def flat(node: Node) -> str:
    return node.flat()[0]


def hang(prefix: str, lines: Sequence[str], suffix: str = "") -> list[str]:
    """Lines behind a prefix, those after the first below its end."""
    first, *rest = [*lines[:-1], lines[-1] + suffix]
    return [prefix + first, *(" " * len(prefix) + line for line in rest)]


def _bracketed(node: Node, least: int) -> tuple[str, bool]:
    """An operand on one line, in brackets unless it binds at least that tightly; and whether it has them."""
    text, level = node.flat()
    return (text, False) if level >= least else (f"({text})", True)


def _operand_lines(node: Node, least: int, width: int) -> list[str]:
    if node.flat()[1] >= least:
        return node.lines(width)
    return hang("(", node.lines(width - 2), ")")


@dataclass(frozen=True)
class Text(Node):
    """What needs no brackets: a name, a literal."""

    text: str
    level: int = _CLOSED

    def flat(self) -> tuple[str, int]:
        return self.text, self.level


@dataclass(frozen=True)
class Primed(Node):
    operand: Node

    def flat(self) -> tuple[str, int]:
        return _bracketed(self.operand, _CLOSED)[0] + "'", _PRIME


@dataclass(frozen=True)
class Negative(Node):
    """`-operand`. As an operand of arithmetic it always has brackets: `-1 \\div 2` is an error."""

    operand: Node

    def flat(self) -> tuple[str, int]:
        return "-" + _bracketed(self.operand, _PRIME)[0], 9


@dataclass(frozen=True)
class Prefix(Node):
    """`~`, `SUBSET` and the like; any operand but a closed one has brackets."""

    operator: str
    operand: Node
    level: int

    def flat(self) -> tuple[str, int]:
        return self.operator + _bracketed(self.operand, _PRIME)[0], self.level

    def broken(self, width: int) -> list[str]:
        return hang(self.operator, _operand_lines(self.operand, _PRIME, width - len(self.operator)))


@dataclass(frozen=True)
class Infix(Node):
    symbol: str
    left: Node
    right: Node

    def _left_level(self) -> int:
        operator = OPERATORS[self.symbol]
        if operator.associative and isinstance(self.left, Infix) and self.left.symbol == self.symbol:
            return _OPEN
        return operator.high + 1

    def _right_is_open(self) -> bool:
        return self.symbol in ("=", "=>") and isinstance(self.right, If | Let | Case | Quantified)

    def flat(self) -> tuple[str, int]:
        operator = OPERATORS[self.symbol]
        left, _ = _bracketed(self.left, self._left_level())
        if self._right_is_open():
            return f"{left} {self.symbol} {flat(self.right)}", _OPEN
        right, _ = _bracketed(self.right, operator.high + 1)
        blank = "" if self.symbol == ".." else " "
        return f"{left}{blank}{self.symbol}{blank}{right}", operator.low

    def broken(self, width: int) -> list[str]:
        least = OPERATORS[self.symbol].high + 1
        right_least = _OPEN if self._right_is_open() else least
        left, _ = _bracketed(self.left, self._left_level())
        prefix = f"{left} {self.symbol} "
        if len(prefix) <= width // 2:
            return hang(prefix, _operand_lines(self.right, right_least, width - len(prefix)))
        head = _operand_lines(self.left, self._left_level(), width - len(self.symbol) - 1)
        if len(head) > 1 and isinstance(self.left, Junction):
            # Without brackets, what follows would belong to the last item of the list.
            head = hang("(", self.left.lines(width - len(self.symbol) - 3), ")")
        head[-1] += f" {self.symbol}"
        return [*head, *("  " + line for line in _operand_lines(self.right, right_least, width - 2))]


@dataclass(frozen=True)
class Junction(Node):
    """Conjuncts (`/\\`) or disjuncts (`\\/`), at least one."""

    symbol: str
    items: tuple[Node, ...]

    def flat(self) -> tuple[str, int]:
        if len(self.items) == 1:
            return self.items[0].flat()
        *init, last = self.items
        texts = [_bracketed(item, 4)[0] for item in init]
        text, level = last.flat()
        if level == _OPEN and not isinstance(last, Infix | Junction):
            return f" {self.symbol} ".join([*texts, text]), _OPEN
        return f" {self.symbol} ".join([*texts, _bracketed(last, 4)[0]]), 3

    def broken(self, width: int) -> list[str]:
        if len(self.items) == 1:
            return self.items[0].broken(width)
        return [line for item in self.items for line in hang(f"{self.symbol} ", item.lines(width - 3))]


@dataclass(frozen=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node

    def flat(self) -> tuple[str, int]:
        return f"IF {flat(self.condition)} THEN {flat(self.then)} ELSE {flat(self.otherwise)}", _OPEN

    def broken(self, width: int) -> list[str]:
        return [
            *hang("IF ", self.condition.lines(width - 3)),
            *hang("THEN ", self.then.lines(width - 5)),
            *(
                ["ELSE " + line if not i else line for i, line in enumerate(self.otherwise.broken(width))]
                if isinstance(self.otherwise, If)
                else hang("ELSE ", self.otherwise.lines(width - 5))
            ),
        ]


@dataclass(frozen=True)
class Case(Node):
    """`CASE`; without a condition an arm stands for all others."""

    arms: tuple[tuple[Node | None, Node], ...]

    def _heads(self) -> list[str]:
        return [("OTHER" if condition is None else flat(condition)) + " -> " for condition, _ in self.arms]

    def flat(self) -> tuple[str, int]:
        arms = zip(self._heads(), self.arms, strict=True)
        return "CASE " + " [] ".join(head + _bracketed(value, 1)[0] for head, (_, value) in arms), _OPEN

    def broken(self, width: int) -> list[str]:
        result = []
        for i, (head, (_, value)) in enumerate(zip(self._heads(), self.arms, strict=True)):
            prefix = ("  [] " if i else "CASE ") + head
            if isinstance(value, Case | If | Let | Quantified) or len(prefix) > width // 2:
                result += [prefix, *("       " + line for line in _operand_lines(value, 1, width - 7))]
            else:
                result += hang(prefix, _operand_lines(value, 1, width - len(prefix)))
        return result


@dataclass(frozen=True)
class Definition:
    """`name == value`, or with parameters `name(a, b) == value`."""

    name: str
    parameters: tuple[str, ...]
    value: Node

    @property
    def head(self) -> str:
        return self.name + (f"({', '.join(self.parameters)})" if self.parameters else "")

    def text(self) -> str:
        """The definition on lines of the usual width."""
        return "\n".join(self.lines(WIDTH))

    def bulleted(self) -> str:
        """The same with each conjunct or disjunct on a line of its own."""
        return "\n".join([f"{self.head} ==", *("    " + line for line in _bullets(self.value))])

    def lines(self, width: int) -> list[str]:
        prefix = f"{self.head} == "
        whole = prefix + flat(self.value)
        if len(whole) <= width:
            return [whole]
        if len(prefix) <= 14 and not isinstance(self.value, Junction):
            return hang(prefix, self.value.lines(width - len(prefix)))
        return [prefix.rstrip(), *("    " + line for line in self.value.lines(width - 4))]


def _bullets(node: Node) -> list[str]:
    match node:
        case Let(definitions, body):
            inner = [line for definition in definitions for line in definition.lines(WIDTH - 8)]
            return [*hang("LET ", inner), *hang("IN  ", _bullets(body))]
        case Junction(symbol, items):
            return [line for item in items for line in hang(f"{symbol} ", item.lines(WIDTH - 8))]
    return node.lines(WIDTH - 4)


@dataclass(frozen=True)
class Let(Node):
    definitions: tuple[Definition, ...]
    body: Node

    def flat(self) -> tuple[str, int]:
        inner = " ".join(f"{d.head} == {flat(d.value)}" for d in self.definitions)
        return f"LET {inner} IN {flat(self.body)}", _OPEN

    def broken(self, width: int) -> list[str]:
        inner = [line for definition in self.definitions for line in definition.lines(width - 4)]
        return [*hang("LET ", inner), *hang("IN  ", self.body.lines(width - 4))]


@dataclass(frozen=True)
class Quantified(Node):
    """`\\A x \\in S : body`, and `CHOOSE` likewise. `binders` are pairs of names (or a tuple of them) and domains."""

    symbol: str
    binders: tuple[tuple[str, Node], ...]
    body: Node

    def _head(self) -> str:
        return f"{self.symbol} {_binders(self.binders)} :"

    def flat(self) -> tuple[str, int]:
        return f"{self._head()} {flat(self.body)}", _OPEN

    def broken(self, width: int) -> list[str]:
        return [self._head(), *("  " + line for line in self.body.lines(width - 2))]


def _binders(binders: Sequence[tuple[str, Node]]) -> str:
    return ", ".join(f"{names} \\in {_bracketed(domain, 6)[0]}" for names, domain in binders)


@dataclass(frozen=True)
class Brackets(Node):
    """Items between brackets, separated by commas: a set, a tuple, a record, the arguments of an operator."""

    opening: str
    items: tuple[tuple[str, Node], ...]  # what stands before an item, such as `field |-> `
    closing: str

    def flat(self) -> tuple[str, int]:
        return self.opening + ", ".join(head + flat(item) for head, item in self.items) + self.closing, _CLOSED

    def broken(self, width: int) -> list[str]:
        if not self.items:
            return [self.opening + self.closing]
        indent = len(self.opening)
        result: list[str] = []
        for i, (head, item) in enumerate(self.items):
            lines = hang(head, item.lines(width - indent - len(head) - len(self.closing)))
            lines[-1] += self.closing if i == len(self.items) - 1 else ","
            result += hang(self.opening if not i else " " * indent, lines)
        return result


@dataclass(frozen=True)
class Mapped(Node):
    """`[x \\in S |-> body]`, `{body : x \\in S}` and `{x \\in S : body}`."""

    opening: str
    first: str | Node
    separator: str
    second: str | Node
    closing: str

    def flat(self) -> tuple[str, int]:
        first, second = (part if isinstance(part, str) else flat(part) for part in (self.first, self.second))
        return f"{self.opening}{first}{self.separator}{second}{self.closing}", _CLOSED

    def broken(self, width: int) -> list[str]:
        indent = len(self.opening)
        first, second = (
            [part] if isinstance(part, str) else part.lines(width - indent - 4) for part in (self.first, self.second)
        )
        head = hang(self.opening, first, self.separator.rstrip())
        return [*head, *hang("  ", second, self.closing)]


@dataclass(frozen=True)
class Applied(Node):
    """`base[index]`, or `base.field`."""

    base: Node
    index: Node | str

    def flat(self) -> tuple[str, int]:
        base, _ = _bracketed(self.base, _PRIME)
        return base + (f".{self.index}" if isinstance(self.index, str) else f"[{flat(unlike_binder(self.index))}]"), 16


@dataclass(frozen=True)
class Except(Node):
    """`[base EXCEPT !.field = value, ![k] = value]`."""

    base: Node
    parts: tuple[tuple[str, Node], ...]

    def flat(self) -> tuple[str, int]:
        return f"[{flat(self.base)} EXCEPT {', '.join(head + flat(value) for head, value in self.parts)}]", _CLOSED

    def broken(self, width: int) -> list[str]:
        prefix = f"[{flat(self.base)} EXCEPT "
        if len(prefix) > width // 2:
            return hang("[", self.base.lines(width - 1)) + hang(" EXCEPT ", self._parts(width - 8), "]")
        return hang(prefix, self._parts(width - len(prefix)), "]")

    def _parts(self, width: int) -> list[str]:
        return Brackets("", self.parts, "").broken(width)


@dataclass(frozen=True)
class Lambda(Node):
    """`LAMBDA x : body`, as an argument."""

    name: str
    body: Node

    def flat(self) -> tuple[str, int]:
        return f"LAMBDA {self.name} : {flat(self.body)}", _OPEN


# ------------------------------------------------------------------------------------------------------ constructors


def conjunction(*items: Node) -> Node:
    return items[0] if len(items) == 1 else Junction("/\\", items)


def disjunction(*items: Node) -> Node:
    return items[0] if len(items) == 1 else Junction("\\/", items)


def call(name: str, *arguments: Node) -> Node:
    return Brackets(f"{name}(", tuple(("", argument) for argument in arguments), ")") if arguments else Text(name)


def number(value: int) -> Node:
    return Text(str(value)) if value >= 0 else Negative(Text(str(-value)))


def set_of(*elements: Node) -> Node:
    return Brackets("{", tuple(("", unlike_binder(element)) for element in elements), "}")


def tuple_of(*elements: Node) -> Node:
    return Brackets("<<", tuple(("", element) for element in elements), ">>")


def unlike_binder(node: Node) -> Node:
    """In brackets if it begins with `x \\in S`, which means something else where a binder could stand."""
    text = flat(node)
    begins = (isinstance(node, Infix) and node.symbol == "\\in") or re.match(r"\w+ \\in ", text)
    return Text(f"({text})") if begins else node


def record(parts: Sequence[tuple[str, Node]], separator: str = " |-> ") -> Node:
    return Brackets("[", tuple((field + separator, value) for field, value in parts), "]")


def function(binders: Sequence[tuple[str, Node]], body: Node) -> Node:
    return Mapped("[", _binders(binders), " |-> ", body, "]")


def image(element: Node, binders: Sequence[tuple[str, Node]]) -> Node:
    """`{element : x \\in S}`."""
    return Mapped("{", unlike_binder(element), " : ", _binders(binders), "}")


def filtered(binder: tuple[str, Node], condition: Node) -> Node:
    """`{x \\in S : condition}`."""
    return Mapped("{", _binders([binder]), " : ", unlike_binder(condition), "}")


def string(text: str) -> Node:
    return Text('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')


TRUE, FALSE = Text("TRUE"), Text("FALSE")
