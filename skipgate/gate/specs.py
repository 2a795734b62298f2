"""The specifications of a project, from files on disk or from a commit."""

from __future__ import annotations

import contextlib
import gc
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.base.paths import SUFFIX, ModelFile, find_models
from skipgate.gate.anchors import CodeAnchor, anchors_of
from skipgate.gate.lock import NAME
from skipgate.gate.meaning import Meanings
from skipgate.gate.trees import Tree
from skipgate.spec.confinement import allowed

if TYPE_CHECKING:
    from skipgate.spec.loader import Program
    from skipgate.spec.syntax import UnmodelledDecl


@dataclass(frozen=True, eq=False)
class Spec:
    """A model with all that it imports or refines."""

    path: str
    program: Program

    @property
    def name(self) -> str:
        """What it is called: its file without folder and suffix."""
        return posixpath.basename(self.path).removesuffix(SUFFIX)

    @cached_property
    def anchors(self) -> tuple[CodeAnchor, ...]:
        """Every anchor in the model and in what it imports."""
        return tuple(anchor for file in self.program.files for anchor in anchors_of(file))

    @cached_property
    def meanings(self) -> Meanings:
        """What it says, as a whole and of each declaration."""
        return Meanings(self.program)

    @cached_property
    def unmodelled(self) -> tuple[UnmodelledDecl, ...]:
        """The code that is left out on purpose."""

        from skipgate.spec.syntax import UnmodelledDecl

        return tuple(d for file in self.program.files for d in file.declarations if isinstance(d, UnmodelledDecl))

    @property
    def sources(self) -> set[str]:
        """The files it is made of."""
        return {file.source.name for file in self.program.all_files}


@dataclass(frozen=True)
class SpecFault:
    """Why a specification cannot be used."""

    path: str
    message: str
    line: int | None = None
    column: int | None = None


@dataclass
class Specs:
    """All specifications: those that parse, and what is wrong with the others."""

    specs: list[Spec] = field(default_factory=list)
    faults: list[SpecFault] = field(default_factory=list)

    @property
    def anchors(self) -> list[CodeAnchor]:
        """Every anchor once, though a library is part of several specifications."""
        found = {(a.element.file, a.span.start, a.symbol): a for spec in self.specs for a in spec.anchors}
        return list(found.values())

    def mentioning(self, key: str) -> list[Spec]:
        """The specifications with an anchor to this symbol."""
        return [spec for spec in self.specs if any(anchor.key == key for anchor in spec.anchors)]


def local_specs(paths: Sequence[Path], *, whole: bool = False) -> Specs:
    """The specifications in files and folders on disk. Raises `InputError` if there is none.

    A folder in one of these with a lock of its own speaks of another repository, so it is left out, unless `whole`.
    """
    given = {path.resolve() for path in paths}
    found = [file.path for file in find_models(paths)]
    return _load([path.as_posix() for path in found if whole or not _is_of_another(path, given)])


def _is_of_another(model: Path, given: set[Path]) -> bool:
    if model.resolve() in given:
        return False
    for folder in model.resolve().parents:
        if folder in given:
            return False
        if (folder / NAME).is_file():
            return True
    return False


def _load(paths: Iterable[str]) -> Specs:
    from skipgate.spec.diagnostics import SpecError
    from skipgate.spec.loader import load
    from skipgate.spec.syntax import CheckDecl

    found = Specs()
    imported: set[str] = set()
    for path in paths:
        try:
            with _without_collection():
                program = load(path)
        except SpecError as error:
            found.faults += [_fault(path, each) for each in error.diagnostics]
        except RecursionError:
            found.faults.append(SpecFault(path, "an expression is nested too deeply"))
        else:
            found.specs.append(Spec(path, program))
            imported |= {posixpath.normpath(f.source.name) for f in program.all_files if f is not program.main}
    # A file that others import or refine, and that has no check of its own, is a part of those and no model by itself.
    found.specs = [
        spec
        for spec in found.specs
        if posixpath.normpath(spec.path) not in imported
        or any(isinstance(each, CheckDecl) for each in spec.program.main.declarations)
    ]
    return found


