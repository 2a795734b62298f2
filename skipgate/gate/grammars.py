"""Programming languages as tables: what is declared where, and which text has no meaning.

A language is added by an entry here and its tree-sitter grammar among the dependencies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Parser


@dataclass(frozen=True)
class Rule:
    """How a node of the syntax tree declares a symbol.

    Attributes:
        kind: what a reader calls it. It belongs to the fingerprint: a constant that becomes a variable has changed.
        name: the field of the node with the name; several of them declare several symbols.
        owner: the field with the type that it is a member of, though it does not stand inside it.
        members: what is declared inside is named `Outer.inner`.
        silent: it gives its members their names, but is no symbol itself (Rust's `impl`).
    """

    kind: str
    name: str = "name"
    owner: str | None = None
    members: bool = False
    silent: bool = False


@dataclass(frozen=True)
class Grammar:
    """A language.

    Attributes:
        through: nodes inside which declarations are looked for. All others are opaque.
        wrappers: nodes that belong to what is declared in them: decorators, `export`, `const` of a declarator.
        leading: siblings before a declaration that belong to it (attributes, decorators).
        directive: comments that mean something to the compiler.
        verbatim: nodes whose text counts as a whole, blanks included: strings.
        layout: tokens that only lay out, by the nodes for which this holds (`*` is any other).
        trailing: nodes in which a last comma has no meaning.
        overloads: a name that is declared several times in one scope is one symbol, made of all of them.
        enumerated: nodes whose meaning depends on their siblings before (Go's `iota`).
        calls: nodes that call, with the field that says what; empty if the node itself is a member.
        members: nodes that name a part of something, with the fields of the whole and of the part.
        own_methods: a plain name may mean a method of the type that the call stands in.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    function: str
    rules: Mapping[str, Rule]
    through: frozenset[str] = frozenset()
    wrappers: frozenset[str] = frozenset()
    leading: frozenset[str] = frozenset()
    directive: re.Pattern[str] | None = None
    comments: frozenset[str] = frozenset({"comment"})
    verbatim: frozenset[str] = frozenset()
    layout: Mapping[str, frozenset[str]] = field(default_factory=dict)
    trailing: frozenset[str] = frozenset()
    overloads: bool = False
    enumerated: frozenset[str] = frozenset()
    calls: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    own_methods: bool = False

    @property
    def family(self) -> str:
        """Languages of one family call each other's functions."""
        return self.name.partition(" ")[0]

    def parser(self) -> Parser:
        """A parser for the language."""
        return _parser(self.module, self.function)

    def is_layout(self, token: str, parent: str) -> bool:
        """Is this token there only to end a line or a statement?"""
        return token in self.layout.get(parent, self.layout.get("*", frozenset()))


@cache
def _parser(module: str, function: str) -> Parser:
    from tree_sitter import Language, Parser

    return Parser(Language(getattr(import_module(module), function)()))


def words(text: str) -> frozenset[str]:
    """A set of words, as tables are written."""
    return frozenset(text.split())


_ENDS = frozenset({"\n", "\0", ";"})

GO = Grammar(
    name="Go",
    suffixes=(".go",),
    module="tree_sitter_go",
    function="language",
    rules={
        "function_declaration": Rule("function"),
        "method_declaration": Rule("method", owner="receiver"),
        "type_spec": Rule("type", members=True),
        "type_alias": Rule("type"),
        "const_spec": Rule("constant"),
        "var_spec": Rule("variable"),
        "field_declaration": Rule("field"),
        "method_elem": Rule("signature"),
    },
    through=words(
        "source_file type_declaration const_declaration var_declaration var_spec_list struct_type "
        "field_declaration_list interface_type"
    ),
    directive=re.compile(r"//(go:|export |line )|/\*line "),
    verbatim=words("interpreted_string_literal raw_string_literal rune_literal"),
    # Line ends stand for semicolons, except in the head of a statement, where semicolons part its clauses.
    layout={
        "*": _ENDS,
        **{head: frozenset({"\n", "\0"}) for head in ("for_clause", "if_statement", "expression_switch_statement")},
        "type_switch_statement": frozenset({"\n", "\0"}),
    },
    trailing=words("argument_list parameter_list literal_value type_arguments"),
    enumerated=words("const_spec"),
)

PYTHON = Grammar(
    name="Python",
    suffixes=(".py", ".pyi"),
    module="tree_sitter_python",
    function="language",
    rules={
        "function_definition": Rule("function"),
        "class_definition": Rule("class", members=True),
        "assignment": Rule("variable", name="left"),
        "type_alias_statement": Rule("type", name="left"),
    },
    through=words(
        "module block expression_statement if_statement elif_clause else_clause try_statement except_clause "
        "finally_clause with_statement"
    ),
    wrappers=words("decorated_definition"),
    verbatim=words("string"),
    layout={"*": frozenset({";"})},
    trailing=words("argument_list parameters list dictionary set"),
    overloads=True,
    calls={"call": "function"},
    members={"attribute": ("object", "attribute")},
)

RUST = Grammar(
    name="Rust",
    suffixes=(".rs",),
    module="tree_sitter_rust",
    function="language",
    rules={
        "function_item": Rule("function"),
        "function_signature_item": Rule("signature"),
        "const_item": Rule("constant"),
        "static_item": Rule("variable"),
        "type_item": Rule("type"),
        "associated_type": Rule("type"),
        "struct_item": Rule("struct", members=True),
        "union_item": Rule("union", members=True),
        "enum_item": Rule("enum", members=True),
        "trait_item": Rule("trait", members=True),
        "mod_item": Rule("module", members=True),
        "field_declaration": Rule("field"),
        "enum_variant": Rule("variant"),
        "macro_definition": Rule("macro"),
        "impl_item": Rule("impl", name="type", members=True, silent=True),
    },
    through=words("source_file declaration_list field_declaration_list enum_variant_list"),
    leading=words("attribute_item inner_attribute_item"),
    comments=words("line_comment block_comment"),
    verbatim=words("string_literal raw_string_literal char_literal"),
    trailing=words(
        "arguments parameters field_initializer_list array_expression field_declaration_list enum_variant_list"
    ),
    calls={"call_expression": "function"},
    members={"field_expression": ("value", "field"), "scoped_identifier": ("path", "name")},
)

JAVA = Grammar(
    name="Java",
    suffixes=(".java",),
    module="tree_sitter_java",
    function="language",
    rules={
        "class_declaration": Rule("class", members=True),
        "interface_declaration": Rule("interface", members=True),
        "enum_declaration": Rule("enum", members=True),
        "record_declaration": Rule("record", members=True),
        "annotation_type_declaration": Rule("annotation", members=True),
        "method_declaration": Rule("method"),
        "constructor_declaration": Rule("constructor"),
        "compact_constructor_declaration": Rule("constructor"),
        "variable_declarator": Rule("field"),
        "enum_constant": Rule("constant"),
    },
    through=words(
        "program class_body interface_body enum_body enum_body_declarations annotation_type_body constant_declaration"
    ),
    wrappers=words("field_declaration constant_declaration"),
    comments=words("line_comment block_comment"),
    verbatim=words("string_literal character_literal"),
    trailing=words("array_initializer element_value_array_initializer"),
    overloads=True,
    calls={"method_invocation": "", "object_creation_expression": "type"},
    members={"method_invocation": ("object", "name")},
    own_methods=True,
)


def _typescript(name: str, suffixes: tuple[str, ...], function: str) -> Grammar:
    return Grammar(
        name=name,
        suffixes=suffixes,
        module="tree_sitter_typescript",
        function=function,
        rules={
            "function_declaration": Rule("function"),
            "generator_function_declaration": Rule("function"),
            "function_signature": Rule("function"),
            "class_declaration": Rule("class", members=True),
            "abstract_class_declaration": Rule("class", members=True),
            "interface_declaration": Rule("interface", members=True),
            "type_alias_declaration": Rule("type"),
            "enum_declaration": Rule("enum"),
            "internal_module": Rule("namespace", members=True),
            "module": Rule("namespace", members=True),
            "variable_declarator": Rule("variable"),
            "method_definition": Rule("method"),
            "method_signature": Rule("signature"),
            "abstract_method_signature": Rule("method"),
            "public_field_definition": Rule("field"),
            "property_signature": Rule("field"),
        },
        through=words("program class_body interface_body statement_block expression_statement ambient_declaration"),
        wrappers=words("export_statement lexical_declaration variable_declaration"),
        leading=words("decorator"),
        verbatim=words("string template_string regex jsx_text"),
        trailing=words("arguments formal_parameters object array"),
        overloads=True,
        calls={"call_expression": "function", "new_expression": "constructor"},
        members={"member_expression": ("object", "property")},
    )


TYPESCRIPT = _typescript("TypeScript", (".ts", ".mts", ".cts"), "language_typescript")
TSX = _typescript("TypeScript with JSX", (".tsx", ".js", ".jsx", ".mjs", ".cjs"), "language_tsx")

GRAMMARS = (GO, PYTHON, RUST, JAVA, TYPESCRIPT, TSX)


def grammar_for(path: str) -> Grammar | None:
    """The grammar for a file, by its suffix; None if the language is not known, and the file is a text to us."""
    return next((grammar for grammar in GRAMMARS if path.endswith(grammar.suffixes)), None)
