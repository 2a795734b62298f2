"""A check of a specification as a module and a configuration for TLC.

Unlike other back ends this one reads the checked syntax tree: names, definitions and descriptions are for people to
read, and TLC's opinion is worth more if elaboration was not asked before. Only what cannot go wrong is learned from
the elaborated model, see `facts.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from skipgate.checker.core.datatypes import BoolType, EnumType, IntType, SortType, values
from skipgate.checker.core.expectations import expectation
from skipgate.checker.core.model import Model
from skipgate.checker.core.values import MapValue, Nothing, RecordValue, Some, Value
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.exported import END, Claim, Exported
from skipgate.checker.tla.expressions import LARGEST, Expressions, flattened, mentioned_by, walk
from skipgate.checker.tla.facts import Facts, are_constant, may_be_taken
from skipgate.checker.tla.names import Names, module_name
from skipgate.checker.tla.refinement import refined
from skipgate.checker.tla.stuttering import says_nothing_about_stuttering
from skipgate.checker.tla.syntax import WIDTH, Definition, Node, Text
from skipgate.checker.tla.values import fits_configuration, value_node
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.source import Span
from skipgate.spec.specification import Specification
from skipgate.spec.symbols import Symbol

_RULE = "-" * 77


def export(spec: Specification, model: Model, *, every_test: bool = False) -> Exported:
    """The module of a check, of which `model` is the elaboration.

    With `every_test`, values are held to their types even where they cannot leave them.

    Raises:
        SpecError: TLA+, or TLC, cannot express something.
    """
    name = module_name(f"{spec.name}_{model.check.name.text}")
    return Module(spec, model, Facts(model, every_test), name).exported()


class Module:
    """What is known of a module while it is written."""

    def __init__(self, spec: Specification, model: Model, facts: Facts, name: str) -> None:
        self.name = name
        self.refined_by: str | None = None
        self.spec = spec
        self.model = model
        self.facts = facts
        self.names = Names(_identifiers(spec))
        self.exprs = Expressions(spec, facts, self.names)
        self.done: set[Symbol] = set()
        self.done_twins: set[str] = set()
        self.definitions: list[str] = []
        self.variables = spec.all(s.VarDecl)
        self.constraints = tuple(self.names.of(declaration.name.text) for declaration in spec.all(s.ConstraintDecl))
        own = self.names.fresh
        self.vars, self.type_ok, self.initial = own("vars"), own("TypeOK"), own("Init")
        self.next, self.spec_name = own("Next"), own("Spec")

    def exported(self) -> Exported:
        spec = self.spec
        if not self.variables:
            span = spec.program.main.declarations[0].span if spec.program.main.declarations else None
            raise error("TLC cannot explore a model without variables", span)
        before, constants = self.constants()
        variables = self.state()
        claims: dict[str, tuple[Claim, ...]] = {}
        covers: dict[str, Claim] = {}
        behaviour = [self.initial_states(), *(self.action(action) for action in spec.all(s.ActionDecl))]
        middle = self.pending_definitions()
        behaviour += [self.constraint(declaration) for declaration in spec.all(s.ConstraintDecl)]
        fairness = tuple(self.fairness_conditions())
        step, terminal, steps = self.steps(fairness)
        behaviour += steps
        properties: list[str] = []
        for declaration in spec.all(s.PropertyDecl):
            if declaration.kind == "cover":
                text, covers[declaration.name.text] = self.cover(declaration)
            elif declaration.kind == "transition":
                text, claims[declaration.name.text] = self.transition(declaration, step)
            else:
                text = self.defined(declaration.name, declaration.condition, declaration.description)
                own = self.names.of(declaration.name.text)
                claims[declaration.name.text] = (Claim(own, own),)
            properties.append(text)
        for liveness in spec.all(s.LivenessDecl):
            text, claims[liveness.name.text] = self.liveness(liveness)
            properties.append(text)
        modules: dict[str, str] = {}
        for refinement in spec.refined:
            text, claims[refinement.name.text], other = refined(self, Module, refinement)
            properties.append(text)
            modules[other.name] = other.text
        symmetry = self.symmetry(properties)
        library = self.exprs.library
        head = [f" MODULE {self.name} ".center(77, "-"), self.title(), f"EXTENDS {', '.join(sorted(library.modules))}"]
        if library.has_none:
            head.append(f"CONSTANT {library.none} \\* of an option without a value")
            constants = [f"{library.none} = {library.none}", *constants]
        sections = [
            [*head, *library.texts],
            before,
            variables,
            middle,
            behaviour,
            properties,
        ]
        body = f"\n\n{_RULE}\n\n".join("\n\n".join(section) for section in sections if section)
        return Exported(
            name=self.name,
            text=f"{body}\n{END}\n",
            vars=self.vars,
            constants=tuple(constants),
            claims=claims,
            covers=covers,
            type_ok=self.type_ok,
            initial=self.initial,
            step=step,
            spec=self.spec_name,
            fairness=tuple(map(tla.flat, fairness)),
            terminal=terminal,
            constraints=self.constraints,
            symmetry=symmetry,
            modules=modules,
        )

    def title(self) -> str:
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
        return "\n".join(_comment(line) for line in lines)

    def expected(self) -> str:
        return f"expects {expectation(self.model.check)}"

    # ---------------------------------------------------------------------------------------------- declarations

    def constants(self) -> tuple[list[str], list[str]]:
        """The declarations of constants and types, and the lines of the configuration."""
        declared: list[tuple[str, str | None]] = []
        settings: list[str] = []
        lines: list[str] = []
        values = {variable.name: value for variable, value in self.model.constants}
        facts: list[Node] = []
        sizes = {sort.name: sort.size for sort in self.model.sorts}
        for sort in self.spec.all(s.SortDecl):
            name = self.names.of(sort.name.text)
            declared.append((name, _plain(sort.description)))
            identities = (f"{sort.name.text}{i + 1}" for i in range(sizes[sort.name.text]))
            lines.append(f"{name} = {{{', '.join(identities)}}}")
            if not isinstance(sort.size, s.Number):
                self.exprs.library.modules.add("FiniteSets")
                facts.append(tla.Infix("=", tla.call("Cardinality", Text(name)), self.translated(sort.size)))
        for constant in self.spec.all(s.ConstDecl):
            name = self.names.of(constant.name.text)
            declared.append((name, _plain(constant.description)))
            lines.append(self.setting(name, values[constant.name.text], constant, settings))
            facts.append(tla.Infix("\\in", Text(name), self.required_type(constant.type)))
        assumptions = [self.assumption(declaration) for declaration in self.spec.all(s.AssumeDecl)]
        for variable in self.variables:
            self.required_type(variable.type)
        sections = [_declaration("CONSTANT", declared)] if declared else []
        sections += self.definitions
        self.definitions = []
        if facts:
            sections.append("\n".join(hang_definition("ASSUME ", tla.conjunction(*facts))))
        return [*sections, *assumptions, *settings], lines

    def setting(self, name: str, value: Value, constant: s.ConstDecl, settings: list[str]) -> str:
        """The line of the configuration that gives a constant its value."""
        for number in _numbers(value):
            if abs(number) > LARGEST:
                raise error(f"TLC cannot express {number}: its numbers have 32 bits", constant.name.span)
        none = self.exprs.library.none if _mentions_none(value) else ""
        node = value_node(value, self.names, none)
        if fits_configuration(value):
            return f"{name} = {tla.flat(node)}"
        given = self.names.fresh(f"{name}_given")
        settings.append(Definition(given, (), node).text())
        return f"{name} <- {given}"

    def assumption(self, declaration: s.AssumeDecl) -> str:
        lines = hang_definition("ASSUME ", self.translated(declaration.condition))
        return _described("\n".join(lines), _plain(declaration.description))

    def state(self) -> list[str]:
        """The variables and their types."""
        declared = [(self.names.of(v.name.text), _plain(v.description)) for v in self.variables]
        names = ", ".join(name for name, _ in declared)
        types = [
            tla.Infix("\\in", Text(self.names.of(v.name.text)), self.required_type(v.type)) for v in self.variables
        ]
        return [
            _declaration("VARIABLE", declared),
            f"{self.vars} == <<{names}>>",
            Definition(self.type_ok, (), tla.Junction("/\\", tuple(types))).bulleted(),
        ]

    def initial_states(self) -> str:
        values = [
            tla.Infix("\\in" if v.choice else "=", Text(self.names.of(v.name.text)), self.translated(v.initial))
            for v in self.variables
        ]
        return Definition(self.initial, (), tla.Junction("/\\", tuple(values))).bulleted()

    def action(self, declaration: s.ActionDecl) -> str:
        for part in (*declaration.parameters, *declaration.clauses):
            self.require(part)
        definitions: list[Definition] = []
        conjuncts: list[Node] = []
        updates: dict[str, list[s.Update]] = {}
        for clause in declaration.clauses:
            match clause:
                case s.WhenClause(condition=condition):
                    conjuncts += [self.guard(part) for part in flattened(condition, "and")]
                case s.LetClause(bindings=bindings):
                    definitions += self.exprs.definitions(bindings)
                case s.ThenClause(updates=parts):
                    for update in parts:
                        updates.setdefault(update.target.text, []).append(update)
        conjuncts += [self.update(name, parts) for name, parts in updates.items()]
        same = [self.names.of(v.name.text) for v in self.variables if v.name.text not in updates]
        if len(same) == len(self.variables):
            conjuncts.append(Text(f"UNCHANGED {self.vars}", 4))
        elif same:
            unchanged = same[0] if len(same) == 1 else f"<<{', '.join(same)}>>"
            conjuncts.append(Text(f"UNCHANGED {unchanged}", 4))
        body: Node = tla.Junction("/\\", tuple(conjuncts))
        if definitions:
            body = tla.Let(tuple(definitions), body)
        parameters = tuple(self.names.of(n.text) for binder in declaration.parameters for n in binder.names)
        self.names.locals.clear()
        definition = Definition(self.names.of(declaration.name.text), parameters, body)
        return _described(definition.bulleted(), _plain(declaration.description))

    def guard(self, node: s.AnyExpr) -> Node:
        condition = self.exprs.expr(node)
        if not self.branches(node):
            return condition
        return tla.call(self.exprs.library.use("Once"), condition)

    def branches(self, node: s.AnyExpr) -> bool:
        """Would TLC take the alternatives in a condition for so many steps? Or look only at a part of it."""
        match node:
            case s.Index(base=base):  # of a function that is written down it forgets EXCEPT
                return not (isinstance(base, s.Name) and isinstance(self.spec.names[base], s.VarDecl | s.ConstDecl))
            case s.Binary(operator="or") | s.Quantifier(kind="exists"):
                return True
            case s.Binary(operator="and", left=left, right=right):
                return self.branches(left) or self.branches(right)
            case s.Quantifier(kind="forall", body=body) | s.Let(body=body):
                return self.branches(body)
            case s.If(branches=branches, otherwise=otherwise):
                return any(map(self.branches, (*(value for _, value in branches), otherwise)))
            case s.Match(cases=cases):
                return any(self.branches(case.body) for case in cases)
            case s.Name() | s.Call():
                symbol = self.spec.names[node if isinstance(node, s.Name) else node.function]
                if isinstance(symbol, s.DefDecl):
                    return self.branches(symbol.body)
                return isinstance(symbol, s.Identifier) and any(map(self.branches, self.exprs.bound_by_name(symbol)))
        return False

    def update(self, target: str, updates: Sequence[s.Update]) -> Node:
        name = Text(self.names.of(target))
        first = updates[0]
        if not first.path:
            value = self.exprs.expr(first.value)
        else:
            value = self.exprs.updated(name, [(u.path, u.value, u.span) for u in updates])
        return tla.Infix("=", tla.Primed(name), value)

    def fairness_conditions(self) -> list[Node]:
        own = [self.fairness(action) for action in self.spec.all(s.ActionDecl) if action.fairness != "none"]
        return own + [self.shared_fairness(declaration) for declaration in self.spec.all(s.FairnessDecl)]

    def steps(self, fairness: Sequence[Node]) -> tuple[str, str | None, list[str]]:
        """What can happen: the names of all actions together and of where nothing needs to, and the definitions."""
        actions = self.spec.all(s.ActionDecl)
        alternatives = tuple(self.taken(action) for action in actions)
        if not any(map(may_be_taken, self.model.actions)):
            # TLC refuses to look at any state if it can see beforehand that there is no step.
            alternatives += (Text(f"{self.vars} # {self.vars} /\\ UNCHANGED {self.vars}", 3),)
        terminals = self.spec.all(s.TerminalDecl)
        texts: list[str] = []
        step, stop = self.next, None
        if terminals:
            step = self.names.fresh("Step")
            stop, terminating = self.names.fresh("Terminal"), self.names.fresh("Terminating")
            condition = tla.disjunction(*(self.translated(terminal.condition) for terminal in terminals))
            ended: Node = Text(stop)
            if len(terminals) > 1 or self.branches(terminals[0].condition):
                ended = tla.call(self.exprs.library.use("Once"), ended)
            texts.append(Definition(step, (), tla.Junction("\\/", alternatives)).bulleted())
            texts += [*self.pending_definitions(), Definition(stop, (), condition).text()]
            texts.append(
                "\\* Nothing needs to happen in a terminal state. A step to itself tells TLC so.\n"
                f"{terminating} == {tla.flat(ended)} /\\ UNCHANGED {self.vars}\n\n"
                f"{self.next} == {step} \\/ {terminating}"
            )
        else:
            texts.append(Definition(self.next, (), tla.Junction("\\/", alternatives)).bulleted())
        parts: list[Node] = [Text(self.initial), Text(f"[][{self.next}]_{self.vars}", 4), *fairness]
        texts += [*self.pending_definitions(), Definition(self.spec_name, (), tla.Junction("/\\", tuple(parts))).text()]
        return step, stop, texts

    def varying(self, predicate: Node) -> Node:
        """A predicate with the look of one that is not the same in every state."""
        return tla.conjunction(tla.Infix("=", Text(self.vars), Text(self.vars)), predicate)

    def taken(self, action: s.ActionDecl) -> Node:
        """That an action is taken, for some choice of its parameters."""
        names = [self.names.of(name.text) for binder in action.parameters for name in binder.names]
        body = tla.call(self.names.of(action.name.text), *map(Text, names))
        binders = [(binder, self.domain(action, binder)) for binder in action.parameters]
        if not binders:
            return body
        if not self.exprs.depend(action.parameters):
            bound = [(", ".join(self.names.of(n.text) for n in b.names), domain) for b, domain in binders]
            return tla.Quantified("\\E", tuple(bound), body)
        for binder, domain in reversed(binders):
            body = tla.Quantified("\\E", ((", ".join(self.names.of(n.text) for n in binder.names), domain),), body)
        return body

    def fairness(self, action: s.ActionDecl) -> Node:
        """Fairness of an action for each choice of its parameters by itself.

        What a temporal formula quantifies over must not depend on the state; where a domain does, so does the body.
        """
        names = [Text(self.names.of(name.text)) for binder in action.parameters for name in binder.names]
        bound: list[tuple[str, Node]] = []
        for binder in action.parameters:
            fixed = self.is_fixed(binder.domain)
            domain = self.domain(action, binder) if fixed else self.universe(action, binder)
            bound.append((", ".join(self.names.of(name.text) for name in binder.names), domain))
        return self.fair(action.fairness, bound, self.taken_with(action, names))

    def shared_fairness(self, declaration: s.FairnessDecl) -> Node:
        """Fairness of several actions together, for each choice of some names by itself."""
        own = {name.text for binder in declaration.binders for name in binder.names}
        bound = [
            (", ".join(self.names.of(name.text) for name in binder.names), self.translated(binder.domain))
            for binder in declaration.binders
        ]
        alternatives: list[Node] = []
        for steps in declaration.steps:
            action = self.spec.names[steps.action]
            assert isinstance(action, s.ActionDecl)
            given = [None if each is None else self.translated(each) for each in steps.arguments]
            alternatives.append(self.taken_with(action, given, own, steps.span))
        return self.fair(declaration.fairness, bound, tla.disjunction(*alternatives))

    def fair(self, fairness: s.Fairness, bound: Sequence[tuple[str, Node]], body: Node) -> Node:
        operator = "WF" if fairness == "weak" else "SF"
        condition = tla.Brackets(f"{operator}_{self.vars}(", (("", body),), ")")
        return tla.Quantified("\\A", tuple(bound), condition) if bound else condition

    def taken_with(
        self, action: s.ActionDecl, given: Sequence[Node | None], taken: Collection[str] = (), span: Span | None = None
    ) -> Node:
        """That an action is taken with these arguments; any where there is None. Some names are `taken` already."""
        names = [name for binder in action.parameters for name in binder.names]
        binders = [binder for binder in action.parameters for _ in binder.names]
        own = [
            self.names.local(name.text) if argument is None and name.text in taken else self.names.of(name.text)
            for name, argument in zip(names, given, strict=True)
        ]
        arguments = [Text(name) if argument is None else argument for name, argument in zip(own, given, strict=True)]
        renamed = {n for n, a in zip(names, arguments, strict=True) if tla.flat(a) != self.names.of(n.text)}
        body: Node = tla.call(self.names.of(action.name.text), *arguments)
        # From the last parameter to the first, as a domain may mention those before it.
        for binder, name, argument in reversed(list(zip(binders, own, given, strict=True))):
            if renamed & {self.spec.names.references.get(part) for part in walk(binder.domain)}:
                hint = f"call the names as `{action.name.text}` calls its parameters"
                raise error("this fairness has no simple form in TLA+", span or action.span, hint)
            if argument is None:
                body = tla.Quantified("\\E", ((name, self.domain(action, binder)),), body)
            elif not self.is_fixed(binder.domain):
                rest = body.items if isinstance(body, tla.Junction) else (body,)
                body = tla.conjunction(tla.Infix("\\in", argument, self.domain(action, binder)), *rest)
        return body

    def is_fixed(self, domain: s.AnyExpr) -> bool:
        """Is a domain the same in every state, and does it mention no other parameter?"""
        mentioned = [self.spec.names.references.get(part) for part in walk(domain)]
        bound_here = {name for part in walk(domain) if isinstance(part, s.Binder) for name in part.names}
        return not any(
            (isinstance(symbol, s.Identifier) and symbol not in bound_here)
            or (isinstance(symbol, s.VarDecl | s.DefDecl) and self.exprs.reads_state(symbol))
            for symbol in mentioned
        )

    def universe(self, action: s.ActionDecl, binder: s.Binder) -> Node:
        """All values that a parameter may have in some state."""
        match self.facts.bounds(action.name.text, binder.names[0].text):
            case IntType(low=int() as low, high=int() as high):
                return tla.Infix("..", tla.number(low), tla.number(high))
            case SortType(name=name):
                return Text(self.names.of(name))
            case BoolType() | EnumType() as type_:
                return tla.set_of(*(value_node(value, self.names, "") for value in values(type_)))
        hint = "let the parameter range over the same values in every state, and put the rest into a `when`"
        raise error("TLC cannot quantify fairness over this set", binder.domain.span, hint)

    def domain(self, action: s.ActionDecl, binder: s.Binder) -> Node:
        """What a parameter ranges over: all numbers are those that the conditions allow."""
        bounds = self.facts.bounds(action.name.text, binder.names[0].text)
        domain = self.exprs.expr(binder.domain)
        if tla.flat(domain) in ("Nat", "Int") or self.is_unbounded(binder.domain):
            if not isinstance(bounds, IntType) or bounds.low is None or bounds.high is None:
                raise error("TLC cannot go through all numbers", binder.domain.span, "use a range `a..b`")
            return tla.Infix("..", tla.number(bounds.low), tla.number(bounds.high))
        return domain

    def is_unbounded(self, domain: s.AnyExpr) -> bool:
        if not isinstance(domain, s.Name):
            return False
        symbol = self.spec.names[domain]
        while isinstance(symbol, s.TypeDecl):
            if isinstance(symbol.type, s.PrimitiveType):
                return symbol.type.name != "bool"
            if not isinstance(symbol.type, s.NamedType):
                return False
            symbol = self.spec.names[symbol.type]
        return False

    # ------------------------------------------------------------------------------------------------ properties

    def constraint(self, declaration: s.ConstraintDecl) -> str:
        return self.defined(declaration.name, declaration.condition, declaration.description)

    def cover(self, declaration: s.PropertyDecl) -> tuple[str, Claim]:
        text = self.defined(declaration.name, declaration.condition, declaration.description)
        name = self.names.of(declaration.name.text)
        never = self.names.fresh(f"Never{name}")
        whole = " /\\ ".join([name, *self.constraints])  # states outside the constraints do not count
        return f"{text}\n{never} == ~{f'({whole})' if self.constraints else whole}", Claim(never, never)

    def transition(self, declaration: s.PropertyDecl, step: str) -> tuple[str, tuple[Claim, ...]]:
        name = self.names.of(declaration.name.text)
        condition = self.translated(declaration.condition)
        box = tla.Brackets("[][", (("", tla.unlike_binder(condition)),), f"]_{self.vars}")
        claim = Claim(name, tla.flat(condition), "step")
        comment = _described_lines(_plain(declaration.description))
        text = "\n".join([*self.pending(), *comment, *Definition(name, (), box).lines(WIDTH)])
        if says_nothing_about_stuttering(self.spec, declaration.condition):
            return text, (claim,)
        still = self.names.fresh(f"{name}WhenNothingChanges")
        with self.exprs.reading_as("still"):
            inner = self.translated(declaration.condition)
        premise = Text(" /\\ ".join([*self.constraints, f"ENABLED ({step} /\\ UNCHANGED {self.vars})"]), 3)
        lines = [*self.pending(), "\\* The same of steps that change nothing, which the formula above leaves out."]
        lines += Definition(still, (), tla.Infix("=>", premise, inner)).lines(WIDTH)
        text = "\n".join([text, "", *lines])
        return text, (Claim(still, still, "still"), claim)

    def liveness(self, declaration: s.LivenessDecl) -> tuple[str, tuple[Claim, ...]]:
        goal = self.translated(declaration.goal)
        # About conditions that are the same in every state, temporal formulas are wrong under TLC.
        instances = [each for p in self.model.liveness if p.name == declaration.name.text for each in p.instances]
        if are_constant(each.goal for each in instances):
            goal = self.varying(goal)
        parts = [goal]
        match declaration.kind:
            case "eventually":
                formula: Node = tla.Prefix("<>", _in_brackets(goal), 4)
            case "always eventually":
                formula = tla.Prefix("[]<>", _in_brackets(goal), 4)
            case "eventually always":
                formula = tla.Prefix("<>[]", _in_brackets(goal), 4)
            case "leads to":
                assert declaration.premise is not None
                premise = self.translated(declaration.premise)
                if are_constant(each.premise for each in instances if each.premise is not None):
                    premise = self.varying(premise)
                parts = [premise, goal]
                formula = tla.Infix("~>", *parts)
        have_values: Node = tla.Infix("\\subseteq", tla.set_of(*parts), Text("BOOLEAN"))
        if declaration.parameters:
            bound = tuple(
                (", ".join(self.names.of(name.text) for name in binder.names), self.translated(binder.domain))
                for binder in declaration.parameters
            )
            formula, have_values = (tla.Quantified("\\A", bound, body) for body in (formula, have_values))
        name = self.names.of(declaration.name.text)
        comment = _described_lines(_plain(declaration.description))
        text = "\n".join([*self.pending(), *comment, *Definition(name, (), formula).lines(WIDTH)])
        return text, (Claim(name, tla.flat(have_values), "behaviour"),)

    def symmetry(self, properties: list[str]) -> str | None:
        sorts = [self.names.of(sort.name) for sort in self.model.symmetry]
        if not sorts:
            return None
        name = self.names.fresh("Symmetry")
        self.exprs.library.modules.add("TLC")
        permutations = " \\cup ".join(f"Permutations({sort})" for sort in sorts)
        properties.append(f"{name} == {permutations}")
        return name

    # ----------------------------------------------------------------------------------------------- definitions

    def defined(self, name: s.Identifier, condition: s.AnyExpr, description: s.Description | None) -> str:
        node = self.translated(condition)
        lines = [*self.pending(), *_described_lines(_plain(description))]
        return "\n".join([*lines, *Definition(self.names.of(name.text), (), node).lines(WIDTH)])

    def pending(self) -> list[str]:
        """The lines of the definitions that what was translated last needs, which stand before it."""
        return [line for text in self.pending_definitions() for line in (text, "")]

    def pending_definitions(self) -> list[str]:
        pending, self.definitions = self.definitions, []
        return pending

    def translated(self, node: s.AnyExpr) -> Node:
        """An expression, once all that it mentions is defined."""
        self.require(node)
        result = self.exprs.expr(node)
        self.define_twins()
        self.names.locals.clear()
        return result

    def required_type(self, node: s.AnyType) -> Node:
        self.require(node)
        result = self.exprs.type(node)
        self.names.locals.clear()
        return result

    def require(self, node: s.Node) -> None:
        """Define all types and definitions that something mentions, each before what mentions it."""
        for symbol in mentioned_by(self.spec, node):
            if symbol in self.done:
                continue
            match symbol:
                case s.TypeDecl() | s.EnumDecl() | s.RecordDecl():
                    self.done.add(symbol)
                    self.require(symbol)
                    self.definitions.append(self.type_definition(symbol))
                case s.DefDecl():
                    self.done.add(symbol)
                    self.require(symbol)
                    text = self.definition(symbol, self.names.of(symbol.name.text))
                    self.define_twins()
                    self.definitions.append(text)

    def type_definition(self, symbol: s.TypeDecl | s.EnumDecl | s.RecordDecl) -> str:
        name = self.names.of(symbol.name.text)
        match symbol:
            case s.TypeDecl(type=aliased):
                value = self.exprs.type(aliased)
                comments: list[tuple[str, str]] = []
            case s.EnumDecl(members=members):
                value = tla.set_of(*(tla.string(self.names.of(m.name.text)) for m in members))
                comments = [(f'"{m.name.text}"', m.description.plain) for m in members if m.description]
            case s.RecordDecl(fields=fields):
                parts = [(self.names.of(f.name.text), self.exprs.type(f.type)) for f in fields]
                value = tla.record(parts, " : ")
                comments = [(f.name.text, f.description.plain) for f in fields if f.description]
        self.names.locals.clear()
        text = Definition(name, (), value).text()
        lines = _described_lines(_plain(symbol.description))
        lines += [_comment(f"  {label}: {description}") for label, description in comments]
        return "\n".join([*lines, text])

    def definition(self, declaration: s.DefDecl, name: str) -> str:
        parameters: list[str] = []
        held: list[Definition] = []
        for parameter in declaration.parameters:
            own = self.names.of(parameter.name.text)
            what = f"`{parameter.name.text}` of `{declaration.name.text}`"
            given = self.names.local(f"{own}_given")
            value = self.exprs.within(Text(given), parameter.type, what)
            if value == Text(given):
                parameters.append(own)
            else:
                parameters.append(given)
                held.append(Definition(own, (), value))
        body = self.exprs.expr(declaration.body)
        if declaration.result is not None:
            body = self.exprs.within(body, declaration.result, f"the value of `{declaration.name.text}`")
        if held:
            body = tla.Let(tuple(held), body)
        self.names.locals.clear()
        text = Definition(name, tuple(parameters), body).text()
        return _described(text, _plain(declaration.description))

    def define_twins(self) -> None:
        """Define once more what was mentioned with a prime and has parameters; see `Expressions.twin`."""
        for (declaration, reading), name in list(self.exprs.twins.items()):
            if name in self.done_twins:
                continue
            self.done_twins.add(name)
            with self.exprs.reading_as(reading):
                text = self.definition(declaration, name)
                self.define_twins()
            self.definitions.append(text)


def hang_definition(prefix: str, node: Node) -> list[str]:
    return tla.hang(prefix, node.lines(WIDTH - len(prefix)))


def _in_brackets(node: Node) -> Node:
    return Text(f"({tla.flat(node)})")


def _identifiers(spec: Specification) -> Iterable[str]:
    """Every name in the sources."""
    for file in spec.program.files:
        for declaration in file.declarations:
            for node in walk(declaration):
                if isinstance(node, s.Identifier | s.Name):
                    yield node.text


def _plain(description: s.Description | None) -> str | None:
    return None if description is None else description.plain


def _comment(text: str) -> str:
    return "\\* " + " ".join(text.split("\n"))


def _described_lines(description: str | None) -> list[str]:
    return [] if description is None else [_comment(description)]


def _described(text: str, description: str | None) -> str:
    return "\n".join([*_described_lines(description), text])


def _declaration(keyword: str, names: Sequence[tuple[str, str | None]]) -> str:
    """The declaration of constants or variables, each on a line, with its description."""
    if len(names) == 1 and names[0][1] is None:
        return f"{keyword} {names[0][0]}"
    width = max(len(name) for name, _ in names) + 1
    lines = [f"{keyword}S"]
    for i, (name, description) in enumerate(names):
        name += "," if i < len(names) - 1 else ""
        lines.append(f"    {name}" if description is None else f"    {name:{width}} {_comment(description)}")
    return "\n".join(lines)


def _numbers(value: Value) -> Iterable[int]:
    match value:
        case bool():
            return
        case int():
            yield value
        case Some(inner):
            yield from _numbers(inner)
        case RecordValue(_, fields):
            for _, part in fields:
                yield from _numbers(part)
        case MapValue(items):
            for key, part in items:
                yield from _numbers(key)
                yield from _numbers(part)
        case frozenset() | tuple():
            for part in value:
                yield from _numbers(part)


def _mentions_none(value: Value) -> bool:
    match value:
        case Nothing():
            return True
        case Some(inner):
            return _mentions_none(inner)
        case RecordValue(_, fields):
            return any(_mentions_none(part) for _, part in fields)
        case MapValue(items):
            return any(_mentions_none(part) for item in items for part in item)
        case frozenset() | tuple():
            return any(map(_mentions_none, value))
    return False
