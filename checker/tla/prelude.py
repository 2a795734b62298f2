"""Operators that TLA+ lacks, each defined in a module only if something mentions it.

They stand before all declarations, so that the names of their parameters can be the usual ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from skipgate.checker.tla.names import NameAllocator
from skipgate.spec import syntax as s
from skipgate.spec.static_types import (
    StaticBag,
    StaticBool,
    StaticEnum,
    StaticInt,
    StaticMap,
    StaticNever,
    StaticOption,
    StaticRecord,
    StaticSeq,
    StaticSet,
    StaticSort,
    StaticType,
    StaticUnknown,
    StaticVariant,
)

# By name. Names in braces are those of other operators; those of standard modules are looked for in the text.
_OPERATORS = {
    "Once": r"""
\* TLC takes a condition that is true for two reasons for two steps. With this around it, for one.
{Once}(p) == p = TRUE""",
    "Within": r"""
\* v, which must be an element of S.
{Within}(v, S) == IF v \in S THEN v ELSE Assert(FALSE, <<"out of bounds", v>>)""",
    "Apart": r"""
\* Two updates of an action, which must not be of the same part.
{Apart}(same) == IF same THEN Assert(FALSE, "a part is updated twice") ELSE TRUE""",
    "Abs": r"""
{Abs}(n) == IF n < 0 THEN -n ELSE n""",
    "Quotient": r"""
\* Rounded down, whatever the sign of the divisor.
{Quotient}(a, b) == IF b < 0 THEN (-a) \div (-b) ELSE a \div b""",
    "Remainder": r"""
\* It has the sign of the divisor.
{Remainder}(a, b) == a - (b * {Quotient}(a, b))""",
    "Min": r"""
{Min}(S) == CHOOSE a \in S : \A b \in S : a <= b""",
    "Max": r"""
{Max}(S) == CHOOSE a \in S : \A b \in S : a >= b""",
    "SumOver": r"""
RECURSIVE {SumOver}(_, _)
{SumOver}(f, S) == IF S = {{}} THEN 0 ELSE LET a == CHOOSE b \in S : TRUE IN f[a] + {SumOver}(f, S \ {{a}})""",
    "Sum": r"""
{Sum}(f) == {SumOver}(f, DOMAIN f)""",
    "Last": r"""
{Last}(s) == s[Len(s)]""",
    "Elements": r"""
{Elements}(s) == {{s[i] : i \in 1..Len(s)}}""",
    "BoundedSeq": r"""
\* The sequences of at most n elements of S, for TLC to tell what is one.
{BoundedSeq}(S, n) == {{s \in Seq(S) : Len(s) <= n}}""",
    "EverySeq": r"""
\* The sequences of at most n elements of S, for TLC to go through.
{EverySeq}(S, n) == UNION {{[1..m -> S] : m \in 0..n}}""",
    "Orders": r"""
\* The sequences that have each element of S once.
{Orders}(S) == {{s \in [1..Cardinality(S) -> S] : \A x \in S : \E i \in 1..Cardinality(S) : s[i] = x}}""",
    "SmallSubsets": r"""
\* The sets of at most n elements of S.
{SmallSubsets}(S, n) == {{t \in SUBSET S : Cardinality(t) <= n}}""",
    # A bag is the set of its numbered copies: TLC can tell of such a set, and not of a function, what is one. So the
    # number of elements is that of the copies, and one bag is included in another if its copies are.
    "Bags": r"""
\* The bags of at most n elements of S. A bag with two of x has the copies <<x, 1>> and <<x, 2>>.
{Bags}(S, n) == {{b \in SUBSET (S \X (1..n)) :
    Cardinality(b) <= n /\ \A p \in b : p[2] > 1 => <<p[1], p[2] - 1>> \in b}}""",
    "Copies": r"""
\* How many of x there are in a bag.
{Copies}(b, x) == Cardinality({{p \in b : p[1] = x}})""",
    "Distinct": r"""
\* The elements of a bag, each once.
{Distinct}(b) == {{p[1] : p \in b}}""",
    "BagOfSet": r"""
{BagOfSet}(S) == {{<<x, 1>> : x \in S}}""",
    "BagOfSeq": r"""
{BagOfSeq}(s) == {{<<s[i], Cardinality({{j \in 1..i : s[j] = s[i]}})>> : i \in 1..Len(s)}}""",
    "BagSum": r"""
{BagSum}(a, b) == a \cup {{<<p[1], p[2] + {Copies}(a, p[1])>> : p \in b}}""",
    "BagDifference": r"""
{BagDifference}(a, b) == {{p \in a : p[2] <= {Copies}(a, p[1]) - {Copies}(b, p[1])}}""",
    "BagFilter": r"""
{BagFilter}(b, P(_)) == {{p \in b : P(p[1])}}""",
    "BagImage": r"""
{BagImage}(b, F(_)) == UNION {{{{v}} \X (1..Cardinality({{p \in b : F(p[1]) = v}})) : v \in {{F(p[1]) : p \in b}}}}""",
    "ReplaceAt": r"""
