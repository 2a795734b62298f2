"""Proofs that hold for all values: which method is tried when, and what is made of the answers.

The cheap methods come first, and every method gets its share of the time in rounds, each of which goes deeper and has
more patience than the one before: bounded model checking for counterexamples, induction over all claims together, then
Horn clauses, claim by claim. Whatever is proved is known from then on to everything that follows; lemmas are not
treated differently, except that they come first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from skipgate.checker.core import model as m
from skipgate.checker.core.deadline import OutOfTime
from skipgate.checker.core.deadline import deadline as ending
from skipgate.checker.core.expectations import property_descriptions, property_kinds
from skipgate.checker.core.printer import show_term
from skipgate.checker.core.result import EVALUATION, Proof, PropertyResult
from skipgate.checker.core.trace import Trace
from skipgate.checker.search.limits import INTERRUPTED, out_of_time
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.solving import Deadline, NoAnswer
from skipgate.checker.smt.encoding.system import System
from skipgate.checker.smt.encoding.transcript import Transcriber, Unreadable
from skipgate.checker.smt.proving import recheck, spacer
from skipgate.checker.smt.proving.bmc import BoundedSearch, targets
from skipgate.checker.smt.proving.claims import Claim, WitnessClaim, property_claims, witnesses
from skipgate.checker.smt.proving.induction import Induction

Method = Literal["auto", "induction", "spacer", "bmc"]
METHODS: tuple[Method, ...] = ("auto", "induction", "spacer", "bmc")

_ROUNDS = ((9, 1, 1.0), (13, 2, 4.0), (17, 3, 15.0), (20, 3, 60.0))  # states, k, seconds of patience for one question
_DEPTHS: dict[Method, int] = {"auto": 20, "induction": 4, "spacer": 20, "bmc": 20}
_GRACE = 1.0  # seconds after the time limit until the work is ended wherever it is
_LAST_WORDS = 0.5  # seconds after the time limit to find out why there is no proof
_WITNESS_ROUNDS = ((8, 1.0), (14, 5.0))  # states, seconds: where covers, premises and actions are looked for


@dataclass
class Proved:
    """What a prover found. `reached` and `never` are about covers, premises and actions, by the names of the claims."""

    properties: dict[str, PropertyResult] = field(default_factory=dict)  # those wanted, and the lemmas
    wanted: frozenset[str] = frozenset()
    starts: bool | None = None  # there is an initial state inside the constraints; None if that is not known
    depth: int = 0  # all behaviours of up to so many states were examined for what is not proved
    stopped: str | None = None  # why something is unknown
    witnesses: tuple[WitnessClaim, ...] = ()
    reached: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    seconds: float = 0.0


def prove(
    model: m.Model,
    *,
    wanted: Collection[str] | None = None,
    method: Method = "auto",
    depth: int | None = None,
    time_limit: float | None = None,
    seen: bool = False,
    report: Callable[[str], None] | None = None,
) -> Proved:
    """Prove or refute properties of a model.

    Args:
        wanted: the properties that are asked for; None for all.
        depth: the most states of a behaviour, or, for `induction`, the most steps that a claim is followed for.
        seen: also find out which covers, premises and actions are reachable.
        report: is called with what is being done.

    Ctrl-C ends it with `stopped` set to "interrupted" and what was found so far.

    Raises:
        SpecError: the model has a construct that cannot be translated.
    """
    logic.begin_anew()
    deadline = Deadline(time_limit)
    try:
        with ending(None if time_limit is None else time_limit + _GRACE):
            system = System(model, deadline.look)
            prover = _Prover(system, wanted, deadline, seen, report or (lambda _: None))
    except (NoAnswer, OutOfTime) as problem:  # the formulas alone take too long
        return _nothing_known(model, wanted, str(problem) or out_of_time(time_limit or 0), deadline)
    try:
        try:
            with ending(None if deadline.left is None else deadline.left + _GRACE):
                prover.run(method, _DEPTHS[method] if depth is None else depth)
        except OutOfTime:
            prover.stopped = out_of_time(time_limit or 0)
        except NoAnswer as problem:
            prover.stopped = str(problem)
            last_words = Deadline(_LAST_WORDS)
            system.tick = last_words.look
            with suppress(NoAnswer):
                prover.explain(last_words)
    except KeyboardInterrupt:
        prover.stopped = INTERRUPTED
    return prover.outcome()


def _nothing_known(model: m.Model, wanted: Collection[str] | None, why: str, deadline: Deadline) -> Proved:
    """The outcome where not even the question could be asked in time."""
    liveness = {live.name for live in model.liveness}
    kinds = {name: kind for name, kind in property_kinds(model).items() if name not in liveness}
    asked = frozenset(name for name in kinds if wanted is None or name in wanted or name == EVALUATION)
    lemmas = {p.name for p in model.properties if p.lemma}
    results = {
        name: PropertyResult(name, kind, "unknown", property_descriptions(model).get(name), reason=why)
        for name, kind in kinds.items()
        if name in asked or name in lemmas
    }
    return Proved(results, asked, stopped=why, seconds=deadline.passed)


class _Prover:
    def __init__(
        self,
        system: System,
        wanted: Collection[str] | None,
        deadline: Deadline,
        seen: bool,
        report: Callable[[str], None],
    ) -> None:
        self.system = system
        self.deadline = deadline
        self.report = report
        self.claims = property_claims(system)
        # Without `evaluation` nothing is proved, and lemmas are there to be used.
        self.wanted = {c.name for c in self.claims if wanted is None or c.name in wanted or c.name == EVALUATION}
        self.pending = sorted(
            (c for c in self.claims if c.name in self.wanted or c.lemma), key=lambda claim: not claim.lemma
        )
        self.witnesses = tuple(witnesses(system)) if seen else ()
        self.unseen = [witness.claim for witness in self.witnesses]
        self.proofs: dict[Claim, Proof] = {}
        self.refuted: set[str] = set()  # for which Horn clauses found a violation, but no trace
        self.reasons: dict[str, str] = {}
        self.examples: dict[str, Trace] = {}
        self.examined: dict[str, int] = {}  # what is not looked for any more, and to which depth it was
        self.stopped: str | None = None
        self.induction = Induction(system)
        self.steps = 0  # of the longest induction that was tried
        names = {claim.name for claim in self.pending}
        self.search = BoundedSearch(
            system,
            [t for t in targets(system) if t.name in names] + [witness.target for witness in self.witnesses],
            lambda length: report(f"behaviours of {length} state{'s' if length > 1 else ''}"),
        )

    @property
    def known(self) -> list[Claim]:
        """What was proved of every reachable state."""
        return [claim for claim in self.proofs if claim.may_be_assumed]

    @property
    def open(self) -> list[Claim]:
        """What is asked for and has no answer yet."""
        return [claim for claim in self.pending if claim.name in self.wanted]

    # ------------------------------------------------------------------------------------------------------ strategy

    def run(self, method: Method, depth: int) -> None:
        self.look_deeper(1, self.deadline)
        match method:
            case "bmc":
                self.look_deeper(depth, self.deadline)
            case "induction":
                for k in range(1, depth + 1):
                    self.look_deeper(k + 1, self.deadline)
                    self.induct(k, self.deadline)
            case "spacer":
                self.solve_all(None, induct=False)
                self.look_deeper(depth, self.deadline, self.refuted)
            case "auto":
                self.in_rounds(depth)
        self.look_for_witnesses()
        self.explain(self.deadline)

    def in_rounds(self, depth: int) -> None:
        self.induct(1, self.deadline)
        for states, k, patience in _ROUNDS:
            if not self.open:
                return
            self.look_deeper(min(states, depth), self.deadline.within(4 * patience))
            for steps in range(2, k + 1):
                self.induct(steps, self.deadline.within(patience))
            self.solve_all(patience)
        if self.open:
            self.look_deeper(depth, self.deadline)

    # ------------------------------------------------------------------------------------------------------- methods

    def look_deeper(self, depth: int, deadline: Deadline, only: Collection[str] | None = None) -> None:
        """Look for violations in behaviours of up to so many states; from now on for no others than `only` them."""
        names = {claim.name for claim in self.pending if only is None or claim.name in only}
        names |= {claim.name for claim in self.unseen}
        names -= self.examined.keys()
        if not names:
            return
        found = self.search.found
        before = found.depth
        self.search.pending = [target for target in self.search.pending if target.name in names]
        self.search.deepen(depth, deadline)
        for claim in self.pending:  # of the others, a deeper search says nothing
            if claim.name not in names or claim.name in found.undecided:
                self.examined.setdefault(claim.name, before)
        self.reasons |= found.undecided
        self.pending = [claim for claim in self.pending if claim.name not in found.reached]
        self.unseen = [claim for claim in self.unseen if claim.name not in found.reached]
        if EVALUATION in found.reached and not self.search.length:
            for claim in self.pending:
                self.reasons[claim.name] = "an initial value has no value, so there are no states"
            self.pending = []
        if found.exhausted:
            for claim in (*self.pending, *self.unseen):
                if claim.name in names and claim.name not in found.undecided:
                    self.settle(claim, Proof("bmc", steps=found.depth))
        self.deadline.look()

    def induct(self, k: int, deadline: Deadline) -> None:
        """Prove what is k-inductive: together what can be assumed, then one by one what follows from it."""
        self.report(f"induction over {k} step{'s' if k > 1 else ''}")
        assumable = [claim for claim in (*self.pending, *self.unseen) if claim.may_be_assumed]
        try:
            together = self.induction.inductive(assumable, self.known, k, deadline)
            names = tuple(sorted(claim.name for claim in (*together, *self.known)))
            for claim in together:
                self.settle(claim, Proof("induction", steps=k, assumed=tuple(n for n in names if n != claim.name)))
            for claim in [claim for claim in (*self.pending, *self.unseen) if not claim.may_be_assumed]:
                if self.induction.follows(claim, self.known, k, deadline):
                    assumed = tuple(sorted(claim.name for claim in self.known))
                    self.settle(claim, Proof("induction", steps=k, assumed=assumed))
        except NoAnswer as problem:
            for claim in self.pending:
                self.reasons.setdefault(claim.name, str(problem))
            self.deadline.look()
        self.steps = max(self.steps, k)

    def explain(self, deadline: Deadline) -> None:
        """Find out why induction does not prove what is left."""
        for claim in self.open:
            if self.steps:
                example = self.induction.counterexample(claim, self.known, self.steps, deadline)
                if example is not None:
                    self.examples[claim.name] = example

    def solve_all(self, patience: float | None, induct: bool = True) -> None:
        """Ask for an invariant for each claim that is left; what is proved may make others inductive."""
        for claim in list(self.pending):
            if claim in self.pending and claim.name not in self.refuted and self.open:
                self.report(f"an invariant for {claim.name}")
                limit = self.deadline if patience is None else self.deadline.within(patience)
                if self.solve(claim, limit) and claim.may_be_assumed and self.open and induct:
                    self.induct(1, limit)
            self.deadline.look()

    def solve(self, claim: Claim, deadline: Deadline) -> bool:
        """Ask Spacer for an invariant that implies a claim, and check it."""
        known = logic.all_of(other.holds for other in self.known)
        try:
            answer = spacer.solve(self.system, claim, known, deadline)
            if isinstance(answer, spacer.Refuted):
                self.refuted.add(claim.name)
                if claim.name not in self.search.found.undecided:
                    self.reasons[claim.name] = "there is a violation, but no trace of it was found in time"
                return False
            parts = recheck.core(self.system, answer.parts, known, claim, deadline)
            terms = self.transcriber.conjuncts(logic.all_of(parts))
            flaw = recheck.flaw(self.system, terms, known, claim, deadline)
        except NoAnswer as problem:
            self.reasons[claim.name] = str(problem)
            return False
        except Unreadable as problem:
            self.reasons[claim.name] = f"an invariant was found, but the language has no words for {problem}"
            return False
        if flaw is not None:
            self.reasons[claim.name] = f"an invariant was found, but {flaw}"
            return False
        assumed = tuple(sorted(other.name for other in self.known))
        self.settle(claim, Proof("spacer", assumed=assumed, invariant=tuple(map(show_term, terms))))
        return True

    @property
    def transcriber(self) -> Transcriber:
        if self._transcriber is None:
            self._transcriber = Transcriber(self.system)
        return self._transcriber

    _transcriber: Transcriber | None = None

    def settle(self, claim: Claim, proof: Proof) -> None:
        self.proofs[claim] = proof
        self.pending = [other for other in self.pending if other is not claim]
        self.unseen = [other for other in self.unseen if other is not claim]

    def look_for_witnesses(self) -> None:
        """Find what has to be reachable, or prove that it is not."""
        for depth, patience in _WITNESS_ROUNDS:
            if self.unseen:
                self.look_deeper(depth, self.deadline.within(4 * patience), ())
            for claim in list(self.unseen):
                self.report(f"whether {claim.name} can be reached")
                self.solve(claim, self.deadline.within(patience))
                self.deadline.look()

    # ------------------------------------------------------------------------------------------------------- outcome

    def outcome(self) -> Proved:
        found = self.search.found
        evaluated = any(claim.name == EVALUATION for claim in self.proofs)
        results = {}
        for claim in self.claims:
            if claim.name in self.wanted or claim.lemma:
                results[claim.name] = self.result(claim, evaluated)
        never = frozenset(claim.name for claim in self.proofs if claim.kind == "cover")
        return Proved(
            results,
            frozenset(self.wanted),
            found.starts,
            found.depth,
            self.stopped,
            self.witnesses,
            frozenset(found.reached),
            never,
            self.deadline.passed,
        )

    @property
    def fallback(self) -> str:
        """Why something is unknown for which there is no other reason."""
        return "no proof by induction" if self.examples else "no proof was looked for"

    def result(self, claim: Claim, evaluated: bool) -> PropertyResult:
        descriptions = {p.name: p.description for p in self.system.model.properties}
        description = descriptions.get(claim.name)
        found = self.search.found
        if claim.name in found.traces:
            return PropertyResult(claim.name, claim.kind, "violation", description, found.traces[claim.name])
        proof = self.proofs.get(claim)
        if proof is not None and evaluated:
            return PropertyResult(claim.name, claim.kind, "holds", description, proof=proof)
        if proof is not None:
            reason = "what cannot be evaluated may hide a violation"
        else:
            reason = self.reasons.get(claim.name) or self.stopped or self.fallback
        depth = self.examined.get(claim.name, found.depth)
        if depth:
            reason += f"; no violation in behaviours of up to {depth} state{'s' if depth > 1 else ''}"
        return PropertyResult(
            claim.name, claim.kind, "unknown", description, reason=reason, example=self.examples.get(claim.name)
        )
