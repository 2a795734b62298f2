"""The calls in a piece of Go code. A function that is mentioned counts as called: somebody will, with that value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from skipgate.gate.calls.callees import Callees, OpenCall, collected
from skipgate.gate.calls.go_module import GoDeclaration, GoFile, text_of
from skipgate.gate.calls.go_types import (
    OUTSIDE,
    GoType,
    Imported,
    Known,
    Member,
    Outside,
    Several,
    TypeName,
    bare,
    element,
    is_function,
    parameters,
    results,
    select,
)
from skipgate.gate.code import Symbol
from skipgate.gate.grammars import words

if TYPE_CHECKING:
    from tree_sitter import Node

_SCOPES = words(
    "block if_statement for_statement expression_switch_statement select_statement expression_case default_case "
    "communication_case type_case"
)
_TYPES = words(
    "type_identifier qualified_type pointer_type slice_type array_type map_type channel_type function_type "
    "struct_type interface_type generic_type type_arguments type_declaration"
)
_BUILT_IN = words(
    "append cap clear close complex copy delete imag len make max min new panic print println real recover"
)


def go_callees(file: GoFile, nodes: Sequence[Node]) -> Callees:
    """The callees of a declaration in a file."""
    walk = _Walk(file)
    for node in nodes:
        walk.declaration(node)
    return collected((each.symbol for each in walk.found if not each.file.generated), walk.unknown)


class _Walk:
    """Goes through code in the order of its text, and knows the types of the names that are in scope."""

    def __init__(self, file: GoFile) -> None:
        self.file = file
        self.found: list[GoDeclaration] = []
        self.unknown: list[OpenCall] = []
        self._scopes: list[dict[str, Known | None]] = [{}]

    def declaration(self, node: Node) -> None:
        """A function, a method, or a variable with its value."""
        if node.type in ("function_declaration", "method_declaration"):
            self._function(node)
        elif node.type in ("var_spec", "const_spec"):
            self._each(node.children_by_field_name("value"))

    # -------------------------------------------------------------------------------------------------- statements

    def _visit(self, node: Node) -> None:
        handler = getattr(self, f"visit_{node.type}", None)
        if handler is not None:
            handler(node)
        elif node.type in _SCOPES:
            self._scopes.append({})
            self._each(node.named_children)
            self._scopes.pop()
        elif node.type not in _TYPES:
            self._each(node.named_children)

    def _each(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            self._visit(node)

    def _function(self, node: Node) -> None:
        self._scopes.append({})
        for name in ("receiver", "parameters", "result"):
            listed = node.child_by_field_name(name)
            if listed is not None and listed.type == "parameter_list":
                for type, names in parameters(GoType(listed, self.file)):
                    self._declare(names, type)
        body = node.child_by_field_name("body")
        if body is not None:
            self._visit(body)
        self._scopes.pop()

    visit_func_literal = _function

    def visit_short_var_declaration(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        values = right.named_children if right is not None else []
        self._each(values)
        self._assign(left.named_children if left is not None else [], values)

    def visit_var_spec(self, node: Node) -> None:
        listed, written = node.child_by_field_name("value"), node.child_by_field_name("type")
        values = listed.named_children if listed is not None else []
        self._each(values)
        names = node.children_by_field_name("name")
        if written is not None:
            self._declare([text_of(name) for name in names], GoType(written, self.file))
        else:
            self._assign(names, values)

    visit_const_spec = visit_var_spec

    def visit_range_clause(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if right is None:
            return
        self._visit(right)
        if left is not None and any(child.type == ":=" for child in node.children):
            over = self._type(right)
            names = [text_of(name) for name in left.named_children]
            channel = isinstance(over, GoType) and bare(over).node.type == "channel_type"
            self._declare(names[:1], element(over, key=not channel))
            self._declare(names[1:], element(over))
        elif left is not None:
            self._visit(left)

    def visit_receive_statement(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if right is not None:
            self._visit(right)
            self._assign(left.named_children if left is not None else [], [right])

    def visit_type_switch_statement(self, node: Node) -> None:
        self._scopes.append({})
        alias, value = node.child_by_field_name("alias"), node.child_by_field_name("value")
        self._each(node.children_by_field_name("initializer"))
        if value is not None:
            self._visit(value)
        for case in node.named_children:
            if case.type in ("type_case", "default_case"):
                types = case.children_by_field_name("type")
                self._scopes.append({})
                if alias is not None:
                    one = (
                        GoType(types[0], self.file) if len(types) == 1 else None if value is None else self._type(value)
                    )
                    self._declare([text_of(alias.named_children[0])], one)
                self._each([child for child in case.named_children if child not in types])
                self._scopes.pop()
        self._scopes.pop()

    def _declare(self, names: Sequence[str], type: Known | None) -> None:
        for name in names:
            self._scopes[-1][name] = type

    def _assign(self, names: Sequence[Node], values: Sequence[Node]) -> None:
        types: Sequence[Known | None]
        if len(values) == 1 and len(names) != 1:
            type = self._type(values[0])
            types = type.types if isinstance(type, Several) else [type] + [OUTSIDE] * (len(names) - 1)
        else:
            types = [self._type(value) for value in values]
        for number, name in enumerate(names):
            if name.type == "identifier":
                self._declare([text_of(name)], types[number] if number < len(types) else None)

    # ----------------------------------------------------------------------------------------------------- mentions

    def visit_call_expression(self, node: Node) -> None:
        called = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        if called is not None:
            self._called(called)
            self._visit(called)
        if arguments is not None:
            self._each(arguments.named_children)

    def visit_identifier(self, node: Node) -> None:
        name = text_of(node)
        if not self._is_local(name):
            self.found += self.file.package.functions.get(name, ())

    def visit_selector_expression(self, node: Node) -> None:
        operand, name = node.child_by_field_name("operand"), _field(node)
        if operand is None:
            return
        type = self._type(operand)
        if isinstance(type, Imported):
            self.found += type.package.functions.get(name, ()) if type.package is not None else ()
            return
        member = _selected(type, name)
        if isinstance(member, Member):
            self.found += member.methods
        self._visit(operand)

    def visit_composite_literal(self, node: Node) -> None:
        self._each(node.children_by_field_name("body"))

    def visit_keyed_element(self, node: Node) -> None:
        key = node.child_by_field_name("key")
        names_a_field = key is not None and len(key.named_children) == 1 and key.named_children[0].type == "identifier"
        self._each([child for child in node.named_children if not (names_a_field and child == key)])

    def visit_type_assertion_expression(self, node: Node) -> None:
        self._each(node.children_by_field_name("operand"))

    def visit_type_conversion_expression(self, node: Node) -> None:
        self.found += self._instantiated(node)
        self._each(node.children_by_field_name("operand"))

    def _instantiated(self, conversion: Node) -> list[GoDeclaration]:
        """The generic function in `f[T](x)`, which the grammar takes for a conversion to a type `f[T]`."""
        written = conversion.child_by_field_name("type")
        name = None if written is None else bare(GoType(written, self.file)).node
        if name is None or name.type not in ("type_identifier", "qualified_type"):
            return []
        package, last = self.file.package, name
        if name.type == "qualified_type":
            where, last = name.child_by_field_name("package"), name.child_by_field_name("name") or name
            imported = None if where is None else self.file.imports.get(text_of(where))
            if imported is None:
                return []
            package = imported
        return package.functions.get(text_of(last), [])

    def visit_labeled_statement(self, node: Node) -> None:
        self._each([child for child in node.named_children if child.type != "label_name"])

    def _called(self, called: Node) -> None:
        """Note what the visit of a call's function does not: variables that are called, and what is not known."""
        while called.type == "parenthesized_expression" and called.named_children:
            called = called.named_children[0]
        if called.type == "identifier":
            name = text_of(called)
            if self._is_local(name):
                type = self._local(name)
                if type is None or (is_function(type) and isinstance(type, GoType) and not _is_body(type.node)):
                    self._open(called, "a value of the program decides what it calls")
            else:
                self.found += self.file.package.variables.get(name, ())
        elif called.type == "selector_expression":
            self._called_member(called)
        elif called.type not in ("func_literal", "index_expression", "type_instantiation_expression", *_TYPES):
            if is_function(self._type(called)):
                self._open(called, "a value of the program decides what it calls")
        elif called.type == "index_expression":
            operand = called.child_by_field_name("operand")
            if operand is not None and not is_function(self._type(operand)) and is_function(self._type(called)):
                self._open(called, "a value of the program decides what it calls")

    def _called_member(self, called: Node) -> None:
        operand, name = called.child_by_field_name("operand"), _field(called)
        type = None if operand is None else self._type(operand)
        if isinstance(type, Imported):
            self.found += type.package.variables.get(name, ()) if type.package is not None else ()
            return
        member = _selected(type, name)
        if isinstance(member, Outside):
            return
        if isinstance(member, Member):
            if not member.methods and not _is_body_or_interface(member.type) and is_function(member.type):
                self._open(called, "a value of the program decides what it calls")
            return
        candidates = self.file.package.module.methods_named(name)
        if len(candidates) == 1:
            self.found += candidates
        elif candidates:
            symbols = tuple(each.symbol for each in candidates)
            self._open(called, f"{len(symbols)} methods have this name, and its type is not told by the text", symbols)

    def _open(self, called: Node, why: str, candidates: tuple[Symbol, ...] = ()) -> None:
        text = " ".join(text_of(called).split())
        shown = text if len(text) <= 60 else f"{text[:57]}..."
        self.unknown.append(OpenCall(shown, self.file.code.path, called.start_point.row + 1, why, candidates))

    # -------------------------------------------------------------------------------------------------------- types

    def _is_local(self, name: str) -> bool:
        return any(name in scope for scope in self._scopes)

    def _local(self, name: str) -> Known | None:
        return next((scope[name] for scope in reversed(self._scopes) if name in scope), None)

    def _type(self, node: Node) -> Known | None:
        """The type of an expression; None if it is not known."""
        match node.type:
            case "identifier":
                return self._type_of_name(text_of(node))
            case "selector_expression":
                return self._type_of_member(node)
            case "call_expression":
                return self._type_of_call(node)
            case "index_expression":
                operand = node.child_by_field_name("operand")
                type = None if operand is None else self._type(operand)
                return type if is_function(type) or isinstance(type, TypeName) else element(type)
            case "unary_expression":
                operand = node.child_by_field_name("operand")
                type = None if operand is None else self._type(operand)
                return element(type) if node.children and node.children[0].type == "<-" else type
            case "parenthesized_expression" | "slice_expression" | "type_instantiation_expression":
                return self._type(node.named_children[0]) if node.named_children else None
            case "type_conversion_expression" if functions := self._instantiated(node):
                return results(GoType(functions[0].node, functions[0].file))
            case "type_assertion_expression" | "composite_literal" | "type_conversion_expression":
                written = node.child_by_field_name("type")
                return None if written is None else GoType(written, self.file)
            case "func_literal":
                return GoType(node, self.file)
            case kind if kind in _TYPES:
                return TypeName(GoType(node, self.file))
            case _:
                return OUTSIDE  # literals, arithmetic, comparisons

    def _type_of_name(self, name: str) -> Known | None:
        if self._is_local(name):
            return self._local(name)
        package = self.file.package
        if name in package.functions:
            found = package.functions[name][0]
            return GoType(found.node, found.file)
        if name in package.variables:
            return _type_of_variable(package.variables[name][0])
        if name in package.types:
            found = package.types[name][0]
            name_of_it = found.node.child_by_field_name("name")
            return None if name_of_it is None else TypeName(GoType(name_of_it, found.file))
        if name in self.file.imports:
            return Imported(self.file.imports[name])
        return OUTSIDE

    def _type_of_member(self, node: Node) -> Known | None:
        operand, name = node.child_by_field_name("operand"), _field(node)
        type = None if operand is None else self._type(operand)
        if isinstance(type, Imported):
            package = type.package
            if package is None:
                return OUTSIDE
            if name in package.functions:
                return GoType(package.functions[name][0].node, package.functions[name][0].file)
            if name in package.variables:
                return _type_of_variable(package.variables[name][0])
            if name in package.types:
                declared = package.types[name][0].node.child_by_field_name("name")
                return None if declared is None else TypeName(GoType(declared, package.types[name][0].file))
            return None
        member = _selected(type, name)
        return member.type if isinstance(member, Member) else member

    def _type_of_call(self, node: Node) -> Known | None:
        called = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        given = arguments.named_children if arguments is not None else []
        if called is None:
            return None
        if called.type == "identifier" and text_of(called) in _BUILT_IN and not self._is_local(text_of(called)):
            first = self._type(given[0]) if given else OUTSIDE
            kept = text_of(called) in ("new", "make", "append", "min", "max")
            return OUTSIDE if not kept else first.type if isinstance(first, TypeName) else first
        type = self._type(called)
        if isinstance(type, TypeName):
            return type.type
        if isinstance(type, GoType):
            return results(type)
        return _of_outside(called, self) if isinstance(type, Outside) else None


