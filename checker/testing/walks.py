"""Walks that meet many goals, found by looking ahead along those that have met most so far (a beam search).

Goals are bits of a number here, and what a step meets is worked out once for each state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.initial import starts
from skipgate.checker.semantics.steps import Transition, action_transition, action_transitions
from skipgate.checker.testing.goals import Goal
from skipgate.checker.testing.pairs import pair_name
from skipgate.checker.testing.probes import Probe, ProbeKernel
from skipgate.checker.testing.tree import Chosen, Way

State = tuple[int, ...]
_WIDTH = 512  # walks that are followed at a time
_MOST_KEPT = 50_000  # states whose steps are kept
_MOST_STARTS = 1000


@dataclass(frozen=True, eq=False)
class Edge:
    """A step from a state: its action, the number of the action as declared, and the goals that it meets, without those
    of pairs."""

    action: int | Chosen
    declared: int
    after: State
    bits: int


@dataclass(frozen=True, eq=False)
class Walk:
    """A walk by its last step, and all goals that it meets."""

    state: State
    before: Walk | None
    edge: Edge | None
    bits: int
    length: int

    def way(self) -> Way:
        """The states and the actions."""
        states, actions, walk = [self.state], [], self
        while walk.before is not None and walk.edge is not None:
            actions.append(walk.edge.action)
            walk = walk.before
            states.append(walk.state)
        return Way(tuple(states[::-1]), tuple(actions[::-1]))

    def worth(self, left: int) -> tuple[int, int]:
        """How many of these goals it meets; of two walks that meet as many, the shorter one is worth more."""
        return (self.bits & left).bit_count(), -self.length


class Walks:
    """The walks through a model, and which of the goals they meet."""

    def __init__(self, kernels: Kernels, goals: Sequence[Goal], probes: Mapping[Goal, ProbeKernel]) -> None:
        self.kernels = kernels
        self.bit = {goal: 1 << i for i, goal in enumerate(goals)}
        self.paths = [action.name for action in kernels.model.actions]
        declared = [*dict.fromkeys(action.declared for action in kernels.model.actions)]
        self.declared = [declared.index(action.declared) for action in kernels.model.actions]
        self.action_bits = [self.bit.get(Goal("actions", name), 0) for name in declared]
        self.pair_bits = [
            [self.bit.get(Goal("pairs", pair_name(first, second)), 0) for second in declared] for first in declared
        ]
        covers = {goal.name: bit for goal, bit in self.bit.items() if goal.kind == "covers"}
        self.cover_bits = [
            covers.get(witness.of.name, 0) if witness.premise is None else 0 for witness in kernels.state_witnesses
        ]
        self.probes = [
            (probes[goal], self.paths.index(probes[goal].probe.of.name), bit)
            for goal, bit in self.bit.items()
            if goal in probes
        ]
        self.known: dict[State, list[Edge]] = {}
        self.room = [0] * kernels.scratch
        self.beginnings = [Walk(state, None, None, self._covers(state), 0) for state in self._starts()]

    def _starts(self) -> list[State]:
        """The initial states, each once; of very many, the first."""
        found: dict[State, None] = {}
        for state in starts(self.kernels):
            found[state] = None
            if len(found) == _MOST_STARTS:
                break
        return [*found]

    def _covers(self, state: State) -> int:
        """The covers that are true in a state."""
        found = 0
        if any(self.cover_bits):
            for i in range(self.kernels.functions["witness"](state, self.room)):
                found |= self.cover_bits[self.room[i]]
        return found

    def edges(self, state: State) -> list[Edge]:
        """The steps from a state to states inside the constraints."""
        found = self.known.get(state)
        if found is None:
            if len(self.known) == _MOST_KEPT:
                self.known.clear()
            found = self.known[state] = self._edges(state)
        return found

    def _edges(self, state: State) -> list[Edge]:
        functions, entry = self.kernels.functions, self.kernels.entry
        times: dict[tuple[int, State], int] = {}
        out = [0] * self.kernels.room
        for i in range(0, functions["expand"](state, out), entry):
            action, after = out[i], tuple(out[i + 1 : i + entry])
            if action >= 0 and functions["inside"](after) == 1:
                times[action, after] = times.get((action, after), 0) + 1
        probed: dict[tuple[int, State], list[tuple[Probe, int]]] = {}
        for kernel, action, bit in self.probes:
            for after in {*kernel.steps(state)}:
                probed.setdefault((action, after), []).append((kernel.probe, bit))
        found = []
        for (action, after), count in times.items():
            declared = self.declared[action]
            bits = self.action_bits[declared] | self._covers(after)
            probes = probed.get((action, after), [])
            if count == 1 or not probes:
                found.append(Edge(action, declared, after, bits | _joined(probes)))
            else:
                found += [
                    Edge(chosen, declared, after, bits | more)
                    for chosen, more in self._apart(state, action, after, probes)
                ]
        return found

    def _apart(
        self, state: State, action: int, after: State, probes: Sequence[tuple[Probe, int]]
    ) -> Iterator[tuple[Chosen, int]]:
        """The arguments with which an action leads from one state to another, as far as they meet different goals."""
        before, wanted = self.kernels.layout.unpack(state), self.kernels.layout.unpack(after)
        seen: set[int] = set()
        for each in action_transitions(self.kernels.model.actions[action], before):
            if isinstance(each, Transition) and each.state == wanted:
                taken = dict(each.arguments)
                met = [
                    pair for pair in probes if isinstance(action_transition(pair[0].action, before, taken), Transition)
                ]
                bits = _joined(met)
                if bits not in seen:
                    seen.add(bits)
                    yield Chosen(action, each.arguments), bits

    def on(self, walk: Walk, edge: Edge) -> Walk:
        """A walk with one more step."""
        bits = walk.bits | edge.bits
        if walk.edge is not None:
            bits |= self.pair_bits[walk.edge.declared][edge.declared]
        return Walk(edge.after, walk, edge, bits, walk.length + 1)

    def along(self, way: Way) -> Walk:
        """A way as a walk."""
        walk = Walk(way.states[0], None, None, self._covers(way.states[0]), 0)
        for after, taken in zip(way.states[1:], way.actions, strict=True):
            if isinstance(taken, Probe):
                action, wanted = self.paths.index(taken.of.name), self.bit[taken.goal]
            else:
                action, wanted = _number(taken), 0
            there = (each for each in self.edges(walk.state) if each.after == after and _number(each.action) == action)
            walk = self.on(walk, next(each for each in there if each.bits & wanted == wanted))
        return walk

    def best(self, beginnings: Sequence[Walk], left: int, longest: int) -> Walk:
        """A walk that goes on from one of these and meets as many of the goals that are left as can be found."""
        beam, best = [*beginnings], max(beginnings, key=lambda walk: walk.worth(left))
        while beam and left & ~best.bits:
            reached: dict[tuple[State, int], tuple[int, Walk]] = {}
            for walk in beam:
                for edge in self.edges(walk.state) if walk.length < longest else ():
                    after = self.on(walk, edge)
                    worth = (after.bits & left).bit_count()
                    known = reached.get((edge.after, edge.declared))
                    if known is None or worth > known[0]:
                        reached[edge.after, edge.declared] = worth, after
            ordered = sorted(reached.values(), key=lambda each: -each[0])[:_WIDTH]
            beam = [walk for _, walk in ordered]
            best = max([best, *beam[:1]], key=lambda walk: walk.worth(left))
        return best


def _joined(probes: Sequence[tuple[Probe, int]]) -> int:
    """The goals of probes."""
    return sum(bit for _, bit in probes)


def _number(action: int | Chosen) -> int:
    return action.action if isinstance(action, Chosen) else action
