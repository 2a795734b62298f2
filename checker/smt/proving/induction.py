"""Proofs by k-induction.

What holds in the first k states of every behaviour, and in any state that comes after k states in which it held, holds
for ever. (Sheeran, Singh and Stålmarck, "Checking safety properties using induction and a SAT-solver", FMCAD 2000.)

Several claims can be inductive together although none is alone. The largest such set among some candidates is what is
left when those that fail are taken out until none does (Flanagan and Leino, "Houdini", FME 2001). So a claim is never
assumed unless it is proved by the same token.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from skipgate.checker.core.trace import Trace
from skipgate.checker.evidence.counterexample import FailedEvaluation, trace_of
from skipgate.checker.semantics.effort import SHOWN, TooMuchWork, at_most
from skipgate.checker.semantics.evaluate import Inexhaustible
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.logic import Bit
from skipgate.checker.smt.encoding.small import small_numbers
from skipgate.checker.smt.encoding.solving import Deadline, GaveUp, NoAnswer
from skipgate.checker.smt.encoding.symbolic import Endless
from skipgate.checker.smt.encoding.system import System
from skipgate.checker.smt.encoding.unrolling import Unrolling
from skipgate.checker.smt.proving.claims import Claim

_PATIENCE = 5.0  # seconds to find a counterexample of a step, which only helps to understand


class Induction:
    """Inductive steps over a system, with solvers that are kept from question to question."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._from_anywhere: dict[int, Unrolling] = {}
        self._from_start: dict[int, Unrolling] = {}

    def inductive(self, candidates: Iterable[Claim], known: Sequence[Claim], k: int, deadline: Deadline) -> list[Claim]:
        """The largest set of candidates that are k-inductive together, given what is known already.

        All of them must be of the kind that may be assumed.

        Raises:
            NoAnswer: there was not enough time.
        """
        live = [claim for claim in candidates if not self.early(claim, k, deadline)]
        anywhere = self.behaviours(k, deadline)
        while live:
            anywhere.push()
            try:
                self.assume(anywhere, known, k + 1)
                self.assume(anywhere, live, k)
                failing = self.failing(anywhere, live, k)
            finally:
                anywhere.pop()
            if not failing:
                break
            live = [claim for claim in live if claim not in failing]
        return live

    def failing(self, unrolled: Unrolling, claims: Sequence[Claim], time: int) -> list[Claim]:
        """Some claims that may be violated at a time, or cannot be shown not to be; none only if there are none."""
        formulas = [unrolled.at(time, claim.states) for claim in claims]
        unrolled.push()
        try:
            unrolled.add(logic.any_of(formulas))
            if not unrolled.satisfiable():
                return []
            failing = [c for c, true in zip(claims, unrolled.truths(formulas), strict=True) if true]
            if failing:
                return failing
        except GaveUp:
            pass
        finally:
            unrolled.pop()
        return [claim for claim in claims if self.possible(unrolled, unrolled.at(time, claim.states))]

    def follows(self, claim: Claim, known: Sequence[Claim], k: int, deadline: Deadline) -> bool:
        """Does a claim follow from what is known of a state, of the k - 1 states before it, and of the next one?

        This is how claims about steps are proved, and those that cannot be assumed of a state.

        Raises:
            NoAnswer: there was not enough time.
        """
        if self.early(claim, k - 1, deadline):
            return False
        for length, formula in ((k - 1, claim.states), (k, claim.steps)):
            if formula is False:
                continue
            anywhere = self.behaviours(length, deadline)
            anywhere.push()
            try:
                self.assume(anywhere, known, length + 1)
                if self.possible(anywhere, anywhere.at(k - 1, formula, step=length == k)):
                    return False
            finally:
                anywhere.pop()
        return True

    def early(self, claim: Claim, times: int, deadline: Deadline) -> bool:
        """Can a claim be violated within the first so many states of a behaviour, or by the steps from them?

        Each length has a solver of its own: a behaviour that ends early must not be overlooked.
        """
        for time in range(times):
            for length, formula in ((time, claim.states), (time + 1, claim.steps)):
                if formula is not False:
                    start = self.behaviours(length, deadline, initial=True)
                    if self.possible(start, start.at(time, formula, step=length > time)):
                        return True
        return False

    def counterexample(self, claim: Claim, known: Sequence[Claim], k: int, deadline: Deadline) -> Trace | None:
        """States in which a claim holds, and all that is known, until the last or the last step violates it.

        The first state need not be reachable: that is why the claim is not proved. None if there is no such trace or
        not enough time to find one.
        """
        length = k if claim.may_be_assumed or claim.steps is not False else k - 1
        anywhere = self.behaviours(length, deadline.within(_PATIENCE))
        anywhere.push()
        try:
            self.assume(anywhere, known, length + 1)
            if claim.may_be_assumed:
                self.assume(anywhere, [claim], length)
            step = claim.states is False
            anywhere.add(anywhere.at(length - step, claim.steps if step else claim.states, step=step))
            if not anywhere.satisfiable():
                return None
            with at_most(SHOWN), small_numbers(anywhere, length + 1):
                return self.trace(anywhere, claim, length)
        except (NoAnswer, Endless, Inexhaustible, TooMuchWork):
            return None
        finally:
            anywhere.pop()

    def trace(self, unrolled: Unrolling, claim: Claim, length: int) -> Trace | None:
        """The trace of a step's counterexample, which says what it is."""
        if claim.kind == "evaluation":
            return None  # the solver does not tell what cannot be evaluated
        states = [unrolled.state(time) for time in range(length + 1)]
        instances = [unrolled.taken(time) for time in range(length)]
        taken = [(i.action, unrolled.arguments(time, i)) for time, i in enumerate(instances)]
        trace = trace_of(self.system.model, claim.name, states, FailedEvaluation(), taken, from_anywhere=True)
        message = (
            f"no proof by induction: {trace.failure.message}, although it and all that is proved hold before; "
            "the first state need not be reachable, so this is no violation"
        )
        return replace(trace, failure=replace(trace.failure, message=message))

    # ----------------------------------------------------------------------------------------------------- formulas

    def behaviours(self, length: int, deadline: Deadline, initial: bool = False) -> Unrolling:
        """A solver over all behaviours of so many steps, from an initial state or from anywhere."""
        kept = self._from_start if initial else self._from_anywhere
        if length not in kept:
            system = self.system
            unrolled = kept[length] = Unrolling(system, deadline)
            unrolled.add(*(unrolled.at(time, system.typed) for time in range(length + 1)))
            for time in range(length):
                unrolled.add(unrolled.at(time, system.inside.true))
                unrolled.take_step(time)
            if initial:
                unrolled.add(unrolled.at(0, system.initial.true))
        kept[length].deadline = deadline
        return kept[length]

    def assume(self, unrolled: Unrolling, claims: Iterable[Claim], times: int) -> None:
        """Let claims hold at the times before `times`."""
        for claim in claims:
            unrolled.add(*(unrolled.at(time, claim.holds) for time in range(times)))

    def possible(self, unrolled: Unrolling, formula: Bit) -> bool:
        """Is there a behaviour of which a formula is true, or is that not known?"""
        unrolled.push()
        try:
            unrolled.add(formula)
            return unrolled.satisfiable()
        except GaveUp:
            return True
        finally:
            unrolled.pop()
