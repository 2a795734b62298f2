"""The types of Go expressions, as far as the text of this repository tells them.

A type is the syntax that writes it, in the file whose names it uses. Pointers are left out: Go follows them by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skipgate.gate.calls.go_module import GoDeclaration, GoFile, GoPackage, text_of
from skipgate.gate.grammars import words

if TYPE_CHECKING:
    from tree_sitter import Node

_BASIC = words(
    "any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string "
    "uint uint8 uint16 uint32 uint64 uintptr"
)
_DEEPEST = 20  # types that are named by types that are named by ...
_SIGNATURES = frozenset({"function_declaration", "method_declaration", "func_literal", "function_type", "method_elem"})


@dataclass(frozen=True, eq=False)
class GoType:
    """A type as it is written. The declaration of a function stands for the type of the function."""

    node: Node
    file: GoFile


class Outside:
    """What belongs to the language, to its library, or to another repository."""


@dataclass(frozen=True)
class Imported:
    """The name of a package."""

    package: GoPackage | None


@dataclass(frozen=True)
class TypeName:
    """The name of a type where an expression could be: a call of it is a conversion."""

    type: Known


@dataclass(frozen=True)
class Several:
    """The results of a call that has not exactly one."""

    types: tuple[Known | None, ...]


@dataclass(frozen=True)
class Variadic:
    """A parameter `...T`: several of a type."""

    of: GoType


OUTSIDE = Outside()
Known = GoType | Outside | Imported | TypeName | Several | Variadic  # None: not known


@dataclass(frozen=True, eq=False)
class Member:
    """What a selector means: methods of this repository, or a field."""

    type: Known | None
    methods: tuple[GoDeclaration, ...] = ()


def bare(type: GoType) -> GoType:
    """A type without pointers, parentheses and type arguments."""
    node = type.node
    while node.type in ("pointer_type", "parenthesized_type", "generic_type"):
        inner = node.child_by_field_name("type") or next(iter(node.named_children), None)
        if inner is None:
            break
        node = inner
    return GoType(node, type.file)


def declaration_of(type: GoType) -> GoDeclaration | Outside | None:
    """The declaration of a type that is written as a name; None if it is not known, or no name."""
    node = bare(type).node
    if node.type == "type_identifier":
        name, package = text_of(node), type.file.package
        if name in package.types:
            return package.types[name][0]
        return OUTSIDE if name in _BASIC else None
    if node.type == "qualified_type":
        where, what = node.child_by_field_name("package"), node.child_by_field_name("name")
        imported = type.file.imports.get(text_of(where)) if where is not None else None
        found = [] if imported is None or what is None else imported.types.get(text_of(what), [])
        return found[0] if found else OUTSIDE
    return None


def underlying(type: GoType) -> GoType | Outside | None:
    """What a type is made of, when all names are replaced by what they stand for."""
    for _ in range(_DEEPEST):
        type = bare(type)
        if type.node.type not in ("type_identifier", "qualified_type"):
            return type
        declared = declaration_of(type)
        if not isinstance(declared, GoDeclaration):
            return declared
        written = declared.node.child_by_field_name("type")
        if written is None:
            return None
        type = GoType(written, declared.file)
    return None


def select(type: GoType, name: str, depth: int = 0) -> Member | Outside | None:
    """The method or field of this name, be it one of an embedded type."""
    type = bare(type)
    declared = declaration_of(type)
    if isinstance(declared, Outside):
        return OUTSIDE
    if isinstance(declared, GoDeclaration):
        package = declared.file.package
        methods = package.methods.get(f"{declared.symbol.name}.{name}")
        if methods:
            return Member(GoType(methods[0].node, methods[0].file), tuple(methods))
        written = declared.node.child_by_field_name("type")
        return None if written is None or depth > _DEEPEST else select(GoType(written, declared.file), name, depth + 1)
    if type.node.type == "struct_type":
        return _of_struct(type, name, depth)
    if type.node.type == "interface_type":
        return _of_interface(type, name)
    return None if type.node.type == "type_identifier" else OUTSIDE


def _of_struct(type: GoType, name: str, depth: int) -> Member | Outside | None:
    embedded: list[GoType] = []
    for written, names in _fields(type.node):
        if name in names:
            return Member(GoType(written, type.file))
        if not names:
            embedded.append(GoType(written, type.file))
    return _of_embedded(embedded, name, depth)


def _of_interface(type: GoType, name: str) -> Member | Outside | None:
    """A method of an interface means those of all types that implement it, also if it comes from outside."""
    written = _signature(type, name)
    methods = tuple(implementations(type, name))
    if written is not None or methods:
        return Member(written or OUTSIDE, methods)
    inside = all(isinstance(declaration_of(each), GoDeclaration) for each in _embedded_interfaces(type))
    return None if inside else OUTSIDE


def _signature(type: GoType, name: str, depth: int = 0) -> GoType | None:
    """Where an interface asks for a method, itself or through one that it embeds."""
    for element in type.node.named_children:
        if element.type == "method_elem" and name == _name(element):
            return GoType(element, type.file)
    for embedded in _embedded_interfaces(type) if depth <= _DEEPEST else ():
        inner = underlying(embedded)
        found = _signature(inner, name, depth + 1) if isinstance(inner, GoType) else None
        if found is not None:
            return found
    return None


def _of_embedded(embedded: list[GoType], name: str, depth: int) -> Member | Outside | None:
    found = [select(each, name, depth + 1) for each in embedded if depth <= _DEEPEST]
    inside = next((each for each in found if isinstance(each, Member)), None)
    return inside or next((each for each in found if each is not None), None)


def _fields(struct: Node) -> Iterator[tuple[Node, list[str]]]:
    """The fields of a struct: type and names. An embedded one has the name of its type as well, and is given twice."""
    for listed in struct.named_children:
        for declared in listed.named_children if listed.type == "field_declaration_list" else ():
            written = declared.child_by_field_name("type")
            if declared.type == "field_declaration" and written is not None:
                names = [text_of(each) for each in declared.children_by_field_name("name")]
                if not names:
                    yield written, [text_of(written).rsplit(".", 1)[-1].split("[")[0].lstrip("*")]
                yield written, names


def _embedded_interfaces(type: GoType) -> Iterator[GoType]:
    for element in type.node.named_children:
        if element.type == "type_elem" and len(element.named_children) == 1:
            yield GoType(element.named_children[0], type.file)


def implementations(interface: GoType, name: str) -> Iterator[GoDeclaration]:
    """The methods of this name of all types of the repository that have every method of an interface."""
    wanted = {name: None, **method_names(interface)}
    module = interface.file.package.module
    for folder, owner in dict.fromkeys(each for method in wanted for each in module.owners(method)):
        package = module.package(folder)
        if package is None or owner not in package.types:
            continue
        if not all(_has(package, owner, *each) for each in wanted.items()):
            continue
        own = package.methods.get(f"{owner}.{name}")
        promoted = None if own else _promoted(package, owner, name)
        found = own if own else promoted.methods if isinstance(promoted, Member) else ()
        yield from (each for each in found if not each.file.generated)


def _has(package: GoPackage, owner: str, name: str, arity: int | None) -> bool:
    """Does a type have a method with so many parameters? One that embeds something of others may have any."""
    own = package.methods.get(f"{owner}.{name}", ())
    if own:
        return arity is None or any(_arity(each.node) == arity for each in own)
    member = _promoted(package, owner, name)
    return isinstance(member, Outside) or (isinstance(member, Member) and bool(member.methods))


def _promoted(package: GoPackage, owner: str, name: str) -> Member | Outside | None:
    """What a type has by this name because of what it embeds."""
    declared = package.types[owner][0]
    written = declared.node.child_by_field_name("type")
    if written is None or written.type != "struct_type":
        return None
    return select(GoType(written, declared.file), name)


def _arity(function: Node) -> int:
    """How many parameters a function has."""
    listed = function.child_by_field_name("parameters")
    given = listed.named_children if listed is not None else []
    return sum(max(1, len(each.children_by_field_name("name"))) for each in given if each.type != "comment")


def method_names(interface: GoType, depth: int = 0) -> dict[str, int | None]:
    """The methods that an interface of this repository asks for, with the numbers of their parameters."""
    found: dict[str, int | None] = {
        _name(each): _arity(each) for each in interface.node.named_children if each.type == "method_elem"
    }
    for embedded in _embedded_interfaces(interface):
        inner = underlying(embedded)
        if isinstance(inner, GoType) and inner.node.type == "interface_type" and depth <= _DEEPEST:
            found |= method_names(inner, depth + 1)
    return found


def results(function: GoType) -> Known | None:
    """What a call of a function gives."""
    signature = function if function.node.type in _SIGNATURES else underlying(function)
    if not isinstance(signature, GoType):
        return signature
    if signature.node.type not in _SIGNATURES:
        return None
    written = signature.node.child_by_field_name("result")
    if written is None:
        return Several(())
    if written.type != "parameter_list":
        return GoType(written, signature.file)
    types = [type for type, names in parameters(GoType(written, signature.file)) for _ in names or ("",)]
    return types[0] if len(types) == 1 else Several(tuple(types))


def is_function(type: Known | None) -> bool:
    """Can it be called?"""
    if not isinstance(type, GoType):
        return False
    if type.node.type in _SIGNATURES:
        return True
    inner = underlying(type)
    return isinstance(inner, GoType) and inner.node.type in _SIGNATURES


def parameters(listed: GoType) -> Iterator[tuple[GoType | Variadic, list[str]]]:
    """The types of a parameter list with the names that have them."""
    for each in listed.node.named_children:
        written = each.child_by_field_name("type")
        if written is not None:
            type = GoType(written, listed.file)
            names = [text_of(name) for name in each.children_by_field_name("name")]
            yield Variadic(type) if each.type == "variadic_parameter_declaration" else type, names


def element(type: Known | None, *, key: bool = False) -> Known | None:
    """What a container holds; of a map its values, or its keys."""
    if isinstance(type, Variadic):
        return OUTSIDE if key else type.of
    if not isinstance(type, GoType):
        return type if isinstance(type, Outside) else None
    inner = underlying(type)
    if not isinstance(inner, GoType):
        return inner
    if key and inner.node.type != "map_type":
        return OUTSIDE  # an index
    name = {"map_type": "key" if key else "value", "channel_type": "value"}.get(inner.node.type, "element")
    written = inner.node.child_by_field_name(name)
    return None if written is None else GoType(written, inner.file)


def _name(node: Node) -> str:
    name = node.child_by_field_name("name")
    return "" if name is None else text_of(name)
