"""Files to syntax trees: reads a specification and everything it imports."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import lru_cache
from os.path import normpath
from pathlib import Path
from types import MappingProxyType

from skipgate.spec.confinement import real, why_out_of_reach
from skipgate.spec.diagnostics import Diagnostic, SpecError, did_you_mean, error
from skipgate.spec.instances.members import Member
from skipgate.spec.parsing.kept import tree_of
from skipgate.spec.source import Source, Span
from skipgate.spec.syntax import File, ImportDecl, RefinesDecl

_LARGEST_FILE = 1_000_000  # bytes


@dataclass(frozen=True, eq=False)
class Program:
    """A specification with its imports, each file once, imported files before those that import them.

    `refined` has the specifications that it says to refine, but not those that they refine in turn. `modules` has the
    files that are imported under a name; once their declarations are part of the specification (see `instances`),
    `instances` says of each name whether it has an index, and `members` has the names of each.
    """

    main: File
    files: tuple[File, ...]
    refined: Mapping[RefinesDecl, Program] = field(default_factory=dict)
    modules: Mapping[ImportDecl, Program] = field(default_factory=dict)
    instances: Mapping[str, bool] = field(default_factory=dict)
    members: Mapping[str, Member] = field(default_factory=dict)

    @property
    def all_files(self) -> tuple[File, ...]:
        """Every file that the meaning of the specification depends on."""
        return tuple(dict.fromkeys([*self.files, *(file for each in self.refined.values() for file in each.files)]))


def load(path: str | Path) -> Program:
    """Read and parse a file and, transitively, the files it imports (paths are relative to the importing file).

    Their names are shown without `..` where that names the same file.

    Raises:
        SpecError: a file cannot be read or parsed, is out of reach (see `confinement`), or imports itself directly or
            indirectly.
    """
    home = Path(path).parent
    program = _load(str(path), Path(path), None, home)
    refined: dict[RefinesDecl, Program] = {}
    known: dict[Path, Program | None] = {}  # None: it has errors, which were reported
    diagnostics: list[Diagnostic] = []
    for file in program.files:
        for declaration in file.declarations:
            if isinstance(declaration, RefinesDecl):
                beside = Path(file.source.name).parent / declaration.file.text
                if beside not in known:
                    known[beside] = None
                    try:
                        known[beside] = _load(_shown(beside), beside, declaration.file.span, home)
                    except SpecError as problem:
                        diagnostics.extend(problem.diagnostics)
                abstract = known[beside]
                if abstract is not None:
                    refined[declaration] = abstract
    if diagnostics:
        raise SpecError(diagnostics)
    return replace(program, refined=refined)


def _load(
    shown: str,
    path: Path,
    refined_at: Span | None,
    home: Path,
    imported_at: Span | None = None,
    open_around: Sequence[Path] = (),
) -> Program:
    """A specification without those that it refines. `refined_at` is where another one refines it, if any does.

    `home` is the folder of the model that all files belong to. `imported_at` is where it is imported under a name, if
    it is, and `open_around` are the files that lead there.
    """
    order: list[File] = []
    done: dict[Path, File | None] = {}  # None: it has errors, which were reported
    modules: dict[ImportDecl, Program] = {}
    known: dict[Path, Program | None] = {}  # of the modules
    diagnostics: list[Diagnostic] = []
    whose = None if refined_at is None else shown

    def visit(name: str, at: Path, importer: Span | None, open_files: list[Path]) -> File | None:
        identity = real(at)
        if identity in done:
            return done[identity]
        if identity in open_files:
            chain = " -> ".join(p.name for p in [*open_files[open_files.index(identity) :], identity])
            diagnostics.append(Diagnostic(f"this import leads back to itself: {chain}", importer))
            return None
        try:
            text = _read(at, name, importer or refined_at, "imported" if importer else "refined", home)
            file = parsed(name, text, whose)
        except SpecError as problem:
            diagnostics.extend(problem.diagnostics)
            if all(diagnostic.span != (importer or refined_at) for diagnostic in problem.diagnostics):
                done[identity] = None
            return None
        for declaration in file.declarations:
            if isinstance(declaration, ImportDecl):
                target = at.parent / declaration.path
                shown = _shown(Path(name).parent / declaration.path)
                if declaration.name is None:
                    visit(shown, target, declaration.span, [*open_files, identity])
                else:
                    use(declaration, shown, target, [*open_files, identity])
        done[identity] = file
        order.append(file)
        return file

    def use(declaration: ImportDecl, name: str, at: Path, open_files: list[Path]) -> None:
        identity = real(at)
        if identity in open_files:
            chain = " -> ".join(p.name for p in [*open_files[open_files.index(identity) :], identity])
            diagnostics.append(Diagnostic(f"this file would be an instance of itself: {chain}", declaration.span))
            return
        if identity not in known:
            known[identity] = None
            try:
                known[identity] = _load(name, at, None, home, declaration.span, open_files)
            except SpecError as problem:
                diagnostics.extend(problem.diagnostics)
        module = known[identity]
        if module is not None:
            modules[declaration] = module

    main = visit(shown, path, imported_at, list(open_around))
    if diagnostics:
        raise SpecError(diagnostics)
    assert main is not None
    return Program(main, tuple(order), modules=modules)


def current_parser() -> Parser:
    """What parses the texts that are read now."""
    return _parser.get() or (lambda source, refined: _parsed(source.name, source.text, refined))


def _shown(path: Path) -> str:
    """A path without `..`, unless that would name another file because of a symbolic link."""
    short = Path(normpath(path))
    try:
        same = ".." in path.parts and short.resolve() == path.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        same = False
    return str(short if same else path)


def parsed(name: str, text: str, refined: str | None = None) -> File:
    """The tree of a text. A file that many files of a run import is parsed once.

    `refined` is the name of the refined specification that the file is read for, if it is. That one gets trees of its
    own, because a declaration means something else in each of the two specifications.

    Raises:
        SpecError: the text is not well formed.
    """
    return current_parser()(Source(name, text), refined)


@lru_cache(maxsize=256)
def _parsed(name: str, text: str, refined: str | None) -> File:
    return tree_of(Source(name, text))


_WIDER = "--root FOLDER (in Python: `root`) allows what is below another folder and not hidden"


def require_reach(path: Path) -> None:
    """Refuse a link that leads out of its folder, pipes and devices. A file that is named itself may be hidden.

    Raises:
        SpecError: it does.
    """
    is_link = real(path) != real(path.parent) / path.name
    if is_link and (why := why_out_of_reach(path, path.parent)) is not None:
        raise error(f"`{path}` {why}", None, _WIDER)
    with suppress(OSError):  # which reading it will meet as well
        _require_file(path, f"`{path}`", None)


_contents: ContextVar[Mapping[Path, bytes]] = ContextVar("contents", default=MappingProxyType({}))


@contextmanager
def contents(path: Path, data: bytes) -> Iterator[None]:
    """Take these bytes for the contents of a file that is not there, such as standard input."""
    with all_contents({path: data}):
        yield


@contextmanager
def all_contents(texts: Mapping[Path, bytes]) -> Iterator[None]:
    """Take these bytes for the contents of files, such as those that an editor has open."""
    token = _contents.set({**_contents.get(), **{real(path): data for path, data in texts.items()}})
    try:
        yield
    finally:
        _contents.reset(token)


Parser = Callable[[Source, str | None], File]

_parser: ContextVar[Parser | None] = ContextVar("parser", default=None)


@contextmanager
def parsing_by(parser: Parser) -> Iterator[None]:
    """Let every text that is read meanwhile be parsed by another parser, given what `parsed` is given."""
    token = _parser.set(parser)
    try:
        yield
    finally:
        _parser.reset(token)


def text_of(path: Path) -> str:
    """The text of a file that is named itself.

    Raises:
        SpecError: it cannot be read.
    """
    return _read(path, str(path), None, "named", path.parent)


def _require_file(path: Path, what: str, importer: Span | None) -> None:
    """Refuse pipes and devices, which may have no end."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        hint = None if importer else "`skipgate check -` reads standard input"
        raise error(f"{what} is a pipe or a device, not a file", importer, hint)


