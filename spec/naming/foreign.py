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
    "union": "the union of sets is `|`",
}
