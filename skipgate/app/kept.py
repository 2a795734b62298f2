"""What came of a file in an earlier run: it need not be checked again if nothing has changed that this follows from.

That is the text of every file that its meaning depends on, the constants that are given, the selection of checks, the
options that change what is found, and the code of this tool. Only what was decided is kept: limits and interrupts
leave nothing behind, and so are no part of it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from skipgate.app.result_store import Refused, result_store
from skipgate.spec.files import write_atomically
from skipgate.spec.given import given_texts

if TYPE_CHECKING:
    from skipgate.app.artifacts import Drawn
    from skipgate.app.options import BatchOptions
    from skipgate.checker.core.result import CheckResult, FileResult
    from skipgate.spec.loader import Program
    from skipgate.spec.syntax import File

_TOOLS = ("lark", "llvmlite", "pygraphviz", "z3_solver")  # the packages that verdicts and pictures depend on


def can_be() -> bool:
    """Is there a place for what is kept that is this user's alone?"""
    return result_store() is not None


def name_of(program: Program, options: BatchOptions) -> str:
    """The name under which the result of a file is kept: a digest of all that it follows from."""
    run = options.run
    files = [(file.source.name, file.source.text) for file in _files(program)]
    asked = (options.only, sorted(options.tags), run.engine, run.witnesses, run.coverage, run.discharge)
    content = repr(("check", _digest("spec", "checker"), program.main.source.name, files, given_texts(), asked))
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _files(program: Program) -> Iterator[File]:
    yield from program.files
    for other in (*program.refined.values(), *program.modules.values()):
        yield from _files(other)


def drawn_name_of(file: str, check: str, folder: Path) -> str:
    """The name under which the drawings of a check are kept, in a file whose result is kept under the name `file`."""
    drawer = which("dot")
    program = None if drawer is None else (drawer, Path(drawer).stat().st_mtime_ns)
    content = repr(("drawn", file, check, str(folder), _digest("traces", "app"), program))
    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _digest(*layers: str) -> str:
    """A digest of the code of layers, and of the packages and the Python below it."""
    state = sha256(repr((sys.version, sys.platform, *_packages())).encode())
    home = Path(__file__).parents[1]
    for layer in layers:
        for folder, below, names in os.walk(home / layer):
            below.sort()
            for name in sorted(names):
                if name.endswith((".py", ".lark")):
                    path = Path(folder, name)
                    content = path.read_bytes()
                    state.update(f"{path.relative_to(home)}\0{len(content)}\0".encode())
                    state.update(content)
    return state.hexdigest()


def _packages() -> list[str]:
    """The versions of packages, without loading them: the names of what was installed."""
    found = find_spec("lark")
    if found is None or found.origin is None:
        return []
    installed = Path(found.origin).parents[1]
    return sorted(path.name for path in installed.glob("*.dist-info") if path.name.startswith(_TOOLS))


def recall_drawn(name: str) -> Drawn | None:
    """The drawings that are kept under a name, written again; None if there are none, or that fails."""
    store = result_store()
    if store is None:
        return None
    with suppress(Refused, OSError):
        found: tuple[Drawn, dict[Path, bytes]] | None = store.recall(name)
        if found is not None:
            drawn, contents = found
            for path, content in contents.items():
                write_atomically(path, content)
            return drawn
    return None


def keep_drawn(name: str, result: CheckResult, drawn: Drawn) -> None:
    """Keep the drawings of a check, if they are all that can be drawn of it."""
    store = result_store()
    if store is not None and _decided(result) and not drawn.troubles:
        with suppress(OSError):
            paths = [path for files in drawn.files.values() for path in files.values()]
            store.keep(name, (drawn, {path: path.read_bytes() for path in paths}))


def recall(name: str) -> FileResult | str | None:
    """What is kept under a name, None if nothing is, or why it is refused."""
    store = result_store()
    if store is None:
        return None
    try:
        found: FileResult | None = store.recall(name)
    except Refused as problem:
        return f"a kept result is refused: {problem}"
    if found is None:
        return None
    return replace(found, checks=tuple(replace(check, kept=True) for check in found.checks))


def keep(name: str, result: FileResult) -> None:
    """Keep the result of a file, if it is decided in all its parts."""
    store = result_store()
    if store is not None and result.checks and all(map(_decided, result.checks)):
        store.keep(name, result)


def _decided(check: CheckResult) -> bool:
    """Does this follow from the model alone? Notes on how it was searched stay with it."""
    undecided = check.stopped is not None or check.verdict == "unknown" or check.undecided or check.untraced
    return not undecided and not check.comparisons and not check.omission
