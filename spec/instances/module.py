"""The declarations of an imported file as those of an instance: variables become maps, actions take the index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard, cast

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic
from skipgate.spec.instances.members import Member, plain
from skipgate.spec.instances.trees import mentioned, named_type, with_parts
from skipgate.spec.source import Source, Span
from skipgate.spec.symbols import Names, kind_of
from skipgate.spec.wording import with_article

_TYPES = (s.TypeDecl, s.EnumDecl, s.SortDecl, s.RecordDecl, s.VariantDecl)
_STEPS = (s.ActionDecl, s.GroupDecl)
_LEFT_OUT = (s.ModelDecl, s.CheckDecl, s.TerminalDecl, s.RefinesDecl)


@dataclass(frozen=True)
class Given:
    """What the whole gives to a name of the module. If `place` is not None, it is a variable or a part of one."""

    setting: s.Setting
    value: s.AnyExpr
    indexed: bool
    place: tuple[s.Name, tuple[s.PathStep, ...]] | None
    reads_state: bool


class Module:
    """A file that is imported under a name, with what it imports in turn."""

    def __init__(
        self,
        declared_as: s.ImportDecl,
        files: Sequence[s.File],
        names: Names,
        members: Mapping[str, Member],
        where: str,
    ) -> None:
        """`files` are those that are the instance's own. `members` are those of instances in the module.

        `where` is the place of the import.
        """
        self.declared_as = declared_as
        self.name = "" if declared_as.name is None else declared_as.name.text
        self.binder = declared_as.binder
        self.declarations = [each for file in files for each in file.declarations if not isinstance(each, _LEFT_OUT)]
        self.names = names
        self.own: dict[s.Node, str] = {}
        for each in self.declarations:
            for part, name in _named_parts(each):
                self.own[part] = name.text
        self.inner = members
        self.where = where
        self.given: dict[s.Node, Given] = {}
        self.diagnostics: list[Diagnostic] = []
        self._refused: set[s.Node] = set()  # what was reported as given by a value that cannot be updated
        self._indexed: dict[s.Node, bool] = {}
        self._sources: dict[int, Source] = {}
        self.index = self._fresh(self.binder.names[0].text) if self.binder is not None else ""

    def _fresh(self, wanted: str) -> str:
        """A name for the index that nothing in the module has."""
        taken = {part.text for each in self.declarations for part in s.walk(each) if isinstance(part, s.Identifier)}
        while wanted in taken:
            wanted += "_"
        return wanted

    # ------------------------------------------------------------------------------------------------ what is indexed

    def members(self) -> dict[str, Member]:
        """The names of the module as the whole sees them."""
        found = {}
        for part, text in self.own.items():
            if isinstance(part, s.ImportDecl):
                continue
            inner = self.inner.get(plain(text))
            takes = (self.is_indexed(part), *(() if inner is None else inner.indexed))
            member = Member(self.new_name(part, text), takes, self.kind(part))
            found[f"{self.name}.{plain(text)}"] = member
        return found

    def new_name(self, part: s.Node, text: str) -> str:
        """The name in the whole. That of a variable or action has a place for the index."""
        slot = "[_]" if self.is_indexed(part) and isinstance(self.kind(part), (s.VarDecl, *_STEPS)) else ""
        return f"{self.name}{slot}.{text}"

    def kind(self, part: s.Node) -> s.Node:
        """The declaration, or for what is given a definition."""
        if part in self.given and not isinstance(part, _TYPES):
            return s.DefDecl(part.span, s.Identifier(part.span, ""), (), None, None, (), s.NoneValue(part.span))
        return part

    def is_indexed(self, part: s.Node) -> bool:
        """Does what is declared depend on the index?"""
        if self.binder is None:
            return False
        if part not in self._indexed:
            self._indexed[part] = False  # what leads back to itself is reported elsewhere
            if part in self.given:
                self._indexed[part] = self.given[part].indexed
            elif isinstance(part, (s.VarDecl, *_STEPS)):
                self._indexed[part] = True
            else:
                self._indexed[part] = self.reads_index(cast("s.AnyNode", part))
        return self._indexed[part]

    def reads_index(self, node: s.AnyNode) -> bool:
        """Does anything in a node depend on the index?"""
        return any(self.is_indexed(symbol) for symbol in self._mentions(node))

    def _mentions(self, node: s.AnyNode) -> Iterator[s.Node]:
        for part in mentioned(node):
            symbol = self.names.references.get(part)
            if isinstance(symbol, s.Node) and symbol in self.own:
                yield symbol

    # ---------------------------------------------------------------------------------------------------------- copies

    def copies(self) -> list[s.AnyDeclaration]:
        """The declarations of the instance."""
        self._require_same_types()
        return [self._copy(each) for each in self.declarations]

    def _require_same_types(self) -> None:
        """Report a type that depends on the index: each instance would have another one."""
        for declaration in self.declarations:
            if declaration in self.given:
                continue
            types: list[s.AnyNode] = [declaration] if isinstance(declaration, s.SortDecl) else []
            for part in [*types, *(part for part in mentioned(declaration) if isinstance(part, s.TypeExpr))]:
                # A type that mentions such a type is not reported as well.
                direct = [each for each in self._mentions(part) if not isinstance(each, _TYPES)]
                if any(map(self.is_indexed, direct)):
                    index = "" if self.binder is None else self.binder.names[0].text
                    message = f"this type depends on `{index}`, so that each instance would have another one"
                    hint = "types and bounds are the same for all values of the index"
                    self.diagnostics.append(Diagnostic(message, self.moved(part.span), hint))
                    break

    def moved(self, span: Span) -> Span:
        """The same place in the text of the instance."""
        source = span.source
        if id(source) not in self._sources:
            index = "" if self.binder is None else f"[{self.binder.names[0].text}]"
            as_ = f"as `{self.name}{index}` at {self.where}"
            if source.instance is not None:
                as_ = f"{source.instance}, {as_}"
            self._sources[id(source)] = Source(source.name, source.text, as_)
        return Span(self._sources[id(source)], span.start, span.end)

    def _index_at(self, span: Span) -> s.AnyExpr:
        return s.Name(span, self.index)

    def _binder_at(self, span: Span) -> s.Binder:
        assert self.binder is not None
        return replace(self.binder, names=(s.Identifier(span, self.index),), domain=_copied(self.binder.domain))

    def _key_type(self) -> s.AnyType:
        assert self.binder is not None
        type_ = named_type(self.binder.domain)
        if type_ is None:
            message = "the index of an instance ranges over a type"
            hint = "the name of a sort, an enum or a type, `bool`, or a range `1..N`"
            self.diagnostics.append(Diagnostic(message, self.binder.domain.span, hint))
            return s.PrimitiveType(self.binder.domain.span, "bool")
        return cast("s.AnyType", _copied(type_))

    def _copy(self, declaration: s.AnyDeclaration) -> s.AnyDeclaration:
        indexed = self.is_indexed(declaration)
        if declaration in self.given:
            return self._given(declaration)
        copy: s.AnyDeclaration = with_parts(declaration, self.node, self.moved)
        if isinstance(copy, s.ImportDecl):
            inner = None if copy.name is None else replace(copy.name, text=f"{self.name}.{copy.name.text}")
            return s.ImportDecl(copy.span, copy.path, inner)
        if declaration in self.own:
            named = cast("s.ConstDecl", copy)  # or another that has a name
            text = self.new_name(declaration, named.name.text)
            copy = replace(named, name=replace(named.name, text=text))
        span = copy.span
        match copy:
            case s.EnumDecl(members=members):
                inside = [replace(m, name=replace(m.name, text=f"{self.name}.{m.name.text}")) for m in members]
                return replace(copy, members=tuple(inside))
            case s.VariantDecl(shapes=shapes):
                shaped = [replace(x, name=replace(x.name, text=f"{self.name}.{x.name.text}")) for x in shapes]
                return replace(copy, shapes=tuple(shaped))
            case s.PropertyDecl(kind="transition"):
                assert isinstance(declaration, s.PropertyDecl)
                return replace(copy, condition=self._for_all(self._of_steps(declaration, copy.condition), indexed))
            case s.PropertyDecl(kind=kind):
                return replace(
                    copy, condition=self._for_all(copy.condition, indexed, "exists" if kind == "cover" else "forall")
                )
            case s.AssumeDecl() | s.ConstraintDecl():
                return replace(copy, condition=self._for_all(copy.condition, indexed))
        if not indexed and not (isinstance(copy, s.LivenessDecl | s.FairnessDecl) and self.binder is not None):
            return copy
        match copy:
            case s.VarDecl():
                return self._variable(copy)
            case s.ConstDecl():
                index = s.Parameter(span, s.Identifier(span, self.index), self._key_type())
                assert copy.default is not None
                return s.DefDecl(span, copy.name, (index,), copy.type, copy.description, (), copy.default)
            case s.DefDecl() | s.EffectDecl():
                index = s.Parameter(span, s.Identifier(span, self.index), self._key_type())
                return replace(copy, parameters=(index, *copy.parameters))
            case s.ActionDecl() | s.GroupDecl() | s.LivenessDecl():
                return replace(copy, parameters=(self._binder_at(copy.name.span), *copy.parameters))
            case s.FairnessDecl():
                return replace(copy, binders=(self._binder_at(span), *copy.binders))
        return copy

    def _variable(self, copy: s.VarDecl) -> s.VarDecl:
        """A map from the index to what was the value of the variable."""
        type_ = s.MapType(copy.type.span, self._key_type(), copy.type)
        at = copy.initial.span
        binder = self._binder_at(at)
        if not copy.choice:
            return replace(copy, type=type_, initial=s.MapComprehension(at, (binder,), copy.initial))
        chosen = self._fresh("chosen")
        element = s.Binary(at, "in", s.Index(at, s.Name(at, chosen), self._index_at(at)), copy.initial)
        all_maps = s.TypeDomain(at, cast("s.AnyType", _copied(type_)))
        fits = s.Quantifier(at, "forall", (binder,), None, element)
        each = s.Binder(at, (s.Identifier(at, chosen),), all_maps)
        return replace(copy, type=type_, initial=s.SetComprehension(at, s.Name(at, chosen), (each,), fits))

    def _for_all(self, condition: s.AnyExpr, indexed: bool, kind: s.QuantifierKind = "forall") -> s.AnyExpr:
        if not indexed:
            return condition
        return s.Quantifier(condition.span, kind, (self._binder_at(condition.span),), None, condition)

    def _of_steps(self, declaration: s.PropertyDecl, condition: s.AnyExpr) -> s.AnyExpr:
        """What the module says of its steps, asked of those steps of the whole that change a variable in it."""
        changed: s.AnyExpr | None = None
        for variable in self._variables(declaration.condition, set()):
            at = self.moved(variable.name.span)
            old, new = (self._mention(variable, at, primed, None) for primed in (False, True))
            change = s.Binary(at, "!=", new, old)
            changed = change if changed is None else s.Binary(at, "or", changed, change)
        return condition if changed is None else s.Binary(condition.span, "=>", changed, condition)

    def _variables(self, node: s.AnyNode, seen: set[s.Node]) -> Iterator[s.VarDecl]:
        """The variables that a node and the definitions in it mention, each once."""
        for symbol in self._mentions(node):
            if symbol in seen:
                continue
            seen.add(symbol)
            if isinstance(symbol, s.VarDecl):
                if symbol not in self.given or self.given[symbol].reads_state:
                    yield symbol
            elif isinstance(symbol, (s.DefDecl, s.EffectDecl, *_STEPS)):
                yield from self._variables(symbol, seen)

    def _given(self, declaration: s.AnyDeclaration) -> s.AnyDeclaration:
        """A definition of what is given, with the type that the module declares."""
        given = self.given[declaration]
        value = self.renamed(given.value)
        at = given.setting.span
        assert isinstance(declaration, s.ConstDecl | s.VarDecl | s.TypeDecl | s.SortDecl)
        name = s.Identifier(given.setting.name.span, self.new_name(declaration, declaration.name.text))
        if isinstance(declaration, s.TypeDecl | s.SortDecl):
            type_ = named_type(value)
            if type_ is None:
                message = f"`{declaration.name.text}` is a type, and this is none"
                self.diagnostics.append(Diagnostic(message, given.value.span, "declare it with a name: `type T = ...`"))
                type_ = s.PrimitiveType(at, "bool")
            return s.TypeDecl(at, name, type_, declaration.description)
        index = (s.Parameter(at, s.Identifier(at, self.index), self._key_type()),) if given.indexed else ()
        type_ = cast("s.AnyType", self.node(declaration.type))
        return s.DefDecl(at, name, index, type_, declaration.description, (), value)

    def renamed(self, node: s.AnyExpr) -> s.AnyExpr:
        """A copy of what the whole says, with the name that the index has in the module."""
        own = self.binder.names[0].text if self.binder is not None else ""

        def change(part: s.AnyNode) -> s.AnyNode:
            copy = with_parts(part, change, lambda span: replace(span))
            return replace(copy, text=self.index) if isinstance(copy, s.Name) and copy.text == own else copy

        return cast("s.AnyExpr", change(node))

    # -------------------------------------------------------------------------------------------------------- mentions

    def node(self, node: s.AnyNode) -> s.AnyNode:
        """A copy of a node of the module."""
        symbol = self.names.references.get(node)
        match node:
            case s.Name(primed=primed) if _is_own(symbol, self.own):
                return self._mention(symbol, self.moved(node.span), primed, None)
            case s.Call(function=function):
                symbol = self.names.references.get(function)
                copy = with_parts(node, self.node, self.moved)
                return self._mention(symbol, copy.span, node.primed, copy) if _is_own(symbol, self.own) else copy
            case s.Identifier() if _is_own(symbol, self.own):
                return s.Identifier(self.moved(node.span), self.new_name(symbol, self.own[symbol]))
            case s.NamedType() if _is_own(symbol, self.own):
                return s.NamedType(self.moved(node.span), self.new_name(symbol, self.own[symbol]))
            case s.StepsLike(action=action):
                copied = with_parts(node, self.node, self.moved)
                symbol = self.names.references.get(action)
                if _is_own(symbol, self.own) and self.is_indexed(symbol):
                    return replace(copied, arguments=(self._index_at(copied.span), *copied.arguments))
                return copied
            case s.DoClause(effect=effect):
                done = with_parts(node, self.node, self.moved)
                symbol = self.names.references.get(effect)
                if _is_own(symbol, self.own) and self.is_indexed(symbol):
                    return replace(done, arguments=(self._index_at(done.span), *done.arguments))
                return done
            case s.Update(target=target):
                variable = self.names.references.get(target)
                updated = with_parts(node, self.node, self.moved)
                return self._update(updated, variable) if _is_own(variable, self.own) else updated
        return with_parts(node, self.node, self.moved)

    def _mention(self, symbol: s.Node, span: Span, primed: bool, call: s.Call | None) -> s.AnyExpr:
        indexed = self.is_indexed(symbol)
        given = self.given.get(symbol)
        kind = self.kind(symbol)
        if indexed and isinstance(symbol, s.ConstDecl):
            kind = s.DefDecl(span, s.Identifier(span, ""), (), None, None, (), s.NoneValue(span))
        member = Member(self.new_name(symbol, self.own[symbol]), (indexed,), kind)
        fixed = given is not None and not given.reads_state
        return member.mention(span, [self._index_at(span)] if indexed else [], primed and not fixed, call)

    def _update(self, update: s.Update, variable: s.Node) -> s.Update:
        """An update of the variable's part that belongs to the index, or of the variable that is given for it."""
        assert isinstance(variable, s.VarDecl)
        given = self.given.get(variable)
        if given is None:
            index = (s.IndexStep(update.target.span, self._index_at(update.target.span)),) if self.binder else ()
            return replace(update, path=(*index, *update.path))
        if given.place is None:
            if variable not in self._refused:
                self._refused.add(variable)
                updated = f"`{variable.name.text}` is updated at {update.target.span.place}"
                message = f"{updated}, so a variable is needed here, or a part of one"
                self.diagnostics.append(Diagnostic(message, given.value.span))
            return update
        root, path = given.place
        steps = tuple(
            s.IndexStep(step.span, self.renamed(step.index)) if isinstance(step, s.IndexStep) else step for step in path
        )
        return replace(update, target=s.Identifier(update.target.span, root.text), path=(*steps, *update.path))


