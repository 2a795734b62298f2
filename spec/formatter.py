"""The canonical form of `.gate` text.

The author decides on the tokens, the comments, the line breaks inside expressions and lists and before
descriptions, and single blank lines between declarations, clauses, updates, members and fields. Everything
else has one form:

* A declaration begins at the margin. Its clauses, its anchors and the body of a property stand on lines of
  their own, indented by two, and so does a description that begins a line; the `=` of a definition follows
  suit. A value that begins a line is indented by four, to be told from these.
* Each update has its own line, under the first. The members of an enum and the fields of a record stand on
  one line or, if there is a line break between the braces, on a line each.
* A line that begins inside an expression is placed by the innermost construct that it continues. What follows
  a bracket, `:`, `=` or `=>` at the end of a line is indented by two from that line, a closing bracket not at
  all. Operands of `and` and `or` stand under the first one, elements of a list too. Other operands, and the
  values of an `if`, stand two to the right of where their expression begins.
* Columns are aligned in runs of adjacent lines: one-line declarations of constants, types and variables; the
  `=` of updates and settings; the parts of members and fields; the branches of an `if` with `elif`; trailing
  comments.
* A declaration of several lines has a blank line before and after it.

There are four steps: the parse tree with every token in its place; for each token its seam, that is how it
may be set off from the token before it; the columns; the text. A line breaks in the result only where a seam
lets it, and the seams of the result are the same, so formatting twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import groupby
from typing import TYPE_CHECKING

from skipgate.spec.parser import _lark, parse
from skipgate.spec.source import Source

if TYPE_CHECKING:
    from lark import Token, Tree


def format_text(source: Source) -> str:
    """The text of a source in canonical form.

    Raises:
        SpecError: if the source does not parse.
    """
    parse(source)  # for its diagnostics: the syntax tree does not tell where each token belongs
    tokens = list(_lark().lex(source.text))
    tree = _complete(_lark().parse(source.text, start="start"), tokens) if tokens else None
    return _Layout([str(token) for token in tokens], _gaps(source.text, tokens), tree).text()


# --------------------------------------------------------------------------------- tokens and their tree


@dataclass(eq=False, slots=True)
class _Node:
    """A rule of the grammar over the tokens from `first` up to `end`; or one token, with a text instead."""

    rule: str
    text: str
    first: int
    end: int
    children: list[_Node] = field(default_factory=list)

    def having(self, *rules: str) -> list[_Node]:
        """The children made by one of the rules."""
        return [child for child in self.children if child.rule in rules]


def _complete(tree: Tree[Token], tokens: Sequence[Token]) -> _Node:
    """Lark's tree with the tokens put back that Lark leaves out: keywords and punctuation."""
    from lark import Tree

    firsts = {token.start_pos: i for i, token in enumerate(tokens)}
    ends = {token.end_pos: i + 1 for i, token in enumerate(tokens)}

    def leaves(first: int, end: int) -> list[_Node]:
        return [_Node("", str(tokens[i]), i, i + 1) for i in range(first, end)]

    def node(tree: Tree[Token]) -> _Node:
        result = _Node(str(tree.data), "", firsts[tree.meta.start_pos], ends[tree.meta.end_pos])
        at = result.first
        for child in tree.children:
            if isinstance(child, Tree) and not child.meta.empty:
                inner = node(child)
                result.children += [*leaves(at, inner.first), inner]
                at = inner.end
        result.children += leaves(at, result.end)
        return result

    return node(tree)


# -------------------------------------------------------------------------------- what is between tokens


@dataclass(slots=True)
class _Line:
    """A comment on its own line or, with an empty text, the line that begins with the next token."""

    text: str
    after_blank: bool
    indented: bool
    inside: bool = False  # a comment that belongs to the declaration above it


@dataclass(slots=True)
class _Gap:
    """White space and comments before a token, or before the end. The last of `lines` is the token's own."""

    trailing: str  # a comment on the line of the token before
    lines: list[_Line]
    broken: bool  # is there a line end?

    @property
    def commented(self) -> bool:
        return bool(self.trailing) or len(self.lines) > 1


