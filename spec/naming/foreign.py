"""Names that people write who come from other languages, in small letters, and what to write here instead."""

from __future__ import annotations

FOREIGN_TYPES = {
    "integer": "did you mean `int`?",
    "natural": "did you mean `nat`?",
    "boolean": "did you mean `bool`?",
    "string": "an `enum` names the values that there are",
}
FOREIGN_NAMES = {
    "true": "write `true`",
    "false": "write `false`",
    "none": "write `none`",
    "null": "an absent value is `none`, of an `option of` some type",
    "nil": "an absent value is `none`, of an `option of` some type",
    "unchanged": "what an action does not update stays as it is",
    "cardinality": "did you mean `len`?",
    "length": "did you mean `len`?",
    "size": "did you mean `len`?",
    "append": "to append an element, write `s + [x]`",
    "head": "did you mean `first`?",
    "tail": "all but the first element is `s[2..len(s)]`",
    "subseq": "a part of a sequence is `s[a..b]`",
    "set": "a set is written `{a, b}`, the empty one `{}`",
    "list": "a sequence is written `[a, b]`, the empty one `[]`",
    "next": "the value after a step is `x'`",
    "old": "the value before a step is the name without a prime",
    "pre": "the value before a step is the name without a prime",
    "range": "the numbers from 0 to 2, both included, are `0..2`",
    "all": "write `forall x in S: ...`",
    "any": "write `exists x in S: ...`",
    "sorted": "a set has no order; `min x in S: x` is its least element",
    "pow": "there is no power; a product is `a * b`",
    "concat": "sequences are joined by `+`",
    "powerset": "did you mean `subsets`?",
    "permutation": "did you mean `permutations`?",
    "bijections": "the sequences that have each element of `S` once are `permutations(S)`",
    "union": "the union of sets is `|`",
}


def foreign(name: str) -> str | None:
    """What to write instead of a name of another language."""
    if name == "X":
        return "there is no next: primes speak of a step, as in `always (p => q')`"
    if name.startswith(("WF_", "SF_")):
        return "fairness is declared beside the properties, which assume it: `fair go`, `strong fair go`"
    return FOREIGN_NAMES.get(name.lower())
