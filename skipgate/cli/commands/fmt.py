"""`skipgate fmt`: one form for every model."""

from __future__ import annotations

import sys
from difflib import unified_diff
from pathlib import Path

import click

from skipgate.base.errors import complain, reason, show_input_error
from skipgate.base.exits import Exit
from skipgate.base.paths import PathType
from skipgate.base.wording import count
from skipgate.cli.options import model_files, root_option

_STDIN = Path("-")


@click.command("fmt", short_help="Put models into canonical form.")
@click.argument("paths", metavar="PATH...", nargs=-1, type=PathType(allow_dash=True))
@click.option("--check", is_flag=True, help="Change nothing; name the files that would change.")
@click.option("--diff", is_flag=True, help="Change nothing; show what would change.")
@root_option
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], check: bool, diff: bool) -> Exit:
    """Put the models in PATH into canonical form: indentation, blanks and alignment, never meaning.

    PATH is a .gate file, a folder (every .gate file below it), or - for standard input and output.

    \b
      skipgate fmt models               rewrite what is not in form
      skipgate fmt --check models       only tell: exit status 1 if one is not
      skipgate fmt --diff lock.gate     show what would change, and tell
      skipgate fmt - < lock.gate        print lock.gate in form
    """
    if not paths:
        raise click.UsageError("Say what to format: a .gate file, a folder of them, or - for standard input.", ctx)
    dry = check or diff
    if _STDIN in paths:
        if len(paths) > 1:
            raise click.UsageError("Standard input (-) cannot be combined with other paths.", ctx)
        return _format_stdin(dry, diff)
    return _format_files([file.path for file in model_files(ctx, paths)], dry, diff)


def _format_stdin(dry: bool, diff: bool) -> Exit:
    before, after = _formatted("<stdin>", sys.stdin.buffer.read())
    if not dry:
        click.echo(after, nl=False)
        return Exit.OK
    if diff:
        click.echo(_difference("<stdin>", before, after), nl=False)
    elif before != after:
        click.echo("<stdin> is not in canonical form")
    return Exit.OK if before == after else Exit.DIFFERS


def _format_files(files: list[Path], dry: bool, diff: bool) -> Exit:
    """Format file by file. One that is wrong is left as it is, and the others are formatted."""
    from skipgate.spec.diagnostics import SpecError
    from skipgate.spec.files import write_atomically
    from skipgate.spec.loader import require_reach

    changed = failed = 0
    for path in files:
        try:
            require_reach(path)
            before, after = _formatted(str(path), path.read_bytes())
            if before == after:
                continue
            if not dry:
                write_atomically(path, after.encode())
        except SpecError as problem:
            show_input_error(problem)
            failed += 1
            continue
        except OSError as problem:
            complain(f"{path} cannot be formatted: {reason(problem)}")
            failed += 1
            continue
        changed += 1
        if diff:
            click.echo(_difference(str(path), before, after), nl=False)
        else:
            click.echo(f"{path} {'is not in canonical form' if dry else 'formatted'}")
    click.echo(_summary(len(files), changed, failed, dry), err=True)
    if failed:
        return Exit.USAGE
    return Exit.DIFFERS if dry and changed else Exit.OK


def _formatted(name: str, data: bytes) -> tuple[str, str]:
    """A file's text as it is and as it should be.

    Raises:
        SpecError: it is not text, or not a specification.
    """
    from skipgate.spec.diagnostics import error
    from skipgate.spec.formatting.formatter import format_text
    from skipgate.spec.source import Source

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise error(f"`{name}` is not a text file: byte {problem.start} is not UTF-8") from None
    return text, format_text(Source(name, text.removeprefix("\ufeff")))


def _difference(name: str, before: str, after: str) -> str:
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, f"{name} (formatted)")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _summary(total: int, changed: int, failed: int, dry: bool) -> str:
    would = "would change" if dry else "changed"
    parts = [f"{count(changed, 'file')} {would}", f"{total - changed - failed} in form already"]
    if failed:
        parts.append(f"{failed} left as {'it is' if failed == 1 else 'they are'}")
    return ", ".join(parts)
