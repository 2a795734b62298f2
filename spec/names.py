"""Name resolution: what every name in a program refers to.

A symbol is the syntax node that declares it: a top-level declaration, an enum `Member`, or, for a name bound inside an
expression or action, the `Identifier` at its binding. Built-in functions are `Builtin`s. There is one namespace for
everything but checks, and nothing may be shadowed: a name means one thing wherever it is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic, did_you_mean
from skipgate.spec.loader import Program
from skipgate.spec.source import Span
from skipgate.spec.specification import Specification
from skipgate.spec.symbols import FUNCTIONS, PROPERTIES, Builtin, Names, Symbol, TypeSymbol, kind_of
from skipgate.spec.syntax import children

_INVARIANTS_AND_STEPS = ("invariant", "transition", "lemma")

DEEPEST = 150  # levels of nesting, definitions unfolded


def resolve(program: Program, refined: Mapping[s.RefinesDecl, Specification] | None = None) -> Names:
    """Resolve every name of a program. `refined` are the specifications that it refines, as far as they are sound.

    What is wrong is left in the result: unknown, duplicate or shadowed names, recursive definitions, checks that set
    what is no constant or leave one without a value.
    """
    resolver = _Resolver(refined or {})
    resolver.declare(program)
    for file in program.files:
        for declaration in file.declarations:
            resolver.declaration(declaration, is_main=file is program.main)
    well_founded = resolver.find_recursion(program)
    return Names(resolver.symbols, resolver.references, resolver.mappings, tuple(resolver.diagnostics), well_founded)


# What an expression can mention.
_EXPRESSION_SYMBOLS = (
    s.ConstDecl,
    s.TypeDecl,
    s.EnumDecl,
    s.Member,
    s.SortDecl,
    s.RecordDecl,
    s.VarDecl,
    s.DefDecl,
    Builtin,
)

_Scope = dict[str, s.Identifier]

# What people write who come from elsewhere, in small letters, and what to write here.
_FOREIGN_TYPES = {
    "integer": "did you mean `int`?",
    "natural": "did you mean `nat`?",
    "boolean": "did you mean `bool`?",
    "string": "an `enum` names the values that there are",
}
_FOREIGN_NAMES = {
    "true": "write `true`",
    "false": "write `false`",
    "none": "write `none`",
    "null": "an absent value is `none`, of an `option of` some type",
    "nil": "an absent value is `none`, of an `option of` some type",
    "unchanged": "what an action does not update stays as it is",
    "cardinality": "did you mean `len`?",
    "length": "did you mean `len`?",
    "size": "did you mean `len`?",
    "append": "to append an element, write `s + [x]`",
    "head": "did you mean `first`?",
    "tail": "all but the first element is `s[2..len(s)]`",
    "subseq": "a part of a sequence is `s[a..b]`",
    "union": "the union of sets is `|`",
}


class _Resolver:
    def __init__(self, refined: Mapping[s.RefinesDecl, Specification]) -> None:
        self.refined = refined
        self.mappings: dict[s.RefinesDecl, tuple[s.Setting, ...]] = {}
        self.borrowed: Mapping[str, Symbol] = {}  # what is seen of a refined model where the values of it are given
        self.symbols: dict[str, Symbol] = dict(FUNCTIONS)
        self.references: dict[s.Node, Symbol] = {}
        self.diagnostics: list[Diagnostic] = []
        self.unknown: set[str] = set()  # names reported as unknown: once each is enough

    def report(self, message: str, span: Span, hint: str | None = None) -> None:
        self.diagnostics.append(Diagnostic(message, span, hint))

    # ------------------------------------------------------------------------------------- top-level declarations

    def declare(self, program: Program) -> None:
        checks: dict[str, s.Identifier] = {}
        models = 0
        for file in program.files:
            for declaration in file.declarations:
                match declaration:
                    case s.ModelDecl():
                        models += file is program.main
                        if models > 1:
                            self.report("a file has one `model` line", declaration.span)
                    case s.CheckDecl(name=name):
                        if file is not program.main:
                            continue
                        if name.text in checks:
                            self._duplicate(name, checks[name.text].span, "check")
                        checks[name.text] = name
                    case s.EnumDecl(name=name, members=members):
                        self._declare(name, declaration)
                        for member in members:
                            self._declare(member.name, member)
                    case (
                        s.ConstDecl(name=name)
                        | s.TypeDecl(name=name)
                        | s.SortDecl(name=name)
                        | s.RecordDecl(name=name)
                        | s.VarDecl(name=name)
                        | s.DefDecl(name=name)
                        | s.ActionDecl(name=name)
                        | s.PropertyDecl(name=name)
                        | s.LivenessDecl(name=name)
                        | s.RefinesDecl(name=name)
                        | s.ConstraintDecl(name=name)
                    ):
                        self._declare(name, declaration)

    def _declare(self, name: s.Identifier, symbol: Symbol) -> None:
        before = self.symbols.get(name.text)
        if name.text == "_":
            self.report("`_` stands for any value in a `match`; it cannot be declared", name.span)
        elif name.text in PROPERTIES:
            self.report(f"`{name.text}` is a property that every model has; choose another name", name.span)
        elif isinstance(before, Builtin):
            self.report(f"`{name.text}` is a built-in function; choose another name", name.span)
        elif before is not None:
            self._duplicate(name, before.span, kind_of(before))
        else:
            self.symbols[name.text] = symbol

    def _duplicate(self, name: s.Identifier, before: Span, kind: str) -> None:
        article = "an" if kind[0] in "aeiou" else "a"
        self.report(f"`{name.text}` is declared twice", name.span, f"it is {article} {kind} at {before.place}")

    def declaration(self, declaration: s.AnyDeclaration, is_main: bool) -> None:
        match declaration:
            case s.CheckDecl():
                if is_main:
                    self.check(declaration)
            case s.DefDecl(parameters=parameters):
                scope: _Scope = {}
                for parameter in parameters:
                    self.walk(parameter.type, {})
                    scope = self.bind(parameter.name, scope)
                if declaration.result:
                    self.walk(declaration.result, {})
                self.walk_optional(declaration.description, scope)
                self.walk(declaration.body, scope)
            case s.ActionDecl():
                self.action(declaration)
            case s.LivenessDecl(parameters=binders, premise=premise, goal=goal, description=description):
                scope = {}
                for binder in binders:
                    scope = self.binder(binder, scope)
                self.walk_optional(description, {})
                self.walk_optional(premise, scope)
                self.walk(goal, scope)
            case s.FairnessDecl():
                self.fairness(declaration)
            case s.RefinesDecl():
                if declaration in self.refined:
                    self.refinement(declaration, self.refined[declaration])
            case s.RecordDecl(fields=record_fields):
                seen: dict[str, s.FieldDecl] = {}
                for field in record_fields:
                    if field.name.text in seen:
                        self._duplicate(field.name, seen[field.name.text].span, "field")
                    seen[field.name.text] = field
                    self.walk(field.type, {})
            case _:
                for child in children(declaration):
                    if not isinstance(child, s.Identifier):
                        self.walk(child, {})

    def action(self, action: s.ActionDecl) -> None:
        scope: _Scope = {}
        for binder in action.parameters:
            scope = self.binder(binder, scope)
        # The description is shown beside the step: it sees the parameters and every `let` of the action.
        whole = scope
        for clause in action.clauses:
            match clause:
                case s.LetClause(bindings=bindings):
                    for binding in bindings:
                        self.walk(binding.value, scope)
                        scope = self.bind(binding.name, scope)
                case s.WhenClause(condition=condition):
                    self.walk(condition, scope)
                case s.ThenClause(updates=updates):
                    for update in updates:
                        self.update(update, scope)
            whole = scope
        self.walk_optional(action.description, whole)

    def refinement(self, declaration: s.RefinesDecl, abstract: Specification) -> None:
        """The names on the left are those of the refined model; on the right, its enums are seen as well."""
        targets: dict[str, s.ConstDecl | s.VarDecl] = {d.name.text: d for d in abstract.all(s.ConstDecl)}
        targets |= {d.name.text: d for d in abstract.all(s.VarDecl)}
        self.borrowed = {
            name: symbol
            for name, symbol in abstract.names.symbols.items()
            if isinstance(symbol, s.EnumDecl | s.Member) and name not in self.symbols
        }
        given: dict[str, s.Setting] = {}
        for setting in declaration.settings:
            self.walk(setting.value, {})
            name = setting.name
            if name.text in given:
                self.report(f"`{name.text}` is set twice in this refinement", name.span)
            given[name.text] = setting
            if name.text in targets:
                self.references[name] = targets[name.text]
            else:
                hint = did_you_mean(name.text, targets) or f"it has: {', '.join(targets)}"
                self.report(f"`{abstract.name}` has no variable or constant `{name.text}`", name.span, hint)
        self.borrowed = {}
        for text, target in targets.items():
            if text not in given:
                setting_or_none = self.implied(declaration, abstract, target)
                if setting_or_none is not None:
                    given[text] = setting_or_none
        self.mappings[declaration] = tuple(given.values())

    def implied(
        self, declaration: s.RefinesDecl, abstract: Specification, target: s.ConstDecl | s.VarDecl
    ) -> s.Setting | None:
        """What stands for a name of the refined model that is not mentioned: what has the same name here."""
        text, span = target.name.text, declaration.name.span
        own = self.symbols.get(text)
        if isinstance(own, type(target)) or (isinstance(own, s.DefDecl) and not own.parameters):
            name, value = s.Identifier(span, text), s.Name(span, text)
            self.references[name], self.references[value] = target, own
            return s.Setting(span, name, value)
        if isinstance(target, s.VarDecl) or target.default is None:
            what = f"the {kind_of(target)} `{text}` of `{abstract.name}`"
            hint = f"add `with {text} = ...`; it is declared at {target.span.place}"
            self.report(f"nothing is said to stand for {what}, and nothing here is called like it", span, hint)
        return None

    def fairness(self, declaration: s.FairnessDecl) -> None:
        scope: _Scope = {}
        for binder in declaration.binders:
            scope = self.binder(binder, scope)
        for steps in declaration.steps:
            self.reference(steps.action, (s.ActionDecl,), "action")
            action = self.references.get(steps.action)
            if isinstance(action, s.ActionDecl):
                count = sum(len(binder.names) for binder in action.parameters)
                if count != len(steps.arguments):
                    any_ = f"`{steps.action.text}({', '.join('_' * count)})`"
                    hint = f"{any_} stands for all of its steps" if count else f"write `{steps.action.text}` alone"
                    message = f"`{steps.action.text}` has {count} parameter{'s' * (count != 1)}"
                    self.report(f"{message}, not {len(steps.arguments)}", steps.span, hint)
            for argument in steps.arguments:
                self.walk_optional(argument, scope)

    def update(self, update: s.Update, scope: _Scope) -> None:
        self.mention(update.target, update.target.text, update.target.span, scope)
        symbol = self.references.get(update.target)
        if symbol is not None and not isinstance(symbol, s.VarDecl):
            message = f"`{update.target.text}` is {_with_article(kind_of(symbol))}; only variables are updated"
            self.report(message, update.target.span)
            del self.references[update.target]
        for step in update.path:
            if isinstance(step, s.IndexStep):
                self.walk(step.index, scope)
        self.walk(update.value, scope)

    def check(self, check: s.CheckDecl) -> None:
        given: dict[str, s.Setting] = {}
        for setting in check.settings:
            self.walk(setting.value, {})
            name = setting.name
            if name.text in given:
                self.report(f"`{name.text}` is set twice in this check", name.span)
            given[name.text] = setting
            self.reference(name, (s.ConstDecl,), "constant")
        for symbol in self.symbols.values():
            if isinstance(symbol, s.ConstDecl) and symbol.default is None and symbol.name.text not in given:
                self.report(
                    f"check `{check.name.text}` gives no value to the constant `{symbol.name.text}`",
                    check.name.span,
                    f"add `with {symbol.name.text} = ...`, or give it a default where it is declared",
                )
        symmetric: set[str] = set()
        for name in check.symmetry:
            self.reference(name, (s.SortDecl,), "sort")
            if name.text in symmetric:
                self.report(f"`{name.text}` is named twice", name.span)
            symmetric.add(name.text)
        for place, tag in enumerate(check.tags):
            if any(tag.text == other.text for other in check.tags[:place]):
                self.report(f"this check is tagged `{tag.text}` twice", tag.span)
        self.expectations(check)

    def expectations(self, check: s.CheckDecl) -> None:
        verdicts = {e.kind for e in check.expectations} & {"holds", "violation", "proved"}
        if not verdicts:
            self.report(
                f"check `{check.name.text}` does not say what it expects",
                check.name.span,
                "add `expect holds`, `expect proved` or `expect violation of NAME`",
            )
        if verdicts >= {"holds", "violation"}:
            wrong = next(e for e in check.expectations if e.kind == "violation")
            self.report("a check expects either `holds` or a violation, not both", wrong.span)
        if "proved" in verdicts:
            self.proof_expectations(check, explored="holds" in verdicts)
        pinned: set[str] = set()
        for pin in (pin for expectation in check.expectations for pin in expectation.pins):
            if pin.kind in pinned:
                self.report(f"`{pin.kind}` is pinned twice in this check", pin.span)
            pinned.add(pin.kind)
        what = "invariant or transition"
        seen: set[tuple[str, str]] = set()
        for expectation in check.expectations:
            for name in expectation.names:
                if (expectation.kind, name.text) in seen:
                    self.report(f"`{name.text}` is named twice", name.span)
                seen.add((expectation.kind, name.text))
                match expectation.kind:
                    case "unreachable action":
                        self.reference(name, (s.ActionDecl,), "action")
                    case "unreachable cover":
                        self.reference(name, (s.PropertyDecl,), "cover", kinds=("cover",))
                    case "vacuous":
                        self.reference(name, (s.PropertyDecl, s.LivenessDecl), what, ("invariant", "transition"))
                    case "violation" | "proved" if name.text in PROPERTIES:
                        self.references[name] = PROPERTIES[name.text]
                    case "proved":
                        self.reference(name, (s.PropertyDecl, s.RefinesDecl), what, _INVARIANTS_AND_STEPS, PROPERTIES)
                    case _:
                        wanted = (s.PropertyDecl, s.LivenessDecl, s.RefinesDecl)
                        self.reference(name, wanted, what, _INVARIANTS_AND_STEPS, PROPERTIES)

    def proof_expectations(self, check: s.CheckDecl, explored: bool) -> None:
        """What a check that expects proofs may not say beside that."""
        proved = {name.text for e in check.expectations if e.kind == "proved" for name in e.names}
        for expectation in check.expectations:
            if expectation.kind == "violation":
                for name in expectation.names:
                    if name.text in proved:
                        self.report(f"`{name.text}` cannot be proved and violated", name.span)
            if expectation.pins and not explored:
                hint = "leave them out, or add `expect holds` to explore the states as well"
                self.report("a proof counts no states", expectation.pins[0].span, hint)

    def reference(
        self,
        name: s.Identifier,
        wanted: tuple[type, ...],
        what: str,
        kinds: tuple[str, ...] = (),
        also: Mapping[str, Builtin] | None = None,
    ) -> None:
        """A mention outside expressions, of a symbol of a certain kind."""

        def fits(symbol: Symbol) -> bool:
            if not isinstance(symbol, wanted):
                return False
            return not (isinstance(symbol, s.PropertyDecl) and kinds and symbol.kind not in kinds)

        symbol = self.symbols.get(name.text)
        if symbol is not None and fits(symbol):
            self.references[name] = symbol
            return
        candidates = [text for text, candidate in self.symbols.items() if fits(candidate)] + list(also or ())
        hint = did_you_mean(name.text, candidates)
        if symbol is None:
            self.report(f"there is no {what} `{name.text}`", name.span, hint)
        else:
            self.report(
                f"`{name.text}` is {_with_article(kind_of(symbol))}, not {_with_article(what)}", name.span, hint
            )

    # ------------------------------------------------------------------------------------------------ expressions

    def bind(self, name: s.Identifier, scope: _Scope) -> _Scope:
        """The scope with one more local name."""
        if name.text in scope:
            self.report(f"`{name.text}` is already bound here", name.span, f"at {scope[name.text].span.place}")
        elif name.text in self.symbols:
            symbol = self.symbols[name.text]
            hint = None if isinstance(symbol, Builtin) else f"declared at {symbol.span.place}"
            self.report(f"`{name.text}` already means {_with_article(kind_of(symbol))}", name.span, hint)
        return {**scope, name.text: name}

    def binder(self, binder: s.Binder, scope: _Scope) -> _Scope:
        self.walk(binder.domain, scope)
        for name in binder.names:
            scope = self.bind(name, scope)
        return scope

    def mention(self, node: s.Node, text: str, span: Span, scope: _Scope) -> None:
        symbol: Symbol | None = scope.get(text) or self.symbols.get(text) or self.borrowed.get(text)
        if symbol is not None:
            self.references[node] = symbol
            return
        if text in self.unknown:
            return
        self.unknown.add(text)
        if isinstance(node, s.NamedType):
            types = [t for t, declared in self.symbols.items() if isinstance(declared, TypeSymbol)]
            hint = _FOREIGN_TYPES.get(text.lower()) or did_you_mean(text, [*types, "bool", "nat", "int"])
            self.report(f"unknown type `{text}`", span, hint)
            return
        values = [t for t, declared in self.symbols.items() if isinstance(declared, _EXPRESSION_SYMBOLS)]
        hint = _FOREIGN_NAMES.get(text.lower()) or did_you_mean(text, [*scope, *values, *self.borrowed])
        self.report(f"unknown name `{text}`", span, hint)

    def walk_optional(self, node: s.Node | None, scope: _Scope) -> None:
        if node is not None:
            self.walk(node, scope)

    def walk(self, node: s.Node, scope: _Scope) -> None:
        match node:
            case s.Name(text=text):
                self.mention(node, text, node.span, scope)
            case s.NamedType(name=text):
                self.mention(node, text, node.span, {})
                symbol = self.references.get(node)
                if symbol is not None and not isinstance(symbol, TypeSymbol):
                    self.report(f"`{text}` is {_with_article(kind_of(symbol))}, not a type", node.span)
                    del self.references[node]
            case s.Call(function=function, arguments=arguments):
                self.mention(function, function.text, function.span, scope)
                for argument in arguments:
                    self.walk(argument.value, scope)
            case (
                s.Quantifier(binders=binders)
                | s.SetComprehension(binders=binders)
                | s.MapComprehension(binders=binders)
            ):
                for binder in binders:
                    scope = self.binder(binder, scope)
                for child in children(node):
                    if not isinstance(child, s.Binder):
                        self.walk(child, scope)
            case s.SeqComprehension(element=element, binder=binder, where=where):
                scope = self.binder(binder, scope)
                self.walk_optional(where, scope)
                self.walk(element, scope)
            case s.Let(bindings=bindings, body=body):
                for binding in bindings:
                    self.walk(binding.value, scope)
                    scope = self.bind(binding.name, scope)
                self.walk(body, scope)
            case s.Match(subject=subject, cases=cases):
                self.walk(subject, scope)
                for case in cases:
                    self.case(case, scope)
            case s.Identifier() | s.FieldStep() | s.Anchor():
                pass
            case s.FieldAccess(base=base):
                self.walk(base, scope)
            case _:
                for child in children(node):
                    self.walk(child, scope)

    def case(self, case: s.Case, scope: _Scope) -> None:
        inner = scope
        for pattern in case.patterns:
            match pattern:
                case s.Pattern(kind="some", name=s.Identifier() as name):
                    if len(case.patterns) > 1:
                        self.report("`some(...)` cannot share a case with another pattern", pattern.span)
                    inner = inner if name.text == "_" else self.bind(name, inner)
                case s.Pattern(kind="member", name=s.Identifier() as name):
                    self.reference(name, (s.Member,), "enum member")
        self.walk(case.body, inner)

    # -------------------------------------------------------------------------------------------------- recursion

    def find_recursion(self, program: Program) -> bool:
        """Report each cycle among declarations, and what is nested too deeply; tell whether there is neither."""
        before = len(self.diagnostics)
        search = _Recursion(self.references)
        declarations = [d for file in program.files for d in file.declarations]
        for declaration in declarations:
            search.visit(declaration)
        for cycle in search.cycles:
            first = cycle[0]
            hint = None
            if isinstance(first, s.DefDecl):
                hint = "a definition is an abbreviation; `sum`, `min`, `max` or a comprehension may say the same"
            message = f"{kind_of(first)} `{_name_of(first)}` is defined by itself: {_chain(cycle)}"
            self.report(message, getattr(first, "name", first).span, hint)
        for declaration in search.too_deep:
            message = f"this is nested too deeply: more than {DEEPEST} levels, with the definitions that it uses"
            self.report(message, getattr(declaration, "name", declaration).span)
        if len(self.diagnostics) > before:
            return False
        for declaration in program.main.declarations:
            if isinstance(declaration, s.CheckDecl):
                self.find_circular_settings(declaration)
        return len(self.diagnostics) == before

    def find_circular_settings(self, check: s.CheckDecl) -> None:
        """Report values of constants that depend on each other in a circle, in this check only."""
        settings: dict[Symbol, s.Setting] = {}
        for setting in check.settings:
            symbol = self.references.get(setting.name)
            if symbol is not None:
                settings.setdefault(symbol, setting)
        search = _Recursion(self.references, {symbol: setting.value for symbol, setting in settings.items()})
        for symbol in settings:
            if isinstance(symbol, s.AnyDeclaration):
                search.visit(symbol)
        for cycle in search.cycles:
            first = next(symbol for symbol in cycle if symbol in settings)
            at = cycle.index(first)
            chain = _chain([*cycle[at:], *cycle[:at]])
            message = f"the value of `{_name_of(first)}` depends on itself in check `{check.name.text}`: {chain}"
            self.report(message, settings[first].value.span)


_UNFOLDED = (s.ConstDecl, s.TypeDecl, s.RecordDecl, s.SortDecl, s.DefDecl)


class _Recursion:
    """A search for cycles among declarations, and for what is nested too deeply when definitions are unfolded."""

    def __init__(self, references: Mapping[s.Node, Symbol], settings: Mapping[Symbol, s.AnyExpr] | None = None) -> None:
        """`settings` gives constants a value that stands for their default."""
        self.references = references
        self.settings = settings or {}
        self.cycles: list[list[s.AnyDeclaration]] = []
        self.too_deep: list[s.AnyDeclaration] = []
        self.depths: dict[s.AnyDeclaration, int] = {}
        self.open: list[s.AnyDeclaration] = []

    def visit(self, declaration: s.AnyDeclaration) -> int:
        """How deeply a declaration is nested, those that it mentions unfolded."""
        if declaration in self.depths:
            return self.depths[declaration]
        if declaration in self.open:
            self.cycles.append(self.open[self.open.index(declaration) :])
            return 0
        deepest = 0
        if len(self.open) < DEEPEST:
            self.open.append(declaration)
            for depth, target in self.mentions(declaration):
                if isinstance(target, _UNFOLDED):
                    depth += self.visit(target)
                deepest = max(deepest, depth)
            self.open.pop()
        if deepest > DEEPEST or len(self.open) == DEEPEST:
            self.too_deep.append(declaration)
            deepest = 0  # what mentions it is not to blame
        self.depths[declaration] = deepest
        return deepest

    def mentions(self, node: s.Node, depth: int = 1) -> Iterator[tuple[int, Symbol | None]]:
        """Every node below a node: how deep it is, and what it refers to."""
        parts: Iterable[s.Node] = children(node)
        if isinstance(node, s.ConstDecl) and node in self.settings:
            parts = (node.type, self.settings[node])
        for part in parts:
            if not isinstance(part, s.Description):
                yield depth, self.references.get(part)
                yield from self.mentions(part, depth + _levels_of(part))


def _levels_of(node: s.Node) -> int:
    """How many levels a node is deep above its parts."""
    match node:
        case s.If(branches=parts) | s.Match(cases=parts) | s.Let(bindings=parts) | s.Updated(changes=parts):
            return len(parts)
    return 1


def _chain(cycle: Sequence[Symbol]) -> str:
    return " -> ".join(f"`{_name_of(part)}`" for part in [*cycle, cycle[0]])


def _name_of(symbol: Symbol) -> str:
    name = getattr(symbol, "name", None)
    return name.text if isinstance(name, s.Identifier) else str(name)


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
