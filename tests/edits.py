"""Random edits of a text, as somebody makes them who types, deletes, pastes and moves lines."""

from __future__ import annotations

from random import Random

WORDS = [
    *("var", "const", "type", "enum", "sort", "record", "action", "when", "then", "let", "def", "invariant", "check"),
    *("with", "expect", "holds", "effect", "group", "do", "fair", "cover", "liveness", "always", "leads", "to", "if"),
    *("else", "match", "case", "some", "none", "forall", "exists", "in", "x", "N", "'", '"', "{", "}", "(", ")", "["),
    *("]", ":", "=", "==", "=>", "+", "..", ",", ".", "3", "42", "true", "and", "or", "not", "#", "?", "\\", "|"),
    *("import", '"other.gate"', "as", "variant", "initially", "terminal", "refines"),
]


def edited(random: Random, text: str) -> str:
    """The text after one edit."""
    at = random.randrange(len(text) + 1)
    lines = text.split("\n")
    i = random.randrange(len(lines))
    match random.randrange(9):
        case 0:  # a character is typed
            return text[:at] + random.choice("abx ('\"{}=:#.\n") + text[at:]
        case 1:  # some are deleted
            return text[:at] + text[at + random.choice([1, 1, 1, 2, 5, 30]) :]
        case 2:
            return text[:at] + " " + random.choice(WORDS) + " " + text[at:]
        case 3:  # a line is moved
            line = lines.pop(i)
            lines.insert(random.randrange(len(lines) + 1), line)
            return "\n".join(lines)
        case 4:
            return "\n".join([*lines[:i], lines[i], *lines[i:]])
        case 5:
            return "\n".join([*lines[:i], *lines[i + 1 :]])
        case 6:  # two words change places
            words = text.split(" ")
            j, k = random.randrange(len(words)), random.randrange(len(words))
            words[j], words[k] = words[k], words[j]
            return " ".join(words)
        case 7:  # a line begins at the margin
            lines[i] = lines[i].lstrip()
            return "\n".join(lines)
        case _:
            lines[i] = lines[i].replace(random.choice(WORDS), random.choice(WORDS), 1)
            return "\n".join(lines)
