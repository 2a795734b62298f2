"""Names of instances where they are mentioned: `node[n].x` is the variable `node.x` at `n`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic, did_you_mean
from skipgate.spec.instances.trees import with_parts
from skipgate.spec.source import Span


@dataclass(frozen=True)
class Member:
    """What a name of an instance stands for.

    `text` is its name in the whole. `indexed` says for each instance that it is in, from the outermost on, whether it
    depends on the index: then it takes that as its key or as an argument.
    """

    text: str
    indexed: tuple[bool, ...]
    declaration: s.Node

    def mention(self, span: Span, indices: Sequence[s.AnyExpr], primed: bool, call: s.Call | None) -> s.AnyExpr:
        """The expression for a mention of it. `call` has its arguments, if there are brackets behind it."""
        key = plain(self.text)
        if isinstance(self.declaration, s.VarDecl) and call is None:
            element: s.AnyExpr = s.Name(span, key, primed)
            for index in indices:
                element = s.Index(span, element, index)
            return element
        given = tuple(s.Argument(index.span, None, index) for index in indices)
        if call is not None or given:
            return s.Call(span, s.Identifier(span, key), (*given, *(() if call is None else call.arguments)), primed)
        return s.Name(span, key, primed)


def plain(text: str) -> str:
    """A name as it is looked up, without the places for indices: `node.x` of `node[_].x`."""
    return text.replace("[_]", "")


@dataclass
class _Found:
    """A member at the end of a chain, and the indices on the way to it."""

    member: Member
    indices: list[s.AnyExpr]


_Step = s.Index | s.FieldAccess | s.Name | s.Call


class Mentions:
    """Replaces what is written of instances in a tree, and notes what is wrong."""

    def __init__(self, instances: Mapping[str, bool], members: Mapping[str, Member]) -> None:
        """`instances` says of each instance whether it is one for each value of an index. Keys are names as written."""
        self.instances = instances
        self.members = members
        self.diagnostics: list[Diagnostic] = []

    def replaced(self, node: s.AnyNode) -> s.AnyNode:
        """The node without mentions of instances."""
        match node:
            case s.FieldAccess() | s.Index() | s.Name() | s.Call():
                return self.expression(node)
            case s.Update(target=target, of=s.Expr() as of):
                found = self.named(of, target)
                if found is None:
                    return node
                keys = tuple(s.IndexStep(index.span, index) for index in found.indices)
                inner = with_parts(replace(node, of=None), self.replaced)
                target = s.Identifier(of.span.to(target.span), found.member.text)
                return replace(inner, target=target, path=(*keys, *inner.path))
            case s.DoClause(effect=effect, of=s.Expr() as of):
                found = self.named(of, effect)
                if found is None:
                    return node
                inner_do = with_parts(replace(node, of=None), self.replaced)
                effect = s.Identifier(of.span.to(effect.span), found.member.text)
                return replace(inner_do, effect=effect, arguments=(*found.indices, *inner_do.arguments))
            case s.StepsLike(action=action, of=s.Expr() as of):
                found = self.named(of, action)
                if found is None:
                    return node
                inner_steps = with_parts(replace(node, of=None), self.replaced)
                any_ = tuple(None if isinstance(i, s.Name) and i.text == "_" else i for i in found.indices)
                action = s.Identifier(of.span.to(action.span), found.member.text)
                return replace(inner_steps, action=action, arguments=(*any_, *inner_steps.arguments))
            case s.Expectation() | s.Scope():
                names = tuple(self.full_name(name) for name in node.names)
                return (
                    node if all(a is b for a, b in zip(names, node.names, strict=True)) else replace(node, names=names)
                )
            case s.ImportDecl():
                return node
        return with_parts(node, self.replaced)

    def full_name(self, name: s.Identifier) -> s.Identifier:
        """A name in a check, as it is declared: `node[_].step` of `node.step`."""
        member = self.members.get(name.text)
        return name if member is None or member.text == name.text else replace(name, text=member.text)

    def named(self, of: s.AnyExpr, name: s.Identifier) -> _Found | None:
        """The member of an instance that has a name; None if there is no such instance, or the diagnostics say why."""
        steps = _steps(s.FieldAccess(of.span.to(name.span), of, name))
        if steps is None or steps[0].text not in self.instances:
            return None
        found = self.find(*steps)
        return None if found is None else found[0]

    def expression(self, node: _Step) -> s.AnyExpr:
        """The same of an expression."""
        steps = _steps(node)
        if steps is None or steps[0].text not in self.instances or (isinstance(node, s.Name) and node.of is None):
            return cast("s.AnyExpr", with_parts(node, self.replaced))
        found = self.find(*steps)
        if found is None:
            return s.Name(node.span, "", False)  # which is reported
        (member, indices), rest = (found[0].member, found[0].indices), found[1]
        at, *after = rest
        call = with_parts(at, self.argument) if isinstance(at, s.Call) else None
        primed = isinstance(at, s.Name | s.Call) and at.primed
        result = member.mention(at.span, indices, primed, call)
        for step in after:
            if isinstance(step, s.Index):
                result = s.Index(step.span, result, cast("s.AnyExpr", self.replaced(step.index)))
            elif isinstance(step, s.FieldAccess):
                result = replace(step, base=result)
            else:
                result = replace(cast("s.Call", with_parts(step, self.argument)), of=result)
        return result

    def argument(self, node: s.AnyNode) -> s.AnyNode:
        """An argument of a call, and nothing of what it is called of."""
        return self.replaced(node) if isinstance(node, s.Argument) else node

    def find(self, root: s.Name, steps: Sequence[_Step]) -> tuple[_Found, Sequence[_Step]] | None:
        """What is mentioned, and the steps from it on; None if the diagnostics say why there is nothing."""
        key = root.text
        indices: list[s.Index | None] = []
        at = 0
        while True:
            given = None
            if at < len(steps) and isinstance(step := steps[at], s.Index):
                given, at = step, at + 1
            indices.append(given)
            if at == len(steps) or isinstance(steps[at], s.Index):
                self.no_value(key, steps[at - 1] if at else root)
                return None
            name = _name_of(steps[at])
            inner = f"{key}.{name.text}"
            if inner in self.members:
                member = self.members[inner]
                found = self.indexed(member, inner, indices, name)
                return None if found is None else (_Found(member, found), steps[at:])
            if inner not in self.instances:
                self.unknown(key, name)
                return None
            key, at = inner, at + 1

    def indexed(
        self, member: Member, key: str, given: Sequence[s.Index | None], name: s.Identifier
    ) -> list[s.AnyExpr] | None:
        """The indices that a member takes; None if those that are given are others."""
        parts = key.split(".")
        indices: list[s.AnyExpr] = []
        for depth, (takes, index) in enumerate(zip(member.indexed, given, strict=True)):
            instance = ".".join(parts[: depth + 1])
            shown = f"{parts[depth]}[...].{'.'.join(parts[depth + 1 :])}"
            if index is None and takes:
                message = f"`{instance}` has a `{name.text}` for each value of its index"
                self.diagnostics.append(Diagnostic(message, name.span, f"write `{shown}`"))
                return None
            if index is not None and not self.instances[instance]:
                message = f"`{instance}` is a single instance, which has no index"
                self.diagnostics.append(Diagnostic(message, index.index.span, f"write `{instance}.{name.text}`"))
                return None
            if index is not None and not takes:
                message = f"`{name.text}` is the same for every index"
                self.diagnostics.append(Diagnostic(message, index.index.span, f"write `{instance}.{name.text}`"))
                return None
            if index is not None:
                indices.append(cast("s.AnyExpr", self.replaced(index.index)))
        return indices

    def no_value(self, key: str, at: s.Node) -> None:
        """Report an instance that stands where a value is wanted."""
        index = "[...]" if self.instances[key] else ""
        hint = f"write `{key}{index}.x`, where `x` is a name of the imported file"
        self.diagnostics.append(Diagnostic(f"`{key}` is an instance, not a value", at.span, hint))

    def unknown(self, key: str, name: s.Identifier) -> None:
        """Report a name that an instance does not have."""
        has = {text[len(key) + 1 :]: member for text, member in self.members.items() if text.startswith(f"{key}.")}
        hint = did_you_mean(name.text, has)
        if hint is None and has:
            kinds = (s.VarDecl, s.DefDecl, s.ActionDecl, s.ConstDecl)
            useful = [text for text, member in has.items() if isinstance(member.declaration, kinds)] or list(has)
            hint = f"it has: {', '.join(f'`{text}`' for text in useful[:8])}"
        self.diagnostics.append(Diagnostic(f"`{key}` has no `{name.text}`", name.span, hint))


def _name_of(step: _Step) -> s.Identifier:
    match step:
        case s.FieldAccess(field=name) | s.Call(function=name):
            return name
        case s.Name(text=text):
            return s.Identifier(step.span, text)
    raise AssertionError("an index has no name")


def _steps(node: s.AnyExpr) -> tuple[s.Name, list[_Step]] | None:
    """The name at the root of `a[k].b(x).c`, and the steps from there on; None if it begins otherwise."""
    steps: list[_Step] = []
    while True:
        match node:
            case s.Name(of=None):
                return node, steps[::-1]
            case (
                s.Index(base=base)
                | s.FieldAccess(base=base)
                | s.Name(of=s.Expr() as base)
                | s.Call(of=s.Expr() as base)
            ):
                steps.append(node)
                node = base
            case _:
                return None
