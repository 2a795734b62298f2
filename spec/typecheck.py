"""Type checking: every expression gets a kind (see `spec.static_types`), every wrong one a diagnostic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic, did_you_mean
from skipgate.spec.loader import Program
from skipgate.spec.source import Span
from skipgate.spec.specification import Specification
from skipgate.spec.static_types import (
    BOOL,
    INT,
    NEVER,
    UNKNOWN,
    StaticBool,
    StaticEnum,
    StaticInt,
    StaticMap,
    StaticNever,
    StaticOption,
    StaticRecord,
    StaticSeq,
    StaticSet,
    StaticSort,
    StaticType,
    StaticTypes,
    StaticUnknown,
    mentions_sort,
    unify,
    unordered_part,
)
from skipgate.spec.symbols import Builtin, Names, Symbol, kind_of


def check_types(
    program: Program, names: Names, refined: Mapping[s.RefinesDecl, Specification] | None = None
) -> StaticTypes:
    """Give every expression its kind. The names must be well founded; a name that is unknown fits everywhere."""
    checker = _Checker(program, names, refined or {})
    declarations = [
        declaration
        for file in program.files
        for declaration in file.declarations
        # The checks of an imported file are not run and their names are not resolved.
        if not isinstance(declaration, s.CheckDecl) or file is program.main
    ]
    # Fairness speaks of the parameters of actions, which have their kinds once the actions were looked at.
    for declaration in sorted(declarations, key=lambda each: isinstance(each, s.FairnessDecl)):
        checker.declaration(declaration)
    return StaticTypes(checker.kinds, checker.symbols, tuple(checker.diagnostics))


class _Checker:
    def __init__(self, program: Program, names: Names, refined: Mapping[s.RefinesDecl, Specification]) -> None:
        self.names = names
        self.refined = refined
        self.enums = {
            member: declaration
            for file in program.all_files
            for declaration in file.declarations
            if isinstance(declaration, s.EnumDecl)
            for member in declaration.members
        }
        self.kinds: dict[s.AnyExpr, StaticType] = {}
        self.symbols: dict[Symbol, StaticType] = {}
        self.diagnostics: list[Diagnostic] = []

    def report(self, message: str, span: Span, hint: str | None = None) -> StaticType:
        self.diagnostics.append(Diagnostic(message, span, hint))
        return UNKNOWN

    # ----------------------------------------------------------------------------------------------- declarations

    def declaration(self, declaration: s.AnyDeclaration) -> None:
        match declaration:
            case s.ConstDecl():
                kind = self.kind_of_symbol(declaration)
                if self._has_sort(kind):
                    hint = "a constant of a sort would single out one of its interchangeable values"
                    self.report("a constant cannot hold values of a sort", declaration.type.span, hint)
                if declaration.default is not None:
                    self.expect(declaration.default, kind)
            case s.TypeDecl():
                self.type(declaration.type)
            case s.SortDecl():
                self.expect(declaration.size, INT)
            case s.RecordDecl(fields=fields):
                for field in fields:
                    kind = self.type(field.type)
                    if declaration.ordered and (part := unordered_part(kind)):
                        message = f"{_the_values(part)} have no order, so they cannot be a field of an ordered record"
                        self.report(message, field.type.span)
            case s.VarDecl():
                kind = self.kind_of_symbol(declaration)
                self.expect(declaration.initial, StaticSet(kind) if declaration.choice else kind)
            case s.AssumeDecl():
                self.expect(declaration.condition, BOOL)
            case s.DefDecl():
                self.kind_of_symbol(declaration)
            case s.ActionDecl():
                self.action(declaration)
            case s.PropertyDecl() | s.ConstraintDecl() | s.TerminalDecl():
                self.expect(declaration.condition, BOOL)
            case s.FairnessDecl():
                self.fairness(declaration)
            case s.LivenessDecl():
                self.binders(declaration.parameters, None)
                if declaration.premise is not None:
                    self.expect(declaration.premise, BOOL)
                self.expect(declaration.goal, BOOL)
            case s.RefinesDecl():
                if declaration in self.refined:
                    self.refinement(declaration, self.refined[declaration])
            case s.CheckDecl():
                for setting in declaration.settings:
                    self.expect(setting.value, self.kind_of_symbol(self.find(setting.name)))
        description = getattr(declaration, "description", None)
        if isinstance(description, s.Description) and not isinstance(declaration, s.ActionDecl):
            for hole in description.parts:
                if isinstance(hole, s.AnyExpr):
                    hint = "a brace that is meant as text is written `\\{`"
                    self.report("only the description of an action is filled in at each step", hole.span, hint)

    def description(self, description: s.Description | None) -> None:
        if description is not None:
            for part in description.parts:
                if isinstance(part, s.AnyExpr):
                    self.infer(part)

    def action(self, action: s.ActionDecl) -> None:
        for binder in action.parameters:
            self.binder(binder)
        for clause in action.clauses:
            match clause:
                case s.WhenClause(condition=condition):
                    self.expect(condition, BOOL)
                case s.LetClause(bindings=bindings):
                    self.let_bindings(bindings)
                case s.ThenClause(updates=updates):
                    for update in updates:
                        kind = self.kind_of_symbol(self.find(update.target))
                        self.expect(update.value, self.path(kind, update.path))
        self.updates_are_disjoint(action)
        self.description(action.description)

    def fairness(self, declaration: s.FairnessDecl) -> None:
        self.binders(declaration.binders, None)
        for steps in declaration.steps:
            action = self.names.references.get(steps.action)
            parameters = action.parameters if isinstance(action, s.ActionDecl) else ()
            names = [name for binder in parameters for name in binder.names]
            for name, argument in zip(names, steps.arguments, strict=False):  # their number is looked at with the names
                if argument is not None:
                    self.expect(argument, self.symbols.get(name, UNKNOWN))

    def refinement(self, declaration: s.RefinesDecl, abstract: Specification) -> None:
        """What stands for the names of a refined model has their types; types of one name must be alike."""
        types = _Alike(self, _Checker(abstract.program, abstract.names, {}), declaration, abstract)
        for setting in self.names.mappings.get(declaration, ()):
            target = self.find(setting.name)
            if not isinstance(target, s.VarDecl | s.ConstDecl):
                continue
            wanted = types.here(abstract.static_types.symbols[target])
            if setting in declaration.settings:
                self.expect(setting.value, wanted)
                continue
            kind = self.infer(setting.value)
            if unify(wanted, kind) is None:
                text = target.name.text
                message = f"`{text}` of `{abstract.name}` is {wanted}, and what is called `{text}` here is {kind}"
                self.report(message, setting.span, f"say what stands for it: `with {text} = ...`")

    def updates_are_disjoint(self, action: s.ActionDecl) -> None:
        """No two updates of an action may touch the same part: they happen at once, so neither could win."""
        done: list[s.Update] = []
        for clause in action.clauses:
            if not isinstance(clause, s.ThenClause):
                continue
            for update in clause.updates:
                for before in done:
                    if before.target.text == update.target.text and self.may_overlap(before.path, update.path):
                        name = update.target.text
                        hint = f"all updates of an action happen at once; the other is at {before.span.place}"
                        if before.path and update.path:
                            hint = f"write both into one update: `{name}' = {{{name} with [i] = a, [j] = b}}`"
                        self.report(f"action `{action.name.text}` updates `{name}` twice", update.span, hint)
                        break
                done.append(update)

    def may_overlap(self, a: Sequence[s.PathStep], b: Sequence[s.PathStep]) -> bool:
        """Could two paths lead to the same part? Not by different fields, nor by indices that are seen to differ."""
        for x, y in zip(a, b, strict=False):
            match x, y:
                case s.FieldStep(), s.FieldStep():
                    if x.field.text != y.field.text:
                        return False
                case s.IndexStep(), s.IndexStep():
                    i, j = self.literal(x.index), self.literal(y.index)
                    if i is not None and j is not None and i != j:
                        return False
        return True

    def literal(self, expr: s.AnyExpr) -> int | s.Member | None:
        """The value of a number, a boolean or an enum member, written as such."""
        match expr:
            case s.Number(value=value) | s.Boolean(value=value):
                return value
            case s.Name():
                symbol = self.find(expr)
                return symbol if isinstance(symbol, s.Member) else None
        return None

    def find(self, mention: s.Node) -> Symbol | None:
        """What a name refers to; None if that is not known."""
        return self.names.references.get(mention)

    def kind_of_symbol(self, symbol: Symbol | None) -> StaticType:
        if symbol is None:
            return UNKNOWN
        if symbol in self.symbols:
            return self.symbols[symbol]
        kind: StaticType = UNKNOWN
        self.symbols[symbol] = kind  # for a variable whose type mentions it: that is wrong, and reported as a level
        match symbol:
            case s.ConstDecl() | s.VarDecl():
                kind = self.type(symbol.type)
            case s.Member():
                kind = StaticEnum(self.enums[symbol])
            case s.EnumDecl():
                kind = StaticSet(StaticEnum(symbol))
            case s.SortDecl():
                kind = StaticSet(StaticSort(symbol))
            case s.RecordDecl():
                kind = StaticSet(StaticRecord(symbol))
            case s.TypeDecl():
                kind = StaticSet(self.type(symbol.type))
            case s.DefDecl():
                for parameter in symbol.parameters:
                    self.symbols[parameter.name] = self.type(parameter.type)
                if symbol.result is not None:
                    kind = self.type(symbol.result)
                    self.expect(symbol.body, kind)
                else:
                    kind = self.infer(symbol.body)
        self.symbols[symbol] = kind
        return kind

    # ------------------------------------------------------------------------------------------------------ types

    def type(self, node: s.AnyType) -> StaticType:
        match node:
            case s.PrimitiveType(name="bool"):
                return BOOL
            case s.PrimitiveType():
                return INT
            case s.RangeType(low=low, high=high):
                self.expect(low, INT)
                self.expect(high, INT)
                return INT
            case s.OptionType(element=element):
                return StaticOption(self.type(element))
            case s.SetType(element=element):
                return StaticSet(self.type(element))
            case s.SeqType(capacity=capacity, element=element):
                self.expect(capacity, INT)
                return StaticSeq(self.type(element))
            case s.MapType(key=key, value=value):
                return StaticMap(self.type(key), self.type(value))
            case s.NamedType():
                match self.find(node):
                    case s.TypeDecl(type=aliased):
                        return self.type(aliased)
                    case s.EnumDecl() as enum:
                        return StaticEnum(enum)
                    case s.SortDecl() as sort:
                        return StaticSort(sort)
                    case s.RecordDecl() as record:
                        return StaticRecord(record)
        return UNKNOWN

    def _has_sort(self, kind: StaticType) -> bool:
        match kind:
            case StaticRecord(declaration):
                return any(self._has_sort(self.type(field.type)) for field in declaration.fields)
            case StaticOption(element) | StaticSet(element) | StaticSeq(element):
                return self._has_sort(element)
            case StaticMap(key, value):
                return self._has_sort(key) or self._has_sort(value)
            case _:
                return mentions_sort(kind)

    # ------------------------------------------------------------------------------------------------ expressions

    def expect(self, expr: s.AnyExpr, wanted: StaticType) -> StaticType:
        """Infer an expression and report it if its kind does not fit."""
        kind = self.infer(expr)
        joined = unify(wanted, kind)
        if joined is None:
            self.report(f"this is {kind}, but {wanted} is needed", expr.span, _conversion(kind, wanted))
            return wanted
        return joined

    def infer(self, expr: s.AnyExpr) -> StaticType:
        if expr not in self.kinds:
            kind = self._infer(expr)
            if isinstance(kind, StaticNever):
                kind = self.report("this never has a value: it is taken from an empty `{}`, `[]` or `none`", expr.span)
            self.kinds[expr] = kind
        return self.kinds[expr]

    def _infer(self, expr: s.AnyExpr) -> StaticType:
        match expr:
            case s.Number():
                return INT
            case s.Boolean():
                return BOOL
            case s.NoneValue():
                return StaticOption(NEVER)
            case s.SomeOf(value=value):
                return StaticOption(self.infer(value))
            case s.Name():
                return self.name(expr)
            case s.Call():
                return self.call(expr)
            case s.Index():
                return self.index(expr)
            case s.FieldAccess(base=base, field=field):
                return self.field(self.infer(base), field)
            case s.Unary(operator="not", operand=operand):
                return self.expect(operand, BOOL)
            case s.Unary(operand=operand):
                return self.expect(operand, INT)
            case s.Binary():
                return self.binary(expr)
            case s.Range(low=low, high=high):
                self.expect(low, INT)
                self.expect(high, INT)
                return StaticSet(INT)
            case s.TypeDomain(type=type_):
                return StaticSet(self.type(type_))
            case s.SeqLiteral(elements=elements):
                return StaticSeq(self.common(elements))
            case s.SetLiteral(elements=elements):
                return StaticSet(self.common(elements))
            case s.SetComprehension(element=element, binders=binders, where=where):
                self.binders(binders, where)
                return StaticSet(self.infer(element))
            case s.SeqComprehension():
                return self.seq_comprehension(expr)
            case s.MapComprehension():
                return self.map_comprehension(expr)
            case s.Quantifier():
                return self.quantifier(expr)
            case s.If(branches=branches, otherwise=otherwise):
                for condition, _ in branches:
                    self.expect(condition, BOOL)
                return self.common([*(value for _, value in branches), otherwise])
            case s.Let(bindings=bindings, body=body):
                self.let_bindings(bindings)
                return self.infer(body)
            case s.Match():
                return self.match(expr)
            case s.Updated(base=base, changes=changes):
                kind = self.infer(base)
                for change in changes:
                    self.expect(change.value, self.path(kind, change.path))
                return kind
        raise AssertionError(f"no rule for {type(expr).__name__}")

    def common(self, exprs: Sequence[s.AnyExpr]) -> StaticType:
        """The kind that all expressions have."""
        kind: StaticType = NEVER
        for expr in exprs:
            other = self.infer(expr)
            joined = unify(kind, other)
            if joined is None:
                message = f"this is {other}, but the one before it is {kind}"
                kind = self.report(message, expr.span, _conversion(other, kind))
            else:
                kind = joined
        return kind

    def name(self, expr: s.Name) -> StaticType:
        symbol = self.find(expr)
        match symbol:
            case s.DefDecl(parameters=parameters) if parameters:
                count = len(parameters)
                hint = f"call it: `{expr.text}({', '.join(p.name.text for p in parameters)})`"
                return self.report(f"`{expr.text}` takes {_plural(count, 'argument')}", expr.span, hint)
            case Builtin(name=name):
                return self.report(f"`{name}` is a function", expr.span, f"call it: `{name}(...)`")
            case s.Identifier():
                return self.symbols.get(symbol, UNKNOWN)
            case s.ActionDecl() | s.PropertyDecl() | s.LivenessDecl() | s.RefinesDecl() | s.ConstraintDecl():
                return self.report(f"`{expr.text}` is the name of {_article(kind_of(symbol))}, not a value", expr.span)
            case _:
                return self.kind_of_symbol(symbol)

    def binary(self, expr: s.Binary) -> StaticType:
        left, right, operator = expr.left, expr.right, expr.operator
        match operator:
            case "and" | "or" | "=>" | "<=>":
                self.expect(left, BOOL)
                self.expect(right, BOOL)
                return BOOL
            case "==" | "!=":
                a, b = self.infer(left), self.infer(right)
                if unify(a, b) is None:
                    hint = _conversion(b, a) or _conversion(a, b)
                    self.report(f"{a} and {b} are never equal", expr.span, hint)
                return BOOL
            case "<" | "<=" | ">" | ">=":
                a, b = self.infer(left), self.infer(right)
                joined = unify(a, b)
                if joined is None:
                    hint = _conversion(b, a) or _conversion(a, b)
                    self.report(f"{a} and {b} cannot be compared", expr.span, hint)
                else:
                    self.ordered(joined, expr.span)
                return BOOL
            case "in":
                element, whole = self.infer(left), self.infer(right)
                if isinstance(whole, StaticSeq):
                    hint = f"the elements of a sequence as a set: `elems({right.span.flat})`"
                    return self.report("`in` asks for membership in a set, and this is a sequence", right.span, hint)
                self.expect(right, StaticSet(element))
                return BOOL
            case "subset":
                a, b = self.infer(left), self.infer(right)
                if not isinstance(unify(a, StaticSet(NEVER)), StaticSet):
                    self.report(f"this is {a}, but `subset` compares sets", left.span)
                else:
                    self.expect(right, a)
                return BOOL
            case "+" | "-" | "|" | "&":
                return self.arithmetic(expr)
        self.expect(left, INT)
        self.expect(right, INT)
        return INT

    def arithmetic(self, expr: s.Binary) -> StaticType:
        """`+` on integers and sequences, `-` on integers and sets, `|` and `&` on sets."""
        kind = self.infer(expr.left)
        wanted: dict[str, tuple[StaticType, ...]] = {
            "+": (INT, StaticSeq(NEVER)),
            "-": (INT, StaticSet(NEVER)),
            "|": (StaticSet(NEVER),),
            "&": (StaticSet(NEVER),),
        }
        if not any(unify(kind, w) for w in wanted[expr.operator]):
            what = {"+": "integers or sequences", "-": "integers or sets"}.get(expr.operator, "sets")
            hint = None
            if expr.operator == "+" and isinstance(kind, StaticSet):
                hint = "the union of sets is `|`"
            if isinstance(kind, StaticBool):
                hint = {"|": "disjunction is `or`", "&": "conjunction is `and`"}.get(expr.operator)
            return self.report(f"this is {kind}, but `{expr.operator}` works on {what}", expr.left.span, hint)
        if isinstance(kind, StaticSeq) and unify(self.infer(expr.right), kind) is None:
            hint = f"to append one element: `+ [{expr.right.span.flat}]`"
            return self.report(f"this is {self.infer(expr.right)}, but {kind} is needed", expr.right.span, hint)
        return self.expect(expr.right, kind)

    def ordered(self, kind: StaticType, span: Span) -> None:
        part = unordered_part(kind)
        if part is None:
            return
        hint = None
        if isinstance(part, StaticSort):
            hint = "the values of a sort are interchangeable: an order would break that symmetry"
        elif isinstance(part, StaticRecord):
            hint = f"declare it as `ordered record {part.declaration.name.text}`"
        elif isinstance(part, StaticSet):
            hint = "inclusion of sets is `subset`"
        elif isinstance(part, StaticBool):
            hint = "implication is `=>`"
        self.report(f"{_the_values(part)} have no order", span, hint)

    def index(self, expr: s.Index) -> StaticType:
        kind = self.infer(expr.base)
        match kind:
            case StaticSeq(element):
                if isinstance(expr.index, s.Range):
                    self.infer(expr.index)
                    return kind
                self.expect(expr.index, INT)
                return element
            case StaticMap(key, value):
                self.expect(expr.index, key)
                return value
            case StaticUnknown():
                self.infer(expr.index)
                return UNKNOWN
        self.infer(expr.index)
        hint = "membership is `x in S`" if isinstance(kind, StaticSet) else None
        if isinstance(kind, StaticOption):
            hint = "the value in an option is `get(...)`, or use `match`"
        return self.report(f"this is {kind}; only sequences and maps have elements `[...]`", expr.base.span, hint)

    def field(self, kind: StaticType, field: s.Identifier) -> StaticType:
        match kind:
            case StaticRecord(declaration):
                for declared in declaration.fields:
                    if declared.name.text == field.text:
                        return self.type(declared.type)
                hint = did_you_mean(field.text, [f.name.text for f in declaration.fields])
                return self.report(f"record {declaration.name.text} has no field `{field.text}`", field.span, hint)
            case StaticUnknown():
                return UNKNOWN
        hint = "the value in an option is `get(...)`, or use `match`" if isinstance(kind, StaticOption) else None
        return self.report(f"this is {kind}, which has no fields", field.span, hint)

    def path(self, kind: StaticType, path: Sequence[s.PathStep]) -> StaticType:
        """The kind of the part of a value that a path of an update leads to."""
        for step in path:
            if isinstance(step, s.FieldStep):
                kind = self.field(kind, step.field)
                continue
            match kind:
                case StaticSeq(element):
                    self.expect(step.index, INT)
                    kind = element
                case StaticMap(key, value):
                    self.expect(step.index, key)
                    kind = value
                case _:
                    self.infer(step.index)
                    if not isinstance(kind, StaticUnknown):
                        self.report(f"this is {kind}; only sequences and maps have elements `[...]`", step.span)
                    return UNKNOWN
        return kind

    def binder(self, binder: s.Binder) -> None:
        kind = self.infer(binder.domain)
        element: StaticType = UNKNOWN
        match kind:
            case StaticSet(inner):
                element = inner
            case StaticUnknown():
                pass
            case StaticSeq():
                text = binder.domain.span.flat
                hint = f"its elements are `elems({text})`, its indices `1..len({text})`"
                self.report("a name ranges over a set, and this is a sequence", binder.domain.span, hint)
            case _:
                self.report(f"a name ranges over a set, and this is {kind}", binder.domain.span)
        for name in binder.names:
            self.symbols[name] = element

    def binders(self, binders: Sequence[s.Binder], where: s.AnyExpr | None) -> None:
        for binder in binders:
            self.binder(binder)
        if where is not None:
            self.expect(where, BOOL)

    def quantifier(self, expr: s.Quantifier) -> StaticType:
        self.binders(expr.binders, expr.where)
        match expr.kind:
            case "forall" | "exists":
                return self.expect(expr.body, BOOL)
            case "count":
                self.expect(expr.body, BOOL)
                return INT
            case "sum":
                return self.expect(expr.body, INT)
        kind = self.infer(expr.body)
        self.ordered(kind, expr.body.span)
        return kind

    def seq_comprehension(self, expr: s.SeqComprehension) -> StaticType:
        domain = expr.binder.domain
        kind = self.infer(domain)
        element: StaticType = UNKNOWN
        match kind:
            case StaticSeq(inner):
                element = inner
            case StaticSet(inner) if isinstance(domain, s.Range):
                element = inner
            case StaticSet():
                hint = "a set of integers in order is a range `a..b`; for a set write `{... for ...}`"
                self.report("a sequence is built from a sequence or a range; a set has no order", domain.span, hint)
            case StaticUnknown():
                pass
            case _:
                self.report(f"a sequence is built from a sequence or a range, and this is {kind}", domain.span)
        for name in expr.binder.names:
            self.symbols[name] = element
        if expr.where is not None:
            self.expect(expr.where, BOOL)
        return StaticSeq(self.infer(expr.element))

    def map_comprehension(self, expr: s.MapComprehension) -> StaticType:
        binder = expr.binders[0]
        if len(expr.binders) > 1 or len(binder.names) > 1:
            hint = "for a map of two keys, nest: `map a in A: map b in B: ...`"
            self.report("a map is built over one name", expr.binders[-1].names[-1].span, hint)
        domain = binder.domain
        is_type = isinstance(domain, s.TypeDomain | s.Range)
        if isinstance(domain, s.Name):
            is_type = isinstance(self.names.references.get(domain), s.TypeDecl | s.EnumDecl | s.SortDecl | s.RecordDecl)
        self.binder(binder)
        if not is_type:
            self.report("a map is total: its keys are all values of a type", domain.span, "name a type here")
        key = self.symbols.get(binder.names[0], UNKNOWN)
        return StaticMap(key, self.infer(expr.value))

    def let_bindings(self, bindings: Sequence[s.LetBinding]) -> None:
        for binding in bindings:
            self.symbols[binding.name] = self.infer(binding.value)

    def match(self, expr: s.Match) -> StaticType:
        kind = self.infer(expr.subject)
        match kind:
            case StaticEnum(declaration):
                wanted = [member.name.text for member in declaration.members]
            case StaticOption():
                wanted = ["none", "some"]
            case StaticUnknown():
                wanted = []
            case _:
                message = f"`match` looks at enums and options, and this is {kind}"
                return self.report(message, expr.subject.span, "to compare values, use `if`")
        seen: set[str] = set()
        for case in expr.cases:
            for pattern in case.patterns:
                self.pattern(pattern, kind, seen, complete=seen.issuperset(wanted or ["_"]))
        missing = [name for name in wanted if name not in seen]
        if not seen & {"_", "?"} and missing:
            names = ", ".join(f"`{name}`" for name in missing)
            first = missing[0] if missing[0] != "some" else "some(x)"
            hint = f"add `case {first}: ...`"
            if len(missing) > 1:
                hint += ", or `case _: ...` for all others"
            self.report(f"this `match` has no case for {names}", expr.span, hint)
        return self.common([case.body for case in expr.cases])

    def pattern(self, pattern: s.Pattern, kind: StaticType, seen: set[str], complete: bool) -> None:
        """Check a pattern against those before it: what they match, `_` for everything, `?` for what is unknown."""
        match pattern.kind:
            case "any":
                label, fits = "_", True
            case "none" | "some":
                label, fits = pattern.kind, isinstance(kind, StaticOption | StaticUnknown)
                if pattern.kind == "some" and pattern.name is not None and pattern.name.text != "_":
                    self.symbols[pattern.name] = kind.element if isinstance(kind, StaticOption) else UNKNOWN
            case "member":
                assert pattern.name is not None
                member = self.find(pattern.name)
                label = "?" if member is None else pattern.name.text
                fits = unify(self.kind_of_symbol(member), kind) is not None
        if not fits:
            self.report(f"`{pattern.span.flat}` is no {_noun(kind)}", pattern.span)
            label = "?"
        elif label in seen and label not in "_?":
            self.report(f"`{label}` has a case already", pattern.span)
        elif complete or "_" in seen:
            self.report("this case is never reached", pattern.span)
        seen.add(label)

    # ------------------------------------------------------------------------------------------------------ calls

    def call(self, expr: s.Call) -> StaticType:
        symbol = self.find(expr.function)
        arguments = expr.arguments
        if not isinstance(symbol, s.RecordDecl):
            for argument in arguments:
                if argument.name is not None:
                    self.report("only a record's fields are given by name", argument.name.span)
        match symbol:
            case s.RecordDecl():
                return self.construct(symbol, expr)
            case s.DefDecl(parameters=parameters):
                kind = self.kind_of_symbol(symbol)
                self.arity(expr, len(parameters), len(parameters))
                for parameter, argument in zip(parameters, arguments, strict=False):
                    self.expect(argument.value, self.symbols[parameter.name])
                for argument in arguments[len(parameters) :]:
                    self.infer(argument.value)
                return kind
            case Builtin(name=name):
                return self.builtin(name, expr, [argument.value for argument in arguments])
        for argument in arguments:
            self.infer(argument.value)
        if symbol is None:
            return UNKNOWN
        what = _article(kind_of(symbol))
        hint = f"elements are read by `{expr.function.text}[...]`" if isinstance(symbol, s.VarDecl) else None
        return self.report(f"`{expr.function.text}` is {what} and cannot be called", expr.function.span, hint)

    def arity(self, expr: s.Call, least: int, most: int | None) -> bool:
        count = len(expr.arguments)
        if least <= count and (most is None or count <= most):
            return True
        if most is None:
            wanted = f"at least {_plural(least, 'argument')}"
        elif least == most:
            wanted = _plural(least, "argument")
        else:
            wanted = f"{least} or {_plural(most, 'argument')}"
        name = expr.function.text
        hint = f"of a set: `{name} x in S: x`" if name in ("min", "max") else None
        self.report(f"`{name}` takes {wanted}, not {count}", expr.span, hint)
        return False

    def construct(self, record: s.RecordDecl, expr: s.Call) -> StaticType:
        given: set[str] = set()
        fields = {field.name.text: field for field in record.fields}
        order = list(fields.values())
        for i, argument in enumerate(expr.arguments):
            if argument.name is not None:
                field = fields.get(argument.name.text)
                if field is None:
                    hint = did_you_mean(argument.name.text, fields)
                    message = f"record {record.name.text} has no field `{argument.name.text}`"
                    self.report(message, argument.name.span, hint)
            elif any(before.name is not None for before in expr.arguments[:i]):
                self.report("after a named field, all fields are named", argument.span)
                field = None
            else:
                field = order[i] if i < len(order) else None
                if field is None:
                    fields_text = _plural(len(order), "field")
                    self.report(f"record {record.name.text} has only {fields_text}", argument.span)
            if field is None:
                self.infer(argument.value)
                continue
            if field.name.text in given:
                self.report(f"field `{field.name.text}` is given twice", argument.span)
            given.add(field.name.text)
            self.expect(argument.value, self.type(field.type))
        missing = [name for name in fields if name not in given]
        if missing:
            names = ", ".join(f"`{name}`" for name in missing)
            self.report(f"this {record.name.text} has no value for {names}", expr.span)
        return StaticRecord(record)

    def builtin(self, name: str, expr: s.Call, arguments: list[s.AnyExpr]) -> StaticType:
        kinds = [self.infer(argument) for argument in arguments]
        limits: dict[str, tuple[int, int | None]] = {"min": (2, None), "max": (2, None), "get": (1, 2)}
        if not self.arity(expr, *limits.get(name, (1, 1))):
            return UNKNOWN
        first = kinds[0]

        def wants(*wanted: StaticType) -> bool:
            if any(unify(first, kind) for kind in wanted):
                return True
            choices = " or ".join(_any_of(kind) for kind in wanted)
            self.report(f"this is {first}, but `{name}` takes {choices}", arguments[0].span)
            return False

        match name:
            case "len":
                wants(StaticSeq(NEVER), StaticSet(NEVER))
                return INT
            case "abs" | "u64":
                self.expect(arguments[0], INT)
                return INT
            case "min" | "max":
                kind = self.common(arguments)
                self.ordered(kind, expr.span)
                return kind
            case "first" | "last":
                return first.element if wants(StaticSeq(NEVER)) and isinstance(first, StaticSeq) else UNKNOWN
            case "elems":
                return StaticSet(first.element) if wants(StaticSeq(NEVER)) and isinstance(first, StaticSeq) else UNKNOWN
            case "subsets":
                return StaticSet(first) if wants(StaticSet(NEVER)) else UNKNOWN
            case "get":
                if not wants(StaticOption(NEVER)) or not isinstance(first, StaticOption):
                    return UNKNOWN
                if len(arguments) == 1:
                    return first.element
                joined = unify(first.element, kinds[1])
                if joined is None:
                    return self.expect(arguments[1], first.element)
                return joined
        raise AssertionError(name)


def _conversion(kind: StaticType, wanted: StaticType) -> str | None:
    """What to write when a value of one kind stands where another is wanted."""
    match kind, wanted:
        case StaticOption(element), _ if unify(element, wanted) is not None and not isinstance(element, StaticNever):
            return "the value in an option is `get(...)`, or use `match`"
        case _, StaticOption(StaticNever()) | StaticSet(StaticNever()) | StaticSeq(StaticNever()):
            return None
        case _, StaticOption(element) if unify(kind, element) is not None:
            return "make it an option: `some(...)`"
        case _, StaticSet(element) if unify(kind, element) is not None:
            return "a set of one element: `{...}`"
        case _, StaticSeq(element) if unify(kind, element) is not None:
            return "a sequence of one element: `[...]`"
        case StaticInt(), StaticBool():
            return "compare it: `... > 0`"
    return None


class _Alike:
    """The types of a refined model as those of the model that refines it, where they have the same name."""

    def __init__(self, ours: _Checker, theirs: _Checker, declaration: s.RefinesDecl, abstract: Specification) -> None:
        self.ours = ours
        self.theirs = theirs
        self.declaration = declaration
        self.abstract = abstract
        self.known: dict[s.AnyDeclaration, StaticType] = {}

    def here(self, kind: StaticType) -> StaticType:
        """The kind that values of a kind of the refined model have here."""
        match kind:
            case StaticEnum(declared) | StaticSort(declared) | StaticRecord(declared):
                if declared not in self.known:
                    self.known[declared] = kind
                    self.known[declared] = self.declared(kind, declared)
                return self.known[declared]
            case StaticOption(element):
                return StaticOption(self.here(element))
            case StaticSet(element):
                return StaticSet(self.here(element))
            case StaticSeq(element):
                return StaticSeq(self.here(element))
            case StaticMap(key, value):
                return StaticMap(self.here(key), self.here(value))
            case _:
                return kind

    def declared(self, kind: StaticType, theirs: s.EnumDecl | s.SortDecl | s.RecordDecl) -> StaticType:
        own = self.ours.names.symbols.get(theirs.name.text)
        match theirs, own:
            case s.EnumDecl(), s.EnumDecl() if _texts(theirs.members) == _texts(own.members):
                return StaticEnum(own)
            case s.SortDecl(), s.SortDecl():
                return StaticSort(own)
            case s.RecordDecl(), s.RecordDecl() if self.same_fields(theirs, own):
                return StaticRecord(own)
            case _, s.EnumDecl() | s.SortDecl() | s.RecordDecl() | s.TypeDecl():
                message = f"`{theirs.name.text}` of `{self.abstract.name}` is not what is called so here"
                hint = f"declare both alike, or import them from one file; see {theirs.span.place} and {own.span.place}"
                return self.ours.report(message, self.declaration.file.span, hint)
        return kind

    def same_fields(self, theirs: s.RecordDecl, own: s.RecordDecl) -> bool:
        return (
            theirs.ordered == own.ordered
            and _texts(theirs.fields) == _texts(own.fields)
            and all(
                self.here(self.theirs.type(a.type)) == self.ours.type(b.type)
                for a, b in zip(theirs.fields, own.fields, strict=True)
            )
        )


def _texts(parts: Sequence[s.Member] | Sequence[s.FieldDecl]) -> list[str]:
    return [part.name.text for part in parts]


def _the_values(kind: StaticType) -> str:
    match kind:
        case StaticSort(declaration):
            return f"the values of sort {declaration.name.text}"
        case StaticRecord(declaration):
            return f"records {declaration.name.text}"
        case StaticBool():
            return "booleans"
        case StaticSet():
            return "sets"
        case StaticSeq():
            return "sequences"
        case StaticMap():
            return "maps"
        case _:
            return "these values"


def _any_of(kind: StaticType) -> str:
    """A set, sequence or option of whatever elements."""
    return {StaticSet: "a set", StaticSeq: "a sequence"}.get(type(kind), "an option")


def _noun(kind: StaticType) -> str:
    match kind:
        case StaticEnum(declaration):
            return f"member of enum {declaration.name.text}"
        case _:
            return f"pattern for {kind}"


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
