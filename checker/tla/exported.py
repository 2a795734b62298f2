"""What was exported: a module, what TLC can be asked about it, and the configurations that ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

END = "=" * 77


@dataclass(frozen=True)
class TlcClaim:
    """An operator that TLC is asked about, and what it claims of each state, of the initial ones, or of each step.

    Formulas about steps leave out those that change nothing. A claim of states that looks ahead at what can happen is
    about these (`still`). About behaviours the operator is a temporal formula, and the predicate only says that its
    conditions have values in each state.
    """

    name: str
    predicate: str
    kind: Literal["state", "still", "start", "step", "behaviour"] = "state"

    @property
    def is_invariant(self) -> bool:
        """Does it claim something of each state by itself?"""
        return self.kind in ("state", "still")

    @property
    def setting(self) -> str:
        """The line of a configuration that asks about it."""
        return f"{'INVARIANT' if self.is_invariant else 'PROPERTY'} {self.name}"


@dataclass
class Exported:
    """A module, and what a configuration of it needs to know."""

    name: str
    text: str
    vars: str
    constants: tuple[str, ...]  # lines of the configuration
    claims: dict[str, tuple[TlcClaim, ...]]  # by property; one that is about steps may take two
    covers: dict[str, TlcClaim]  # by cover, that it is never true
    type_ok: str
    initial: str
    step: str  # what can happen, without what only keeps TLC from calling a terminal state a deadlock
    spec: str
    fairness: tuple[str, ...]
    terminal: str | None  # where nothing needs to happen; None: nowhere
    may_end: bool  # a state without a step is no deadlock
    constraints: tuple[str, ...]
    symmetry: str | None
    names: frozenset[str]  # all that mean something in it, or in another module that is needed
    modules: dict[str, str] = field(default_factory=dict)  # by name, the texts of those that it needs besides

    @property
    def behaviours(self) -> dict[str, TlcClaim]:
        """The liveness properties."""
        return {name: c for name, claims in self.claims.items() for c in claims if c.kind == "behaviour"}

    def configuration(self) -> str:
        """The configuration that asks TLC about all properties but the covers."""
        claims = [claim for parts in self.claims.values() for claim in parts]
        lines = [f"\\* Written by skipgate. To check: java -cp tla2tools.jar tlc2.TLC {self.name}"]
        lines += [f"SPECIFICATION {self.spec}", *self._constants(), f"INVARIANT {self.type_ok}"]
        lines += [claim.setting for claim in sorted(claims, key=lambda claim: not claim.is_invariant)]
        lines += self._bounds()
        if self.may_end:
            lines.append("CHECK_DEADLOCK FALSE")
        if self.covers:
            lines += ["", "\\* What must be reachable: TLC must find each of these violated."]
            lines += [f"\\* {claim.setting}" for claim in self.covers.values()]
        return "\n".join(lines) + "\n"

    def searching(self, step: str, settings: Sequence[str]) -> str:
        """A configuration for what is claimed of states and steps, by these lines of it."""
        lines = [f"INIT {self.initial}", f"NEXT {step}", *self._constants(), f"INVARIANT {self.type_ok}"]
        return "\n".join([*lines, *settings, *self._bounds()]) + "\n"

    def behaving(self, spec: str, claims: Sequence[TlcClaim]) -> str:
        """A configuration that asks about liveness alone."""
        lines = [f"SPECIFICATION {spec}", *self._constants(), *(claim.setting for claim in claims)]
        return "\n".join([*lines, *self._bounds()]) + "\n"

    def _constants(self) -> list[str]:
        return ["CONSTANTS", *(f"    {line}" for line in self.constants)] if self.constants else []

    def _bounds(self) -> list[str]:
        lines = [f"CONSTRAINT {name}" for name in self.constraints]
        return lines if self.symmetry is None else [*lines, f"SYMMETRY {self.symmetry}"]