_COMMENT_OR_END = re.compile(r"#[^\n]*|\Z")


def _gaps(text: str, tokens: Sequence[Token]) -> list[_Gap]:
    """What stands before each token, and after the last one."""
    starts = [token.start_pos or 0 for token in tokens]
    ends = [token.end_pos or 0 for token in tokens]
    return [
        _gap(text[start:end], after_token=start > 0)
        for start, end in zip([0, *ends], [*starts, len(text)], strict=True)
    ]


def _gap(text: str, after_token: bool) -> _Gap:
    gap = _Gap("", [], "\n" in text)
    at = 0
    for match in _COMMENT_OR_END.finditer(text):
        space = text[at : match.start()]
        comment = match.group().rstrip()
        if comment and at == 0 and after_token and "\n" not in space:
            gap.trailing = comment
        else:
            gap.lines.append(_Line(comment, space.count("\n") > 1, indented=not space.endswith("\n")))
        at = match.end()
    return gap


# ------------------------------------------------------------------------------------------------- seams


class _Break(Enum):
    NEVER = auto()  # unless a comment stands there
    KEPT = auto()  # if the author broke the line
    ALWAYS = auto()


@dataclass(frozen=True, slots=True)
class _Seam:
    """How a token is set off from the one before it: by a line end or, if `spaced`, by a blank.

    On a new line it is placed `offset` to the right of the token `anchor`, or of the token that begins the
    anchor's line if that is not before the token `leftmost`.
    """

    breaks: _Break
    anchor: int
    offset: int
    leftmost: int
    spaced: bool = True
    blank: bool = False  # is the author's blank line kept?


_TABULAR = {"const", "type_alias", "enum", "sort", "record", "var_equals", "var_in"}
_WITH_BODY = {"invariant", "transition", "lemma", "cover", "constraint", "liveness"}
_DECLARATIONS = {
    *_TABULAR,
    *_WITH_BODY,
    "model",
    "import_",
    "assume",
    "def_",
    "action",
    "fair_steps",
    "terminal",
    "refines",
    "check",
    "unmodelled",
}
_CLAUSES = {"anchors", "anchor", "when", "action_let", "then", "tags", "with_", "symmetry", "expect"}
_OPERATIONS = {"binary", "not_in", "range"}
_TYPES = {"option_type", "set_type", "seq_type", "map_type", "range_type"}
# Where only lists may be broken.
_RIGID = {*_TYPES, "parameters", "parameter", "action_params", "field", "member", "unary"}

# Where an expression may be broken, by the word after or before the break, and how much further to the right
# than its anchor the new line begins.
_AFTER = {"(": 2, "[": 2, "{": 2, "=": 2, ":": 2, "then": 2, "else": 2, "to": 2}
_BEFORE = {")": 0, "]": 0, "}": 0, "then": 2, "else": 0, "where": 2, "leads": 0}
_AFTER_OPERATOR = {"and": 0, "or": 0}  # any other: 2
_BEFORE_OPERATOR = {"and": 0, "or": 0, "=>": 0, "<=>": 0}
# Behind these the rest of the expression moves to the left, or deep nesting would push it off the page.
_HANGING = {"(", "[", "{", "=", ":", "=>", "<=>", "with"}
_CLOSING = {")", "]", "}"}


def _seam(node: _Node, k: int, root: int, spread: bool) -> _Seam:
    """The seam before the k-th child of a node, k > 0.

    `root` is where the whole expression around it begins; `spread` says that members or the parts of a
    definition have a line each.
    """
    before, child = node.children[k - 1], node.children[k]
    breaks, anchor, offset = _place(node, k, spread)
    # No blank line after the head of a declaration, an opening brace or `then`.
    follows_another = before.rule in _CLAUSES or before.rule == "update" or before.text == ","
    blank = node.rule == "start" or (breaks is _Break.ALWAYS and follows_another)
    hangs = before.text in _HANGING or child.text in _CLOSING
    return _Seam(breaks, anchor, offset, root if hangs else anchor, _spaced(node, before, child), blank)


