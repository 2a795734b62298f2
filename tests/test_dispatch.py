"""No dispatch over terms, types or values has a silent default.

A `match` over one of these unions ends in `assert_never`, so that mypy names it when there is a new kind. Where all
other kinds are treated alike, the line of `case _` says how, and so why that is right for kinds that come later.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from skipgate.checker.core import datatypes, terms, values

ROOT = Path(__file__).parents[1]
UNIONS = {
    "terms": {kind.__name__ for kind in get_args(terms.Term)},
    "datatypes": {kind.__name__ for kind in get_args(datatypes.Type)},
    "values": {kind.__name__ for kind in get_args(values.Value) if kind.__module__ == values.__name__},
}


def kinds(tree: ast.AST) -> set[str]:
    """What a module calls the kinds of our unions."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                if node.module == "skipgate.checker.core" and alias.name in UNIONS:
                    found |= {f"{alias.asname or alias.name}.{kind}" for kind in UNIONS[alias.name]}
                elif alias.name in UNIONS.get(node.module.removeprefix("skipgate.checker.core."), ()):
                    found.add(alias.asname or alias.name)
    return found


def classes(pattern: ast.pattern) -> Iterator[str]:
    """The classes that a pattern asks for first."""
    match pattern:
        case ast.MatchClass():
            yield ast.unparse(pattern.cls)
        case ast.MatchOr(patterns=inner) | ast.MatchSequence(patterns=inner):
            for each in inner:
                yield from classes(each)
        case ast.MatchAs(pattern=ast.pattern() as inside):
            yield from classes(inside)


def silent_defaults(text: str) -> list[int]:
    """The lines of the dispatches that neither end in `assert_never` nor say what becomes of all other kinds."""
    lines, tree = text.splitlines(), ast.parse(text)
    ours = kinds(tree)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Match) or ours.isdisjoint(
            name for case in node.cases for name in classes(case.pattern)
        ):
            continue
        last = node.cases[-1]
        if isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None and last.guard is None:
            never = any(isinstance(part, ast.Name) and part.id == "assert_never" for part in ast.walk(last.body[0]))
            if never or "  # " in lines[last.pattern.lineno - 1]:
                continue
        found.append(node.lineno)
    return found


@pytest.mark.parametrize("folder", ["checker", "traces", "skipgate"])
def test_dispatches_are_exhaustive(folder: str) -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / folder).rglob("*.py")
        for line in silent_defaults(path.read_text(encoding="utf-8"))
    }
    assert not found, "what becomes of other kinds?"


def test_what_is_silent() -> None:
    head = "from skipgate.checker.core.datatypes import SetType, OptionType\n"
    head += "match type_:\n    case SetType(x):\n        pass\n"
    assert silent_defaults(head) == [2]
    assert silent_defaults(head + "    case _:\n        return True\n") == [2]
    assert silent_defaults(head + "    case OptionType():\n        pass\n") == [2]
    assert silent_defaults(head + "    case _:\n        assert_never(type_)\n") == []
    assert silent_defaults(head + "    case _:  # any other type is as it is\n        return True\n") == []
    assert silent_defaults(head + "    case _ if x:  # any other\n        return True\n") == [2]
    terms = "from skipgate.checker.core import terms as t\nmatch term:\n    case t.Not() | t.If():\n        pass\n"
    assert silent_defaults(terms) == [2]
    assert silent_defaults("from skipgate.spec import syntax as t\n" + terms.split("\n", 1)[1]) == []
