"""The types of expressions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.spec import syntax as s
from skipgate.spec.passes import read

Write = Callable[[str], Path]

DECLARATIONS = """
const n : nat = 3
enum Kind { data, lease }
sort Node[2]
record Entry { kind : Kind, at : 0..n }
ordered record Time { wall : 0..n, logical : nat }
type Index = 0..n
var i : Index = 0
var b : bool = true
var k : Kind = data
var o : option of Index = none
var e : Entry = Entry(data, 0)
var t : Time = Time(wall = 0, logical = 1)
var s : set of Node = Node
var q : seq[4] of Kind = [data]
var m : map[Node] of Index = map x in Node: 0
def double(x : int) = 2 * x
def held(x : Node, y : Index) : bool = m[x] == y
"""


def test_what_is_wrong_is_said(faulty: Path, answer: Callable[[Path], str]) -> None:
    assert answer(faulty) == faulty.with_suffix(".expected").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("1", "an integer"),
        ("true", "a boolean"),
        ("none", "`none`"),
        ("{}", "the empty set"),
        ("[]", "the empty sequence"),
        ("some(1)", "an option of int"),
        ("some(none)", "an option of option of nothing"),
        ("data", "a value of enum Kind"),
        ("Kind", "a set of Kind"),
        ("Node", "a set of Node"),
        ("Index", "a set of int"),
        ("Entry", "a set of Entry"),
        ("1..3", "a set of int"),
        ("{1, 2}", "a set of int"),
        ("{none, some(1)}", "a set of option of int"),
        ("[[], [1]]", "a sequence of seq of int"),
        ("{{}, {data}}", "a set of set of Kind"),
        ("Entry(kind = data, at = 1)", "a record Entry"),
        ("Entry(data, 1).at", "an integer"),
        ("{e with at = 1, kind = lease}", "a record Entry"),
        ("{q with [1] = lease}", "a sequence of Kind"),
        ("{{m with [x] = 1} for x in s}", "a set of map[Node] of int"),
        ("m", "a map from Node to int"),
        ("map x in Kind: x == data", "a map from Kind to bool"),
        ("map x in 1..3: map y in bool: y", "a map from int to map[bool] of bool"),
        ("q[1]", "a value of enum Kind"),
        ("q[1..2]", "a sequence of Kind"),
        ("q + [lease]", "a sequence of Kind"),
        ("q + []", "a sequence of Kind"),
        ("[] + q", "a sequence of Kind"),
        ("s | {}", "a set of Node"),
        ("s - s & s", "a set of Node"),
        ("{x for x in s where m[x] == 0}", "a set of Node"),
        ("{m[x] for x in s}", "a set of int"),
        ("[x == data for x in q]", "a sequence of bool"),
        ("[x * x for x in 1..3 where x != 2]", "a sequence of int"),
        ("if b then none else o", "an option of int"),
        ("if b then {} else s", "a set of Node"),
        ("let x = i, y = x: y == 0", "a boolean"),
        ("match o case none: 0 case some(x): x", "an integer"),
        ("match k case data: {} case _: {1}", "a set of int"),
        ("forall x in s: m[x] == 0", "a boolean"),
        ("exists x in s: held(x, i)", "a boolean"),
        ("count x in s: held(x, 0)", "an integer"),
        ("sum x in s: m[x]", "an integer"),
        ("min x in s: m[x]", "an integer"),
        ("max x in Kind: x", "a value of enum Kind"),
        ("max(t, Time(1, 2))", "a record Time"),
        ("max(o, none, some(3))", "an option of int"),
        ("t < t and o <= some(3) and data < lease and not (o > none)", "a boolean"),
        ("len(q) + len(s) + abs(-1) + u64(-1)", "an integer"),
        ("first(q)", "a value of enum Kind"),
        ("last([1])", "an integer"),
        ("elems(q)", "a set of Kind"),
        ("subsets(s)", "a set of set of Node"),
        ("get(o)", "an integer"),
        ("get(o, 0)", "an integer"),
        ("get(none, 0)", "an integer"),
        ("double(i)", "an integer"),
        ("-i + 7 div 2 mod 3", "an integer"),
    ],
)
def test_every_expression_has_a_type(expression: str, wanted: str, write: Write) -> None:
    spec = read(write(f"{DECLARATIONS} def it = {expression}"))
    definition = spec.program.main.declarations[-1]
    assert isinstance(definition, s.DefDecl)
    assert str(spec.static_types[definition.body]) == wanted


@pytest.mark.parametrize(
    "updates",
    [
        "m'[x] = 1",
        "e'.at = 1  e'.kind = lease",
        "q'[1] = lease  q'[2] = data  q'[3] = data",
        "c'[data] = 1  c'[lease] = 2",
        "f'[true] = 1  f'[false] = 2",
        "i' = 1  o' = some(i)  b' = false",
        "m'[x] = 1  m'[y] = 2",
        "q'[1] = lease  q'[n] = data",
        "c'[data] = 1  c'[k] = 2",
    ],
)
def test_updates_of_parts_that_may_differ_stand_side_by_side(updates: str, write: Write) -> None:
    more = "var c : map[Kind] of nat = map x in Kind: 0 var f : map[bool] of nat = map x in bool: 0 "
    read(write(f"{DECLARATIONS} {more} action a(x, y in Node) then {updates}"))


@pytest.mark.parametrize(
    "updates",
    [
        "m'[x] = 1  m'[x] = 2",
        "m'[x] = 1  m' = m",
        "e'.at = 1  e'.at = 1",
        "e' = e  e'.at = 1",
        "q'[1] = lease  q'[1] = data",
        "c'[data].at = 1  c'[k].kind = data  c'[data] = e  c'[k] = e",
    ],
)
def test_updates_that_surely_meet_are_refused(updates: str, write: Write, answer: Callable[[Path], str]) -> None:
    more = "var c : map[Kind] of Entry = map x in Kind: Entry(data, 0) "
    text = f"{DECLARATIONS} {more} action a(x, y in Node) then {updates}"
    assert "action `a` updates" in answer(write(text))
