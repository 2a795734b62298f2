"""Whether an action is possible, or was taken."""

from __future__ import annotations

from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.binders import ranged
from skipgate.checker.tla.layout import flat
from skipgate.checker.tla.syntax import Text, TlaExpr
from skipgate.checker.tla.translator import Translator
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error


def step_test(translator: Translator, node: s.StepsTest) -> TlaExpr:
    """`enabled A(e)` is ENABLED A(e), and `taken A(e)` is A(e) with a change.

    Raises:
        SpecError: TLC cannot evaluate it.
    """
    action = translator.spec.names[node.steps.action]
    assert isinstance(action, s.ActionDecl | s.GroupDecl)
    if translator.vars is None:
        hint = "export a check whose actions do not mention other actions"
        raise error("TLC cannot ask about actions where they are being defined", node.span, hint)
    if translator.reading == "next":
        raise error(f"TLC cannot evaluate `{node.kind}` after the step", node.span)
    if node.kind == "taken" and translator.reading == "still":
        return tla.FALSE
    names = [name for binder in action.parameters for name in binder.names]
    domains = [binder.domain for binder in action.parameters for _ in binder.names]
    own = [translator.names.local(name.text) for name in names]
    arguments = [
        Text(name) if argument is None else translator.expr(argument)
        for name, argument in zip(own, node.steps.arguments, strict=True)
    ]
    body: TlaExpr = make.call(translator.name(action.name), *arguments)
    for name, argument, domain in reversed(list(zip(own, arguments, domains, strict=True))):
        if any(translator.spec.names.references.get(part) in names for part in s.walk(domain)):
            hint = "let the parameters range over sets that do not depend on each other, and put the rest into a `when`"
            raise error(f"`{node.span.flat}` has no simple form in TLA+", node.span, hint)
        values = ranged(translator, domain)
        if argument != Text(name):
            body = make.conjunction(tla.Infix("\\in", argument, values), body)
        elif flat(values) in ("Nat", "Int"):
            raise error("TLC cannot go through all numbers", domain.span, "use a range `a..b`")
        else:
            body = tla.Quantified("\\E", ((name, values),), body)
    if node.kind == "enabled":
        return tla.Prefix("ENABLED ", tla.Brackets("(", (("", body),), ")"), 4)
    changes = tla.Infix("#", tla.Primed(Text(translator.vars)), Text(translator.vars))
    return make.conjunction(body, changes)