def _of_outside(called: Node, walk: _Walk) -> Known | None:
    """What code of others gives: things of others, unless it was made for a type of ours (`atomic.Pointer[Engine]`)."""
    if called.type != "selector_expression":
        return OUTSIDE
    operand = called.child_by_field_name("operand")
    type = None if operand is None else walk._type(operand)
    while isinstance(type, GoType) and type.node.type == "pointer_type" and type.node.named_children:
        type = GoType(type.node.named_children[0], type.file)
    if not isinstance(type, GoType) or type.node.type != "generic_type":
        return OUTSIDE
    return None


def _type_of_variable(declared: GoDeclaration) -> Known | None:
    written = declared.node.child_by_field_name("type")
    if written is not None:
        return GoType(written, declared.file)
    listed = declared.node.child_by_field_name("value")
    names = [text_of(each) for each in declared.node.children_by_field_name("name")]
    values = listed.named_children if listed is not None else []
    place = names.index(declared.symbol.name) if declared.symbol.name in names else 0
    if len(values) != len(names):
        return None
    module, key = declared.file.package.module, declared.symbol.key
    if key not in module.variable_types:
        module.variable_types[key] = None  # for the time being: its value may rest on itself
        module.variable_types[key] = _Walk(declared.file)._type(values[place])
    known: Known | None = module.variable_types[key]
    return known


def _selected(type: Known | None, name: str) -> Member | Outside | None:
    if isinstance(type, TypeName):  # a method expression: `Engine.Apply`
        type = type.type
    if isinstance(type, GoType):
        return select(type, name)
    return type if isinstance(type, Outside) else None


def _is_body(node: Node) -> bool:
    """Does this stand for a function whose code is in sight, so that it was noted where it was mentioned?"""
    return node.type in ("func_literal", "function_declaration", "method_declaration", "method_elem")


def _is_body_or_interface(type: Known | None) -> bool:
    return isinstance(type, GoType) and _is_body(type.node)


def _field(selector: Node) -> str:
    name = selector.child_by_field_name("field")
    return "" if name is None else text_of(name)