def _place(node: _Node, k: int, spread: bool) -> tuple[_Break, int, int]:
    """Whether a line may begin with the k-th child, and where."""
    before, child = node.children[k - 1], node.children[k]
    rule, start = node.rule, node.first
    if rule in ("start", "anchors"):
        return _Break.ALWAYS, start, 0
    if child.rule == "description":
        return _Break.KEPT, start, 2
    if rule in _DECLARATIONS:
        return _place_in_declaration(node, k, spread)
    if rule == "then":
        return (_Break.NEVER, start, 2) if k == 1 else (_Break.ALWAYS, node.children[1].first, 0)
    if before.text == ",":
        return _Break.KEPT, _start_of_list(node, k), 0
    if rule == "steps_of" and before.text == "or":
        return _Break.KEPT, node.having("steps_like")[0].first, 0
    if rule in _RIGID:
        return _Break.NEVER, start, 2
    if rule in _OPERATIONS:
        if child is node.children[-1]:
            return _Break.KEPT, start, _AFTER_OPERATOR.get(before.text, 2)
        return (_Break.KEPT if k == 1 else _Break.NEVER), start, _BEFORE_OPERATOR.get(child.text, 2)
    if rule in ("set_comprehension", "seq_comprehension", "updated"):
        if child.text in ("for", "where", "with"):
            return _Break.KEPT, node.children[1].first, 0
        if before.text == "with":
            return _Break.KEPT, node.children[1].first, 2
    if child.rule == "elif_":
        return _Break.KEPT, start, 0
    if child.rule == "case":
        return (_Break.KEPT, start, 2) if k == 2 else (_Break.KEPT, node.children[2].first, 0)
    if before.text in _AFTER:
        return _Break.KEPT, start, _AFTER[before.text]
    if child.text in _BEFORE:
        return _Break.KEPT, start, _BEFORE[child.text]
    return _Break.NEVER, start, 2


def _place_in_declaration(node: _Node, k: int, spread: bool) -> tuple[_Break, int, int]:
    before, child = node.children[k - 1], node.children[k]
    if child.rule in _CLAUSES or (node.rule in _WITH_BODY and child is node.children[-1]):
        return _Break.ALWAYS, node.first, 2
    if spread and (child.rule in ("member", "field") or (node.rule == "def_" and child.text == "=")):
        return _Break.ALWAYS, node.first, 2
    if spread and child.text == "}":
        return _Break.ALWAYS, node.first, 0
    if before.text == "=" and not spread:
        return _Break.KEPT, node.first, 4
    return _Break.NEVER, node.first, 4


def _start_of_list(node: _Node, k: int) -> int:
    """The first token of the list in which the k-th child follows a comma."""
    while node.children[k - 1].text == ",":
        k -= 2
    return node.children[k].first


def _spaced(node: _Node, before: _Node, child: _Node) -> bool:
    """Is there a blank between two adjacent children of a node that stand on one line?"""
    rule = node.rule
    if child.text in (",", ")", "]", "'", ".", "..") or before.text in ("(", "[", ".", ".."):
        return False
    if child.text == "}" or before.text == "{":
        return rule in ("enum", "record")
    if child.text == "(":
        return rule not in ("call", "some_of", "some_pattern", "steps_like")
    if child.text == "[":
        return rule not in ("index", "seq_type", "map_type", "sort")
    if child.text == ":":
        return rule in ("const", "var_equals", "var_in", "field", "parameter", "def_")
    if child.rule in ("parameters", "action_params", "path", "index_step", "field_step"):
        return False
    return not (rule == "unary" and before.text == "-")


# ----------------------------------------------------------------------------------------------- columns

