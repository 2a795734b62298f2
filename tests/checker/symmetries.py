"""Permutations of states, done on plain values, and random models with sorts: for tests of symmetry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations, product
from random import Random

from skipgate.checker.checks.preparation import prepare
from skipgate.checker.core.datatypes import (
    BOOL,
    BagType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    VariantType,
    cardinality,
)
from skipgate.checker.core.values import SortValue, Value
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.kernel.permutations import Permutation, permuted
from tests.checker.random_models import model_text, type_text
from tests.checker.specs import model_of

State = Mapping[str, Value]


def group(sorts: Sequence[SortType]) -> list[Permutation]:
    """All permutations of the values of these sorts."""
    own = []
    for sort in sorts:
        identities = [SortValue(sort.name, i) for i in range(sort.size)]
        own.append([dict(zip(identities, order, strict=True)) for order in permutations(identities)])
    return [{a: b for part in parts for a, b in part.items()} for parts in product(*own)]


def renamed(state: State, permutation: Permutation) -> dict[str, Value]:
    return {name: permuted(value, permutation) for name, value in state.items()}


def orbit(kernels: Kernels, words: tuple[int, ...]) -> frozenset[tuple[int, ...]]:
    """What permutations of the symmetric sorts make of a state."""
    layout = kernels.layout
    state = layout.unpack(words)
    return frozenset(layout.pack(renamed(state, p)) for p in group(kernels.model.symmetry))


def with_symmetry(text: str, *sorts: SortType) -> str:
    """The text of a model, its check `c` asking for symmetry."""
    return text.replace("check c\n", f"check c\n  symmetry {', '.join(sort.name for sort in sorts)}\n")


def random_model(seed: int, branching: bool = False) -> tuple[str, list[SortType]]:
    """A random model, and sorts of it."""
    rng = Random(seed)
    sorts = [SortType("Node", rng.randint(2, 3))]
    if rng.random() < 0.5:
        sorts.append(SortType("Key", 2))
    text = model_text(rng, sorts=sorts, branching=branching)
    return text, rng.choice([sorts, sorts[:1], sorts[-1:]])


def random_state_space(rng: Random, networks: bool = False) -> Kernels:
    """The kernels of a model with variables of all sorts of types, for the sake of its states alone.

    With `networks`, the variables are bags and sets with a capacity, or have such values.

    Raises:
        SpecError: it is too large.
    """
    sorts = [SortType("A", rng.randint(2, 4))]
    if rng.random() < 0.5:
        sorts.append(SortType("B", rng.randint(2, 3)))
    lines = [f"sort {sort.name}[{sort.size}]" for sort in sorts]
    records: list[Type] = []
    if rng.random() < 0.7:
        fields = [("f", _type(rng, sorts, 1)), ("g", rng.choice(sorts)), ("h", rng.choice([BOOL, *sorts]))]
        record = RecordType("R", tuple(fields[: rng.randint(1, 3)]), False)
        lines.append(f"record R {{ {', '.join(f'{name} : {type_text(part)}' for name, part in record.fields)} }}")
        records.append(record)
    if rng.random() < 0.5:
        shapes = []
        for shape in ("P", "Q", "S")[: rng.randint(1, 3)]:
            parts = [(f"{shape.lower()}{i}", _type(rng, sorts, rng.randint(0, 1))) for i in range(rng.randint(0, 3))]
            shapes.append(RecordType(shape, tuple(parts), False))
        bodies = (", ".join(f"{name} : {type_text(part)}" for name, part in each.fields) for each in shapes)
        texts = (f"{each.name}({body})" if body else each.name for each, body in zip(shapes, bodies, strict=True))
        lines.append(f"variant V {{ {', '.join(texts)} }}")
        records.append(VariantType("V", tuple(shapes)))
    for i in range(rng.randint(1, 4)):
        kinds = [*sorts, *records]
        text = type_text(_network(rng, kinds) if networks else _type(rng, kinds, 3))
        lines.append(f"var x{i} : {text} in {text}")
    lines.append("check c\n expect holds\n")
    symmetric = rng.choice([sorts, sorts[:1], sorts[-1:]])
    return prepare(model_of(with_symmetry("\n".join(lines), *symmetric)))


def _network(rng: Random, given: Sequence[Type]) -> Type:
    """Few elements of a type that may have many values, for each value of a sort or once."""
    element, capacity = _type(rng, given, rng.choice([0, 0, 1, 2])), rng.randint(1, 3)
    network: Type = SetType(element, capacity) if rng.random() < 0.5 else BagType(element, capacity)
    return MapType(given[0], network) if rng.random() < 0.3 else network


def _type(rng: Random, given: Sequence[Type], depth: int) -> Type:
    if depth == 0 or rng.random() < 0.25:
        return rng.choice([*given, *given, BOOL, IntType(0, rng.choice([1, 3, 5])), IntType(-2, 2)])
    match rng.choice(["option", "seq", "set", "map", "map", "map"]):
        case "option":
            return OptionType(_type(rng, given, depth - 1))
        case "seq":
            return SeqType(rng.randint(1, 3), _type(rng, given, depth - 1))
        case "set":
            return SetType(_small(rng, given, depth, 130))
    return MapType(_small(rng, given, depth, 12), _type(rng, given, depth - 1))


def _small(rng: Random, given: Sequence[Type], depth: int, most: int) -> Type:
    """A type with few values."""
    for _ in range(20):
        type_ = rng.choice([*given, _type(rng, given, depth - 1)])
        if 0 < (cardinality(type_) or 0) <= most:
            return type_
    return given[0]
