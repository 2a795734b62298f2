"""The unions over which mypy checks that a dispatch is complete."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from skipgate.spec import static_types, syntax


@pytest.mark.parametrize(
    ("union", "base"),
    [
        (syntax.AnyType, syntax.TypeExpr),
        (syntax.AnyExpr, syntax.Expr),
        (syntax.AnyDeclaration, syntax.Declaration),
    ],
    ids=["types", "expressions", "declarations"],
)
def test_a_union_has_every_class_of_the_tree(union: Any, base: type) -> None:
    # A dataclass with slots is made twice, and the first of the two lives on for a while.
    declared = {getattr(syntax, each.__name__) for each in base.__subclasses__()}
    assert {*get_args(union)} == declared


def test_the_union_of_static_types_has_every_static_type() -> None:
    declared = {
        each
        for name, each in vars(static_types).items()
        if isinstance(each, type) and name.startswith("Static") and name != "StaticTypes"
    }
    assert {*get_args(static_types.StaticType)} == declared
