"""A check whose properties are to be proved: from what the prover finds to the check's result.

Only this loads the solver, and only when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from skipgate.checker.checks.verdicts import unexpected, vacuity, vacuous_properties
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.expectations import (
    asked,
    expectation,
    expected_violations,
    proofs_wanted,
    property_names,
    wants_proof,
)
from skipgate.checker.core.model import Model
from skipgate.checker.core.result import EVALUATION, CheckResult, PropertyResult, Verdict
from skipgate.errors import InputError
from skipgate.spec.diagnostics import did_you_mean

if TYPE_CHECKING:
    from skipgate.checker.smt.proving.claims import WitnessClaim
    from skipgate.checker.smt.proving.prove import Method, Proved

ENGINE = "z3"
TIME_LIMIT = 120.0  # seconds for a check, where no other limit is given


def prove_check(
    model: Model,
    *,
    wanted: Collection[str] | None = None,
    method: Method = "auto",
    depth: int | None = None,
    time_limit: float | None = None,
    report: Callable[[str], None] | None = None,
) -> CheckResult:
    """Prove the properties of a check, or some of them, and compare with what it expects.

    Args:
        wanted: the properties that are asked for. If None, those that the check expects to be proved or violated, and
            whether what it wants to be reachable is; or all properties, if it expects no proofs.

    Raises:
        InputError: there is no such property.
        SpecError: the model has a construct that cannot be translated.
    """
    from skipgate.checker.smt.proving.prove import prove

    known = property_names(model)
    if missing := [name for name in wanted or () if name not in known]:
        hint = did_you_mean(missing[0], known)
        raise InputError(f"{model.file} has no property {missing[0]!r}" + (f"; {hint}" if hint else ""))
    expects_proofs = wanted is None and wants_proof(model.check)
    found = prove(
        model,
        wanted=asked(model) if expects_proofs else wanted,
        method=method,
        depth=depth,
        time_limit=TIME_LIMIT if time_limit is None else time_limit,
        seen=expects_proofs,
        report=report,
    )
    liveness = _liveness(model, () if expects_proofs else wanted)
    properties = found.properties | liveness
    violated = [name for name, result in properties.items() if result.verdict == "violation"]
    # A lemma that was not asked for need not be proved, but it must not be false.
    unproved = [
        name
        for name, result in properties.items()
        if result.verdict == "unknown" and (name in found.wanted or name in liveness)
    ]
    verdict: Verdict = "violation" if violated else "unknown" if unproved else "holds"
    return CheckResult(
        file=model.file,
        model=model.name,
        check=model.check.name.text,
        description=model.description,
        verdict=verdict,
        expected=expectation(model.check),
        properties=properties,
        distinct=0,
        generated=0,
        depth=found.depth,
        seconds=found.seconds,
        engine=ENGINE,
        problems=tuple(_problems(model, found, violated)),
        stopped=_unknown(model, found, unproved),
        complete=not unproved,
        fired=frozenset(w.of.name for w in found.witnesses if w.is_action and w.claim.name in found.reached),
        missed=frozenset(w.of.name for w in found.witnesses if w.is_cover and w.claim.name not in found.reached),
        vacuous=frozenset(_vacuous(model, found, violated)),
        ignored=model.ignored,
    )


def _liveness(model: Model, wanted: Collection[str] | None) -> dict[str, PropertyResult]:
    """The liveness properties that are asked for. They cannot be proved."""
    reason = "liveness is not proved, only searched; `skipgate check` does so"
    return {
        p.name: PropertyResult(p.name, "liveness", "unknown", p.description, reason=reason)
        for p in model.liveness
        if wanted is None or p.name in wanted
    }


def _problems(model: Model, found: Proved, violated: Sequence[str]) -> list[str]:
    """How the outcome differs from what the check expects, a sentence for each difference."""
    expected = expected_violations(model.check)
    proved = [name for name, result in found.properties.items() if result.verdict == "holds"]
    problems = [unexpected(name) for name in violated if name not in expected]
    problems += [f"`{name}` is proved, but its violation is expected" for name in expected if name in proved]
    if found.starts is False:
        problems.append("there is no initial state, so nothing was proved")
    if not found.witnesses:
        return problems
    open_ = _undecided(found)
    never = [w for w in found.witnesses if w.claim.name in found.never]
    return problems + vacuity(
        model.check,
        fired={w.of.name for w in found.witnesses if w.is_action and w.claim.name in found.reached},
        missed=[w.of.name for w in never if w.is_cover],
        vacuous=_vacuous(model, found, violated),
        undecided={w.of.name for w in open_},
    )


def _vacuous(model: Model, found: Proved, violated: Sequence[str]) -> dict[str, str]:
    """The properties that say nothing, and why."""
    never = [w for w in found.witnesses if w.claim.name in found.never]
    return vacuous_properties(model, [(w.of.name, w.premise.text) for w in never if w.premise is not None], violated)


def _undecided(found: Proved) -> list[WitnessClaim]:
    """What is neither known to be reachable nor known not to be."""
    return [w for w in found.witnesses if w.claim.name not in found.reached | found.never]


def _unknown(model: Model, found: Proved, unproved: Sequence[str]) -> str | None:
    """What the prover could not tell, in one sentence."""
    if found.stopped is not None:
        return found.stopped
    expected = expected_violations(model.check)
    parts = [f"`{name}` is neither proved nor refuted" for name in unproved if name not in expected]
    parts += [f"no violation of `{name}` was found" for name in unproved if name in expected]
    if found.starts is None and found.properties[EVALUATION].verdict != "violation":
        parts.append("no initial state was found")
    for witness in _undecided(found):
        if witness.premise is not None:
            parts.append(f"the premise `{witness.premise.text}` of `{witness.of.name}` may never be true")
        elif witness.is_cover:
            parts.append(f"cover `{witness.of.name}` may be unreachable")
    return "; ".join(parts) or None


def with_proofs(model: Model, searched: CheckResult, time_limit: float | None = None) -> CheckResult:
    """The result of a search with the proofs that its check expects as well.

    Raises:
        InternalError: the search and the prover contradict each other.
    """
    found = prove_check(model, wanted=proofs_wanted(model), time_limit=time_limit)
    properties = dict(searched.properties)
    for name, result in found.properties.items():
        before = properties[name].verdict
        if {before, result.verdict} == {"holds", "violation"}:
            raise InternalError(f"`{name}` is a {before} to the search and a {result.verdict} to the prover")
        if before == "holds" and result.verdict == "holds":
            properties[name] = result
    stopped = "; ".join(filter(None, (searched.stopped, found.stopped))) or None
    return replace(searched, properties=properties, seconds=searched.seconds + found.seconds, stopped=stopped)
