"""Where each variable lies in the machine words of a state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skipgate.checker.core.model import Model, StateVariable
from skipgate.checker.core.values import Value
from skipgate.checker.kernel.components import Component, TooLarge, flatten, shape, unflatten
from skipgate.spec.diagnostics import Diagnostic, SpecError

WORD = 63  # bits used of a signed 64-bit word
LARGEST_STATE = 64  # words


@dataclass(frozen=True)
class Slot:
    """A component of a variable as a bit field: `width` bits from bit `offset` of word `word` hold value - low."""

    component: Component
    word: int
    offset: int
    width: int

    @property
    def low(self) -> int:
        """The least value, which is stored as 0."""
        return self.component.low

    @property
    def mask(self) -> int:
        """The field's bits, at the bottom of a word."""
        return (1 << self.width) - 1


@dataclass(frozen=True)
class Layout:
    """The bit fields of a state. `words` is the number of words of a state, at least 1."""

    variables: tuple[StateVariable, ...]
    slots: Mapping[str, tuple[Slot, ...]]
    words: int

    def pack(self, state: Mapping[str, Value]) -> tuple[int, ...]:
        """The words of a state given by the values of its variables."""
        words = [0] * self.words
        for variable in self.variables:
            row = flatten(state[variable.name], variable.type)
            for slot, value in zip(self.slots[variable.name], row, strict=True):
                words[slot.word] |= (value - slot.low) << slot.offset
        return tuple(words)

    def unpack(self, words: Sequence[int]) -> dict[str, Value]:
        """The values of the variables, in the order of declaration."""
        state: dict[str, Value] = {}
        for variable in self.variables:
            row = [(words[slot.word] >> slot.offset & slot.mask) + slot.low for slot in self.slots[variable.name]]
            state[variable.name] = unflatten(row, variable.type)
        return state

    @property
    def bits(self) -> int:
        """How many bits of the words are used."""
        return sum(slot.width for slots in self.slots.values() for slot in slots)

    def describe(self) -> str:
        """A table of the bit fields, for people."""
        lines = [f"{self.bits} bits in {self.words} word{'s' if self.words > 1 else ''} of {WORD}"]
        for variable in self.variables:
            lines.append(f"{variable.name} : {variable.type}")
            for slot in self.slots[variable.name]:
                c = slot.component
                place = f"word {slot.word} bits {slot.offset}..{slot.offset + slot.width - 1}"
                if slot.width == 0:
                    place = "no bits"
                lines.append(f"    {c.path or '.':<24} {c.low}..{c.high:<12} {place}")
        return "\n".join(lines) + "\n"


def lay_out(model: Model) -> Layout:
    """Pack the variables into words: each that fits into one word lies in one word, the widest placed first.

    Raises:
        SpecError: a variable is unbounded or too large, or the whole state is.
    """
    diagnostics: list[Diagnostic] = []
    shapes: dict[str, tuple[Component, ...]] = {}
    for variable in model.variables:
        try:
            shapes[variable.name] = shape(variable.type)
            for component in shapes[variable.name]:
                if _width(component) > WORD:
                    raise TooLarge(f"{component.low}..{component.high} takes more than {WORD} bits")
        except TooLarge as problem:
            message = f"variable `{variable.name}` cannot be explored: {problem}"
            hint = None
            if "unbounded" in str(problem):
                hint = "bound it: give it a range such as `0..4` as its type"
            elif "possible elements" in str(problem):
                hint = "if it has few of them at a time, give it a capacity: `set[4] of ...`"
            diagnostics.append(Diagnostic(message, variable.span, hint))
    if diagnostics:
        raise SpecError(diagnostics)
    widths = {name: [_width(c) for c in components] for name, components in shapes.items()}
    total = sum(map(sum, widths.values()))
    if total > LARGEST_STATE * WORD:
        widest = max(model.variables, key=lambda v: sum(widths[v.name]))
        message = f"a state takes {total} bits; at most {LARGEST_STATE * WORD} are possible"
        hint = f"the largest variable is `{widest.name}` with {sum(widths[widest.name])} bits"
        raise SpecError([Diagnostic(message, widest.span, hint)])
    slots: dict[str, tuple[Slot, ...]] = {}
    filled: list[int] = []  # bits used of each word
    for variable in sorted(model.variables, key=lambda v: -sum(widths[v.name])):
        components, row = shapes[variable.name], widths[variable.name]
        if sum(row) <= WORD:
            word = next((i for i, used in enumerate(filled) if used + sum(row) <= WORD), len(filled))
            if word == len(filled):
                filled.append(0)
            placed = []
            for component, width in zip(components, row, strict=True):
                placed.append(Slot(component, word, filled[word], width))
                filled[word] += width
        else:  # over several words, each component whole
            placed = []
            filled.append(0)
            for component, width in zip(components, row, strict=True):
                if filled[-1] + width > WORD:
                    filled.append(0)
                placed.append(Slot(component, len(filled) - 1, filled[-1], width))
                filled[-1] += width
        slots[variable.name] = tuple(placed)
    return Layout(model.variables, slots, max(1, len(filled)))


def _width(component: Component) -> int:
    return (component.high - component.low).bit_length()
