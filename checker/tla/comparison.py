"""A search held against TLC: both must find the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.model import Model
from skipgate.checker.core.result import EVALUATION, CheckResult, Comparison
from skipgate.checker.tla.exported import Exported
from skipgate.checker.tla.module import export
from skipgate.checker.tla.opinion import Opinion, ask
from skipgate.checker.tla.tlc import Tlc, TlcError, TlcRefusal
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.specification import Specification


def compare_with_tlc(
    tlc: Tlc, result: CheckResult, spec: Specification, model: Callable[[], Model], *, seconds: float | None = None
) -> Comparison:
    """What came of letting TLC search the same within so many seconds.

    `model` gives the elaborated model of the check in `spec`.

    Raises:
        InternalError: the two disagree, or TLC does not take the exported module.
    """
    if (reason := _not_comparable(result)) is not None:
        return nothing_compared(reason)
    try:
        exported = export(spec, model(), every_test=True)
    except SpecError as problem:
        return nothing_compared(problem.diagnostics[0].message)
    try:
        with tempfile.TemporaryDirectory(prefix="skipgate-tlc-") as folder:
            opinion = ask(tlc, exported, Path(folder), suspects=result.violated, seconds=seconds)
    except TlcRefusal as problem:
        raise InternalError(f"TLC does not take the module of check `{result.check}`: {problem}") from None
    except TlcError as problem:
        return nothing_compared(f"it gives no answer: {problem}")
    told = differences(opinion, result, exported)
    if told:
        raise InternalError(f"TLC does not agree on check `{result.check}`: {'; '.join(told)}")
    return _comparison(opinion, result, exported)


def nothing_compared(reason: str) -> Comparison:
    """TLC was not asked, or gave no answer."""
    return Comparison("TLC", nothing=reason)


def _comparison(opinion: Opinion, result: CheckResult, exported: Exported) -> Comparison:
    """What the two agree on, which is known by now, and what was left out."""
    if EVALUATION not in opinion.lengths:
        undecided = [name for name in result.undecided if name in exported.behaviours]
        left_out = [(f"`{name}`", "the search has not decided it") for name in undecided]
        compared = [name for name in (*result.properties, *exported.covers) if name not in undecided]
        return Comparison("TLC", tuple(compared), left_out=tuple(left_out))
    stops = "TLC stops at an expression without a value"
    if not _has_states_before(opinion, result):
        return Comparison("TLC", (EVALUATION,), left_out=(("everything else", stops),))
    left_out = [(f"`{name}`", stops) for name in (*exported.behaviours, *exported.covers)]
    left_out.append(("the numbers of states, and what comes later than the error", stops))
    compared = [name for name in result.properties if name not in exported.behaviours]
    return Comparison("TLC", tuple(compared), left_out=tuple(left_out))


def _has_states_before(opinion: Opinion, result: CheckResult) -> bool:
    """Where an expression has no value: are there states before that could be compared?"""
    ours = result.properties[EVALUATION].trace
    return ours is not None and len(ours) > 0 and opinion.lengths[EVALUATION] is not None


def _not_comparable(result: CheckResult) -> str | None:
    """Why a search has nothing that TLC's could be compared with."""
    if result.omission:
        return "its states are told apart by fingerprints"
    if untraced := result.untraced:
        return f"there was no time for the trace of {', '.join(f'`{name}`' for name in untraced)}"
    if not result.complete:
        return result.stopped or "the search ended at the first violation"
    return None


def differences(opinion: Opinion, result: CheckResult, exported: Exported) -> list[str]:
    """In what TLC and a complete search differ, one phrase each."""
    ours = {name: len(found.trace) for name, found in result.properties.items() if found.trace is not None}
    if EVALUATION in opinion.lengths or EVALUATION in ours:
        return _where_values_are_missing(opinion, ours, result, exported)
    told: list[str] = []
    for name, found in result.properties.items():
        if name not in exported.behaviours:
            told += _compared(name, ours.get(name), opinion.lengths.get(name))
        elif found.verdict != "unknown" and (found.verdict == "violation") is not (name in opinion.unlive):
            told.append(f"`{name}` is violated for {'TLC' if name in opinion.unlive else 'skipgate'} alone")
    told += [
        f"the cover `{name}` is reached for {'TLC' if name in opinion.reached else 'skipgate'} alone"
        for name in exported.covers
        if (name in result.missed) is (name in opinion.reached)
    ]
    assert opinion.complete is not None
    numbers = {
        "distinct states": (result.distinct, opinion.complete.distinct),
        "generated states": (result.generated, opinion.complete.generated),
        "levels": (result.depth, opinion.complete.depth if result.distinct else 0),
    }
    return told + [f"skipgate finds {us:,} {what}, TLC {them:,}" for what, (us, them) in numbers.items() if us != them]


def _where_values_are_missing(
    opinion: Opinion, ours: Mapping[str, int], result: CheckResult, exported: Exported
) -> list[str]:
    """The same if an expression has no value somewhere, which ends TLC: it has seen what lies before.

    TLC may find such an expression in a state while it explores the states of the level before, and stop there before
    it comes to another one in that level.
    """
    if not (EVALUATION in opinion.lengths and EVALUATION in ours):
        return [f"`{EVALUATION}` is violated for {'skipgate' if EVALUATION in ours else 'TLC'} alone"]
    mine, theirs = ours[EVALUATION], opinion.lengths[EVALUATION]
    if mine == 0 or theirs is None:
        return []  # there is no state that could be compared, or TLC shows none
    # An error about a step that changes nothing is one about the state before it, for TLC.
    early = mine - any(claim.kind == "step" for claims in exported.claims.values() for claim in claims)
    if not early <= max(theirs, 1) <= mine + 1:
        return _compared(EVALUATION, mine, theirs)
    told: list[str] = []
    for name in result.properties.keys() - {EVALUATION} - exported.behaviours.keys():
        us, them = ours.get(name), opinion.lengths.get(name)
        if them is not None or (us is not None and us < theirs):
            told += _compared(name, us, them)
    told += [f"the cover `{name}` is reached for TLC alone" for name in sorted(opinion.reached & result.missed)]
    return told


def _compared(name: str, mine: int | None, theirs: int | None) -> list[str]:
    if mine == theirs:
        return []
    if mine is None or theirs is None:
        return [f"`{name}` is violated for {'TLC' if mine is None else 'skipgate'} alone"]
    return [f"skipgate finds a violation of `{name}` after {mine} states, TLC after {theirs}"]
