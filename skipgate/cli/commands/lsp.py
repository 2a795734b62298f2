"""`skipgate lsp`: the language server, which editors start."""

from __future__ import annotations

import click

from skipgate.base.exits import Exit
from skipgate.cli.options import root_option
from skipgate.errors import InputError


@click.command("lsp", short_help="Serve an editor: diagnostics, completion, runs of checks.")
@root_option
def command() -> Exit:
    """Speak the Language Server Protocol over standard input and output.

    Editors start it; docs/editor.md says how to tell them. It needs the packages of the extra
    `editor`: pip install 'skipgate[editor]'.

    \b
      skipgate lsp --root models        models may use files below this folder
                                        and below that open in the editor
    """
    try:
        from skipgate.lsp.server import serve
    except ImportError as problem:
        if (problem.name or "").partition(".")[0] not in ("pygls", "lsprotocol", "cattrs"):
            raise
        raise InputError(
            f"the language server needs a package that is not installed: {problem.name}\n"
            "  hint: pip install 'skipgate[editor]'"
        ) from None
    from skipgate.spec.confinement import allowed_folders

    serve(allowed_folders())
    return Exit.OK