_ROWS = {
    "start": _TABULAR,
    "then": {"update"},
    "with_": {"setting"},
    "action_let": {"let_binding"},
    "enum": {"member"},
    "record": {"field"},
}


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a table: its first token, and by column the tokens that begin its further cells."""

    first: int
    cells: dict[int, int]


def _row(node: _Node) -> _Row:
    """The columns: what is declared, its type, its value, its description. Of a branch: condition, `then`."""
    children = node.children
    if node.rule in ("if_", "elif_"):
        return _Row(node.first, {1: children[1].first, 2: children[2].first})
    if node.rule in ("enum", "record"):
        name = children.index(node.having("name")[0])
        return _Row(node.first, {1: children[name].first, 2: children[name + 1].first})
    cells = {}
    for child in children[1:]:
        if child.rule == "name":
            cells[1] = child.first
        elif child.text == ":" or (child.text == "=" and node.rule == "type_alias"):
            cells[2] = child.first
        elif child.text in ("=", "in"):
            cells[3] = child.first
        elif child.rule == "description":
            cells[4] = child.first
    return _Row(node.first, cells)


# ------------------------------------------------------------------------------------------------ layout


class _Layout:
    """Breaks, columns and blank lines of one file."""

    def __init__(self, words: list[str], gaps: list[_Gap], tree: _Node | None) -> None:
        self.words = words
        self.gaps = gaps
        # The first token follows nothing; the tree tells of the others.
        self.seams = [_Seam(_Break.ALWAYS, 0, 0, 0, blank=True)] * len(words)
        self.pads = [0] * len(words)  # blanks that align a token, apart from the one that its seam asks for
        declarations = []
        if tree is not None:
            declarations = tree.children
            self._set_seams(tree, 0)
        self.begins_line = [self._begins_line(i) for i in range(len(words))]
        self._set_blank_lines(declarations)
        if tree is not None:
            self._set_columns(tree)

    def _set_seams(self, node: _Node, root: int) -> None:
        spread = self._is_spread(node)
        for k, child in enumerate(node.children):
            if k > 0:
                self.seams[child.first] = _seam(node, k, root, spread)
            # What hangs stays to the right of `when` and of an update, but not of `def f = `.
            is_root = node.rule in ("start", *_CLAUSES)
            self._set_seams(child, child.first if is_root else root)

    def _is_spread(self, node: _Node) -> bool:
        if node.rule == "def_":
            descriptions = node.having("description")
            return bool(node.having("anchors")) or any(self.gaps[child.first].broken for child in descriptions)
        if node.rule in ("enum", "record"):
            opening = next(child.first for child in node.children if child.text == "{")
            return any(gap.broken for gap in self.gaps[opening + 1 : node.end])
        return False

    def _begins_line(self, i: int) -> bool:
        breaks, gap = self.seams[i].breaks, self.gaps[i]
        return breaks is _Break.ALWAYS or (breaks is _Break.KEPT and gap.broken) or gap.commented

    def _on_one_line(self, first: int, last: int) -> bool:
        return not any(self.begins_line[first + 1 : last + 1])

    # -------------------------------------------------------------------------------------- blank lines

    def _set_blank_lines(self, declarations: Sequence[_Node]) -> None:
        for gap, seam in zip(self.gaps, self.seams, strict=False):  # not the gap before the end
            for line in gap.lines:
                line.after_blank &= seam.blank
        self.gaps[0].lines[0].after_blank = False
        for above, below in zip(declarations, [*declarations[1:], None], strict=False):
            self._separate(above, below)
        self.gaps[-1].lines[-1].after_blank = False

    def _separate(self, above: _Node, below: _Node | None) -> None:
        """Set declarations of several lines apart from what is above and below them."""
        lines = self.gaps[above.end].lines
        if self._on_one_line(above.first, above.end - 1):
            if below is not None and not self._on_one_line(below.first, below.end - 1):
                lines[0].after_blank |= not any(line.after_blank for line in lines)
            return
        # Indented comments right below are most often clauses out of use: they stay with the declaration.
        for line in lines:
            line.inside = bool(line.text) and line.indented and not line.after_blank
            if not line.inside:
                line.after_blank = True
                break

    # ------------------------------------------------------------------------------------------ columns

    def _set_columns(self, node: _Node) -> None:
        if node.rule == "if_":
            self._align_branches([node, *node.having("elif_")])
        if node.rule in _ROWS:
            self._align_runs([child for child in node.children if child.rule in _ROWS[node.rule]])
        for child in node.children:
            self._set_columns(child)

    def _align_branches(self, branches: list[_Node]) -> None:
        """Align the conditions and values of an `if`, unless a branch is broken before its value."""
        if all(self.begins_line[branch.first] for branch in branches[1:]) and all(
            self._on_one_line(branch.first, branch.children[3].first) for branch in branches
        ):
            self._align([_row(branch) for branch in branches])

    def _align_runs(self, nodes: list[_Node]) -> None:
        """Align adjacent nodes which share no line with others."""
        run: list[_Row] = []
        for node in nodes:
            alone = (node is nodes[0] or self.begins_line[node.first]) and self._ends_line(node)
            if not alone or any(line.after_blank for line in self.gaps[node.first].lines):
                self._align(run)
                run = []
            if alone:
                run.append(_row(node))
        self._align(run)

    def _ends_line(self, node: _Node) -> bool:
        after = node.end + (self.words[node.end : node.end + 1] == [","])
        return after == len(self.words) or self.begins_line[after]

    def _align(self, rows: list[_Row]) -> None:
        """Put the cells of each column under each other; what ends a row takes no room from the columns."""
        for column in sorted({column for row in rows for column in row.cells}):
            cells = [(row.first, row.cells[column]) for row in rows if column in row.cells]
            widths = {cell: self._width(first, cell) for first, cell in cells if self._on_one_line(first, cell)}
            widest = max(widths.values(), default=0)
            for cell, width in widths.items():
                self.pads[cell] = widest - width

    def _width(self, first: int, end: int) -> int:
        """How far to the right of a token another token on its line stands."""
        blanks = sum(self.seams[i].spaced + self.pads[i] for i in range(first + 1, end + 1))
        return blanks + sum(len(word) for word in self.words[first:end])

    # --------------------------------------------------------------------------------------------- text

    def text(self) -> str:
        lines: list[tuple[str, str]] = []  # with their trailing comments
        line = ""
        columns: list[int] = []  # of the tokens so far
        line_starts: list[int] = []  # the token that begins the line of each token so far
        for i, (word, seam, gap) in enumerate(zip(self.words, self.seams, self.gaps, strict=False)):
            if self.begins_line[i]:
                indent = 0
                if i > 0:
                    indent = columns[max(line_starts[seam.anchor], seam.leftmost)] + seam.offset
                    lines.append((line, gap.trailing))
                # A comment before a closing bracket belongs to what the bracket holds.
                lines += _own_lines(gap, indent + 2 if word in _CLOSING else indent)
                line = " " * indent
            else:
                line += " " * (seam.spaced + self.pads[i])
            columns.append(len(line))
            line_starts.append(i if self.begins_line[i] else line_starts[-1])
            line += word
        end = self.gaps[-1]
        if self.words:
            lines.append((line, end.trailing))
        lines += _own_lines(end, 0)
        return "".join(f"{line}\n" for line in _joined(lines))


def _own_lines(gap: _Gap, indent: int) -> list[tuple[str, str]]:
    """The comments of a gap on their own lines, and the blank lines around them."""
    lines = []
    for line in gap.lines:
        if line.after_blank:
            lines.append(("", ""))
        if line.text:
            lines.append((" " * (2 if line.inside else indent) + line.text, ""))
    return lines


def _joined(lines: Sequence[tuple[str, str]]) -> list[str]:
    """Lines with their trailing comments, aligned where adjacent lines have one."""
    joined: list[str] = []
    for commented, group in groupby(lines, key=lambda line: line[1] != ""):
        run = list(group)
        width = max(len(text) for text, _ in run)
        joined += [f"{text:{width}}  {comment}" if commented else text for text, comment in run]
    return joined
