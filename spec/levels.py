"""Levels: where state variables and primes may stand.

As in TLA+, an expression has a level: constant (mentions no variable), state (mentions variables), or step (mentions
primed variables as well). A definition has the level of its body.
"""

from __future__ import annotations

from enum import IntEnum
from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic
from skipgate.spec.loader import Program
from skipgate.spec.symbols import Builtin, BuiltinProperty, Names
from skipgate.spec.temporal import is_temporal, operands
from skipgate.spec.wording import with_article

TEMPORAL_FORMS = "for example `always eventually p`, `eventually always p`, `p leads to q`, `p until q`"


class Level(IntEnum):
    """How much of a behaviour an expression speaks of."""

    CONSTANT = 0
    STATE = 1
    STEP = 2


def check_levels(program: Program, names: Names) -> list[Diagnostic]:
    """Check every expression against the level that its place allows.

    Reported are: a variable where only constants are known, a prime outside a `transition`, and a prime on a name that
    has no next value. The names must be well founded.
    """
    checker = _Levels(names)
    for file in program.files:
        for declaration in file.declarations:
            checker.declaration(declaration)
    return checker.diagnostics


class _Levels:
    def __init__(self, names: Names) -> None:
        self.names = names
        self.diagnostics: list[Diagnostic] = []
        self.definitions: dict[s.DefDecl, Level] = {}

    def declaration(self, declaration: s.AnyDeclaration) -> None:  # noqa: C901 - a table: one case for each class
        match declaration:
            case s.ConstDecl():
                self.all_of(declaration, Level.CONSTANT, "a constant")
            case s.AssumeDecl():
                self.all_of(declaration, Level.CONSTANT, "an assumption")
            case s.TypeDecl() | s.SortDecl() | s.RecordDecl() | s.VariantDecl():
                self.all_of(declaration, Level.CONSTANT, "a type")
            case s.CheckDecl():
                self.all_of(declaration, Level.CONSTANT, "a check's setting")
            case s.VarDecl():
                self.all_of(declaration.type, Level.CONSTANT, "a type")
                self.all_of(declaration.initial, Level.STATE, "an initial value")
            case s.DefDecl():
                for parameter in declaration.parameters:
                    self.all_of(parameter.type, Level.CONSTANT, "a type")
                if declaration.result:
                    self.all_of(declaration.result, Level.CONSTANT, "a type")
                self.all_of(declaration.body, Level.STEP, "a definition")
            case s.ActionDecl():
                self.all_of(declaration, Level.STATE, "an action")
            case s.EffectDecl():
                for parameter in declaration.parameters:
                    self.all_of(parameter.type, Level.CONSTANT, "a type")
                self.all_of(declaration, Level.STATE, "an action")
            case s.GroupDecl():
                self.all_of(declaration, Level.CONSTANT, "a group of actions")
            case s.PropertyDecl():
                allowed = Level.STEP if declaration.kind == "transition" else Level.STATE
                self.all_of(declaration.condition, allowed, with_article(declaration.kind))
            case s.ConstraintDecl():
                self.all_of(declaration.condition, Level.STATE, "a constraint")
            case s.InitiallyDecl():
                self.all_of(declaration.condition, Level.STATE, "an initial condition")
            case s.TerminalDecl():
                self.all_of(declaration.condition, Level.STATE, "a terminal condition")
            case s.RefinesDecl():
                for setting in self.names.mappings.get(declaration, ()):
                    if isinstance(self.names.references.get(setting.name), s.ConstDecl):
                        self.all_of(setting.value, Level.CONSTANT, "a constant")
                    else:
                        self.all_of(setting.value, Level.STATE, "the value of a refined variable")
            case s.FairnessDecl():
                for binder in declaration.binders:
                    self.all_of(binder, Level.CONSTANT, "the domain of a parameter")
                if declaration.condition is not None:
                    self.all_of(declaration.condition, Level.STATE, "a fairness condition")
                for steps in declaration.steps:
                    self.all_of(steps, Level.STATE, "a fairness condition")
            case s.LivenessDecl():
                for binder in declaration.parameters:
                    self.all_of(binder, Level.CONSTANT, "the domain of a parameter")
                formula = declaration.formula
                self.formula(formula)
                if not is_temporal(formula) and self.level_of_all(formula) is not Level.STEP:
                    message = "a liveness property says when something is true"
                    self.diagnostics.append(Diagnostic(message, formula.span, TEMPORAL_FORMS))
            case s.ModelDecl() | s.ImportDecl() | s.EnumDecl() | s.UnmodelledDecl():
                pass  # no expressions stand in these
            case _:
                assert_never(declaration)

    def all_of(self, node: s.AnyNode, allowed: Level, place: str) -> None:
        """Report what is above the allowed level anywhere in a node."""
        for part in s.walk(node):
            if isinstance(part, s.Mention):
                self.mention(part, allowed, place)
            elif isinstance(part, s.StepsTest):
                self.steps_test(part, allowed, place)
            elif isinstance(part, s.Temporal):
                self.temporal(part, place)

    def formula(self, node: s.AnyExpr, steps: bool = False) -> None:
        """Report what cannot stand in a formula about behaviours. `steps`: it may be about a step."""
        if not is_temporal(node):
            if not steps and self.level_of_all(node) is Level.STEP:
                message = "what is said of a step stands alone behind `always` or `eventually`"
                hint = "for example `eventually taken A`, `always x' >= x`; they may be parts of larger formulas"
                self.diagnostics.append(Diagnostic(message, node.span, hint))
            else:
                self.all_of(node, Level.STEP, "a liveness property")
            return
        parts = operands(node)
        if parts is None:
            message = "temporal operators cannot stand in this expression"
            hint = "combine formulas by `not`, `and`, `or`, `=>`, `<=>`, `forall` and `exists`"
            self.diagnostics.append(Diagnostic(message, node.span, hint))
            return
        if isinstance(node, s.Quantifier):
            for binder in node.binders:
                self.constant_set(binder)
        one_behaviour = isinstance(node, s.Temporal) and node.operator in ("always", "eventually")
        for part in parts:
            self.formula(part, one_behaviour)

    def constant_set(self, binder: s.Binder) -> None:
        """Report a set that temporal formulas speak of, but that is not the same in every state."""
        if self.level_of_all(binder.domain) is not Level.CONSTANT:
            message = "temporal operators cannot speak of the elements of a set that changes"
            hint = "let the name range over all values: `forall x in S: always (condition(x) => ...)`"
            self.diagnostics.append(Diagnostic(message, binder.domain.span, hint))

    def temporal(self, node: s.Temporal, place: str) -> None:
        """Report a temporal operator outside liveness properties."""
        message, hint = f"{place} is not about behaviours: `{node.operator}` stands in a `liveness` property", None
        if node.operator == "always" and place in ("an invariant", "a lemma", "a transition"):
            message = f"{place} is about every {'step' if place == 'a transition' else 'state'} already"
            hint = "leave out `always`"
        elif place == "a definition":
            hint = "write the formula where it is used; conditions in it may be definitions"
        elif place in ("an invariant", "a transition"):
            hint = "write `liveness NAME ...`"
        elif place == "an initial condition":
            hint = "leave it out: the condition is about the first state"
        self.diagnostics.append(Diagnostic(message, node.span, hint))

    def steps_test(self, node: s.StepsTest, allowed: Level, place: str) -> None:
        """Report what speaks of states where there are none, or of steps where there is only a state."""
        if allowed is Level.CONSTANT:
            message = f"`{node.kind}` depends on the state, but {place} is fixed before there is one"
            self.diagnostics.append(Diagnostic(message, node.span))
        elif allowed is Level.STATE and node.kind == "taken":
            message = f"{place} is about one state, and `taken` is about a step"
            hint = "`enabled` asks whether a step is possible; a property of steps is a `transition`"
            self.diagnostics.append(Diagnostic(message, node.span, hint))

    def mention(self, node: s.Mention, allowed: Level, place: str) -> None:
        """Report a mention that is above the allowed level, or whose prime means nothing."""
        level, text = self.level_of(node), _text(node)
        if node.primed and level is Level.CONSTANT:
            message = f"`{text}` has no next value: only variables and definitions that read them take a prime"
            self.diagnostics.append(Diagnostic(message, node.span))
        elif node.primed and level is Level.STEP:
            message = f"`{text}` is already about the next state; it takes no prime"
            self.diagnostics.append(Diagnostic(message, node.span))
        elif allowed is Level.CONSTANT and level > allowed:
            message = f"`{text}` depends on the state, but {place} is fixed before there is one"
            self.diagnostics.append(Diagnostic(message, node.span))
        elif allowed is Level.STATE and (node.primed or level > allowed):
            hint = None
            if place in ("an invariant", "a lemma", "a cover"):
                hint = "a property of steps is a `transition`"
            elif place == "an initial condition":
                hint = "leave out the prime: the condition is about the first state"
            elif place == "an action":
                hint = "in an action only the target of an update is primed; every other name is the old value"
            message = f"{place} is about one state and cannot mention `{text}'`"
            self.diagnostics.append(Diagnostic(message, node.span, hint))

    def level_of(self, mention: s.Mention) -> Level:
        """The level of what is mentioned, without a prime."""
        symbol = self.names.references.get(mention.function if isinstance(mention, s.Call) else mention)
        match symbol:
            case s.VarDecl():
                return Level.STATE
            case s.DefDecl():
                if symbol not in self.definitions:
                    self.definitions[symbol] = self.level_of_all(symbol.body)
                return self.definitions[symbol]
            case s.ConstDecl() | s.TypeDecl() | s.EnumDecl() | s.Member() | s.SortDecl() | s.RecordDecl():
                return Level.CONSTANT
            case s.VariantDecl() | s.ShapeDecl():
                return Level.CONSTANT
            case s.Identifier() | Builtin() | BuiltinProperty():
                return Level.CONSTANT
            case s.ActionDecl() | s.EffectDecl() | s.GroupDecl() | s.ImportDecl():
                return Level.CONSTANT  # no value: another pass reports it
            case None | s.PropertyDecl() | s.LivenessDecl() | s.RefinesDecl() | s.ConstraintDecl():
                return Level.CONSTANT  # the same
        assert_never(symbol)

    def level_of_all(self, node: s.AnyNode) -> Level:
        """The level of an expression."""
        levels = [Level.CONSTANT]
        for part in s.walk(node):
            if isinstance(part, s.StepsTest):
                levels.append(Level.STEP if part.kind == "taken" else Level.STATE)
            elif isinstance(part, s.Mention):
                levels.append(Level.STEP if part.primed else self.level_of(part))
        return max(levels)


def _text(mention: s.Mention) -> str:
    return mention.function.text if isinstance(mention, s.Call) else mention.text
