"""The command line: the group of commands, and what an error that reaches it turns into.

Start-up is felt in every call, so a command's module is imported when it is called, and what that
command needs (the parser, the engine, rich, Graphviz) inside its functions.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from skipgate.base.errors import (
    CrashReport,
    ask_for_report,
    complain,
    exhausted,
    is_interrupt,
    reason,
    show_input_error,
    show_internal_error,
)
from skipgate.base.exits import Exit
from skipgate.errors import InputError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

# In the order in which a newcomer needs them; each is the module of that name in `skipgate.commands`.
COMMANDS = (
    "new",
    "check",
    "trace",
    "explain",
    "explore",
    "repl",
    "matrix",
    "graph",
    "prove",
    "simulate",
    "validate",
    "log",
    "tests",
    "lint",
    "fmt",
    "show",
    "export",
    "anchors",
    "gate",
    "lsp",
)


# What does which work, and the extra that it is in, if it is in one; `--version` tells what is there.
_PACKAGES = (
    ("machine code", "llvmlite", None),
    ("proofs", "z3-solver", None),
    ("pictures", "pygraphviz", None),
    ("editor", "pygls", "editor"),
)


class CommandGroup(click.Group):
    """Finds commands by name, imports them late, and turns every outcome into a message and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"skipgate.cli.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; if there is none of this name, say which one is like it."""
        name = args[0]
        if name == "help":  # `help check` is `check --help`
            return self.resolve_command(ctx, [args[1], "--help"]) if len(args) > 1 else _help(ctx)
        if name not in COMMANDS and not name.startswith("-"):
            raise click.UsageError(_no_such_command(name), ctx)
        return super().resolve_command(ctx, args)

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Parse the arguments; `--help` prints here already."""
        with _outcomes():  # of printing a help text, which is before any command is invoked
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> None:
        """Run the command; it returns its exit code (nothing means success)."""
        with _outcomes():
            code = super().invoke(ctx)
            sys.stdout.flush()  # here, where a closed pipe can still be dealt with
            ctx.exit(code or Exit.OK)


@contextmanager
def _outcomes() -> Iterator[None]:
    """Turn what goes wrong into a message and an exit code."""
    try:
        yield
    except click.NoSuchOption as problem:
        from skipgate.cli.meant import explained

        raise explained(problem) from None
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except BrokenPipeError:
        # The reader (`| head`) has seen enough: end in silence, as programs killed by SIGPIPE do.
        _abandon_output()
        raise click.exceptions.Exit(128 + 13) from None
    except (Exception, KeyboardInterrupt) as error:
        raise click.exceptions.Exit(_failed(error)) from None


def _failed(error: BaseException) -> Exit:
    if is_interrupt(error):
        click.echo("interrupted", err=True)
        return Exit.INTERRUPTED
    if isinstance(error, RecursionError | MemoryError):
        error = exhausted(error)
    if isinstance(error, InputError):
        show_input_error(error)
        return Exit.USAGE
    if isinstance(error, OSError):  # a full disk behind standard output, for example
        _abandon_output()
        complain(f"{error.filename}: {reason(error)}" if error.filename else reason(error))
        return Exit.USAGE
    show_internal_error(CrashReport.of(error))
    ask_for_report()
    return Exit.INTERNAL


def _abandon_output() -> None:
    """Let go what is still buffered for standard output: writing it when Python ends would only fail again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _help(ctx: click.Context) -> NoReturn:
    click.echo(ctx.get_help())
    ctx.exit()


def _no_such_command(name: str) -> str:
    from skipgate.cli.meant import command_meant
    from skipgate.spec.diagnostics import did_you_mean

    if name.endswith(".gate"):
        return f"{name!r} is not a command. To check that model: skipgate check {name}"
    meant = command_meant(name)
    hint = f"did you mean `{meant}`?" if meant else did_you_mean(name, COMMANDS)
    return f"there is no command {name!r}" + (f"; {hint}" if hint else f"; there are: {', '.join(COMMANDS)}")


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from skipgate import __version__

        click.echo(f"skipgate {__version__}")
        for line in _parts():
            click.echo(f"  {line}")
        ctx.exit()


def _print_manual(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from skipgate.cli.manual import manual

        click.echo(manual(cli), nl=False)
        ctx.exit()


def _parts() -> Iterator[str]:
    """What is there of the packages that do the work."""
    from importlib.metadata import PackageNotFoundError, version

    yield f"Python {sys.version.split()[0]} on {sys.platform}"
    for what, package, extra in _PACKAGES:
        try:
            yield f"{what}: {package} {version(package)}"
        except PackageNotFoundError:
            hint = f"; pip install 'skipgate[{extra}]'" if extra else ""
            yield f"{what}: {package} is not installed{hint}"


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`skipgate COMMAND --help` explains a command.",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version, and what is there of what it uses, and exit.",
)
@click.option(
    "--man",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_manual,
    help="Print all help texts as a page for `man`, and exit.",
)
def cli() -> None:
    """Find protocol bugs before they are code.

    A model says what the states of a protocol are, what can happen, and what must never go wrong; skipgate
    searches every state there is, and shows the shortest way to each violation.

    \b
      skipgate new lock                  write a small model to start from
      skipgate check lock.gate           search it; is every verdict as expected?
      skipgate check models --out out    a folder of models; draw the violations
      skipgate trace out/FILE.itf.json   read one violation again, step by step

    \b
    Exit status of a check: 0 all is as expected, 1 something differs,
    2 the input or the call is wrong, 3 a limit ended a search.
    """


class _Unfailing(io.FileIO):
    """Standard error, where a message that cannot be written is lost, and changes nothing else."""

    def write(self, data: ReadableBuffer) -> int:
        try:
            return super().write(data)
        except OSError:  # a full disk, or a reader that is gone
            return len(bytes(data))


def _unfailing_stderr() -> None:
    """Make sure that the exit status does not depend on whether anybody can read the messages."""
    with suppress(AttributeError, OSError, ValueError):
        raw = io.BufferedWriter(_Unfailing(sys.stderr.fileno(), "w", closefd=False))
        sys.stderr = io.TextIOWrapper(raw, encoding=sys.stderr.encoding, errors="replace", line_buffering=True)


def main() -> None:
    """The entry point of the `skipgate` program."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell (`>&-`)
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for good
        # A description may hold any character; an old terminal shows what it can.
        with suppress(AttributeError, ValueError):
            getattr(sys, name).reconfigure(errors="replace")
    _unfailing_stderr()
    cli.main(prog_name="skipgate")
