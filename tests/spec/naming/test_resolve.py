"""What names refer to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.naming.recursion import DEEPEST
from skipgate.spec.passes import read
from skipgate.spec.symbols import FUNCTIONS, PROPERTIES, Names

Write = Callable[[str], Path]


def test_what_is_wrong_is_said(faulty: Path, answer: Callable[[Path], str]) -> None:
    assert answer(faulty) == faulty.with_suffix(".expected").read_text(encoding="utf-8")


def mentions(node: s.AnyNode, text: str) -> list[s.AnyNode]:
    """The mentions of a name in a node, in order."""
    names = [part for part in s.walk(node) if isinstance(part, s.Name | s.NamedType | s.Identifier)]
    return [name for name in names if name.span.text.rstrip("'") == text]


def referents(names: Names, node: s.AnyNode, text: str) -> list[str]:
    """What each mention of a name refers to: the line and column of its declaration."""
    places = []
    for mention in mentions(node, text):
        symbol = names.references.get(mention)
        if isinstance(symbol, s.Node):
            places.append(f"{symbol.span.line}:{symbol.span.column}")
        elif symbol is not None:
            places.append(symbol.name)
    return places


def test_a_name_refers_to_its_declaration_wherever_that_stands(write: Write) -> None:
    spec = read(
        write(
            "invariant I x == k and deadlock_free\n"
            "def deadlock_free = len({x}) == 1\n"
            "const k : K = 1\n"
            "type K = 0..1\n"
            "var x : K = 0\n"
            "check c expect violation of I, deadlock\n"
        )
    )
    whole = spec.program.main.declarations
    assert [referents(spec.names, d, "x") for d in whole[:2]] == [["5:1"], ["5:1"]]
    assert referents(spec.names, whole[0], "k") == ["3:1"]
    assert referents(spec.names, whole[0], "deadlock_free") == ["2:1"]
    assert referents(spec.names, whole[4], "K") == ["4:1"]
    assert referents(spec.names, whole[5], "I") == ["1:1"]
    expected = whole[5]
    assert isinstance(expected, s.CheckDecl)
    assert spec.names[expected.expectations[0].names[1]] is PROPERTIES["deadlock"]
    assert FUNCTIONS["len"] in spec.names.references.values()


def test_local_names_are_seen_by_what_follows_them(write: Write) -> None:
    spec = read(
        write(
            "var x : 0..3 = 0\n"
            'action a(p in 0..3, q in 0..p) "{p} {k}"\n'
            "  when p > q\n"
            "  let k = p + q\n"
            "  then x' = k\n"
            "invariant I\n"
            "  forall i in 0..3, j in 0..i where i < j: let m = i + j, n = m: m == n\n"
            "invariant J match some(1) case none: true case some(v): v == 1\n"
        )
    )
    action, first, second = spec.program.main.declarations[1:4]
    assert referents(spec.names, action, "p") == ["2:10"] * 4  # in the other's domain, `when`, `let`, the description
    assert referents(spec.names, action, "k") == ["4:7"] * 2
    assert referents(spec.names, first, "i") == ["7:10"] * 3
    assert referents(spec.names, first, "m") == ["7:48"] * 2
    assert referents(spec.names, second, "v") == ["8:53"]


def test_one_name_may_be_bound_in_places_that_do_not_see_each_other(write: Write) -> None:
    text = "def f(k : nat) = k\ndef g(k : nat) = k\naction a(k in 0..1) when k == 0\n"
    read(write(text + "invariant I (forall k in 0..1: k == k) and exists k in 0..1: k == 0"))


def test_fields_and_checks_have_names_of_their_own(write: Write) -> None:
    read(write("var x : R = R(x = 0) record R { x : 0..1 } record Q { x : nat } check x expect holds"))


def test_words_that_mean_something_in_one_place_are_names_elsewhere(write: Write) -> None:
    read(write("var states : 0..1 = 0 var depth : 0..1 = 0 invariant generated states == depth or {states} == {depth}"))


def test_every_misspelt_name_is_reported_once(write: Write) -> None:
    with pytest.raises(SpecError) as caught:
        read(write("var x : 0..1 = y invariant I y == z and z == y"))
    assert [diagnostic.message for diagnostic in caught.value.diagnostics] == ["unknown name `y`", "unknown name `z`"]


@pytest.mark.parametrize("order", [1, -1])
def test_definitions_upon_definitions_end_in_a_message(order: int, write: Write) -> None:
    chain = [f"def d{i} = d{i + 1} + 1" for i in range(2000)]
    path = write("\n".join([*chain[::order], "def d2000 = 0", "invariant I d0 == 2000"]))
    with pytest.raises(SpecError) as caught:
        read(path)
    message = f"this is nested too deeply: more than {DEEPEST} levels, with the definitions that it uses"
    assert {diagnostic.message for diagnostic in caught.value.diagnostics} == {message}


def test_a_definition_that_is_used_often_is_not_deep(write: Write) -> None:
    # Each definition uses the one before twice, so that unfolding them all would take forever.
    chain = [f"def d{i} = d{i - 1} + d{i - 1}" for i in range(1, 40)]
    read(write("\n".join(["def d0 = 1", *chain])))
