"""Expressions of the language as expressions of TLA+.

Both are lazy in the same places (`and`, `or`, `=>`, `if`, `let`, arguments), and TLC raises an error in most places
where an expression has no value here. Where it would not, an operator of `library.py` does: `EXCEPT` at a key that is
not there, `get` of none, a value outside its declared type. TLC also leaves functions and some sets unevaluated until
an element is asked for; `TLCEval` stands where that could hide an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.domains import has_bounds, mentions_numbers, mentions_sort, parts_of, static_type_of
from skipgate.checker.tla.facts import Facts
from skipgate.checker.tla.library import Library, negated
from skipgate.checker.tla.names import Names
from skipgate.checker.tla.syntax import Node, Text
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.source import Span
from skipgate.spec.specification import Specification
from skipgate.spec.static_types import StaticInt, StaticMap, StaticOption, StaticSeq, unify
from skipgate.spec.symbols import Builtin, Symbol
from skipgate.spec.syntax import children

LARGEST = 2**31 - 1  # TLC's numbers have 32 bits
Reading = Literal["now", "next", "still"]  # as written; all after the step; of a step that changes nothing
_Bound = tuple[str, Node]


class Expressions:
    """Translates expressions, and notes which declarations and library operators they mention."""

    def __init__(self, spec: Specification, facts: Facts, names: Names) -> None:
        self.spec = spec
        self.facts = facts
        self.names = names
        self.library = Library(names, lambda node: static_type_of(spec, node))
        self.reading: Reading = "now"
        self._failing: dict[s.Node, bool] = {}
        self._bound = _bound_by_name(spec)
        self.twins: dict[tuple[s.DefDecl, Reading], str] = {}

    def name(self, identifier: s.Identifier) -> str:
        return self.names.of(identifier.text)

    # ------------------------------------------------------------------------------------------------------ types

    def type(self, node: s.AnyType, finite: bool = False) -> Node:
        """The set of the values of a type. TLC can go through it if it is to be `finite`; else it may be lazier."""
        match node:
            case s.PrimitiveType(name=name):
                return Text({"bool": "BOOLEAN", "nat": "Nat", "int": "Int"}[name])
            case s.RangeType(low=low, high=high):
                return tla.Infix("..", self.expr(low), self.expr(high))
            case s.OptionType(element=element):
                inner = self.type(element, finite)
                if isinstance(static_type_of(self.spec, element), StaticOption):
                    # The tuples <<v>>, in a form of which TLC needs no list to tell what is one.
                    inner = tla.Mapped("[", Text("1..1", 9), " -> ", inner, "]")
                return tla.Infix("\\cup", tla.set_of(Text(self.library.none)), inner)
            case s.SetType(element=element):
                return tla.Prefix("SUBSET ", self.type(element, finite), 8)
            case s.SeqType(capacity=capacity, element=element):
                sequences = self.library.use("EverySeq" if finite else "BoundedSeq")
                return tla.call(sequences, self.type(element, finite), self.expr(capacity))
            case s.MapType(key=key, value=value):
                return tla.Mapped("[", self.type(key, True), " -> ", self.type(value, finite), "]")
            case s.NamedType():
                return self.named_type(self.spec.names[node], finite)
        raise AssertionError(node)

    def named_type(self, symbol: Symbol, finite: bool = False) -> Node:
        assert isinstance(symbol, s.TypeDecl | s.EnumDecl | s.SortDecl | s.RecordDecl)
        if finite and any(isinstance(part, StaticSeq) for part in parts_of(self.spec, symbol)):
            match symbol:
                case s.TypeDecl(type=aliased):
                    return self.type(aliased, finite)
                case s.RecordDecl(fields=fields):
                    return tla.record([(self.name(f.name), self.type(f.type, finite)) for f in fields], " : ")
        return Text(self.name(symbol.name))

    def within(self, value: Node, type_: s.AnyType, what: str) -> Node:
        """The value, held to a type unless it cannot leave it."""
        return self.held(value, type_) if has_bounds(self.spec, type_) and self.facts.may_leave(what) else value

    def held(self, value: Node, type_: s.AnyType) -> Node:
        return tla.call(self.library.use("Within"), value, self.type(type_))

    # ------------------------------------------------------------------------------------------------ expressions

    def expr(self, node: s.AnyExpr) -> Node:
        match node:
            case s.Number(value=value):
                if value > LARGEST:
                    raise error(f"TLC cannot express {value}: its numbers have 32 bits", node.span)
                return tla.number(value)
            case s.Boolean(value=value):
                return tla.TRUE if value else tla.FALSE
            case s.NoneValue():
                return Text(self.library.none)
            case s.SomeOf(value=value):
                inner = self.expr(value)
                return tla.tuple_of(inner) if isinstance(self.spec.static_types[value], StaticOption) else inner
            case s.Name():
                return self.mention(node)
            case s.Call():
                return self.call(node)
            case s.Index(base=base, index=s.Range(low=low, high=high)) if not self.is_map(base):
                self.library.modules.add("Sequences")
                return tla.call("SubSeq", self.expr(base), self.expr(low), self.expr(high))
            case s.Index(base=base, index=index):
                return tla.Applied(self.expr(base), self.expr(index))
            case s.FieldAccess(base=base, field=field):
                return tla.Applied(self.expr(base), self.name(field))
            case s.Unary(operator="not", operand=operand):
                return self.negation(operand)
            case s.Unary(operand=operand):
                return tla.Negative(self.expr(operand))
            case s.Binary():
                return self.binary(node)
            case s.Range(low=low, high=high):
                return tla.Infix("..", self.expr(low), self.expr(high))
            case s.TypeDomain(type=type_):
                return self.type(type_, finite=True)
            case s.SeqLiteral(elements=elements):
                return tla.tuple_of(*map(self.expr, elements))
            case s.SetLiteral(elements=elements):
                return tla.set_of(*map(self.expr, elements))
            case s.SetComprehension():
                return self.set_comprehension(node)
            case s.SeqComprehension():
                return self.seq_comprehension(node)
            case s.MapComprehension(binders=(binder, *_), value=value):
                made = tla.function(self.binder(binder), self.expr(value))
                return self.evaluated(made, value)
            case s.Quantifier():
                return self.quantifier(node)
            case s.If(branches=branches, otherwise=otherwise):
                result = self.expr(otherwise)
                for condition, value in reversed(branches):
                    result = tla.If(self.expr(condition), self.expr(value), result)
                return result
            case s.Let(bindings=bindings, body=body):
                return tla.Let(self.definitions(bindings), self.expr(body))
            case s.Match():
                return self.match(node)
            case s.Updated(base=base, changes=changes):
                return self.updated(self.expr(base), [(c.path, c.value, c.span) for c in changes], self.is_simple(base))
        raise AssertionError(node)

    def definitions(self, bindings: Iterable[s.LetBinding]) -> tuple[tla.Definition, ...]:
        return tuple(tla.Definition(self.name(b.name), (), self.expr(b.value)) for b in bindings)

    def is_map(self, node: s.AnyExpr) -> bool:
        return isinstance(self.spec.static_types[node], StaticMap)

    def is_simple(self, node: s.AnyExpr) -> bool:
        return isinstance(node, s.Name | s.Number | s.Boolean | s.NoneValue)

    def mention(self, node: s.Name) -> Node:
        symbol = self.spec.names[node]
        match symbol:
            case s.Identifier():
                return Text(self.name(symbol))
            case s.VarDecl() | s.DefDecl():
                return self.read(symbol, node.primed)
            case s.ConstDecl():
                return Text(self.name(symbol.name))
            case s.Member():
                return tla.string(self.name(symbol.name))
            case s.TypeDecl() | s.EnumDecl() | s.SortDecl() | s.RecordDecl():
                return self.named_type(symbol, finite=True)
        raise AssertionError(symbol)

    def read(self, symbol: s.VarDecl | s.DefDecl, primed: bool) -> Node:
        """A variable, or a definition without parameters."""
        plain = Text(self.name(symbol.name))
        if self.reading == "still":
            speaks = isinstance(symbol, s.DefDecl) and self.speaks_of_steps(symbol)
            return Text(self.twin(symbol)) if speaks and isinstance(symbol, s.DefDecl) else plain
        return tla.Primed(plain) if (primed or self.reading == "next") and self.reads_state(symbol) else plain

    def reads_state(self, symbol: Symbol) -> bool:
        """Does a definition mention a variable?"""
        match symbol:
            case s.VarDecl():
                return True
            case s.DefDecl(body=body):
                return any(map(self.reads_state, mentioned_by(self.spec, body)))
        return False

    def speaks_of_steps(self, symbol: Symbol) -> bool:
        """Does a definition mention primes?"""
        if not isinstance(symbol, s.DefDecl):
            return False
        primes = any(isinstance(part, s.Name | s.Call) and part.primed for part in walk(symbol.body))
        return primes or any(map(self.speaks_of_steps, mentioned_by(self.spec, symbol.body)))

    @contextmanager
    def reading_as(self, reading: Reading) -> Iterator[None]:
        before, self.reading = self.reading, reading
        yield
        self.reading = before

    # ------------------------------------------------------------------------------------------------------ calls

    def call(self, node: s.Call) -> Node:
        symbol = self.spec.names[node.function]
        values = [argument.value for argument in node.arguments]
        match symbol:
            case s.DefDecl():
                return tla.call(self.called(symbol, node.primed), *map(self.expr, values))
            case s.RecordDecl():
                return tla.record([(self.name(f.name), self.part(symbol, f, v)) for f, v in self.parts(symbol, node)])
            case Builtin(name=function):
                return self.builtin(function, node, values)
        raise AssertionError(symbol)

    def parts(self, record: s.RecordDecl, node: s.Call) -> list[tuple[s.FieldDecl, s.AnyExpr]]:
        """The fields of a record that is built, with their values."""
        given = {
            field.name.text: argument.value for field, argument in zip(record.fields, node.arguments, strict=False)
        }
        given |= {a.name.text: a.value for a in node.arguments if a.name is not None}
        return [(field, given[field.name.text]) for field in record.fields]

    def part(self, record: s.RecordDecl, field: s.FieldDecl, value: s.AnyExpr) -> Node:
        translated = self.expr(value)
        return self.held(translated, field.type) if self.is_held(record, field, value) else translated

    def is_held(self, record: s.RecordDecl, field: s.FieldDecl, value: s.AnyExpr) -> bool:
        """May the value of a field leave its type?"""
        what = f"field `{field.name.text}` of `{record.name.text}`"
        return has_bounds(self.spec, field.type) and self.facts.may_leave(what, value.span)

    def called(self, definition: s.DefDecl, primed: bool) -> str:
        """The name of a definition with parameters."""
        if self.reading == "still":
            return self.twin(definition) if self.speaks_of_steps(definition) else self.name(definition.name)
        if (primed or self.reading == "next") and self.reads_state(definition):
            with self.reading_as("next"):
                return self.twin(definition)
        return self.name(definition.name)

    def twin(self, definition: s.DefDecl) -> str:
        """The name of a definition under the present reading.

        After the step: `f(x)'` would read `x` after the step too. If nothing changes: without any prime.
        """
        key = (definition, self.reading)
        if key not in self.twins:
            self.twins[key] = self.names.fresh(f"{definition.name.text}_{self.reading}")
        return self.twins[key]

    def builtin(self, function: str, node: s.Call, values: list[s.AnyExpr]) -> Node:
        first = self.expr(values[0])
        kind = self.spec.static_types[values[0]]
        match function:
            case "len":
                self.library.modules.add("Sequences" if isinstance(kind, StaticSeq) else "FiniteSets")
                return tla.call("Len" if isinstance(kind, StaticSeq) else "Cardinality", first)
            case "abs":
                return tla.call(self.library.use("Abs"), first)
            case "u64":
                if node.span in self.facts.wrapping:
                    raise error("TLC cannot express `u64`: its numbers have 32 bits", node.span)
                return first
            case "min" | "max":
                return self.extreme(function, node, tla.set_of(*map(self.expr, values)))
            case "first":
                self.library.modules.add("Sequences")
                return tla.call("Head", first)
            case "last":
                return tla.call(self.library.use("Last"), first)
            case "elems":
                return tla.call(self.library.use("Elements"), first)
            case "subsets":
                return tla.Prefix("SUBSET ", first, 8)
            case "get":
                inner = "Inner" if isinstance(kind, StaticOption) and isinstance(kind.element, StaticOption) else ""
                if len(values) == 1:
                    return tla.call(self.library.use(f"Get{inner}"), first)
                return tla.call(self.library.use(f"Get{inner}Or"), first, self.expr(values[1]))
        raise AssertionError(function)

    def extreme(self, which: str, node: s.AnyExpr, values: Node) -> Node:
        kind = self.spec.static_types[node]
        return tla.call(self.library.least(kind) if which == "min" else self.library.greatest(kind), values)

    # -------------------------------------------------------------------------------------------------- operators

    def negation(self, operand: s.AnyExpr) -> Node:
        match operand:
            case s.Binary(operator="in", left=left, right=right):
                return tla.Infix("\\notin", self.expr(left), self.expr(right))
            case s.Binary(operator="==", left=left, right=right):
                return tla.Infix("#", self.expr(left), self.expr(right))
        return tla.Prefix("~", self.expr(operand), 4)

    def binary(self, node: s.Binary) -> Node:
        operator = node.operator
        if operator in ("and", "or"):
            symbol = "/\\" if operator == "and" else "\\/"
            return tla.Junction(symbol, tuple(self.expr(part) for part in flattened(node, operator)))
        left, right = self.expr(node.left), self.expr(node.right)
        match operator:
            case "=>" | "<=>":
                return tla.Infix(operator, left, right)
            case "==":
                return tla.Infix("=", left, right)
            case "!=":
                return tla.Infix("#", left, right)
            case "<" | "<=" | ">" | ">=":
                return self.comparison(operator, node, left, right)
            case "in":
                return tla.Infix("\\in", left, right)
            case "subset":
                return tla.Infix("\\subseteq", left, right)
            case "|":
                return tla.Infix("\\cup", left, right)
            case "&":
                return tla.Infix("\\cap", left, right)
            case "+" | "-" if isinstance(self.spec.static_types[node], StaticSeq):
                return self.concatenation(node, left, right)
            case "-" if not self.is_number(node):
                return tla.Infix("\\", left, right)
            case "+" | "-" | "*":
                return tla.Infix(operator, left, right)
            case "div" | "mod":
                return self.division(operator, node, left, right)
        raise AssertionError(operator)

    def is_number(self, node: s.AnyExpr) -> bool:
        return isinstance(self.spec.static_types[node], StaticInt)

    def concatenation(self, node: s.Binary, left: Node, right: Node) -> Node:
        self.library.modules.add("Sequences")
        if isinstance(node.right, s.SeqLiteral) and len(node.right.elements) == 1:
            return tla.call("Append", left, self.expr(node.right.elements[0]))
        return tla.Infix("\\o", left, right)

    def division(self, operator: str, node: s.Binary, left: Node, right: Node) -> Node:
        if self.facts.is_positive(node.span) or (isinstance(node.right, s.Number) and node.right.value > 0):
            return tla.Infix("\\div" if operator == "div" else "%", left, right)
        return tla.call(self.library.use("Quotient" if operator == "div" else "Remainder"), left, right)

    def comparison(self, operator: str, node: s.Binary, left: Node, right: Node) -> Node:
        kind = unify(self.spec.static_types[node.left], self.spec.static_types[node.right])
        assert kind is not None
        if self.is_number(node.left) and self.is_number(node.right):
            return tla.Infix(operator, left, right)
        if operator in (">", "<="):
            left, right = right, left
        less = self.library.less(kind, _operand(left), _operand(right))
        if operator in ("<=", ">="):
            return Text(negated(less), 4)
        return Text(less, 5 if " < " in less else 17)

    # ---------------------------------------------------------------------------------------------------- binders

    def binder(self, binder: s.Binder) -> list[_Bound]:
        """The names of one binder, each with the domain."""
        domain = self.expr(binder.domain)
        if tla.flat(domain).startswith("SUBSET "):  # of which TLC takes no two elements at once if the set is empty
            return [(self.name(name), domain) for name in binder.names]
        return [(", ".join(self.name(name) for name in binder.names), domain)]

    def bound(self, binders: Sequence[s.Binder]) -> list[_Bound]:
        """Every name with its domain."""
        return [(self.name(name), self.expr(b.domain)) for b in binders for name in b.names]

    def depend(self, binders: Sequence[s.Binder]) -> bool:
        """Does a domain mention the names before it, or must it not be evaluated if one before it is empty?"""
        seen: set[s.Node] = set()
        for i, binder in enumerate(binders):
            if any(self.spec.names.references.get(part) in seen for part in walk(binder.domain)):
                return True
            if i and self.can_fail(binder.domain):
                return True
            seen |= set(binder.names)
        return False

    def quantifier(self, node: s.Quantifier) -> Node:
        where = None if node.where is None else self.expr(node.where)
        match node.kind:
            case "forall" | "exists":
                body = self.expr(node.body)
                if where is not None and node.kind == "forall":
                    body = tla.Infix("=>", where, body)
                elif where is not None:
                    body = tla.conjunction(where, body)
                return self.quantified(node, body)
            case "count":
                assert isinstance(node.body, s.AnyExpr)
                self.library.modules.add("FiniteSets")
                condition = self.expr(node.body)
                if where is not None:
                    condition = tla.conjunction(where, condition)
                return tla.call("Cardinality", self.choices(node.binders, condition, condition == tla.TRUE))
            case "sum":
                domain = self.choices(node.binders, where, where is None)
                names = [name for name, _ in self.bound(node.binders)]
                over = names[0] if len(names) == 1 else f"<<{', '.join(names)}>>"
                return tla.call(self.library.use("Sum"), tla.function([(over, domain)], self.expr(node.body)))
        return self.extreme(node.kind, node, self.image(node.body, node.binders, node.where))

    def quantified(self, node: s.Quantifier, body: Node) -> Node:
        symbol = "\\A" if node.kind == "forall" else "\\E"
        if not self.depend(node.binders) and not any(self.looks_at_all(node, b) for b in node.binders):
            return tla.Quantified(symbol, tuple(bound for b in node.binders for bound in self.binder(b)), body)
        for binder in reversed(node.binders):
            if self.looks_at_all(node, binder):
                for name in reversed(binder.names):
                    values = tla.image(body, [(self.name(name), self.expr(binder.domain))])
                    decides = tla.FALSE if node.kind == "forall" else tla.TRUE
                    body = tla.Infix("\\notin" if node.kind == "forall" else "\\in", decides, values)
            else:
                body = tla.Quantified(symbol, tuple(self.binder(binder)), body)
        return body

    def looks_at_all(self, node: s.Quantifier, binder: s.Binder) -> bool:
        """Must all elements be looked at, since the values of a sort have no order and one may be an error?

        Only if a judge is to be told: nobody writes so, and it matters to nothing but errors.
        """
        if not self.facts.every:
            return False
        kind = self.spec.static_types.symbols[binder.names[0]]
        return mentions_sort(self.spec, kind) and any(map(self.can_fail, filter(None, (node.where, node.body))))

    def choices(self, binders: Sequence[s.Binder], condition: Node | None, always: bool = False) -> Node:
        """The set of the values of the names, as tuples if there are several, for which a condition holds."""
        bound = self.bound(binders)
        pattern = _pattern([name for name, _ in bound])
        if len(bound) == 1 or not self.depend(binders):
            domain = _product([domain for _, domain in bound])
            return domain if condition is None or always else tla.filtered((pattern, domain), condition)
        return self._nested(tla.Text(pattern), bound, condition)

    def _nested(self, element: Node, bound: Sequence[_Bound], condition: Node | None) -> Node:
        *outer, (name, domain) = bound
        if condition is not None:
            domain = tla.filtered((name, domain), condition)
        result = tla.image(element, [(name, domain)])
        for name, domain in reversed(outer):
            result = tla.Prefix("UNION ", tla.image(result, [(name, domain)]), 8)
        return result

    def image(self, element: s.AnyExpr, binders: Sequence[s.Binder], where: s.AnyExpr | None) -> Node:
        """The set of the values of an expression."""
        bound = self.bound(binders)
        condition = None if where is None else self.expr(where)
        if len(bound) > 1 and self.depend(binders):
            return self._nested(self.expr(element), bound, condition)
        if condition is None:
            if len(bound) == 1 and self.is_name(element, binders[0].names[0]):
                return bound[0][1]
            return tla.image(self.expr(element), bound)
        chosen = self.choices(binders, condition)
        if len(bound) == 1 and self.is_name(element, binders[0].names[0]):
            return self.evaluated(chosen, where)
        return tla.image(self.expr(element), [(_pattern([name for name, _ in bound]), chosen)])

    def is_name(self, node: s.AnyExpr, identifier: s.Identifier) -> bool:
        return isinstance(node, s.Name) and self.spec.names[node] is identifier

    def set_comprehension(self, node: s.SetComprehension) -> Node:
        return self.image(node.element, node.binders, node.where)

    def seq_comprehension(self, node: s.SeqComprehension) -> Node:
        (identifier,) = node.binder.names
        name, domain = self.name(identifier), node.binder.domain
        self.library.modules.add("Sequences")
        element = self.expr(node.element)
        if isinstance(domain, s.Range):
            index = self.names.local("i")
            low, high = self.expr(domain.low), self.expr(domain.high)
            if low == tla.number(1):
                source: Node = tla.function([(index, tla.Infix("..", low, high))], Text(index))
                plain = tla.function([(name, tla.Infix("..", low, high))], element)
                if node.where is None:
                    return self.evaluated(plain, node.element)
            else:
                # From a sequence of the numbers themselves.
                start = tla.Infix("-", low, tla.number(1))
                count = tla.Infix("-", high, start)
                source = tla.function(
                    [(index, tla.Infix("..", tla.number(1), count))], tla.Infix("+", Text(index), start)
                )
        else:
            source = self.expr(domain)
        if node.where is not None:
            source = tla.call("SelectSeq", source, tla.Lambda(name, self.expr(node.where)))
        if self.is_name(node.element, identifier):
            return source
        chosen, place = self.names.local("chosen"), self.names.local("i")
        body = tla.Let((tla.Definition(name, (), tla.Applied(Text(chosen), Text(place))),), element)
        whole = tla.function([(place, tla.Infix("..", tla.number(1), tla.call("Len", Text(chosen))))], body)
        return tla.Let((tla.Definition(chosen, (), source),), self.evaluated(whole, node.element))

    def evaluated(self, value: Node, *parts: s.AnyExpr | None) -> Node:
        """A function or set that TLC must not leave unevaluated, if one of the parts may have no value."""
        if not any(part is not None and self.can_fail(part) for part in parts):
            return value
        self.library.modules.add("TLC")
        return tla.call("TLCEval", value)

    # ------------------------------------------------------------------------------------------------------ match

    def match(self, node: s.Match) -> Node:
        if len(node.cases) == 1:
            return self.single_case(node)
        if isinstance(self.spec.static_types[node.subject], StaticOption):
            return self.match_option(node)
        return self.named(node.subject, lambda subject: self.match_member(node, subject))

    def single_case(self, node: s.Match) -> Node:
        body = self.expr(node.cases[0].body)
        if not self.can_fail(node.subject):
            return body
        subject = self.expr(node.subject)  # evaluated all the same
        return tla.If(tla.Infix("=", subject, subject), body, body)

    def named(self, value: s.AnyExpr, build: Callable[[Node], Node]) -> Node:
        """What is built over a value that is mentioned several times."""
        if self.is_simple(value):
            return build(self.expr(value))
        name = self.names.local("subject")
        return tla.Let((tla.Definition(name, (), self.expr(value)),), build(Text(name)))

    def match_member(self, node: s.Match, subject: Node) -> Node:
        arms: list[tuple[Node | None, Node]] = []
        for case in node.cases:
            members = [tla.string(self.name(p.name)) for p in case.patterns if p.kind == "member" and p.name]
            condition: Node | None = None
            if len(members) == len(case.patterns):
                one = len(members) == 1
                condition = tla.Infix("=" if one else "\\in", subject, members[0] if one else tla.set_of(*members))
            arms.append((condition, self.expr(case.body)))
        return tla.Case(tuple(arms))

    def match_option(self, node: s.Match) -> Node:
        kind = self.spec.static_types[node.subject]
        assert isinstance(kind, StaticOption)

        def build(subject: Node) -> Node:
            branches: dict[str, Node] = {}
            for case in node.cases:
                for pattern in case.patterns:
                    body = self.expr(case.body)
                    if pattern.kind == "some" and pattern.name is not None and self.mentions(case.body, pattern.name):
                        nested = isinstance(kind.element, StaticOption)
                        value = tla.Applied(subject, tla.number(1)) if nested else subject
                        body = tla.Let((tla.Definition(self.name(pattern.name), (), value),), body)
                    for label in ("none", "some") if pattern.kind == "any" else (pattern.kind,):
                        branches.setdefault(label, body)
            test = tla.Infix("=", subject, Text(self.library.none))
            return tla.If(test, branches["none"], branches["some"])

        return self.named(node.subject, build)

    def mentions(self, node: s.AnyExpr, identifier: s.Identifier) -> bool:
        return any(self.spec.names.references.get(part) is identifier for part in walk(node))

    # ---------------------------------------------------------------------------------------------------- updates

    def updated(
        self, base: Node, changes: Sequence[tuple[Sequence[s.PathStep], s.AnyExpr, Span]], simple: bool = True
    ) -> Node:
        """`base` with parts replaced."""
        if all(self.is_safe(step) for path, _, _ in changes for step in path):
            parts = []
            for path, value, _ in changes:
                steps = "".join(self.step(step) for step in path)
                parts.append((f"!{steps} = ", self.expr(value)))
            return tla.Except(base, tuple(parts))
        definitions: list[tla.Definition] = []
        for path, value, _ in changes:
            if not simple and len(path) > 1:
                name = self.names.local("base")
                definitions.append(tla.Definition(name, (), base))
                base = Text(name)
            base = self.replaced(base, path, value)
            simple = False
        return tla.Let(tuple(definitions), base) if definitions else base

    def replaced(self, base: Node, path: Sequence[s.PathStep], value: s.AnyExpr) -> Node:
        """`base` with one part replaced, step by step."""
        if not path:
            return self.expr(value)
        step, rest = path[0], path[1:]
        if isinstance(step, s.FieldStep):
            part = self.replaced(tla.Applied(base, self.name(step.field)), rest, value)
            return tla.Except(base, ((f"!.{self.name(step.field)} = ", part),))
        index = self.expr(step.index)
        part = self.replaced(tla.Applied(base, index), rest, value)
        if self.is_safe(step):
            return tla.Except(base, ((f"![{tla.flat(index)}] = ", part),))
        return tla.call(self.library.use("ReplaceAt"), base, index, part)

    def step(self, step: s.PathStep) -> str:
        return f".{self.name(step.field)}" if isinstance(step, s.FieldStep) else f"[{tla.flat(self.expr(step.index))}]"

    def is_safe(self, step: s.PathStep) -> bool:
        """Is there surely a part that this step leads to?"""
        if isinstance(step, s.FieldStep):
            return True
        kind = self.spec.static_types[step.index]
        # Numbers may index a sequence; any other key of the right kind is one of the map.
        return not mentions_numbers(kind) or self.facts.is_key(step.index.span, step.span)

    # -------------------------------------------------------------------------------------------------- may it fail?

    def can_fail(self, node: s.Node) -> bool:
        """May an expression have no value? If in doubt, yes."""
        if node not in self._failing:
            self._failing[node] = self._can_fail(node)
        return self._failing[node]

    def _can_fail(self, node: s.Node) -> bool:
        match node:
            case s.Index(base=base, index=index) if isinstance(index, s.Range) or not self.is_map(base):
                return True
            case s.Index(index=index) if mentions_numbers(self.spec.static_types[index]):
                return True
            case s.IndexStep() if not self.is_safe(node):
                return True
            case s.Binary(operator="div" | "mod", right=right) if not (isinstance(right, s.Number) and right.value > 0):
                return True
            case s.Quantifier(kind="min" | "max"):
                return True
            case s.Call(function=function) if self._call_can_fail(self.spec.names[function], node):
                return True
            case s.Name() if self._symbol_can_fail(self.spec.names[node]):
                return True
        return any(self.can_fail(part) for part in children(node))

    def _call_can_fail(self, symbol: Symbol, node: s.Call) -> bool:
        match symbol:
            case Builtin(name=name):
                return name in ("first", "last") or (name == "get" and len(node.arguments) == 1)
            case s.RecordDecl():
                return any(self.is_held(symbol, field, value) for field, value in self.parts(symbol, node))
        return self._symbol_can_fail(symbol)

    def _symbol_can_fail(self, symbol: Symbol) -> bool:
        match symbol:
            case s.DefDecl(result=result, body=body):
                what = f"the value of `{symbol.name.text}`"
                leaves = result is not None and has_bounds(self.spec, result) and self.facts.may_leave(what)
                return leaves or self.can_fail(body)
            case s.Identifier():  # which, if it is bound by name, stands for whatever it is bound to
                return any(self.can_fail(value) for value in self.bound_by_name(symbol))
        return False

    def bound_by_name(self, identifier: s.Identifier) -> list[s.AnyExpr]:
        """What a local name stands for, if it stands for expressions and not for values."""
        return self._bound.get(identifier, [])


def walk(node: s.Node) -> Iterator[s.Node]:
    """A node and all below it."""
    yield node
    for part in children(node):
        yield from walk(part)


def flattened(node: s.AnyExpr, operator: str) -> list[s.AnyExpr]:
    """The operands of a chain of one operator."""
    if isinstance(node, s.Binary) and node.operator == operator:
        return [*flattened(node.left, operator), *flattened(node.right, operator)]
    return [node]


def mentioned_by(spec: Specification, node: s.Node) -> list[Symbol]:
    """The declarations that something mentions, in order."""
    references = spec.names.references
    return list(dict.fromkeys(references[part] for part in walk(node) if part in references))


def _bound_by_name(spec: Specification) -> dict[s.Identifier, list[s.AnyExpr]]:
    """What names that stand for expressions stand for: those of `let`, and parameters of definitions."""
    bound: dict[s.Identifier, list[s.AnyExpr]] = {}
    for file in spec.program.files:
        for declaration in file.declarations:
            for node in walk(declaration):
                match node:
                    case s.LetBinding(name=name, value=value):
                        bound.setdefault(name, []).append(value)
                    case s.Match(subject=subject, cases=cases):
                        for pattern in (pattern for case in cases for pattern in case.patterns):
                            if pattern.kind == "some" and pattern.name is not None:
                                bound.setdefault(pattern.name, []).append(subject)
                    case s.Call(function=function):
                        called = spec.names.references.get(function)
                        if isinstance(called, s.DefDecl):
                            for parameter, argument in zip(called.parameters, node.arguments, strict=False):
                                bound.setdefault(parameter.name, []).append(argument.value)
    return bound


def _pattern(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"<<{', '.join(names)}>>"


def _product(domains: Sequence[Node]) -> Node:
    """The Cartesian product, which is not associative: no brackets between the factors."""
    if len(domains) == 1:
        return domains[0]
    factors = [text if level > 13 else f"({text})" for text, level in (domain.flat() for domain in domains)]
    return Text(" \\X ".join(factors), 10)


def _operand(node: Node) -> str:
    text, level = node.flat()
    return text if level > 5 else f"({text})"
