"""A specification that passed every static check: what the checker works from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from spec import syntax as s
from spec.diagnostics import Diagnostic, SpecError
from spec.levels import check_levels
from spec.loader import Program, load
from spec.names import Names, resolve
from spec.typecheck import Kinds, check_types

_D = TypeVar("_D", bound=s.Declaration)


@dataclass(frozen=True, eq=False)
class Specification:
    """A program with its names and types resolved, and those that it refines."""

    program: Program
    names: Names
    kinds: Kinds
    refined: Mapping[s.RefinesDecl, Specification]

    @property
    def name(self) -> str:
        """The name on the `model` line, or else the file's name."""
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


def read(path: str | Path) -> Specification:
    """Read a specification and check it statically.

    Raises:
        SpecError: with every independent error. Names are looked at if all files parse, levels and types if nothing is
            defined by itself.
    """
    return examine(load(path))


def examine(program: Program) -> Specification:
    """Check a program statically; see `read`."""
    known: dict[Program, Specification] = {}
    diagnostics: list[Diagnostic] = []
    for abstract in dict.fromkeys(program.refined.values()):
        try:
            known[abstract] = examine(abstract)
        except SpecError as problem:
            diagnostics += problem.diagnostics
    refined = {declaration: known[each] for declaration, each in program.refined.items() if each in known}
    names = resolve(program, refined)
    if not names.well_founded:
        raise SpecError([*diagnostics, *names.diagnostics])
    levels = check_levels(program, names)
    kinds = check_types(program, names, refined)
    if diagnostics or names.diagnostics or levels or kinds.diagnostics:
        raise SpecError([*diagnostics, *names.diagnostics, *levels, *kinds.diagnostics])
    return Specification(program, names, kinds, refined)
