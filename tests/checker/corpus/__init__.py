"""Small specifications made by hand, which together show every planted fault of the tests beside this folder.

What random generators draw changes whenever the language grows, so what they show is luck. These stay as they are.
"""

from __future__ import annotations

import re
from pathlib import Path

_FOLDER = Path(__file__).parent
_EXPRESSION = re.compile(r"^def (e\w*) =", re.MULTILINE)


def _texts(kind: str) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((_FOLDER / kind).glob("*.gate"))}


def _claimed(text: str) -> str:
    """With a transition property for each definition `e...`, that it equals itself."""
    claims = "".join(f"transition {name.capitalize()} {name} == {name}\n" for name in _EXPRESSION.findall(text))
    return f"{text}{claims}check c expect holds\n"


# Definitions to be evaluated in random states and steps.
EXPRESSIONS = {name: _claimed(text) for name, text in _texts("expressions").items()}
# Models to be searched.
MODELS = {name: f"{text}check c expect holds\n" for name, text in _texts("models").items()}


def _pair(text: str) -> tuple[str, str]:
    high, low = text.split("# implementation\n")
    return f"{low}check c expect holds\n", high


# Pairs of an implementation and what it has to refine.
REFINEMENTS = {name: _pair(text) for name, text in _texts("refinements").items()}
