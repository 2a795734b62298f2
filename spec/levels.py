"""Levels: where state variables and primes may stand.

As in TLA+, an expression has a level: constant (mentions no variable), state (mentions variables), or step (mentions
primed variables as well). A definition has the level of its body.
"""

from __future__ import annotations

from enum import IntEnum

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic
from skipgate.spec.loader import Program
from skipgate.spec.symbols import Names
from skipgate.spec.syntax import children


class Level(IntEnum):
    CONSTANT = 0
    STATE = 1
    STEP = 2


def check_levels(program: Program, names: Names) -> list[Diagnostic]:
    """Check every expression against the level that its place allows.

    What is wrong: a variable where only constants are known, a prime outside a `transition`, or a prime on a name that
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

    def declaration(self, declaration: s.AnyDeclaration) -> None:
        match declaration:
            case s.ConstDecl() | s.AssumeDecl() | s.TypeDecl() | s.SortDecl() | s.RecordDecl():
                what = {s.ConstDecl: "a constant", s.AssumeDecl: "an assumption"}.get(type(declaration), "a type")
                self.all_of(declaration, Level.CONSTANT, what)
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
            case s.PropertyDecl(kind="transition"):
                self.all_of(declaration.condition, Level.STEP, "a transition")
            case s.PropertyDecl(kind=kind):
                place = {"invariant": "an invariant", "lemma": "a lemma"}.get(kind, "a cover")
                self.all_of(declaration.condition, Level.STATE, place)
            case s.ConstraintDecl():
                self.all_of(declaration.condition, Level.STATE, "a constraint")
            case s.TerminalDecl():
                self.all_of(declaration.condition, Level.STATE, "a terminal condition")
            case s.RefinesDecl():
                for setting in self.names.mappings.get(declaration, ()):
                    if isinstance(self.names.references.get(setting.name), s.ConstDecl):
                        self.all_of(setting.value, Level.CONSTANT, "a constant")
                    else:
                        self.all_of(setting.value, Level.STATE, "what stands for a variable")
            case s.FairnessDecl():
                self.all_of(declaration, Level.CONSTANT, "fairness")
            case s.LivenessDecl():
                for binder in declaration.parameters:
                    self.all_of(binder, Level.CONSTANT, "what a liveness property speaks of")
                for part in (declaration.premise, declaration.goal):
                    if part is not None:
                        self.all_of(part, Level.STATE, "a liveness property")

    def all_of(self, node: s.Node, allowed: Level, place: str) -> None:
        """Report what is above the allowed level anywhere in a node."""
        if isinstance(node, s.Anchor):
            return
        level, primed, text = self.mention(node)
        if primed and level is Level.CONSTANT:
            message = f"`{text}` has no next value: only variables and definitions that read them take a prime"
            self.diagnostics.append(Diagnostic(message, node.span))
        elif primed and level is Level.STEP:
            message = f"`{text}` already speaks of the next state; it takes no prime"
            self.diagnostics.append(Diagnostic(message, node.span))
        elif allowed is Level.CONSTANT and level > allowed:
            message = f"`{text}` depends on the state, but {place} is fixed before there is one"
            self.diagnostics.append(Diagnostic(message, node.span))
        elif allowed is Level.STATE and (primed or level > allowed):
            self._no_prime(node, text, place)
        for child in children(node):
            self.all_of(child, allowed, place)

    def _no_prime(self, node: s.Node, text: str, place: str) -> None:
        hint = None
        if place in ("an invariant", "a lemma", "a cover"):
            hint = "a property of steps is a `transition`"
        elif place == "an action":
            hint = "in an action only the target of an update is primed; every other name is the old value"
        message = f"{place} speaks of one state and cannot mention `{text}'`"
        self.diagnostics.append(Diagnostic(message, node.span, hint))

    def mention(self, node: s.Node) -> tuple[Level, bool, str]:
        """The level of what a node mentions itself (not its children), whether it is primed, and how it is called."""
        match node:
            case s.Name(text=text, primed=primed):
                return self.level_of(node), primed, text
            case s.Call(function=function, primed=primed):
                return self.level_of(function), primed, function.text
            case _:
                return Level.CONSTANT, False, ""

    def level_of(self, mention: s.Node) -> Level:
        match self.names.references.get(mention):
            case s.VarDecl():
                return Level.STATE
            case s.DefDecl() as definition:
                if definition not in self.definitions:
                    self.definitions[definition] = self.highest(definition.body)
                return self.definitions[definition]
            case _:
                return Level.CONSTANT

    def highest(self, node: s.Node) -> Level:
        level, primed, _ = self.mention(node)
        if primed:
            level = Level.STEP
        return max([level, *(self.highest(child) for child in children(node))])
