"""What is known of a module while it is written, above all which definitions are there already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from skipgate.checker.core.model import Model
from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.expressions import ExpressionTranslator
from skipgate.checker.tla.facts import Facts
from skipgate.checker.tla.layout import WIDTH, definition_lines, definition_text
from skipgate.checker.tla.mentions import mentioned_by
from skipgate.checker.tla.names import NameAllocator
from skipgate.checker.tla.syntax import Definition, Text, TlaExpr
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.specification import Specification
from skipgate.spec.static_types import unify
from skipgate.spec.symbols import Symbol


class ModuleWriter:
    """Writes definitions, each once and after what it mentions. Who writes a section of the module is given one."""

    def __init__(
        self, spec: Specification, model: Model, facts: Facts, name: str, variables_around: Sequence[str] = ()
    ) -> None:
        """`variables_around` are those of a module that has an instance of this one.

        TLC takes an operator of the same name for such a variable, so operators have other names.
        """
        self.name = name
        self.spec = spec
        self.model = model
        self.facts = facts
        self.names = NameAllocator({*_identifiers(spec), *variables_around})
        operators = [each.name.text for each in spec.all(s.DefDecl)] + [
            each.name.text for each in spec.all(s.ActionDecl)
        ]
        operators += [each.name.text for each in spec.all(s.EffectDecl)]
        for operator in sorted({*operators, *(each.name.text for each in spec.all(s.GroupDecl))} & {*variables_around}):
            self.names.rename(operator)
        self.exprs = ExpressionTranslator(spec, facts, self.names)
        self.done: set[Symbol] = set()
        self.done_twins: set[str] = set()
        self.definitions: list[str] = []
        self.variables = spec.all(s.VarDecl)
        self.constraints = tuple(self.names.of(declaration.name.text) for declaration in spec.all(s.ConstraintDecl))
        own = self.names.fresh
        self.vars, self.type_ok, self.initial = own("vars"), own("TypeOK"), own("Init")
        self.next, self.spec_name = own("Next"), own("Spec")

    def bound(self, binder: s.Binder) -> str:
        """The names of a binder, in a row."""
        return ", ".join(map(self.exprs.name, binder.names))

    def defined(self, name: s.Identifier, condition: s.AnyExpr, description: s.Description | None) -> str:
        """A predicate with a name, and before it what it mentions."""
        node = self.translated(condition)
        lines = [*self.pending(), *described_lines(plain(description))]
        return "\n".join([*lines, *definition_lines(Definition(self.names.of(name.text), (), node), WIDTH)])

    def pending(self) -> list[str]:
        """The lines of the definitions that what was translated last needs, which stand before it."""
        return [line for text in self.pending_definitions() for line in (text, "")]

    def pending_definitions(self) -> list[str]:
        """The definitions that what was translated last needs."""
        pending, self.definitions = self.definitions, []
        return pending

    def translated(self, node: s.AnyExpr) -> TlaExpr:
        """An expression, once all that it mentions is defined."""
        self.require(node)
        result = self.exprs.expr(node)
        self.define_twins()
        self.names.locals.clear()
        return result

    def required_type(self, node: s.AnyType) -> TlaExpr:
        """The set of the values of a type, once all that it mentions is defined."""
        self.require(node)
        result = self.exprs.type(node)
        self.names.locals.clear()
        return result

    def require(self, node: s.AnyNode) -> None:
        """Define all types and definitions that something mentions, each before what mentions it."""
        for symbol in mentioned_by(self.spec, node):
            if symbol in self.done:
                continue
            match symbol:
                case s.TypeDecl() | s.EnumDecl() | s.RecordDecl() | s.VariantDecl():
                    self.done.add(symbol)
                    self.require(symbol)
                    self.definitions.append(self.type_definition(symbol))
                case s.ShapeDecl():
                    self.done.add(symbol)
                    self.require(symbol)
                case s.DefDecl():
                    self.done.add(symbol)
                    self.require(symbol)
                    text = self.definition(symbol, self.names.of(symbol.name.text))
                    self.define_twins()
                    self.definitions.append(text)

    def type_definition(self, symbol: s.TypeDecl | s.EnumDecl | s.RecordDecl | s.VariantDecl) -> str:
        """The definition of a declared type."""
        name = self.names.of(symbol.name.text)
        match symbol:
            case s.TypeDecl(type=aliased):
                value = self.exprs.type(aliased)
                comments: list[tuple[str, str]] = []
            case s.EnumDecl(members=members):
                value = make.set_of(*(make.string(self.names.of(m.name.text)) for m in members))
                comments = [(f'"{m.name.text}"', m.description.plain) for m in members if m.description]
            case s.RecordDecl(fields=fields):
                parts = [(self.names.of(f.name.text), self.exprs.type(f.type)) for f in fields]
                value = make.record(parts, " : ")
                comments = [(f.name.text, f.description.plain) for f in fields if f.description]
            case s.VariantDecl(shapes=shapes):
                self._comparable(symbol)
                value = self.exprs.shapes(symbol)
                comments = [(shape.name.text, shape.description.plain) for shape in shapes if shape.description]
        self.names.locals.clear()
        text = definition_text(Definition(name, (), value))
        lines = described_lines(plain(symbol.description))
        lines += [comment(f"  {label}: {description}") for label, description in comments]
        return "\n".join([*lines, text])

    def _comparable(self, variant: s.VariantDecl) -> None:
        """Refuse what TLC could not compare: it looks at fields of one name, whatever the shapes."""
        seen: dict[str, s.FieldDecl] = {}
        types = self.spec.static_types.types
        for field in (field for shape in variant.shapes for field in shape.fields):
            before = seen.setdefault(field.name.text, field)
            if unify(types[before.type], types[field.type]) is None:
                message = f"TLC cannot compare shapes whose fields `{field.name.text}` have different types"
                raise error(message, field.span, f"give them different names; the other one is at {before.span.place}")

    def definition(self, declaration: s.DefDecl, name: str) -> str:
        """A definition of the specification, under a name."""
        parameters, held = self.parameters(declaration)
        body = self.exprs.expr(declaration.body)
        if declaration.result is not None:
            body = self.exprs.within(body, declaration.result, f"the value of `{declaration.name.text}`")
        if held:
            body = tla.Let(held, body)
        self.names.locals.clear()
        text = definition_text(Definition(name, parameters, body))
        return described(text, plain(declaration.description))

    def parameters(self, declaration: s.DefDecl | s.EffectDecl) -> tuple[tuple[str, ...], tuple[Definition, ...]]:
        """The parameters of an operator, and those of its own that hold the given ones to their types."""
        parameters: list[str] = []
        held: list[Definition] = []
        for parameter in declaration.parameters:
            own = self.names.of(parameter.name.text)
            what = f"`{parameter.name.text}` of `{declaration.name.text}`"
            given = self.names.local(f"{own}_given")
            value = self.exprs.within(Text(given), parameter.type, what)
            if value == Text(given):
                parameters.append(own)
            else:
                parameters.append(given)
                held.append(Definition(own, (), value))
        return tuple(parameters), tuple(held)

    def define_twins(self) -> None:
        """Define once more what was mentioned with a prime and has parameters; see `Translator.twin`."""
        for (declaration, reading), name in list(self.exprs.twins.items()):
            if name in self.done_twins:
                continue
            self.done_twins.add(name)
            with self.exprs.reading_as(reading):
                text = self.definition(declaration, name)
                self.define_twins()
            self.definitions.append(text)


def _identifiers(spec: Specification) -> Iterable[str]:
    """Every name in the sources."""
    for file in spec.program.files:
        for declaration in file.declarations:
            for node in s.walk(declaration):
                if isinstance(node, s.Identifier | s.Name):
                    yield node.text


def plain(description: s.Description | None) -> str | None:
    """A description as text."""
    return None if description is None else description.plain


def comment(text: str) -> str:
    """A comment of one line."""
    return "\\* " + " ".join(text.split("\n"))


def described_lines(description: str | None) -> list[str]:
    """The lines of a comment, if there is something to say."""
    return [] if description is None else [comment(description)]


def described(text: str, description: str | None) -> str:
    """A text below its description."""
    return "\n".join([*described_lines(description), text])
