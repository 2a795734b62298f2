"""The commands that are printed in the documentation and in help texts are ones that skipgate takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from skipgate.cli.main import COMMANDS, cli
from tests.docs.pages import PAGES

_LINE = r"(?:\$ |    | *- run: |)(skipgate [a-z].*)"  # in a block
_CODE = r"`(skipgate [a-z-][^`]*)`"  # in a sentence


def commands(parent: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(parent)
    for name in parent.list_commands(context):
        command = parent.get_command(context, name)
        assert command is not None
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


def printed() -> Iterator[tuple[str, str]]:
    """Every command line, and where it stands."""
    for page in PAGES:
        inside = False
        for line in re.sub(r"(`skipgate[^`\n]*)\n([^`\n]*`)", r"\1 \2", page.read_text(encoding="utf-8")).splitlines():
            inside ^= line.startswith("```")
            found = re.fullmatch(_LINE, line) if inside or line.startswith("    ") else None
            for each in [found[1]] if found else re.findall(_CODE, line):
                yield page.name, each
    for path, command in [("skipgate", cli), *commands(cli, "skipgate")]:
        for line in (command.help or "").splitlines():
            if found := re.fullmatch(r" *(skipgate .*)", line):
                yield f"{path} --help", found[1]


LINES = list(dict.fromkeys(printed()))


def arguments(line: str) -> list[str]:
    """What a shell makes of a line, without the explanation beside it, and what goes on below it. Of alternatives it is
    the first."""
    return shlex.split(re.sub(r"(  | \| | [<>] |(?<=\w)\|| \\$).*", "", line))[1:]


def test_there_are_command_lines() -> None:
    assert len(LINES) > 60
    assert {arguments(line)[0] for _, line in LINES} >= {*COMMANDS}


@pytest.mark.parametrize("line", [pytest.param(line, id=f"{where}: {line}") for where, line in LINES])
def test_a_printed_command_is_one(line: str) -> None:
    command: click.Command = cli
    rest, path = arguments(line), "skipgate"
    while isinstance(command, click.Group) and rest:
        name, *rest = rest
        context = click.Context(command)
        if name == "COMMAND" or name.startswith("--"):
            return
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name}"
        command, path = found, f"{path} {name}"
    if rest:  # in a sentence, a command alone stands for itself
        command.make_context(path, rest)
