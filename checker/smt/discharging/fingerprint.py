"""A number for what an elaborated model says, whatever its text looks like."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from hashlib import sha256
from weakref import WeakKeyDictionary

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import Type
from skipgate.checker.core.values import (
    BagValue,
    EnumValue,
    MapValue,
    Nothing,
    RecordValue,
    Some,
    SortValue,
    VariantValue,
    show,
)
from skipgate.checker.smt.discharging.sites import Unit, units


def fingerprint(model: m.Model) -> str:
    """The same for two models exactly if they have the same variables and evaluate the same terms.

    Places in the text, descriptions and the names of local variables do not count; the numbers of sites (see `sites`)
    follow from what does.
    """
    if model not in _FINGERPRINTS:
        words = [f"{variable.name} {_type(variable.type)}" for variable in model.variables]
        words += [f"{unit.what} {unit_fingerprint(unit)}" for unit in units(model)]
        _FINGERPRINTS[model] = _digest(words)
    return _FINGERPRINTS[model]


_FINGERPRINTS: WeakKeyDictionary[m.Model, str] = WeakKeyDictionary()


def unit_fingerprint(unit: Unit) -> str:
    """The same for two units exactly if they evaluate the same terms over variables of the same types."""
    writer = _Writer()
    if unit.action is not None:
        writer.action(unit.action)
    else:
        for term in unit.terms:
            writer.term(term)
    return _digest(writer.words)


def _digest(words: list[str]) -> str:
    return sha256("\0".join(words).encode()).hexdigest()


class _Writer:
    def __init__(self) -> None:
        self.words: list[str] = []
        self.locals: dict[t.LocalVar, str] = {}

    def action(self, action: m.Action) -> None:
        for parameter in action.parameters:
            self.part(parameter)
        for clause in action.clauses:
            if isinstance(clause, m.LetClause):
                self.part(clause.variable)
                self.words.append("let")
                self.term(clause.value)
            else:
                self.words.append("when")
                self.term(clause)
        for update in action.updates:
            self.words.append(update.variable.name)
            self.term(update.value)

    def term(self, term: t.Term) -> None:
        self.words.append(type(term).__name__)
        kind: type = type(term)
        for name in _parts(kind):
            self.part(getattr(term, name))

    def part(self, part: object) -> None:
        match part:
            case _ if t.is_term(part):
                self.term(part)
            case t.LocalVar():
                if part not in self.locals:
                    self.locals[part] = f"{len(self.locals)} {_type(part.type)}"
                self.words.append(self.locals[part])
            case t.Binding():
                self.words.append("in order" if part.ordered else "in any order")
                self.part(part.variable)
                self.term(part.domain)
            case tuple() if part and isinstance(part[0], t.TermBase | t.Binding):
                self.words.append(str(len(part)))
                for inner in part:
                    self.part(inner)
            case str():
                self.words.append(part)
            case None:
                self.words.append("nothing")
            case (
                bool()
                | int()
                | Some()
                | Nothing()
                | EnumValue()
                | SortValue()
                | RecordValue()
                | VariantValue()
                | MapValue()
                | BagValue()
            ):
                self.words.append(show(part))
            case tuple() | frozenset():  # a value, or no terms
                self.words.append(show(part))
            case _:  # a type
                assert isinstance(part, Type), f"no word for {part!r}"
                self.words.append(_type(part))


@cache
def _parts(kind: type) -> tuple[str, ...]:
    """The names of the parts of a kind of terms: what it says, and not where."""
    assert issubclass(kind, t.TermBase)
    return tuple(field.name for field in fields(kind) if field.name != "span")


@cache
def _type(type_: Type) -> str:
    return repr(type_)
