"""What a module declares, and what it assumes of its constants."""

from __future__ import annotations

from collections.abc import Sequence

from skipgate.checker.core import values as v
from skipgate.checker.core.values import Nothing, Value
from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.definitions import ModuleWriter, comment, described, plain
from skipgate.checker.tla.layout import (
    WIDTH,
    definition_text,
    flat,
    hang,
    lines,
)
from skipgate.checker.tla.syntax import Definition, Text, TlaExpr
from skipgate.checker.tla.translator import LARGEST
from skipgate.checker.tla.values import fits_configuration, value_node
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error


def constants(writer: ModuleWriter) -> tuple[list[str], list[str]]:
    """The declarations of constants and types, and the lines of the configuration."""
    declared: list[tuple[str, str | None]] = []
    settings: list[str] = []
    lines: list[str] = []
    values = {variable.name: value for variable, value in writer.model.constants}
    facts: list[TlaExpr] = []
    sizes = {sort.name: sort.size for sort in writer.model.sorts}
    for sort in writer.spec.all(s.SortDecl):
        name = writer.names.of(sort.name.text)
        declared.append((name, plain(sort.description)))
        identities = (f"{sort.name.text}{i + 1}" for i in range(sizes[sort.name.text]))
        lines.append(f"{name} = {{{', '.join(identities)}}}")
        if not isinstance(sort.size, s.Number):
            writer.exprs.prelude.modules.add("FiniteSets")
            facts.append(tla.Infix("=", make.call("Cardinality", Text(name)), writer.translated(sort.size)))
    for constant in writer.spec.all(s.ConstDecl):
        name = writer.names.of(constant.name.text)
        declared.append((name, plain(constant.description)))
        lines.append(_setting(writer, name, values[constant.name.text], constant, settings))
        facts.append(tla.Infix("\\in", Text(name), writer.required_type(constant.type)))
    assumptions = [_assumption(writer, declaration) for declaration in writer.spec.all(s.AssumeDecl)]
    for variable in writer.variables:
        writer.required_type(variable.type)
    sections = [declaration("CONSTANT", declared)] if declared else []
    sections += writer.definitions
    writer.definitions = []
    if facts:
        sections.append("\n".join(_hung("ASSUME ", make.conjunction(*facts))))
    return [*sections, *assumptions, *settings], lines


def _setting(writer: ModuleWriter, name: str, value: Value, constant: s.ConstDecl, settings: list[str]) -> str:
    """The line of the configuration that gives a constant its value."""
    parts = list(v.walk(value))
    for number in parts:
        if isinstance(number, int) and abs(number) > LARGEST:
            raise error(f"TLC cannot express {number}: its numbers have 32 bits", constant.name.span)
    none = writer.exprs.prelude.none if any(isinstance(part, Nothing) for part in parts) else ""
    node = value_node(value, writer.names, none)
    writer.names.locals.clear()
    if fits_configuration(value):
        return f"{name} = {flat(node)}"
    given = writer.names.fresh(f"{name}_given")
    settings.append(definition_text(Definition(given, (), node)))
    return f"{name} <- {given}"


def _assumption(writer: ModuleWriter, declaration: s.AssumeDecl) -> str:
    lines = _hung("ASSUME ", writer.translated(declaration.condition))
    return described("\n".join(lines), plain(declaration.description))


def _hung(prefix: str, node: TlaExpr) -> list[str]:
    return hang(prefix, lines(node, WIDTH - len(prefix)))


def declaration(keyword: str, names: Sequence[tuple[str, str | None]]) -> str:
    """The declaration of constants or variables, each on a line, with its description."""
    if len(names) == 1 and names[0][1] is None:
        return f"{keyword} {names[0][0]}"
    width = max(len(name) for name, _ in names) + 1
    lines = [f"{keyword}S"]
    for i, (name, description) in enumerate(names):
        name += "," if i < len(names) - 1 else ""
        lines.append(f"    {name}" if description is None else f"    {name:{width}} {comment(description)}")
    return "\n".join(lines)
