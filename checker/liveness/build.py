"""The state graph of a finished search: each of its states is expanded once more, and its successors are looked up.

States are numbered in the order of their words, so that the graph is the same whichever engine searched, by however
many threads.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from skipgate.checker.core import model as m
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.values import Value
from skipgate.checker.kernel.choices import Choices
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.liveness.arrays import ArrayGraph, Flags, GraphPiece, Masks, Numbers, Small
from skipgate.checker.liveness.labels import LabelSets
from skipgate.checker.liveness.limits import Limits
from skipgate.checker.native.edges import OUTSIDE, UNKNOWN
from skipgate.checker.search.explore import Exploration, State
from skipgate.checker.search.initial import starts

_PIECE = 1 << 12  # states that are expanded before the arrays are made smaller
_MOST_CONDITIONS = 1 << 12


class TooManyConditions(Exception):
    """There are more fairness conditions than can be told apart; the message says how many."""


def build(kernels: Kernels, explored: Exploration, limits: Limits) -> ArrayGraph:
    """The graph of the states that a search has kept.

    Raises:
        TooManyConditions: there are too many fairness conditions.
        Stop: a limit is reached.
    """
    states = sorted_states(explored, kernels.layout.words, limits)
    if explored.regions:
        from skipgate.checker.liveness.natively import compiled, pieces, step_facts

        functions, problem = compiled(kernels, limits.look)
        if functions is not None:
            graph = assemble(kernels, states, pieces(functions, kernels, states, limits.look), limits)
            return _with_step_facts(kernels, graph, partial(step_facts, functions, kernels), limits)
        if problem is not None:
            explored.notes.append(f"liveness: {problem}")
    graph = assemble(kernels, states, _pieces(kernels, states, limits.look), limits)
    return _with_step_facts(kernels, graph, partial(_step_facts, kernels), limits)


def sorted_states(explored: Exploration, words: int, limits: Limits) -> Numbers:
    """The states that a search has kept, a row of words each, in the order of their words."""
    limits.need(3 * 8 * words * explored.distinct)
    if explored.regions:
        states: Numbers = np.concatenate([np.frombuffer(region, np.int64) for region in explored.regions])
        states = states.reshape(-1, words)
    else:
        states = np.array(list(explored.predecessors), np.int64).reshape(-1, words)
    if len(states) != explored.distinct:
        raise InternalError("the states of the search are not there any more")
    if words == 1:
        return np.sort(states, axis=0)
    return np.ascontiguousarray(states[np.lexsort(states.T[::-1])])


def _pieces(kernels: Kernels, states: Numbers, look: Callable[[], None]) -> Iterator[GraphPiece]:
    functions = kernels.behaviour_functions
    steps, facts, inside = functions["steps"], functions["facts"], functions["inside"]
    out, entry = [0] * kernels.room, kernels.entry
    width = len(kernels.model.liveness_terms)
    ordered = list(map(tuple, states.tolist()))
    numbers = {state: number for number, state in enumerate(ordered)}
    for start in range(0, len(ordered), _PIECE):
        look()
        counts, targets, tags, values = array("q"), array("q"), array("q"), array("b")
        for state in ordered[start : start + _PIECE]:
            facts(state, out)
            values.extend(out[:width])
            end = steps(state, out)
            counts.append(end // entry)
            for i in range(0, end, entry):
                tags.append(out[i])
                successor = tuple(out[i + 1 : i + entry])
                number = numbers.get(successor)
                if number is None:
                    number = UNKNOWN if inside(successor) else OUTSIDE
                targets.append(number)
        facts_of = np.array(values).reshape(len(counts), width).astype(np.bool_)
        yield GraphPiece(np.array(counts), np.array(targets), np.array(tags), facts_of.T)


def _step_facts(kernels: Kernels, states: Numbers, sources: Small, targets: Small, look: Callable[[], None]) -> Flags:
    """The values of the conditions on steps, for each step between two states."""
    facts, out = kernels.behaviour_functions["step_facts"], [0] * kernels.room
    width = len(kernels.model.liveness_step_terms)
    ordered = list(map(tuple, states.tolist()))
    values = array("b")
    for number, (source, target) in enumerate(zip(sources.tolist(), targets.tolist(), strict=True)):
        if not number % _PIECE:
            look()
        facts(ordered[source], ordered[target], out)
        values.extend(out[:width])
    return np.array(values).reshape(len(targets), width).astype(np.bool_).T


def _with_step_facts(
    kernels: Kernels,
    graph: ArrayGraph,
    values: Callable[[Numbers, Small, Small, Callable[[], None]], Flags],
    limits: Limits,
) -> ArrayGraph:
    """A graph with the values of the conditions on steps, if there are any."""
    width = len(kernels.model.liveness_step_terms)
    if not width:
        return graph
    limits.need(9 * width * len(graph.targets))
    return replace(graph, step_facts=values(graph.states, graph.sources(), graph.targets, limits.look))


def assemble(kernels: Kernels, states: Numbers, pieces: Iterable[GraphPiece], limits: Limits) -> ArrayGraph:
    """The graph of sorted states, from their successors."""
    labels = _Labels(kernels.model, kernels.choices)
    parts: list[tuple[Small, Small, Small]] = []  # of the edges: how many each state has, targets, labels
    facts: list[Flags] = []
    enabled: list[Masks] = []
    start = edges = 0
    for piece in pieces:
        if (piece.tags < 0).any() or (piece.targets == UNKNOWN).any():
            raise InternalError("the steps from a state differ from those that the search has taken")
        sources = np.repeat(np.arange(start, start + len(piece.counts)), piece.counts)
        changes = piece.targets != sources
        sources, targets = sources[changes], piece.targets[changes]
        label = labels.of(piece.tags[changes], sources - start, piece.facts)
        enabled.append(_enabled(labels.sets.masks(len(labels.conditions)), label, sources - start, len(piece.counts)))
        stays = targets != OUTSIDE
        sources, targets, label = labels.sets.merged(sources[stays], targets[stays], label[stays])
        counts = np.bincount(sources - start, minlength=len(piece.counts)).astype(np.int32)
        parts.append((counts, targets.astype(np.int32), label))
        facts.append(piece.facts)
        start += len(piece.counts)
        edges += len(targets)
    masks = labels.sets.masks(len(labels.conditions))
    limits.need(8 * edges + 8 * len(masks) * start)
    first = np.zeros(start + 1, np.int64)
    np.cumsum(np.concatenate([counts for counts, _, _ in parts]), out=first[1:])
    return ArrayGraph(
        states=states,
        initial=_initial(kernels, states),
        first=first,
        targets=np.concatenate([targets for _, targets, _ in parts]),
        labels=np.concatenate([label for _, _, label in parts]),
        masks=masks,
        # Conditions that are met in a later piece are not possible in an earlier one.
        enabled=np.concatenate([np.pad(part, ((0, len(masks) - len(part)), (0, 0))) for part in enabled], axis=1),
        facts=np.concatenate(facts, axis=1),
        step_facts=np.zeros((0, edges), np.bool_),
        conditions=tuple(labels.conditions),
    )


def _enabled(masks: Masks, label: Small, states: Numbers, count: int) -> Masks:
    """For each of so many states the conditions that are met by one of the steps with these labels from it."""
    meets = label > 0
    label, states = label[meets], states[meets]
    found = np.zeros((len(masks), count), np.uint64)
    for word, row in zip(found, masks, strict=True):
        np.bitwise_or.at(word, states, row[label])
    return found


def _initial(kernels: Kernels, states: Numbers) -> Numbers:
    """The numbers of the initial states that lie inside the constraints."""
    inside = kernels.functions["inside"]
    found = {state for state in starts(kernels) if inside(state)}
    return np.array(sorted(_number(states, words) for words in found), np.int64)


def _number(states: Numbers, words: State) -> int:
    """The number of a state that is among the sorted ones."""
    low, high = 0, len(states)
    while low < high:
        middle = (low + high) // 2
        if tuple(states[middle].tolist()) < words:
            low = middle + 1
        else:
            high = middle
    if low == len(states) or tuple(states[low].tolist()) != words:
        raise InternalError("an initial state is not among the states that were searched")
    return low


@dataclass
class _Labels:
    """Which conditions of fairness steps meet, as labels.

    Where each choice of arguments has a condition of its own, these are created on first use.
    """

    model: m.Model
    choices: Choices
    conditions: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.numbers: dict[tuple[int, tuple[bool, ...]], int] = {}  # labels: by tag, and which conditions are true
        self.sets = LabelSets()
        self.places = {id(condition): place for place, condition in enumerate(self.model.fair_when)}
        self.separate: dict[tuple[m.Fairness, tuple[str, tuple[Value, ...]]], int] = {}
        self.shared = {}
        for fair in self.model.fairness:
            if not fair.separately:
                self.shared[fair] = len(self.conditions)
                self.conditions.append(fair.strong)

    def of(self, tags: Numbers, sources: Numbers, facts: Flags) -> Small:
        """The labels of steps: of each its tag, the state it begins in, and the facts about all states."""
        true = facts[len(facts) - len(self.places) :]  # the conditions of fairness
        tags, tag = np.unique(tags, return_inverse=True)
        kinds, kind = np.unique(true, axis=1, return_inverse=True)
        pairs, at = np.unique(tag * kinds.shape[1] + kind.reshape(-1)[sources], return_inverse=True)
        which, number = np.divmod(pairs, kinds.shape[1])
        found = [self.label(int(tags[i]), tuple(kinds[:, k].tolist())) for i, k in zip(which, number, strict=True)]
        return np.array(found, np.int32)[at]

    def label(self, tag: int, true: tuple[bool, ...]) -> int:
        if tag == 0:
            return 0
        if (tag, true) not in self.numbers:
            self.numbers[tag, true] = self.sets.label(frozenset(self.met(tag, true)))
        return self.numbers[tag, true]

    def met(self, tag: int, true: tuple[bool, ...]) -> Iterator[int]:
        """The conditions that a step meets, given which conditions in them are true where it begins."""
        action, arguments = self.choices.taken(tag)
        for fair in self.model.fairness:
            if any(pattern.matches(action, arguments) and self.is_true(pattern, true) for pattern in fair.patterns):
                yield self.separately(fair, action.call(arguments)) if fair.separately else self.shared[fair]

    def is_true(self, pattern: m.StepPattern, true: tuple[bool, ...]) -> bool:
        return pattern.condition is None or true[self.places[id(pattern.condition)]]

    def separately(self, fair: m.Fairness, call: tuple[str, tuple[Value, ...]]) -> int:
        """The condition on the steps of an action with certain arguments alone."""
        if (fair, call) not in self.separate:
            if len(self.conditions) == _MOST_CONDITIONS:
                raise TooManyConditions(f"there are more than {_MOST_CONDITIONS} fairness conditions")
            self.separate[fair, call] = len(self.conditions)
            self.conditions.append(fair.strong)
        return self.separate[fair, call]
