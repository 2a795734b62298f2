"""What binds names: quantifiers and comprehensions."""

from __future__ import annotations

from collections.abc import Sequence

from skipgate.checker.tla import calls, make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.layout import flat, rendered
from skipgate.checker.tla.syntax import Text, TlaExpr
from skipgate.checker.tla.translator import Translator
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.static_types import StaticBag, StaticSeq, StaticSet

_Bound = tuple[str, TlaExpr]


def ranged(translator: Translator, domain: s.AnyExpr) -> TlaExpr:
    """The set that a name ranges over: of a bag, its elements, each once."""
    translated = translator.expr(domain)
    if isinstance(translator.spec.static_types[domain], StaticBag):
        return make.call(translator.prelude.use("Distinct"), translated)
    return translated


def bound_by(translator: Translator, binder: s.Binder) -> list[_Bound]:
    """The names of one binder, each with the domain."""
    domain = ranged(translator, binder.domain)
    if flat(domain).startswith("SUBSET "):  # of which TLC takes no two elements at once if the set is empty
        return [(translator.name(name), domain) for name in binder.names]
    return [(", ".join(translator.name(name) for name in binder.names), domain)]


def _bound(translator: Translator, binders: Sequence[s.Binder]) -> list[_Bound]:
    """Every name with its domain."""
    return [(translator.name(name), ranged(translator, b.domain)) for b in binders for name in b.names]


def depend(translator: Translator, binders: Sequence[s.Binder]) -> bool:
    """Does a domain mention the names before it, or must it not be evaluated if one before it is empty?"""
    seen: set[s.Node] = set()
    for i, binder in enumerate(binders):
        if any(translator.spec.names.references.get(part) in seen for part in s.walk(binder.domain)):
            return True
        if i and translator.can_fail(binder.domain):
            return True
        seen |= set(binder.names)
    return False


def quantifier(translator: Translator, node: s.Quantifier) -> TlaExpr:
    """A quantifier, or a count, sum or extreme."""
    where = None if node.where is None else translator.expr(node.where)
    match node.kind:
        case "forall" | "exists":
            body = translator.expr(node.body)
            if where is not None and node.kind == "forall":
                body = tla.Infix("=>", where, body)
            elif where is not None:
                body = make.conjunction(where, body)
            return _quantified(translator, node, body)
        case "count":
            assert isinstance(node.body, s.AnyExpr)
            translator.prelude.modules.add("FiniteSets")
            condition = translator.expr(node.body)
            if where is not None:
                condition = make.conjunction(where, condition)
            return make.call("Cardinality", _choices(translator, node.binders, condition, condition == tla.TRUE))
        case "sum":
            domain = _choices(translator, node.binders, where, where is None)
            names = [name for name, _ in _bound(translator, node.binders)]
            over = names[0] if len(names) == 1 else f"<<{', '.join(names)}>>"
            return make.call(translator.prelude.use("Sum"), make.function([(over, domain)], translator.expr(node.body)))
    return calls.extreme(translator, node.kind, node, image(translator, node.body, node.binders, node.where))


def _quantified(translator: Translator, node: s.Quantifier, body: TlaExpr) -> TlaExpr:
    symbol = "\\A" if node.kind == "forall" else "\\E"
    if not depend(translator, node.binders) and not any(_looks_at_all(translator, node, b) for b in node.binders):
        return tla.Quantified(symbol, tuple(bound for b in node.binders for bound in bound_by(translator, b)), body)
    for binder in reversed(node.binders):
        if _looks_at_all(translator, node, binder):
            for name in reversed(binder.names):
                values = make.image(body, [(translator.name(name), ranged(translator, binder.domain))])
                decides = tla.FALSE if node.kind == "forall" else tla.TRUE
                body = tla.Infix("\\notin" if node.kind == "forall" else "\\in", decides, values)
        else:
            body = tla.Quantified(symbol, tuple(bound_by(translator, binder)), body)
    return body


def _looks_at_all(translator: Translator, node: s.Quantifier, binder: s.Binder) -> bool:
    """Must all elements be looked at, since the values of a sort have no order and one may be an error?

    Only if TLC is to judge: nobody writes so by hand, and it matters to nothing but errors.
    """
    if not translator.facts.every:
        return False
    type_ = translator.spec.static_types.symbols[binder.names[0]]
    fails = translator.can_fail(node.body) or (node.where is not None and translator.can_fail(node.where))
    return fails and translator.spec.static_types.mentions_sort(type_)


def _choices(
    translator: Translator, binders: Sequence[s.Binder], condition: TlaExpr | None, always: bool = False
) -> TlaExpr:
    """The set of the values of the names, as tuples if there are several, for which a condition holds."""
    bound = _bound(translator, binders)
    pattern = _pattern([name for name, _ in bound])
    if len(bound) == 1 or not depend(translator, binders):
        domain = _product([domain for _, domain in bound])
        return domain if condition is None or always else make.filtered((pattern, domain), condition)
    return _nested(translator, Text(pattern), bound, condition)


def _nested(translator: Translator, element: TlaExpr, bound: Sequence[_Bound], condition: TlaExpr | None) -> TlaExpr:
    *outer, (name, domain) = bound
    if condition is not None:
        domain = make.filtered((name, domain), condition)
    result = make.image(element, [(name, domain)])
    for name, domain in reversed(outer):
        result = tla.Prefix("UNION ", make.image(result, [(name, domain)]), 8)
    return result


