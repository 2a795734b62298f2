"""Random walks through random models, seen in part: behaviours, and what is left of them after a change."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from random import Random

import pytest

from skipgate.checker.checks.preparation import prepare
from skipgate.checker.core.datatypes import OptionType, Type, cardinality, walk
from skipgate.checker.core.model import Model
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.evaluate import EvaluationError
from skipgate.checker.semantics.steps import Transition, initial_states
from skipgate.spec.diagnostics import SpecError
from tests.checker.random_models import model_text, random_value, type_text
from tests.checker.specs import model_of
from tests.checker.validate.logs import Entry, as_json, validated
from tests.checker.validate.naive_validation import Observation, explained, furthest, steps
from tests.effort import few

pytestmark = [pytest.mark.differential, pytest.mark.random]

SEEDS = range(int(os.environ.get("SKIPGATE_LOGS", "60")))
LENGTH = 8
BOUND = 2
MOST_STATES = 40  # initial states


@dataclass(frozen=True, eq=False)
class Seen:
    """What logs show of an action: its parameters and variables, each with the key that its value has in the log."""

    event: str
    actions: tuple[str, ...]
    arguments: dict[str, str]
    before: dict[str, str]
    after: dict[str, str]

    def observe(self, state: dict[str, Value], step: Transition) -> Observation:
        """What is seen of a step."""
        given = dict(step.arguments)
        return Observation(
            self.event,
            frozenset(self.actions),
            {name: given[name] for name in self.arguments},
            {name: state[name] for name in self.before},
            {name: step.state[name] for name in self.after},
        )

    def entry(self, seen: Observation) -> Entry:
        """The object in the log."""
        entry: Entry = {"msg": self.event}
        entry |= {self.arguments[name]: as_json(value) for name, value in seen.arguments.items()}
        entry |= {self.before[name]: as_json(value) for name, value in seen.before.items()}
        entry |= {self.after[name]: as_json(value) for name, value in seen.after.items()}
        return entry


def observable(type_: Type) -> bool:
    """Can a value be told in JSON?"""
    nested = any(isinstance(part, OptionType) and isinstance(part.element, OptionType) for part in walk(type_))
    return cardinality(type_) is not None and not nested


class Scene:
    """A random model, and what its logs show."""

    def __init__(self, seed: int, write: Callable[[Random], str] = model_text) -> None:
        self.rng = Random(seed)
        self.text = write(self.rng)
        self.model: Model = model_of(self.text)
        prepare(self.model)  # some cannot be explored
        names = [action.name for action in self.model.actions]
        self.rng.shuffle(names)
        self.silent = frozenset(name for name in names[1:] if self.rng.random() < 0.4)
        logged = [name for name in names if name not in self.silent]
        self.seen: dict[str, Seen] = {}
        while logged:
            together = tuple(logged.pop() for _ in range(min(len(logged), self.rng.choice([1, 1, 2]))))
            seen = self.choose(together)
            self.seen |= dict.fromkeys(together, seen)

    def choose(self, together: tuple[str, ...]) -> Seen:
        rng = self.rng
        arguments = {}
        if len(together) == 1:
            (action,) = (each for each in self.model.actions if each.name == together[0])
            parameters = [p.variable for p in action.parameters if observable(p.variable.type)]
            arguments = {p.name: f"p{i}" for i, p in enumerate(parameters) if rng.random() < 0.6}
        variables = [v.name for v in self.model.variables if observable(v.type)]
        before = {name: f"b{i}" for i, name in enumerate(variables) if rng.random() < 0.25}
        after = {name: f"a{i}" for i, name in enumerate(variables) if rng.random() < 0.4}
        return Seen(f"event {together[0]}", together, arguments, before, after)

    def events(self) -> str:
        """What the events mean, as text."""
        lines = ["events of random"]
        types = {v.name: v.type for v in self.model.variables}
        actions = {action.name: action for action in self.model.actions}
        for seen in dict.fromkeys(self.seen.values()):
            action = actions[seen.actions[0]]
            parameters = {p.variable.name: p.variable.type for p in action.parameters}
            fields = [(key, parameters[name]) for name, key in seen.arguments.items()]
            fields += [(key, types[name]) for name, key in (*seen.before.items(), *seen.after.items())]
            listed = ", ".join(f'f_{key} : {type_text(type_)} from "{key}"' for key, type_ in fields)
            candidates = []
            for name in seen.actions:
                given = [seen.arguments.get(p.variable.name) for p in actions[name].parameters]
                texts = ", ".join("_" if key is None else f"f_{key}" for key in given)
                candidates.append(f"{name}({texts})" if given else name)
            lines.append(f'event "{seen.event}"{f" ({listed})" if listed else ""} is {" or ".join(candidates)}')
            lines += [f"  when {name} == f_{key}" for name, key in seen.before.items()]
            lines += [f"  when {name}' == f_{key}" for name, key in seen.after.items()]
        if self.silent:
            lines.append(f"silent {', '.join(sorted(self.silent))} at most {BOUND}")
        return "\n".join(lines) + "\n"

    def walk(self) -> list[Observation]:
        """What is seen of a random walk."""
        starts = list(islice(initial_states(self.model), MOST_STATES + 1))
        if not starts or len(starts) > MOST_STATES:
            return []
        state = self.rng.choice(starts)
        log: list[Observation] = []
        unseen = 0
        while len(log) < LENGTH:
            possible = steps(self.model, state)
            if unseen == BOUND:
                possible = [step for step in possible if step.action.name not in self.silent]
            if not possible:
                break
            step = self.rng.choice(possible)
            if step.action.name in self.silent:
                unseen += 1
            else:
                log.append(self.seen[step.action.name].observe(state, step))
                unseen = 0
            state = step.state
        return log

    def changed(self, log: list[Observation]) -> list[Observation]:
        """A log with one value changed, two lines swapped, or one line missing."""
        rng = self.rng
        at = rng.randrange(len(log))
        match rng.randrange(4):
            case 0 if len(log) > 1:
                at = rng.randrange(len(log) - 1)
                return [*log[:at], log[at + 1], log[at], *log[at + 2 :]]
            case 1:
                return [*log[:at], *log[at + 1 :]] or log
        seen = log[at]
        types: dict[str, Type] = {v.name: v.type for v in self.model.variables}
        kind = rng.choice([kind for kind in ("before", "after", "arguments") if getattr(seen, kind)] or ["none"])
        if kind == "none":
            return log
        values = dict(getattr(seen, kind))
        name = rng.choice(list(values))
        if kind == "arguments":
            action = next(each for each in self.model.actions if each.name in seen.actions)
            types = {p.variable.name: p.variable.type for p in action.parameters}
        values[name] = random_value(rng, types[name])
        return [*log[:at], replace(seen, **{kind: values}), *log[at + 1 :]]

    def entries(self, log: list[Observation]) -> list[Entry]:
        by_event = {seen.event: seen for seen in self.seen.values()}
        return [by_event[seen.event].entry(seen) for seen in log]

    def compare(self, log: list[Observation]) -> bool:
        """Hold the engine against the naive validator; is the log a behaviour?"""
        expected = explained(self.model, log, self.silent, BOUND)
        found = validated(self.text, self.events(), self.entries(log))
        assert found.explained["log1"] == expected
        assert (found.verdict == "behaviour") == (expected == len(log))
        if found.verdict == "refused":
            (refusal,) = found.refusals
            assert refusal.place == f"log1:{expected + 1}"
            assert refusal.reasons
        return found.verdict == "behaviour"

    def compare_apart(self, log: list[Observation]) -> bool:
        """The same for two or three logs, among which the observations are divided."""
        count = self.rng.choice([2, 2, 3])
        logs: list[list[Observation]] = [[] for _ in range(count)]
        for seen in log:
            self.rng.choice(logs).append(seen)
        logs = [each for each in logs if each]
        if len(logs) < 2:
            return True
        if self.rng.random() < 0.3:
            at = self.rng.randrange(len(logs))
            logs[at] = self.changed(logs[at])
        *each, together = furthest(self.model, logs, self.silent, BOUND)
        found = validated(self.text, self.events(), *map(self.entries, logs))
        everything = sum(map(len, logs))
        assert (found.verdict == "behaviour") == (together == everything)
        if found.verdict == "refused":
            assert [*found.explained.values()] == each
            assert found.refusals
        return found.verdict == "behaviour"


def graph_text(rng: Random) -> str:
    """A model with few states that many steps lie between, so that much may happen unseen."""
    size = rng.randint(3, 6)
    lines = ["model random", f"var x : 0..{size} = 0", "var y : 0..2 = 0"]
    for name in "abcd"[: rng.randint(2, 4)]:
        steps = {at: rng.randint(0, size) for at in range(size + 1) if rng.random() < 0.5} or {0: 1}
        chosen = " elif ".join(f"x == {at} then {to}" for at, to in steps.items())
        lines += [f"action {name}", f"  when x in {{{', '.join(map(str, steps))}}}", f"  then x' = if {chosen} else x"]
        lines += ["       y' = (y + 1) mod 3"] * (rng.random() < 0.5)
    lines.append(f"invariant Never x != {size}" if rng.random() < 0.5 else "transition Up x' > 0")
    return "\n".join(lines) + "\n"


def scene(seed: int, write: Callable[[Random], str] = model_text) -> tuple[Scene, list[Observation]] | None:
    """A random model and a log of it, if there is one."""
    try:
        made = Scene(seed, write)
        log = made.walk()
    except (SpecError, EvaluationError):
        return None
    return (made, log) if log else None


@pytest.mark.parametrize("seed", few(SEEDS, 20))
def test_logs_of_random_walks(seed: int) -> None:
    made = scene(seed)
    if made is None:
        return
    world, log = made
    assert world.compare(log), "a walk is always a behaviour"
    for _ in range(4):
        changed = world.changed(log)
        world.compare(changed)
        world.compare_apart(changed)


@pytest.mark.parametrize("start", few(range(0, 100, 25), 1))
def test_logs_of_small_graphs(start: int) -> None:
    verdicts = []
    for seed in range(start, start + 25):
        made = scene(seed, graph_text)
        if made is not None:
            world, log = made
            assert world.compare(log)
            for _ in range(4):
                changed = world.changed(log)
                verdicts += [world.compare(changed), world.compare_apart(changed)]
    assert 20 < verdicts.count(False) < len(verdicts) - 20
