"""`skipgate trace`: a stored counterexample, read again."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.base.console import text_columns
from skipgate.base.output import deliver, form_for, wants_colour
from skipgate.base.paths import PathType, require_file
from skipgate.cli.options import root_option
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.core.trace import Trace

_PICTURES = ("dot", "svg", "png")
_FORMS = ("text", *_PICTURES, "mermaid", "itf")


@click.command("trace", short_help="Read a stored counterexample again.")
@click.argument("file", metavar="FILE.itf.json", type=PathType())
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMS),
    help="As text, a graph for Graphviz or Mermaid, a picture, or ITF in a dialect that itf-py and Apalache read. "
    "Default: what --out ends in, else text.",
)
@click.option("--only", metavar="NAME,...", help="Show these variables alone; a glob such as 'log*' names several.")
@click.option("--fold", is_flag=True, help="Show the steps in a row that are of one action as one.")
@click.option("--lanes", metavar="TYPE", help="A column for each value of an enum or sort.")
@click.option(
    "--eval",
    "questions",
    metavar="EXPR",
    multiple=True,
    help="Show the value of an expression of the model in each state; may be given several times.",
)
@click.option("--model", metavar="MODEL", type=PathType(), help="The file that the trace is of, for --eval.")
@root_option
@click.option(
    "--full",
    is_flag=True,
    help="Show every state in full, with all parts of long values, in text; in a picture, a box for every step.",
)
@click.option("--out", metavar="FILE", type=PathType(), help="Write there, not to standard output.")
def command(
    file: Path,
    form: str | None,
    only: str | None,
    fold: bool,
    lanes: str | None,
    questions: tuple[str, ...],
    model: Path | None,
    full: bool,
    out: Path | None,
) -> None:
    """Show a trace that `skipgate check --out` has stored, as text or as a picture.

    The first state is shown in full, and of the others what changed; of long values, what is the same again and again
    is said once. --full leaves out nothing.

    \b
      skipgate trace out/lock.two_steps.OneInside.itf.json
      skipgate trace out/lock.two_steps.OneInside.itf.json --out trace.svg
      skipgate trace out/lock.two_steps.OneInside.itf.json --fold --only 'holder'
      skipgate trace out/lock.two_steps.OneInside.itf.json --lanes Worker
      skipgate trace FILE.itf.json --model lock.gate --eval 'open'
    """
    require_file(file)
    form = form_for(form, out, _FORMS)
    if full and form not in ("text", *_PICTURES):
        raise click.UsageError("--full is for text and pictures: leave out --format and --out, or choose one of them.")
    trace = _load(file)
    if questions:
        if model is None:
            raise click.UsageError("--eval needs the model that the trace is of: --model FILE.gate.")
        trace = _answered(trace, model, questions)
    if only is not None:
        trace = _only(trace, only, questions)
    if fold:
        from skipgate.traces.asked import folded

        trace = folded(trace)
    deliver(_render(trace, form, out, full) if lanes is None else _in_lanes(trace, lanes, form, out, full), out)


def _answered(trace: Trace, path: Path, questions: Sequence[str]) -> Trace:
    """The trace with the values of expressions in each state."""
    from skipgate.checker.checks.preparation import load_check
    from skipgate.checker.core.datatypes import EnumType
    from skipgate.checker.core.values import EnumValue
    from skipgate.checker.evidence.replay import misfits
    from skipgate.checker.walk.questions import NoAnswer, answers, ask
    from skipgate.spec.passes import read
    from skipgate.traces.asked import Answered, with_answers

    require_file(path)
    spec = read(path)
    model = load_check(spec, trace.check)
    if misfits(trace, model):
        names = ", ".join(each.name for each in misfits(trace, model))
        raise InputError(f"the trace is not of check `{trace.check}` of {path} as it is now: {names}")
    answered: list[Answered] = []
    for text in questions:
        question = ask(spec, model, text)
        values = answers(question, [step.state for step in trace.steps])
        none = EnumType("no answer", tuple(dict.fromkeys(each.reason for each in values if isinstance(each, NoAnswer))))
        shown = [
            EnumValue(none.name, none.members.index(each.reason), f"({each.reason})")
            if isinstance(each, NoAnswer)
            else each
            for each in values
        ]
        answered.append(Answered(question.text, question.term.type, shown))
    return with_answers(trace, answered)


def _only(trace: Trace, wanted: str, questions: Sequence[str]) -> Trace:
    from skipgate.checker.checks.selection import globs
    from skipgate.spec.diagnostics import did_you_mean
    from skipgate.traces.asked import only

    names = [each.name for each in trace.variables]
    found = {text.strip() for text in questions}
    for glob in globs(wanted):
        matching = [name for name in names if fnmatch.fnmatchcase(name, glob)]
        if not matching:
            hint = did_you_mean(glob, names) or f"there are: {', '.join(names)}"
            raise InputError(f"no variable of the trace is called {glob!r}; {hint}")
        found |= {*matching}
    return only(trace, found)


def _in_lanes(trace: Trace, type: str, form: str, out: Path | None, full: bool) -> str | bytes:
    from skipgate.spec.diagnostics import did_you_mean
    from skipgate.traces.lanes import lane_types, render_lanes, to_sequence_diagram

    types = list(lane_types(trace))
    if type not in types:
        known = f"there are: {', '.join(types)}" if types else "no variable of the trace is a map from a few of them"
        raise InputError(f"{type!r} makes no lanes; {did_you_mean(type, types) or known}")
    if form == "mermaid":
        return to_sequence_diagram(trace, type)
    if form in _PICTURES:
        return _drawn(trace, form, type, full)
    if form != "text" or full:
        raise click.UsageError("--lanes is for text without --full, for Mermaid and for pictures.")
    return render_lanes(trace, type, width=100 if out else text_columns())


def _load(file: Path) -> Trace:
    from skipgate.traces.itf import ItfError, load_itf

    try:
        return load_itf(file.read_bytes())
    except ItfError as error:
        raise InputError(f"{file}: {error}") from None


def _drawn(trace: Trace, form: str, lanes: str | None, full: bool) -> str | bytes:
    """A picture, or what Graphviz makes one of."""
    from skipgate.traces.picture import picture_dot
    from skipgate.traces.render import RenderError, to_png, trace_svg

    try:
        match form:
            case "svg":
                return trace_svg(trace, lanes=lanes, full=full)
            case "png":
                return to_png(picture_dot(trace, lanes=lanes, full=full))
            case _:
                return picture_dot(trace, lanes=lanes, full=full)
    except RenderError as error:
        raise InputError(str(error)) from None


def _render(trace: Trace, form: str, out: Path | None, full: bool) -> str | bytes:
    from skipgate.traces.itf_portable import dump_portable_itf
    from skipgate.traces.mermaid import to_mermaid
    from skipgate.traces.text import render_text

    match form:
        case "dot" | "svg" | "png":
            return _drawn(trace, form, None, full)
        case "mermaid":
            return to_mermaid(trace)
        case "itf":
            return dump_portable_itf(trace)
        case _:
            width = 100 if out else text_columns()
            return render_text(trace, colour=out is None and wants_colour(), width=width, full=full)
