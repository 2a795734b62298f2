"""What TLC is asked about states and steps: everything at once.

TLC stops at the first violation. So a module beside the exported one defines predicates that are never false, but print
where the claims would be for the first time. One search then finds every violation, with the length of a shortest
trace, and the numbers of states.
"""

from __future__ import annotations

from dataclasses import dataclass

from checker.tla.exported import END, Claim, Exported
from checker.tla.tlc import Report, TlcError

_MARK = "skipgate"


@dataclass(frozen=True)
class Question:
    """What is claimed, each claim with the name of the property or cover that it is about.

    Two more claims that are always false tell which levels the first initial state and the state after it have:
    versions of TLC differ in that.
    """

    exported: Exported
    claims: tuple[tuple[str, Claim], ...]

    @property
    def name(self) -> str:
        return f"{self.exported.name}_asked"

    @property
    def asked(self) -> list[Claim]:
        """The claims by their numbers, beginning with 0."""
        never = f"{self.exported.vars} # {self.exported.vars}"
        return [Claim("", never), Claim("", never, "step"), *(claim for _, claim in self.claims)]

    @property
    def module(self) -> str:
        first = self._own("First")
        lines = [
            f" MODULE {self.name} ".center(77, "-"),
            f"EXTENDS {self.exported.name}, Naturals, TLC",
            f"ASSUME \\A i \\in 0..{len(self.asked)} : TLCSet(i, FALSE)",
            f'{first}(i) == TLCGet(i) \\/ (PrintT(<<"{_MARK}", i, TLCGet("level")>>) /\\ TLCSet(i, TRUE))',
        ]
        for number, claim in enumerate(self.asked):
            told = f"IF {claim.predicate} THEN TRUE ELSE {first}({number})"
            whole = f"[][{told}]_{self.exported.vars}" if claim.kind == "step" else told
            lines.append(f"{self._own(number)} == {whole}")
        return "\n".join([*lines, END, ""])

    @property
    def configuration(self) -> str:
        return self.exported.searching(
            [
                f"{'PROPERTY' if claim.kind in ('start', 'step') else 'INVARIANT'} {self._own(number)}"
                for number, claim in enumerate(self.asked)
            ]
        )

    def violations(self, report: Report) -> list[tuple[str, int]]:
        """What is false somewhere, each with the number of the states on the way there.

        Raises:
            TlcError: that cannot be told.
        """
        told = [parts for parts in report.printed if parts[0] == _MARK]
        levels = {int(number): int(level) for _, number, level in told}
        begin, go = levels.pop(0, None), levels.pop(1, None)
        if begin is None or go not in (None, begin + 1):
            if levels:
                raise TlcError("this version of it does not tell how long the way to a state is")
            return []
        found = []
        for number, level in levels.items():
            name, claim = self.claims[number - 2]
            found.append((name, level - begin + 1 + (claim.kind == "still")))  # the step itself is the violation
        return found

    def _own(self, stem: str | int) -> str:
        """A name that the exported module does not have."""
        name = f"Asked{stem}"
        while name in self.exported.text:
            name += "_"
        return name
