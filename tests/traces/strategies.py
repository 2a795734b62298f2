"""Random types, values of them, and traces over them, for hypothesis."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import strategies as st

from skipgate.checker.core.datatypes import (
    BOOL,
    BagType,
    EnumType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    VariantType,
)
from skipgate.checker.core.datatypes import values as values_of
from skipgate.checker.core.trace import AbstractView, Failure, Loop, Part, Remark, Step, Trace, Variable
from skipgate.checker.core.values import (
    NONE,
    EnumValue,
    MapValue,
    RecordValue,
    Some,
    SortValue,
    Value,
    VariantValue,
    bag_of,
)

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True)
texts = st.text(max_size=30)
bounds = st.one_of(st.none(), st.integers())

leaves: st.SearchStrategy[Type] = st.one_of(
    st.just(BOOL),
    st.builds(IntType, bounds, bounds),
    st.builds(EnumType, names, st.lists(names, min_size=1, max_size=4, unique=True).map(tuple)),
    st.builds(SortType, names, st.integers(1, 12)),
)
keys: st.SearchStrategy[Type] = st.one_of(
    st.just(BOOL),
    st.builds(EnumType, names, st.lists(names, min_size=1, max_size=4, unique=True).map(tuple)),
    st.builds(SortType, names, st.integers(1, 4)),
    st.integers(-3, 3).flatmap(lambda low: st.integers(low - 1, low + 3).map(lambda high: IntType(low, high))),
    st.just(OptionType(BOOL)),
)


def _composed(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    fields = st.lists(st.tuples(names, inner), min_size=1, max_size=3, unique_by=lambda field: field[0])
    shape = st.builds(RecordType, names, (st.just([]) | fields).map(tuple), st.just(False))
    shapes = st.lists(shape, min_size=1, max_size=3, unique_by=lambda each: each.name)
    return st.one_of(
        st.builds(OptionType, inner),
        st.builds(SetType, inner),
        st.builds(BagType, inner, st.integers(1, 4)),
        st.builds(SeqType, st.integers(0, 4), inner),
        st.builds(MapType, keys, inner),
        st.builds(RecordType, names, fields.map(tuple), st.booleans()),
        st.builds(VariantType, names, shapes.map(tuple)),
    )


types = st.recursive(leaves, _composed, max_leaves=6)


def values(type_: Type) -> st.SearchStrategy[Any]:
    """Values of the type; numbers keep to no bounds, since what is written must not depend on them."""
    match type_:
        case IntType():
            return st.integers(-(10**30), 10**30)
        case EnumType(name, members):
            return st.sampled_from([EnumValue(name, i, member) for i, member in enumerate(members)])
        case SortType(name, size):
            return st.integers(0, size - 1).map(lambda index: SortValue(name, index))
        case RecordType(name, fields, _):
            of = [field for field, _ in fields]
            parts = st.tuples(*(values(part) for _, part in fields))
            return parts.map(lambda found: RecordValue(name, tuple(zip(of, found, strict=True))))
        case VariantType(name, shapes):
            return st.one_of(*(values(each).map(partial(VariantValue, name, i)) for i, each in enumerate(shapes)))
        case OptionType(element):
            return st.one_of(st.just(NONE), values(element).map(Some))
        case BagType(element, capacity):
            return st.lists(values(element), max_size=capacity).map(bag_of)
        case SetType(element):
            return st.frozensets(values(element), max_size=4)
        case SeqType(capacity, element):
            return st.lists(values(element), max_size=capacity).map(tuple)
        case MapType(key, element):
            domain = list(values_of(key))
            parts = st.tuples(*(values(element) for _ in domain))
            return parts.map(lambda found: MapValue(tuple(zip(domain, found, strict=True))))
        case _:
            return st.booleans()


typed_values = types.flatmap(lambda type_: st.tuples(st.just(type_), values(type_)))
pairs_of_values = types.flatmap(lambda type_: st.tuples(values(type_), values(type_)))
arguments = st.lists(
    st.tuples(names, typed_values.map(lambda pair: pair[1])), max_size=3, unique_by=lambda pair: pair[0]
).map(tuple)
parts = st.lists(st.builds(Part, texts, typed_values.map(lambda pair: pair[1])), max_size=3).map(tuple)
failures = st.builds(
    Failure,
    kind=st.sampled_from(["invariant", "transition", "refinement", "deadlock", "evaluation", "cover", "liveness"]),
    message=texts,
    conjunct=st.none() | texts,
    place=st.none() | texts,
    witnesses=arguments,
    parts=parts,
    action=st.none() | names,
    arguments=arguments,
)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """Traces of up to four states, or of none. The states need not follow from each other."""
    declared = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    split = draw(st.integers(0, len(declared) - 1))

    def variable(name: str) -> Variable:
        return Variable(name, draw(types), draw(st.none() | texts))

    constants: list[tuple[Variable, Value]] = []
    for name in declared[:split]:
        constant = variable(name)
        constants.append((constant, draw(values(constant.type))))
    variables = tuple(variable(name) for name in declared[split:])
    chosen = st.lists(st.sampled_from(declared), max_size=3).map(tuple)

    def state(of: tuple[Variable, ...]) -> dict[str, Value]:
        return {each.name: draw(values(each.type)) for each in of}

    steps: list[Step] = []
    for number in range(draw(st.integers(0, 4))):
        steps.append(
            Step(state(variables))
            if number == 0
            else Step(state(variables), draw(names), draw(arguments), draw(st.none() | texts), draw(chosen))
        )
    abstract = None
    if steps and draw(st.booleans()):
        seen = tuple(map(variable, draw(st.lists(names, min_size=1, max_size=2, unique=True))))
        rest = [
            Step(state(seen), draw(st.none() | names), draw(arguments), draw(st.none() | texts), draw(chosen))
            for _ in steps[1:]
        ]
        abstract = AbstractView(draw(names), seen, (Step(state(seen)), *rest))
    loop = None
    if steps and draw(st.booleans()):
        start = draw(st.integers(0, len(steps) - 1))
        back = Step(steps[start].state, draw(names), draw(arguments), draw(st.none() | texts), draw(chosen))
        remarks = draw(st.lists(st.builds(Remark, st.integers(0, len(steps) - 1), texts), max_size=2))
        loop = Loop(start, draw(st.none() | st.just(back)), tuple(draw(st.lists(texts, max_size=2))), tuple(remarks))
    return Trace(
        model=draw(names),
        check=draw(names),
        property=draw(names),
        description=draw(st.none() | texts),
        constants=tuple(constants),
        variables=variables,
        steps=tuple(steps),
        failure=draw(failures),
        reads=draw(chosen),
        from_anywhere=draw(st.booleans()),
        abstract=abstract,
        loop=loop,
    )
