"""What of a specification the checker obeys: all but comments, layout, descriptions, anchors and pinned counts.

Only a change of this counts as a change of the specification: a better description does not say that somebody thought
about the code, and a pinned number of states is but a measurement. And it counts only where it reaches what the code is
anchored to: a declaration, what that mentions, and what checks give to the constants among it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from skipgate.gate.anchors import element_of
from skipgate.gate.fingerprint import digest

if TYPE_CHECKING:
    from skipgate.gate.anchors import SpecElement
    from skipgate.spec.loader import Program
    from skipgate.spec.syntax import AnyDeclaration


class Meanings:
    """The meaning of a specification, and of each of its declarations."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._of: dict[tuple[str, str], str] = {}

    @cached_property
    def whole(self) -> str:
        """A digest of the specification with all that it imports or refines."""
        return digest(token for file in self._program.all_files for token in _tokens(file.declarations))

    def of(self, element: SpecElement) -> str | None:
        """A digest of a declaration with all that it reads; None if there is none of this kind and name."""
        key = (element.kind, element.name)
        if key not in self._of:
            found = [each for each in self._declarations if (e := element_of(each)).kind == key[0] and e.name == key[1]]
            if not found:
                return None
            self._of[key] = digest(self._all_tokens(self._behaviour if element.kind == "model" else found))
        return self._of[key]

    @cached_property
    def _declarations(self) -> list[AnyDeclaration]:
        return [each for file in self._program.files for each in file.declarations]

    @cached_property
    def _behaviour(self) -> list[AnyDeclaration]:
        """What says how a model behaves. Definitions that nothing mentions, claims and checks do not."""
        from skipgate.spec.syntax import (
            ActionDecl,
            AssumeDecl,
            ConstraintDecl,
            FairnessDecl,
            GroupDecl,
            InitiallyDecl,
            TerminalDecl,
            VarDecl,
        )

        kinds = (ActionDecl, AssumeDecl, ConstraintDecl, FairnessDecl, GroupDecl, InitiallyDecl, TerminalDecl, VarDecl)
        return [each for each in self._declarations if isinstance(each, kinds)]

    def _all_tokens(self, roots: Iterable[AnyDeclaration]) -> Iterator[str]:
        """The tokens of declarations and of all that they mention, in the order of the files."""
        reached: set[int] = set()
        waiting = list(roots)
        while waiting:
            declaration = waiting.pop()
            if id(declaration) in reached:
                continue
            reached.add(id(declaration))
            for name in {token for token in self._tokens_of[id(declaration)] if token in self._by_name}:
                waiting += self._by_name[name]
        for declaration in self._declarations:
            if id(declaration) in reached:
                yield from self._tokens_of[id(declaration)]
                yield from self._given(declaration)
        for declaration, abstract in self._program.refined.items():
            if id(declaration) in reached:
                yield from (token for file in abstract.files for token in _tokens(file.declarations))

    @cached_property
    def _tokens_of(self) -> dict[int, list[str]]:
        return {id(each): list(_tokens(each)) for each in self._declarations}

    @cached_property
    def _by_name(self) -> dict[str, list[AnyDeclaration]]:
        """What can be mentioned, by the token of its name. Members and shapes stand for what they are a part of."""
        from skipgate.spec.syntax import EnumDecl, VariantDecl

        found: dict[str, list[AnyDeclaration]] = {}
        for each in self._declarations:
            name = getattr(each, "name", None)
            parts = each.members if isinstance(each, EnumDecl) else each.shapes if isinstance(each, VariantDecl) else ()
            for text in [] if name is None else [name.text, *(part.name.text for part in parts)]:
                found.setdefault(repr(text), []).append(each)
        return found

    def _given(self, declaration: AnyDeclaration) -> Iterator[str]:
        """The values that checks give to a constant, whichever and however many do so."""
        from skipgate.spec.syntax import ConstDecl

        if isinstance(declaration, ConstDecl):
            yield from sorted(self._settings.get(declaration.name.text, ()))

    @cached_property
    def _settings(self) -> dict[str, set[str]]:
        from skipgate.spec.syntax import CheckDecl

        found: dict[str, set[str]] = {}
        for check in self._declarations:
            for setting in check.settings if isinstance(check, CheckDecl) else ():
                found.setdefault(setting.name.text, set()).add(digest(_tokens(setting.value)))
        return found


def _tokens(root: object) -> Iterator[str]:
    from skipgate.spec.source import Span
    from skipgate.spec.syntax import Anchor, Description, Pin, UnmodelledDecl

    stack: list[object] = [root]
    while stack:
        value = stack.pop()
        if isinstance(value, Span | Description | Anchor | UnmodelledDecl | Pin):
            continue
        if isinstance(value, _Close):
            yield ")"
        elif isinstance(value, tuple):
            yield "(tuple"
            stack.append(_Close())
            stack.extend(reversed(value))
        elif is_dataclass(value) and not isinstance(value, type):
            yield f"({type(value).__name__}"
            stack.append(_Close())
            stack.extend(reversed([getattr(value, each.name) for each in fields(value) if each.name != "description"]))
        else:
            yield repr(value)


class _Close:
    """Marks the end of a node on the stack."""
