"""What to say where a character or a token cannot stand: what was expected, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from unicodedata import normalize

from skipgate.spec.diagnostics import Diagnostic, did_you_mean
from skipgate.spec.parsing.foreign import (
    FOREIGN_CHARACTERS,
    FOREIGN_OPERATOR_WORDS,
    FOREIGN_OPERATORS,
    FOREIGN_WORDS,
)
from skipgate.spec.parsing.grammar import reserved_words
from skipgate.spec.source import Source, Span

if TYPE_CHECKING:
    from lark import Token

# Terminals go by their names in the grammar. Lark names a reserved word that has no name there by its capitals.

# Reserved words that begin a declaration.
DECLARATION_STARTS = frozenset(
    [
        "MODEL",
        "IMPORT",
        "CONST",
        "TYPE",
        "ENUM",
        "SORT",
        "ORDERED",
        "RECORD",
        "VARIANT",
        "VAR",
        "ASSUME",
        "DEF",
        "FAIR",
        "STRONG",
        "ACTION",
        "EFFECT",
        "GROUP",
        "INVARIANT",
        "TRANSITION",
        "LEMMA",
        "COVER",
        "CONSTRAINT",
        "TERMINAL",
        "INITIALLY",
        "LIVENESS",
        "REFINES",
        "CHECK",
        "UNMODELLED",
    ]
)

# What never follows such a word where it begins one.
_NOT_AFTER_A_START = frozenset(["COLON", "EQUAL", "EQ", "NE", "IN", "COMMA", "DOT", "RPAR", "RSQB", "RBRACE"])

_NAMES = frozenset(
    [
        *("IDENT", "STATES", "GENERATED", "DEPTH", "DEADLOCK", "PROVED", "TAG", "EXAMINE", "IGNORE"),
        *("ENABLED", "TAKEN", "FOLD", "FROM", "AS", "UNTIL", "UNLESS", "EFFECT", "GROUP", "DO", "BAG"),
    ]
)
_COMPARISONS = frozenset(["EQ", "NE", "LT", "LE", "GT", "GE", "IN", "SUBSET"])
_OPERATORS = _COMPARISONS | {"IFF", "IMPLIES", "OR", "AND", "NOT", "PLUS", "MINUS", "BAR", "STAR", "DIV", "MOD", "AMP"}
_TYPES = frozenset(["BOOL", "NAT", "INT", "OPTION", "SET", "SEQ", "MAP"])
_QUANTIFIERS = frozenset(["FORALL", "EXISTS", "COUNT", "SUM", "MIN", "MAX"])
_OPERANDS = (
    _QUANTIFIERS
    | _NAMES
    | {"NUMBER", "TRUE", "FALSE", "NONE", "SOME", "LPAR", "LSQB", "LBRACE", "MINUS", "NOT", "IF", "LET", "MATCH", "MAP"}
    | {"ALWAYS", "EVENTUALLY"}
)
_ENDS = _NAMES | {"NUMBER", "TRUE", "FALSE", "NONE", "RPAR", "RSQB", "RBRACE", "PRIME"}  # of operands
_CLAUSES = frozenset(["WHEN", "THEN", "LET", "ANCHOR", "WITH", "SYMMETRY", "EXPECT"])

FORMS = {
    "MODEL": "write `model NAME`",
    "IMPORT": 'write `import "file.gate"`, or `import "file.gate" as a`',
    "CONST": "write `const N : 0..3 = 2`",
    "TYPE": "write `type Index = 0..3`",
    "ENUM": "write `enum Color { red, green }`",
    "SORT": "write `sort Node[2]`",
    "RECORD": "write `record Pair { a : 0..3, b : bool }`",
    "VARIANT": "write `variant Msg { Vote(term : 0..3), Ping }`",
    "VAR": "write `var x : 0..3 = 0`",
    "DEF": "write `def half(n : 0..9) = n div 2`",
    "FAIR": "fairness is said of actions: `fair go(_)`, `fair go(_) or stop`",
    "STRONG": "fairness is said of actions: `strong fair go(_)`",
    "ACTION": "the clauses of an action are `when`, `let` and `then`",
    "EFFECT": "the clauses of an effect are those of an action: `effect send(m : Msg) then net' = net | {m}`",
    "GROUP": "write `group process(n in Node) = ask(n), enter(n)`",
    "TERMINAL": "write `terminal when ...`",
    "INITIALLY": "write `initially x + y == 3`: initial states are those in which it is true",
    "REFINES": 'write `refines Name "file.gate" with x = ...`',
    "CHECK": "write `check NAME with N = 3 expect holds`",
}
"""What a declaration looks like."""

_COLON = "the body follows a colon: `forall x in S: ...`"
_TEMPORAL = "a liveness property says when: `always eventually p`, `eventually always p`, `p leads to q`, `p until q`"

_MISSING = (
    ({"EQUAL", "IN"}, "every variable has a value at first: `= 0`, for example, or `in 0..3` for any of these"),
    ({"COLON", "WHERE"}, _COLON),
    ({"ELIF", "ELSE"}, "an `if` has a value in every case: add `else ...`"),
    ({"THEN", "PLUS"}, "write `if ... then ... else ...`"),
    ({"OF"}, "`of` is missing: `set of ...`, `option of ...`, `map[...] of ...`"),
    ({"COMMA", "RBRACE"}, "a comma is missing before it"),
    ({"CASE"}, "write `match x case a: ... case b: ...`"),
)
"""Terminals that can only stand in a certain construct, and what is missing there."""


def starts_declaration(source: Source, tokens: Sequence[Token], i: int) -> bool:
    """Does a token begin a declaration?"""
    if tokens[i].type not in DECLARATION_STARTS:
        return False
    before = tokens[i - 1].type if i else ""
    after = tokens[i + 1].type if i + 1 < len(tokens) else ""
    # `expect unreachable action X`, and the second word of `fair action`, `strong fair`, `ordered record`.
    if before in ("UNREACHABLE", "FAIR", "STRONG", "ORDERED"):
        return False
    # Elsewhere such a word may be the name of a field, or be meant as a name. These two may be names anywhere.
    if tokens[i].type in ("EFFECT", "GROUP"):
        return at_the_margin(source, tokens[i])
    return at_the_margin(source, tokens[i]) or (before != "DOT" and after not in _NOT_AFTER_A_START)


def at_the_margin(source: Source, token: Token) -> bool:
    """Is a token the first of its line, without a blank before it?"""
    start = token.start_pos or 0
    return start == 0 or source.text[start - 1] == "\n"


def bad_character(source: Source, offset: int) -> tuple[Diagnostic, int]:
    """The diagnostic for a place where no token begins, and the offset up to which lexing has to skip."""
    from skipgate.spec.parsing.recognition import recognise

    known = None if source.text[offset] == '"' else recognise(source, offset, offset + 1)
    if known is not None:
        return known
    word = _bad_word(source, offset)
    if word is not None:
        return word, word.span.end if word.span else offset + 1
    # Who uses such a character may use others like it: one message for the line.
    line_end = source.text.find("\n", offset)
    char = source.text[offset]
    plain = normalize("NFKC", char)
    hint = f"did you mean `{plain}`?" if plain != char and plain.isascii() and plain.strip() else None
    message = f"the character {_visible(char)} has no meaning here"
    return Diagnostic(message, Span(source, offset, offset + 1), hint), line_end if line_end >= 0 else len(source.text)


def _bad_word(source: Source, offset: int) -> Diagnostic | None:
    """What to say of a string that is not closed, a word that is no name, and operators of other languages."""
    text = source.text
    char = text[offset]
    if char == '"':
        line_end = text.find("\n", offset)
        span = Span(source, offset, len(text) if line_end < 0 else line_end)
        hint = 'a description ends with `"`, on the line on which it begins'
        if '\\"' in span.text:
            hint = 'in a description `\\"` stands for a quote; its end is `"`'
        return Diagnostic("this string is not closed on its line", span, hint)
    word = re.compile(r"\w+").match(text, offset)
    if word is not None:
        start = offset
        while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        span = Span(source, start, word.end())
        if span.text[0].isdecimal():
            hint = "a name begins with a letter"
            if set(span.text) <= set("0123456789_"):
                hint = "single underscores may stand between the digits of a number"
            elif re.fullmatch(r"0[xXbBoO]\w+|\d+[eE]\d+", span.text):
                hint = "a number is written in decimal digits"
            return Diagnostic(f"`{span.text}` is neither a number nor a name", span, hint)
        hint = "a name is made of the letters a to z and A to Z, digits and `_`"
        return Diagnostic(f"`{span.text}` is not a name", span, hint)
    for pattern, hint in FOREIGN_CHARACTERS.items():
        found = re.compile(pattern).match(text, offset)
        if found is not None:
            span = Span(source, offset, found.end())
            if len(span.text) > 1:
                return Diagnostic(f"`{span.text}` is not an operator", span, hint)
            return Diagnostic(f"the character {_visible(char)} has no meaning here", span, hint)
    return None


def _visible(char: str) -> str:
    return f"`{char}`" if char.isprintable() else f"U+{ord(char):04X}"


def _without_fields(accepted: frozenset[str]) -> frozenset[str]:
    """The accepted terminals without the reserved words that can only be the name of a field.

    Nor is it said that a name may be that of an instance, where an update is begun.
    """
    if accepted == {"PRIME", "LSQB", "DOT"}:
        return frozenset({"PRIME"})
    if not {"IDENT", "HOLDS", "ELIF"} <= accepted:
        return accepted
    return accepted - reserved_words() | (accepted & _OPERANDS if "NUMBER" in accepted else frozenset())


class Unexpected:
    """A token that the parser cannot use where it stands, or the end of the text."""

    def __init__(
        self, source: Source, tokens: Sequence[Token], at: int, accepted: frozenset[str], terminals: Mapping[str, str]
    ) -> None:
        """`accepted` are the terminals that could have stood at `at`, `terminals` the texts of all that have one."""
        self.source = source
        self.tokens = tokens
        self.at = at
        self.accepted = _without_fields(accepted)
        self.terminals = terminals
        self.resume: int | None = None  # where the construct of another language ends that it is a part of

    def kind(self, place: int) -> str:
        """The terminal at a place relative to the unexpected token; empty if there is none."""
        i = self.at + place
        return self.tokens[i].type if 0 <= i < len(self.tokens) else ""

    def span(self, place: int = 0) -> Span:
        """Where the token at a place relative to the unexpected token stands."""
        token = self.tokens[self.at + place]
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    def diagnostic(self, begins_declaration: bool) -> Diagnostic:
        """What to say. `begins_declaration` is true if the unexpected token is the first of the next declaration."""
        known = self.idiom(begins_declaration)
        if known is not None:
            diagnostic, self.resume = known
            return diagnostic
        if self.at >= len(self.tokens):
            message = f"the text ends after this, where {self.expected()} was expected"
            return Diagnostic(message, self.span(-1), self.missing())
        foreign = self.foreign_operator()
        if foreign is not None:
            return foreign
        word, kind = self.span().text, self.kind(0)
        cannot = f"`{word}` cannot stand here" if kind != "PRIME" else "a prime cannot stand here"
        if "IDENT" in self.accepted and self.accepted <= _NAMES | {"RBRACE"} and word.isidentifier():
            if self.kind(-1) in ("COMMA", "TAG", "SYMMETRY", "OF") and (kind in _CLAUSES or begins_declaration):
                return Diagnostic(f"after this `,`, {self.expected()} was expected", self.span(-1))
            hint = f"choose another name, such as `{word}_`"
            if kind == "IN" and self.kind(-1) in _QUANTIFIERS | {"FOR", "MAP"}:
                hint = f"a name stands before it: `{self.span(-1).text} x in ...`"
            return Diagnostic(f"`{word}` is a reserved word and cannot be a name", self.span(), hint)
        begun = self.misspelt_start()
        if begun is not None:
            return begun
        if begins_declaration and self.at:
            message = f"after this `{self.span(-1).text}`, {self.expected()} was expected"
            return Diagnostic(message, self.span(-1), self.missing())
        if kind in _CLAUSES | {"THEN", "ELSE", "ELIF"} and "NUMBER" in self.accepted and self.at:
            message = f"after this `{self.span(-1).text}`, {self.expected()} was expected"
            return Diagnostic(message, self.span(-1))
        if kind in _NAMES and self.kind(1) == "PRIME" and "THEN" in self.accepted and "PRIME" not in self.accepted:
            clause = "updates follow `then`: `then {}' = ...`"
            return Diagnostic(f"`{word}'` cannot stand here", self.span().to(self.span(1)), clause.format(word))
        advice = self.misspelt() or self.advice() or self.missing()
        if advice is not None and (advice.startswith("did you mean") or "PLUS" in self.accepted or kind == "PRIME"):
            return Diagnostic(cannot, self.span(), advice)
        return Diagnostic(f"{cannot}: {self.expected()} was expected", self.span(), advice)

    # ------------------------------------------------------------------------------------------------------ hints

    def idiom(self, begins_declaration: bool) -> tuple[Diagnostic, int] | None:
        """What to say if a construct of another language lies here, or ends before the next declaration."""
        from skipgate.spec.parsing.recognition import recognise

        ends = self.at >= len(self.tokens)
        before = self.at > 0 and (ends or begins_declaration or not at_the_margin(self.source, self.tokens[self.at]))
        known = recognise(self.source, self.span(-1 if before else 0).start, self.span(-1 if ends else 0).end)
        method = None if known is not None else self.method()
        return known if method is None else recognise(self.source, method.start, method.end)

    def method(self) -> Span | None:
        """The bracket of the innermost `a.name(` that is open here."""
        closed = 0
        for place in range(-1, -self.at - 1, -1):
            if self.kind(place) == "RPAR":
                closed += 1
            elif self.kind(place) == "LPAR":
                if closed == 0 and self.kind(place - 2) == "DOT":
                    return self.span(place)
                closed = max(0, closed - 1)
        return None

    def foreign_operator(self) -> Diagnostic | None:
        """What to say of an operator of another language, which was read as several tokens."""
        text = self.source.text
        start, end = self.span().start, self.span().end
        while start > 0 and (text[start - 1] in "|&=<>!:+-*." or text[start - 1 : start + 1] == "(*"):
            start -= 1
        while end < len(text) and text[end] in "|&=<>!:+-*.":
            end += 1
        run = text[start:end]
        for place in (-1, 0) if self.kind(0) in _OPERANDS else (0,):  # the name before may begin the next update
            if self.kind(place - 1) in _ENDS and self.span(place).text in FOREIGN_OPERATOR_WORDS:
                word = self.span(place)
                return Diagnostic(f"`{word.text}` is not an operator", word, FOREIGN_OPERATOR_WORDS[word.text])
        for operator, hint in FOREIGN_OPERATORS.items():
            place = run.find(operator)
            if place >= 0 and start + place < self.span().end and start + place + len(operator) > self.span().start:
                span = Span(self.source, start + place, start + place + len(operator))
                return Diagnostic(f"`{operator}` is not an operator", span, hint)
        return None

    def missing(self) -> str | None:
        """What is missing here, where that can be guessed from what is being parsed."""
        if self.in_a_formula():
            return _TEMPORAL
        for needed, hint in _MISSING:
            if self.accepted >= needed:
                return hint
        return self.form()

    def in_a_formula(self) -> bool:
        """May a temporal operator follow here? In brackets it may as well, but is seldom meant."""
        return "LEADS" in self.accepted and "RPAR" not in self.accepted

    def form(self) -> str | None:
        """The form of the declaration in which the token stands, unless it stands in an expression."""
        if self.accepted & {"PLUS", "NUMBER"}:
            return None
        at = self.at - 1
        while at >= 0 and not starts_declaration(self.source, self.tokens, at):
            at -= 1
        return FORMS.get(self.tokens[at].type) if at >= 0 else None

    def misspelt_start(self) -> Diagnostic | None:
        """What to say of the name before, if it was meant to begin the next declaration or clause."""
        if self.accepted != {"PRIME"} or self.kind(0) not in _NAMES | {"FAIR"} or self.kind(-1) != "IDENT":
            return None  # after an update, a name is taken for the variable of the next one
        word = self.span(-1).text
        meant = self.terminals.get(FOREIGN_WORDS.get(word.lower(), ""))
        starts = [self.terminals.get(name, name.lower()) for name in sorted(DECLARATION_STARTS | _CLAUSES)]
        hint = f"did you mean `{meant}`?" if meant is not None else did_you_mean(word, starts)
        hint = hint or "no declaration begins with it, and an update is written `x' = ...`"
        return Diagnostic(f"`{word}` cannot stand here", self.span(-1), hint)

    def misspelt(self) -> str | None:
        """A hint at the reserved word that was meant, here or by the name before."""
        if self.kind(0) in ("IDENT", "DO"):
            word = self.span().text
            meant = FOREIGN_WORDS.get(word.lower(), "")
            if meant in self.accepted:
                return f"did you mean `{self.terminals[meant]}`?"
            words = [self.terminals[name] for name in self.accepted if self.terminals.get(name, "").isalpha()]
            alike = [each for each in words if each[0] == word[0].lower()]  # seldom is the first letter wrong
            hint = did_you_mean(word, alike) or did_you_mean(word, words, cutoff=0.67)
            if hint is not None:
                return hint
        before = self.span(-1).text if self.at else ""
        if self.kind(-1) == "IDENT" and before.lower() in self.terminals.values():
            return f"reserved words are in lower case: `{before.lower()}`"
        if self.kind(-1) == "IDENT" and self.kind(0) in _OPERANDS and self.kind(0) != "LPAR":
            names = _OPERANDS if self.in_a_formula() else _OPERANDS - {"EVENTUALLY", "ALWAYS"}
            words = [self.terminals[name] for name in names if self.terminals.get(name, "").isalpha()]
            hint = did_you_mean(before, words, cutoff=0.75)
            if hint is not None:
                return hint.replace("?", f" instead of `{before}`?")
        return None

    def advice(self) -> str | None:  # noqa: C901 - a table: one case for each mistake that is known
        """What to write instead, where that can be guessed."""
        before, kind, after, accepted = self.kind(-1), self.kind(0), self.kind(1), self.accepted
        operator_expected = "PLUS" in accepted
        match kind:
            case "PRIME" if before == "PRIME":
                return "one prime means the value after the step; there is no second prime"
            case "PRIME" if self.at == 0 or self.tokens[self.at - 1].end_pos != self.tokens[self.at].start_pos:
                return 'a description is written in double quotes: `"..."`'
            case "PRIME":
                return "only the name of a variable or definition takes a prime: `x'`, not `(x)'` or `x[i]'`"
            case "THEN" | "COLON" if accepted >= {"LBRACE", "PLUS"}:
                return "around what happens stand braces: `if x == 0 { y' = 1 } else { y' = 2 }`"
            case "CASE" if "LBRACE" in accepted:
                return "around the cases of what happens stand braces: `match x { case a: y' = 1 case b: y' = 2 }`"
            case "ELIF" if before == "RBRACE":
                return "between blocks write `else if`"
            case "COLON" | "LBRACE" if operator_expected and self.after_choice():
                return "what follows a choice sees the name: `some x in S  y' = x`"
            case "LPAR" if accepted == {"PRIME"}:
                return f"an effect is used by `do {self.span(-1).text}(...)`, a new value is given by `x' = ...`"
            case "EQUAL" if before == "PRIME":
                return "updates follow each other without `and`; to compare two values, write `==`"
            case "EQUAL" if "PRIME" in accepted and not operator_expected:
                return f"a new value is given by `{self.primed_place()} = ...`"
            case "EQUAL" if operator_expected:
                return "to compare two values, write `==`"
            case "EQUAL" if accepted == {"COLON"}:
                return f"the type comes first: `{self.span(-1).text} : type = ...`"
            case "EQ" if "EQUAL" in accepted:
                return "a value is given by a single `=`"
            case "WITH" if "AS" in accepted:
                return 'values are given to a file that has a name: `import "file.gate" as a with N = 3`'
            case "RSQB" if accepted == {"IN"} and self.kind(-4) == "AS":
                return f"the index has a name: `[n in {self.span(-1).text}]`"
            case "IN" | "RPAR" if accepted == {"COLON"}:
                return f"the parameter of a definition has a type: `{self.span(-1).text} : ...`"
            case "COLON" | "RPAR" if accepted <= {"IN", "COMMA"}:
                return f"a name ranges over a set: `{self.span(-1).text} in ...`"
            case "IDENT" if accepted <= {"IN", "COMMA"} and before == "IDENT":
                return f"a name ranges over a set: `{self.span(-1).text} in {self.span().text}`"
            case _ if kind in _COMPARISONS and operator_expected:
                return "comparisons do not chain: write `a < b and b < c`"
            case "COMMA" | "LET" | "WHEN" if before == "ELSE":
                return "an `if` gives a value in every case"
            case "DOTS" if before == "NUMBER" and self.kind(-2) == "DOTS":
                return "a range has two ends: `0..3`"
            case "OF" if before == "SEQ":
                return "a sequence has a capacity: `seq[4] of ...`"
            case "LSQB" if before in ("SET", "OPTION"):
                return f"write `{self.span(-1).text} of ...`"
            case "NUMBER" if before == "DOT" and self.kind(-2) == "NUMBER":
                return "there are whole numbers only"
            case "NUMBER" | "TRUE" | "FALSE" | "MINUS" if accepted >= {"SOME", "NONE"} and "NUMBER" not in accepted:
                return "the cases of a `match` are enum members, `none` and `some(x)`; to compare values, use `if`"
            case "STRING" if accepted >= {"IDENT", "NUMBER"}:
                return "there are no strings: what has a name is a member of an `enum`"
            case "UNTIL" | "UNLESS" | "LEADS" if operator_expected:
                return "put brackets around the formula before it, or around the one behind it"
            case _ if self.in_a_formula() and kind in _OPERANDS:
                return _TEMPORAL
            case "LBRACE" if before == "WITH":
                return "settings are written without braces: `with a = 1, b = 2`"
            case "LBRACE" if accepted >= {"WHEN", "THEN"}:
                return "clauses are written without braces: `when ... then ...`"
            case "TAG" if after == "IDENT" and "EXPECT" in accepted:
                return "a `tag` stands before the other clauses of a check"
            case "EXAMINE" | "IGNORE" if after in _NAMES and "EXPECT" in accepted:
                word = self.span().text
                return f"`{word}` stands before `with`, `symmetry` and `expect`, and names all that it is about"
            case "COMMA" if accepted >= {"WHEN", "IDENT"}:
                return "updates follow each other without commas"
            case "COMMA" | "DOT" if accepted >= {"CONST", "CHECK"}:
                return "nothing separates declarations"
            case _ if accepted <= {"IN", "COMMA"}:
                return _COLON
            case _ if accepted == {"COLON"}:
                return f"a type follows a colon: `{self.span(-1).text} : ...`"
            case _ if kind in _TYPES and accepted >= {"IDENT", "NUMBER"}:
                return "a type is the set of its values only where a name ranges over it: `forall x in set of T: ...`"
            case _ if kind not in _NAMES and self.span().text.isidentifier() and accepted >= {"IDENT", "NUMBER"}:
                return f"`{self.span().text}` is a reserved word"
        return None

    def after_choice(self) -> bool:
        """Does the token stand right behind the set of a choice, `some x in S`?"""
        at = self.at - 1
        while at >= 0 and self.tokens[at].type not in ("SOME", "PRIME", "WHEN", "LET", "THEN"):
            at -= 1
        return at >= 0 and self.tokens[at].type == "SOME" and self.tokens[at + 1].type in _NAMES

    def primed_place(self) -> str:
        """What an update that was begun without a prime means: `x'[...]` of `x[k]`."""
        path, place = "", -1
        while True:
            if self.kind(place) == "RSQB":
                depth = 1
                while depth and self.kind(place - 1):
                    place -= 1
                    depth += (self.kind(place) == "RSQB") - (self.kind(place) == "LSQB")
                path = f"[...]{path}"
            elif self.kind(place - 1) == "DOT":
                path = f".{self.span(place).text}{path}"
                place -= 1
            else:
                name = self.span(place).text
                is_instance = re.search(rf"\bas\s+{re.escape(name)}\b", self.source.text)
                return f"{name}{path}'" if is_instance else f"{name}'{path}"
            place -= 1

    # ----------------------------------------------------------------------------------------- what was expected

    def expected(self) -> str:
        """The accepted terminals in words. All that may begin or continue an expression are one word."""
        rest = set(self.accepted)
        if "IDENT" in rest:
            rest -= _NAMES - {"IDENT"}
        words: list[str] = []
        if {"NUMBER", "FORALL"} <= rest:
            if {"BOOL", "OPTION"} <= rest:
                words.append("a set" if "NOT" in rest else "a type")
            else:
                words.append("an expression")
            rest -= _OPERANDS | _TYPES
        elif {"PLUS", "STAR"} <= rest:
            rest -= {"LPAR", "LSQB", "DOT", "PRIME", "DOTS"} | (_OPERATORS if "NE" in rest else _OPERATORS - {"IN"})
            if not rest or "$END" in rest:  # otherwise something else must follow, and that is missing
                words.append("an operator")
        declaration = rest >= {"CONST", "CHECK"}
        if declaration and not words:
            rest -= {"LSQB", "DOT"}  # a name may be that of an instance
        rest -= {"$END"} | (DECLARATION_STARTS if declaration else frozenset())
        if words or declaration or rest - {"STRING", "ANCHOR", "COMMA", "DOT", "WITH_CALLEES"}:
            rest -= {"STRING", "ANCHOR", "WITH_CALLEES"}  # these are optional and rarely what was forgotten
        if rest >= {"IDENT", "IF", "MATCH", "SOME"}:
            rest -= {"IDENT", "IF", "MATCH", "SOME"}
            words.append("an update")
        if "IDENT" in rest:
            words.append("a name")
        words += sorted(self.shown(name) for name in rest - {"IDENT"})
        if declaration:
            words.append("a declaration")
        if not words:
            return "the end"
        return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]

    def shown(self, terminal: str) -> str:
        """One terminal in words."""
        match terminal:
            case "NUMBER":
                return "a number"
            case "STRING" if self.accepted == {"STRING"}:
                return "a path in double quotes"
            case "STRING":
                return "a description"
        return f"`{self.terminals.get(terminal, terminal.lower())}`"
