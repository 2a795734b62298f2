"""What TLC is asked about states and steps: everything at once.

TLC stops at the first violation. So a module beside the exported one defines predicates that are never false, but print
where the claims would be for the first time. One search then finds every violation, with the length of a shortest
trace, and the numbers of states.

Claims about steps stand beside what can happen, so that they are looked at in steps that change nothing, too. What can
happen comes to an end that never happens, but is tried after all else: there it shows whether a state is stuck.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from skipgate.checker.core.result import DEADLOCK
from skipgate.checker.tla.exported import END, Exported, TlcClaim
from skipgate.checker.tla.names import NameAllocator
from skipgate.checker.tla.tlc import TlcError, TlcReport

_MARK = "skipgate"
# The registers before those of the claims. The first two tell which levels the first initial state and the one after it
# have, for versions of TLC differ in that. The third is for a state that is stuck, the fourth says that none is so far.
_BEGIN, _GO, _STUCK, _MOVES, _CLAIMS = range(5)


@dataclass(frozen=True)
class Question:
    """What is claimed, each claim with the name of the property or cover that it is about."""

    exported: Exported
    claims: tuple[tuple[str, TlcClaim], ...]

    @classmethod
    def about(cls, exported: Exported) -> Question:
        """About all claims of states and steps, and all covers."""
        claims = [(name, claim) for name, parts in exported.claims.items() for claim in parts if claim.kind != "still"]
        return cls(exported, (*claims, *exported.covers.items()))

    @cached_property
    def name(self) -> str:
        """The name of the module that asks, which is also the name of a file."""
        modules = NameAllocator((self.exported.name, *self.exported.modules))
        return modules.fresh(f"{self.exported.name}_asked")

    @property
    def module(self) -> str:
        """The text of the module that asks."""
        end = "TRUE" if self.exported.may_end else self.exported.terminal or "FALSE"
        exported, first, i = self.exported, self._own["First"], self._own["i"]
        same = f"{exported.vars} = {exported.vars}"  # what reads no state would be evaluated once and for all
        tests = {number: f"IF {claim.predicate} THEN TRUE ELSE {first}({number})" for number, claim in self._numbered()}
        states = [number for number, claim in self._numbered() if claim.kind != "step"]
        steps = [test for number, test in tests.items() if number not in states]
        lines = [
            f" MODULE {self.name} ".center(77, "-"),
            f"EXTENDS {exported.name}, Naturals, TLC",
            f"ASSUME \\A {i} \\in 0..{_CLAIMS + len(self.claims)} : TLCSet({i}, FALSE)",
            # Without `\/`: beside a step, TLC would go both ways.
            f"{first}({i}) == IF TLCGet({i}) THEN TRUE ELSE "
            f'PrintT(<<"{_MARK}", {i}, TLCGet("level")>>) /\\ TLCSet({i}, TRUE)',
            f"{self._own['Begin']} == {same} /\\ {first}({_BEGIN})",
            *(f"{self._own[str(number)]} == {same} /\\ {tests[number]}" for number in states),
            f"{self._own['Step']} ==",
            *(f"  /\\ {part}" for part in (exported.step, f"TLCSet({_MOVES}, TRUE)", f"{first}({_GO})", *steps)),
            f"{self._own['End']} ==",
            f"  /\\ {same}",
            f"  /\\ IF TLCGet({_MOVES}) THEN TLCSet({_MOVES}, FALSE)",
            f"     ELSE IF {end} THEN TRUE ELSE {first}({_STUCK})",
            "  /\\ FALSE",
            f"{self._own['Next']} == {self._own['Step']} \\/ {self._own['End']}",
            # Without the steps of terminal states: the condition need not have a value elsewhere.
            f"{self.spec} ==",
            f"  /\\ {exported.initial} /\\ [][{exported.step}]_{exported.vars}",
            *(f"  /\\ {condition}" for condition in exported.fairness),
        ]
        return "\n".join([*lines, END, ""])

    @property
    def spec(self) -> str:
        """The name of the formula that says what behaviours there are."""
        return self._own["Spec"]

    @property
    def configuration(self) -> str:
        """The configuration with which TLC is to run it."""
        asked = [
            f"{'PROPERTY' if claim.kind == 'start' else 'INVARIANT'} {self._own[str(number)]}"
            for number, claim in self._numbered()
            if claim.kind != "step"
        ]
        return self.exported.searching(self._own["Next"], [f"INVARIANT {self._own['Begin']}", *asked])

    def violations(self, report: TlcReport) -> list[tuple[str, int]]:
        """What is false somewhere, each with the number of the states on the way there.

        Raises:
            TlcError: that cannot be told.
        """
        told = [parts for parts in report.printed if parts[0] == _MARK]
        levels = {int(number): int(level) for _, number, level in reversed(told)}
        begin, go = levels.pop(_BEGIN, None), levels.pop(_GO, None)
        if begin is None or go not in (None, begin + 1):
            if levels:
                raise TlcError("this version of it does not tell how long the way to a state is")
            return []
        found = []
        for number, level in levels.items():
            # A state and the steps to it are looked at from the state before it; whether it is stuck, from itself.
            length = level - begin + (number != _STUCK)
            found.append((DEADLOCK if number == _STUCK else self.claims[number - _CLAIMS][0], length))
        return found

    def _numbered(self) -> list[tuple[int, TlcClaim]]:
        return list(enumerate((claim for _, claim in self.claims), _CLAIMS))

    @cached_property
    def _own(self) -> dict[str, str]:
        """The names that this module gives to what is its own: none of them means anything in the exported one."""
        names = NameAllocator(self.exported.names)
        stems = ["First", "Begin", "Step", "End", "Next", "Spec", *(str(number) for number, _ in self._numbered())]
        return {"i": names.fresh("i"), **{stem: names.fresh(f"Asked{stem}") for stem in stems}}
