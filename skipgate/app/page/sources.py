"""The text of the models that a report speaks of, and where in it the actions and properties are."""

from __future__ import annotations

from typing import TypedDict

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.passes import read
from skipgate.traces.plain import one_line, visible


class Place(TypedDict):
    """Lines of a file, both included, counted from 1."""

    file: str
    first: int
    last: int


class ModelView(TypedDict):
    """What a page knows of a model's text: where its actions and properties are, and what its variables mean.

    What is declared in an imported file counts as its own.
    """

    places: dict[str, Place]
    variables: dict[str, str]


class Sources:
    """Reads each file once. A file that cannot be read any more has no text and no places."""

    def __init__(self) -> None:
        self.models: dict[str, ModelView] = {}
        self.texts: dict[str, list[str]] = {}

    def add(self, file: str) -> None:
        """Read a file, if that has not been done."""
        if visible(file) not in self.models:
            self.models[visible(file)] = self._read(file)

    def _read(self, file: str) -> ModelView:
        try:
            spec = read(file)
        except SpecError:
            return {"places": {}, "variables": {}}
        found: dict[str, Place] = {}
        declarations: list[s.ActionDecl | s.PropertyDecl | s.LivenessDecl | s.RefinesDecl] = []
        for kind in (s.ActionDecl, s.PropertyDecl, s.LivenessDecl, s.RefinesDecl):
            declarations += spec.all(kind)
        for declaration in declarations:
            span = declaration.span
            lines = span.text.rstrip().count("\n")
            name = visible(span.source.name)
            found[visible(declaration.name.text)] = {"file": name, "first": span.line, "last": span.line + lines}
            self.texts.setdefault(name, [visible(line) for line in span.source.text.splitlines()])
        meanings = {
            visible(variable.name.text): one_line(variable.description.plain)
            for variable in spec.all(s.VarDecl)
            if variable.description is not None
        }
        return {"places": found, "variables": meanings}
