"""The initial states of a model, found by kernels: variables get their values like parameters of an action.

The variables are taken in the order of declaration, some at a time: a stage. A stage is an action whose parameters
stand for its variables, whose conditions are the initial conditions that can be asked when they have values, and which
puts the values into a state in which all later variables are 0. So what a stage leaves is all that the next one goes on
with, and a condition that reads the first variables only leaves out all that would follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import SetType, of_kind
from skipgate.checker.kernel.action_code import ActionCode
from skipgate.checker.kernel.compiler import Tests
from skipgate.checker.kernel.domain_code import elements
from skipgate.checker.kernel.kernel_text import Writer
from skipgate.checker.kernel.layout import Layout
from skipgate.checker.kernel.term_code import TermCompiler
from skipgate.spec.diagnostics import SpecError

_MOST_CHOICES = 4096  # of the variables of a stage together, unless one has more by itself
_MOST_OF_ONE = 2**22  # choices of one variable; there must be room for the states with each of them
FEW = 256  # candidates, for which it is not worth while to make kernels
MANY = 2**14  # for which it is worth while to compile them


@dataclass(frozen=True)
class InitialCode:
    """The functions `start_0(s, out)`, `start_1(s, out)`, ... as text: what each stage makes of a state.

    They write entries as `expand` does. One that begins with a negative number says that something cannot be evaluated.
    `start(stage, s, out)` calls the one of a stage.
    """

    candidates: int  # at most
    many: bool  # so many that machine code should find the initial states
    text: str
    names: tuple[str, ...]
    rooms: tuple[int, ...]  # how long `out` must be
    first: tuple[int, ...]  # how many variables have values before each stage


def initial_code(model: m.Model, layout: Layout, tests: Tests) -> InitialCode | None:
    """The functions that find the initial states; None if there are few, or if kernels cannot find them."""
    candidates = 1
    for variable in model.variables:
        if variable.choice:
            candidates *= of_kind(variable.initial.type, SetType).most or 1
    if candidates <= FEW:
        return None
    texts, rooms, first = ["from __future__ import annotations"], [], []
    try:
        for number, stage in enumerate(_stages(model, layout, tests)):
            code = ActionCode(layout, tests, most_choices=_MOST_OF_ONE)
            function = code.expand([_action(model, stage)])
            texts.append(function.replace("def expand(s, out)", f"def start_{number}(s: Row, out: Row)", 1))
            rooms.append((code.most_entries + 1) * (1 + layout.words))
            first.append(stage.begin)
    except SpecError:
        return None
    names = tuple(f"start_{number}" for number in range(len(rooms)))
    texts.append(_dispatch(names))
    return InitialCode(candidates, candidates >= MANY, "\n\n".join(texts) + "\n", names, tuple(rooms), tuple(first))


def _dispatch(names: Sequence[str]) -> str:
    """The function that calls the one of a stage."""
    cases = [f"    if stage == {number}:\n        return {name}(s, out)" for number, name in enumerate(names)]
    return "\n".join(["def start(stage, s, out):", *cases, "    return 0"])


@dataclass
class _Stage:
    """Which variables get values; and whether the conditions are asked that can be asked before, and after."""

    begin: int
    end: int
    asks_before: bool
    asks_after: bool = True


def _stages(model: m.Model, layout: Layout, tests: Tests) -> list[_Stage]:
    """All variables. What may have no value is looked at only where the conditions before it are true."""
    found: list[_Stage] = []
    open_ = False  # can the last stage take one more variable?
    choices = 1
    for number, variable in enumerate(model.variables):
        many = (of_kind(variable.initial.type, SetType).most or 1) if variable.choice else 1
        fails = _may_fail(variable, layout, tests)
        alone = fails or (variable.choice and bool(t.variables_read(variable.initial)))
        if open_ and not alone and choices * many <= _MOST_CHOICES:
            found[-1].end = number + 1
            choices *= many
        else:
            unasked = bool(found) and not found[-1].asks_after
            # A value that is not chosen is evaluated last; the conditions that read it are left to the next stage.
            found.append(_Stage(number, number + 1, not number or unasked, not (fails and not variable.choice)))
            choices = many
        open_ = not alone
    if not found[-1].asks_after:
        found.append(_Stage(len(model.variables), len(model.variables), True))
    return found


def _may_fail(variable: m.StateVariable, layout: Layout, tests: Tests) -> bool:
    """May the initial value of a variable have no value?"""
    compiler = TermCompiler(layout, Writer(), Tests(tests.discharged))
    if variable.choice:
        elements(compiler, t.Binding(_parameter_for(variable), variable.initial, ordered=True), [])
    else:
        compiler.row(variable.initial)
    return compiler.failed


def _parameter_for(variable: m.StateVariable) -> t.LocalVar:
    """The parameter that stands for a variable whose value is chosen."""
    return t.LocalVar(variable.name, of_kind(variable.initial.type, SetType).element)


def _action(model: m.Model, stage: _Stage) -> m.Action:
    """A stage as an action."""
    names: dict[str, t.LocalVar] = {}
    parameters: list[t.Binding] = []
    clauses: list[t.Term | m.LetClause] = []
    updates: list[m.Update] = []

    def ask(count: int) -> None:
        clauses.extend(_local(condition.term, names) for condition in model.initially if condition.after == count)

    if stage.asks_before:
        ask(stage.begin)
    for count, variable in enumerate(model.variables[stage.begin : stage.end], stage.begin + 1):
        value = _local(variable.initial, names)
        # What reads it takes it for a value of its type, also if it begins with one of a smaller type, such as `[]`.
        local = t.LocalVar(variable.name, variable.type)
        if variable.choice:
            parameter = _parameter_for(variable)
            parameters.append(t.Binding(parameter, value, ordered=True))
            if parameter.type == variable.type:
                local = parameter
            else:
                clauses.append(m.LetClause(local, t.Local(parameter.type, variable.span, parameter)))
        else:
            clauses.append(m.LetClause(local, value))
        names[variable.name] = local
        updates.append(m.Update(variable, t.Local(local.type, variable.span, local), variable.span))
        if count < stage.end or stage.asks_after:
            ask(count)
    span = model.variables[0].span
    return m.Action("initial states", None, tuple(parameters), tuple(clauses), tuple(updates), (), span)


def _local(term: t.Term, names: dict[str, t.LocalVar]) -> t.Term:
    """A term in which the variables of a stage are its parameters."""
    if isinstance(term, t.Var) and term.name in names:
        return t.Local(names[term.name].type, term.span, names[term.name])
    return t.map_children(term, lambda part: _local(part, names))
