"""What tests should try: the goals that behaviours meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

GoalKind = Literal["actions", "pairs", "covers", "branches", "violations", "refusals"]
KINDS: tuple[GoalKind, ...] = get_args(GoalKind)

_NOUNS: dict[GoalKind, str] = {
    "actions": "action",
    "pairs": "pair",
    "covers": "cover",
    "branches": "branch",
    "violations": "violation",
    "refusals": "refusal",
}


@dataclass(frozen=True)
class Goal:
    """Something that at least one behaviour meets, if any can.

    `name` tells it from the others of its kind. `place` is where a condition stands, as file:line:column.
    """

    kind: GoalKind
    name: str
    place: str | None = None

    @property
    def noun(self) -> str:
        """What the kind is called, of one."""
        return _NOUNS[self.kind]

    def __str__(self) -> str:
        return f"{self.noun} {self.name}"
