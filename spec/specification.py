"""A specification that passed every static check, which the checker works from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from skipgate.spec import syntax as s
from skipgate.spec.loader import Program
from skipgate.spec.static_types import StaticTypes
from skipgate.spec.symbols import Names

_D = TypeVar("_D", bound=s.AnyDeclaration)


@dataclass(frozen=True, eq=False)
class Specification:
    """A program with its names and types resolved, and those that it refines."""

    program: Program
    names: Names
    static_types: StaticTypes
    refined: Mapping[s.RefinesDecl, Specification]

    @property
    def name(self) -> str:
        """The name on the `model` line; the file's name if there is none."""
        for declaration in self.program.main.declarations:
            if isinstance(declaration, s.ModelDecl):
                return declaration.name.text
        return Path(self.program.main.source.name).stem

    @property
    def checks(self) -> tuple[s.CheckDecl, ...]:
        """The checks of the main file; those of imported files are not run."""
        return tuple(d for d in self.program.main.declarations if isinstance(d, s.CheckDecl))

    def all(self, kind: type[_D]) -> tuple[_D, ...]:
        """Every declaration of a kind, imported ones first, in order of appearance."""
        return tuple(d for file in self.program.files for d in file.declarations if isinstance(d, kind))
