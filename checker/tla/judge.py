"""A search held against TLC: both must find the same."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from checker.errors import InternalError
from checker.result import CheckResult, SecondOpinion
from checker.run import bounded
from checker.tla.module import export
from checker.tla.opinion import ask, differences
from checker.tla.tlc import Tlc, TlcError, TlcRefusal
from spec.diagnostics import SpecError, error
from spec.specification import read


def held_against(tlc: Tlc, result: CheckResult, *, seconds: float | None = None) -> CheckResult:
    """The result of a search, and what came of letting TLC search the same within so many seconds.

    The file is read again, so that nothing is believed that the search has made of it. Where TLC gives no answer, the
    check is not as expected.

    Raises:
        SpecError: the file is another one by now.
        InternalError: the two disagree, or TLC does not take the exported module.
    """
    if (reason := _not_comparable(result)) is not None:
        return replace(result, second_opinion=SecondOpinion(reason))
    spec = read(result.file)
    check = next((each for each in spec.checks if each.name.text == result.check), None)
    if check is None:
        raise error(f"`{result.file}` has no check `{result.check}` any more")
    try:
        exported = export(spec, bounded(spec, check), every_test=True)
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
