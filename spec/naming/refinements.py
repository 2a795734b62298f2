"""Names in `refines`: those on the left of a setting are of the refined model, those on the right of this one."""

from __future__ import annotations

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import did_you_mean
from skipgate.spec.naming.scopes import walk
from skipgate.spec.naming.table import Table
from skipgate.spec.specification import Specification
from skipgate.spec.symbols import kind_of


def resolve_refinement(table: Table, declaration: s.RefinesDecl, abstract: Specification) -> None:
    """Resolve the settings of a refinement, and add those that are implied. Values see the refined model's enums."""
    targets: dict[str, s.ConstDecl | s.VarDecl] = {d.name.text: d for d in abstract.all(s.ConstDecl)}
    targets |= {d.name.text: d for d in abstract.all(s.VarDecl)}
    table.borrowed = {
        name: symbol
        for name, symbol in abstract.names.symbols.items()
        if isinstance(symbol, s.EnumDecl | s.Member) and name not in table.symbols
    }
    given: dict[str, s.Setting] = {}
    for setting in declaration.settings:
        walk(table, setting.value, {})
        name = setting.name
        if name.text in given:
            table.report(f"`{name.text}` is set twice in this refinement", name.span)
        given[name.text] = setting
        if name.text in targets:
            table.references[name] = targets[name.text]
        else:
            hint = did_you_mean(name.text, targets) or f"it has: {', '.join(targets)}"
            table.report(f"`{abstract.name}` has no variable or constant `{name.text}`", name.span, hint)
    table.borrowed = {}
    for text, target in targets.items():
        if text not in given:
            implied = _implied(table, declaration, abstract, target)
            if implied is not None:
                given[text] = implied
    table.mappings[declaration] = tuple(given.values())


def _implied(
    table: Table, declaration: s.RefinesDecl, abstract: Specification, target: s.ConstDecl | s.VarDecl
) -> s.Setting | None:
    """What stands for a name of the refined model that is not set: what has the same name here."""
    text, span = target.name.text, declaration.name.span
    own = table.symbols.get(text)
    if isinstance(own, type(target)) or (isinstance(own, s.DefDecl) and not own.parameters):
        name, value = s.Identifier(span, text), s.Name(span, text)
        table.references[name], table.references[value] = target, own
        return s.Setting(span, name, value)
    if isinstance(target, s.VarDecl) or target.default is None:
        what = f"the {kind_of(target)} `{text}` of `{abstract.name}`"
        hint = f"add `with {text} = ...`; it is declared at {target.span.place}"
        table.report(f"no value is given for {what}, and nothing here has that name", span, hint)
    return None
