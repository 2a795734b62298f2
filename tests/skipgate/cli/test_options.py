"""An option has one name and one meaning, whatever the command."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from click.testing import Result

from skipgate.cli.main import cli

# What the value of an option is, wherever it has one; FLAG if it has none. Of two kinds, the second is the first for
# commands that treat many checks, or write many files. `fmt --check` only checks, as with all formatters.
# States are grouped by variables; what is accepted is accepted by a person.
KINDS = {
    "--by": {"VAR,...", "WHO"},
    "--check": {"NAME", "GLOB", "FLAG"},
    "--out": {"FILE", "DIR"},
}


def options(command: click.Command, name: str) -> Iterator[tuple[str, click.Option]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for each in command.list_commands(context):
            below = command.get_command(context, each)
            assert below is not None
            yield from options(below, f"{name} {each}".strip())
        return
    yield from ((name, each) for each in command.params if isinstance(each, click.Option))


def test_no_option_has_two_meanings() -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    for _, option in options(cli, ""):
        if option.hidden:
            continue
        kind = "FLAG" if option.is_flag else option.metavar or option.type.name
        kinds[option.opts[0]].add(kind)
    assert {name: found for name, found in kinds.items() if len(found) > 1} == KINDS


def test_no_option_has_two_names_and_only_a_former_name_is_hidden() -> None:
    for command, option in options(cli, ""):
        if option.hidden:
            assert option.opts == ["--only"] and not option.expose_value
            continue
        assert len(option.opts) == 1 and not option.secondary_opts, (command, option.opts)
        assert option.help, (command, option.opts)


def test_what_several_commands_can_write_has_one_name() -> None:
    """`text` is for people; a file of reports is asked for by `--report`, whatever it is a report of."""
    formats = {command: set(option.type.choices) for command, option in options(cli, "") if option.name == "form"}  # type: ignore[attr-defined]
    known = {"text", "json", "github", "junit", "markdown", "sarif", "dot", "svg", "png", "mermaid", "itf", "graphml"}
    assert set().union(*formats.values()) <= known
    assert all("text" in found for command, found in formats.items() if command != "graph")


def test_a_former_name_is_understood_and_said(run: Callable[..., Result], write: Callable[[str, str], Path]) -> None:
    write("m.gate", "var x : 0..1 = 0\naction up then x' = 1\ncheck a expect holds\ncheck b expect holds")
    now, then = run("check", "m.gate", "--check", "b"), run("check", "m.gate", "--only", "b")
    assert (now.exit_code, now.stderr) == (0, "") and "m/a" not in now.stdout
    assert (then.exit_code, then.stderr) == (0, "--only is called --check now\n") and "m/a" not in then.stdout
