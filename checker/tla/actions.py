"""Actions and effects as operators: `if` is IF, `match` is CASE, `some` is \\E, and the rest is a conjunction.

Each block says what becomes of every variable that the block or its siblings update, so that each path says it of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from typing import assert_never

from skipgate.checker.tla import make, matches
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.binders import depend
from skipgate.checker.tla.definitions import ModuleWriter, described, plain
from skipgate.checker.tla.guards import guard
from skipgate.checker.tla.layout import bulleted
from skipgate.checker.tla.mentions import flattened
from skipgate.checker.tla.syntax import Definition, Text, TlaExpr
from skipgate.checker.tla.updates import updated
from skipgate.spec import syntax as s


def action(writer: ModuleWriter, declaration: s.ActionDecl) -> str:
    """An action as an operator with its parameters."""
    _require(writer, (*declaration.parameters, *declaration.clauses))
    body = _Blocks(writer).block(declaration.clauses, [v.name.text for v in writer.variables])
    parameters = tuple(writer.names.of(n.text) for binder in declaration.parameters for n in binder.names)
    writer.names.locals.clear()
    definition = Definition(writer.names.of(declaration.name.text), parameters, body)
    return described(bulleted(definition), plain(declaration.description))


def effect(writer: ModuleWriter, declaration: s.EffectDecl) -> str:
    """An effect as an operator. It says something of the variables that it updates on some path, and of no others."""
    parameters, held = writer.parameters(declaration)
    touched = _touched(writer, declaration.clauses)
    body = _Blocks(writer).block(declaration.clauses, [v.name.text for v in writer.variables if v.name.text in touched])
    if held:
        body = tla.Let(held, body)
    writer.names.locals.clear()
    definition = Definition(writer.names.of(declaration.name.text), parameters, body)
    return described(bulleted(definition), plain(declaration.description))


def _require(writer: ModuleWriter, parts: Iterable[s.AnyNode]) -> None:
    """Define all that the parts mention, effects as well."""
    for part in parts:
        writer.require(part)
        for each in s.walk(part):
            used = writer.spec.names[each.effect] if isinstance(each, s.DoClause) else None
            if isinstance(used, s.EffectDecl) and used not in writer.done:
                writer.done.add(used)
                _require(writer, (*used.parameters, *used.clauses))
                writer.definitions.append(effect(writer, used))


def _touched(writer: ModuleWriter, clauses: s.Block) -> Set[str]:
    """The variables that clauses update, on some path."""
    found: set[str] = set()
    for part in (part for clause in clauses for part in s.walk(clause)):
        if isinstance(part, s.Update):
            found.add(part.target.text)
        elif isinstance(part, s.DoClause):
            declared = writer.spec.names[part.effect]
            assert isinstance(declared, s.EffectDecl)
            found |= _touched(writer, declared.clauses)
    return found


class _Blocks:
    def __init__(self, writer: ModuleWriter) -> None:
        self.writer = writer

    def block(self, clauses: s.Block, frame: Sequence[str]) -> TlaExpr:
        """Clauses, and that what they do not update of the variables in `frame` stays as it is."""
        self.rename(clauses)
        updates = [clause for clause in clauses if isinstance(clause, s.Update)]
        touched = _touched(self.writer, clauses)
        return self.rest(clauses, updates, [name for name in frame if name not in touched])

    def rename(self, clauses: s.Block) -> None:
        """Give other names to what would be bound around a clause that binds the same name.

        A LET stands before the clauses of its block, and an update stands inside the choices that follow it.
        """
        exprs = self.writer.exprs
        earlier: set[str] = set()
        in_updates: set[str] = set()
        for clause in clauses:
            if isinstance(clause, s.LetClause):
                for binding in clause.bindings:
                    exprs.rename_if_in(earlier, binding.name)
            elif isinstance(clause, s.ChoiceClause):
                for name in (name for binder in clause.binders for name in binder.names):
                    exprs.rename_if_in(in_updates, name)
            parts = (part for part in s.walk(clause) if isinstance(part, s.Identifier))
            bound = {part.text for part in parts if part in exprs.spec.static_types.symbols}
            earlier |= bound
            if isinstance(clause, s.Update):
                in_updates |= bound

    def rest(self, clauses: Sequence[s.ActionClause], updates: Sequence[s.Update], same: Sequence[str]) -> TlaExpr:
        """The clauses of a block from one on. Its updates stand last, since they may mention all that is chosen."""
        definitions: list[Definition] = []
        conjuncts: list[TlaExpr] = []
        for place, clause in enumerate(clauses):
            match clause:
                case s.WhenClause(condition=condition):
                    conjuncts += self.guards(condition)
                case s.LetClause(bindings=bindings):
                    definitions += self.writer.exprs.definitions(bindings)
                case s.ChoiceClause():
                    conjuncts.append(self.choice(clause, self.rest(clauses[place + 1 :], updates, same)))
                    break
                case s.IfClause():
                    conjuncts.append(self.branches(clause))
                case s.MatchClause():
                    conjuncts.append(self.cases(clause))
                case s.DoClause(effect=effect, arguments=arguments):
                    given = map(self.writer.exprs.expr, arguments)
                    conjuncts.append(make.call(self.writer.names.of(effect.text), *given))
                case s.Update():
                    pass
                case _:
                    assert_never(clause)
        else:
            conjuncts += self.updates(updates)
            conjuncts += self.unchanged(same)
        body: TlaExpr = tla.Junction("/\\", tuple(conjuncts or [tla.TRUE]))
        return tla.Let(tuple(definitions), body) if definitions else body

    def guards(self, condition: s.AnyExpr) -> list[TlaExpr]:
        return [guard(self.writer, part) for part in flattened(condition, "and")]

    def choice(self, clause: s.ChoiceClause, rest: TlaExpr) -> TlaExpr:
        body = rest
        if clause.where is not None:
            inside = rest.items if isinstance(rest, tla.Junction) else (rest,)
            body = tla.Junction("/\\", (*self.guards(clause.where), *inside))
        bound = [(self.writer.bound(b), self.writer.exprs.expr(b.domain)) for b in clause.binders]
        if not depend(self.writer.exprs, clause.binders):
            return tla.Quantified("\\E", tuple(bound), body)
        for each in reversed(bound):
            body = tla.Quantified("\\E", (each,), body)
        return body

    def branches(self, clause: s.IfClause) -> TlaExpr:
        frame = self.frame([*(branch.clauses for branch in clause.branches), clause.otherwise])
        result = _single(self.block(clause.otherwise, frame))
        for branch in reversed(clause.branches):
            condition = self.writer.exprs.expr(branch.condition)
            result = tla.If(condition, _single(self.block(branch.clauses, frame)), result)
        return result

    def cases(self, clause: s.MatchClause) -> TlaExpr:
        frame = self.frame([case.clauses for case in clause.cases])
        return matches.match(self.writer.exprs, clause, lambda case: _single(self.block(case.clauses, frame)))

    def frame(self, blocks: Iterable[s.Block]) -> list[str]:
        """The variables that some of several blocks update, of which one is taken."""
        touched = {name for block in blocks for name in _touched(self.writer, block)}
        return [v.name.text for v in self.writer.variables if v.name.text in touched]

    def updates(self, updates: Sequence[s.Update]) -> list[TlaExpr]:
        by_name: dict[str, list[s.Update]] = {}
        for update in updates:
            by_name.setdefault(update.target.text, []).append(update)
        return [part for name, parts in by_name.items() for part in (*self.once(parts), self.update(name, parts))]

    def once(self, updates: Sequence[s.Update]) -> Iterator[TlaExpr]:
        """That no part of a variable is updated twice, where two indices could be the same."""
        for i, update in enumerate(updates):
            if not self.writer.facts.may_leave(f"the number of updates of `{update.part}`"):
                continue
            for other in updates[:i]:
                if same := self.overlap(other.path, update.path):
                    yield make.call(self.writer.exprs.prelude.use("Apart"), make.conjunction(*same))

    def overlap(self, a: Sequence[s.PathStep], b: Sequence[s.PathStep]) -> list[TlaExpr]:
        """The conditions under which two paths of a variable lead to the same part; none if they never do."""
        same: list[TlaExpr] = []
        for x, y in zip(a, b, strict=False):
            match x, y:
                case s.FieldStep(), s.FieldStep() if x.field.text != y.field.text:
                    return []
                case s.IndexStep(), s.IndexStep():
                    same.append(tla.Infix("=", self.writer.exprs.expr(x.index), self.writer.exprs.expr(y.index)))
        return same

    def update(self, target: str, updates: Sequence[s.Update]) -> TlaExpr:
        """The new value of a variable, from the updates of it, or of its parts."""
        exprs = self.writer.exprs
        name = Text(self.writer.names.of(target))
        first = updates[0]
        if not first.path:
            return tla.Infix("\\in" if first.choice else "=", tla.Primed(name), exprs.expr(first.value))
        chosen: list[tuple[str, TlaExpr]] = []
        changes: list[tuple[Sequence[s.PathStep], s.AnyExpr | TlaExpr]] = []
        for update in updates:
            value: s.AnyExpr | TlaExpr = update.value
            if update.choice:
                chosen.append((self.writer.names.local("chosen"), exprs.expr(update.value)))
                value = Text(chosen[-1][0])
            changes.append((update.path, value))
        result: TlaExpr = tla.Infix("=", tla.Primed(name), updated(exprs, name, changes))
        for each in reversed(chosen):
            result = tla.Quantified("\\E", (each,), result)
        return result

    def unchanged(self, names: Sequence[str]) -> list[TlaExpr]:
        if not names:
            return []
        if len(names) == len(self.writer.variables):
            return [Text(f"UNCHANGED {self.writer.vars}", 4)]
        own = [self.writer.names.of(name) for name in names]
        return [Text(f"UNCHANGED {own[0]}" if len(own) == 1 else f"UNCHANGED <<{', '.join(own)}>>", 4)]


def _single(body: TlaExpr) -> TlaExpr:
    """A conjunction of one as the one."""
    return body.items[0] if isinstance(body, tla.Junction) and len(body.items) == 1 else body
