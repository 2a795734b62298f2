"""Goals that a step meets where more is true than the guard of its action: the action with further conditions.

A refusal is such an action as well: one condition of the guard is the other way round, and nothing changes. So the
kernels and the naive semantics need to know nothing of goals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.elaborate import build
from skipgate.checker.kernel.action_code import ActionCode
from skipgate.checker.kernel.compiler import Tests
from skipgate.checker.kernel.layout import Layout
from skipgate.checker.testing.decisions import alternatives, conjuncts
from skipgate.checker.testing.goals import Goal
from skipgate.spec.source import Span

State = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Probe:
    """An action of the model with further conditions; of a refusal, `because` is the condition that is false."""

    goal: Goal
    action: m.Action
    of: m.Action
    because: str | None = None


@dataclass(frozen=True, eq=False)
class ProbeKernel:
    """A probe that packed states are tried with."""

    probe: Probe
    expand: Callable[[State, list[int]], int]
    entry: int
    out: list[int]

    def steps(self, state: State) -> Iterator[State]:
        """Where the steps of the probe lead to from a state."""
        for i in range(0, self.expand(state, self.out), self.entry):
            if self.out[i] >= 0:
                yield tuple(self.out[i + 1 : i + self.entry])


def probe_kernel(layout: Layout, probe: Probe) -> ProbeKernel:
    """Generate the kernel of a probe."""
    code = ActionCode(layout, Tests())
    text = code.expand([probe.action])
    namespace: dict[str, Any] = {"popcount": int.bit_count}
    exec(compile(text, f"<kernel of {probe.goal}>", "exec"), namespace)
    entry = 1 + layout.words
    return ProbeKernel(probe, namespace["expand"], entry, [0] * ((code.most_entries + 1) * entry))


def branch_probes(model: m.Model) -> list[Probe]:
    """A probe for each path through an action that has several, and for each way in which its terms can decide."""
    found: list[Probe] = []
    for action in model.actions:
        if action.branches:
            found.append(Probe(Goal("branches", action.name, action.span.place), action, action))
        for each in alternatives(action):
            clauses = (*action.clauses, each.condition)
            goal = Goal("branches", f"{action.name}: {each.text}", each.span.place)
            found.append(Probe(goal, replace(action, clauses=clauses), action))
    return _told_apart(found)


def refusal_probes(model: m.Model) -> list[Probe]:
    """A probe for each condition that can be why an action is refused: those before it are true, and it is false.

    Where something is chosen inside an action, every choice must be refused, and no single condition is the reason.
    """
    paths: dict[str, list[m.Action]] = {}
    for action in model.actions:
        paths.setdefault(action.declared, []).append(action)
    found: list[Probe] = []
    for several in paths.values():
        for path in several:
            others = [_impossible(each) for each in several if each is not path or each.choices]
            found += _refused(path, others)
        if all(path.choices for path in several):
            span = several[0].span
            found.append(_refusal(several[0], "no choice is possible", span, [], map(_impossible, several)))
    return [*{probe.goal: probe for probe in reversed(found)}.values()][::-1]  # paths have their beginnings in common


def _refused(path: m.Action, others: Sequence[t.Term]) -> Iterator[Probe]:
    """The refusals of one path through an action, up to where something is chosen in it."""
    chosen = {parameter.variable for parameter in _choices(path)}
    deciding = {id(condition) for branch in path.branches for condition in branch.conditions}
    before: list[t.Term | m.LetClause] = []
    for clause in path.clauses:
        if isinstance(clause, m.LetClause):
            before.append(clause)
            continue
        if any(isinstance(part, t.Local) and part.variable in chosen for part in t.walk(clause)):
            return
        for condition in [clause] if id(clause) in deciding else conjuncts(clause):
            if id(clause) not in deciding and not isinstance(condition, t.Const):
                wrong = build.not_(condition, condition.span)
                yield _refusal(path, condition.span.flat, condition.span, [*before, wrong], others)
            before.append(condition)


def _refusal(
    path: m.Action,
    because: str,
    span: Span,
    conditions: Sequence[t.Term | m.LetClause],
    others: Sequence[t.Term] | Iterator[t.Term],
) -> Probe:
    declared = path.parameters[: len(path.parameters) - path.choices]
    refused = replace(path, parameters=declared, clauses=(*conditions, *others), updates=(), branches=(), choices=0)
    return Probe(Goal("refusals", f"{path.declared}: {because}", span.place), refused, path, because)


def _impossible(path: m.Action) -> t.Term:
    """That a path cannot be gone, whatever is chosen on it."""
    body: t.Term = build.boolean(True, path.span)
    around: Callable[[t.Term], t.Term]
    for clause in reversed(path.clauses):
        if isinstance(clause, m.LetClause):
            around = partial(build.let, clause.variable, clause.value, span=body.span)
        else:
            around = partial(build.logic, "and", clause, span=clause.span)
        body = around(body)
    for choice in reversed(_choices(path)):
        body = build.quantified("exists", choice, body, path.span)
    return build.not_(body, path.span)


def _choices(path: m.Action) -> tuple[t.Binding, ...]:
    return path.parameters[len(path.parameters) - path.choices :]


def _told_apart(probes: Sequence[Probe]) -> list[Probe]:
    """The probes with goals of which no two are the same: what a definition decides may be decided more than once."""
    seen: dict[Goal, int] = {}
    found = []
    for probe in probes:
        number = seen[probe.goal] = seen.get(probe.goal, 0) + 1
        goal = probe.goal if number == 1 else replace(probe.goal, name=f"{probe.goal.name} ({number})")
        found.append(replace(probe, goal=goal))
    return found
