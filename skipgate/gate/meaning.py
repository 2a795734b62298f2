"""What of a specification the checker obeys: all but comments, layout, descriptions, anchors and pinned counts.

Only a change of this counts as a change of the specification: a better description does not say that somebody thought
about the code, and a pinned number of states is but a measurement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from skipgate.gate.fingerprint import digest

if TYPE_CHECKING:
    from skipgate.spec.loader import Program


def meaning(program: Program) -> str:
    """A digest of a specification with all that it imports or refines."""
    return digest(token for file in program.all_files for token in _tokens(file.declarations))


def _tokens(root: object) -> Iterator[str]:
    from skipgate.spec.syntax import Anchor, Description, Pin, UnmodelledDecl

    stack: list[object] = [root]
    while stack:
        value = stack.pop()
        if isinstance(value, Description | Anchor | UnmodelledDecl | Pin):
            continue
        if isinstance(value, _Close):
            yield ")"
        elif isinstance(value, tuple):
            yield "(tuple"
            stack.append(_Close())
            stack.extend(reversed(value))
        elif is_dataclass(value) and not isinstance(value, type):
            yield f"({type(value).__name__}"
            stack.append(_Close())
            stack.extend(reversed([getattr(value, each.name) for each in fields(value) if each.name != "span"]))
        else:
            yield repr(value)


class _Close:
    """Marks the end of a node on the stack."""
