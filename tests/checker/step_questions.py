"""Questions about the actions of a model, added to its text."""

from __future__ import annotations

import re

_ACTION = re.compile(r"^(?:strong )?(?:fair )?action (\w+)(.*)$", re.MULTILINE)


def with_questions(text: str) -> str:
    """The same model, in which a cover asks whether each action is possible, and a transition whether it was taken."""
    lines = []
    for name, rest in _ACTION.findall(text):
        count = len(re.findall(r"\bp\d+ in ", rest.split(' "')[0]))
        steps = f"{name}({', '.join('_' * count)})" if count else name
        lines += [f"cover Can_{name} enabled {steps}", f"transition Not_{name} not taken {steps}"]
    head, check = text.split("check c", 1)
    return head + "\n".join(lines) + "\ncheck c" + check
