"""Specifications as text: read, elaborated, made into kernels, searched."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from checker.elaborate import elaborate
from checker.explore import Exploration, explore
from checker.kernels import Kernels
from checker.model import Model
from checker.run import prepare
from checker.terms import Equal, Term
from spec.diagnostics import SpecError
from spec.specification import Specification, read


def specification(text: str) -> Specification:
    """A specification; without a `check` of its own it gets one that expects it to hold.

    Raises:
        SpecError: it is wrong.
    """
    if "check " not in text:
        text += "\ncheck c expect holds\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.gate"
        path.write_text(text, encoding="utf-8")
        return read(path)


def model_of(text: str, check: int = 0) -> Model:
    spec = specification(text)
    return elaborate(spec, spec.checks[check])


def kernels_of(text: str) -> Kernels:
    return prepare(model_of(text))


def search(text: str, **options: Any) -> tuple[Model, Exploration]:
    kernels = kernels_of(text)
    return kernels.model, explore(kernels, **options)


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
