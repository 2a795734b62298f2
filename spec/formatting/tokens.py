"""What the formatter works on: the parse tree with every token in its place, and what stands between tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Token, Tree


@dataclass(eq=False, slots=True)
class TokenTree:
    """A rule of the grammar over the tokens from `first` up to `end`; or one token, with a text and no rule."""

    rule: str
    text: str
    first: int
    end: int
    children: list[TokenTree] = field(default_factory=list)

    def having(self, *rules: str) -> list[TokenTree]:
        """The children made by one of the rules."""
        return [child for child in self.children if child.rule in rules]


def complete_tree(tree: Tree[Token], tokens: Sequence[Token]) -> TokenTree:
    """Lark's tree together with the tokens that Lark leaves out of it: keywords and punctuation."""
    from lark import Tree

    firsts = {token.start_pos: i for i, token in enumerate(tokens)}
    ends = {token.end_pos: i + 1 for i, token in enumerate(tokens)}

    def leaves(first: int, end: int) -> list[TokenTree]:
        return [TokenTree("", text_of(tokens[i]), i, i + 1) for i in range(first, end)]

    def node(tree: Tree[Token]) -> TokenTree:
        result = TokenTree(str(tree.data), "", firsts[tree.meta.start_pos], ends[tree.meta.end_pos])
        at = result.first
        for child in tree.children:
            if isinstance(child, Tree) and not child.meta.empty:
                inner = node(child)
                result.children += [*leaves(at, inner.first), inner]
                at = inner.end
        result.children += leaves(at, result.end)
        return result

    return node(tree)


def text_of(token: Token) -> str:
    """How a token is written."""
    return "with callees" if token.type == "WITH_CALLEES" else str(token)  # the one token with a blank in it


@dataclass(slots=True)
class Line:
    """A comment on its own line or, with an empty text, the line that begins with the next token."""

    text: str
    after_blank: bool
    indented: bool
    inside: bool = False  # a comment that belongs to the declaration above it


@dataclass(slots=True)
class Gap:
    """White space and comments before a token, or before the end. The last of `lines` is the token's own."""

    trailing: str  # a comment on the line of the token before
    lines: list[Line]
    broken: bool  # is there a line end?

    @property
    def commented(self) -> bool:
        """Is there a comment in the gap?"""
        return bool(self.trailing) or len(self.lines) > 1


_COMMENT_OR_END = re.compile(r"#[^\n]*|\Z")


def gaps_of(text: str, tokens: Sequence[Token]) -> list[Gap]:
    """What stands before each token, and after the last one."""
    starts = [token.start_pos or 0 for token in tokens]
    ends = [token.end_pos or 0 for token in tokens]
    return [
        _gap(text[start:end], after_token=start > 0)
        for start, end in zip([0, *ends], [*starts, len(text)], strict=True)
    ]


def _gap(text: str, after_token: bool) -> Gap:
    gap = Gap("", [], "\n" in text)
    at = 0
    for match in _COMMENT_OR_END.finditer(text):
        space = text[at : match.start()]
        comment = match.group().rstrip()
        if comment and at == 0 and after_token and "\n" not in space:
            gap.trailing = comment
        else:
            gap.lines.append(Line(comment, space.count("\n") > 1, indented=not space.endswith("\n")))
        at = match.end()
    return gap
