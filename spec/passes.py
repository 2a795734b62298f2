"""The passes in a row: from a file to a specification."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from skipgate.spec.diagnostics import Diagnostic, SpecError
from skipgate.spec.given import with_given
from skipgate.spec.instances.expand import with_instances
from skipgate.spec.levels import check_levels
from skipgate.spec.loader import Program, load
from skipgate.spec.naming.resolve import resolve
from skipgate.spec.source import Span
from skipgate.spec.specification import Specification
from skipgate.spec.syntax import ImportDecl
from skipgate.spec.typing.check import check_types


def read(path: str | Path) -> Specification:
    """Read a specification and check it statically.

    The constants have the values that are given (see `spec.given`).

    Raises:
        SpecError: with every independent error. Names are checked if all files parse, levels and types if nothing is
            defined by itself.
    """
    return examine(with_given(load(path)))


def examine(program: Program) -> Specification:
    """Check a program statically; see `read`."""
    known: dict[Program, Specification] = {}
    diagnostics: list[Diagnostic] = []
    for other in dict.fromkeys([*program.refined.values(), *program.modules.values()]):
        try:
            known[other] = examine(other)
        except SpecError as problem:
            diagnostics += problem.diagnostics
    if program.modules:
        if diagnostics:
            raise SpecError(diagnostics)
        program = with_instances(program, {each: known[module] for each, module in program.modules.items()})
    refined = {declaration: known[each] for declaration, each in program.refined.items() if each in known}
    names = resolve(program, refined)
    if not names.well_founded:
        raise SpecError([*diagnostics, *names.diagnostics])
    levels = check_levels(program, names)
    types = check_types(program, names, refined)
    if diagnostics or names.diagnostics or levels or types.diagnostics:
        further = _independent(program, names.diagnostics, _of_imports_first(program, [*levels, *types.diagnostics]))
        raise SpecError([*diagnostics, *names.diagnostics, *further])
    return Specification(program, names, types, refined)


def _independent(program: Program, names: Sequence[Diagnostic], further: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Of further diagnostics those in declarations whose names are right: elsewhere they may come from a wrong name."""
    spans = [declaration.span for file in program.all_files for declaration in file.declarations]
    spoilt = [span for span in spans if any(_lies_in(diagnostic, span) for diagnostic in names)]
    return [diagnostic for diagnostic in further if not any(_lies_in(diagnostic, span) for span in spoilt)]


def _of_imports_first(program: Program, found: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    """The diagnostics; if something that is given to an instance is wrong, without those inside of instances."""
    given = [
        setting.span
        for file in program.files
        for declaration in file.declarations
        if isinstance(declaration, ImportDecl)
        for setting in declaration.settings
    ]
    if not any(_lies_in(diagnostic, span) for span in given for diagnostic in found):
        return found
    return [each for each in found if each.span is None or each.span.source.instance is None]


def _lies_in(diagnostic: Diagnostic, span: Span) -> bool:
    inner = diagnostic.span
    return inner is not None and inner.source is span.source and span.start <= inner.start < span.end
