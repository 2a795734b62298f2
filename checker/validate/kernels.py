"""Kernels for the events of a log: a state of the model and the values of an event, to what the state may become."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from skipgate.checker.core.values import Value
from skipgate.checker.kernel.action_code import ActionCode
from skipgate.checker.kernel.compiler import Tests
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.kernel.layout import Layout, lay_out
from skipgate.checker.validate.rules import Rule

Words = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class RuleKernel:
    """The kernel of an event. Its states are the words of the model's state, then those of the event's values."""

    rule: Rule
    fields: Layout | None  # of the event's values; None if there are none
    words: int  # of the model's state
    entry: int
    room: int
    expand: Callable[[Words, list[int]], int]
    text: str

    def pack(self, values: Mapping[str, Value]) -> Words:
        """The words of the values that an event has."""
        return () if self.fields is None else self.fields.pack(values)

    def unpack(self, words: Words) -> dict[str, Value]:
        """The values that an event has."""
        return {} if self.fields is None else self.fields.unpack(words)


@lru_cache(maxsize=128)  # since several logs are often held against one model
def rule_kernel(kernels: Kernels, rule: Rule) -> RuleKernel:
    """Generate the kernel of an event.

    Raises:
        SpecError: its values are too large.
    """
    own = kernels.layout
    fields = lay_out(replace(kernels.model, variables=rule.variables)) if rule.fields else None
    layout = own if fields is None else _beside(own, fields)
    code = ActionCode(layout, Tests())
    text = code.expand([each.step for each in rule.candidates])
    namespace: dict[str, Any] = {"popcount": int.bit_count}
    exec(compile(text, f"<kernel of event {rule.event}>", "exec"), namespace)
    entry = 1 + layout.words
    return RuleKernel(rule, fields, own.words, entry, (code.most_entries + 1) * entry, namespace["expand"], text)


def _beside(own: Layout, fields: Layout) -> Layout:
    """Both layouts, one after the other."""
    shifted = {
        name: tuple(replace(slot, word=slot.word + own.words) for slot in slots) for name, slots in fields.slots.items()
    }
    return Layout((*own.variables, *fields.variables), {**own.slots, **shifted}, own.words + fields.words)
