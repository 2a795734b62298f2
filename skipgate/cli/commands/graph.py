"""`skipgate graph`: all states of a small check as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from skipgate.base.errors import complain
from skipgate.base.exits import Exit
from skipgate.base.output import deliver, form_for
from skipgate.base.paths import PathType
from skipgate.cli.choice import choose_check
from skipgate.cli.limits import LimitReached, limits
from skipgate.cli.options import given_option, max_memory_option, root_option, time_limit_option
from skipgate.errors import InputError

_FORMS = ("dot", "svg", "png")


@click.command("graph", short_help="Draw all states of a small check.")
@click.argument("model", metavar="MODEL", type=PathType())
@click.option("--check", "name", metavar="NAME", help="The check to draw; needed if there are several.")
@click.option(
    "--max-states",
    metavar="N",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="Draw nothing if there are more; a picture of thousands is of no use.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMS),
    help="As a Graphviz graph or as a picture. Default: what --out ends in, else dot.",
)
@time_limit_option("Draw nothing if it takes longer.")
@max_memory_option("Draw nothing if it needs more memory, such as 500M or 4G.")
@root_option
@given_option
@click.option("--out", metavar="FILE", type=PathType(), help="Write there, not to standard output.")
def command(
    model: Path,
    name: str | None,
    max_states: int,
    form: str | None,
    time_limit: float | None,
    max_memory: int | None,
    out: Path | None,
) -> Exit:
    """Draw the states that a check can reach, and the actions that lead from one to the next.

    \b
      skipgate graph lock.gate --check one_step --out lock.svg
      skipgate graph lock.gate --check one_step | dot -Tpdf > lock.pdf

    \b
    Exit status: 0 it is drawn, 2 the input or the call is wrong, 3 a limit was
    reached, so nothing is drawn.
    """
    form = form_for(form, out, _FORMS)
    check = choose_check(model, name)
    try:
        with limits(time_limit, max_memory):
            drawn = _draw(_dot(model, check, max_states), form)
    except LimitReached as problem:
        complain(f"{problem}, so nothing is drawn")
        return Exit.UNKNOWN
    deliver(drawn, out)
    return Exit.OK


def _draw(dot: str, form: str) -> str | bytes:
    from skipgate.traces.render import RenderError, to_png, to_svg

    try:
        match form:
            case "svg":
                return to_svg(dot)
            case "png":
                return to_png(dot)
            case _:
                return dot
    except RenderError as error:
        raise InputError(str(error)) from None


def _dot(path: Path, check: str, limit: int) -> str:
    from skipgate.checker.checks.preparation import load_check, prepare
    from skipgate.checker.search.graph import build_graph
    from skipgate.traces.state_graph import StateGraph, graph_to_dot

    model = load_check(path, check, to_search=True)
    graph = build_graph(prepare(model), limit)
    title = f"{model.name}/{check}"
    return graph_to_dot(StateGraph(title, graph.states, graph.edges, graph.initial, graph.marked, wrong=graph.wrong))
