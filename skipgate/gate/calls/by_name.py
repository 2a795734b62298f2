"""The calls in code of other languages than Go, as far as names tell.

A plain name is a function of the same file or the same type, else the only one in the repository that is called so. A
method of `self` is one of the same type, any other the only one of its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from skipgate.gate.calls.callees import FUNCTIONS, Callees, OpenCall, collected
from skipgate.gate.code import Symbol
from skipgate.gate.grammars import Grammar, grammar_for

if TYPE_CHECKING:
    from tree_sitter import Node

    from skipgate.gate.resolve import CodeBase

_TESTS = re.compile(r"(^|/)(tests?|__tests__|testdata|node_modules|vendor)/|(^|/)test_|[._]test\.|\.spec\.", re.I)
_OWN = frozenset({"self", "this", "cls", "Self", "super", "super()"})


class NamedFunctions:
    """The functions of a tree by their names; only files that mention a name are parsed for it."""

    def __init__(self, code: CodeBase) -> None:
        self._code = code
        self._known: dict[tuple[str, str], list[Symbol]] = {}
        self._contents: dict[str, list[tuple[str, bytes]]] = {}

    def called(self, name: str, grammar: Grammar) -> list[Symbol]:
        """The functions that are called so; a type counts if a call of it makes one of it."""
        key = (grammar.family, name)
        if key not in self._known:
            found: list[Symbol] = []
            for path, content in self._files(grammar):
                if name.encode() in content:
                    found += [symbol for symbol in self._code.file(path).symbols if answers(symbol, name)]
            self._known[key] = found
        return self._known[key]

    def _files(self, grammar: Grammar) -> list[tuple[str, bytes]]:
        if grammar.family not in self._contents:
            self._contents[grammar.family] = list(self._read(grammar))
        return self._contents[grammar.family]

    def _read(self, grammar: Grammar) -> Iterator[tuple[str, bytes]]:
        for path, entry in self._code.tree.entries.items():
            known = grammar_for(path)
            if entry.kind != "file" or known is None or known.family != grammar.family or _TESTS.search(path):
                continue
            yield path, self._code.file(path).content


def answers(symbol: Symbol, name: str) -> bool:
    """Can a call of this name mean the symbol? A call of a class means its constructor."""
    owner, _, last = symbol.name.rpartition(".")
    if last in ("__init__", "constructor"):
        return owner.rpartition(".")[2] == name
    return symbol.kind in FUNCTIONS and last == name


def named_callees(symbol: Symbol, grammar: Grammar, functions: NamedFunctions, here: Sequence[Symbol]) -> Callees:
    """The callees of a symbol; `here` are all symbols of its file."""
    found: list[Symbol] = []
    unknown: list[OpenCall] = []
    for call, callee in _calls(symbol.nodes, grammar):
        name, of = _name(callee, grammar)
        if not name:
            continue
        owner = symbol.name.rpartition(".")[0]
        own = of in _OWN or (not of and grammar.own_methods)
        near = [each for each in here if own and answers(each, name) and each.name == f"{owner}.{name}".lstrip(".")]
        if not near and not of:
            near = _plain(here, name)
        if near:
            found += near
            continue
        candidates = functions.called(name, grammar)
        if not of:
            candidates = _plain(candidates, name) or candidates
        exact = [each for each in candidates if of and each.name == f"{of.rpartition('.')[2]}.{name}"]
        if len(exact or candidates) == 1:
            found += exact or candidates
        elif candidates:
            why = f"{len(candidates)} functions have this name"
            unknown.append(
                OpenCall(f"{of}.{name}" if of else name, symbol.path, call.start_point.row + 1, why, tuple(candidates))
            )
    return collected((each for each in found if each.key != symbol.key), unknown)


def _plain(symbols: Sequence[Symbol], name: str) -> list[Symbol]:
    """Functions of no type, and constructors."""
    wanted = (name, f"{name}.__init__", f"{name}.constructor", f"{name}.{name}")
    return [each for each in symbols if answers(each, name) and each.name in wanted]


def _calls(nodes: Sequence[Node], grammar: Grammar) -> Iterator[tuple[Node, Node]]:
    """Each call with what is called, in the order of the text."""
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if node.type in grammar.calls:
            fields = grammar.calls[node.type]
            callee = node if fields == "" else node.child_by_field_name(fields)
            if callee is not None:
                yield node, callee
        stack.extend(reversed(node.named_children))


def _name(callee: Node, grammar: Grammar) -> tuple[str, str]:
    """The last name of what is called, and what stands before it: `("push", "self.queue")`."""
    fields = grammar.members.get(callee.type)
    if fields is None:
        return (_text(callee), "") if callee.child_count == 0 else ("", "")
    of, name = callee.child_by_field_name(fields[0]), callee.child_by_field_name(fields[1])
    before = "" if of is None else _text(of)
    return ("" if name is None else _text(name)), before.replace("::", ".") or ("?" if of is not None else "")


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
