"""Names in checks, and whether a check expects what can be expected together."""

from __future__ import annotations

from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.naming.scopes import walk
from skipgate.spec.naming.table import Table
from skipgate.spec.symbols import PROPERTIES

_INVARIANTS_AND_STEPS = ("invariant", "transition", "lemma")


def resolve_check(table: Table, check: s.CheckDecl) -> None:
    """Resolve the names in a check, and report what is missing, said twice or contradictory."""
    _settings(table, check)
    symmetric: set[str] = set()
    for name in check.symmetry:
        table.reference(name, (s.SortDecl,), "sort")
        if name.text in symmetric:
            table.report(f"`{name.text}` is named twice", name.span)
        symmetric.add(name.text)
    for place, tag in enumerate(check.tags):
        if any(tag.text == other.text for other in check.tags[:place]):
            table.report(f"this check is tagged `{tag.text}` twice", tag.span)
    _scope(table, check)
    _verdicts(table, check)
    _pins(table, check)
    seen: set[tuple[str, str]] = set()
    for expectation in check.expectations:
        for name in expectation.names:
            if (expectation.kind, name.text) in seen:
                table.report(f"`{name.text}` is named twice", name.span)
            seen.add((expectation.kind, name.text))
            _expected_name(table, expectation.kind, name)
            if expectation.kind != "unreachable action" and not check.examines(name.text):
                hint = f"see {check.scope.span.place}" if check.scope is not None else None
                table.report(f"check `{check.name.text}` does not examine `{name.text}`", name.span, hint)


def _scope(table: Table, check: s.CheckDecl) -> None:
    """Resolve the names of what is examined or ignored. What has no value is reported in any case."""
    named: set[str] = set()
    for name in () if check.scope is None else check.scope.names:
        if name.text in named:
            table.report(f"`{name.text}` is named twice", name.span)
        named.add(name.text)
        if name.text == "evaluation":
            table.report("every check examines `evaluation`", name.span, "leave it out")
        elif name.text in PROPERTIES:
            table.references[name] = PROPERTIES[name.text]
        else:
            wanted = (s.PropertyDecl, s.LivenessDecl, s.RefinesDecl)
            table.reference(name, wanted, "property", (), {"deadlock": PROPERTIES["deadlock"]})


def _settings(table: Table, check: s.CheckDecl) -> None:
    given: set[str] = set()
    for setting in check.settings:
        walk(table, setting.value, {})
        name = setting.name
        if name.text in given:
            table.report(f"`{name.text}` is set twice in this check", name.span)
        given.add(name.text)
        symbol = table.symbols.get(name.text)
        if isinstance(symbol, s.DefDecl) and "." in name.text:
            message = f"`{name.text}` has a value already: it is given where the file is imported"
            table.report(message, name.span, f"see {symbol.name.span.place}")
        else:
            table.reference(name, (s.ConstDecl,), "constant")
    for symbol in table.symbols.values():
        if isinstance(symbol, s.ConstDecl) and symbol.default is None and symbol.name.text not in given:
            table.report(
                f"check `{check.name.text}` gives no value to the constant `{symbol.name.text}`",
                check.name.span,
                f"add `with {symbol.name.text} = ...`, or give it a default where it is declared",
            )


def _verdicts(table: Table, check: s.CheckDecl) -> None:
    """Report a check that expects no verdict, or verdicts that exclude each other."""
    verdicts = {e.kind for e in check.expectations} & {"holds", "violation", "proved"}
    if not verdicts:
        table.report(
            f"check `{check.name.text}` does not say what it expects",
            check.name.span,
            "add `expect holds`, `expect proved` or `expect violation of NAME`",
        )
    if verdicts >= {"holds", "violation"}:
        wrong = next(e for e in check.expectations if e.kind == "violation")
        table.report("a check expects either `holds` or a violation, not both", wrong.span)
    if "proved" not in verdicts:
        return
    proved = {name.text for e in check.expectations if e.kind == "proved" for name in e.names}
    for expectation in check.expectations:
        if expectation.kind == "violation":
            for name in expectation.names:
                if name.text in proved:
                    table.report(f"`{name.text}` cannot be proved and violated", name.span)
        if expectation.pins and "holds" not in verdicts:
            hint = "leave them out, or add `expect holds` to explore the states as well"
            table.report("a proof counts no states", expectation.pins[0].span, hint)


def _pins(table: Table, check: s.CheckDecl) -> None:
    pinned: set[str] = set()
    for pin in (pin for expectation in check.expectations for pin in expectation.pins):
        if pin.kind in pinned:
            table.report(f"`{pin.kind}` is pinned twice in this check", pin.span)
        pinned.add(pin.kind)


def _expected_name(table: Table, kind: s.ExpectationKind, name: s.Identifier) -> None:
    """Resolve what an expectation names."""
    what = "invariant or transition"
    match kind:
        case "unreachable action":
            table.reference(name, (s.ActionDecl,), "action")
        case "unreachable cover":
            table.reference(name, (s.PropertyDecl,), "cover", kinds=("cover",))
        case "vacuous":
            table.reference(name, (s.PropertyDecl, s.LivenessDecl), what, ("invariant", "transition"))
        case "violation" | "proved" if name.text in PROPERTIES:
            table.references[name] = PROPERTIES[name.text]
        case "proved":
            table.reference(name, (s.PropertyDecl, s.RefinesDecl), what, _INVARIANTS_AND_STEPS, PROPERTIES)
        case "violation" | "holds":
            wanted = (s.PropertyDecl, s.LivenessDecl, s.RefinesDecl)
            table.reference(name, wanted, what, _INVARIANTS_AND_STEPS, PROPERTIES)
        case _:
            assert_never(kind)
