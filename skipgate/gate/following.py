"""What belongs to an anchor besides what it names: the functions that are called from there.

A function that is anchored itself is not followed, since its changes are noticed anyway; nor is one that is
`unmodelled`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from skipgate.gate.anchors import CodeAnchor, SpecElement
from skipgate.gate.calls.callees import Callees, OpenCall
from skipgate.gate.calls.graph import CallGraph
from skipgate.gate.code import Symbol, key_of
from skipgate.gate.resolve import CodeBase, Resolved, resolve

if TYPE_CHECKING:
    from skipgate.gate.specs import Specs
    from skipgate.spec.syntax import UnmodelledDecl


@dataclass(frozen=True)
class Followed:
    """A function that belongs to anchors because it is called from what they name.

    `path` is the shortest way there, from an anchored symbol on; `elements` are all declarations that it belongs to.
    """

    symbol: Symbol
    path: tuple[Symbol, ...]
    elements: tuple[SpecElement, ...]

    @property
    def way(self) -> str:
        """The path in one line: `HLC.NextFenced -> nextLocked -> fencedNowMillis`."""
        return way(self.path)


def way(path: Iterable[Symbol]) -> str:
    """Names of a path; the type of a method is left out where it is that of the name before."""
    shown: list[str] = []
    owner = ""
    for symbol in path:
        of, _, name = symbol.name.rpartition(".")
        shown.append(name if of and of == owner else symbol.name or symbol.path)
        owner = of
    return " -> ".join(shown)


@dataclass
class Following:
    """Everything followed from some anchors, by key; and the calls on the way that nobody can resolve."""

    followed: dict[str, Followed] = field(default_factory=dict)
    unknown: list[OpenCall] = field(default_factory=list)


class Unmodelled:
    """What is left out of the models on purpose: symbols, and whole files."""

    def __init__(self, declarations: Iterable[UnmodelledDecl], code: CodeBase) -> None:
        self._symbols: set[str] = set()
        self._files: set[str] = set()
        for declaration in declarations:
            if declaration.symbols:
                self._symbols |= {key_of(declaration.file, name) for name in declaration.symbols}
            else:
                self._files |= set(code.matching(declaration.file))

    def __contains__(self, symbol: Symbol) -> bool:
        return symbol.key in self._symbols or symbol.path in self._files


def follow(anchors: Iterable[CodeAnchor], unmodelled: Unmodelled, code: CodeBase, graph: CallGraph) -> Following:
    """Follow the calls from each anchor to the depth that it states. An anchor that does not resolve is left out."""
    resolved = [found for anchor in anchors if isinstance(found := resolve(anchor, code), Resolved)]
    anchored = {symbol.key: symbol for each in resolved for symbol in each.symbols}
    roots: dict[str, dict[SpecElement, int]] = {}
    for each in resolved:
        for symbol in each.symbols if each.anchor.depth else ():
            depths = roots.setdefault(symbol.key, {})
            depths[each.anchor.element] = max(each.anchor.depth, depths.get(each.anchor.element, 0))
    result = Following()
    paths: dict[str, tuple[Symbol, ...]] = {}
    elements: dict[str, dict[SpecElement, None]] = {}
    unknown: dict[OpenCall, None] = {}
    for key, depths in roots.items():
        deepest = max(depths.values())
        for path, calls in _walk(anchored[key], deepest, anchored, unmodelled, graph):
            unknown |= dict.fromkeys(calls)
            distance = len(path) - 1
            if distance == 0:
                continue
            callee = path[-1].key
            if callee not in paths or len(path) < len(paths[callee]):
                paths[callee] = path
            elements.setdefault(callee, {}).update(dict.fromkeys(e for e, d in depths.items() if d >= distance))
    result.followed = {key: Followed(path[-1], path, tuple(elements[key])) for key, path in sorted(paths.items())}
    result.unknown = list(unknown)
    return result


def _walk(
    root: Symbol, deepest: int, anchored: dict[str, Symbol], unmodelled: Unmodelled, graph: CallGraph
) -> Iterator[tuple[tuple[Symbol, ...], tuple[OpenCall, ...]]]:
    """The paths from a symbol, shortest first, each function once; and the open calls at the end of each path.

    What an open call could mean belongs to the anchor too, but is not followed any further.
    """
    level: list[tuple[Symbol, ...]] = [(root,)]
    seen = {root.key}

    def new(callees: Iterable[Symbol]) -> Iterator[Symbol]:
        for callee in callees:
            if callee.key not in seen and not belongs(callee, anchored) and callee not in unmodelled:
                seen.add(callee.key)
                yield callee

    while level:
        deeper: list[tuple[Symbol, ...]] = []
        possible: list[tuple[Symbol, ...]] = []
        for path in level:
            calls = graph.callees(path[-1]) if len(path) <= deepest else Callees()
            yield path, calls.unknown
            deeper += [(*path, callee) for callee in new(calls.found)]
            possible += [(*path, callee) for call in calls.unknown for callee in call.candidates]
        for path in possible:
            yield from (((*path[:-1], callee), ()) for callee in new(path[-1:]))
        level = deeper


def belongs(symbol: Symbol, anchored: dict[str, Symbol]) -> bool:
    """Is a symbol anchored: itself, with its file, or with the type that it is declared in?"""
    if symbol.key in anchored or symbol.path in anchored:
        return True
    outer = symbol.name.rpartition(".")[0]
    owner = anchored.get(key_of(symbol.path, outer)) if outer else None
    # A method that stands apart from its type, as in Go, is not covered by an anchor of the type.
    return owner is not None and owner.line <= symbol.line <= owner.end_line


def follow_all(specs: Specs, code: CodeBase, graph: CallGraph) -> Following:
    """Follow the anchors of all specifications."""
    unmodelled = Unmodelled((each for spec in specs.specs for each in spec.unmodelled), code)
    return follow(specs.anchors, unmodelled, code, graph)
