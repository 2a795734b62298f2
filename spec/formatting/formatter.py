"""The canonical form of `.gate` text.

The author chooses the tokens, the comments, the line breaks inside expressions and lists and before
descriptions, and single blank lines between declarations, clauses, updates, members and fields. Everything
else has one form:

* A declaration begins at the margin. Its clauses, its anchors and the body of a property stand on lines of
  their own, indented by two, and so does a description that begins a line; then the `=` of a definition does
  too. A value that begins a line is indented by four, so that it differs from these.
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

There are four steps: the parse tree with every token in its place (`tokens`); for each token its seam, which
says how it may be set off from the token before it (`seams`); the columns; the text (`layout`). The result has
a line break only where a seam allows it, and it has the same seams, so formatting twice changes nothing.
"""

from __future__ import annotations

from skipgate.spec.formatting.layout import Layout
from skipgate.spec.formatting.tokens import complete_tree, gaps_of, text_of
from skipgate.spec.parsing.grammar import lark_parser, lex
from skipgate.spec.parsing.parser import parse
from skipgate.spec.source import Source


def format_text(source: Source) -> str:
    """The text of a source in canonical form.

    Raises:
        SpecError: if the source does not parse.
    """
    parse(source)  # for its diagnostics: the syntax tree does not tell where each token belongs
    tokens = list(lex(source.text))
    tree = complete_tree(lark_parser().parse(source.text, start="start"), tokens) if tokens else None
    return Layout([text_of(token) for token in tokens], gaps_of(source.text, tokens), tree).text()
