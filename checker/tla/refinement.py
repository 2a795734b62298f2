"""A refinement: the abstract model as a module of its own, of which the other one has an instance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from skipgate.checker.core.model import Model
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.exported import Claim, Exported
from skipgate.checker.tla.expressions import Expressions
from skipgate.checker.tla.facts import Facts
from skipgate.checker.tla.names import Names, module_name
from skipgate.checker.tla.syntax import WIDTH, Node, Text
from skipgate.checker.tla.values import value_node
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.specification import Specification


class ModuleText(Protocol):
    """What has to be known of a module while it is written."""

    name: str
    refined_by: str | None
    spec: Specification
    model: Model
    facts: Facts
    names: Names
    exprs: Expressions
    vars: str

    def exported(self) -> Exported: ...
    def pending(self) -> list[str]: ...
    def translated(self, expr: s.AnyExpr) -> Node: ...


Begin = Callable[[Specification, Model, Facts, str], ModuleText]


def refined(module: ModuleText, begin: Begin, declaration: s.RefinesDecl) -> tuple[str, tuple[Claim, ...], Exported]:
    """The definitions of a refinement, what TLC is asked about it, and the module of the abstract model.

    `begin` begins another module, with a specification, an elaboration of it, what is known of that, and a name.
    That is asked in two parts, so that TLC says which one is wrong: the initial states, and the steps.

    Raises:
        SpecError: a name that is part of values could not be the same in both modules.
    """
    spec = module.spec.refined[declaration]
    name = declaration.name.text
    model = next(p.refinement.abstract for p in module.model.properties if p.name == name and p.refinement is not None)
    abstract = begin(spec, model, Facts(model, module.facts.every), module_name(f"{module.name}_{name}"))
    abstract.refined_by = module.name
    written = abstract.exported()
    given = _values(module, abstract, declaration)
    instance, starts = module.names.fresh(f"{name}Model"), module.names.fresh(f"{name}Starts")
    steps = module.names.of(name)
    lines = [*module.pending()]
    if declaration.description is not None:
        lines.append(f"\\* {' '.join(declaration.description.plain.split())}")
    lines.append(f"{instance} == INSTANCE {written.name}")
    for i, (own, value) in enumerate(given):
        end = "," if i < len(given) - 1 else ""
        lines += tla.hang(f"    {'     ' if i else 'WITH '}{own} <- ", value.lines(WIDTH - len(own) - 13), end)
    # In one piece, or TLC would call a part of it that is false by its place.
    begins = f"{module.exprs.library.use('Once')}({instance}!{written.initial})"
    lines += ["", f"{starts} == {begins}"]
    lines += ["", f"{steps} == [][{instance}!{written.step}]_({instance}!{abstract.vars})"]
    # TLC would look at the step first.
    moves = f"IF ({instance}!{abstract.vars})' = {instance}!{abstract.vars} THEN TRUE ELSE {instance}!{written.step}"
    return "\n".join(lines), (Claim(starts, begins, "start"), Claim(steps, moves, "step")), written


def _values(module: ModuleText, abstract: ModuleText, declaration: s.RefinesDecl) -> list[tuple[str, Node]]:
    """What stands for each constant and variable of the abstract module."""
    symbols = module.spec.names.symbols
    given: list[tuple[str, Node]] = []
    if abstract.exprs.library.has_none:
        given.append((abstract.exprs.library.none, Text(module.exprs.library.none)))
    for sort in abstract.model.sorts:
        shared = isinstance(symbols.get(sort.name), s.SortDecl)
        identities = [tla.string(f"{sort.name}{i + 1}") for i in range(sort.size)]
        value = Text(module.names.of(sort.name)) if shared else tla.set_of(*identities)
        given.append((abstract.names.of(sort.name), value))
    for constant, known in abstract.model.constants:
        none = module.exprs.library.none if abstract.exprs.library.has_none else ""
        given.append((abstract.names.of(constant.name), value_node(known, module.names, none)))
    for setting in module.spec.names.mappings[declaration]:
        if isinstance(module.spec.names[setting.name], s.VarDecl):
            given.append((abstract.names.of(setting.name.text), module.translated(setting.value)))
    _same_in_both(module, abstract, declaration)
    return given


def _same_in_both(module: ModuleText, abstract: ModuleText, declaration: s.RefinesDecl) -> None:
    """Members of enums and fields of records must be called the same in both modules."""
    parts = [member.name for enum in abstract.spec.all(s.EnumDecl) for member in enum.members]
    parts += [field.name for record in abstract.spec.all(s.RecordDecl) for field in record.fields]
    for part in parts:
        if module.names.of(part.text) != abstract.names.of(part.text):
            message = f"`{part.text}` of `{abstract.spec.name}` means something in TLA+; give it another name"
            raise error(message, declaration.file.span, f"see {part.span.place}")