@contextmanager
def _without_collection() -> Iterator[None]:
    """Trees are many objects that stay: looking for garbage among them takes a fifth of the time, and finds none."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def spec_text(content: bytes) -> str:
    """The text of a specification as the loader reads it. Raises `UnicodeDecodeError`."""
    return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _fault(path: str, diagnostic: object) -> SpecFault:
    from skipgate.spec.diagnostics import Diagnostic

    assert isinstance(diagnostic, Diagnostic)
    message = diagnostic.message if diagnostic.hint is None else f"{diagnostic.message} ({diagnostic.hint})"
    if diagnostic.span is None:
        return SpecFault(path, message)
    return SpecFault(diagnostic.span.source.name, message, diagnostic.span.line, diagnostic.span.column)


def model_paths(tree: Tree, wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """The models of a tree: all, or those at or below the paths that are wanted; and the wanted that are not there."""
    every = sorted(p for p, entry in tree.entries.items() if p.endswith(SUFFIX) and entry.kind == "file")
    if not wanted:
        return [p for p in every if not any(part.startswith(".") for part in p.split("/"))], []
    names = [posixpath.normpath(name) for name in wanted]
    chosen = [p for p in every if any(p == name or p.startswith(f"{name}/") or name == "." for name in names)]
    absent = [n for n in names if n != "." and not any(p == n or p.startswith(f"{n}/") for p in every)]
    return chosen, absent


def export(tree: Tree, paths: Iterable[str], folder: Path) -> Specs:
    """Write models of a tree, and what they import or refine, below a folder; what is wrong with that.

    An import may only lead to a file of the same tree: a model is foreign matter, and its first line would end up in
    an error message if it could name any file of this machine.
    """
    from skipgate.spec.diagnostics import SpecError
    from skipgate.spec.loader import parsed
    from skipgate.spec.syntax import ImportDecl, RefinesDecl

    faults = Specs()
    waiting = list(paths)
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        if not _is_plain(path):
            faults.faults.append(SpecFault(path, "this is no name for a file that could be checked out"))
            continue
        content = tree.read(path)
        target = folder / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        except OSError as error:
            faults.faults.append(SpecFault(path, f"cannot be copied: {error.strerror}"))
            continue
        try:
            declarations = parsed(path, spec_text(content)).declarations
        except (SpecError, RecursionError, UnicodeDecodeError):
            continue  # it is reported when it is loaded, and imports nothing before it parses
        for declaration in declarations:
            match declaration:
                case ImportDecl(path=mentioned):
                    how = "import"
                case RefinesDecl(file=file):
                    mentioned, how = file.text, "refinement"
                case _:
                    continue
            wanted = posixpath.normpath(posixpath.join(posixpath.dirname(path), mentioned))
            entry = tree.entries.get(wanted)
            if entry is None or entry.kind != "file" or mentioned.startswith("/") or "\\" in mentioned:
                message = f"the {how} of {mentioned!r} does not lead to a file of the repository"
                faults.faults.append(SpecFault(path, message, declaration.span.line))
                target.unlink(missing_ok=True)  # so that no other model brings it in
            else:
                waiting.append(wanted)
    return faults


def _is_plain(path: str) -> bool:
    """May this path be written below a folder? A tree that git did not make itself may hold any name."""
    parts = path.split("/")
    return not any(part in ("", ".", "..") for part in parts) and "\\" not in path and "\0" not in path


@contextmanager
def commit_specs(tree: Tree, paths: Sequence[str], folder: Path) -> Iterator[Specs]:
    """The models of a tree, copied below `folder`, which is the working directory meanwhile.

    So all names in messages are those of the repository.
    """
    problems = export(tree, paths, folder)
    bad = {fault.path for fault in problems.faults}
    with contextlib.chdir(folder), allowed(folder):
        found = _load([path for path in paths if path not in bad])
        found.faults = problems.faults + found.faults
        yield found


def model_files(specs: Iterable[Spec]) -> list[ModelFile]:
    """The files of specifications, to be checked."""
    return [ModelFile(Path(spec.path)) for spec in specs]


def relative_sources(specs: Specs, root: Path) -> list[str]:
    """The files of specifications on disk, from the root of the repository; those outside it are left out."""
    base = root.resolve()
    found = {Path(source).resolve() for spec in specs.specs for source in spec.sources}
    return sorted(path.relative_to(base).as_posix() for path in found if path.is_relative_to(base))
