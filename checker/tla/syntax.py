"""Expressions of TLA+ as a small tree. `make` has constructors for what is written often, `layout` writes it down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """What needs no brackets as an operand of what binds no tighter than `level`: a name, a literal."""

    text: str
    level: int = 17  # a closed one


@dataclass(frozen=True)
class Primed:
    """`operand'`."""

    operand: TlaExpr


@dataclass(frozen=True)
class Negative:
    """`-operand`. As an operand of arithmetic it always has brackets: `-1 \\div 2` is an error."""

    operand: TlaExpr


@dataclass(frozen=True)
class Prefix:
    """`~`, `SUBSET` and the like; any operand but a closed one has brackets."""

    operator: str
    operand: TlaExpr
    level: int


@dataclass(frozen=True)
class Infix:
    """Two operands with an operator between them."""

    symbol: str
    left: TlaExpr
    right: TlaExpr


@dataclass(frozen=True)
class Junction:
    """Conjuncts (`/\\`) or disjuncts (`\\/`), at least one."""

    symbol: str
    items: tuple[TlaExpr, ...]


@dataclass(frozen=True)
class If:
    """`IF condition THEN then ELSE otherwise`."""

    condition: TlaExpr
    then: TlaExpr
    otherwise: TlaExpr


@dataclass(frozen=True)
class Case:
    """`CASE`; without a condition an arm stands for all others."""

    arms: tuple[tuple[TlaExpr | None, TlaExpr], ...]


@dataclass(frozen=True)
class Definition:
    """`name == value`, or with parameters `name(a, b) == value`."""

    name: str
    parameters: tuple[str, ...]
    value: TlaExpr


@dataclass(frozen=True)
class Let:
    """`LET definitions IN body`."""

    definitions: tuple[Definition, ...]
    body: TlaExpr


@dataclass(frozen=True)
class Quantified:
    """`\\A x \\in S : body`, and `CHOOSE` likewise. `binders` are pairs of names (or a tuple of them) and domains."""

    symbol: str
    binders: tuple[tuple[str, TlaExpr], ...]
    body: TlaExpr


@dataclass(frozen=True)
class Brackets:
    """Items between brackets, separated by commas: a set, a tuple, a record, the arguments of an operator."""

    opening: str
    items: tuple[tuple[str, TlaExpr], ...]  # what stands before an item, such as `field |-> `
    closing: str


@dataclass(frozen=True)
class Mapped:
    """`[x \\in S |-> body]`, `{body : x \\in S}` and `{x \\in S : body}`."""

    opening: str
    first: str | TlaExpr
    separator: str
    second: str | TlaExpr
    closing: str


@dataclass(frozen=True)
class Applied:
    """`base[index]`, or `base.field`."""

    base: TlaExpr
    index: TlaExpr | str


@dataclass(frozen=True)
class Except:
    """`[base EXCEPT !.field = value, ![k] = value]`."""

    base: TlaExpr
    parts: tuple[tuple[str, TlaExpr], ...]


@dataclass(frozen=True)
class Lambda:
    """`LAMBDA x : body`, as an argument."""

    name: str
    body: TlaExpr


TlaExpr = (
    Text
    | Primed
    | Negative
    | Prefix
    | Infix
    | Junction
    | If
    | Case
    | Let
    | Quantified
    | Brackets
    | Mapped
    | Applied
    | Except
    | Lambda
)

TRUE, FALSE = Text("TRUE"), Text("FALSE")