def image(translator: Translator, element: s.AnyExpr, binders: Sequence[s.Binder], where: s.AnyExpr | None) -> TlaExpr:
    """The set of the values of an expression."""
    bound = _bound(translator, binders)
    condition = None if where is None else translator.expr(where)
    if len(bound) > 1 and depend(translator, binders):
        return _nested(translator, translator.expr(element), bound, condition)
    if condition is None:
        if len(bound) == 1 and _is_name(translator, element, binders[0].names[0]):
            return bound[0][1]
        return make.image(translator.expr(element), bound)
    chosen = _choices(translator, binders, condition)
    if len(bound) == 1 and _is_name(translator, element, binders[0].names[0]):
        return translator.evaluated(chosen, where)
    return make.image(translator.expr(element), [(_pattern([name for name, _ in bound]), chosen)])


def _is_name(translator: Translator, node: s.AnyExpr, identifier: s.Identifier) -> bool:
    return isinstance(node, s.Name) and translator.spec.names[node] is identifier


def seq_comprehension(translator: Translator, node: s.SeqComprehension) -> TlaExpr:
    """A sequence from the elements of another, or from a range."""
    (identifier,) = node.binder.names
    name, domain = translator.name(identifier), node.binder.domain
    element = translator.expr(node.element)
    if isinstance(domain, s.Range) and node.where is None and translator.expr(domain.low) == make.number(1):
        plain = make.function([(name, translator.expr(domain))], element)
        return translator.evaluated(plain, node.element)
    source = _in_order(translator, domain)
    if node.where is not None:
        source = make.call("SelectSeq", source, tla.Lambda(name, translator.expr(node.where)))
    if _is_name(translator, node.element, identifier):
        return source
    chosen, place = translator.names.local("chosen"), translator.names.local("i")
    body = tla.Let((tla.Definition(name, (), tla.Applied(Text(chosen), Text(place))),), element)
    whole = make.function([(place, tla.Infix("..", make.number(1), make.call("Len", Text(chosen))))], body)
    return tla.Let((tla.Definition(chosen, (), source),), translator.evaluated(whole, node.element))


def bag_comprehension(translator: Translator, node: s.BagComprehension) -> TlaExpr:
    """A bag from the elements of a set, a bag, a sequence or a range."""
    (identifier,) = node.binder.names
    name, domain = translator.name(identifier), node.binder.domain
    type_ = translator.spec.static_types[domain]
    source = translator.expr(domain)
    if isinstance(type_, StaticSeq):
        source = make.call(translator.prelude.use("BagOfSeq"), source)
    elif isinstance(type_, StaticSet):
        source = make.call(translator.prelude.use("BagOfSet"), source)
    if node.where is not None:
        condition = tla.Lambda(name, translator.expr(node.where))
        source = make.call(translator.prelude.use("BagFilter"), source, condition)
        source = translator.evaluated(source, node.where)
    if _is_name(translator, node.element, identifier):
        return source
    image = tla.Lambda(name, translator.expr(node.element))
    return translator.evaluated(make.call(translator.prelude.use("BagImage"), source, image), node.element)


def fold(translator: Translator, node: s.Fold) -> TlaExpr:
    """A recursive function: what is accumulated after so many elements of a sequence.

    Raises:
        SpecError: it goes over a set.
    """
    if isinstance(translator.spec.static_types[node.domain], StaticSet | StaticBag) and not isinstance(
        node.domain, s.Range
    ):
        raise error("a fold over a set or a bag has no simple form in TLA+", node.domain.span, "a range `a..b` has one")
    name, held = translator.name(node.name), translator.name(node.accumulator)
    chosen, after, place = (translator.names.local(stem) for stem in ("chosen", "after", "i"))
    source = _in_order(translator, node.domain)
    if node.where is not None:
        source = make.call("SelectSeq", source, tla.Lambda(name, translator.expr(node.where)))
    before = tla.Infix("-", Text(place), make.number(1))
    element = tla.Definition(name, (), tla.Applied(Text(chosen), Text(place)))
    accumulated = tla.Definition(held, (), tla.Applied(Text(after), before))
    step = tla.Let((element, accumulated), translator.expr(node.body))
    start = tla.Infix("=", Text(place), make.number(0))
    count = make.call("Len", Text(chosen))
    domain = tla.Infix("..", make.number(0), count)
    head = f"{after}[{place} \\in {flat(domain)}]"
    whole = tla.Definition(head, (), tla.If(start, translator.expr(node.initial), step))
    return tla.Let((tla.Definition(chosen, (), source), whole), tla.Applied(Text(after), count))


def _in_order(translator: Translator, domain: s.AnyExpr) -> TlaExpr:
    """The sequence of the elements of a sequence or a range."""
    translator.prelude.modules.add("Sequences")
    if not isinstance(domain, s.Range):
        return translator.expr(domain)
    index = translator.names.local("i")
    low, high = translator.expr(domain.low), translator.expr(domain.high)
    if low == make.number(1):
        return make.function([(index, tla.Infix("..", low, high))], Text(index))
    start = tla.Infix("-", low, make.number(1))
    count = tla.Infix("-", high, start)
    return make.function([(index, tla.Infix("..", make.number(1), count))], tla.Infix("+", Text(index), start))


def _pattern(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"<<{', '.join(names)}>>"


def _product(domains: Sequence[TlaExpr]) -> TlaExpr:
    """The Cartesian product, which is not associative: no brackets between the factors."""
    if len(domains) == 1:
        return domains[0]
    factors = [text if level > 13 else f"({text})" for text, level in (rendered(domain) for domain in domains)]
    return Text(" \\X ".join(factors), 10)
