"""Formulas about behaviours."""

from __future__ import annotations

from collections.abc import Iterator

from skipgate.checker.core import formulas as f
from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.definitions import ModuleWriter, described_lines, plain
from skipgate.checker.tla.exported import TlcClaim
from skipgate.checker.tla.facts import are_constant
from skipgate.checker.tla.layout import WIDTH, definition_lines, flat, unlike_binder
from skipgate.checker.tla.syntax import Definition, Text, TlaExpr
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.temporal import is_about_steps, is_temporal, operands


def liveness(writer: ModuleWriter, declaration: s.LivenessDecl) -> tuple[str, tuple[TlcClaim, ...]]:
    """A liveness property, and what is claimed of behaviours.

    Raises:
        SpecError: TLA+ cannot say it, or TLC cannot decide it.
    """
    formula, have_values = _Formulas(writer, declaration).translated(declaration.formula)
    if declaration.parameters:
        bound = tuple((writer.bound(binder), writer.translated(binder.domain)) for binder in declaration.parameters)
        formula, have_values = (tla.Quantified("\\A", bound, body) for body in (formula, have_values))
    name = writer.names.of(declaration.name.text)
    comment = described_lines(plain(declaration.description))
    text = "\n".join([*writer.pending(), *comment, *definition_lines(Definition(name, (), formula), WIDTH)])
    return text, (TlcClaim(name, flat(have_values), "behaviour"),)


