"""Every example in docs/language.md is run.

A fenced block says behind its fence what it is:

    gate model        a complete model: every check of it ends as it expects, and nothing else is wrong with the file
    gate outcome      a complete model; the `text` block that follows is what the checks come to
    gate error        a file that is refused; the `text` block that follows is exactly the message
    gate file NAME    a file for `import`
    gate given        declarations that the expressions after it mention, in their initial state
    gate expression   lines of the form `expression  # => value` or, if there is no value, `expression  # !! message`
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from skipgate.checker.checks.files import check_file
from skipgate.checker.core.terms import Term
from skipgate.checker.core.values import show
from skipgate.checker.elaborate import declared_types, expressions
from skipgate.checker.elaborate.elaborate import elaborate as elaborated
from skipgate.checker.kernel import components, kernels, layout
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate
from skipgate.checker.semantics.steps import initial_states
from skipgate.spec import names, parser, tree_builder
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.parser import _lark
from skipgate.spec.passes import read

PAGE = Path(__file__).parents[2] / "docs" / "language.md"
KINDS = ("model", "outcome", "error", "file", "given", "expression")


@dataclass(frozen=True)
class Block:
    """A fenced block: its line in the page, the words behind its fence, its text."""

    line: int
    label: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.line}-{'-'.join(self.label[1:])}"


@cache
def blocks() -> tuple[Block, ...]:
    found: list[Block] = []
    opened: tuple[int, tuple[str, ...]] | None = None
    lines: list[str] = []
    for number, line in enumerate(PAGE.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("```"):
            lines.append(line)
        elif opened is None:
            opened, lines = (number, tuple(line[3:].split())), []
        else:
            assert line == "```", f"line {number}: a block ends with three backticks alone"
            found.append(Block(*opened, "\n".join(lines) + "\n"))
            opened = None
    assert opened is None, "the last block is not closed"
    return tuple(found)


def labelled(kind: str) -> list[Block]:
    return [block for block in blocks() if block.label[:2] == ("gate", kind)]


def answer_to(block: Block) -> str:
    """The text in the block behind one."""
    following = blocks()[blocks().index(block) + 1]
    assert following.label == ("text",), f"line {following.line}: the answer stands in a `text` block"
    return following.text


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Block], str]:
    """Writes a block to a file beside the files to be imported, and goes to its folder."""

    def write(block: Block) -> str:
        for file in labelled("file"):
            (tmp_path / file.label[2]).write_text(file.text, encoding="utf-8")
        (tmp_path / "model.gate").write_text(block.text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return "model.gate"

    return write


def test_every_block_says_what_it_is() -> None:
    for block in blocks():
        if block.label and block.label[0] == "gate":
            assert block.label[1] in KINDS, f"line {block.line}"
    for kind in KINDS:
        assert labelled(kind), f"there is no example of `{kind}`"


def outcome(path: str) -> str:
    """What the checks of a file come to: a line each, and a line for all that differs from what is expected."""
    result = check_file(path)
    lines: list[str] = []
    for check in result.checks:
        verdict = ", ".join([check.verdict, *check.violated])
        counts = f"{check.distinct} states, {check.generated} generated, depth {check.depth}"
        lines.append(f"{check.check}: {verdict} ({counts})")
        lines += [f"  {problem}" for problem in check.problems]
        for found in check.properties.values():
            if found.name in ("evaluation", "deadlock") and found.trace is not None:
                lines.append(f"  {found.trace.failure.message}")
    return "".join(f"{line}\n" for line in [*lines, *result.problems])


@pytest.mark.parametrize("block", labelled("model"), ids=str)
def test_a_model_checks_as_it_expects(block: Block, place: Callable[[Block], str]) -> None:
    result = check_file(place(block))
    assert result.checks
    assert result.as_expected, outcome("model.gate")


@pytest.mark.parametrize("block", labelled("outcome"), ids=str)
def test_an_outcome_is_what_the_page_says(block: Block, place: Callable[[Block], str]) -> None:
    assert outcome(place(block)) == answer_to(block)


@pytest.mark.parametrize("block", labelled("error"), ids=str)
def test_an_error_is_what_the_page_says(block: Block, place: Callable[[Block], str]) -> None:
    path = place(block)
    with pytest.raises(SpecError) as caught:
        check_file(path)
    assert str(caught.value) + "\n" == answer_to(block)


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
    for block in blocks():
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
def test_an_expression_has_the_value_that_the_page_says(example: Example, place: Callable[[Block], str]) -> None:
    # An expression is evaluated where the language has it evaluated and shown: in the description of an action.
    text = f'{example.given}\naction example "{{{example.expression}}}" when true\ncheck c expect holds\n'
    spec = read(place(Block(example.line, (), text)))
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


def parsed() -> Iterator[Tree[Token]]:
    """The parse tree of every example that parses; of the errors some do."""
    texts = [block.text for kind in ("model", "outcome", "file", "given") for block in labelled(kind)]
    texts += [f"assume {example.expression}" for example in examples()]
    for text in [*texts, *(block.text for block in labelled("error"))]:
        with suppress(UnexpectedInput):
            yield _lark().parse(text, start="start")


def test_every_construct_has_an_example() -> None:
    used = {"$END"}
    for tree in parsed():
        for node in tree.iter_subtrees():
            used.add(str(node.data))
    texts = [block.text for block in blocks() if block.label[:1] == ("gate",)]
    used |= {token.type for text in texts for token in _lark().lex(text)}
    rules = {rule.alias or str(rule.origin.name) for rule in _lark().rules if rule.alias or not rule.options.expand1}
    missing = {rule for rule in rules if not rule.startswith("_")} - used
    missing |= {terminal.name for terminal in _lark().terminals} - used
    assert missing == {"expression", "WS", "COMMENT"}  # the entry for descriptions, and what is left out


def test_every_reserved_word_is_listed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.split("### Reserved words")[1].split("\n#")[0]
    listed = set(re.findall(r"`(\w+)`", section.split("\n\n")[2]))
    terminals = {str(t.pattern.value) for t in _lark().terminals if str(t.pattern.value).isidentifier()}
    soft = {"states", "generated", "depth", "proved", "tag", "deadlock"}
    assert listed == terminals - soft
    assert soft <= set(re.findall(r"`(\w+)`", section.split("\n\n")[3]))


def test_every_built_in_function_is_listed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.split("### Built-in functions")[1].split("\n#")[0]
    assert set(re.findall(r"^\| `(\w+)\(", section, re.MULTILINE)) == set(names.FUNCTIONS)


def test_the_limits_are_those_of_the_program() -> None:
    section = PAGE.read_text(encoding="utf-8").split("## Limits")[1].split("\n## ")[0]
    limits = [
        parser.DEEPEST,
        names.DEEPEST,
        tree_builder._MOST_DIGITS,
        declared_types._LARGEST_SORT,
        expressions._LARGEST_MODEL,
        components.LARGEST_UNIVERSE,
        components.LARGEST_ROW,
        layout.LARGEST_STATE * layout.WORD,
        kernels._MOST_CHOICES,
    ]
    for limit in limits:
        assert re.search(rf"(?<![\d,]){limit:,}(?![\d,])", section), f"{limit:,}"
