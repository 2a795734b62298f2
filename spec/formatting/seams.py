"""Seams: how each token may be set off from the token before it, and where it stands if it begins a line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from skipgate.spec.formatting.tokens import TokenTree


class Break(Enum):
    """When a line begins with a token."""

    NEVER = auto()  # unless a comment stands there
    KEPT = auto()  # if the author broke the line
    ALWAYS = auto()


@dataclass(frozen=True, slots=True)
class Seam:
    """How a token is set off from the one before it: by a line end or, if `spaced`, by a blank.

    On a new line it is placed `offset` to the right of the token `anchor`, or of the token that begins the
    anchor's line if that is not before the token `leftmost`.
    """

    breaks: Break
    anchor: int
    offset: int
    leftmost: int
    spaced: bool = True
    blank: bool = False  # is the author's blank line kept?


TABULAR = {"const", "type_alias", "enum", "sort", "record", "variant", "var_equals", "var_in"}
_WITH_BODY = {"invariant", "transition", "lemma", "cover", "constraint", "liveness"}
_DECLARATIONS = {
    *TABULAR,
    *_WITH_BODY,
    "model",
    "import_",
    "assume",
    "def_",
    "action",
    "effect",
    "group",
    "fair_steps",
    "terminal",
    "initially",
    "refines",
    "check",
    "unmodelled",
}
CLAUSES = {
    "anchors",
    "anchor",
    "when",
    "action_let",
    "then",
    "tags",
    "scope",
    "with_",
    "with_callees",
    "symmetry",
    "expect",
}
# What stands behind `then`, and together with some clauses in blocks.
EFFECTS = {"update", "update_in", "choice", "if_effect", "match_effect", "do"}
_OPERATIONS = {"binary", "not_in", "range"}
_TYPES = {"option_type", "set_type", "seq_type", "map_type", "range_type"}
# Where only lists may be broken.
_RIGID = {*_TYPES, "parameters", "parameter", "action_params", "field", "member", "shape", "unary"}

# Where an expression may be broken, by the word after or before the break, and how much further to the right
# than its anchor the new line begins.
_AFTER = {"(": 2, "[": 2, "{": 2, "=": 2, ":": 2, "then": 2, "else": 2, "to": 2, "until": 2, "unless": 2}
_BEFORE = {")": 0, "]": 0, "}": 0, "then": 2, "else": 0, "where": 2, "leads": 0, "until": 0, "unless": 0}
_AFTER_OPERATOR = {"and": 0, "or": 0}  # any other: 2
_BEFORE_OPERATOR = {"and": 0, "or": 0, "=>": 0, "<=>": 0}
# After these the rest of the expression moves to the left, or deep nesting would push it off the page.
_HANGING = {"(", "[", "{", "=", ":", "=>", "<=>", "with"}
CLOSING = {")", "]", "}"}


def seam_before(node: TokenTree, k: int, root: int, spread: bool) -> Seam:
    """The seam before the k-th child of a node, k > 0.

    `root` is where the whole expression around it begins. `spread` is true if members, or the parts of a
    definition, have a line each.
    """
    before, child = node.children[k - 1], node.children[k]
    breaks, anchor, offset = _place(node, k, spread)
    if node.rule == "block" and anchor == node.first:
        anchor = root  # the `if`
    # No blank line after the head of a declaration, an opening brace or `then`.
    follows_another = before.rule in CLAUSES or before.rule in EFFECTS or before.text == ","
    blank = node.rule == "start" or (breaks is Break.ALWAYS and follows_another)
    hangs = before.text in _HANGING or child.text in CLOSING
    return Seam(breaks, anchor, offset, root if hangs else anchor, _spaced(node, before, child), blank)


def _place(  # noqa: C901 - a table: one case for each construct with a layout of its own
    node: TokenTree, k: int, spread: bool
) -> tuple[Break, int, int]:
    """Whether a line may begin with the k-th child, and where."""
    before, child = node.children[k - 1], node.children[k]
    rule, start = node.rule, node.first
    if rule in ("start", "anchors"):
        return Break.ALWAYS, start, 0
    if child.rule == "description":
        return Break.KEPT, start, 2
    if rule in _DECLARATIONS:
        return _place_in_declaration(node, k, spread)
    if rule in ("block", "match_effect", "case_block"):
        return _place_in_block(node, k)
    if rule == "then":
        return (Break.NEVER, start, 2) if k == 1 else (Break.ALWAYS, node.children[1].first, 0)
    if before.text == ",":
        return Break.KEPT, _start_of_list(node, k), 0
    if rule == "steps_of" and before.text == "or":
        return Break.KEPT, node.having("steps_like")[0].first, 0
    if rule in _RIGID:
        return Break.NEVER, start, 2
    if rule in _OPERATIONS:
        if child is node.children[-1]:
            return Break.KEPT, start, _AFTER_OPERATOR.get(before.text, 2)
        return (Break.KEPT if k == 1 else Break.NEVER), start, _BEFORE_OPERATOR.get(child.text, 2)
    if rule == "bag_comprehension" and child.text in ("for", "where"):
        return Break.KEPT, node.children[2].first, 0
    if rule in ("set_comprehension", "seq_comprehension", "updated"):
        if child.text in ("for", "where", "with"):
            return Break.KEPT, node.children[1].first, 0
        if before.text == "with":
            return Break.KEPT, node.children[1].first, 2
    if child.rule == "elif_":
        return Break.KEPT, start, 0
    if child.rule == "case":
        return (Break.KEPT, start, 2) if k == 2 else (Break.KEPT, node.children[2].first, 0)
    if before.text in _AFTER:
        return Break.KEPT, start, _AFTER[before.text]
    if child.text in _BEFORE:
        return Break.KEPT, start, _BEFORE[child.text]
    return Break.NEVER, start, 2


def _place_in_block(node: TokenTree, k: int) -> tuple[Break, int, int]:
    """Where the k-th child of a block, a `match` around clauses, or one of its cases stands."""
    before, child = node.children[k - 1], node.children[k]
    if node.rule == "case_block" and not (child.rule in EFFECTS or child.rule in CLAUSES):
        return (Break.KEPT if before.text == "," else Break.NEVER), node.first, 5
    items = [each for each in node.children if each.rule in (*EFFECTS, *CLAUSES, "case_block")]
    if child.text == "}":
        return (Break.ALWAYS if items else Break.NEVER), node.first, 0
    if child not in items:
        return Break.NEVER, node.first, 2
    if node.rule == "case_block" and len(items) == 1:
        return Break.KEPT, node.first, 2
    return (Break.ALWAYS, node.first, 2) if child is items[0] else (Break.ALWAYS, items[0].first, 0)


def _place_in_declaration(node: TokenTree, k: int, spread: bool) -> tuple[Break, int, int]:
    before, child = node.children[k - 1], node.children[k]
    if child.rule in ("given_names", "given_callees"):
        return Break.KEPT, node.first, 2
    if child.rule in CLAUSES or (node.rule in _WITH_BODY and child is node.children[-1]):
        return Break.ALWAYS, node.first, 2
    if spread and (child.rule in ("member", "field", "shape") or (node.rule == "def_" and child.text == "=")):
        return Break.ALWAYS, node.first, 2
    if spread and child.text == "}":
        return Break.ALWAYS, node.first, 0
    if before.text == "=" and not spread:
        return Break.KEPT, node.first, 4
    if node.rule == "group" and before.text == ",":
        return Break.KEPT, _start_of_list(node, k), 0
    return Break.NEVER, node.first, 4


def _start_of_list(node: TokenTree, k: int) -> int:
    """The first token of the list in which the k-th child follows a comma."""
    while node.children[k - 1].text == ",":
        k -= 2
    return node.children[k].first


def _spaced(node: TokenTree, before: TokenTree, child: TokenTree) -> bool:
    """Is there a blank between two adjacent children of a node if they stand on one line?"""
    rule = node.rule
    if child.text in (",", ")", "]", "'", ".", "..") or before.text in ("(", "[", ".", ".."):
        return False
    if child.text == "}" or before.text == "{":
        return rule in ("enum", "record", "variant")
    if child.text == "(":
        calls = ("call", "member_call", "some_of", "some_pattern", "shape_pattern", "shape", "steps_like", "do")
        return rule not in calls
    if child.text == "[":
        brackets = ("index", "place_index", "seq_type", "set_type", "bag_type", "map_type", "sort", "import_")
        return rule not in brackets
    if child.text == ":":
        return rule in ("const", "var_equals", "var_in", "field", "parameter", "def_")
    if child.rule in ("parameters", "action_params", "path", "index_step", "field_step"):
        return False
    return not (rule == "unary" and before.text == "-")
