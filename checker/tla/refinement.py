"""A refinement: the abstract model as a module of its own, of which the other one has an instance."""

from __future__ import annotations

from skipgate.checker.tla import make
from skipgate.checker.tla.definitions import ModuleWriter
from skipgate.checker.tla.exported import Exported, TlcClaim
from skipgate.checker.tla.layout import WIDTH, hang
from skipgate.checker.tla.layout import lines as lines_of
from skipgate.checker.tla.syntax import Text, TlaExpr
from skipgate.checker.tla.values import value_node
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error


def refined(
    module: ModuleWriter, declaration: s.RefinesDecl, abstract: ModuleWriter, written: Exported
) -> tuple[str, tuple[TlcClaim, ...]]:
    """The definitions of a refinement, and what TLC is asked about it, given the module of the abstract model.

    That is asked in two parts, so that TLC says which one is wrong: the initial states, and the steps.

    Raises:
        SpecError: a name that is part of values could not be the same in both modules.
    """
    name = declaration.name.text
    given = _values(module, abstract, declaration)
    instance, starts = module.names.fresh(f"{name}Model"), module.names.fresh(f"{name}Starts")
    steps = module.names.of(name)
    lines = [*module.pending()]
    if declaration.description is not None:
        lines.append(f"\\* {' '.join(declaration.description.plain.split())}")
    lines.append(f"{instance} == INSTANCE {written.name}")
    for i, (own, value) in enumerate(given):
        end = "," if i < len(given) - 1 else ""
        lines += hang(f"    {'     ' if i else 'WITH '}{own} <- ", lines_of(value, WIDTH - len(own) - 13), end)
    # In one piece, or TLC would call a part of it that is false by its place.
    begins = f"{module.exprs.prelude.use('Once')}({instance}!{written.initial})"
    lines += ["", f"{starts} == {begins}"]
    lines += ["", f"{steps} == [][{instance}!{written.step}]_({instance}!{abstract.vars})"]
    # TLC would look at the step first.
    moves = f"IF ({instance}!{abstract.vars})' = {instance}!{abstract.vars} THEN TRUE ELSE {instance}!{written.step}"
    return "\n".join(lines), (TlcClaim(starts, begins, "start"), TlcClaim(steps, moves, "step"))


def _values(module: ModuleWriter, abstract: ModuleWriter, declaration: s.RefinesDecl) -> list[tuple[str, TlaExpr]]:
    """What stands for each constant and variable of the abstract module."""
    symbols = module.spec.names.symbols
    given: list[tuple[str, TlaExpr]] = []
    if abstract.exprs.prelude.has_none:
        given.append((abstract.exprs.prelude.none, Text(module.exprs.prelude.none)))
    for sort in abstract.model.sorts:
        shared = isinstance(symbols.get(sort.name), s.SortDecl)
        identities = [make.string(f"{sort.name}{i + 1}") for i in range(sort.size)]
        value = Text(module.names.of(sort.name)) if shared else make.set_of(*identities)
        given.append((abstract.names.of(sort.name), value))
    for constant, known in abstract.model.constants:
        none = module.exprs.prelude.none if abstract.exprs.prelude.has_none else ""
        given.append((abstract.names.of(constant.name), value_node(known, module.names, none)))
        module.names.locals.clear()
    for setting in module.spec.names.mappings[declaration]:
        if isinstance(module.spec.names[setting.name], s.VarDecl):
            given.append((abstract.names.of(setting.name.text), module.translated(setting.value)))
    _same_in_both(module, abstract, declaration)
    return given


def _same_in_both(module: ModuleWriter, abstract: ModuleWriter, declaration: s.RefinesDecl) -> None:
    """Members of enums and fields of records must be called the same in both modules."""
    parts = [member.name for enum in abstract.spec.all(s.EnumDecl) for member in enum.members]
    parts += [field.name for record in abstract.spec.all(s.RecordDecl) for field in record.fields]
    shapes = [shape for variant in abstract.spec.all(s.VariantDecl) for shape in variant.shapes]
    parts += [name for shape in shapes for name in (shape.name, *(field.name for field in shape.fields))]
    if shapes and module.names.tag != abstract.names.tag:
        message = f"`{abstract.names.tag}` would tell the shapes apart, but it has another meaning in one of the models"
        raise error(message, declaration.file.span, "rename what is called `kind`")
    for part in parts:
        if module.names.of(part.text) != abstract.names.of(part.text):
            message = f"`{part.text}` of `{abstract.spec.name}` means something in TLA+; give it another name"
            raise error(message, declaration.file.span, f"see {part.span.place}")