\* f[k] must be there.
{ReplaceAt}(f, k, v) == IF k \in DOMAIN f THEN [f EXCEPT ![k] = v] ELSE Assert(FALSE, <<"no element", k>>)""",
    "Get": r"""
{Get}(o) == IF o = {None} THEN Assert(FALSE, "get of none") ELSE o""",
    "GetInner": r"""
{GetInner}(o) == IF o = {None} THEN Assert(FALSE, "get of none") ELSE o[1]""",
    "GetOr": r"""
{GetOr}(o, d) == IF o = {None} THEN d ELSE o""",
    "GetInnerOr": r"""
{GetInnerOr}(o, d) == IF o = {None} THEN d ELSE o[1]""",
}
_MODULES = {"Assert(": "TLC", "Cardinality(": "FiniteSets", "Len(": "Sequences", "Seq(": "Sequences"}


class Prelude:
    """The operators that a module needs, and the standard modules."""

    def __init__(self, names: NameAllocator, types: Mapping[s.AnyType, StaticType]) -> None:
        self.names = names
        self.types = types
        self.chosen: dict[str, str] = {}
        self.texts: list[str] = []
        self.modules = {"Integers"}
        self.has_none = False

    @property
    def none(self) -> str:
        """The name of the value `none`."""
        self.has_none = True
        return self._name("None")

    def use(self, operator: str) -> str:
        """The name that an operator has in this module."""
        if operator not in self.chosen:
            text = _OPERATORS[operator].strip()
            self.modules |= {module for mark, module in _MODULES.items() if mark in text}
            mentioned = {other: self.use(other) for other in _OPERATORS if f"{{{other}}}" in text and other != operator}
            if "{None}" in text:
                mentioned["None"] = self.none
            self.texts.append(text.format(**mentioned, **{operator: self._name(operator)}))
        return self.chosen[operator]

    def less(self, type_: StaticType, a: str, b: str) -> str:
        """`a < b`, where both bind more tightly than a comparison."""
        match type_:
            case StaticEnum():
                order = self._order(type_)
                return f"{order}[{a}] < {order}[{b}]"
            case StaticRecord() | StaticOption():
                return f"{self._less(type_)}({a}, {b})"
            case StaticInt() | StaticNever():
                return f"{a} < {b}"
            case (
                StaticBool()
                | StaticSort()
                | StaticVariant()
                | StaticMap()
                | StaticSet()
                | StaticBag()
                | StaticSeq()
                | StaticUnknown()
            ):
                raise AssertionError(f"{type_} has no order")
            case _:
                assert_never(type_)

    def least(self, type_: StaticType) -> str:
        """The operator that takes a set to its least element."""
        return self._extreme("Min", type_)

    def greatest(self, type_: StaticType) -> str:
        """The operator that takes a set to its greatest element."""
        return self._extreme("Max", type_)

    def _extreme(self, which: str, type_: StaticType) -> str:
        if isinstance(type_, StaticEnum | StaticRecord | StaticOption):
            operator = which + _title(type_)
            if operator not in self.chosen:
                worse = self.less(type_, "b", "a") if which == "Min" else self.less(type_, "a", "b")
                name = self._name(operator)
                self.texts.append(f"{name}(S) == CHOOSE a \\in S : \\A b \\in S : {negated(worse)}")
            return self.chosen[operator]
        return self.use(which)

    def _order(self, type_: StaticEnum) -> str:
        operator = f"{_title(type_)}Order"
        if operator not in self.chosen:
            members = [self.names.of(member.name.text) for member in type_.declaration.members]
            places = ", ".join(f"{member} |-> {place}" for place, member in enumerate(members, 1))
            name = self._name(operator)
            self.texts.append(f"{name} == [{places}]")
        return self.chosen[operator]

    def _less(self, type_: StaticRecord | StaticOption) -> str:
        operator = f"Less{_title(type_)}"
        if operator not in self.chosen:
            text = self._less_record(type_) if isinstance(type_, StaticRecord) else self._less_option(type_)
            name = self._name(operator)
            self.texts.append(f"{name}(a, b) == {text}".replace("\n", "\n" + " " * len(f"{name}(a, b) == ")))
        return self.chosen[operator]

    # Without `\\/`: in an action, TLC would take its two sides for two steps, and evaluate the second in any case.

    def _less_record(self, type_: StaticRecord) -> str:
        *init, (last, last_type) = self.fields(type_)
        tests = [f"IF a.{f} # b.{f} THEN {self.less(k, f'a.{f}', f'b.{f}')} ELSE" for f, k in init]
        return "\n".join([*tests, self.less(last_type, f"a.{last}", f"b.{last}")])

    def _less_option(self, type_: StaticOption) -> str:
        inner = "[1]" if isinstance(type_.element, StaticOption) else ""
        less = self.less(type_.element, f"a{inner}", f"b{inner}")
        return f"IF a = {self.none} THEN b # {self.none} ELSE b # {self.none} /\\ {less}"

    def fields(self, type_: StaticRecord) -> list[tuple[str, StaticType]]:
        """The fields of a record with their types."""
        return [(self.names.of(field.name.text), self.types[field.type]) for field in type_.declaration.fields]

    def _name(self, operator: str) -> str:
        if operator not in self.chosen:
            self.chosen[operator] = self.names.fresh(operator)
        return self.chosen[operator]


def negated(less: str) -> str:
    """`~` before what `less` wrote."""
    return f"~({less})" if " < " in less else f"~{less}"


def _title(type_: StaticType) -> str:
    """A type as a part of a name."""
    match type_:
        case StaticEnum() | StaticRecord():
            return type_.declaration.name.text
        case StaticOption(element):
            return f"Option{_title(element)}"
        case StaticInt():
            return "Int"
        case StaticNever():
            return "Nothing"
        case StaticBool() | StaticSort() | StaticVariant() | StaticMap() | StaticUnknown():
            raise AssertionError(f"{type_} has no order")
        case StaticSet() | StaticBag() | StaticSeq():
            raise AssertionError(f"{type_} has no order")
        case _:
            assert_never(type_)
