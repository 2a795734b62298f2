"""`skipgate log`: what the events of a log mean, beside the model."""

from __future__ import annotations

from pathlib import Path

import click

from skipgate.base.errors import reason
from skipgate.base.output import write_new
from skipgate.base.paths import PathType
from skipgate.base.wording import count
from skipgate.cli.choice import choose_check
from skipgate.errors import InputError


@click.group("log", short_help="Say what the events of a log mean in a model.")
def command() -> None:
    """What the events of a log mean is said in a file beside the model: lock.gate has lock.events.

    \b
      skipgate log new lock.gate      write one to start from
      skipgate log check lock.gate    is it right?
      skipgate validate lock.gate --log server.ndjson
    """


_check_option = click.option("--check", "name", metavar="NAME", help="The check whose constants hold.")


def _some_check(model: Path, name: str | None) -> str:
    """The check that is named, or the first."""
    from skipgate.base.paths import require_file
    from skipgate.cli.choice import check_names

    require_file(model)
    names = check_names(model)
    return choose_check(model, names[0] if name is None and names else name)


@command.command("new")
@click.argument("model", metavar="MODEL", type=PathType())
@_check_option
def new(model: Path, name: str | None) -> None:
    """Write a file of events to start from, beside MODEL: each action leaves an event with its parameters."""
    from skipgate.app.events_starter import starter
    from skipgate.spec.events.reading import events_beside

    text = starter(model, _some_check(model, name))
    path = events_beside(model)
    try:
        write_new(path, text)
    except FileExistsError:
        raise InputError(f"{path} is there already, and is left as it is") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written: {reason(error)}") from None
    click.echo(f"Wrote {path}. Say in it what your log calls the events, and what it tells of the state. Then:\n")
    click.echo(f"  skipgate validate {model} --log FILE")


@command.command("check")
@click.argument("model", metavar="MODEL", type=PathType())
@_check_option
@click.option("--events", metavar="FILE", type=PathType(), help="Another file than the one beside the model.")
def check(model: Path, name: str | None, events: Path | None) -> None:
    """Is the file of events right? No log is needed for it."""
    from skipgate.app.validation import ready_validation

    ready = ready_validation(model, _some_check(model, name), events)
    rules = ready.rules
    described = count(sum(map(len, rules.events.values())), "event")
    silent = 0 if rules.silent is None else len(rules.silent.candidates)
    click.echo(f"{described} of {rules.model.name} described, {count(silent, 'action')} silent")
