"""What is claimed of a module."""

from __future__ import annotations

from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.definitions import ModuleWriter, described_lines, plain
from skipgate.checker.tla.exported import TlcClaim
from skipgate.checker.tla.layout import (
    WIDTH,
    definition_lines,
    flat,
    unlike_binder,
)
from skipgate.checker.tla.stuttering import says_nothing_about_stuttering
from skipgate.checker.tla.syntax import Definition, Text
from skipgate.spec import syntax as s


def constraint(writer: ModuleWriter, declaration: s.ConstraintDecl) -> str:
    """A constraint."""
    return writer.defined(declaration.name, declaration.condition, declaration.description)


def invariant(writer: ModuleWriter, declaration: s.PropertyDecl) -> tuple[str, tuple[TlcClaim, ...]]:
    """An invariant or lemma, and what is claimed of states."""
    own = writer.names.of(declaration.name.text)
    return writer.defined(declaration.name, declaration.condition, declaration.description), (TlcClaim(own, own),)


def cover(writer: ModuleWriter, declaration: s.PropertyDecl) -> tuple[str, TlcClaim]:
    """A cover, and the claim that it is never true."""
    text = writer.defined(declaration.name, declaration.condition, declaration.description)
    name = writer.names.of(declaration.name.text)
    never = writer.names.fresh(f"Never{name}")
    whole = " /\\ ".join([name, *writer.constraints])  # states outside the constraints do not count
    return f"{text}\n{never} == ~{f'({whole})' if writer.constraints else whole}", TlcClaim(never, never)


def transition(writer: ModuleWriter, declaration: s.PropertyDecl, step: str) -> tuple[str, tuple[TlcClaim, ...]]:
    """A transition, and what is claimed of steps."""
    name = writer.names.of(declaration.name.text)
    condition = writer.translated(declaration.condition)
    box = tla.Brackets("[][", (("", unlike_binder(condition)),), f"]_{writer.vars}")
    claim = TlcClaim(name, flat(condition), "step")
    comment = described_lines(plain(declaration.description))
    text = "\n".join([*writer.pending(), *comment, *definition_lines(Definition(name, (), box), WIDTH)])
    if says_nothing_about_stuttering(writer.spec, declaration.condition):
        return text, (claim,)
    still = writer.names.fresh(f"{name}WhenNothingChanges")
    with writer.exprs.reading_as("still"):
        inner = writer.translated(declaration.condition)
    premise = Text(" /\\ ".join([*writer.constraints, f"ENABLED ({step} /\\ UNCHANGED {writer.vars})"]), 3)
    lines = [*writer.pending(), "\\* The same of steps that change nothing, which the formula above leaves out."]
    lines += definition_lines(Definition(still, (), tla.Infix("=>", premise, inner)), WIDTH)
    text = "\n".join([text, "", *lines])
    return text, (TlcClaim(still, still, "still"), claim)


def symmetry(writer: ModuleWriter, properties: list[str]) -> str | None:
    """The name of the permutations of all sorts that states are counted up to."""
    sorts = [writer.names.of(sort.name) for sort in writer.model.symmetry]
    if not sorts:
        return None
    name = writer.names.fresh("Symmetry")
    writer.exprs.prelude.modules.add("TLC")
    permutations = " \\cup ".join(f"Permutations({sort})" for sort in sorts)
    properties.append(f"{name} == {permutations}")
    return name
