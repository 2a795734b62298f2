"""The explicit search against bounded model checking: two engines that share nothing but the elaborated model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.expectations import property_names
from skipgate.checker.core.model import Model
from skipgate.checker.core.result import EVALUATION, Comparison
from skipgate.checker.smt.proving.bmc import Bounded, check_bounded

MOST_STATES = 20  # in the behaviours looked at: beyond that, solvers are slow even on small models


@dataclass(frozen=True)
class Searched:
    """What an explicit search found: the lengths of its traces, which covers it missed, how deep it went."""

    lengths: Mapping[str, int]
    missed: frozenset[str]
    depth: int
    complete: bool  # it saw every reachable state


def cross_check(
    model: Model,
    searched: Searched,
    *,
    most_states: int = MOST_STATES,
    time_limit: float | None = None,
    report: Callable[[int], None] | None = None,
) -> Comparison:
    """Examine a model again by bounded model checking, one step deeper than the search went (or `most_states`).

    Raises:
        InternalError: the two disagree.
        SpecError: the model has a construct that cannot be translated for Z3.
    """
    # Violations in a state outside the constraints are found one step beyond the last level.
    depth = min(searched.depth + 1, most_states)
    bounded = check_bounded(model, depth, time_limit=time_limit, report=report)
    differences = compare(model, searched, bounded)
    if differences:
        name = model.check.name.text
        raise InternalError(f"the engines disagree on check `{name}`: {'; '.join(differences)}")
    return _comparison(model, searched, bounded, depth)


def _comparison(model: Model, searched: Searched, bounded: Bounded, wanted: int) -> Comparison:
    """What the two agree on, which is known by now, and what was left out."""
    engine: Final = "bounded model checking"
    if bounded.reached.get(EVALUATION) == 0:
        reason = "an initial value cannot be evaluated, so there is no behaviour"
        return Comparison(engine, (EVALUATION,), left_out=(("everything else", reason),))
    if bounded.depth < 2 and not bounded.exhausted:
        return Comparison(engine, nothing=f"not a single step was looked at: {bounded.stopped or 'there is none'}")
    left_out = [(f"`{live.name}`", "it is about behaviours that never end") for live in model.liveness]
    left_out += [(f"`{name}`", reason) for name, reason in bounded.undecided.items()]
    if bounded.depth < wanted and not bounded.exhausted:
        left_out.append((f"behaviours of more than {bounded.depth} states", bounded.stopped or "the solver gave up"))
    elif wanted <= searched.depth and not bounded.exhausted:
        left_out.append((f"behaviours of more than {wanted} states", "they are too long for a solver"))
    names = _comparable(model)
    if _covers_are_compared(searched):
        names += [cover.name for cover in model.covers]
    else:
        left_out += [(f"`{cover.name}`", "the search has not seen everything") for cover in model.covers]
    compared = tuple(name for name in names if name not in bounded.undecided)
    return Comparison(engine, compared, None if bounded.exhausted else bounded.depth, tuple(left_out))


def _comparable(model: Model) -> list[str]:
    """The properties that both engines decide: all but liveness, which is about what never ends."""
    liveness = {p.name for p in model.liveness}
    return [name for name in property_names(model) if name not in liveness]


def _covers_are_compared(searched: Searched) -> bool:
    return searched.complete and EVALUATION not in searched.lengths


def compare(model: Model, searched: Searched, bounded: Bounded) -> list[str]:
    """In what the two differ, as far as both have looked; one phrase each."""
    found = {name: len(trace) for name, trace in bounded.traces.items()}
    names = _comparable(model)
    if 0 in (found.get(EVALUATION), searched.lengths.get(EVALUATION)):
        # An initial value has no value. Neither engine goes on, but the search has looked at some initial states.
        names = [EVALUATION]
    covers = [cover.name for cover in model.covers if cover.name not in bounded.undecided]
    result = []
    for name in names:
        if name in bounded.undecided:
            continue
        length, other = searched.lengths.get(name), found.get(name)
        if not _agree(length, other, bounded, searched):
            result.append(f"the search finds {_violation(name, length)}, bounded model checking {_length(other)}")
    if _covers_are_compared(searched):
        result += [
            f"bounded model checking reaches cover `{cover}`, the search does not"
            for cover in covers
            if cover in found and cover in searched.missed
        ]
        if bounded.stopped is None and (bounded.exhausted or bounded.depth >= searched.depth):
            result += [
                f"the search reaches cover `{cover}`, bounded model checking does not"
                for cover in covers
                if cover not in found and cover not in searched.missed
            ]
    return result


def _agree(length: int | None, other: int | None, bounded: Bounded, searched: Searched) -> bool:
    if length is None:
        # A search that was ended has seen everything below the level that it was at.
        return other is None or (not searched.complete and other >= searched.depth)
    return length == other if other is not None else length > bounded.depth and not bounded.exhausted


def _violation(name: str, length: int | None) -> str:
    return f"no violation of `{name}`" if length is None else f"a violation of `{name}` after {length} states"


def _length(length: int | None) -> str:
    return "none" if length is None else f"one after {length} states"
