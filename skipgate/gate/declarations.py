"""The symbols that a source file declares, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skipgate.gate.grammars import Grammar, Rule

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True)
class CodeDeclaration:
    """A symbol of a file. `nodes` are all the parts of the syntax tree that its meaning rests on, in order."""

    name: str  # with the types it is a member of: `Engine.Open`
    kind: str
    node: Node  # where it stands: what is shown of it
    nodes: tuple[Node, ...]
    headers: tuple[Node, ...] = ()  # enclosing nodes whose head, not whose body, belongs to it


def declarations(root: Node, grammar: Grammar) -> list[CodeDeclaration]:
    """Every symbol that an anchor can name, in the order of the file."""
    found = list(_inside(root, grammar, "", None, ()))
    return _merged(found) if grammar.overloads else found


def _inside(
    node: Node, grammar: Grammar, prefix: str, wrapper: Node | None, headers: tuple[Node, ...]
) -> Iterator[CodeDeclaration]:
    for child in node.named_children:
        rule = grammar.rules.get(child.type)
        if rule is not None:
            yield from _declared(child, rule, grammar, prefix, wrapper, headers)
        elif child.type in grammar.wrappers:
            yield from _inside(child, grammar, prefix, wrapper or child, headers)
        elif child.type in grammar.through:
            yield from _inside(child, grammar, prefix, wrapper, headers)


def _declared(
    node: Node, rule: Rule, grammar: Grammar, prefix: str, wrapper: Node | None, headers: tuple[Node, ...]
) -> Iterator[CodeDeclaration]:
    owner = _type_name(node.child_by_field_name(rule.owner)) if rule.owner else ""
    names = _names(node, rule)
    whole = wrapper or node
    if not rule.silent:
        leading = (*_leading(whole, grammar), *([] if whole is node else _leading(node, grammar)))
        for name in names:
            qualified = ".".join(part for part in (prefix, owner, name) if part)
            yield CodeDeclaration(qualified, rule.kind, whole, (*leading, whole), headers)
    if rule.members and len(names) == 1:
        inner = (*headers, node) if rule.silent else headers
        yield from _inside(node, grammar, ".".join(part for part in (prefix, names[0]) if part), None, inner)


def _names(node: Node, rule: Rule) -> list[str]:
    """The names that a node declares: `x, y = 1, 2` declares two, `_` none."""
    found: list[str] = []
    for part in node.children_by_field_name(rule.name):
        if rule.silent:
            found.append(_type_name(part))
        elif part.child_count == 0 or part.type in ("generic_type", "nested_identifier"):
            found.append(_text(part))
        elif rule.name == "left":  # Python's targets; attributes and subscripts declare nothing
            if part.type in ("pattern_list", "tuple_pattern", "list_pattern", "type"):
                found += [_text(each) for each in part.named_children if each.type == "identifier"]
        else:
            found.append(_text(part))
    return [name for name in found if name not in ("", "_", ",")]


def _type_name(node: Node | None) -> str:
    """The name of a type without pointers, packages and type arguments: the `Engine` in `(e *Engine[T])`."""
    if node is None:
        return ""
    if node.type in ("type_identifier", "primitive_type"):
        return _text(node)
    inner = node.child_by_field_name("type") or node.child_by_field_name("name")
    if inner is not None:
        return _type_name(inner)
    return next((name for child in node.named_children if (name := _type_name(child))), "")


def _leading(node: Node, grammar: Grammar) -> list[Node]:
    """What stands before a declaration and belongs to it: attributes, and comments that direct the compiler."""
    found: list[Node] = []
    before = node.prev_named_sibling
    while before is not None and (before.type in grammar.comments or before.type in grammar.leading):
        if before.type in grammar.leading or is_directive(before, grammar):
            found.append(before)
        before = before.prev_named_sibling
    siblings = _siblings_before(node) if node.type in grammar.enumerated else []
    return [*siblings, *reversed(found)]


def _siblings_before(node: Node) -> list[Node]:
    """The specs before one of a Go constant group that `iota` or the repetition of a value ties to them."""
    group = [child for child in (node.parent.named_children if node.parent else []) if child.type == node.type]
    before = group[: group.index(node)]
    tied = node.child_by_field_name("value") is None or b"iota" in (node.text or b"")
    return before if tied else []


def is_directive(comment: Node, grammar: Grammar) -> bool:
    """Does a comment give orders to a tool, such as `//go:build`?"""
    return grammar.directive is not None and grammar.directive.match(_text(comment)) is not None


def _merged(found: list[CodeDeclaration]) -> list[CodeDeclaration]:
    """Overloads, and the parts of a property, made one: they have one name and one scope."""
    groups: dict[tuple[str, int], list[CodeDeclaration]] = {}
    for each in found:
        scope = each.node.parent.id if each.node.parent is not None else 0
        groups.setdefault((each.name, scope), []).append(each)
    return [
        group[0]
        if len(group) == 1
        else CodeDeclaration(
            group[0].name, group[0].kind, group[0].node, tuple(node for each in group for node in each.nodes)
        )
        for group in groups.values()
    ]


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
