"""What people mean who call a command or an option by the name that it has in another tool."""

from __future__ import annotations

import click

_COMMANDS = {
    "run": "check",
    "verify": "check",
    "test": "check",
    "typecheck": "check",
    "search": "check",
    "model": "check",
    "tlc": "check",
    "apalache": "check",
    "parse": "check",
    "walk": "simulate",
    "random": "simulate",
    "format": "fmt",
    "init": "new",
    "create": "new",
    "draw": "graph",
    "plot": "graph",
    "dot": "graph",
    "replay": "trace",
    "compare": "explain",
    "table": "matrix",
    "prover": "prove",
    "tla": "export",
    "shell": "repl",
    "console": "repl",
    "step": "repl",
    "debug": "repl",
}
_EVERY_PROPERTY = "every property of a model is examined; `expect` in a `check` says what has to come out"
_OPTIONS = {
    "--only": "did you mean --check?",
    "--name": "did you mean --check?",
    "--filter": "did you mean --check?",
    "--workers": "did you mean --threads, or --jobs?",
    "--cores": "did you mean --threads, or --jobs?",
    "--parallel": "did you mean --jobs?",
    "--invariant": _EVERY_PROPERTY,
    "--invariants": _EVERY_PROPERTY,
    "--inv": _EVERY_PROPERTY,
    "--property": _EVERY_PROPERTY,
    "--temporal": _EVERY_PROPERTY,
    "--deadlock": "deadlock is always examined; `terminal when ...` in a model says where it is right",
    "--config": "a `check` in the model says what a configuration file says elsewhere",
    "--const": "did you mean --with?",
    "--constant": "did you mean --with?",
    "--depth": "a search is complete; --max-states and --time-limit end it early",
    "--max-steps": "a search is complete; --max-states and --time-limit end it early",
    "--timeout": "did you mean --time-limit?",
    "--memory": "did you mean --max-memory?",
    "--output": "did you mean --out?",
    "--json": "did you mean --format json?",
    "--seed": "did you mean `skipgate simulate`?",
}


def command_meant(name: str) -> str | None:
    """The command that another tool calls by this name."""
    return _COMMANDS.get(name.lower())


def explained(problem: click.NoSuchOption) -> click.UsageError:
    """The error about an option that does not exist, with what was probably meant."""
    hint = _OPTIONS.get(problem.option_name)
    offered = [] if problem.ctx is None else [name for each in problem.ctx.command.params for name in each.opts]
    if hint is None or (hint.startswith("did you mean --") and hint.split()[3].strip(",?") not in offered):
        return problem
    return click.UsageError(f"{problem.message} {hint[0].upper()}{hint[1:]}", problem.ctx)
