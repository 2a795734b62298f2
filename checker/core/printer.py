"""Terms and models as text, in the language's own syntax as far as it goes."""

from __future__ import annotations

from typing import assert_never

from skipgate.checker.core import formulas as f
from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import SortType
from skipgate.checker.core.places import at_index, call
from skipgate.checker.core.values import show

# How tightly an operator binds; an operand that binds less tightly is put in brackets.
_LOOSEST, _IMPLIES, _OR, _AND, _NOT, _COMPARE, _RANGE, _SUM, _PRODUCT, _PREFIX, _POSTFIX = range(11)


def show_term(term: t.Term) -> str:
    """A term as an expression of the language."""
    return _show(term)[0]


def print_model(model: m.Model) -> str:
    """The whole elaborated model, for people."""
    lines = [f"model {model.name}, check {model.check.name.text}", ""]
    lines += [f"const {variable.name} : {variable.type} = {show(value)}" for variable, value in model.constants]
    if model.symmetry:
        lines.append(f"symmetry {', '.join(map(str, model.symmetry))}")
    for variable in model.variables:
        sign = "in" if variable.choice else "="
        lines.append(f"var {variable.name} : {variable.type} {sign} {show_term(variable.initial)}")
    lines += [f"initially {show_term(condition.term)}" for condition in model.initially]
    for action in model.actions:
        parameters = ", ".join(f"{p.variable.name} in {show_term(p.domain)}" for p in action.parameters)
        lines += ["", f"action {action.name}({parameters})" if parameters else f"action {action.name}"]
        for clause in action.clauses:
            if isinstance(clause, m.LetClause):
                lines.append(f"  let {clause.variable.name} = {show_term(clause.value)}")
            else:
                lines.append(f"  when {show_term(clause)}")
        lines += [f"  then {update.variable.name}' = {show_term(update.value)}" for update in action.updates]
    lines += ["", *map(_fairness, model.fairness), ""] if model.fairness else [""]
    for declared in model.properties:
        if declared.refinement is not None:
            lines.append(f"# {declared.name} refines {declared.refinement.abstract.name}: the states and the steps")
        kind = "lemma" if declared.lemma else declared.kind
        lines.append(f"{kind} {declared.name}: {show_term(declared.term)}")
        lines += [f"  needs somewhere: {show_term(premise.term)}" for premise in declared.premises]
    for live in model.liveness:
        lines += [f"liveness {live.name}: {_instance(instance)}" for instance in live.instances]
        lines += [f"  needs somewhere: {show_term(premise.term)}" for premise in live.premises]
    lines += [f"constraint {c.name}: {show_term(c.term)}" for c in model.constraints]
    if model.terminal is not None:
        lines.append(f"terminal when {show_term(model.terminal)}")
    return "\n".join(lines) + "\n"


def _fairness(fairness: m.Fairness) -> str:
    """A condition; `each` where it is one for each choice of arguments."""
    calls = []
    for pattern in fairness.patterns:
        every = "each" if fairness.separately else "_"
        steps = call(pattern.action.name, [every if value is None else show(value) for value in pattern.arguments])
        calls.append(steps if pattern.condition is None else f"({steps} when {show_term(pattern.condition)})")
    return f"{'strong fair' if fairness.strong else 'fair'} {' or '.join(calls)}"


def _instance(instance: m.LivenessInstance) -> str:
    """A liveness property, of one choice of its parameters."""
    text = _formula(instance.formula)
    arguments = ", ".join(f"{name} = {show(value)}" for name, value in instance.arguments)
    return f"for {arguments}: {text}" if arguments else text


def _formula(formula: f.Formula) -> str:
    """A formula about behaviours."""
    match formula:
        case f.Now(term=term):
            return show_term(term)
        case f.Steps(operator=operator, term=term):
            return f"{operator} [{show_term(term)}]"
        case f.Negation(operand=operand):
            return f"not {_operand(operand)}"
        case f.Junction(operator=operator, operands=operands):
            return f" {operator} ".join(map(_operand, operands)) or str(operator == "and").lower()
        case f.Temporal(operator=operator, operands=(operand,)):
            return f"{operator} {_formula(operand)}"
        case f.Temporal(operator=operator, operands=(left, f.Now(term=term))):
            return f"{_operand(left)} {operator} {show_term(term)}"
        case f.Temporal(operator=operator, operands=operands):
            return f" {operator} ".join(map(_operand, operands))
        case _:
            assert_never(formula)