def _is_own(symbol: object, own: Mapping[s.Node, str]) -> TypeGuard[s.Node]:
    return isinstance(symbol, s.Node) and symbol in own


def mentions_name(node: s.AnyNode, name: str) -> bool:
    """Does a node mention a name?"""
    return any(isinstance(part, s.Name) and part.text == name for part in s.walk(node))


def _copied(node: s.AnyNode) -> s.AnyExpr:
    """A copy with the same places: what it refers to depends on where it stands."""

    def change(part: s.AnyNode) -> s.AnyNode:
        return with_parts(part, change, lambda span: replace(span))

    return cast("s.AnyExpr", change(node))


def _named_parts(declaration: s.AnyDeclaration) -> Iterator[tuple[s.Node, s.Identifier]]:
    """What has a name of its own among a declaration and its members or shapes, with that name."""
    name = getattr(declaration, "name", None)
    if isinstance(name, s.Identifier):
        yield declaration, name
    parts: Sequence[s.Member | s.ShapeDecl] = ()
    if isinstance(declaration, s.EnumDecl):
        parts = declaration.members
    if isinstance(declaration, s.VariantDecl):
        parts = declaration.shapes
    for part in parts:
        yield part, part.name


def refused(declaration: s.Node, name: str) -> str:
    """Why nothing can be given for a name."""
    what = with_article(kind_of(cast("s.EnumDecl", declaration)))
    return f"`{name}` is {what}; only constants, variables, types and sorts are given"
