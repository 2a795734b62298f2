"""The functions that an engine needs of a model, generated as text in a small subset of Python.

They use only integers, sequences of integers, `if`, `while`, and calls of `popcount`, so the text runs under CPython as
it is, and can be compiled. Every function takes states as rows of words (see `layout`), writes what it finds to `out`,
and returns how many entries it wrote.

    expand(s, out)        for each enabled action and choice of parameters: the action's number, then the new words;
                          for one that cannot be evaluated: -1 - number, then words of no meaning
    check(s, out)         the numbers of the violated invariants; -1 - number for one that cannot be evaluated, or
                          for a cover (numbered after the invariants) that cannot
    check_step(s, t, out) the same for transition properties and a step from s to t; conditions on steps in liveness
                          properties are numbered after them
    inside(s)             1 if every constraint holds, 0 if not, -1 if that cannot be evaluated
    terminal(s)           likewise for the terminal condition
    witness(s, out)       the numbers of the covers and premises (see `Witness`) that are true in s
    witness_step(s, t, out)  the same for premises of transition properties

If a check asks for symmetry, there are the functions of `symmetry` besides. Those for liveness properties are a text of
their own, `behaviours`:

    steps(s, out)         as `expand`, but an entry begins with a tag that tells the action and its arguments (see
                          `Choices`); with 0 if no fairness condition mentions the action
    facts(s, out)         1 or 0 for each condition on states of the liveness properties
    step_facts(s, t, out) the same for their conditions on steps
    inside(s)             as above
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.kernel.action_code import ActionCode
from skipgate.checker.kernel.choices import Choices
from skipgate.checker.kernel.compiler import Tests
from skipgate.checker.kernel.initial_code import InitialCode, initial_code
from skipgate.checker.kernel.layout import Layout
from skipgate.checker.kernel.predicate_code import PredicateCode
from skipgate.checker.kernel.symmetry import Symmetry, symmetry_of
from skipgate.spec.diagnostics import error


@dataclass(frozen=True)
class Witness:
    """Something that must be true somewhere: a cover, or a premise of a property."""

    of: m.Property | m.Liveness
    premise: m.Premise | None  # None for a cover

    @property
    def term(self) -> t.Term:
        """The condition that must be true."""
        if self.premise is not None:
            return self.premise.term
        assert isinstance(self.of, m.Property)
        return self.of.term


@dataclass(frozen=True, eq=False)
class Kernels:
    """The generated text and what its numbers stand for."""

    model: m.Model
    layout: Layout
    text: str
    entry: int  # the length of an entry that `expand` writes
    room: int  # how long `out` must be
    state_witnesses: tuple[Witness, ...]
    step_witnesses: tuple[Witness, ...]
    tests: Tests
    symmetry: Symmetry | None
    checked: tuple[str, ...]  # the property of each number of `check`; a liveness property has several numbers
    checked_steps: tuple[str, ...]  # the same of `check_step`
    behaviours: str  # text
    choices: Choices
    initial: InitialCode | None  # None: there are few initial states, or they are to be found without kernels

    @property
    def bare(self) -> Kernels:
        """The same without the functions that were made of the text here: it can be pickled."""
        return replace(self, symmetry=None if self.symmetry is None else replace(self.symmetry))

    @property
    def scratch(self) -> int:
        """How much the functions of single states and steps may write."""
        written = (self.checked, self.checked_steps, self.state_witnesses, self.step_witnesses)
        return max(1, *(len(each) for each in written))

    @cached_property
    def functions(self) -> dict[str, Callable[..., int]]:
        """The functions under CPython, by name.

        Raises:
            SpecError: quantifiers or conditions are nested more deeply than Python's compiler can take.
        """
        namespace: dict[str, Any] = {"popcount": int.bit_count}
        try:
            code = compile(self.text, f"<kernels of {self.model.name}>", "exec")
        except (SyntaxError, RecursionError, MemoryError) as problem:
            place = self.model.check.name.span
            hint = "nest fewer quantifiers, and join the conditions of an action with `and`"
            raise error(f"the code for this check cannot be compiled: {problem}", place, hint) from None
        exec(code, namespace)
        return namespace

    @property
    def begins_natively(self) -> bool:
        """Should machine code find the initial states?"""
        return self.initial is not None and self.initial.many

    @property
    def initial_text(self) -> str:
        """The functions that find initial states."""
        return "" if self.initial is None else self.initial.text

    @cached_property
    def initial_functions(self) -> dict[str, Callable[..., int]]:
        """The functions that find initial states under CPython, by name."""
        assert self.initial is not None
        namespace: dict[str, Any] = {"popcount": int.bit_count}
        exec(compile(self.initial.text, f"<initial states of {self.model.name}>", "exec"), namespace)
        return namespace

    @cached_property
    def behaviour_functions(self) -> dict[str, Callable[..., int]]:
        """The functions of `behaviours` under CPython, by name."""
        namespace: dict[str, Any] = {"popcount": int.bit_count}
        exec(compile(self.behaviours, f"<behaviours of {self.model.name}>", "exec"), namespace)
        return namespace


def generate(model: m.Model, layout: Layout, discharged: frozenset[t.Term] = frozenset()) -> Kernels:
    """Generate the kernels of a model, without run-time tests of the terms that are known never to fail.

    Raises:
        SpecError: a domain is unbounded, or something is too large; with its place.
    """
    state_witnesses = [Witness(p, None) for p in model.covers]
    state_witnesses += [Witness(p, premise) for p in model.invariants for premise in p.premises]
    state_witnesses += [Witness(p, premise) for p in model.liveness for premise in p.premises]
    step_witnesses = [Witness(p, premise) for p in model.transitions for premise in p.premises]
    tests = Tests(discharged)
    actions, predicates = ActionCode(layout, tests), PredicateCode(layout, tests)
    constraints = [c.term for c in model.constraints]
    facts, step_facts = model.liveness_terms, model.liveness_step_terms
    others = [*(p.term for p in model.covers), *facts]
    text = "\n\n".join(
        [
            actions.expand(model.actions),
            predicates.violations("check", "s", [p.term for p in model.invariants], others),
            predicates.violations("check_step", "s, t", [p.term for p in model.transitions], step_facts),
            predicates.conjunction("inside", constraints),
            predicates.conjunction("terminal", None if model.terminal is None else [model.terminal]),
            predicates.witnesses("witness", "s", [w.term for w in state_witnesses]),
            predicates.witnesses("witness_step", "s, t", [w.term for w in step_witnesses]),
        ]
    )
    checked = [p.name for p in (*model.invariants, *model.covers)]
    checked += [p.name for p in model.liveness for _ in p.terms]
    checked_steps = [p.name for p in model.transitions] + [p.name for p in model.liveness for _ in p.step_terms]
    entry = 1 + layout.words
    written = (checked, checked_steps, facts, step_facts, state_witnesses, step_witnesses)
    most = max(actions.most_entries * entry, *(len(each) for each in written))
    choices = Choices(model.fairness if model.liveness else ())
    behaviours = ""
    if model.liveness:
        uncounted = Tests(discharged)  # `expand` has the same tests, and counts them
        predicates = PredicateCode(layout, uncounted)
        texts = (
            ActionCode(layout, uncounted, choices).expand(model.actions),
            predicates.facts("facts", "s", facts),
            predicates.facts("step_facts", "s, t", step_facts),
            predicates.conjunction("inside", constraints),
        )
        behaviours = "\n\n".join(texts) + "\n"
    return Kernels(
        model=model,
        layout=layout,
        text=text + "\n",
        entry=entry,
        room=most + entry,
        state_witnesses=tuple(state_witnesses),
        step_witnesses=tuple(step_witnesses),
        tests=tests,
        symmetry=symmetry_of(model, layout),
        checked=tuple(checked),
        checked_steps=tuple(checked_steps),
        behaviours=behaviours,
        choices=choices,
        initial=initial_code(model, layout, Tests(discharged)),
    )
