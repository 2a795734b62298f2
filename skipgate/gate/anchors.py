"""The anchors of specifications: which code each declaration speaks about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skipgate.gate.code import key_of

if TYPE_CHECKING:
    from skipgate.spec.source import Span
    from skipgate.spec.syntax import AnyDeclaration, File

_KINDS = {
    "ModelDecl": "model",
    "ActionDecl": "action",
    "DefDecl": "def",
    "EffectDecl": "effect",
    "GroupDecl": "group",
    "LivenessDecl": "liveness",
    "RefinesDecl": "refines",
}


@dataclass(frozen=True)
class SpecElement:
    """A declaration of a specification that has an anchor."""

    file: str
    kind: str
    name: str
    description: str
    line: int

    @property
    def label(self) -> str:
        """What reports call it, such as `action apply`."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class CodeAnchor:
    """One file, glob or symbol that an element is anchored to. `symbol` is empty if a whole file is meant."""

    path: str
    symbol: str
    depth: int  # of calls that are followed from there
    element: SpecElement
    span: Span

    @property
    def key(self) -> str:
        """Its name in the lock: the file, and the symbol if there is one."""
        return key_of(self.path, self.symbol)


def anchors_of(file: File) -> Iterator[CodeAnchor]:
    """Every anchor of a file, in order; one that names several symbols comes once for each."""
    for declaration in file.declarations:
        for anchor in getattr(declaration, "anchors", ()):
            element = element_of(declaration)
            for symbol in anchor.symbols or ("",):
                yield CodeAnchor(anchor.file, symbol, anchor.depth, element, anchor.span)


def element_of(declaration: AnyDeclaration) -> SpecElement:
    """What a reader calls a declaration, and where it stands."""
    kind = _KINDS.get(type(declaration).__name__) or str(getattr(declaration, "kind", "declaration"))
    name = getattr(declaration, "name", None)
    description = getattr(declaration, "description", None)
    return SpecElement(
        declaration.span.source.name,
        kind,
        "" if name is None else name.text,
        # What is filled in where a step is shown stays open here.
        "" if description is None else "".join(part if isinstance(part, str) else "…" for part in description.parts),
        (declaration if name is None else name).span.line,
    )
