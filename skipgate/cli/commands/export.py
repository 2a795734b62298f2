"""`skipgate export`: a check in the language of another tool."""

from __future__ import annotations

from pathlib import Path

import click

from skipgate.base.errors import reason
from skipgate.base.paths import PathType
from skipgate.cli.choice import choose_check
from skipgate.cli.options import given_option, root_option
from skipgate.errors import InputError

_MARK = "Written by skipgate"


@click.group("export", short_help="Write a check in the language of another tool.")
def command() -> None:
    """Write a check for another tool, to be read or to be asked for a second opinion.

    \b
      skipgate export tla lock.gate --check two_steps
    """


@command.command("tla", short_help="Write a TLA+ module and a configuration for TLC.")
@click.argument("model", metavar="MODEL", type=PathType())
@click.option("--check", "name", metavar="NAME", help="The check to export; needed if there are several.")
@root_option
@given_option
@click.option(
    "--out",
    metavar="DIR",
    type=PathType(file_okay=False),
    default=Path(),
    help="Where to write. Default: the current folder.",
)
def tla(model: Path, name: str | None, out: Path) -> None:
    """Write a check of MODEL as a TLA+ module, with a configuration that asks TLC about all its properties.

    The two files are called MODEL_CHECK.tla and MODEL_CHECK.cfg. Names, definitions and descriptions stay; an action
    becomes one operator, a constant a CONSTANT whose value stands in the configuration. docs/tla.md says what becomes
    of everything else.

    \b
      skipgate export tla lock.gate --check two_steps --out tla
      java -cp tla2tools.jar tlc2.TLC tla/lock_two_steps
    """
    for file, content in _export(model, choose_check(model, name)).items():
        _write(out / file, content)
        click.echo(f"Wrote {out / file}.", err=True)


def _export(path: Path, name: str) -> dict[str, str]:
    """The texts of the files to write."""
    from skipgate.checker.checks.preparation import bounded
    from skipgate.checker.tla.module import export
    from skipgate.spec.passes import read

    spec = read(path)
    check = next(check for check in spec.checks if check.name.text == name)
    exported = export(spec, bounded(spec, check))
    modules = {f"{module}.tla": text for module, text in exported.modules.items()}
    return {**modules, f"{exported.name}.tla": exported.text, f"{exported.name}.cfg": exported.configuration()}


def _write(path: Path, content: str) -> None:
    """Write a file, but never over one that somebody else has written.

    Raises:
        InputError: the file is somebody else's, or cannot be written.
    """
    from skipgate.spec.files import write_atomically

    try:
        if path.exists() and _MARK not in path.read_text(encoding="utf-8", errors="replace"):
            raise InputError(
                f"{path} is there already, and skipgate has not written it; choose a folder with --out DIR"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content.encode())
    except OSError as error:
        raise InputError(f"{path} cannot be written: {reason(error)}") from None
