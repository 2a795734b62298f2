"""docs/language.md: its expressions have the values that it says, and nothing of the language is left out.

Its models are checked by test_examples.py, like those of every page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from skipgate.checker.core.terms import Term
from skipgate.checker.core.values import show
from skipgate.checker.elaborate import declared_types, expressions
from skipgate.checker.elaborate.elaborate import elaborate as elaborated
from skipgate.checker.kernel import action_code, components, layout
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate
from skipgate.checker.semantics.steps import initial_states
from skipgate.spec.naming import recursion
from skipgate.spec.parsing import parser, tree_builder
from skipgate.spec.parsing.grammar import lark_parser, lex
from skipgate.spec.passes import read
from skipgate.spec.symbols import FUNCTIONS
from tests.docs.pages import ROOT, Block, blocks, labelled

PAGE = ROOT / "docs" / "language.md"


# ---------------------------------------------------------------------------------------------------- expressions


@dataclass(frozen=True)
class Example:
    given: str
    line: int
    expression: str
    value: str | None
    message: str | None

    def __str__(self) -> str:
        return f"{self.line}-{self.expression}"


def examples() -> list[Example]:
    found = []
    given = ""
    for block in blocks(PAGE):
        if block.label == ("gate", "given"):
            given = block.text
        elif block.label == ("gate", "expression"):
            for number, line in enumerate(block.text.splitlines(), block.line + 1):
                if not line.strip():
                    continue
                match = re.fullmatch(r"(.+?)\s+# (=>|!!) (.+)", line)
                assert match, f"line {number}: an example is `expression  # => value`"
                expression, sign, answer = match.groups()
                good = sign == "=>"
                found.append(Example(given, number, expression, answer if good else None, None if good else answer))
    return found


@pytest.mark.parametrize("example", examples(), ids=str)
def test_an_expression_has_the_value_that_the_page_says(example: Example, tmp_path: Path) -> None:
    # An expression is evaluated where the language has it evaluated and shown: in the description of an action.
    text = f'{example.given}\naction example "{{{example.expression}}}" when true\ncheck c expect holds\n'
    file = tmp_path / "model.gate"
    file.write_text(text, encoding="utf-8")
    spec = read(str(file))
    model = elaborated(spec, spec.checks[0])
    description = model.actions[-1].description
    assert description is not None
    term = description[1]
    assert isinstance(term, Term)
    scope = Scope(next(initial_states(model)))
    if example.value is not None:
        assert show(evaluate(term, scope)) == example.value
    else:
        with pytest.raises(EvaluationError) as caught:
            evaluate(term, scope)
        assert caught.value.message == example.message


# --------------------------------------------------------------------------------------------------- completeness


def on_page(kind: str) -> list[Block]:
    return labelled("gate", kind, page=PAGE)


def parsed() -> Iterator[Tree[Token]]:
    """The parse tree of every example that parses; of the errors some do."""
    texts = [block.text for kind in ("model", "outcome", "file", "given") for block in on_page(kind)]
    texts += [f"assume {example.expression}" for example in examples()]
    for text in [*texts, *(block.text for block in on_page("error"))]:
        with suppress(UnexpectedInput):
            yield lark_parser().parse(text, start="start")


def test_every_construct_has_an_example() -> None:
    used = {"$END"}
    for tree in parsed():
        for node in tree.iter_subtrees():
            used.add(str(node.data))
    texts = [block.text for block in blocks(PAGE) if block.label[:1] == ("gate",)]
    used |= {token.type for text in texts for token in lex(text)}
    rules = {
        rule.alias or str(rule.origin.name) for rule in lark_parser().rules if rule.alias or not rule.options.expand1
    }
    missing = {rule for rule in rules if not rule.startswith("_")} - used
    missing |= {terminal.name for terminal in lark_parser().terminals} - used
    # The entries for what stands elsewhere, what only serves a constant called `callees`, and what is left out.
    assert missing == {"expression", "settings", "with_callees", "given_callees", "WS", "COMMENT"}


def test_every_reserved_word_is_listed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.split("### Reserved words")[1].split("\n#")[0]
    listed = set(re.findall(r"`(\w+)`", section.split("\n\n")[2]))
    terminals = {str(t.pattern.value) for t in lark_parser().terminals if str(t.pattern.value).isidentifier()}
    soft = {"states", "generated", "depth", "proved", "tag", "deadlock", "examine", "ignore"}
    soft |= {"enabled", "taken", "fold", "from", "as", "until", "unless", "bag"}
    assert listed == terminals - soft
    assert soft <= set(re.findall(r"`(\w+)`", section.split("\n\n")[3]))


def test_every_built_in_function_is_listed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.split("### Built-in functions")[1].split("\n#")[0]
    assert set(re.findall(r"^\| `(\w+)\(", section, re.MULTILINE)) == set(FUNCTIONS)


def test_the_limits_are_those_of_the_program() -> None:
    section = PAGE.read_text(encoding="utf-8").split("## Limits")[1].split("\n## ")[0]
    limits = [
        parser.DEEPEST,
        recursion.DEEPEST,
        tree_builder.MOST_DIGITS,
        declared_types._LARGEST_SORT,
        expressions._LARGEST_MODEL,
        components.LARGEST_UNIVERSE,
        components.LARGEST_ROW,
        layout.LARGEST_STATE * layout.WORD,
        action_code._MOST_CHOICES,
    ]
    for limit in limits:
        assert re.search(rf"(?<![\d,]){limit:,}(?![\d,])", section), f"{limit:,}"
