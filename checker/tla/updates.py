"""Values with parts replaced."""

from __future__ import annotations

from collections.abc import Sequence

from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.layout import flat
from skipgate.checker.tla.syntax import Text, TlaExpr
from skipgate.checker.tla.translator import Translator
from skipgate.spec import syntax as s

_Path = Sequence[s.PathStep]


def updated(
    translator: Translator, base: TlaExpr, changes: Sequence[tuple[_Path, s.AnyExpr | TlaExpr]], simple: bool = True
) -> TlaExpr:
    """`base` with parts replaced. It is `simple` if it may be written several times."""
    if all(translator.definedness.is_safe(step) for path, _ in changes for step in path):
        parts = []
        for path, value in changes:
            steps = "".join(_step(translator, step) for step in path)
            parts.append((f"!{steps} = ", _value(translator, value)))
        return tla.Except(base, tuple(parts))
    definitions: list[tla.Definition] = []
    for path, value in changes:
        if not simple and len(path) > 1:
            name = translator.names.local("base")
            definitions.append(tla.Definition(name, (), base))
            base = Text(name)
        base = _replaced(translator, base, path, value)
        simple = False
    return tla.Let(tuple(definitions), base) if definitions else base


def _replaced(translator: Translator, base: TlaExpr, path: _Path, value: s.AnyExpr | TlaExpr) -> TlaExpr:
    """`base` with one part replaced, step by step."""
    if not path:
        return _value(translator, value)
    step, rest = path[0], path[1:]
    if isinstance(step, s.FieldStep):
        part = _replaced(translator, tla.Applied(base, translator.name(step.field)), rest, value)
        return tla.Except(base, ((f"!.{translator.name(step.field)} = ", part),))
    index = translator.expr(step.index)
    part = _replaced(translator, tla.Applied(base, index), rest, value)
    if translator.definedness.is_safe(step):
        return tla.Except(base, ((f"![{flat(index)}] = ", part),))
    return make.call(translator.prelude.use("ReplaceAt"), base, index, part)


def _step(translator: Translator, step: s.PathStep) -> str:
    if isinstance(step, s.FieldStep):
        return f".{translator.name(step.field)}"
    return f"[{flat(translator.expr(step.index))}]"


def _value(translator: Translator, value: s.AnyExpr | TlaExpr) -> TlaExpr:
    return translator.expr(value) if isinstance(value, s.AnyExpr) else value
