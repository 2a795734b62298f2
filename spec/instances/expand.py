"""A program whose files import others under names, as one without: their declarations become its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from skipgate.spec import syntax as s
from skipgate.spec.confinement import real
from skipgate.spec.diagnostics import Diagnostic, SpecError, did_you_mean
from skipgate.spec.instances.members import Member, Mentions
from skipgate.spec.instances.module import Given, Module, mentions_name, refused
from skipgate.spec.instances.trees import mentioned
from skipgate.spec.loader import Program
from skipgate.spec.specification import Specification


def with_instances(program: Program, modules: Mapping[s.ImportDecl, Specification]) -> Program:
    """The program with the declarations of its instances, each where its import stands.

    What the program itself imports without a name is shared with its instances; all else is theirs alone.

    Raises:
        SpecError: something is given that a module does not have, or mentioned that an instance does not have.
    """
    return _Expansion(program, modules).program()


class _Expansion:
    def __init__(self, program: Program, modules: Mapping[s.ImportDecl, Specification]) -> None:
        self.whole = program
        shared = {real(Path(file.source.name)) for file in program.files}
        self.modules: dict[s.ImportDecl, Module] = {}
        self.instances: dict[str, bool] = {}
        self.diagnostics: list[Diagnostic] = []
        for declaration, spec in modules.items():
            files = [file for file in spec.program.files if real(Path(file.source.name)) not in shared]
            place = f"{declaration.span.source.name}:{declaration.span.line}"
            module = Module(declaration, files, spec.names, spec.program.members, place)
            self.modules[declaration] = module
            self.instances[module.name] = declaration.binder is not None
            own = {part for part in module.own if isinstance(part, s.ImportDecl)}
            for part in own:
                inner = module.own[part]
                self.instances[f"{module.name}.{inner}"] = spec.program.instances[inner]
            self._receive(module)
        self.members: dict[str, Member] = {}
        for module in self.modules.values():
            self.members |= module.members()
        self.mentions = Mentions(self.instances, self.members)
        self.declared = {
            declaration.name.text: declaration
            for file in program.files
            for declaration in file.declarations
            if isinstance(declaration, s.VarDecl | s.DefDecl)
        }
        self.read: dict[str, bool] = {}  # of names of the whole: do they read the state?

    def program(self) -> Program:
        for module in self.modules.values():
            self._work_out(module)
        files = {file: self._file(file) for file in self.whole.files}
        self.diagnostics += self.mentions.diagnostics
        self.diagnostics += [each for module in self.modules.values() for each in module.diagnostics]
        if self.diagnostics:
            raise SpecError(self.diagnostics)
        return replace(
            self.whole,
            main=files[self.whole.main],
            files=tuple(files.values()),
            instances=self.instances,
            members=self.members,
        )

    def _file(self, file: s.File) -> s.File:
        declarations: list[s.AnyDeclaration] = []
        for declaration in file.declarations:
            declarations.append(cast("s.AnyDeclaration", self.mentions.replaced(declaration)))
            if isinstance(declaration, s.ImportDecl) and declaration in self.modules:
                declarations += self.modules[declaration].copies()
        return replace(file, declarations=tuple(declarations))

    # ----------------------------------------------------------------------------------------------- what is given

    def _receive(self, module: Module) -> None:
        """Find what each setting of an import is about."""
        targets = {text: part for part, text in module.own.items() if not isinstance(part, s.ImportDecl)}
        takes = (s.ConstDecl, s.VarDecl, s.TypeDecl, s.SortDecl)
        file = module.declared_as.path
        for setting in module.declared_as.settings:
            text, span = setting.name.text, setting.name.span
            target = targets.get(text)
            if target is None:
                useful = [each for each, part in targets.items() if isinstance(part, takes)]
                hint = did_you_mean(text, useful) or f"it has: {', '.join(f'`{each}`' for each in useful[:8])}"
                self.diagnostics.append(Diagnostic(f"`{file}` has no `{text}`", span, hint if useful else None))
            elif not isinstance(target, takes):
                share = "a file that this one imports without a name is shared: put it there"
                self.diagnostics.append(Diagnostic(refused(target, text), span, share if _is_type(target) else None))
            elif target in module.given:
                self.diagnostics.append(Diagnostic(f"`{text}` is set twice at this import", span))
            else:
                index = "" if module.binder is None else module.binder.names[0].text
                indexed = bool(index) and mentions_name(setting.value, index)
                module.given[target] = Given(setting, setting.value, indexed, None, reads_state=False)

    def _work_out(self, module: Module) -> None:
        """What is given, in terms of the whole without instances."""
        for target, given in module.given.items():
            value = cast("s.AnyExpr", self.mentions.replaced(given.value))
            reads_state = self._reads_state(value)
            if reads_state and not isinstance(target, s.VarDecl):
                message = f"`{given.setting.name.text}` is the same in every state, and this is not"
                self.diagnostics.append(Diagnostic(message, value.span))
            module.given[target] = replace(given, value=value, place=self._place(value), reads_state=reads_state)

    def _reads_state(self, node: s.AnyNode) -> bool:
        texts = {part.text for part in mentioned(node) if isinstance(part, s.Name)}
        texts |= {part.function.text for part in mentioned(node) if isinstance(part, s.Call)}
        return any(isinstance(part, s.StepsTest) for part in mentioned(node)) or any(map(self._varies, texts))

    def _varies(self, text: str) -> bool:
        if text in self.members:
            return isinstance(self.members[text].declaration, s.VarDecl | s.DefDecl)
        declaration = self.declared.get(text)
        if text not in self.read:
            self.read[text] = False  # what leads back to itself is reported elsewhere
            if isinstance(declaration, s.DefDecl):
                body = cast("s.AnyExpr", self.mentions.replaced(declaration.body))
                self.read[text] = self._reads_state(body)
            else:
                self.read[text] = declaration is not None
        return self.read[text]

    def _place(self, value: s.AnyExpr) -> tuple[s.Name, tuple[s.PathStep, ...]] | None:
        """The variable and the path, if an expression is one or a part of one."""
        steps: list[s.PathStep] = []
        while True:
            match value:
                case s.Index(base=base, index=index) if not isinstance(index, s.Range):
                    steps.append(s.IndexStep(index.span, index))
                    value = base
                case s.FieldAccess(base=base, field=field):
                    steps.append(s.FieldStep(field.span, field))
                    value = base
                case s.Name(text=text, primed=False):
                    member = self.members.get(text)
                    declaration = self.declared.get(text) if member is None else member.declaration
                    full = value if member is None else replace(value, text=member.text)
                    return (full, tuple(reversed(steps))) if isinstance(declaration, s.VarDecl) else None
                case _:
                    return None


def _is_type(target: s.Node) -> bool:
    return isinstance(target, s.EnumDecl | s.RecordDecl | s.VariantDecl)
