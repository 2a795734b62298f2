"""What a check says about its outcome: the properties it gives a verdict on, and what it expects of them."""

from __future__ import annotations

from skipgate.checker.core.model import Model
from skipgate.checker.core.result import DEADLOCK, EVALUATION, Expectation
from skipgate.checker.core.trace import FailureKind
from skipgate.spec.syntax import CheckDecl, ExpectationKind


def property_names(model: Model) -> list[str]:
    """The properties that a check gives a verdict on."""
    properties = [*(p.name for p in model.properties if p.kind != "cover"), *(p.name for p in model.liveness)]
    always = [name for name in (DEADLOCK, EVALUATION) if name not in model.ignored]
    return list(dict.fromkeys([*properties, *always]))


def property_kinds(model: Model) -> dict[str, FailureKind]:
    """The kinds of the properties that a check gives a verdict on."""
    kinds: dict[str, FailureKind] = {p.name: p.failure_kind for p in model.properties}
    kinds |= {p.name: "liveness" for p in model.liveness}
    kinds |= {DEADLOCK: "deadlock", EVALUATION: "evaluation"}
    return {name: kinds[name] for name in property_names(model)}


def property_descriptions(model: Model) -> dict[str, str | None]:
    """The descriptions of those that are declared."""
    return {p.name: p.description for p in model.properties} | {p.name: p.description for p in model.liveness}


def expected_violations(check: CheckDecl) -> list[str]:
    """The properties that a check expects to be violated."""
    return named(check, "violation")


def expectation(check: CheckDecl) -> Expectation:
    """What a check expects of its properties."""
    proved = tuple(named(check, "proved")) if wants_proof(check) else None
    return Expectation(tuple(expected_violations(check)), wants_search(check), proved)


def wants_proof(check: CheckDecl) -> bool:
    """Does a check expect a proof for all values?"""
    return any(e.kind == "proved" for e in check.expectations)


def wants_search(check: CheckDecl) -> bool:
    """Are the states of a check to be explored? If it expects proofs, only if it says that it holds as well."""
    return not wants_proof(check) or any(e.kind == "holds" for e in check.expectations)


def proofs_wanted(model: Model) -> list[str]:
    """The properties that a check expects to be proved."""
    violated = expected_violations(model.check)
    names = named(model.check, "proved")
    if any(e.kind == "proved" and not e.names for e in model.check.expectations):
        searched = [*violated, *(p.name for p in model.liveness)]
        names = [name for name in property_names(model) if name not in searched]
    return names


def asked(model: Model) -> list[str]:
    """The properties of which a check expects that they are proved or violated."""
    return [*expected_violations(model.check), *proofs_wanted(model)]


def named(check: CheckDecl, kind: ExpectationKind) -> list[str]:
    """The names in the expectations of one kind, in their order."""
    return [name.text for e in check.expectations if e.kind == kind for name in e.names]
