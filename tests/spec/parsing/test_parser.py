"""Text to syntax tree: what binds how tightly, how far things reach, and what happens to nonsense."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.parsing.grammar import lark_parser, reserved_words, terminals
from skipgate.spec.parsing.parser import DEEPEST, parse
from skipgate.spec.source import Source
from tests import effort


def test_what_is_wrong_is_said(faulty: Path, answer: Callable[[Path], str]) -> None:
    assert answer(faulty) == faulty.with_suffix(".expected").read_text(encoding="utf-8")


def declarations(text: str) -> tuple[s.AnyDeclaration, ...]:
    return parse(Source("test.gate", text)).declarations


def expression(text: str) -> s.AnyExpr:
    (declaration,) = declarations(f"assume {text}")
    assert isinstance(declaration, s.AssumeDecl)
    return declaration.condition


def bracketed(node: s.Node) -> str:
    """An expression with a bracket around every operation."""
    match node:
        case s.Binary(operator=operator, left=left, right=right):
            return f"({bracketed(left)} {operator} {bracketed(right)})"
        case s.Unary(operator=operator, operand=operand):
            return f"({operator} {bracketed(operand)})"
        case s.Range(low=low, high=high):
            return f"({bracketed(low)} .. {bracketed(high)})"
        case s.Index(base=base, index=index):
            return f"({bracketed(base)}[{bracketed(index)}])"
        case s.FieldAccess(base=base, field=field):
            return f"({bracketed(base)}.{field.text})"
        case s.Quantifier(kind=kind, where=where, body=body):
            condition = "" if where is None else f" where {bracketed(where)}"
            return f"({kind}{condition}: {bracketed(body)})"
        case s.If(branches=branches, otherwise=otherwise):
            parts = [f"{bracketed(condition)} then {bracketed(value)}" for condition, value in branches]
            return f"(if {' elif '.join(parts)} else {bracketed(otherwise)})"
        case s.Let(body=body):
            return f"(let: {bracketed(body)})"
        case s.Match(subject=subject, cases=cases):
            return f"(match {bracketed(subject)} {' '.join(f'case {bracketed(case.body)}' for case in cases)})"
        case s.MapComprehension(value=value):
            return f"(map: {bracketed(value)})"
        case s.Call(function=function, arguments=arguments):
            return f"{function.text}({', '.join(bracketed(argument.value) for argument in arguments)})"
        case s.Name(text=text, primed=primed):
            return text + ("'" if primed else "")
        case s.Number(value=number):
            return str(number)
    return node.span.text


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        # From loose to tight; operators in one line bind alike, to the left.
        ("a <=> b => c", "(a <=> (b => c))"),
        ("a => b => c", "(a => (b => c))"),
        ("a or b => c or d", "((a or b) => (c or d))"),
        ("a and b or c and d", "((a and b) or (c and d))"),
        ("a or b or c", "((a or b) or c)"),
        ("not a and not b", "((not a) and (not b))"),
        ("not a == b", "(not (a == b))"),
        ("not not a", "(not (not a))"),
        ("a == b and c < d", "((a == b) and (c < d))"),
        ("a in b..c", "(a in (b .. c))"),
        ("a not in b", "(not (a in b))"),
        ("not a not in b", "(not (not (a in b)))"),
        ("a subset b | c", "(a subset (b | c))"),
        ("a + 1..b - 1", "((a + 1) .. (b - 1))"),
        ("a - b + c | d", "(((a - b) + c) | d)"),
        ("a + b * c", "(a + (b * c))"),
        ("a * b div c mod d & e", "((((a * b) div c) mod d) & e)"),
        ("-a + b", "((- a) + b)"),
        ("-a * b", "((- a) * b)"),
        ("- -a", "(- (- a))"),
        ("a - -b", "(a - (- b))"),
        ("-a.f[1]", "(- ((a.f)[1]))"),
        ("a[b..c]", "(a[(b .. c)])"),
        ("f(a)[b].c", "((f(a)[b]).c)"),
        ("a'[b'].c", "((a'[b']).c)"),
        ("f'(a', b)", "f(a', b)"),
        ("min(a, b) + max(c, d)", "(min(a, b) + max(c, d))"),
        # What reaches as far to the right as it can.
        ("forall x in a: b and c => d", "(forall: ((b and c) => d))"),
        ("a and forall x in b: c or d", "(a and (forall: (c or d)))"),
        ("forall x in a, y in b where c or d: e", "(forall where (c or d): e)"),
        ("exists x in a: forall y in b: c <=> d", "(exists: (forall: (c <=> d)))"),
        ("1 + sum x in a: b + c", "(1 + (sum: (b + c)))"),
        ("min x in a: b + 1", "(min: (b + 1))"),
        ("if a then b else c + d", "(if a then b else (c + d))"),
        ("if a then b elif c then d else e and f", "(if a then b elif c then d else (e and f))"),
        ("a + if b then c else d + e", "(a + (if b then c else (d + e)))"),
        ("if a then if b then c else d else e", "(if a then (if b then c else d) else e)"),
        ("let x = a, y = b: x and y", "(let: (x and y))"),
        ("match a case none: b and c case some(x): d or e", "(match a case (b and c) case (d or e))"),
        ("match a case b: match c case d: e case f: g", "(match a case (match c case e case g))"),
        ("map k in a: b + c", "(map: (b + c))"),
        ("(forall x in a: b) and c", "((forall: b) and c)"),
    ],
)
def test_what_binds_how(text: str, meaning: str) -> None:
    assert bracketed(expression(text)) == meaning


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("007", 7), ("1_000_000", 1_000_000), ("-5", -5), ("9" * 100, 10**100 - 1)]
)
def test_numbers(text: str, value: int) -> None:
    number = expression(text)
    assert isinstance(number, s.Number)
    assert number.value == value


@pytest.mark.parametrize("text", ["1_", "1__0", "_1_", "0x10", "1e3"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(SpecError):
        declarations(f"const n : nat = {text} check c expect holds states {text}")


def test_line_ends_mean_nothing() -> None:
    text = "var x : 0..3 = 0 \"d\"\naction a(k in 0..1) when x < 3 then x' = x + k  y'[1] = 2  invariant I x == 0 # end"
    broken = text.removesuffix("# end").replace(" ", "\n")
    assert [type(d) for d in declarations(text)] == [type(d) for d in declarations(broken)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('"plain"', ["plain"]),
        ('""', [""]),
        ('"{x} of {y + 1}!"', ["", s.Name, " of ", s.Binary, "!"]),
        ('"{{1, 2} | {}}"', ["", s.Binary, ""]),
        (r'"a \{brace\} and \"quotes\", \\, \n and \t."', ['a {brace} and "quotes", \\, \n and \t.']),
    ],
)
def test_descriptions(text: str, parts: list[object]) -> None:
    (action,) = declarations(f"action a {text}")
    assert isinstance(action, s.ActionDecl)
    assert action.description is not None
    assert [part if isinstance(part, str) else type(part) for part in action.description.parts] == parts


def test_a_description_as_it_was_written() -> None:
    (action,) = declarations('action a "append {k   + 1} to {log}"')
    assert isinstance(action, s.ActionDecl)
    assert action.description is not None
    assert action.description.plain == "append {k + 1} to {log}"


def test_the_parts_of_an_action_come_in_their_order() -> None:
    (action,) = declarations(
        """
        strong fair action send(a, b in Node, m in 0..3) "sends {m}"
          anchor "net/send.go" :: Send, Peer.Send
          anchor "net/*.go"
          when a != b
          let k = m + 1, l = k
          when k < 3
          then box'[a][k].seen = true
               n' = l
        """
    )
    assert isinstance(action, s.ActionDecl)
    assert action.fairness == "strong"
    assert [[name.text for name in binder.names] for binder in action.parameters] == [["a", "b"], ["m"]]
    anchors = [(anchor.file, anchor.symbols) for anchor in action.anchors]
    assert anchors == [("net/send.go", ("Send", "Peer.Send")), ("net/*.go", ())]
    assert [type(clause) for clause in action.clauses] == [
        *(s.WhenClause, s.LetClause, s.WhenClause),
        *(s.Update, s.Update),
    ]
    updates = [clause for clause in action.clauses if isinstance(clause, s.Update)]
    assert [(update.target.text, len(update.path)) for update in updates] == [("box", 3), ("n", 0)]


def test_a_check_and_what_it_expects() -> None:
    (check,) = declarations(
        """
        check large "n is large"
          tag deep, nightly
          with n = 3, m = n + 1
          symmetry Node, Key
          expect violation of P, deadlock states 1_000 depth 7
          expect unreachable action a, b
          expect unreachable cover C
          expect vacuous P
          expect proved Q
        """
    )
    assert isinstance(check, s.CheckDecl)
    assert [tag.text for tag in check.tags] == ["deep", "nightly"]
    assert [setting.name.text for setting in check.settings] == ["n", "m"]
    assert [name.text for name in check.symmetry] == ["Node", "Key"]
    kinds = [(expectation.kind, [name.text for name in expectation.names]) for expectation in check.expectations]
    assert kinds == [
        ("violation", ["P", "deadlock"]),
        ("unreachable action", ["a", "b"]),
        ("unreachable cover", ["C"]),
        ("vacuous", ["P"]),
        ("proved", ["Q"]),
    ]
    assert [(pin.kind, pin.value) for pin in check.expectations[0].pins] == [("states", 1000), ("depth", 7)]


def test_a_deadlock_is_the_violation_of_a_property() -> None:
    (check,) = declarations("check c expect deadlock generated 4")
    assert isinstance(check, s.CheckDecl)
    (expectation,) = check.expectations
    assert (expectation.kind, [name.text for name in expectation.names]) == ("violation", ["deadlock"])


@pytest.mark.parametrize("text", ["", " \n\t", "# nothing\n# at all", "#"])
def test_a_file_may_be_empty(text: str) -> None:
    assert declarations(text) == ()


def test_every_node_has_its_place() -> None:
    text = "var x : 0..3 = 0\ninvariant Low\n  forall k in 0..3: k + 1 > x\n"
    _, invariant = declarations(text)
    assert isinstance(invariant, s.PropertyDecl)
    assert invariant.span.text == text[17:].rstrip()
    quantifier = invariant.condition
    assert isinstance(quantifier, s.Quantifier)
    assert quantifier.binders[0].span.text == "k in 0..3"
    assert quantifier.body.span.text == "k + 1 > x"


# ------------------------------------------------------------------------------------------------------ extremes


def diagnostics(text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        declarations(text)
    return [diagnostic.message for diagnostic in caught.value.diagnostics]


@pytest.mark.parametrize("levels", [200, 1_500])  # deeper than the parser allows; than Python does
@pytest.mark.parametrize(
    ("before", "inner", "after"),
    [
        ("(", "x", ")"),
        ("not ", "x", ""),
        ("-", "x", ""),
        ("x and ", "x", ""),
        ("", "x", " + x"),
        ("x => ", "x", ""),
        ("[", "", "]"),
        ("{", "", "}"),
        ("f(", "x", ")"),
        ("some(", "x", ")"),
        ("", "x", "[1]"),
        ("", "x", ".f"),
        ("if x then x else ", "x", ""),
        ("forall k in S: ", "x", ""),
        ("let k = x: ", "x", ""),
        ("match x case y: ", "x", ""),
        ("{x with f = ", "x", "}"),
        ("{x for y in ", "x", "}"),
    ],
)
def test_nesting_ends_in_a_message(levels: int, before: str, inner: str, after: str) -> None:
    text = before * levels + inner + after * levels
    assert diagnostics(f"invariant I {text}") == [f"this is nested too deeply: more than {DEEPEST} levels"]


@pytest.mark.parametrize(
    "text",
    [
        "var x : " + "option of " * 2_000 + "bool = none",
        "invariant I if x then x " + "elif x then x " * 2_000 + "else x",
        "invariant I match x " + "case y: z " * 2_000,
        "invariant I let " + ", ".join(f"x{i} = y" for i in range(2_000)) + ": z",
        "invariant I forall " + ", ".join(f"x{i} in S" for i in range(2_000)) + ": z",
        "invariant I max(" + ", ".join(["x"] * 2_000) + ") == x",
    ],
)
def test_long_chains_end_in_a_message(text: str) -> None:
    assert diagnostics(text) == [f"this is nested too deeply: more than {DEEPEST} levels"]


def test_many_declarations_are_not_deep() -> None:
    assert len(declarations("invariant I x < 3\n" * 1_500)) == 1_500


def test_long_lists_are_not_deep() -> None:
    numbers = ", ".join(map(str, range(2_000)))
    declarations(f"invariant I x in {{{numbers}}} and [{numbers}] == s")


def test_unclosed_brackets_by_the_thousand_are_reported_once() -> None:
    assert diagnostics("invariant I " + "(" * 5_000) == ["this `(` is never closed"]


def test_what_is_hardly_a_specification_is_not_reported_in_full() -> None:
    assert diagnostics("$" * 100_000) == ["the character `$` has no meaning here"]
    assert len(diagnostics("\n".join(map(chr, range(0x2700, 0x27C0))))) == 20
    assert diagnostics("invariant I x ==\n" * 1_000) == ["after this `==`, an expression was expected"]
    assert len(diagnostics("".join(f"invariant I x {i} ==\n" for i in range(1_000)))) == 100


@pytest.mark.parametrize(
    "text",
    [
        "x " * 20_000,
        "action a when x = 1 then x' = 2\n" * 2_000,
        '"' * 20_000,
        "é" * 50_000,
        "'" * 20_000,
        "invariant I (x\n" * 3_000,
        "1" * 100_000,
        "{" * 5_000 + "}" * 5_000,
        "var x : 0..3 = 0 " + "\\" * 20_000,
        'action a "' + "{x} " * 2_000 + '"',
        'action a "' + "{" * 20_000 + '"',
    ],
)
def test_nonsense_is_looked_at_quickly(text: str) -> None:
    with effort.at_most(20):  # seconds; far less, but machines that run tests may be slow
        try:
            declarations(text)
        except SpecError as problem:
            assert problem.diagnostics


@pytest.mark.parametrize("word", sorted(terminals()[name] for name in reserved_words()))
def test_a_reserved_word_may_be_the_name_of_a_field(word: str) -> None:
    record, action, invariant = declarations(
        f"record R {{ {word} : nat, a : R, {word}_ : nat }}"
        f" action act then r'.{word} = 1 r'.a.{word} = 2"
        f" invariant I R({word} = 1, {word}_ = 2) == {{r with {word} = r.{word}, {word}.a = 1, a.{word} = 2}}"
    )
    assert isinstance(record, s.RecordDecl) and record.fields[0].name.text == word
    fields = [part.field.text for part in s.walk(action) if isinstance(part, s.FieldStep)]
    assert fields == [word, "a", word]
    assert isinstance(invariant, s.PropertyDecl)
    assert sum(isinstance(part, s.Identifier) and part.text == word for part in s.walk(invariant)) == 5


@pytest.mark.parametrize("word", ["true", "false", "none"])
def test_a_value_is_not_the_name_of_a_field(word: str) -> None:
    with pytest.raises(SpecError, match=f"`{word}` is a reserved word and cannot be a name"):
        declarations(f"record R {{ {word} : nat }}")


def test_fields_at_the_margin_begin_no_declaration() -> None:
    (record,) = declarations("record R {\ntype : nat,\ncheck : nat\n}")
    assert isinstance(record, s.RecordDecl)
    with pytest.raises(SpecError) as caught:
        declarations("action a\n  when m.type == type\ninvariant I\n  x ! y.check\ncheck c\n  expect")
    assert [d.span.line for d in caught.value.diagnostics if d.span is not None] == [4]


@pytest.mark.parametrize(
    "written", ["(Node)", "(0..3)", "(bool)", "((set of Node))", "set of (0..3)", "map[(Node)] of (option of Node)"]
)
def test_a_type_may_stand_in_parentheses(written: str) -> None:
    plain = written.replace("(", "").replace(")", "")
    trees = [declarations(f"var x : {text} in {text}")[0] for text in (written, plain)]
    kinds = [[type(part) for part in s.walk(tree)] for tree in trees]
    assert kinds[0] == kinds[1]


def test_every_reserved_word_that_is_no_value_may_be_the_name_of_a_field() -> None:
    words = {name for name, text in terminals().items() if text.isidentifier()}
    state = lark_parser().parse_interactive("record R {", start="start")
    state.exhaust_lexer()
    assert words - state.accepts() == {"TRUE", "FALSE", "NONE"}
