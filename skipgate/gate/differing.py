"""The text of a symbol before and after: what differs, as a diff and as lines of the file."""

from __future__ import annotations

from difflib import SequenceMatcher, unified_diff

from skipgate.gate.code import Symbol


def diff_lines(before: Symbol | None, after: Symbol | None, name: str, revision: str | None = None) -> list[str]:
    """What changed in a symbol, as a diff of its text alone."""
    old = before.text.splitlines() if before is not None else []
    new = after.text.splitlines() if after is not None else []
    label = name if revision is None else f"{name} ({revision[:12]})"
    return list(unified_diff(old, new, label, name, lineterm=""))


def changed_lines(before: Symbol | None, after: Symbol) -> range:
    """The first lines of a file in which a symbol is not as it was; those of all of it if it is new."""
    whole = range(after.line, after.end_line + 1)
    if before is None:
        return whole
    old, new = before.text.splitlines(), after.text.splitlines()
    for kind, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            first = min(after.line + start, after.end_line)
            return range(first, max(after.line + end, first + 1))
    return whole