class _Formulas:
    """Translates the formula of a declaration, with the claim that its conditions on states have values."""

    def __init__(self, writer: ModuleWriter, declaration: s.LivenessDecl) -> None:
        self.writer = writer
        # About conditions that are the same in every state, temporal formulas are wrong under TLC.
        self.varying = {
            part.span
            for live in writer.model.liveness
            if live.name == declaration.name.text
            for instance in live.instances
            for part in f.walk(instance.formula)
            if isinstance(part, f.Now) and not are_constant([part.term])
        }

    def translated(self, node: s.AnyExpr, around: str = "") -> tuple[TlaExpr, TlaExpr]:
        """A formula, and the claim; `around` has the temporal operators that it stands in, a letter for each."""
        if not is_temporal(node):
            predicate = self.predicate(node)
            return predicate, tla.Infix("\\subseteq", make.set_of(predicate), Text("BOOLEAN"))
        match node:
            case s.Temporal(operator="always" | "eventually" as operator, operands=(operand,)) if not is_temporal(
                operand
            ) and is_about_steps(self.writer.spec.names, operand):
                return self.steps(node, operator, operand, around), tla.TRUE
            case s.Temporal(operator="always" | "eventually" as operator, operands=(operand,)):
                inner, claim = self.translated(operand, around + operator[0])
                return self.prefixed("[]" if operator == "always" else "<>", inner), claim
            case s.Temporal(operator="leads to", operands=(left, right)):
                (p, _), (q, _) = (self.translated(part, around + "l") for part in (left, right))
                if not (is_temporal(left) or is_temporal(right)):
                    return tla.Infix("~>", p, q), tla.Infix("\\subseteq", make.set_of(p, q), Text("BOOLEAN"))
                return tla.Infix("~>", _in_brackets(p), _in_brackets(q)), self.claims(left, right)
            case s.Temporal(operator=operator):
                raise error(f"TLA+ has no `{operator}`", node.span, "export a check that does not examine it")
            case s.Unary(operand=operand):
                return self.denied(operand, around), self.translated(operand, around)[1]
            case s.Binary(operator=operator, left=left, right=right):
                (p, _), (q, _) = (self.translated(part, around) for part in (left, right))
                if operator == "<=>":  # which TLC knows between conditions only
                    ways = (tla.Infix("=>", _in_brackets(a), _in_brackets(b)) for a, b in ((p, q), (q, p)))
                    return make.conjunction(*ways), self.claims(left, right)
                sign = {"and": "/\\", "or": "\\/", "=>": "=>"}[operator]
                return tla.Infix(sign, _in_brackets(p), _in_brackets(q)), self.claims(left, right)
            case s.Quantifier(kind=kind, binders=binders, where=where, body=body):
                bound = tuple((self.writer.bound(b), self.writer.translated(b.domain)) for b in binders)
                inner, claim = self.translated(body, around)
                if where is not None:
                    condition, _ = self.translated(where, around)
                    sign = "=>" if kind == "forall" else "/\\"
                    inner = tla.Infix(sign, _in_brackets(condition), _in_brackets(inner))
                    claim = self.claims(where, body)
                symbol = "\\A" if kind == "forall" else "\\E"
                return tla.Quantified(symbol, bound, inner), tla.Quantified("\\A", bound, claim)
        assert operands(node) is None
        raise error("temporal operators cannot stand in this expression", node.span)

    def denied(self, node: s.AnyExpr, around: str) -> TlaExpr:
        """That a formula is false, with the negation where it is about states.

        TLC is wrong about a negation of a formula that is itself below another: of `~(~y \\/ []<>~y) ~> FALSE`, where
        y is never true, it says that it is violated.
        """
        steps = any(
            isinstance(part, s.Temporal) and is_about_steps(self.writer.spec.names, part)
            for part in (node, *_below(node))
        )
        if not is_temporal(node) or steps:
            return tla.Prefix("~", _in_brackets(self.translated(node, around)[0]), 4)
        match node:
            case s.Unary(operand=operand):
                return self.translated(operand, around)[0]
            case s.Temporal(operator="always", operands=(operand,)):
                return self.prefixed("<>", self.denied(operand, around + "e"))
            case s.Temporal(operator="eventually", operands=(operand,)):
                return self.prefixed("[]", self.denied(operand, around + "a"))
            case s.Temporal(operator="leads to", operands=(left, right)):
                never = self.prefixed("[]", self.denied(right, around + "ea"))
                return self.prefixed("<>", self.joined("/\\", self.translated(left, around + "e")[0], never))
            case s.Binary(operator="and", left=left, right=right):
                return self.joined("\\/", self.denied(left, around), self.denied(right, around))
            case s.Binary(operator="or", left=left, right=right):
                return self.joined("/\\", self.denied(left, around), self.denied(right, around))
            case s.Binary(operator="=>", left=left, right=right):
                return self.joined("/\\", self.translated(left, around)[0], self.denied(right, around))
            case _:
                return tla.Prefix("~", _in_brackets(self.translated(node, around)[0]), 4)

    def joined(self, sign: str, left: TlaExpr, right: TlaExpr) -> TlaExpr:
        return tla.Infix(sign, _in_brackets(left), _in_brackets(right))

    def claims(self, *parts: s.AnyExpr) -> TlaExpr:
        return make.conjunction(*(_in_brackets(self.translated(part)[1]) for part in parts))

    def predicate(self, node: s.AnyExpr) -> TlaExpr:
        predicate = self.writer.translated(node)
        if node.span not in self.varying:
            same = tla.Infix("=", Text(self.writer.vars), Text(self.writer.vars))
            return make.conjunction(same, predicate)
        return predicate

    def prefixed(self, sign: str, operand: TlaExpr) -> TlaExpr:
        """An operator before a formula; several in a row have no brackets between them."""
        if isinstance(operand, tla.Prefix) and operand.operator in ("[]", "<>", "[]<>", "<>[]"):
            return tla.Prefix(sign + operand.operator, operand.operand, 4)
        return tla.Prefix(sign, _in_brackets(operand), 4)

    def steps(self, node: s.AnyExpr, operator: str, operand: s.AnyExpr, around: str) -> TlaExpr:
        """`[][P]_vars` or `<><<P>>_vars`."""
        if around not in (("", "e") if operator == "always" else ("a",)):
            hint = "TLC takes steps in `always eventually` and `eventually always`, outside other temporal operators"
            raise error("TLC cannot decide this formula about steps", node.span, hint)
        opening, closing = ("[][", "]_") if operator == "always" else ("<><<", ">>_")
        condition = unlike_binder(self.writer.translated(operand))
        return tla.Brackets(opening, (("", condition),), f"{closing}{self.writer.vars}")


def _in_brackets(node: TlaExpr) -> TlaExpr:
    return Text(f"({flat(node)})")


def _below(node: s.AnyExpr) -> Iterator[s.AnyExpr]:
    """The formulas below a formula."""
    for part in operands(node) or ():
        yield part
        yield from _below(part)
