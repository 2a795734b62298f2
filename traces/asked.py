"""What is asked of a trace before it is shown: some of its variables, expressions along it, runs of steps as one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from skipgate.checker.core.datatypes import Type
from skipgate.checker.core.trace import Loop, Step, Trace, Variable
from skipgate.checker.core.values import Value
from skipgate.traces.differences import Replaced, state_changes

_LEAST_RUN = 3  # steps that are worth a fold where nothing else is folded


@dataclass(frozen=True)
class Answered:
    """An expression with its value in each state of a trace."""

    text: str
    type: Type
    values: Sequence[Value]


def only(trace: Trace, names: Collection[str]) -> Trace:
    """The trace with these variables alone, in the order in which they are declared. Each is one of its variables."""
    return _with_states(trace, [_among(step.state, names) for step in trace.steps])


def with_answers(trace: Trace, answered: Sequence[Answered]) -> Trace:
    """The trace with the values of expressions beside those of the variables."""
    states = [
        {**step.state, **{each.text: each.values[index] for each in answered}} for index, step in enumerate(trace.steps)
    ]
    found = _with_states(trace, states)
    added = tuple(Variable(each.text, each.type, "as asked") for each in answered)
    return replace(found, variables=(*trace.variables, *added), reads=(*trace.reads, *(each.text for each in answered)))


def folded(trace: Trace, *, lossless: bool = False) -> Trace:
    """The trace with the steps in a row that are of one action as one step.

    The last step stays, since it is what is wrong; so does the first of a loop. A trace that shows another model's view
    of each step stays as it is. If it is to be `lossless`, only such runs are folded of which each state can be told
    from the first and the last: the same numbers change by the same amount, as those of a clock that ticks.
    """
    if trace.abstract is not None or not trace.steps:
        return trace
    loop = trace.loop
    runs: list[list[int]] = []
    for index, step in enumerate(trace.steps):
        alone = index in (0, 1, len(trace.steps) - 1) or (loop is not None and index in (loop.start, loop.start + 1))
        run = runs[-1] if runs else []
        goes_on = bool(run) and not alone and trace.steps[run[-1]].action == step.action
        if goes_on and (not lossless or _is_regular(trace.steps, run[-1], index)):
            run.append(index)
        else:
            runs.append([index])
    if lossless:
        runs = [part for run in runs for part in ([run] if len(run) >= _LEAST_RUN else [[index] for index in run])]
    steps = [reduce(_joined, [trace.steps[index] for index in run]) for run in runs]
    places = [number for number, run in enumerate(runs) for _ in run]
    return replace(trace, steps=tuple(steps), loop=None if loop is None else _moved(loop, places))


def _is_regular(steps: Sequence[Step], one: int, other: int) -> bool:
    """Do two steps in a row have the same arguments, and change the same numbers by the same amount?"""
    if one == 0 or steps[one].arguments != steps[other].arguments:
        return False
    first, second = ([*_amounts(steps[index - 1], steps[index])] for index in (one, other))
    return first == second and None not in first


def _amounts(before: Step, after: Step) -> Iterator[tuple[str, int] | None]:
    """By how much each number changes that does; None is a change of another kind."""
    for change in state_changes(before.state, after.state):
        match change:
            case Replaced(place, int() as old, int() as new) if not isinstance(old, bool):
                yield place, new - old
            case _:
                yield None


def _joined(first: Step, second: Step) -> Step:
    """Two steps of an action as one, with the arguments that both have."""
    arguments = first.arguments if first.arguments == second.arguments else ()
    changed = tuple(dict.fromkeys((*first.changed, *second.changed)))
    return Step(second.state, first.action, arguments, None, changed, first.times + second.times)


def _moved(loop: Loop, places: Sequence[int]) -> Loop:
    remarks = tuple(replace(remark, state=places[remark.state]) for remark in loop.remarks)
    return replace(loop, start=places[loop.start], remarks=remarks)


def _with_states(trace: Trace, states: Sequence[Mapping[str, Value]]) -> Trace:
    """The trace with other variables in its states."""
    names = states[0] if states else {}
    steps: list[Step] = []
    for index, (step, state) in enumerate(zip(trace.steps, states, strict=True)):
        before = states[index - 1] if index else state
        changed = tuple(name for name, value in state.items() if value != before[name])
        steps.append(replace(step, state=state, changed=changed))
    loop = trace.loop
    if loop is not None and loop.back is not None:
        back, last = states[loop.start], states[-1]
        changed = tuple(name for name, value in back.items() if value != last[name])
        loop = replace(loop, back=replace(loop.back, state=back, changed=changed))
    return replace(
        trace,
        steps=tuple(steps),
        loop=loop,
        variables=tuple(each for each in trace.variables if each.name in names),
        reads=tuple(name for name in trace.reads if name in names),
    )


def _among(state: Mapping[str, Value], names: Collection[str]) -> dict[str, Value]:
    return {name: value for name, value in state.items() if name in names}