def _operand(formula: f.Formula) -> str:
    if isinstance(formula, f.Now):
        return _at(formula.term, _OR)
    return f"({_formula(formula)})"


def _at(term: t.Term, level: int) -> str:
    """An operand, in brackets if it binds less tightly than `level`."""
    text, own = _show(term)
    return text if own >= level else f"({text})"


def _infix(operator: str, level: int, left: t.Term, right: t.Term, right_level: int | None = None) -> tuple[str, int]:
    return f"{_at(left, level)} {operator} {_at(right, level + 1 if right_level is None else right_level)}", level


def _bindings(bindings: tuple[t.Binding, ...], where: t.Term | None) -> str:
    text = ", ".join(f"{b.variable.name} in {_at(b.domain, _RANGE)}" for b in bindings)
    return text if where is None else f"{text} where {_show(where)[0]}"


def _show(term: t.Term) -> tuple[str, int]:  # noqa: C901  (one case for each kind of term)
    """The text of a term and how tightly it binds."""
    match term:
        case t.Const(value=value):
            text = show(value)
            return text, _PREFIX if text.startswith("-") else _POSTFIX
        case t.Var(name=name, primed=primed):
            return name + "'" * primed, _POSTFIX
        case t.Local(variable=variable):
            return variable.name, _POSTFIX
        case t.Not(operand=t.Equal(left=left, right=right)):
            return _infix("!=", _COMPARE, left, right, _RANGE)
        case t.Not(operand=t.Less(left=left, right=right, or_equal=or_equal)):
            return _infix(">" if or_equal else ">=", _COMPARE, left, right, _RANGE)
        case t.Not(operand=t.In(element=element, container=container)):
            return _infix("not in", _COMPARE, element, container, _RANGE)
        case t.Not(operand=t.IsSome(operand=operand)):
            return f"{_at(operand, _RANGE)} == none", _COMPARE
        case t.Not(operand=operand):
            return f"not {_at(operand, _NOT)}", _NOT
        case t.Logic(operator="and", left=left, right=right):
            return _infix("and", _AND, left, right)
        case t.Logic(operator="or", left=left, right=right):
            return _infix("or", _OR, left, right)
        case t.Logic(left=left, right=right):
            return f"{_at(left, _OR)} => {_at(right, _IMPLIES)}", _IMPLIES
        case t.Equal(left=left, right=right):
            return f"{_at(left, _RANGE)} == {_at(right, _RANGE)}", _COMPARE
        case t.Less(left=left, right=right, or_equal=or_equal):
            return f"{_at(left, _RANGE)} {'<=' if or_equal else '<'} {_at(right, _RANGE)}", _COMPARE
        case t.If(condition=condition, then=then, otherwise=otherwise):
            text = f"if {_show(condition)[0]} then {_show(then)[0]} else {_show(otherwise)[0]}"
            return text, _LOOSEST
        case t.Let(variable=variable, value=value_term, body=body):
            return f"let {variable.name} = {_show(value_term)[0]}: {_show(body)[0]}", _LOOSEST
        case t.Quantified(kind=kind, binding=binding, body=body):
            return f"{kind} {_bindings((binding,), None)}: {_show(body)[0]}", _LOOSEST
        case t.Aggregate(kind=kind, bindings=bindings, where=where, body=body):
            return f"{kind} {_bindings(bindings, where)}: {_show(body)[0]}", _LOOSEST
        case t.Ensure(operand=operand, type=type_):
            return f"({_show(operand)[0]} : {type_})", _POSTFIX
        case t.Arithmetic(operator="+" | "-" as operator, left=left, right=right):
            return _infix(operator, _SUM, left, right)
        case t.Arithmetic(operator=operator, left=left, right=right):
            return _infix(operator, _PRODUCT, left, right)
        case t.Negate(operand=operand):
            return f"-{_at(operand, _PREFIX)}", _PREFIX
        case t.Absolute(operand=operand):
            return f"abs({_show(operand)[0]})", _POSTFIX
        case t.U64(operand=operand):
            return f"u64({_show(operand)[0]})", _POSTFIX
        case t.Extreme(kind=kind, left=left, right=right):
            return f"{kind}({_show(left)[0]}, {_show(right)[0]})", _POSTFIX
        case t.RangeSet(low=low, high=high):
            return f"{_at(low, _SUM)}..{_at(high, _SUM)}", _RANGE
        case t.Universe():
            element_type = term.type.element
            return (element_type.name if isinstance(element_type, SortType) else str(element_type)), _RANGE
        case t.SetLiteral(elements=elements):
            return "{" + ", ".join(_show(e)[0] for e in elements) + "}", _POSTFIX
        case t.SetOperation(operator="&", left=left, right=right):
            return _infix("&", _PRODUCT, left, right)
        case t.SetOperation(operator=operator, left=left, right=right):
            return _infix(operator, _SUM, left, right)
        case t.In(element=element, container=container):
            return f"{_at(element, _RANGE)} in {_at(container, _RANGE)}", _COMPARE
        case t.Subset(left=left, right=right):
            return f"{_at(left, _RANGE)} subset {_at(right, _RANGE)}", _COMPARE
        case t.SetComprehension(bindings=bindings, where=where, element=element):
            return f"{{{_show(element)[0]} for {_bindings(bindings, where)}}}", _POSTFIX
        case t.Subsets(operand=operand):
            return f"subsets({_show(operand)[0]})", _POSTFIX
        case t.Size(operand=operand):
            return f"len({_show(operand)[0]})", _POSTFIX
        case t.SomeOf(operand=operand):
            return f"some({_show(operand)[0]})", _POSTFIX
        case t.IsSome(operand=operand):
            return f"{_at(operand, _RANGE)} != none", _COMPARE
        case t.MakeVariant(operand=operand):
            return _show(operand)
        case t.IsShape(operand=operand, shape=shape):
            return f"({_at(operand, _RANGE)} is {shape})", _POSTFIX
        case t.GetShape(operand=operand, shape=shape):
            return f"({_at(operand, _RANGE)} as {shape})", _POSTFIX
        case t.Get(operand=operand):
            return f"get({_show(operand)[0]})", _POSTFIX
        case t.MakeRecord(type=record, parts=parts):
            values = zip(record.fields, parts, strict=True)
            inner = ", ".join(f"{field} = {_show(part)[0]}" for (field, _), part in values)
            return f"{record.name}({inner})", _POSTFIX
        case t.GetField(operand=operand, field=field):
            return f"{_at(operand, _POSTFIX)}.{field}", _POSTFIX
        case t.WithField(operand=operand, field=field, value=value_term):
            return f"{{{_show(operand)[0]} with {field} = {_show(value_term)[0]}}}", _POSTFIX
        case t.MakeMap(variable=variable, value=value_term):
            return f"map {variable.name} in {variable.type}: {_show(value_term)[0]}", _LOOSEST
        case t.Select(operand=operand, index=index):
            return at_index(_at(operand, _POSTFIX), _show(index)[0]), _POSTFIX
        case t.Store(operand=operand, index=index, value=value_term):
            return f"{{{_show(operand)[0]} with [{_show(index)[0]}] = {_show(value_term)[0]}}}", _POSTFIX
        case t.SeqLiteral(elements=elements):
            return "[" + ", ".join(_show(e)[0] for e in elements) + "]", _POSTFIX
        case t.Concat(left=left, right=right):
            return _infix("+", _SUM, left, right)
        case t.Slice(operand=operand, low=low, high=high):
            return f"{_at(operand, _POSTFIX)}[{_at(low, _SUM)}..{_at(high, _SUM)}]", _POSTFIX
        case t.SeqComprehension(variable=variable, source=source, where=where, element=element):
            suffix = "" if where is None else f" where {_show(where)[0]}"
            return f"[{_show(element)[0]} for {variable.name} in {_show(source)[0]}{suffix}]", _POSTFIX
        case t.Elements(operand=operand):
            return f"elems({_show(operand)[0]})", _POSTFIX
        case t.BagOf(operand=t.SeqLiteral() | t.SeqComprehension() as written):
            return f"bag {{{_show(written)[0][1:-1]}}}", _POSTFIX
        case t.BagOf(operand=operand):
            return _show(operand)
        case t.BagOperation(operator=operator, left=left, right=right):
            return _infix(operator, _SUM, left, right)
        case t.Multiplicity(operand=operand, element=element):
            return f"{_at(operand, _POSTFIX)}[{_show(element)[0]}]", _POSTFIX
        case t.Descending(operand=operand):
            return _show(operand)
        case _:
            assert_never(term)
