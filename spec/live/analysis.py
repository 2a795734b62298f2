"""What is known of a specification, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic, SpecError
from skipgate.spec.instances.expand import with_instances
from skipgate.spec.loader import Parser, Program, current_parser, load, parsing_by
from skipgate.spec.naming.resolve import resolve
from skipgate.spec.passes import examine
from skipgate.spec.source import Source
from skipgate.spec.specification import Specification
from skipgate.spec.static_types import StaticTypes
from skipgate.spec.symbols import Names
from skipgate.spec.typing.check import check_types

_MOST_ROUNDS = 8  # in each, what stands in the way is left out


@dataclass(frozen=True, eq=False)
class Analysis:
    """A program with its names and types, as far as they are known.

    `whole` is true if nothing was left out, so that all names are known that are mentioned anywhere.
    """

    program: Program
    names: Names
    types: StaticTypes
    whole: bool

    @property
    def main(self) -> Source:
        """The text that was asked about."""
        return self.program.main.source

    @property
    def files(self) -> tuple[s.File, ...]:
        """The files that it is made of, those of refined models and of instances too."""
        others = [*self.program.refined.values(), *self.program.modules.values()]
        return (*self.program.files, *(file for other in others for file in other.all_files))

    @property
    def own(self) -> tuple[s.AnyDeclaration, ...]:
        """The declarations that stand in the text that was asked about."""
        return tuple(d for d in self.program.main.declarations if d.span.source is self.main)


_NO_TYPES = StaticTypes({}, {}, {}, ())


def of_specification(spec: Specification) -> Analysis:
    """What is known of a specification that is right: everything."""
    return Analysis(spec.program, spec.names, spec.static_types, True)


def analysed(name: str) -> Analysis:
    """What is known of a file. The texts are parsed by a parser that refuses none.

    Files that cannot be had are left out, with all that depends on them.
    """
    program, complete = _loaded(name)
    return _analysed(program, complete)


def _loaded(name: str) -> tuple[Program, bool]:
    left_out: set[tuple[str, int]] = set()
    for _ in range(_MOST_ROUNDS):
        with parsing_by(_without(left_out)):
            try:
                return load(name), not left_out
            except SpecError as problem:
                places = {(d.span.source.name, d.span.start) for d in problem.diagnostics if d.span is not None}
        if places <= left_out:
            break
        left_out |= places
    empty = s.File(Source(name, ""), ())
    return Program(empty, (empty,)), False


def _without(left_out: set[tuple[str, int]]) -> Parser:
    """The parser that is used now, without imports and refinements that begin, or name a file, at these places."""
    parser = current_parser()

    def parse(source: Source, refined: str | None) -> s.File:
        file = parser(source, refined)
        if not any(name == source.name for name, _ in left_out):
            return file
        kept = (d for d in file.declarations if not any((source.name, at) in left_out for at in _files_named(d)))
        return replace(file, declarations=tuple(kept))

    return parse


def _files_named(declaration: s.AnyDeclaration) -> Sequence[int]:
    match declaration:
        case s.ImportDecl():
            return [declaration.span.start]
        case s.RefinesDecl():
            return [declaration.file.span.start]
    return []


def _analysed(program: Program, complete: bool) -> Analysis:
    known: dict[Program, Specification] = {}
    for other in dict.fromkeys([*program.refined.values(), *program.modules.values()]):
        try:
            known[other] = examine(other)
        except SpecError:
            complete = False
    if program.modules:
        program, expanded = _expanded(program, known)
        complete = complete and expanded
    refined = {declaration: known[each] for declaration, each in program.refined.items() if each in known}
    names = resolve(program, refined)
    types = check_types(program, names, refined) if names.well_founded else _NO_TYPES
    return Analysis(program, names, types, complete)


def _expanded(program: Program, known: Mapping[Program, Specification]) -> tuple[Program, bool]:
    """The program with its instances, without declarations in which something is wrong with them."""
    complete = True
    for _ in range(_MOST_ROUNDS):
        modules = {each: module for each, module in program.modules.items() if module in known}
        bad = {each for each in program.modules if each not in modules}
        program = replace(_without_declarations(program, bad), modules=modules)
        try:
            return with_instances(program, {each: known[module] for each, module in modules.items()}), complete
        except SpecError as problem:
            complete = False
            wrong = {d for file in program.files for d in file.declarations if _concerned(d, problem.diagnostics)}
            if not wrong:
                break
            program = _without_declarations(program, wrong)
    return _without_declarations(program, set(program.modules)), False


def _concerned(declaration: s.AnyDeclaration, diagnostics: Sequence[Diagnostic]) -> bool:
    span = declaration.span
    # The span of an import is that of its path.
    end = max(node.span.end for node in s.walk(declaration) if node.span.source is span.source)
    return any(
        d.span is not None and d.span.source is span.source and span.start <= d.span.start <= end for d in diagnostics
    )


def _without_declarations(program: Program, bad: set[s.AnyDeclaration] | set[s.ImportDecl]) -> Program:
    files = {
        file: replace(file, declarations=tuple(d for d in file.declarations if d not in bad)) for file in program.files
    }
    modules = {each: module for each, module in program.modules.items() if each not in bad}
    return replace(program, main=files[program.main], files=tuple(files.values()), modules=modules)
