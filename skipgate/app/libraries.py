"""Which files only serve others: no check of their own, and imported or refined by another file of the run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def libraries(suspects: Iterable[Path], run: Iterable[Path]) -> set[Path]:
    """Those of `suspects` that have no check and that another file of `run` imports, if indirectly, or refines."""
    from skipgate.spec.diagnostics import SpecError
    from skipgate.spec.loader import load
    from skipgate.spec.syntax import CheckDecl

    without_checks: dict[Path, Path] = {}
    for path in suspects:
        try:
            declarations = load(path).main.declarations
        except (SpecError, RecursionError):
            continue  # nobody can tell what a file is that cannot be read
        if not any(isinstance(declaration, CheckDecl) for declaration in declarations):
            without_checks[path.resolve()] = path
    if not without_checks:
        return set()
    found: set[Path] = set()
    for path in run:
        try:
            program = load(path)
        except (SpecError, RecursionError):
            continue
        imported = (Path(file.source.name).resolve() for file in program.all_files if file is not program.main)
        found.update(without_checks[file] for file in imported if file in without_checks)
    return found
