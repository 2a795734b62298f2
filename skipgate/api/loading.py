"""A model as its file declares it: what there is to check, before anything is searched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike, fspath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skipgate.checker.core.result import Expectation
    from skipgate.checker.core.trace import FailureKind
    from skipgate.spec.specification import Specification
    from skipgate.spec.syntax import CheckDecl, Description


@dataclass(frozen=True)
class DeclaredCheck:
    """A `check`: one choice of constants, and what is expected of it."""

    name: str
    description: str | None
    tags: tuple[str, ...]
    expected: Expectation


@dataclass(frozen=True)
class DeclaredProperty:
    """What must hold; or, if its kind is `cover`, what must be reachable."""

    name: str
    description: str | None
    kind: FailureKind


@dataclass(frozen=True)
class DeclaredAction:
    """What can happen. The description is as it is written, with its `{expressions}`."""

    name: str
    description: str | None
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class LoadedModel:
    """A model without static errors. `check`, `prove` and `simulate` take it in the place of a path.

    Attributes:
        file: where it was read.
        name: what its `model` line calls it, or else its file.
        checks: by name, in order. Those of imported files are not among them.
        properties, actions: by name, in order, imported ones first.
    """

    file: str
    name: str
    description: str | None
    checks: Mapping[str, DeclaredCheck]
    properties: Mapping[str, DeclaredProperty]
    actions: Mapping[str, DeclaredAction]
    specification: Specification = field(repr=False, compare=False)  # what the checker works from


def load(path: str | PathLike[str], *, root: str | PathLike[str] | None = None) -> LoadedModel:
    """Read a `.gate` file and what it imports, without running anything.

    Args:
        path: the file.
        root: a folder; the model may use the files below it. By default, those below its own folder.

    Raises:
        SpecError: the file cannot be read, or is not a valid model; each error has its place.

    Example:
        >>> model = skipgate.load("models/examples/die_hard.gate")
        >>> list(model.checks), list(model.actions)[:2]
        (['puzzle'], ['fill_small', 'fill_big'])
        >>> str(model.checks["puzzle"].expected), model.properties["NotSolved"].kind
        ('violation of NotSolved', 'invariant')
    """
    from skipgate.api.boundary import boundary
    from skipgate.spec.passes import read

    with boundary(root=root):
        return _loaded(read(fspath(path)))


def _loaded(spec: Specification) -> LoadedModel:
    from skipgate.spec.syntax import ActionDecl, ModelDecl

    heads = [each for each in spec.program.main.declarations if isinstance(each, ModelDecl)]
    actions = (
        DeclaredAction(
            each.name.text,
            _plain(each.description),
            tuple(name.text for binder in each.parameters for name in binder.names),
        )
        for each in spec.all(ActionDecl)
    )
    return LoadedModel(
        spec.program.main.source.name,
        spec.name,
        _plain(heads[0].description) if heads else None,
        {each.name.text: _check(each) for each in spec.checks},
        {each.name: each for each in _properties(spec)},
        {each.name: each for each in actions},
        spec,
    )


def _check(check: CheckDecl) -> DeclaredCheck:
    from skipgate.checker.core.expectations import expectation

    tags = tuple(tag.text for tag in check.tags)
    return DeclaredCheck(check.name.text, _plain(check.description), tags, expectation(check))


def _properties(spec: Specification) -> Iterable[DeclaredProperty]:
    from skipgate.spec.syntax import LivenessDecl, PropertyDecl, RefinesDecl

    for file in spec.program.files:
        for each in file.declarations:
            kind: FailureKind
            match each:
                case PropertyDecl():
                    kind = "invariant" if each.kind == "lemma" else each.kind
                case LivenessDecl():
                    kind = "liveness"
                case RefinesDecl():
                    kind = "refinement"
                case _:
                    continue
            yield DeclaredProperty(each.name.text, _plain(each.description), kind)


def _plain(description: Description | None) -> str | None:
    return None if description is None else description.plain
