"""The state graph of a check, seen through some of its variables: states that agree on them are one group.

Each step of the full graph is a step between groups or within one, so each behaviour is a path of the quotient. The
other way round it need not be so: a path of the quotient may change between states of a group on its way.

Generated kernels make the steps, so far more states can be grouped than a picture could show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.core.values import Value
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.initial import starts
from skipgate.checker.semantics.effort import TooMuchWork
from skipgate.checker.semantics.evaluate import EvaluationError
from skipgate.spec.diagnostics import error

State = tuple[int, ...]
_REPORT_EVERY = 4096  # states


@dataclass
class Quotient:
    """Groups in the order in which they are first reached; what is counted are states, steps and initial states."""

    names: tuple[str, ...]
    groups: list[dict[str, Value]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)  # the number of states of each group
    initial: Counter[int] = field(default_factory=Counter)
    steps: Counter[tuple[int, int, str]] = field(default_factory=Counter)  # from, to, the name of the action
    marked: Counter[tuple[int, str]] = field(default_factory=Counter)  # states of a group that violate a property
    wrong: Counter[tuple[int, int, str]] = field(default_factory=Counter)  # steps that violate a property

    @property
    def states(self) -> int:
        """How many states there are."""
        return sum(self.sizes)


def build_quotient(
    kernels: Kernels, names: Sequence[str], limit: int, report: Callable[[int, int], None] = lambda states, groups: None
) -> Quotient:
    """The reachable states in groups by the values of variables, and all steps between them.

    What lies outside the constraints is left out; what it violates is not shown. `report` hears of the number of states
    and of groups from time to time.

    Raises:
        SpecError: there is no initial state, or one has no value, or there are more than `limit` groups.
    """
    search = _Search(kernels, names, limit)
    quotient = search.quotient
    try:
        for state in starts(kernels):
            known = state in search.numbers
            group = search.arrive(state)
            if group is not None and not known:
                quotient.initial[group] += 1
    except EvaluationError as problem:
        raise error(f"an initial value has no value: {problem.message}", problem.span) from None
    except TooMuchWork as problem:
        raise error(str(problem)) from None
    if not quotient.groups:
        raise error(f"check `{kernels.model.check.name.text}` has no initial state, so there is nothing to draw")
    for count, state in enumerate(search.order):  # which grows on the way
        if not count % _REPORT_EVERY:
            report(len(search.order), len(quotient.groups))
        search.leave(state)
    return quotient


class _Search:
    def __init__(self, kernels: Kernels, names: Sequence[str], limit: int) -> None:
        self.kernels, self.functions, self.limit = kernels, kernels.functions, limit
        self.quotient = Quotient(tuple(names))
        self.actions = [action.name for action in kernels.model.actions]
        self.numbers: dict[State, int] = {}  # the group of each state
        self.order: list[State] = []
        self.places: dict[State, int] = {}  # the group, by the fields of the variables
        self.fields = [(s.word, s.offset, s.mask) for name in names for s in kernels.layout.slots[name]]
        self.out = [0] * max(kernels.room, kernels.scratch)

    def arrive(self, state: State) -> int | None:
        """The group of a state; None if it lies outside the constraints."""
        if state in self.numbers:
            return self.numbers[state]
        if self.functions["inside"](state) != 1:
            return None
        quotient = self.quotient
        place = tuple(state[word] >> offset & mask for word, offset, mask in self.fields)
        group = self.places.get(place)
        if group is None:
            group = self.places[place] = len(self.places)
            if group == self.limit:
                self.too_many()
            values = self.kernels.layout.unpack(state)
            quotient.groups.append({name: values[name] for name in quotient.names})
            quotient.sizes.append(0)
        quotient.sizes[group] += 1
        self.numbers[state] = group
        self.order.append(state)
        return group

    def leave(self, state: State) -> None:
        """Count the steps from a state, and what it violates: also that there is none, or one without a value."""
        group, entry = self.numbers[state], self.kernels.entry
        out = [0] * self.kernels.room
        end = self.functions["expand"](state, out)
        marks = self.violated("check", self.kernels.checked, state)
        for i in range(0, end, entry):
            if out[i] < 0:
                marks.add(EVALUATION)
                continue
            successor = tuple(out[i + 1 : i + entry])
            target = self.arrive(successor)
            if target is not None:
                self.quotient.steps[group, target, self.actions[out[i]]] += 1
                if self.kernels.checked_steps:
                    for name in self.violated("check_step", self.kernels.checked_steps, state, successor):
                        self.quotient.wrong[group, target, name] += 1
            elif self.functions["inside"](successor) < 0:
                marks.add(EVALUATION)
        if not end and (terminal := self.functions["terminal"](state)) != 1:
            marks.add(DEADLOCK if terminal == 0 else EVALUATION)
        for name in marks:
            self.quotient.marked[group, name] += 1

    def violated(self, kernel: str, checked: Sequence[str], *words: State) -> set[str]:
        """The violated properties, each once; `evaluation` if one, or a cover, cannot be evaluated."""
        end = self.functions[kernel](*words, self.out)
        return {checked[number] if number >= 0 else EVALUATION for number in self.out[:end]}

    def too_many(self) -> None:
        """Give up, since there are too many groups for a picture."""
        names = ", ".join(f"`{each}`" for each in self.quotient.names)
        most = f"{self.limit} group{'s' * (self.limit != 1)} of states by {names}"
        message = (
            f"check `{self.kernels.model.check.name.text}` has more than {most} (after {len(self.order):,} states)"
        )
        raise error(message, None, "group by fewer variables, or by ones with fewer values; or raise --max-states")