def _read(path: Path, name: str, importer: Span | None, how: str, home: Path) -> str:
    what = f"the {how} file `{name}`" if importer else f"`{name}`"
    if importer is None:
        require_reach(path)
    elif (why := why_out_of_reach(path, home)) is not None:
        raise error(f"{what} {why}", importer, _WIDER)
    try:
        held = _contents.get()
        if held and real(path) in held:
            data = held[real(path)]
        else:
            _require_file(path, what, importer)
            with path.open("rb") as file:
                data = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        if path.is_symlink():
            raise error(f"{what} is a link that leads nowhere", importer) from None
        near = sorted(p.name for p in path.parent.glob("*.gate")) if path.parent.is_dir() else []
        hint = did_you_mean(path.name, near, cutoff=0.8)
        if near and hint is None:
            hint = f"in that folder there are: {', '.join(near[:8])}"
        raise error(f"{what} does not exist", importer, hint) from None
    except IsADirectoryError:
        raise error(f"{what} is a folder, not a file", importer) from None
    except OSError as problem:
        raise error(f"{what} cannot be read: {problem.strerror}", importer) from None
    if len(data) > _LARGEST_FILE:
        raise error(f"{what} has more than {_LARGEST_FILE} bytes", importer, "specifications are written by people")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        hint = "specifications are saved in UTF-8"
        line = data.count(b"\n", 0, problem.start) + 1
        message = f"{what} is not a text file: byte {problem.start}, in line {line}, is not UTF-8"
        raise error(message, importer, hint) from None
    if "\0" in text:
        raise error(f"{what} is not a text file: it contains a zero byte", importer)
    return text.replace("\r\n", "\n").replace("\r", "\n")
