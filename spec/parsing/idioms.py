"""Whole constructs that people write who come from TLA+, Quint, Python or Go, and what to write here instead.

To add one, add a row here and the slip to `tests/spec/slips`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = r"[A-Za-z_]\w*"
_SHAPE = r"NAME\s*(?:\([^)\n]*\))?"
_PROPERTIES = "invariant transition lemma cover constraint"
_WITH_EXPRESSIONS = f"{_PROPERTIES} action fair strong liveness assume const var def check terminal"
_NO_METHODS = "there are no methods"


@dataclass(frozen=True)
class Idiom:
    """A construct of another language. The message and the hint may name the groups of the pattern.

    The caret stands under the group `at`, or else under everything that fits.
    """

    pattern: re.Pattern[str]
    message: str
    hint: str
    within: frozenset[str]  # the first words of the declarations in which it is looked for; if empty, everywhere


def _idiom(pattern: str, message: str, hint: str, within: str = "") -> Idiom:
    pattern = pattern.replace("NAME", _NAME).replace("MEMBER", r"(?:\\in\b|\bin\b|∈)")
    return Idiom(re.compile(pattern, re.MULTILINE), message, hint, frozenset(within.split()))


_RECEIVER = r"(?P<s>NAME'?(?:\[[^\]\n]*\]|\.NAME(?!\())*)"


def _method(names: str, hint: str) -> Idiom:
    """`s.name(a, b)`; the arguments are named if they are simple."""
    argument = r"[^(),=\n]+(?:\([^()\n]*\)[^(),=\n]*)?"
    arguments = rf"(?:(?P<a>{argument})(?:,\s*(?P<b>{argument}))?\))?"
    return _idiom(rf"{_RECEIVER}(?P<at>\.(?:{names})\(){arguments}", _NO_METHODS, hint)


def _each(names: str, hint: str) -> Idiom:
    """`s.name(x => p)`; both parts are named if they are simple."""
    function = r"(?:\(?(?P<x>NAME)\)?\s*=>\s*(?P<p>[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\))?"
    return _idiom(rf"{_RECEIVER}(?P<at>\.(?:{names})\(){function}", _NO_METHODS, hint)


# The first that fits is taken, so what is special stands before what is general.
IDIOMS = (
    _idiom(
        r"^(?:var|const|def|action|enum|sort|record|type|check|invariant|transition|lemma|cover|liveness|constraint)\s+"
        r"(?P<at>NAME(?:[-.]\w+)+)",
        "`{at}` is not a name",
        "a name is made of the letters a to z and A to Z, digits and `_`",
    ),
    _idiom(
        r"(?P<at>/\*|\(\*)[\s\S]*?(\*/|\*\))",
        "this is not a comment",
        "a comment begins with `#`, and ends with its line",
    ),
    # ------------------------------------------------------------------------------------- declarations of TLA+
    _idiom(
        r"^(?P<at>Init)\s*==?[^\n]*",
        "there is no initial predicate",
        "each variable has a value at first: `var x : 0..3 = 0`; of several (`in 0..3`), `initially ...` chooses",
    ),
    _idiom(
        r"^(?P<at>Next|Spec|vars)\s*==[^\n]*",
        "there is no `{at}`",
        "every `action` is a disjunct of the next-state relation",
    ),
    _idiom(
        r"^(?P<at>Type(OK|Ok|Inv|Invariant))\s*==[^\n]*",
        "there is no invariant of types",
        "the type of a variable is kept without being asked for",
    ),
    _idiom(
        r"^(?P<at>(?P<f>NAME(\([^)\n]*\))?)\s*==)[^\n]*",
        "a definition begins with `def`",
        "write `def {f} = ...`",
    ),
    _idiom(
        r"^(?P<at>-{4,}|={4,})[^\n]*", "a module has no frame", "a comment begins with `#`; `model NAME` is optional"
    ),
    _idiom(r"^(?P<at>INSTANCE)\b[^\n]*", "there is no `INSTANCE`", '`import "file.gate"`, or `refines`'),
    _idiom(
        r"^(?P<at>EXTENDS)\b[^\n]*",
        "there are no modules to extend",
        'leave it out: everything is built in; `import "file.gate"` takes in another file',
    ),
    _idiom(
        r"^(?P<at>THEOREM)\b[^\n]*", "there are no theorems", "write `invariant NAME ...`, and `expect proved NAME`"
    ),
    _idiom(
        r"^(?P<at>temporal|property|PROPERTY|PROPERTIES)\b[^\n]*",
        "`{at}` begins no declaration",
        "write `invariant` (of states), `transition` (of steps) or `liveness`",
    ),
    _idiom(
        r"^(?P<at>always)\b[^\n]*",
        "`always` begins no declaration",
        "write `invariant NAME ...`: it is about every state",
    ),
    # ------------------------------------------------------------------- declarations of Quint, Python and others
    _idiom(r"^(?P<at>(pure\s+)?val|pure\s+def)\b[^\n]*", "a definition begins with `def`", "write `def NAME = ...`"),
    _idiom(
        r"^(?P<at>(?:func|fn|function|fun)\s+(?P<f>NAME))[^\n]*",
        "a definition begins with `def`",
        "write `def {f}(n : 0..3) = ...`",
    ),
    _idiom(
        r"^def\s+(?P<f>NAME)\s*\([^)\n]*\)\s*(?P<at>:)\s*\n[^\n]*",
        "the value of a definition follows `=`",
        "write `def {f}(n : 0..3) = ...`, without `return`",
    ),
    _idiom(r"(?P<at>\breturn)\b[^\n]*", "there is no `return`", "what follows `=` is the value", "def"),
    _idiom(
        r"^(?P<at>set)\s+(?P<s>NAME)\s*=[^\n]*",
        "`set` begins no declaration",
        "write `sort {s}[3]`, or `enum {s} {{ a, b }}` for values with names",
    ),
    _idiom(
        r"^type\s+(?P<t>NAME)\s*=\s*(?P<at>\{)[^}]*",
        "a type with fields is a record",
        "write `record {t} {{ a : 0..3, b : bool }}`",
    ),
    _idiom(
        r"^(?P<at>module|MODULE)\b[^\n]*",
        "a model has no braces",
        "write `model NAME`, or nothing: a model is called like its file",
    ),
    _idiom(r'^(?P<at>"+)', "a description follows a name", "a comment begins with `#`"),
    _idiom(r"^(?P<at>run)\b[^\n]*", "there are no runs", "`check NAME expect holds` examines every behaviour"),
    _idiom(
        r"^import\s+(?P<at>[^\s\"][^\n]*)", "a file is imported by its path", 'write `import "file.gate"`', "import"
    ),
    _idiom(
        r"^assume\s+(?P<at>NAME\s*=)(?!=)[^\n]*",
        "an assumption has no name",
        'write `assume N > 0 "what it means"`',
        "assume",
    ),
    _idiom(
        rf"^type\s+(?P<t>NAME)\s*=\s*\|?\s*(?P<at>(?=[^\n]*\(){_SHAPE}(?:\s*\|\s*{_SHAPE})+)",
        "a type of several shapes is a variant",
        "write `variant {t} {{ Vote(term : 0..3), Ping }}`",
    ),
    _idiom(
        r"^(?P<at>union|oneof|data|datatype|tagged|sealed)\s+(?P<t>NAME)[^\n]*",
        "`{at}` begins no declaration",
        "write `variant {t} {{ Vote(term : 0..3), Ping }}`",
    ),
    _idiom(
        r"NAME\s*(?P<at>\()",
        "members of an enum have no fields",
        "write `variant NAME {{ Vote(term : 0..3), Ping }}`",
        "enum",
    ),
    _idiom(r"^(?P<at>let)\s+(?P<n>NAME)\s*=[^\n]*", "a definition begins with `def`", "write `def {n} = ...`"),
    _idiom(
        r"^(?P<at>[Ii]nit(?:ial)?|Initially)\b[^\n]*",
        "there is no `{at}`",
        "each variable has a value at first: `var x : 0..3 = 0`; of several (`in 0..3`), `initially ...` chooses",
    ),
    _idiom(
        r"^initially\s+(?P<at>when\b|=(?!=)|(?P<n>NAME)(?=\s+[\w(])(?!\s+(?:in|and|or|mod|div|subset|not)\b))",
        "a condition follows `initially`, and nothing else",
        "write `initially x + y == 3`",
        "initially",
    ),
    _idiom(r"^(?P<at>next)\s*=[^\n]*", "there is no `next`", "every `action` is a disjunct of the next-state relation"),
    _idiom(
        r"^(?P<at>(?!(?:var|type|check)\b)(?P<x>NAME)'?)\s*:?=(?!=)[^\n]*",
        "no declaration begins with `{at}`",
        "the first value is given in `var {x} : ... = ...`, a new value in an action: `then {x}' = ...`",
    ),
    # ------------------------------------------------------------------------------------------ heads of declarations
    _idiom(
        r"^(?P<d>invariant|transition|lemma|cover|liveness|action|check|enum|sort|record|var|const|def)\s+"
        r"(?P<at>\"+)\s*(?P<n>(?!(?:expect|with|tag|symmetry|when|then)\b)NAME)",
        "the description follows the name",
        'write `{d} {n} "..." ...`',
    ),
    _idiom(
        r"^(?P<d>var|const)\s+(?P<n>NAME)\s*(?P<at>=)\s*(?P<v>[^:\n]+?)\s*:\s*(?P<t>[^\n]+)",
        "the type comes first",
        "write `{d} {n} : {t} = {v}`",
    ),
    _idiom(
        r"^(?P<d>var|const)\s+(?P<n>NAME)\s*(?P<at>,)",
        "a declaration has one name",
        "write `{d} {n} : ... = ...`, and so on",
    ),
    _idiom(
        r"^action\s+(?P<at>(?:strong\s+)?fair)\s+(?P<n>NAME)",
        "`{at}` stands before `action`",
        "write `{at} action {n}`",
    ),
    _idiom(r"=\s*\d+", "members of an enum have no numbers", "they are in the order in which they are written", "enum"),
    _idiom(r"[{,]\s*(?P<at>\"+)", "members of an enum are names", "write them without quotes", "enum"),
    _idiom(
        r"[^{\n]*:[^,}\n]*?(?P<at>=)",
        "a field has no value of its own",
        "leave it out; values are given where one is built",
        "record ordered",
    ),
    _idiom(
        r"^(?P<d>invariant|transition|lemma|cover|constraint)\s+"
        r"(?P<rest>(?P<at>(forall|exists|not|if|let|count|sum|min|max)\b|\(|\[|\d)[^\n]*)",
        "this {d} has no name",
        "write `{d} NAME {rest}`",
        _PROPERTIES,
    ),
    _idiom(
        r"^(?P<d>invariant|transition|lemma|cover|constraint)\s+(?P<rest>(?P<at>NAME)[ \t]*"
        r"(<=|>=|==|!=|<(?!>)|>|=>|[+|&*.]|(and|or|in|subset)\b)[^\n]*)",
        "this {d} has no name",
        "write `{d} NAME {rest}`",
        _PROPERTIES,
    ),
    _idiom(
        r"^(?P<d>invariant|transition|lemma|cover|constraint)\s+(?P<n>NAME)\s*(?P<at>\(\s*\)|[:=](?!=))[:=]?",
        "`{at}` cannot stand here",
        "the condition follows the name: `{d} {n} ...`",
        _PROPERTIES,
    ),
    _idiom(
        r"^liveness\s+(?P<n>NAME)\s*(?P<at>[:=])",
        "`{at}` cannot stand here",
        "what has to happen follows the name: `liveness {n} eventually ...`",
        "liveness",
    ),
    _idiom(
        r"\baction\s+(?P<n>NAME)\s*(\([^)\n]*\))?\s*(?P<at>=)\s*(all|any)?\s*(\{)?",
        "an action is not an expression",
        "write `action {n} when ... then x' = ...`; each alternative is an action of its own",
        "action fair strong",
    ),
    _idiom(
        r"\baction\s+(?P<n>NAME)\s*(\([^)\n]*\))?\s*(?P<at>[:{])",
        "`{at}` cannot stand here",
        "clauses follow the name: `action {n} when ... then ...`",
        "action fair strong",
    ),
    _idiom(
        r"\baction\s+NAME\s*\([^)\n]*?(?P<k>NAME)\s*(?P<at>:)\s*(?P<s>[^,)\n]+)",
        "a parameter of an action ranges over a set",
        "write `{k} in {s}`",
        "action fair strong",
    ),
    _idiom(
        r"\b(?P<d>action|def|fair)\s+(?P<n>NAME)\s*(?P<at>\(\s*\))",
        "there are no parentheses without parameters",
        "write `{d} {n}`",
        "action def fair strong",
    ),
    _idiom(
        r"^sort\s+(?P<s>NAME)\s*=?\s*(?P<at>\{(?P<m>[^}\n]*)\}?)",
        "the values of a sort have no names",
        "write `sort {s}[2]`, or `enum {s} {{ {m} }}`",
        "sort",
    ),
    _idiom(r"(?P<at>;)", "`;` separates nothing", "commas separate fields and members", "record enum ordered"),
    _idiom(
        r"^(?P<at>sort\s+(?P<s>NAME))[^\[\n]*",
        "this sort has no size",
        "write `sort {s}[2]`, or `enum {s} {{ a, b }}` for values with names",
        "sort",
    ),
    # --------------------------------------------------------------------------------------------- clauses of actions
    _idiom(
        r"\baction\s+NAME\s*(?:\([^)\n]*\))?\s*(?P<at>unless)\s+(?P<c>(?:(?!\bthen\b)[^\n])*)",
        "a condition of an action is a `when`",
        "write `when not ({c})`",
        "action fair strong",
    ),
    _idiom(
        r"\baction\s+NAME\s*(?:\([^)\n]*\))?\s*(?P<at>where|provided|requires?)\s+(?P<c>(?:(?!\bthen\b)[^\n])*)",
        "a condition of an action is a `when`",
        "write `when {c}`",
        "action fair strong",
    ),
    _idiom(
        r"\bthen\s+(?P<at>skip|nothing|pass|noop|stutter)\b",
        "an action without updates changes nothing",
        "leave out `then {at}`",
        "action fair strong",
    ),
    _idiom(
        r"^\s*(?P<at>while)\b[^\n]*",
        "there are no loops",
        "an action can be taken again and again while its `when` is true",
        "action fair strong",
    ),
    _idiom(
        r"(?P<at>\beither\b)[^\n]*",
        "there is no `either`",
        "write an action for each alternative, or `some one in bool  if one {{ ... }} else {{ ... }}`",
        "action fair strong effect",
    ),
    _idiom(
        r"\bthen\b[^\n]*(?P<at>\bor)\s+(?P<x>NAME)'(\[[^\]\n]*\]|\.NAME)*\s*=(?!=)",
        "an action has one outcome",
        "write two actions, or choose the value: `{x}' in {{1, 2}}`",
        "action fair strong effect",
    ),
    _idiom(
        r"(?P<at>\belse)\s+(?P<x>NAME)'",
        "around what happens stand braces",
        "write `if ... {{ {x}' = ... }} else {{ ... }}`, or `{x}' = if ... then ... else ...`",
        "action fair strong effect",
    ),
    _idiom(r"(?P<at>\bnext)\(\s*(?P<x>NAME)\s*\)", "the value after a step has a prime", "write `{x}'`"),
    _idiom(
        r"\bUNCHANGED\b(\s*(<<[^>]*>>|\([^)]*\)|NAME))?",
        "`UNCHANGED` is not needed",
        "leave it out: what an action does not update stays as it is",
    ),
    _idiom(
        r"^\s*(?P<at>/\\|\\/)",
        "an action is not a formula",
        "conditions are `when` clauses, updates follow `then`; each alternative is an action of its own",
        "action fair strong",
    ),
    _idiom(
        r"\bthen\b[^\n]*(?P<at>\band)\s+(?P<x>NAME)'(?P<path>(\[[^\]\n]*\]|\.NAME)*)\s*=(?!=)",
        "updates are not joined by `and`",
        "write them one after the other: `then ... {x}'{path} = ...`",
        "action fair strong",
    ),
    _idiom(
        r"(?P<at>\bnondet\b)\s+(?P<k>NAME)\s*=\s*((?:oneOf\()?(?P<s>[^)\n]*?)(?:\.oneOf\(\)|\)))?[^\n]*",
        "a choice is written with `some`",
        "write `some {k} in {s}` behind `then`, or let it be a parameter: `action a({k} in {s})`",
    ),
    _idiom(
        r"\bthen\s+(?P<at>exists|forall|\\E|\\A)\s*(?P<k>NAME)?(\s*MEMBER\s*(?P<s>[^:\n]*))?",
        "a choice is written with `some`",
        "write `then some {k} in {s}`, or let it be a parameter: `action a({k} in {s})`",
        "action fair strong effect",
    ),
    _idiom(
        r"\bthen\s+(?P<at>if)\b(?P<c>[^\n]*?)\bthen\s+(?P<x>NAME)[^\n]*",
        "what is updated comes first",
        "write `{x}' = if {c} then ... else ...`, or `if {c} {{ {x}' = ... }} else {{ ... }}`",
        "action fair strong effect",
    ),
    _idiom(
        r"(?P<at>\bwith)\s*\(?\s*(?P<k>NAME)\s*MEMBER\s*(?P<s>[^:\n{{]+?)\)?\s*(\bdo\b|[:{{])[^\n]*",
        "a choice is written with `some`",
        "write `some {k} in {s}`; what follows sees the name",
        "action fair strong effect",
    ),
    _idiom(
        r"(?P<at>\b(?:do|if)\s*::)[^\n]*",
        "alternatives are actions of their own",
        "write an action for each, with its condition behind `when`; every action may come again",
    ),
    _idiom(
        r"\bthen\s+(?P<at>for)\s+(?P<k>NAME)\s+in\s+(?P<s>[^:\n]*)[^\n]*",
        "there are no loops",
        "all at once: `m' = map {k} in {s}: ...`; one of them: `some {k} in {s}`",
        "action fair strong effect",
    ),
    _idiom(
        r"^\s*(?P<at>for)\s+(?P<k>NAME)\s+in\s+(?P<s>[^:\n]*)",
        "there are no loops",
        "all at once: `m' = map {k} in {s}: ...`; one of them: `some {k} in {s}`",
        "action fair strong effect",
    ),
    _idiom(
        r"^\s*(?P<at>if|elif|else|unless)\b(?P<c>[^:\n]*)",
        "a condition of an action is a `when`",
        "write `when`, or behind `then`: `if ... {{ x' = ... }}`, `x' = if ... then ... else ...`",
        "action fair strong",
    ),
    _idiom(
        r"(?P<at>\blet)\s+(?P<x>NAME)\s*==?\s*(?P<e>[^\n]+?)\s+in\b[^\n]*",
        "a `let` has no `in`",
        "in an action it is a clause: `let {x} = {e}`; in an expression: `let {x} = {e}: ...`",
    ),
    _idiom(
        r"(?P<at>\bwhen\b(?:(?!\bthen\b)[^\n])*?\b(?P<x>NAME)'\s*=)(?!=)",
        "an update cannot stand in a `when`",
        "updates follow `then`: `then {x}' = ...`",
        "action fair strong",
    ),
    # -------------------------------------------------------------------------------------------------------- primes
    _idiom(
        r"(?P<x>NAME)(?P<path>(\[[^\]\n]*\]|\.NAME)+)(?P<at>')",
        "the prime follows the name",
        "write `{x}'{path}`",
    ),
    # ------------------------------------------------------------------------------------------- temporal operators
    _idiom(
        r"(?P<at>\[\]\s*\[)(?P<p>[^\]\n]*)\]_\S+",
        "temporal operators are words",
        "write `always ({p})`; names with primes make it a formula about steps",
        "liveness",
    ),
    _idiom(
        r"(?P<at>(?:\[\]\s*)?<>\s*<<)(?P<p>[^>\n]*)>>_\S+",
        "temporal operators are words",
        "write `eventually taken {p}`, or `always eventually taken {p}`",
        "liveness",
    ),
    _idiom(
        r"(?P<at>\[\]\s*\[)(?P<p>[^\]\n]*)\]_\S+",
        "a transition is about every step already",
        "write `transition NAME {p}`",
    ),
    _idiom(r"(?P<at>\[\]\s*<>)", "temporal operators are words", "write `always eventually ...`", "liveness"),
    _idiom(r"(?P<at><>\s*\[\])", "temporal operators are words", "write `eventually always ...`", "liveness"),
    _idiom(r"(?P<at><>)", "temporal operators are words", "write `eventually ...`", "liveness"),
    _idiom(
        r"(?P<at>\[\](?=\s*[(\w~])|\balways\b)\s*\S*",
        "an invariant is about every state already",
        "leave out `{at}`",
        "invariant lemma",
    ),
    _idiom(
        r"(?P<at>\[\](?=\s*[(\w~])|\balways\b)\s*\S*",
        "a transition is about every step already",
        "leave out `{at}`",
        "transition",
    ),
    _idiom(
        r"(?P<at>\[\](?=\s*[(\w~]))\s*\S*",
        "temporal operators are words",
        "write `always ...`; what is true of every state is an `invariant`",
        "liveness",
    ),
    _idiom(r"(?<=[\w)\]'])\s+(?P<at>U)\s+(?=[\w(!])", "temporal operators are words", "write `p until q`", "liveness"),
    _idiom(r"(?<=[\w)\]'])\s+(?P<at>W)\s+(?=[\w(!])", "temporal operators are words", "write `p unless q`", "liveness"),
    _idiom(
        r"(?<=[\w)\]'])\s+(?P<at>[RV])\s+(?=[\w(!])",
        "there is no release",
        "`p {at} q` is written `q unless (p and q)`",
        "liveness",
    ),
    _idiom(
        r"(?<![\w.'])(?P<at>X|next)\s*(?=[\w(!])",
        "there is no next: how often nothing happens in between makes no difference to a behaviour",
        "primes speak of a step: `always (p => q')`",
        "liveness",
    ),
    # ---------------------------------------------------------------------------------------------------- expressions
    _idiom(
        r"\[\s*(?P<m>NAME)'?\s+(?P<at>EXCEPT)\s*!\s*(?P<k>\[[^\]\n]*\]|\.NAME)\s*=\s*(?P<v>[^\]\n]*)\]?",
        "there is no `EXCEPT`",
        "write `{m}'{k} = {v}` after `then`, or `{{{m} with {k} = {v}}}` in an expression",
    ),
    _idiom(
        r"(?P<at>\\A|∀)\s*(?P<x>NAME(\s*,\s*NAME)*)\s*MEMBER\s*(?P<s>[^:\n]+?)\s*:",
        "`{at}` is written `forall`",
        "write `forall {x} in {s}: ...`",
    ),
    _idiom(
        r"(?P<at>\\E|∃)\s*(?P<x>NAME(\s*,\s*NAME)*)\s*MEMBER\s*(?P<s>[^:\n]+?)\s*:",
        "`{at}` is written `exists`",
        "write `exists {x} in {s}: ...`",
    ),
    _idiom(
        r"\[\s*(?P<k>NAME)\s*MEMBER\s*(?P<s>[^|\]\n]+?)\s*\|->\s*(?P<v>[^\]\n]*)\]?",
        "this is not how a map is written",
        "write `map {k} in {s}: {v}`",
    ),
    _idiom(
        r"\[\s*(?P<f>NAME)\s*\|->\s*[^\]\n]*\]?",
        "this is not how a record is written",
        "declare it, `record R {{ {f} : ... }}`, and write `R({f} = ...)`",
    ),
    _idiom(r"\[\s*(?P<k>NAME)\s*->\s*(?P<v>NAME)\s*\]", "`[{k} -> {v}]` is not a type", "write `map[{k}] of {v}`"),
    _idiom(
        r":\s*(?P<at>(?P<k>NAME)\s*->\s*(?P<v>NAME))",
        "`{at}` is not a type",
        "write `map[{k}] of {v}`",
        "var const type def",
    ),
    _idiom(
        r":\s*(?P<at>\[\s*NAME\s*:[^\]\n]*\])",
        "a type with fields is a record",
        "declare it, `record R {{ a : 0..3, b : bool }}`, and write `: R`",
        "var const",
    ),
    _idiom(
        r"\{\s*(?P<x>NAME)\s*MEMBER\s*(?P<s>[^|:}\n]+?)\s*(:|\|)\s*(?P<p>[^}\n]*)\}?",
        "this is not how a part of a set is written",
        "write `{{{x} for {x} in {s} where {p}}}`",
    ),
    _idiom(
        r"\{\s*(?P<e>[^{}:|\n]+?)\s*(:|\|)\s*(?P<x>NAME)\s*\\in\b\s*(?P<s>[^}\n]*)\}?",
        "this is not how a set is built",
        "write `{{{e} for {x} in {s}}}`",
    ),
    _idiom(
        r"\bCHOOSE\s+(?P<x>NAME)\s*MEMBER\s*(?P<s>[^:\n]+?)\s*:\s*(?P<p>[^\n]*)",
        "there is no `CHOOSE`",
        "`min {x} in {s} where {p}: {x}` if these have an order; in an action `some {x} in {s} where {p}`",
    ),
    _idiom(r"\bIF\b[^\n]*", "reserved words are in lower case", "write `if ... then ... else ...`"),
    _idiom(
        r"\bLET\s+(?P<x>NAME)\s*==?\s*(?P<e>[^\n]+?)\s+IN\b[^\n]*",
        "reserved words are in lower case",
        "write `let {x} = {e}: ...`",
    ),
    _idiom(
        r"(?P<at>\bCASE)\b[^\n]*",
        "`CASE` is written otherwise",
        "write `if ... then ... elif ... then ... else ...`, or `match x case a: ... case b: ...`",
    ),
    _idiom(r"(?P<at>\bSUBSET)\s+(?P<s>NAME)", "`SUBSET` is a function", "write `subsets({s})`"),
    _idiom(
        r"(?P<at>\bDOMAIN)\s+(?P<s>NAME)",
        "there is no `DOMAIN`",
        "the indices of a sequence are `1..len({s})`; the keys of a map are its key type",
    ),
    _idiom(r"(?P<at>\bUNION)\s+\S+", "there is no `UNION`", "write `{{x for s in S, x in s}}`; of two sets, `a | b`"),
    _idiom(
        r"(?P<at>\bENABLED)\s+\S+", "there is no `ENABLED`", "write the condition of the action; a `def` can name it"
    ),
    # --------------------------------------------------------------------------------------------------------- types
    _idiom(r"\bmap\s*\[[^\]\n]*?(?P<at>,)", "a map has one key", "nest them: `map[A] of map[B] of ...`"),
    _idiom(r":\s*(?P<at>(?P<t>NAME)\?)", "`{at}` is not a type", "an optional type is `option of {t}`"),
    _idiom(
        r":\s*(?P<at>(?:optional|Optional|maybe|Maybe|Option)\s*<?\s*(?!of\b)(?P<t>NAME)>?)",
        "`{at}` is not a type",
        "an optional type is `option of {t}`",
    ),
    _idiom(
        r":\s*(?P<at>(?:list|array|List|vector)\s+of)\b",
        "`{at}` is not a type",
        "a sequence has a capacity: `seq[4] of ...`",
    ),
    _idiom(r":\s*(?P<at>bag\s+of)\b", "`{at}` is not a type", "a bag has a capacity: `bag[4] of ...`"),
    _idiom(
        r":\s*(?P<at>set\s*\[\s*(?P<t>NAME)\s*\])(?!\s*of\b)",
        "`{at}` is not a type",
        "write `set of {t}`, or `set[4] of {t}` for at most 4 of them",
    ),
    _idiom(
        r":\s*(?P<at>\[\s*(?P<n>\w*)\s*\]\s*NAME)", "`{at}` is not a type", "a sequence has a capacity: `seq[4] of ...`"
    ),
    _idiom(
        r":\s*(?P<at>NAME\s*<\s*NAME[^>\n]*>)",
        "`{at}` is not a type",
        "write `set of ...`, `seq[4] of ...`, `map[...] of ...`",
    ),
    _idiom(
        r":\s*(?P<at>(?:int|nat)\s*\[(?P<r>[^\]\n]*)\])", "`{at}` is not a type", "a range is a type by itself: `{r}`"
    ),
    _idiom(
        r":\s*(?P<at>(?:List|Seq|Set)\s*\[[^\]\n]*\])", "`{at}` is not a type", "write `set of ...`, or `seq[4] of ...`"
    ),
    _idiom(
        r":\s*(?P<at>\(\s*NAME\s*(,\s*NAME\s*)+\))",
        "there are no tuples",
        "declare a record: `record Pair {{ a : ..., b : ... }}`",
    ),
    # ------------------------------------------------------------------------------------------------------- methods
    _method("set|setBy|put", "write `{s}'[{a}] = {b}` after `then`, or `{{{s} with [{a}] = {b}}}` in an expression"),
    _method("get|nth", "write `{s}[{a}]`"),
    _method("add|insert", "write `{s} | {{{a}}}`"),
    _method("append|push|push_back", "write `{s} + [{a}]`"),
    _method("concat|extend", "write `{s} + {a}`"),
    _method("union", "write `{s} | {a}`"),
    _method("intersect|intersection", "write `{s} & {a}`"),
    _method("exclude|difference|minus|setminus", "write `{s} - {a}`"),
    _method("remove|delete|discard", "write `{s} - {{{a}}}`"),
    _method("contains|has|includes", "write `{a} in {s}`"),
    _method("in", "write `{s} in {a}`"),
    _method("notin", "write `{s} not in {a}`"),
    _method("subseteq|issubset", "write `{s} subset {a}`"),
    _method("size|length|len|count|Length|Size", "write `len({s})`"),
    _method("isEmpty|is_empty|empty", "write `{s} == {{}}`"),
    _each("forall|all|every", "write `forall {x} in {s}: {p}`"),
    _each("exists|any|some", "write `exists {x} in {s}: {p}`"),
    _each("filter|select|where", "write `{{{x} for {x} in {s} where {p}}}`, with `[ ]` of a sequence"),
    _each("map", "write `{{{p} for {x} in {s}}}`, with `[ ]` of a sequence"),
    _each("mapBy", "write `map {x} in {s}: {p}`"),
    _method("fold|foldl|foldr|reduce", "write `sum`, `count`, `min`, `max`, `forall` or `exists` over it"),
    _method("keys", "the keys of a map are all values of its key type"),
    _method("head|first", "write `first({s})`"),
    _method("tail", "write `{s}[2..len({s})]`"),
    _method("last", "write `last({s})`"),
    _method("slice", "write `{s}[a..b]`, where the first element has the index 1"),
    _method("indices", "write `1..len({s})`"),
    _method("powerset", "write `subsets({s})`"),
    _method("permutations", "write `permutations({s})`"),
    _method("oneOf", "a choice is a parameter of the action: `action a(x in {s})`"),
    _method("NAME", "write a function of it: `len(s)`, `s | {{x}}`, `s + [x]`, `x in s`"),
    _idiom(r"(?P<a>\d+)(?P<at>\.to\()(?P<b>\w*)\)?", _NO_METHODS, "write `{a}..{b}`"),
    # ------------------------------------------------------------------------------------ Python, C, Go and the like
    _idiom(r"(?P<at>\ball)\(.*\bfor\b.*", "there is no `all`", "write `forall x in S: ...`"),
    _idiom(r"(?P<at>\bany)\(.*\bfor\b.*", "there is no `any`", "write `exists x in S: ...`"),
    _idiom(
        r"(?P<at>\b(?P<f>sum|max|min))\((?P<e>.*?)\s+for\s+(?P<x>NAME)\s+in\s+(?P<s>[^)\n]*)\)?",
        "`{f}` over a set is written otherwise",
        "write `{f} {x} in {s}: {e}`",
    ),
    _idiom(
        r"(?:^\s+|[=:(]\s*)(?P<a>[^\s(=]+)[ \t]+(?P<at>if)\s+(?P<c>(?:(?!\bthen\b)[^\n])+?)\s+else\s+(?P<b>[^\s)]+)",
        "`if` comes first",
        "write `if {c} then {a} else {b}`",
    ),
    _idiom(
        r"\b(?:elif|else)\s*(?P<at>:)", "`:` cannot stand here", "write `if ... then ... elif ... then ... else ...`"
    ),
    _idiom(
        r"(?P<at>\?)\s*(?P<a>[^\s:]+)\s*:\s*(?P<b>[^\s)]+)",
        "the character `?` has no meaning here",
        "write `if ... then {a} else {b}`",
    ),
    _idiom(
        r"\b(?P<q>forall|exists)\s*(?P<at>\()\s*(?P<b>NAME[^)\n]*?\bin\b[^)\n]*)\)",
        "a quantifier has no parentheses",
        "write `{q} {b}: ...`",
    ),
    _idiom(r"(?P<at>\bfor\s+all)\b", "`forall` is one word", "write `forall x in S: ...`"),
    _idiom(r"(?P<at>\bthere\s+(?:exists|is))\b", "`exists` is enough", "write `exists x in S: ...`"),
    _idiom(r"(?P<at>\bswitch)\b[^\n]*", "there is no `switch`", "write `match x case a: ... case b: ...`"),
    _idiom(r"(?P<at>\bsum)\((?P<s>[^()\n]*)\)?", "`sum` needs a name for the elements", "write `sum x in {s}: x`"),
    _idiom(
        r"(?P<at>\bcount)\((?P<s>[^()\n]*)\)?",
        "`count` counts what is true",
        "write `len({s})`, or `count x in {s}: ...`",
    ),
    _idiom(r"(?P<at>\bset)\((?P<s>[^()\n]*)\)", "`set` makes a type, not a set", "write `{{{s}}}`", _WITH_EXPRESSIONS),
    _idiom(
        r"(?P<at>\bseq)\((?P<s>[^()\n]*)\)", "`seq` makes a type, not a sequence", "write `[{s}]`", _WITH_EXPRESSIONS
    ),
    _idiom(
        r"(?P<at>\bmap)\([^()\n]*\)", "`map` needs a name for the keys", "write `map k in K: ...`", _WITH_EXPRESSIONS
    ),
    _idiom(
        r"(?P<at>\{)\s*\w+\s*:[^}\n]*\bfor\b[^}\n]*\}?",
        "this is not how a map is written",
        "write `map n in Node: ...`",
        _WITH_EXPRESSIONS,
    ),
    _idiom(
        r"(?P<r>\b[A-Z]\w*)\s*(?P<at>\{)\s*(?P<f>NAME)\s*[=:][^}]*\}?",
        "a record is built with parentheses",
        "write `{r}({f} = ...)`",
        _WITH_EXPRESSIONS,
    ),
    _idiom(
        r"(?<!action )(?<!def )\b(?P<r>NAME)\s*\(\s*(?P<f>NAME)\s*(?P<at>:)[^)]*\)?",
        "a field is given its value by `=`",
        "write `{r}({f} = ...)`",
        _WITH_EXPRESSIONS,
    ),
    _idiom(
        r"\{\s*(?P<f>NAME)\s*(?P<at>:)\s*(?P<v>NAME)\s*,\s*NAME\s*:[^}]*\}?",
        "this is not how a record is written",
        "declare it, `record R {{ {f} : ... }}`, and write `R({f} = {v}, ...)`",
        _WITH_EXPRESSIONS,
    ),
    _idiom(
        r"\{\s*\w+\s*(?P<at>:)(?![:=])[^}\n]*\}?",
        "this is not how a map is written",
        "write `map n in Node: ...`",
        _WITH_EXPRESSIONS,
    ),
    _idiom(
        r"(?P<at>\bnew)\s+(?P<r>NAME)\b",
        "there is no `new`",
        "write `{r}(...)`",
    ),
    _idiom(
        r"\{\s*(?P<at>\.\.\.)(?P<m>NAME)\s*,\s*(?P<f>NAME)\s*:[^}\n]*\}?",
        "this is not how a changed copy is written",
        "write `{{{m} with {f} = ...}}`",
    ),
    _idiom(
        r"\{[^{}\n]*\bwith\s+(?P<f>NAME)\s*(?P<at>:)",
        "a field is given its value by `=`",
        "write `with {f} = ...`",
    ),
    _idiom(
        r"\[\s*(?P<a>[^\[\]:\n]*?)\s*(?P<at>:)\s*(?P<b>[^\[\]:\n]*?)\s*\]",
        "a part of a sequence is written otherwise",
        "write `s[{a}..{b}]`; the first element has the index 1",
    ),
    _idiom(
        r"(?P<e>NAME)(?P<at>::)(?P<m>NAME)",
        "a member of an enum is written by itself",
        "write `{m}`",
        _WITH_EXPRESSIONS,
    ),
    # -------------------------------------------------------------------------------------------------------- checks
    _idiom(
        r"\bfor\b[^\n]*?(?P<at>\bif)\b(?P<c>[^\[\]{}\n]*(\[[^\]\n]*\][^\[\]{}\n]*)*)",
        "a condition on the elements follows `where`",
        "write `where {c}`",
        "action fair strong invariant transition lemma cover constraint def assume terminal liveness",
    ),
    _idiom(
        r"\bexpect\s+(?P<at>invariants?|property|properties)\b\s*(?P<n>NAME)?",
        "every property is examined",
        "write `expect holds`, or `expect violation of NAME`",
        "check",
    ),
    _idiom(r"(?P<at>\bconst(?:ant)?)\s+(?P<n>NAME)\s*=", "a setting follows `with`", "write `with {n} = ...`", "check"),
    _idiom(r"\bsymmetry\s+(?P<at>of|in|on)\s+(?P<n>NAME)", "`{at}` is not needed", "write `symmetry {n}`", "check"),
    _idiom(
        r"\bexpect\s+violation\s+(?P<at>(?!of\b)NAME)", "`of` is missing", "write `expect violation of {at}`", "check"
    ),
    _idiom(
        r"\bexpect\s+(?P<at>violated|violates|fails?|failure|error|counterexample)\b[^\n]*",
        "`{at}` is not an expectation",
        "write `expect violation of NAME`",
        "check",
    ),
    _idiom(
        r"\bexpect\s+(?P<at>ok|pass|passes|success|hold|true|safe|no\s+\w+)\b[^\n]*",
        "`{at}` is not an expectation",
        "write `expect holds`",
        "check",
    ),
    _idiom(r"\bwith\s*(?P<at>\{)", "settings are written without braces", "write `with a = 1, b = 2`", "check refines"),
    _idiom(r"^\s*(?P<at>(?P<n>NAME)\s*:?=)", "a setting follows `with`", "write `with {n} = ...`", "check"),
    _idiom(r"\bwith\s+(?P<n>NAME)\s*(?P<at>:|==)", "a setting is written with `=`", "write `with {n} = ...`", "check"),
)

# Texts that are something else from beginning to end.
OTHER_FILES = (
    _idiom(r"^(?P<at><<<<<<<) .*\n[\s\S]*?^=======$", "a merge left a conflict here", "choose one of the two versions"),
    _idiom(
        r"\A\s*(?P<at>-{4,}\s*MODULE\s+\w+)",
        "this is a module of TLA+, not a .gate file",
        "`skipgate new lock` writes a model to start from",
    ),
    _idiom(
        r"\A\s*(?P<at><(!DOCTYPE|!--|html|\?xml)[^>\n]*)",
        "this is a page or XML, not a .gate file",
        "was it downloaded?",
    ),
    _idiom(
        r'\A\s*(?P<at>[\[{])\s*["\[{]', "this is JSON, not a .gate file", "`skipgate trace` shows traces in ITF JSON"
    ),
    _idiom(
        r"\A\s*(?P<at>module\s+\w+\s*\{)",
        "this is a module of Quint, not a .gate file",
        "`skipgate new lock` writes a model to start from",
    ),
)
