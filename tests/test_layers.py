"""The folders are the layers: imports point one way, wherever in a file they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From the ground up. A module may import from its own line's layers that it is in, and from all lines above it.
# What stands on one line does not know its neighbours.
LAYERS: list[tuple[str, ...]] = [
    ("skipgate", "skipgate.errors"),  # the root itself, which loads what it offers on first use
    ("skipgate.spec",),
    ("skipgate.checker.core",),
    ("skipgate.checker.semantics",),
    ("skipgate.checker.elaborate",),
    ("skipgate.checker.kernel",),
    ("skipgate.checker.search",),
    ("skipgate.checker.native",),
    ("skipgate.checker.cluster",),
    ("skipgate.checker.evidence",),
    (
        "skipgate.checker.simulate",
        "skipgate.checker.validate",
        "skipgate.checker.testing",
        "skipgate.checker.walk",
        "skipgate.checker.liveness",
        "skipgate.checker.coverage",
        "skipgate.checker.smt",
        "skipgate.checker.tla",
    ),
    ("skipgate.checker.checks",),
    ("skipgate.traces",),
    ("skipgate.base",),
    ("skipgate.app",),
    ("skipgate.gate",),
    ("skipgate.lsp",),
    ("skipgate.api", "skipgate.cli"),
    ("skipgate.pytest_plugin", "skipgate.pygments_lexer", "skipgate.__main__"),
]

# Layers that know less than their place allows.
ONLY = {
    "skipgate.traces": {"skipgate.spec", "skipgate.checker.core"},
    "skipgate.checker.tla": {"skipgate.spec", "skipgate.checker.core", "skipgate.checker.semantics"},
}

# Late imports by name, of what is not needed before somebody asks for it. They are no part of the layers.
LAZY = {"skipgate"}


def _modules() -> dict[str, Path]:
    found = {}
    for top in ("spec", "checker", "traces", "skipgate"):
        for path in (ROOT / top).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts if parts[0] == "skipgate" else ("skipgate", *parts))
            found.setdefault(name.removesuffix(".__init__"), path)
    return found


MODULES = _modules()


def imports(path: Path) -> Iterator[str]:
    """The modules of ours that a file imports: at the top, inside functions, and for types alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module is not None, f"{path}:{node.lineno}: a relative import"
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else node.module for name in full]
        else:
            continue
        yield from (name for name in names if name in MODULES)


@cache
def graph() -> dict[str, list[str]]:
    return {name: sorted({*imports(path)} - {name}) for name, path in MODULES.items() if name not in LAZY}


def layer(module: str) -> tuple[int, str]:
    """The line of the table that a module is on, and its layer."""
    found = [
        (number, name)
        for number, line in enumerate(LAYERS)
        for name in line
        if module == name or (name != "skipgate" and module.startswith(f"{name}."))
    ]
    assert len(found) == 1, f"{module} is in no layer; add its folder to LAYERS"
    return found[0]


def test_imports_point_down() -> None:
    wrong = []
    for module in graph().keys() - {"skipgate.checker"}:
        number, own = layer(module)
        for imported in graph()[module]:
            below, name = layer(imported)
            if name != own and below >= number:
                wrong.append(f"{module} imports {imported}, which is not below it")
            elif name != own and own in ONLY and name not in ONLY[own] | {"skipgate"}:
                wrong.append(f"{module} imports {imported}, and must not know it")
    assert not wrong


def test_there_is_no_cycle() -> None:
    try:
        TopologicalSorter(graph()).prepare()
    except CycleError as cycle:
        pytest.fail(f"these import each other: {' -> '.join(cycle.args[1])}")


def test_an_arrow_that_points_up_is_found(tmp_path: Path) -> None:
    file = tmp_path / "late.py"
    file.write_text("def f():\n    from skipgate.checker.checks import running\n")
    assert [*imports(file)] == ["skipgate.checker.checks.running"]
    assert layer("skipgate.checker.checks.running") > layer("skipgate.checker.search.explore")
