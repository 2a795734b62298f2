"""The representative of a state's orbit: what the loops in `orbits` must know of a model, generated as two kernels.

    exchange(s, p)        let the values p and p + 1 of a sort take each other's place, in the state itself
    signatures(s, out)    for every value a number that depends on how the state mentions it, but not on its name

Both are functions over the bit fields of a state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import factorial, prod
from pathlib import Path
from typing import Any

from skipgate.checker.core import model as m
from skipgate.checker.kernel import orbits
from skipgate.checker.kernel.exchange_code import exchanges
from skipgate.checker.kernel.layout import Layout
from skipgate.checker.kernel.signature_code import signatures
from skipgate.checker.kernel.state_parts import StateParts
from skipgate.spec.diagnostics import error

MOST_ARRANGEMENTS = 40_320  # 8!: of all sorts together whose arrangements have to be tried one by one

State = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Symmetry:
    """The generated functions, and the constants of `orbits` that go with them."""

    text: str
    constants: Mapping[str, int]
    room: int  # how many words `canonical` needs besides the state

    @property
    def loops(self) -> str:
        """The text that calls the generated functions."""
        return Path(orbits.__file__).read_text(encoding="utf-8")

    @cached_property
    def representative(self) -> Callable[[State], State]:
        """What gives the state that stands for all that permuting values makes of a state, under CPython."""
        namespace: dict[str, Any] = {"popcount": int.bit_count}
        for text in (self.loops, self.text):
            exec(compile(text, "<symmetry>", "exec"), namespace)
        namespace |= self.constants
        canonical, room = namespace["canonical"], [0] * self.room

        def representative(state: State) -> State:
            words = list(state)
            canonical(words, room)
            return tuple(words)

        return representative


def symmetry_of(model: m.Model, layout: Layout) -> Symmetry | None:
    """The symmetry that a check asks for; None if it asks for none, or there is nothing to exchange.

    Raises:
        SpecError: there are too many arrangements to be tried.
    """
    sorts = [sort for sort in model.symmetry if sort.size > 1]
    state = StateParts(layout, sorts)
    if not state.parts:
        return None
    text, undecided = signatures(state)
    tried = [sort for sort in sorts if sort.name in undecided]
    arrangements = prod(factorial(sort.size) for sort in tried)
    if arrangements > MOST_ARRANGEMENTS:
        names = " and ".join(sort.name for sort in tried)
        message = f"{names} can be arranged in {arrangements:,} ways; at most {MOST_ARRANGEMENTS:,} can be tried"
        hint = "reduce fewer sorts, or smaller ones: a single one may have 8 values"
        raise error(message, model.check.symmetry[0].span, hint)
    count, words = len(state.identities), layout.words
    best = count + orbits.GROUP * (count // 2)
    return Symmetry(
        text=f"{text}\n\n\n{exchanges(state)}\n",
        constants={"VALUES": count, "STATE": words, "DECISIVE": int(not tried), "TIES": count, "BEST": best},
        room=best + words,
    )
