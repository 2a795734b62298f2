"""`skipgate graph`: the states of a check as a picture, or as data for other programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.app.progress import ProgressLine
from skipgate.base.errors import complain
from skipgate.base.exits import Exit
from skipgate.base.output import deliver, form_for
from skipgate.base.paths import PathType
from skipgate.base.wording import count
from skipgate.cli.choice import choose_check
from skipgate.cli.limits import LimitReached, limits
from skipgate.cli.options import given_option, max_memory_option, root_option, time_limit_option
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.core.model import Model
    from skipgate.traces.state_graph import StateGraph

_FORMS = ("dot", "svg", "png", "json", "graphml")


@click.command("graph", short_help="Draw the states of a check.")
@click.argument("model", metavar="MODEL", type=PathType())
@click.option("--check", "name", metavar="NAME", help="The check to draw; needed if there are several.")
@click.option(
    "--by",
    metavar="VAR,...",
    help="Draw states that agree on these variables as one, with their number; a glob such as 'log*' names several.",
)
@click.option(
    "--max-states",
    metavar="N",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="Draw nothing if there are more, with --by more groups; a picture of thousands is of no use.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMS),
    help="As a Graphviz graph, as a picture, or for other programs. Default: what --out ends in, else dot.",
)
@time_limit_option("Draw nothing if it takes longer.")
@max_memory_option("Draw nothing if it needs more memory, such as 500M or 4G.")
@root_option
@given_option
@click.option("--out", metavar="FILE", type=PathType(), help="Write there, not to standard output.")
def command(
    model: Path,
    name: str | None,
    by: str | None,
    max_states: int,
    form: str | None,
    time_limit: float | None,
    max_memory: int | None,
    out: Path | None,
) -> Exit:
    """Draw the states that a check can reach, and the actions that lead from one to the next.

    With --by, states that have the same values of some variables are one, and an arrow says how many steps of an action
    it stands for. Each behaviour of the model is a path of that graph; but not each path of it is one of the model's.

    \b
      skipgate graph lock.gate --check one_step --out lock.svg
      skipgate graph lock.gate --check one_step | dot -Tpdf > lock.pdf
      skipgate graph raft.gate --check three --by role --out roles.svg

    \b
    Exit status: 0 it is drawn, 2 the input or the call is wrong, 3 a limit was
    reached, so nothing is drawn.
    """
    form = form_for(form, out, _FORMS)
    check = choose_check(model, name)
    try:
        with limits(time_limit, max_memory):
            graph = _graph(model, check, by, max_states)
            drawn = _draw(graph, form)
    except LimitReached as problem:
        complain(f"{problem}, so nothing is drawn")
        return Exit.UNKNOWN
    deliver(drawn, out)
    return Exit.OK


def _draw(graph: StateGraph, form: str) -> str | bytes:
    from skipgate.traces.graph_data import graph_to_graphml, graph_to_json
    from skipgate.traces.render import RenderError, to_png, to_svg
    from skipgate.traces.state_graph import graph_to_dot

    try:
        match form:
            case "json":
                return graph_to_json(graph)
            case "graphml":
                return graph_to_graphml(graph)
            case "svg":
                return to_svg(graph_to_dot(graph), title=graph.title, description=graph.note or "")
            case "png":
                return to_png(graph_to_dot(graph))
            case _:
                return graph_to_dot(graph)
    except RenderError as error:
        raise InputError(str(error)) from None


def _graph(path: Path, check: str, by: str | None, limit: int) -> StateGraph:
    from skipgate.checker.checks.preparation import load_check

    model = load_check(path, check, to_search=True)
    return _whole(model, limit) if by is None else _grouped(model, _named(model, by), limit)


def _whole(model: Model, limit: int) -> StateGraph:
    from skipgate.checker.checks.preparation import prepare
    from skipgate.checker.search.graph import build_graph
    from skipgate.traces.state_graph import StateGraph

    graph = build_graph(prepare(model), limit)
    title = f"{model.name}/{model.check.name.text}"
    return StateGraph(title, graph.states, graph.edges, graph.initial, graph.marked, wrong=graph.wrong)


def _grouped(model: Model, names: Sequence[str], limit: int) -> StateGraph:
    from skipgate.checker.checks.preparation import prepare
    from skipgate.checker.search.quotient import build_quotient
    from skipgate.traces.state_graph import Counts, StateGraph

    check = f"{model.name}/{model.check.name.text}"
    progress = ProgressLine(sys.stderr)

    def report(states: int, groups: int) -> None:
        progress.say(f"{check}: {count(states, 'state')}, {count(groups, 'group')}")

    try:
        found = build_quotient(prepare(model), names, limit, report)
    finally:
        progress.clear()
    marked: dict[int, list[str]] = {}
    for group, name in sorted(found.marked):
        marked.setdefault(group, []).append(name)
    wrong: dict[tuple[int, int], list[str]] = {}
    for source, target, name in sorted(found.wrong):
        wrong.setdefault((source, target), []).append(name)
    note = (
        f"{count(found.states, 'state')} in {count(len(found.groups), 'group')} by {', '.join(names)}; "
        "an arrow says how many steps it stands for"
    )
    counts = Counts(found.sizes, found.initial, found.marked, found.steps, found.wrong)
    return StateGraph(check, found.groups, [*found.steps], [*found.initial], marked, note, wrong, counts)


def _named(model: Model, wanted: str) -> list[str]:
    """The variables that names or globs stand for, in the order of declaration."""
    from fnmatch import fnmatchcase

    from skipgate.checker.checks.selection import globs
    from skipgate.spec.diagnostics import did_you_mean

    names = [variable.name for variable in model.variables]
    found: set[str] = set()
    for glob in globs(wanted):
        matching = {name for name in names if name == glob or fnmatchcase(name, glob)}
        if not matching:
            hint = did_you_mean(glob, names) or f"there are: {', '.join(names)}"
            raise InputError(f"no variable of {model.name} is called {glob!r}; {hint}")
        found |= matching
    return [name for name in names if name in found]
