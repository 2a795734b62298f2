"""`skipgate show`: what each stage of skipgate makes of a model."""

from __future__ import annotations

from pathlib import Path

import click

from skipgate.base.paths import PathType, require_file
from skipgate.cli.choice import choose_check
from skipgate.cli.options import given_option, root_option

_STAGES = ("tree", "model", "layout", "kernel")


@click.command("show", short_help="Print what each stage makes of a model.")
@click.argument("model", metavar="MODEL", type=PathType())
@click.option("--check", "name", metavar="NAME", help="The check to look at; needed if there are several.")
@click.option(
    "--stage",
    type=click.Choice(_STAGES),
    default="model",
    show_default=True,
    help="tree: as parsed. model: under the constants of the check. layout: how a state is packed into bits. "
    "kernel: the code that is run for every state.",
)
@root_option
@given_option
def command(model: Path, name: str | None, stage: str) -> None:
    """Print what MODEL has become at a stage on its way from text to a search.

    For those who wonder why a check finds what it finds, or work on skipgate itself.

    \b
      skipgate show lock.gate --check one_step
      skipgate show lock.gate --stage tree
    """
    require_file(model)
    text = _tree(model) if stage == "tree" else _stage(model, choose_check(model, name), stage)
    click.echo(text.rstrip("\n"))


def _tree(path: Path) -> str:
    from skipgate.spec.loader import load
    from skipgate.spec.tree_printer import tree_text

    return tree_text(load(path).main)


def _stage(path: Path, check: str, stage: str) -> str:
    from skipgate.checker.checks.preparation import load_check

    model = load_check(path, check, to_search=stage != "model")
    if stage == "model":
        from skipgate.checker.core.printer import print_model

        return print_model(model)

    from skipgate.checker.kernel.layout import lay_out

    layout = lay_out(model)
    if stage == "layout":
        return layout.describe()

    from skipgate.checker.kernel.kernels import generate

    kernels = generate(model, layout)
    symmetry = "" if kernels.symmetry is None else kernels.symmetry.text
    return "\n".join(filter(None, (kernels.text, symmetry, kernels.behaviours)))
