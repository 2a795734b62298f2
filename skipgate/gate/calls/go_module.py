"""Go packages: what the files of a folder declare, and which folder an import leads to.

Tests are no part of a package here, and functions in generated files are not followed: they change with what they are
generated from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any

from skipgate.gate.code import CodeFile, Symbol

if TYPE_CHECKING:
    from tree_sitter import Node

    from skipgate.gate.resolve import CodeBase

_GENERATED = re.compile(rb"^// Code generated .* DO NOT EDIT\.\r?$", re.MULTILINE)
_METHOD = re.compile(rb"^func\s*\(\s*(?:\w+\s+)?\*?\s*(\w+)\s*(?:\[[^\]]*\])?\s*,?\s*\)\s*(\w+)\s*\(", re.MULTILINE)
_MODULE = re.compile(rb'^\s*module\s+"?([^\s"]+)', re.MULTILINE)
_VERSION = re.compile(r"v[0-9]+")


@dataclass(eq=False)
class GoFile:
    """A file of a package. `imports` maps the names it gives packages to their folders; None is outside."""

    code: CodeFile
    package: GoPackage
    generated: bool

    @cached_property
    def imports(self) -> dict[str, GoPackage | None]:
        """The packages that it imports, by the names that it uses for them."""
        found: dict[str, GoPackage | None] = {}
        for spec in _imports(self.code.root):
            path, name = spec.child_by_field_name("path"), spec.child_by_field_name("name")
            target = "" if path is None else text_of(path).strip('"`')
            package = self.package.module.imported(target)
            found[text_of(name) if name is not None else _default_name(target, package)] = package
        return found


@dataclass(frozen=True, eq=False)
class GoDeclaration:
    """A symbol of a package with its syntax tree, and the file whose names it uses."""

    symbol: Symbol
    node: Node
    file: GoFile


@dataclass(eq=False)
class GoPackage:
    """The files of a folder, without tests."""

    folder: str
    module: GoModule
    files: list[GoFile] = field(default_factory=list)

    @cached_property
    def functions(self) -> dict[str, list[GoDeclaration]]:
        """By name; several for different systems may have one name."""
        return self._declared("function")

    @cached_property
    def methods(self) -> dict[str, list[GoDeclaration]]:
        """By type and name: `HLC.Next`."""
        return self._declared("method")

    @cached_property
    def types(self) -> dict[str, list[GoDeclaration]]:
        """Types by name."""
        return self._declared("type")

    @cached_property
    def variables(self) -> dict[str, list[GoDeclaration]]:
        """Variables and constants by name."""
        return self._declared("variable", "constant")

    @cached_property
    def _all(self) -> list[GoDeclaration]:
        return [
            GoDeclaration(symbol, symbol.nodes[-1], file)
            for file in self.files
            for symbol in file.code.symbols
            if symbol.nodes
        ]

    def _declared(self, *kinds: str) -> dict[str, list[GoDeclaration]]:
        found: dict[str, list[GoDeclaration]] = {}
        for each in self._all:
            if each.symbol.kind in kinds:
                found.setdefault(each.symbol.name, []).append(each)
        return found


class GoModule:
    """All Go code of a tree; packages are read when somebody asks for them."""

    def __init__(self, code: CodeBase) -> None:
        self.code = code
        self._packages: dict[str, GoPackage] = {}
        self.variable_types: dict[str, Any] = {}  # of those that are written without one, by their keys

    def package(self, folder: str) -> GoPackage | None:
        """The package in a folder; None if there is no Go code in it."""
        if folder not in self._packages:
            package = GoPackage(folder, self)
            for path in self._folders.get(folder, ()):
                file = self._read(path)
                if file is not None:
                    package.files.append(GoFile(file, package, _is_generated(file)))
            self._packages[folder] = package
        package = self._packages[folder]
        return package if package.files else None

    def file(self, path: str) -> GoFile | None:
        """A file as part of its package."""
        package = self.package(dirname(path))
        return None if package is None else next((file for file in package.files if file.code.path == path), None)

    def imported(self, path: str) -> GoPackage | None:
        """The package that an import path means; None if it is not in this repository."""
        for folder, module in self._modules:
            if path == module or path.startswith(f"{module}/"):
                return self.package(normpath(join(folder, path[len(module) + 1 :])).removeprefix("."))
        return None

    def methods_named(self, name: str) -> list[GoDeclaration]:
        """The methods of this name, of whatever type, in the whole repository."""
        return [
            declaration
            for folder, owner in self._method_index.get(name, ())
            if (package := self.package(folder)) is not None
            for declaration in package.methods.get(f"{owner}.{name}", ())
            if not declaration.file.generated
        ]

    def owners(self, name: str) -> list[tuple[str, str]]:
        """The types, each with its folder, that have a method of this name of their own."""
        return self._method_index.get(name, [])

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, entry in self.code.tree.entries.items():
            if path.endswith(".go") and not path.endswith("_test.go") and entry.kind == "file" and not _foreign(path):
                found.setdefault(dirname(path), []).append(path)
        return found

    @cached_property
    def _modules(self) -> list[tuple[str, str]]:
        """The modules of the repository, each with its folder; nested ones first."""
        found: list[tuple[str, str]] = []
        for path in self.code.tree.entries:
            if (path == "go.mod" or path.endswith("/go.mod")) and not _foreign(path) and self.code.has(path):
                match = _MODULE.search(self.code.file(path).content)
                if match is not None:
                    found.append((dirname(path), match[1].decode("utf-8", "replace")))
        return sorted(found, key=lambda each: -len(each[1]))

    @cached_property
    def _method_index(self) -> dict[str, list[tuple[str, str]]]:
        """Folders and types by the names of their methods, from the text alone: nothing has to be parsed for it."""
        found: dict[str, dict[tuple[str, str], None]] = {}
        for folder, paths in self._folders.items():
            for path in paths:
                file = self._read(path)
                for owner, name in _METHOD.findall(file.content) if file is not None else ():
                    found.setdefault(name.decode(), {})[folder, owner.decode()] = None
        return {name: list(owners) for name, owners in found.items()}

    def _read(self, path: str) -> CodeFile | None:
        file = self.code.file(path)  # what cannot be read must not look as if it called nothing
        return file if file.grammar is not None else None


def text_of(node: Node) -> str:
    """The text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def _is_generated(file: CodeFile) -> bool:
    return _GENERATED.search(file.content[:2000]) is not None


def _foreign(path: str) -> bool:
    """Is this code of others, or for tests?"""
    return any(part in ("vendor", "testdata") or part.startswith("_") for part in path.split("/")[:-1])


def _imports(root: Node) -> Iterable[Node]:
    for child in root.named_children:
        if child.type == "import_declaration":
            for inner in child.named_children:
                yield from [inner] if inner.type == "import_spec" else inner.named_children


def _default_name(path: str, package: GoPackage | None) -> str:
    """What a package is called: as it says itself, else the last part of its path that is no version."""
    if package is not None:
        for child in package.files[0].code.root.named_children:
            if child.type == "package_clause":
                return text_of(child.named_children[0])
    parts = [part for part in path.split("/") if not _VERSION.fullmatch(part)]
    return parts[-1] if parts else path
