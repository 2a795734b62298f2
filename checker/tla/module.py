"""A check of a specification as a module and a configuration for TLC.

Unlike other back ends this one reads the checked syntax tree: names, definitions and descriptions are for people to
read, and TLC's opinion is worth more if elaboration was not asked before. Only what cannot go wrong is learned from
the elaborated model, see `facts.py`.

The sections of the module are written by `constants`, `behaviour`, `fairness`, `properties` and `refinement`.
"""

from __future__ import annotations

from typing import assert_never

from skipgate.checker.core.expectations import expectation
from skipgate.checker.core.model import Model
from skipgate.checker.core.result import DEADLOCK
from skipgate.checker.tla import actions, behaviour, properties, temporal
from skipgate.checker.tla.constants import constants
from skipgate.checker.tla.definitions import ModuleWriter, comment
from skipgate.checker.tla.exported import END, Exported, TlcClaim
from skipgate.checker.tla.facts import Facts
from skipgate.checker.tla.fairness import fairness_conditions, groups
from skipgate.checker.tla.layout import flat
from skipgate.checker.tla.names import module_name
from skipgate.checker.tla.refinement import refined
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import SpecError, error
from skipgate.spec.specification import Specification

_RULE = "-" * 77


def export(spec: Specification, model: Model, *, every_test: bool = False) -> Exported:
    """The module of a check, of which `model` is the elaboration.

    With `every_test`, values are held to their types even where they cannot leave them.

    Raises:
        SpecError: TLA+, or TLC, cannot express something.
    """
    name = module_name(f"{spec.name}_{model.check.name.text}")
    return Module(spec, model, Facts(model, every_test), name).exported()


class Module(ModuleWriter):
    """A module with all its sections; `refined_by` is the module that has an instance of it."""

    def __init__(
        self, spec: Specification, model: Model, facts: Facts, name: str, *, refined_by: ModuleWriter | None = None
    ) -> None:
        around = [] if refined_by is None else [refined_by.names.of(each.name.text) for each in refined_by.variables]
        super().__init__(spec, model, facts, name, around)
        self.refined_by = None if refined_by is None else refined_by.name

    def exported(self) -> Exported:
        """All of it, in the order in which it is defined."""
        spec = self.spec
        if not self.variables:
            span = spec.program.main.declarations[0].span if spec.program.main.declarations else None
            raise error("TLC cannot explore a model without variables", span)
        before, settings = constants(self)
        variables = behaviour.state(self)
        happening = [behaviour.initial_states(self)]
        happening += [actions.action(self, action) for action in spec.all(s.ActionDecl)]
        happening += groups(self)
        self.exprs.vars = self.vars
        middle = self.pending_definitions()
        happening += [properties.constraint(self, declaration) for declaration in spec.all(s.ConstraintDecl)]
        fairness = tuple(fairness_conditions(self))
        step, terminal, steps = behaviour.steps(self, fairness)
        happening += steps
        claimed, claims, covers = self.claimed(step)
        refinements, modules = self.refinements(claims)
        claimed += refinements
        symmetry = properties.symmetry(self, claimed)
        prelude = self.exprs.prelude
        head = [f" MODULE {self.name} ".center(77, "-"), self.title(), f"EXTENDS {', '.join(sorted(prelude.modules))}"]
        if prelude.has_none:
            head.append(f"CONSTANT {prelude.none} \\* of an option without a value")
            settings = [f"{prelude.none} = {prelude.none}", *settings]
        sections = [[*head, *prelude.texts], before, variables, middle, happening, claimed]
        body = f"\n\n{_RULE}\n\n".join("\n\n".join(section) for section in sections if section)
        return Exported(
            name=self.name,
            text=f"{body}\n{END}\n",
            vars=self.vars,
            constants=tuple(settings),
            claims={name: parts for name, parts in claims.items() if name not in self.model.ignored},
            covers={name: claim for name, claim in covers.items() if name not in self.model.ignored},
            type_ok=self.type_ok,
            initial=self.initial,
            step=step,
            spec=self.spec_name,
            fairness=tuple(map(flat, fairness)),
            terminal=terminal,
            may_end=DEADLOCK in self.model.ignored,
            constraints=self.constraints,
            symmetry=symmetry,
            names=frozenset(self.names.taken),
            modules=modules,
        )

    def claimed(self, step: str) -> tuple[list[str], dict[str, tuple[TlcClaim, ...]], dict[str, TlcClaim]]:
        """The definitions of all properties, and what is claimed by each property and cover."""
        texts: list[str] = []
        claims: dict[str, tuple[TlcClaim, ...]] = {}
        covers: dict[str, TlcClaim] = {}
        for declaration in self.spec.all(s.PropertyDecl):
            name = declaration.name.text
            match declaration.kind:
                case "cover":
                    text, covers[name] = properties.cover(self, declaration)
                case "transition":
                    text, claims[name] = properties.transition(self, declaration, step)
                case "invariant" | "lemma":
                    text, claims[name] = properties.invariant(self, declaration)
                case _:
                    assert_never(declaration.kind)
            texts.append(text)
        for liveness in self.spec.all(s.LivenessDecl):
            try:
                text, claims[liveness.name.text] = temporal.liveness(self, liveness)
            except SpecError:
                if liveness.name.text in self.model.ignored:
                    continue  # nobody asks about it
                raise
            texts.append(text)
        return texts, claims, covers

    def refinements(self, claims: dict[str, tuple[TlcClaim, ...]]) -> tuple[list[str], dict[str, str]]:
        """The definitions of all refinements, whose claims are put with the others, and the modules that they need."""
        texts: list[str] = []
        modules: dict[str, str] = {}
        for declaration, spec in self.spec.refined.items():
            name = declaration.name.text
            if name in self.model.ignored:
                continue
            model = next(p.refinement.abstract for p in self.model.properties if p.name == name and p.refinement)
            facts = Facts(model, self.facts.every)
            abstract = Module(spec, model, facts, module_name(f"{self.name}_{name}"), refined_by=self)
            written = abstract.exported()
            text, claims[name] = refined(self, declaration, abstract, written)
            texts.append(text)
            modules[written.name] = written.text
        return texts, modules

    def title(self) -> str:
        """What the module says of itself at the top."""
        check = self.model.check
        lines = [f"{self.spec.name}, check {check.name.text}: {self.expected()}"]
        if self.refined_by is not None:
            lines = [f"{self.spec.name}, as {self.refined_by} refines it"]
        for declaration in self.spec.program.main.declarations:
            if isinstance(declaration, s.ModelDecl) and declaration.description:
                lines.insert(0, declaration.description.plain)
        if check.description is not None and self.refined_by is None:
            lines.append(check.description.plain)
        lines.append("Written by skipgate, and to be written anew when the model or the constants change.")
        return "\n".join(comment(line) for line in lines)

    def expected(self) -> str:
        """What the check expects, in words."""
        return f"expects {expectation(self.model.check)}"
