"""Logs of nodes that send each other messages, in models whose events touch parts of variables, against brute force."""

from __future__ import annotations

from random import Random

import pytest

from skipgate.checker.core.model import Model
from skipgate.checker.semantics.steps import initial_states
from tests.checker.specs import model_of
from tests.checker.validate.logs import Entry, as_json, validated
from tests.checker.validate.naive_validation import Observation, furthest, steps
from tests.effort import amount

pytestmark = [pytest.mark.differential, pytest.mark.random]

CHANNELS = """
model net
enum Node { a, b, c }
var sent : map[Node] of map[Node] of 0..3 = map x in Node: map y in Node: 0
var got  : map[Node] of map[Node] of 0..3 = map x in Node: map y in Node: 0
var work : map[Node] of 0..3 = map x in Node: 0
action send(x in Node, y in Node)
  when sent[x][y] < 3
  then sent'[x][y] = sent[x][y] + 1
action receive(y in Node, x in Node)
  when got[y][x] < sent[x][y]
  then got'[y][x] = got[y][x] + 1
action compute(x in Node, y in Node)
  when work[x] < 3
  then work'[x] = if got[x][y] > 0 then work[x] + 1 else work[x]
"""
MESSAGES = """
model net
enum Node { a, b, c }
record Msg { src : Node, dst : Node }
var net : set of Msg = {}
var seen : map[Node] of set of Node = map x in Node: {}
action send(x in Node, y in Node)
  when Msg(x, y) not in net
  then net' = net | {Msg(x, y)}
action receive(y in Node, x in Node)
  when Msg(x, y) in net
  then net'     = net - {Msg(x, y)}
       seen'[y] = seen[y] | {x}
action compute(x in Node, y in Node)
  when y in seen[x]
  then seen'[x] = seen[x] - {y}
"""
QUEUE = """
model net
enum Node { a, b, c }
record State { last : option of Node, count : 0..6 }
var queue : seq[3] of Node = []
var state : map[Node] of State = map x in Node: State(none, 0)
action send(x in Node, y in Node)
  when len(queue) < 3
  then queue' = queue + [y]
action receive(y in Node, x in Node)
  let first_one = queue[1]
  when len(queue) > 0
  when first_one == y
  then queue'         = queue[2..len(queue)]
       state'[y].last = some(x)
action compute(x in Node, y in Node)
  let now = state[x].count
  when now < 6
  then state'[x].count = now + 1
"""
MODELS = {"channels": CHANNELS, "messages": MESSAGES, "queue": QUEUE}
ACTIONS = {"send": ("x", "y"), "receive": ("y", "x"), "compute": ("x", "y")}
LENGTH = 9


def events(shown: dict[str, str]) -> str:
    """What the events mean: who does it, and, of some actions, what else is seen."""
    lines = ["events of net"]
    for action, (who, other) in ACTIONS.items():
        fields, conditions = [f'me : Node from "{who}"'], ""
        arguments = ["me", "_"]
        if "argument" in shown[action]:
            fields.append(f'them : Node from "{other}"')
            arguments[1] = "them"
        if "after" in shown[action]:
            variable = shown[action].split()[-1]
            type_ = {"work": "0..3", "seen": "set of Node", "state": "State"}[variable]
            fields.append(f'value : {type_} from "value"')
            conditions = f" when {variable}'[me] == value"
        lines.append(f'event "{action}" ({", ".join(fields)}) is {action}({", ".join(arguments)}){conditions}')
    return "\n".join(lines) + "\n"


def compare(name: str, seed: int) -> str:
    """Hold the search against brute force, on the logs of three nodes; a line of one may be changed."""
    rng = Random(seed)
    model: Model = model_of(MODELS[name])
    variable = {"channels": "work", "messages": "seen", "queue": "state"}[name]
    choices = ["who", "who argument", "who argument", f"who argument after {variable}"]
    shown = {action: rng.choice(choices) for action in ACTIONS}
    (state,) = initial_states(model)
    logs: dict[str, list[Observation]] = {"a": [], "b": [], "c": []}
    for _ in range(LENGTH):
        possible = steps(model, state)
        if not possible:
            break
        kinds = sorted({step.action.name for step in possible})
        kind = rng.choice(kinds)
        step = rng.choice([each for each in possible if each.action.name == kind])
        given = dict(step.arguments)
        who, other = ACTIONS[kind]
        arguments = {who: given[who]} | ({other: given[other]} if "argument" in shown[kind] else {})
        after = {variable: step.state[variable]} if "after" in shown[kind] else {}
        logs[str(given[who])].append(Observation(kind, frozenset([kind]), arguments, {}, after))
        state = step.state
    divided = [log for log in logs.values() if log]
    if len(divided) < 2:
        return "too few"
    if rng.random() < 0.7:
        log = rng.choice(divided)
        at = rng.randrange(len(log))
        match rng.randrange(3):
            case 0 if len(log) > 1:
                log.pop(at)
            case 1:
                log.insert(rng.randrange(len(log) + 1), log.pop(at))
            case _:
                log.insert(at, log[at])

    class Partly(Observation):
        """Of a map, what is seen is the entry of the one who acts."""

        def fits(self, state, step):  # type: ignore[no-untyped-def]  # as the class above has it
            me = self.arguments[ACTIONS[self.event][0]]
            plain = Observation(self.event, self.actions, self.arguments)
            shown_after = all(step.state[name][me] == value[me] for name, value in self.after.items())  # type: ignore[index]
            return plain.fits(state, step) and shown_after

    naive = [[Partly(s.event, s.actions, s.arguments, s.before, s.after) for s in log] for log in divided]
    *each, together = furthest(model, naive, frozenset(), 0)
    found = validated(MODELS[name], events(shown), *[[entry(seen) for seen in log] for log in divided])
    everything = sum(map(len, divided))
    assert (found.verdict == "behaviour") == (together == everything)
    if found.verdict == "refused":
        assert [*found.explained.values()] == each
        for number, log in enumerate(divided):
            if each[number] < len(log):
                assert f"log{number + 1}:{each[number] + 1}" in {refusal.place for refusal in found.refusals}
    return found.verdict


def entry(seen: Observation) -> Entry:
    """The object in the log."""
    made: Entry = {"msg": seen.event} | {name: as_json(value) for name, value in seen.arguments.items()}
    me = seen.arguments[ACTIONS[seen.event][0]]
    for value in seen.after.values():
        made["value"] = as_json(value[me])  # type: ignore[index]  # it is a map
    return made


@pytest.mark.parametrize("name", MODELS)
def test_an_order_is_found_exactly_if_there_is_one(name: str) -> None:
    verdicts = [compare(name, seed) for seed in range(amount(12, 50))]
    assert verdicts.count("behaviour") >= 5
    assert verdicts.count("refused") >= 1
