"""Specifications as text: read, elaborated, made into kernels, searched."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from skipgate.checker.checks.preparation import prepare
from skipgate.checker.core.model import Model
from skipgate.checker.core.terms import Equal, Term
from skipgate.checker.elaborate.elaborate import elaborate
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.explore import Exploration, explore
from skipgate.checker.search.limits import Progress
from skipgate.checker.search.options import SearchOptions
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.loader import Program
from skipgate.spec.parsing.parser import parse
from skipgate.spec.passes import examine
from skipgate.spec.source import Source
from skipgate.spec.specification import Specification


@lru_cache(maxsize=256)
def specification(text: str) -> Specification:
    """A specification; without a `check` of its own it gets one that expects it to hold.

    Many tests make the same random texts, and reading one takes as long as what is done with it: so it is read once.

    Raises:
        SpecError: it is wrong.
    """
    if "check " not in text:
        text += "\ncheck c expect holds\n"
    file = parse(Source("spec.gate", text))
    return examine(Program(file, (file,)))


def model_of(text: str, check: int = 0) -> Model:
    spec = specification(text)
    return elaborate(spec, spec.checks[check])


def kernels_of(text: str) -> Kernels:
    return prepare(model_of(text))


def search(text: str, report: Callable[[Progress], None] | None = None, **options: Any) -> tuple[Model, Exploration]:
    kernels = kernels_of(text)
    return kernels.model, explore(kernels, SearchOptions(**options), report=report)


def refusal(text: str) -> str:
    """The first message about a specification that is wrong, or cannot be explored."""
    try:
        kernels_of(text)
    except SpecError as problem:
        return problem.diagnostics[0].message
    raise AssertionError("the specification was accepted")


def term_of(expression: str, declarations: str = "") -> Term:
    """The term of an expression over some declarations."""
    (*_, claim) = model_of(f"{declarations}\ndef e = {expression}\ntransition Claim e == e").properties
    return subject(claim.term)


def subject(claim: Term) -> Term:
    """The term of `e` in the term of `e == e`, or, if that was folded, the claim."""
    return claim.left if isinstance(claim, Equal) else claim
