"""The pass as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from skipgate.spec import syntax as s
from skipgate.spec.loader import Program
from skipgate.spec.naming.declarations import declare_all, resolve_declaration
from skipgate.spec.naming.recursion import report_circular_settings, report_recursion
from skipgate.spec.naming.table import Table
from skipgate.spec.specification import Specification
from skipgate.spec.symbols import Names


def resolve(program: Program, refined: Mapping[s.RefinesDecl, Specification] | None = None) -> Names:
    """Resolve every name of a program. `refined` has those of the refined specifications that are free of errors.

    The result has diagnostics for unknown, duplicate or shadowed names, recursive definitions, and checks that set
    something other than a constant or leave a constant without a value.
    """
    table = Table()
    declare_all(table, program)
    for file in program.files:
        for declaration in file.declarations:
            # The checks of an imported file are not run.
            if not isinstance(declaration, s.CheckDecl) or file is program.main:
                table.foreign = False
                resolve_declaration(table, declaration, refined or {})
    well_founded = _is_well_founded(table, program)
    return Names(table.symbols, table.references, table.mappings, tuple(table.diagnostics), well_founded)


def _is_well_founded(table: Table, program: Program) -> bool:
    """Report cycles and what is nested too deeply, and tell whether there is neither."""
    before = len(table.diagnostics)
    report_recursion(table, program)
    if len(table.diagnostics) == before:
        for declaration in program.main.declarations:
            if isinstance(declaration, s.CheckDecl):
                report_circular_settings(table, declaration)
    return len(table.diagnostics) == before
