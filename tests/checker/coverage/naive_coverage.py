"""Coverage, counted by the evaluator alone: over dictionaries, condition by condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.coverage import Coverage
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate, holds, ordered
from skipgate.checker.semantics.steps import initial_states

State = tuple[Value, ...]
Way = tuple[str, ...]


@dataclass
class Counts:
    """Everything that is counted, by the names of declared actions."""

    steps: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    paths: Counter[str] = field(default_factory=Counter)  # steps, by the whole names of actions
    stopped: Counter[tuple[str, str]] = field(default_factory=Counter)  # by the place of what stopped an action
    levels: list[int] = field(default_factory=list)
    values: dict[str, int] = field(default_factory=dict)
    without: dict[str, int] = field(default_factory=dict)


def count(model: m.Model) -> Counts:
    """The coverage of a model, all of whose states are looked at."""
    return _Naive(model).run()


def facts(coverage: Coverage) -> Counts:
    """The same of a coverage that was counted by kernels."""
    found = Counts(levels=list(coverage.levels))
    for action in coverage.actions:
        found.steps[action.name] = action.taken.steps
        found.changes[action.name] = action.taken.changes
        found.found[action.name] = action.taken.found
        found.failed[action.name] = action.failed
        for path in action.alternatives:
            found.paths[f"{action.name} [{path.text}]"] = path.taken.steps
        if not action.alternatives:
            found.paths[action.name] = action.taken.steps
        for obstacle in action.obstacles:
            found.stopped[action.name, obstacle.place] += obstacle.times
    found.values = {each.name: each.values for each in coverage.variables}
    found.without = {each.name: each.without for each in coverage.variables}
    return found


class _Naive:
    def __init__(self, model: m.Model) -> None:
        self.model = model
        self.counts = Counts()
        self.steps: list[State] = []  # of the path that is gone through
        self.stopped: Counter[tuple[str, Way, str]] = Counter()  # of the path: action, what was passed, the place

    def run(self) -> Counts:
        level = dict.fromkeys(
            state for each in initial_states(self.model) if self.inside(state := tuple(each.values()))
        )
        known = {*level}
        counts = self.counts
        stopped: Counter[tuple[str, Way, str]] = Counter()
        while level:
            counts.levels.append(len(level))
            finders: dict[State, str] = {}
            for action in self.model.actions:
                for state in level:
                    self.steps = []
                    self.stopped = Counter()
                    self.take(action, state)
                    counts.steps[action.declared] += len(self.steps)
                    counts.paths[action.name] += len(self.steps)
                    counts.changes[action.declared] += sum(after != state for after in self.steps)
                    for after in self.steps:
                        if after not in known and self.inside(after):
                            finders.setdefault(after, action.declared)
                    # What several paths have in common is the same on all of them.
                    for key, times in self.stopped.items():
                        stopped[(*key, str(state))] = times  # type: ignore[index]
            counts.found.update(finders.values())
            known |= finders.keys()
            level = dict.fromkeys(finders)
        for (name, _, place, _), times in stopped.items():  # type: ignore[misc]
            counts.stopped[name, place] += times
        for i, variable in enumerate(self.model.variables):
            counts.values[variable.name] = len({state[i] for state in known})
            counts.without[variable.name] = len({state[:i] + state[i + 1 :] for state in known})
        return counts

    def scope(self, state: State) -> Scope:
        return Scope(dict(zip((v.name for v in self.model.variables), state, strict=True)))

    def inside(self, state: State) -> bool:
        return all(holds(constraint.term, self.scope(state)) for constraint in self.model.constraints)

    def take(self, action: m.Action, state: State) -> None:
        declared = len(action.parameters) - action.choices
        self.choose(action, self.scope(state), 0, declared, list(_conjuncts(action.clauses)), (), [])

    def choose(
        self,
        action: m.Action,
        scope: Scope,
        bound: int,
        wanted: int,
        rest: Sequence[t.Term | m.LetClause],
        way: Way,
        lets: list[m.LetClause],
    ) -> None:
        """Go on with as many parameters bound as are wanted."""
        if bound == wanted:
            self.go(action, scope, bound, rest, way, lets)
            return
        parameter = action.parameters[bound]
        way = (*way, parameter.variable.name, parameter.domain.span.place)
        try:
            elements = ordered(parameter.domain, self.with_lets(action, scope, bound, lets))
        except EvaluationError:
            self.counts.failed[action.declared] += 1
            return
        if not elements:
            self.stopped[action.declared, way, parameter.domain.span.place] += 1
        for element in elements:
            self.choose(action, scope.bind(parameter.variable, element), bound + 1, wanted, rest, way, lets)

    def go(
        self,
        action: m.Action,
        scope: Scope,
        bound: int,
        rest: Sequence[t.Term | m.LetClause],
        way: Way,
        lets: list[m.LetClause],
    ) -> None:
        if not rest:
            if bound < len(action.parameters):
                self.choose(action, scope, bound, len(action.parameters), rest, way, lets)
                return
            inner = self.with_lets(action, scope, bound, lets)
            try:
                new = {update.variable.name: evaluate(update.value, inner) for update in action.updates}
            except EvaluationError:
                self.counts.failed[action.declared] += 1
            else:
                self.steps.append(tuple({**scope.state, **new}.values()))
            return
        clause, *later = rest
        if isinstance(clause, m.LetClause):
            self.go(action, scope, bound, later, way, [*lets, clause])
            return
        needed = max(self.needs(action, clause, lets), bound)
        if needed > bound:
            self.choose(action, scope, bound, needed, rest, way, lets)
            return
        branch = next((b.text for b in action.branches if any(c is clause for c in _conjuncts(b.conditions))), "")
        way = (*way, clause.span.place, branch)
        try:
            true = holds(clause, self.with_lets(action, scope, bound, lets))
        except EvaluationError:
            self.counts.failed[action.declared] += 1
            return
        if true:
            self.go(action, scope, bound, later, way, lets)
        elif not branch:
            self.stopped[action.declared, way, clause.span.place] += 1

    def needs(self, action: m.Action, term: t.Term, lets: Sequence[m.LetClause]) -> int:
        """How many parameters must have values for a term to have one."""
        known = {p.variable: number for number, p in enumerate(action.parameters, 1)}
        for let in lets:
            known[let.variable] = max((known.get(name, 0) for name in _locals(let.value)), default=0)
        return max((known.get(name, 0) for name in _locals(term)), default=0)

    def with_lets(self, action: m.Action, scope: Scope, bound: int, lets: Sequence[m.LetClause]) -> Scope:
        """The scope with the names that stand for values that can be worked out already."""
        for number, let in enumerate(lets):
            if self.needs(action, let.value, lets[:number]) <= bound:
                scope = scope.bind(let.variable, _by_name(let.value, scope))
        return scope


def _by_name(value: t.Term, scope: Scope):  # type: ignore[no-untyped-def]
    return lambda: evaluate(value, scope)


def _locals(term: t.Term) -> Iterator[t.LocalVar]:
    return (part.variable for part in t.walk(term) if isinstance(part, t.Local))


def _conjuncts(clauses: Sequence[t.Term | m.LetClause]) -> Iterator[t.Term | m.LetClause]:
    for clause in clauses:
        if isinstance(clause, t.Logic) and clause.operator == "and":
            yield from _conjuncts([clause.left, clause.right])
        else:
            yield clause
