"""What is asked of a model: that something never happens.

Every property becomes a claim. So does what a check wants to be reachable (covers, premises, actions): that it is not
is a claim which is to be refuted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from skipgate.checker.core import model as m
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.core.trace import FailureKind
from skipgate.checker.smt.encoding.logic import Bit, and_, any_of, not_
from skipgate.checker.smt.encoding.system import System
from skipgate.checker.smt.proving.bmc import SearchTarget, targets


@dataclass(frozen=True, eq=False)
class Claim:
    """No reachable state is in `states`, and no step from one is in `steps`.

    Both are over the constants of the system; choices of parameters in them are free to be any.
    """

    name: str
    kind: FailureKind
    states: Bit
    steps: Bit = False
    lemma: bool = False
    may_be_assumed: bool = False  # of every reachable state: an invariant, without choices in it

    @property
    def holds(self) -> Bit:
        """What a state that is not in `states` satisfies."""
        assert self.may_be_assumed
        return not_(self.states)


def property_claims(system: System) -> list[Claim]:
    """The claims of a model's properties, in the order in which verdicts are given.

    They exclude exactly what bounded model checking looks for: a property that cannot be evaluated is not violated,
    which is left to `evaluation`.
    """
    model = system.model
    everything = targets(system)
    properties = {p.name: p for p in model.properties if p.kind != "cover"}  # a refinement once
    declared = [_declared(p, everything) for p in properties.values()]
    deadlock = Claim(DEADLOCK, "deadlock", _over(everything, DEADLOCK, "state"))
    evaluation = Claim(
        EVALUATION, "evaluation", _over(everything, EVALUATION, "state"), _over(everything, EVALUATION, "step")
    )
    return [*declared, *(claim for claim in (deadlock, evaluation) if claim.name not in model.ignored)]


def _declared(declared: m.Property, everything: list[SearchTarget]) -> Claim:
    states, steps = _over(everything, declared.name, "state"), _over(everything, declared.name, "step")
    if declared.refinement is not None or declared.kind == "transition":
        return Claim(declared.name, declared.failure_kind, states, steps)
    return Claim(declared.name, "invariant", states, lemma=declared.lemma, may_be_assumed=True)


def _over(everything: list[SearchTarget], name: str, over: str) -> Bit:
    return any_of(target.formula for target in everything if target.name == name and target.over == over)


@dataclass(frozen=True, eq=False)
class WitnessClaim:
    """Something without which a check says less than it seems to; and the claim that it is never there."""

    of: m.Property | m.Action
    premise: m.Premise | None
    claim: Claim

    @property
    def is_action(self) -> bool:
        """Is it an action that can be taken?"""
        return isinstance(self.of, m.Action)

    @property
    def is_cover(self) -> bool:
        """Is it a declared cover?"""
        return isinstance(self.of, m.Property) and self.of.kind == "cover"

    @property
    def target(self) -> SearchTarget:
        """It, for bounded model checking to look for."""
        over_states = self.claim.steps is False
        formula = self.claim.states if over_states else self.claim.steps
        return SearchTarget(self.claim.name, "state" if over_states else "step", formula, traced=False)


def witnesses(system: System) -> Iterator[WitnessClaim]:
    """The covers, the premises of the properties, and the actions.

    As in a search, a state outside the constraints is no witness.
    """
    inside = system.inside.true
    for declared in system.model.properties:
        if declared.kind == "cover":
            seen = and_(inside, system.predicate(declared.term).true)
            yield WitnessClaim(declared, None, Claim(declared.name, "cover", seen, may_be_assumed=True))
        for number, premise in enumerate(declared.premises, start=1):
            name = f"premise {number} of {declared.name}"
            seen = system.predicate(premise.term).true
            if declared.kind == "transition":
                yield WitnessClaim(declared, premise, Claim(name, "cover", False, seen))
            else:
                yield WitnessClaim(declared, premise, Claim(name, "cover", and_(inside, seen), may_be_assumed=True))
    for action in system.model.actions:
        taken = any_of(instance.enabled for instance in system.instances if instance.action is action)
        yield WitnessClaim(action, None, Claim(f"action {action.name}", "cover", and_(inside, taken)))
