"""Places and steps as people write them. The names of instances have a place for their index: `node[_].x`."""

from __future__ import annotations

from collections.abc import Sequence

ANY = "[_]"


def at_index(place: str, index: str) -> str:
    """The place of an element: `log[3]`; of a variable that an instance has for each index, `node[Node1].x`."""
    return place.replace(ANY, f"[{index}]", 1) if ANY in place else f"{place}[{index}]"


def call(action: str, values: Sequence[str], names: Sequence[str] = ()) -> str:
    """An action with its arguments, and their names if they are given: `send(n = Node1)`, `node[Node1].step(2)`."""
    indices = action.count(ANY)
    inside = values[indices:]
    if names:
        inside = [f"{name} = {value}" for name, value in zip(names[indices:], inside, strict=True)]
    for value in values[:indices]:
        action = at_index(action, value)
        inside = [text.replace(ANY, f"[{value}]", 1) for text in inside]  # `node[_].x' = 3` names what is chosen
    return f"{action}({', '.join(inside)})" if inside else action
