"""The meaning of a piece of code as a row of tokens, and its digest. Comments and layout are no part of it.

Whatever is not known to be mere layout counts: a change that means nothing may then be taken for one that does, which
costs a look; the other way round the gate would be open.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from skipgate.gate.declarations import CodeDeclaration, is_directive
from skipgate.gate.grammars import Grammar

if TYPE_CHECKING:
    from tree_sitter import Node

_BLANK = re.compile(rb"(?:[ \t\r\n\f]|\\\r?\n)*")
_NAME = "\0name"  # stands for a symbol's own name
_OPEN, _CLOSE, _FIELD, _MISSING = "\0(", "\0)", "\0.", "\0!"  # no leaf begins with a zero byte


def digest(tokens: Iterable[str]) -> str:
    """A digest of tokens, each with its length, so that no two rows run into the same text."""
    state = hashlib.sha256()
    for token in tokens:
        data = token.encode("utf-8", "surrogatepass")
        state.update(b"%d:" % len(data))
        state.update(data)
    return f"sha256:{state.hexdigest()}"


def bytes_digest(content: bytes) -> str:
    """The fingerprint of a file in a language that nobody here knows: its bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def declaration_tokens(declaration: CodeDeclaration, grammar: Grammar) -> list[str]:
    """All that a symbol means."""
    found = [declaration.kind]
    for header in declaration.headers:
        body = header.child_by_field_name("body")
        for child in header.children:
            if child != body:
                found += tokens(child, grammar)
    for node in declaration.nodes:
        found += tokens(node, grammar)
    return found


def shape(row: Iterable[str], name: str) -> str:
    """The fingerprint a symbol would have under any name: equal for two that differ in their names only."""
    own = name.rsplit(".", 1)[-1]
    return digest(_NAME if token == own else token for token in row)


def tokens(root: Node, grammar: Grammar) -> Iterator[str]:
    """The syntax tree in a row: a node opens with its type and is closed again, leaves stand for themselves.

    Iterative, since a hostile file may nest deeper than Python can recurse.
    """
    source = root.text or b""
    offset = root.start_byte
    stack: list[tuple[Node | None, str | None, str]] = [(root, None, "")]
    while stack:
        node, field, parent = stack.pop()
        if node is None:
            yield field or _CLOSE
            continue
        if node.type in grammar.comments:
            if is_directive(node, grammar):
                yield (node.text or b"").decode("utf-8", "replace").rstrip()
            continue
        if not node.is_named and grammar.is_layout(node.type, parent):
            continue
        if field is not None:
            yield _FIELD + field
        if node.child_count == 0 or node.type in grammar.verbatim:
            text = (node.text or b"").decode("utf-8", "surrogateescape")
            if text or node.is_missing:
                yield _MISSING + node.type if node.is_missing else text
            continue
        yield _OPEN + node.type
        parts: list[tuple[Node | None, str | None, str]] = []
        at = node.start_byte
        children = node.children
        fields = _fields(node)
        for number, child in enumerate(children):
            gap = source[at - offset : child.start_byte - offset]
            if not _BLANK.fullmatch(gap):
                parts.append((None, gap.strip().decode("utf-8", "surrogateescape"), ""))
            at = max(at, child.end_byte)
            if child.type == "," and node.type in grammar.trailing and _is_last(children, number, grammar):
                continue
            parts.append((child, fields[number], node.type))
        rest = source[at - offset : node.end_byte - offset]
        if not _BLANK.fullmatch(rest):
            parts.append((None, rest.strip().decode("utf-8", "surrogateescape"), ""))
        stack.append((None, None, ""))
        stack.extend(reversed(parts))


def _fields(node: Node) -> list[str | None]:
    """The field of each child. By a cursor, since asking for the n-th takes n steps, and literals can be huge."""
    cursor = node.walk()
    found: list[str | None] = []
    more = cursor.goto_first_child()
    while more:
        found.append(cursor.field_name)
        more = cursor.goto_next_sibling()
    return found


def _is_last(children: list[Node], number: int, grammar: Grammar) -> bool:
    """Does a comma follow an element, and nothing but the closing bracket follow the comma?"""
    after = number + 1
    while after < len(children) - 1 and (children[after].type in grammar.comments or children[after].type == "\n"):
        after += 1
    before = number - 1
    while before >= 0 and children[before].type in grammar.comments:
        before -= 1
    closed = after == len(children) - 1 and not children[after].is_named
    return closed and before >= 0 and children[before].is_named
