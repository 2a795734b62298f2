"""What is asked of a trace before it is shown: some of its variables, expressions along it, runs of steps as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from skipgate.checker.core.datatypes import Type
from skipgate.checker.core.trace import Loop, Step, Trace, Variable
from skipgate.checker.core.values import Value


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


def folded(trace: Trace) -> Trace:
    """The trace with the steps in a row that are of one action as one step.

    The last step stays, since it is what is wrong; so does the first of a loop. A trace that shows another model's view
    of each step stays as it is.
    """
    if trace.abstract is not None or not trace.steps:
        return trace
    loop = trace.loop
    kept: list[Step] = []
    places: list[int] = []  # of each step, the place of the one that it is part of
    for index, step in enumerate(trace.steps):
        alone = index in (0, 1, len(trace.steps) - 1) or (loop is not None and index in (loop.start, loop.start + 1))
        last = kept[-1] if kept else None
        if last is not None and last.action == step.action and not alone:
            kept[-1] = _joined(last, step)
        else:
            kept.append(step)
        places.append(len(kept) - 1)
    return replace(trace, steps=tuple(kept), loop=None if loop is None else _moved(loop, places))


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
