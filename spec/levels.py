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
from skipgate.spec.wording import with_article


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
            case s.PropertyDecl():
                allowed = Level.STEP if declaration.kind == "transition" else Level.STATE
                self.all_of(declaration.condition, allowed, with_article(declaration.kind))
            case s.ConstraintDecl():
                self.all_of(declaration.condition, Level.STATE, "a constraint")
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
                for part in (declaration.premise, declaration.goal):
                    if part is not None:
                        self.all_of(part, Level.STATE, "a liveness property")
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
                    self.definitions[symbol] = self.level_of_definition(symbol)
                return self.definitions[symbol]
            case s.ConstDecl() | s.TypeDecl() | s.EnumDecl() | s.Member() | s.SortDecl() | s.RecordDecl():
                return Level.CONSTANT
            case s.VariantDecl() | s.ShapeDecl():
                return Level.CONSTANT
            case s.Identifier() | Builtin() | BuiltinProperty():
                return Level.CONSTANT
            case None | s.ActionDecl() | s.PropertyDecl() | s.LivenessDecl() | s.RefinesDecl() | s.ConstraintDecl():
                return Level.CONSTANT  # no value: another pass reports it
        assert_never(symbol)

    def level_of_definition(self, definition: s.DefDecl) -> Level:
        levels = [Level.CONSTANT]
        for part in s.walk(definition.body):
            if isinstance(part, s.StepsTest):
                levels.append(Level.STEP if part.kind == "taken" else Level.STATE)
            elif isinstance(part, s.Mention):
                levels.append(Level.STEP if part.primed else self.level_of(part))
        return max(levels)


def _text(mention: s.Mention) -> str:
    return mention.function.text if isinstance(mention, s.Call) else mention.text
