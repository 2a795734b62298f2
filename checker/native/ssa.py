"""Building a function in SSA form, block by block.

Control flow in the kernel language is structured, so the values that a name may have where two edges meet are known,
and no pass has to find them (compare Braun et al., "Simple and efficient construction of static single assignment
form", 2013).

The same operation on the same values is computed once: its value is known in every block that the first computation
dominates. Since control flow is structured, what dominates a block is known as well when the block begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Type = Literal["i1", "i64", "ptr"]


@dataclass(frozen=True, slots=True)
class Value:
    """An SSA value or a literal. An i1 is a truth value, which becomes 0 or 1 where a number is needed."""

    text: str
    type: Type

    @property
    def literal(self) -> int | None:
        """Its number, if it is a literal."""
        return int(self.text) if self.text.removeprefix("-").isdigit() else None


@dataclass(frozen=True, slots=True)
class IncomingEdge:
    """An edge into a block: the block it comes from, the line that ends that block, and the names changed on it."""

    label: str
    end: int
    changed: dict[str, Value]


class Scope:
    """The operations computed in some blocks, which dominate the current one. Those of the parent do so as well."""

    __slots__ = ("depth", "known", "parent")

    def __init__(self, parent: Scope | None = None) -> None:
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.known: dict[str, Value] = {}

    def find(self, text: str) -> Value | None:
        """The value of an operation, if it is known."""
        scope: Scope | None = self
        while scope is not None:
            if text in scope.known:
                return scope.known[text]
            scope = scope.parent
        return None

    def meet(self, other: Scope) -> Scope:
        """What dominates the place where two blocks meet."""
        a, b = self, other
        while a is not b:
            if a.depth < b.depth:
                a, b = b, a
            assert a.parent is not None
            a = a.parent
        return a


class BlockBuilder:
    """The lines of a function, its current block, and the values that names have there."""

    def __init__(self) -> None:
        self.scope = Scope()
        self.scopes: dict[str, Scope] = {}  # of the edges into the blocks that have not begun
        self.lines: list[str] = []
        self.count = 0
        self.label = "entry"  # the current block's
        self.reachable = True
        self.names: dict[str, Value] = {}
        # What the names changed since the innermost branch began meant before it; None: nothing.
        self.shadowed: dict[str, Value | None] = {}

    # ------------------------------------------------------------------------------------------- lines and blocks

    def emit(self, type_: Type, text: str) -> Value:
        """Add an instruction that has a value."""
        self.count += 1
        name = f"%v{self.count}"
        self.lines.append(f" {name} = {text}")
        return Value(name, type_)

    def compute(self, type_: Type, text: str) -> Value:
        """The value of an operation that depends on its operands only, and has no effect."""
        value = self.scope.find(text)
        if value is None:
            value = self.scope.known[text] = self.emit(type_, text)
        return value

    def new_label(self) -> str:
        """A label that is not used yet."""
        self.count += 1
        return f"L{self.count}"

    def start(self, label: str) -> None:
        """Begin a block on one side of a branch."""
        self._begin(label, Scope(self.scopes.pop(label)))

    def rejoin(self, label: str) -> None:
        """Begin the block where all sides of a branch meet again, or where a loop begins."""
        self._begin(label, self.scopes.pop(label))

    def _begin(self, label: str, scope: Scope) -> None:
        self.lines.append(f"{label}:")
        self.label = label
        self.reachable = True
        self.scope = scope

    def end(self, terminator: str) -> None:
        """End the current block."""
        self.lines.append(f" {terminator}")
        self.reachable = False

    def jump(self, label: str, changed: dict[str, Value] | None = None) -> IncomingEdge:
        """End the current block with a jump."""
        edge = IncomingEdge(self.label, len(self.lines), changed or {})
        self.end(f"br label %{label}")
        self._lead_to(label)
        return edge

    def split(self, condition: str, then: str, otherwise: str) -> IncomingEdge:
        """End the current block with a branch."""
        edge = IncomingEdge(self.label, len(self.lines), {})
        self.end(f"br i1 {condition}, label %{then}, label %{otherwise}")
        self._lead_to(then)
        self._lead_to(otherwise)
        return edge

    def _lead_to(self, label: str) -> None:
        known = self.scopes.get(label)
        self.scopes[label] = self.scope if known is None else known.meet(self.scope)

    # --------------------------------------------------------------------------------------------- types and names

    def number(self, value: Value) -> str:
        """The text of a value as an i64."""
        return self.compute("i64", f"zext i1 {value.text} to i64").text if value.type == "i1" else value.text

    def truth(self, value: Value) -> str:
        """The text of a value as an i1."""
        if value.type == "i1":
            return value.text
        if value.literal is not None:
            return "true" if value.literal else "false"
        return self.compute("i1", f"icmp ne i64 {value.text}, 0").text

    def phi(self, values: Sequence[Value], edges: Sequence[IncomingEdge]) -> Value:
        """The value that belongs to the edge that was taken."""
        type_ = values[0].type
        if any(value.type != type_ for value in values):
            type_ = "i64"
        pairs = []
        for value, edge in zip(values, edges, strict=True):
            text = value.text
            if type_ == "i64" and value.type == "i1":  # widen it at the end of the edge
                self.count += 1
                self.lines[edge.end] = f" %v{self.count} = zext i1 {text} to i64\n{self.lines[edge.end]}"
                text = f"%v{self.count}"
            pairs.append(f"[{text}, %{edge.label}]")
        return self.emit(type_, f"phi {type_} {', '.join(pairs)}")

    def assign(self, name: str, value: Value | None) -> None:
        """Give a name a value, or none: a name that has a value on some edges only is not read any more."""
        if name not in self.shadowed:
            self.shadowed[name] = self.names.get(name)
        if value is not None:
            self.names[name] = value
        else:
            self.names.pop(name, None)

    def meet(self, edges: Sequence[IncomingEdge]) -> None:
        """In a new block, give values to the names that were changed on the edges into it."""
        for name in dict.fromkeys(name for edge in edges for name in edge.changed):
            values = [edge.changed.get(name) or self.names.get(name) for edge in edges]
            present = [value for value in values if value is not None]
            if len(present) < len(values):
                self.assign(name, None)
            else:
                same = all(value == present[0] for value in present)
                self.assign(name, present[0] if same else self.phi(present, edges))

    def restore(self, outer: dict[str, Value | None]) -> None:
        """Give names the values back that they had before the innermost branch."""
        for name, value in self.shadowed.items():
            if value is not None:
                self.names[name] = value
            else:
                self.names.pop(name, None)
        self.shadowed = outer
