"""The help texts of all commands as a page of the manual, in the language of `man`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from skipgate import __version__


def manual(group: click.Group) -> str:
    """The page, of the first section: commands."""
    context = click.Context(group, info_name="skipgate")
    lines = [f'.TH SKIPGATE 1 "" "skipgate {__version__}"', ".SH NAME"]
    lines += ["skipgate \\- finds protocol bugs before they are code", ".SH SYNOPSIS"]
    lines += ["\\fBskipgate\\fR COMMAND [OPTION]... [ARGUMENT]...", ".SH DESCRIPTION"]
    lines += [*_text(group.help or ""), *_options(group, context), ".SH COMMANDS"]
    lines += _commands(group, context, "skipgate")
    return "\n".join(lines) + "\n"


def _commands(group: click.Group, context: click.Context, path: str) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=f"{path} {name}")
        yield f".SS {_escaped(' '.join([path, name, *command.collect_usage_pieces(inner)]))}"
        yield from _text(command.help or "")
        yield from _options(command, inner)
        if isinstance(command, click.Group):
            yield from _commands(command, inner, f"{path} {name}")


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1]:  # the arguments are in the text
            yield from (".TP", f"\\fB{_escaped(record[0])}\\fR", _escaped(record[1]))


def _text(help: str) -> Iterator[str]:
    """A help text. A paragraph that begins with `\\b` keeps its lines."""
    for paragraph in inspect.cleandoc(help).split("\n\n"):
        yield ".PP"
        if paragraph.startswith("\b"):
            yield from (".nf", *map(_escaped, paragraph.splitlines()[1:]), ".fi")
        else:
            yield _escaped(" ".join(paragraph.split()))


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", text)
