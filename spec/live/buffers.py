"""The files that an editor has open, and what was found out about them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from skipgate.spec.confinement import real
from skipgate.spec.diagnostics import Diagnostic, SpecError
from skipgate.spec.live.analysis import Analysis, analysed, of_specification
from skipgate.spec.loader import all_contents, parsing_by
from skipgate.spec.parsing.pieces import Cut, Pieces
from skipgate.spec.passes import read
from skipgate.spec.source import Source
from skipgate.spec.specification import Specification
from skipgate.spec.syntax import File


@dataclass(frozen=True, eq=False)
class Examined:
    """What the static checks say of a file: it is a specification, or something is wrong.

    `files` are those that it is made of, by where they are, as far as they were read.
    """

    specification: Specification | None
    diagnostics: tuple[Diagnostic, ...]
    files: frozenset[Path]


class Buffers:
    """Texts that take the place of files, and everything that is remembered between edits."""

    def __init__(self) -> None:
        self._texts: dict[Path, str] = {}
        self._names: dict[Path, str] = {}  # by which they are called
        self._pieces = Pieces()
        self._trees: dict[tuple[str, str | None], tuple[str, File | SpecError]] = {}
        self._read: set[Path] = set()
        self._analyses: dict[str, Analysis] = {}  # since the last edit

    @property
    def contents(self) -> dict[Path, bytes]:
        """The texts, in the form of `all_contents`."""
        return {path: text.encode("utf-8", "surrogatepass") for path, text in self._texts.items()}

    def put(self, name: str, text: str) -> None:
        """A file is open, and has this text."""
        path = real(Path(name))
        self._texts[path] = text.replace("\r\n", "\n").replace("\r", "\n")
        self._names[path] = name
        self._analyses.clear()

    @property
    def names(self) -> list[str]:
        """The files that are open, as they are called."""
        return [self._names[path] for path in self._texts]

    def text(self, name: str) -> str:
        """The text of a file that is open."""
        return self._texts[real(Path(name))]

    def drop(self, name: str) -> None:
        """A file is closed: what is on the disk counts."""
        self._texts.pop(real(Path(name)), None)
        self.forget()

    def forget(self) -> None:
        """Files on the disk have changed."""
        self._analyses.clear()

    def examine(self, name: str) -> Examined:
        """Check a file statically, as `passes.read` does, with the texts that are open."""
        self._read.clear()
        try:
            with all_contents(self.contents), parsing_by(self._parsed):
                specification = read(name)
        except SpecError as problem:
            return Examined(None, problem.diagnostics, frozenset(self._read))
        self._analyses[name] = of_specification(specification)
        return Examined(specification, (), frozenset(self._read))

    def analysis(self, name: str) -> Analysis:
        """What is known of a file, whatever is wrong with it."""
        if name not in self._analyses:
            with self._recovering():
                self._analyses[name] = analysed(name)
        return self._analyses[name]

    def what_if(self, name: str, text: str) -> Examined:
        """The outcome of the static checks if a file had another text."""
        kept = dict(self._texts)
        try:
            self.put(name, text)
            return self.examine(name)
        finally:
            self._texts = kept
            self._analyses.clear()

    def well_formed(self, source: Source) -> bool:
        """Is a text right as to its syntax, so that nothing of it has to be completed?"""
        try:
            self._parsed(source, None)
        except SpecError:
            return False
        return True

    def cut(self, name: str, text: str, offset: int) -> tuple[Analysis, Cut]:
        """What is known of a file at a place where something is about to be written."""
        found: list[Cut] = []

        def parser(source: Source, refined: str | None) -> File:
            if source.name != name:
                return self._recovered(source, refined)
            found.append(self._pieces.cut(source, offset))
            return found[-1].file

        contents = {**self.contents, real(Path(name)): text.encode("utf-8", "surrogatepass")}
        with all_contents(contents), parsing_by(parser):
            analysis = analysed(name)
        return analysis, found[-1]

    @contextmanager
    def _recovering(self) -> Iterator[None]:
        with all_contents(self.contents), parsing_by(self._recovered):
            yield

    def _parsed(self, source: Source, refined: str | None) -> File:
        """The tree of a text that is well formed; of one that did not change the same as before."""
        self._read.add(real(Path(source.name)))
        key = (source.name, refined)
        before = self._trees.get(key)
        if before is None or before[0] != source.text:
            try:
                before = source.text, self._pieces.parse(source)
            except SpecError as problem:
                before = source.text, problem
            self._trees[key] = before
        if isinstance(before[1], SpecError):
            raise SpecError(before[1].diagnostics)
        return before[1]

    def _recovered(self, source: Source, refined: str | None) -> File:
        try:
            return self._parsed(source, refined)
        except SpecError:
            return self._pieces.recover(source)
