"""A search held against TLC: both must find the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.model import Model
from skipgate.checker.core.result import CheckResult, SecondOpinion
from skipgate.checker.tla.module import export
from skipgate.checker.tla.opinion import ask, differences
from skipgate.checker.tla.tlc import Tlc, TlcError, TlcRefusal
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.specification import Specification


def held_against(
    tlc: Tlc, result: CheckResult, spec: Specification, model: Callable[[], Model], *, seconds: float | None = None
) -> CheckResult:
    """The result of a search, and what came of letting TLC search the same within so many seconds.

    `model` gives the elaborated model of the check in `spec`. Where TLC gives no answer, the check is not as expected.

    Raises:
        InternalError: the two disagree, or TLC does not take the exported module.
    """
    if (reason := _not_comparable(result)) is not None:
        return replace(result, second_opinion=SecondOpinion(reason))
    try:
        exported = export(spec, model(), every_test=True)
    except SpecError as problem:
        return replace(result, second_opinion=SecondOpinion(problem.diagnostics[0].message))
    try:
        with tempfile.TemporaryDirectory(prefix="skipgate-tlc-") as folder:
            opinion = ask(tlc, exported, Path(folder), suspects=result.violated, seconds=seconds)
    except TlcRefusal as problem:
        raise InternalError(f"TLC does not take the module of check `{result.check}`: {problem}") from None
    except TlcError as problem:
        return replace(result, problems=(*result.problems, f"TLC gives no second opinion: {problem}"))
    told = differences(opinion, result, exported)
    if told:
        raise InternalError(f"TLC does not agree on check `{result.check}`: {'; '.join(told)}")
    return replace(result, second_opinion=SecondOpinion())


def _not_comparable(result: CheckResult) -> str | None:
    """Why a search has nothing that TLC's could be compared with."""
    if result.omission:
        return "its states are told apart by fingerprints"
    if not result.complete:
        return result.stopped or "the search ended at the first violation"
    return None
