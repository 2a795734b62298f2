"""The layout of a file: where lines break, blank lines, columns, and the text that results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from skipgate.spec.formatting.seams import CLAUSES, CLOSING, TABULAR, Break, Seam, seam_before
from skipgate.spec.formatting.tokens import Gap, TokenTree

ROWS = {
    "start": TABULAR,
    "then": {"update", "update_in"},
    "block": {"update", "update_in"},
    "case_block": {"update", "update_in"},
    "with_": {"setting"},
    "given_names": {"given"},
    "action_let": {"let_binding"},
    "enum": {"member"},
    "record": {"field"},
    "variant": {"shape"},
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: its first token, and by column the tokens that begin its further cells."""

    first: int
    cells: dict[int, int]


def row_of(node: TokenTree) -> Row:
    """The row of a node. Its columns are the name, the type, the value and the description; of a branch, the condition
    and `then`."""
    children = node.children
    if node.rule in ("if_", "elif_"):
        return Row(node.first, {1: children[1].first, 2: children[2].first})
    if node.rule in ("enum", "record", "variant"):
        name = children.index(node.having("name")[0])
        return Row(node.first, {1: children[name].first, 2: children[name + 1].first})
    cells = {}
    for child in children[1:]:
        if child.rule in ("name", "place_index", "place_member", "qualified_name"):
            cells[1] = child.first
        elif child.text == ":" or (child.text == "=" and node.rule == "type_alias"):
            cells[2] = child.first
        elif child.text in ("=", "in"):
            cells[3] = child.first
        elif child.rule == "description":
            cells[4] = child.first
    return Row(node.first, cells)


class Layout:
    """Breaks, columns and blank lines of one file."""

    def __init__(self, words: list[str], gaps: list[Gap], tree: TokenTree | None) -> None:
        self.words = words
        self.gaps = gaps
        # The seam of the first token. Those of the others are set by the tree.
        self.seams = [Seam(Break.ALWAYS, 0, 0, 0, blank=True)] * len(words)
        self.pads = [0] * len(words)  # blanks that align a token, apart from the one that its seam asks for
        declarations = []
        if tree is not None:
            declarations = tree.children
            self._set_seams(tree, 0)
        self.begins_line = [self._begins_line(i) for i in range(len(words))]
        self._set_blank_lines(declarations)
        if tree is not None:
            self._set_columns(tree)

    def _set_seams(self, node: TokenTree, root: int) -> None:
        spread = self._is_spread(node)
        for k, child in enumerate(node.children):
            if k > 0:
                self.seams[child.first] = seam_before(node, k, root, spread)
            # A hanging line stays to the right of `when` and of an update, but not of `def f = `.
            is_root = node.rule in ("start", *CLAUSES)
            self._set_seams(child, child.first if is_root else node.first if node.rule == "if_effect" else root)

    def _is_spread(self, node: TokenTree) -> bool:
        if node.rule == "def_":
            descriptions = node.having("description")
            return bool(node.having("anchors")) or any(self.gaps[child.first].broken for child in descriptions)
        if node.rule in ("enum", "record", "variant"):
            opening = next(child.first for child in node.children if child.text == "{")
            return any(gap.broken for gap in self.gaps[opening + 1 : node.end])
        return False

    def _begins_line(self, i: int) -> bool:
        breaks, gap = self.seams[i].breaks, self.gaps[i]
        return breaks is Break.ALWAYS or (breaks is Break.KEPT and gap.broken) or gap.commented

    def _on_one_line(self, first: int, last: int) -> bool:
        return not any(self.begins_line[first + 1 : last + 1])

    # -------------------------------------------------------------------------------------- blank lines

    def _set_blank_lines(self, declarations: Sequence[TokenTree]) -> None:
        for gap, seam in zip(self.gaps, self.seams, strict=False):  # not the gap before the end
            for line in gap.lines:
                line.after_blank &= seam.blank
        self.gaps[0].lines[0].after_blank = False
        for above, below in zip(declarations, [*declarations[1:], None], strict=False):
            self._separate(above, below)
        self.gaps[-1].lines[-1].after_blank = False

    def _separate(self, above: TokenTree, below: TokenTree | None) -> None:
        """Set declarations of several lines apart from what is above and below them."""
        lines = self.gaps[above.end].lines
        if self._on_one_line(above.first, above.end - 1):
            if below is not None and not self._on_one_line(below.first, below.end - 1):
                lines[0].after_blank |= not any(line.after_blank for line in lines)
            return
        # Indented comments right below are mostly clauses that are commented out: they stay with the declaration.
        for line in lines:
            line.inside = bool(line.text) and line.indented and not line.after_blank
            if not line.inside:
                line.after_blank = True
                break

    # ------------------------------------------------------------------------------------------ columns

    def _set_columns(self, node: TokenTree) -> None:
        if node.rule == "if_":
            self._align_branches([node, *node.having("elif_")])
        if node.rule in ROWS:
            self._align_runs([child for child in node.children if child.rule in ROWS[node.rule]])
        for child in node.children:
            self._set_columns(child)

    def _align_branches(self, branches: list[TokenTree]) -> None:
        """Align the conditions and values of an `if`, unless a branch is broken before its value."""
        if all(self.begins_line[branch.first] for branch in branches[1:]) and all(
            self._on_one_line(branch.first, branch.children[3].first) for branch in branches
        ):
            self._align([row_of(branch) for branch in branches])

    def _align_runs(self, nodes: list[TokenTree]) -> None:
        """Align adjacent nodes that share no line with other nodes."""
        run: list[Row] = []
        for node in nodes:
            alone = (node is nodes[0] or self.begins_line[node.first]) and self._ends_line(node)
            if not alone or any(line.after_blank for line in self.gaps[node.first].lines):
                self._align(run)
                run = []
            if alone:
                run.append(row_of(node))
        self._align(run)

    def _ends_line(self, node: TokenTree) -> bool:
        after = node.end + (self.words[node.end : node.end + 1] == [","])
        return after == len(self.words) or self.begins_line[after]

    def _align(self, rows: list[Row]) -> None:
        """Put the cells of each column under each other. The last cell of a row adds nothing to the widths."""
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
        """The formatted text."""
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
                lines += _own_lines(gap, indent + 2 if word in CLOSING else indent)
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


def _own_lines(gap: Gap, indent: int) -> list[tuple[str, str]]:
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
