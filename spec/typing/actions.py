"""Actions, the effects that they use, and groups of actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.source import Span
from skipgate.spec.static_types import BOOL, StaticSet
from skipgate.spec.typing.access import path
from skipgate.spec.typing.binders import bind, bind_let, bind_parameters, steps_like
from skipgate.spec.typing.inference import Inference
from skipgate.spec.typing.matches import check_cases


def action(types: Inference, declaration: s.ActionDecl) -> None:
    """Check an action."""
    bind_parameters(types, declaration)
    _block(types, declaration.clauses)
    _Writes(types, f"action `{declaration.name.text}`").of(declaration.clauses, [])
    if declaration.description is not None:
        for part in declaration.description.parts:
            if not isinstance(part, str):
                types.infer(part)


def effect(types: Inference, declaration: s.EffectDecl) -> None:
    """Check an effect."""
    _bind_effect(types, declaration)
    _block(types, declaration.clauses)
    _Writes(types, f"effect `{declaration.name.text}`").of(declaration.clauses, [])


def group(types: Inference, declaration: s.GroupDecl) -> None:
    """Check a group of actions."""
    bind_parameters(types, declaration)
    for steps in declaration.steps:
        steps_like(types, steps)


def _bind_effect(types: Inference, declaration: s.EffectDecl) -> None:
    for parameter in declaration.parameters:
        types.symbols[parameter.name] = types.of_type(parameter.type)


def _block(types: Inference, clauses: s.Block) -> None:
    """Check clauses in their order."""
    for clause in clauses:
        match clause:
            case s.WhenClause(condition=condition):
                types.expect(condition, BOOL)
            case s.LetClause(bindings=bindings):
                bind_let(types, bindings)
            case s.ChoiceClause(binders=binders, where=where):
                bind(types, binders, where)
            case s.Update():
                variable = types.of_symbol(types.find(clause.target))
                wanted = path(types, variable, clause.path)
                types.expect(clause.value, StaticSet(wanted) if clause.choice else wanted)
            case s.IfClause(branches=branches, otherwise=otherwise):
                for branch in branches:
                    types.expect(branch.condition, BOOL)
                    _block(types, branch.clauses)
                _block(types, otherwise)
            case s.MatchClause(subject=subject, cases=cases):
                check_cases(types, subject, [case.patterns for case in cases], clause.span)
                for case in cases:
                    _block(types, case.clauses)
            case s.DoClause():
                _do(types, clause)
            case _:
                assert_never(clause)


def _do(types: Inference, clause: s.DoClause) -> None:
    declared = types.find(clause.effect)
    if isinstance(declared, s.EffectDecl):
        _bind_effect(types, declared)
        for parameter, argument in zip(declared.parameters, clause.arguments, strict=False):  # checked with the names
            types.expect(argument, types.symbols[parameter.name])
    else:
        for argument in clause.arguments:
            types.infer(argument)


# ---------------------------------------------------------------------------------------------------- what is updated


@dataclass(frozen=True)
class _Write:
    """An update of a variable, or of a part of it. One in another block, or of an effect, counts as the whole."""

    name: str
    path: tuple[s.PathStep, ...]
    span: Span  # where it stands in the block, such as `do send(m)`
    place: Span  # of the update itself
    whole: bool = False


class _Writes:
    """Reports updates that touch the same part on one path: they happen at once, so neither could win.

    Two indices may be the same in some states only; that is an evaluation error there.
    """

    def __init__(self, types: Inference, what: str | None) -> None:
        self.types = types
        self.what = what  # the declaration, for messages; None if what is wrong in it is reported elsewhere

    def of(self, clauses: s.Block, before: Sequence[_Write]) -> list[_Write]:
        """What the clauses update, where `before` was updated outside of them."""
        seen = [replace(write, whole=True) for write in before]
        own: list[_Write] = []

        def add(writes: Iterable[_Write]) -> None:
            for write in writes:
                self.compare(write, [*seen, *own])
                own.append(write)

        for clause in clauses:
            match clause:
                case s.Update(target=target):
                    add([_Write(target.text, clause.path, clause.span, clause.span)])
                case s.IfClause(branches=branches, otherwise=otherwise):
                    own += self.inside([*(branch.clauses for branch in branches), otherwise], [*seen, *own])
                case s.MatchClause(cases=cases):
                    own += self.inside([case.clauses for case in cases], [*seen, *own])
                case s.DoClause(effect=name):
                    declared = self.types.find(name)
                    if isinstance(declared, s.EffectDecl):
                        writes = _Writes(self.types, None).of(declared.clauses, [])
                        each = {write.name: write for write in writes}.values()
                        add(replace(write, span=clause.span, whole=True) for write in each)
                case s.WhenClause() | s.LetClause() | s.ChoiceClause():
                    pass
                case _:
                    assert_never(clause)
        return own

    def inside(self, blocks: Iterable[s.Block], before: Sequence[_Write]) -> list[_Write]:
        """What blocks update of which one is taken."""
        return [replace(write, whole=True) for block in blocks for write in self.of(block, before)]

    def compare(self, write: _Write, before: Sequence[_Write]) -> None:
        """Report a write that may touch what another one does."""
        for other in before:
            if self.what is None or other.name != write.name:
                continue
            apart = other.whole or write.whole
            if not apart and not _overlap(self.types, other.path, write.path):
                continue
            name = write.name
            hint = f"all updates of an action happen at once; the other is at {other.place.place}"
            if write.span is not write.place:
                hint = f"it does so at {write.place.place}; the other is at {other.place.place}"
            self.types.report(f"{self.what} updates `{name}` twice", write.span, hint)
            return


def _overlap(types: Inference, a: Sequence[s.PathStep], b: Sequence[s.PathStep]) -> bool:
    """Do two paths lead to the same part, whatever the state is? Of different indices, that is seen at each step."""
    for x, y in zip(a, b, strict=False):
        match x, y:
            case s.FieldStep(), s.FieldStep() if x.field.text != y.field.text:
                return False
            case s.IndexStep(), s.IndexStep() if not _same(types, x.index, y.index):
                return False
    return True


def _same(types: Inference, a: s.AnyExpr, b: s.AnyExpr) -> bool:
    """Do two indices say the same?"""
    if isinstance(a, s.Name) and isinstance(b, s.Name):
        return types.find(a) is types.find(b)
    return a.span.flat == b.span.flat
