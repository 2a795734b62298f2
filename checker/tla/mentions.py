"""What declarations and expressions mention, directly or by definitions."""

from __future__ import annotations

from skipgate.spec import syntax as s
from skipgate.spec.specification import Specification
from skipgate.spec.symbols import Symbol


def mentioned_by(spec: Specification, node: s.AnyNode) -> list[Symbol]:
    """The declarations that something mentions, in order."""
    references = spec.names.references
    return list(dict.fromkeys(references[part] for part in s.walk(node) if part in references))


def reads_state(spec: Specification, symbol: Symbol) -> bool:
    """Does a symbol stand for something that depends on a variable?"""
    match symbol:
        case s.VarDecl() | s.ActionDecl() | s.GroupDecl():  # of an action it is asked whether it is possible
            return True
        case s.DefDecl(body=body):
            return any(reads_state(spec, mentioned) for mentioned in mentioned_by(spec, body))
        case _:
            return False


def speaks_of_steps(spec: Specification, symbol: Symbol) -> bool:
    """Does a definition mention primes?"""
    if not isinstance(symbol, s.DefDecl):
        return False
    primes = any(
        part.kind == "taken" if isinstance(part, s.StepsTest) else isinstance(part, s.Mention) and part.primed
        for part in s.walk(symbol.body)
    )
    return primes or any(speaks_of_steps(spec, mentioned) for mentioned in mentioned_by(spec, symbol.body))


def flattened(node: s.AnyExpr, operator: str) -> list[s.AnyExpr]:
    """The operands of a chain of one operator."""
    if isinstance(node, s.Binary) and node.operator == operator:
        return [*flattened(node.left, operator), *flattened(node.right, operator)]
    return [node]


def bound_by_name(  # noqa: C901 - a table
    spec: Specification,
) -> dict[s.Identifier, list[s.AnyExpr]]:
    """What names that stand for expressions stand for: those of `let`, and parameters of definitions."""
    bound: dict[s.Identifier, list[s.AnyExpr]] = {}
    for file in spec.program.files:
        for declaration in file.declarations:
            for node in s.walk(declaration):
                match node:
                    case s.LetBinding(name=name, value=value):
                        bound.setdefault(name, []).append(value)
                    case s.Fold(accumulator=accumulator, initial=initial, body=body):
                        bound[accumulator] = [initial, body]
                    case s.DoClause(effect=effect, arguments=arguments):
                        used = spec.names.references.get(effect)
                        if isinstance(used, s.EffectDecl):
                            for parameter, given in zip(used.parameters, arguments, strict=False):
                                bound.setdefault(parameter.name, []).append(given)
                    case s.Match(subject=subject, cases=cases) | s.MatchClause(subject=subject, cases=cases):
                        for pattern in (pattern for case in cases for pattern in case.patterns):
                            if pattern.kind == "some" and pattern.name is not None:
                                bound.setdefault(pattern.name, []).append(subject)
                            for field in pattern.fields:
                                bound.setdefault(field, []).append(subject)
                    case s.Call(function=function):
                        called = spec.names.references.get(function)
                        if isinstance(called, s.DefDecl):
                            for parameter, argument in zip(called.parameters, node.arguments, strict=False):
                                bound.setdefault(parameter.name, []).append(argument.value)
    return bound
