"""The pass as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from skipgate.spec import syntax as s
from skipgate.spec.loader import Program
from skipgate.spec.specification import Specification
from skipgate.spec.static_types import StaticTypes
from skipgate.spec.symbols import Names
from skipgate.spec.typing.declarations import check_declaration
from skipgate.spec.typing.expressions import Expressions


def check_types(
    program: Program, names: Names, refined: Mapping[s.RefinesDecl, Specification] | None = None
) -> StaticTypes:
    """Give every expression its type. The names must be well founded; a name that is unknown fits everywhere."""
    types = Expressions(program, names)
    declarations = [
        declaration
        for file in program.files
        for declaration in file.declarations
        # The checks of an imported file are not run and their names are not resolved.
        if not isinstance(declaration, s.CheckDecl) or file is program.main
    ]
    for declaration in declarations:
        check_declaration(types, declaration, refined or {})
    return StaticTypes(types.expressions, types.symbols, types.types, tuple(types.diagnostics))
