"""What a check found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from skipgate.checker.core.coverage import Coverage
from skipgate.checker.core.trace import FailureKind, Trace

Verdict = Literal["holds", "violation", "unknown"]

# The two properties that every model has without declaring them.
DEADLOCK = "deadlock"
EVALUATION = "evaluation"


@dataclass(frozen=True)
class Proof:
    """How a property was proved: by induction over so many steps, from an invariant that was found, or by looking at
    all behaviours there are, which have so many states."""

    method: Literal["induction", "spacer", "bmc"]
    steps: int = 0
    assumed: tuple[str, ...] = ()  # what else was proved and used
    invariant: tuple[str, ...] = ()  # in the language; all parts are true in every reachable state


@dataclass(frozen=True)
class PropertyResult:
    """The verdict on one property of a check. A trace is there only if it is violated, and missing only for want of
    time."""

    name: str
    kind: FailureKind
    verdict: Verdict
    description: str | None = None
    trace: Trace | None = None
    proof: Proof | None = None  # why it holds for all values, if a prover found that
    reason: str | None = None  # why a prover did not
    example: Trace | None = None  # what is in the way of a proof by induction; its first state need not be reachable


@dataclass(frozen=True)
class Expectation:
    """What a check expects: as a text, the way one reads it, such as `violation of A, B; all else proved`."""

    violated: tuple[str, ...] = ()
    searched: bool = True  # its states are to be explored
    proved: tuple[str, ...] | None = None  # the properties to be proved, all others if empty; None if no proof is asked

    def __str__(self) -> str:
        parts = [f"violation of {', '.join(self.violated)}"] if self.violated else []
        if self.searched and not self.violated:
            parts.append("holds")
        if self.proved is not None:
            parts.append(f"{', '.join(self.proved) or ('all else' if self.violated else 'all')} proved")
        return "; ".join(parts)


@dataclass(frozen=True)
class Comparison:
    """What another engine was asked about a check, beside the search: it found the same in what was compared.

    Where the two differ there is no result at all, but an internal error.
    """

    engine: Literal["bounded model checking", "TLC"]
    compared: tuple[str, ...] = ()  # the properties and covers on which the two agree
    depth: int | None = None  # only behaviours of up to so many states were compared; None: all there are
    left_out: tuple[tuple[str, str], ...] = ()  # what was not compared, and why
    nothing: str | None = None  # why nothing was compared, which is no agreement


class Findings(Protocol):
    """What was found in the model of a check, by whatever way."""

    @property
    def file(self) -> str:
        """The file that the check is in."""

    @property
    def model(self) -> str:
        """The name of the model."""

    @property
    def check(self) -> str:
        """The name of the check."""

    @property
    def expected(self) -> Expectation:
        """What the check expects."""

    @property
    def properties(self) -> dict[str, PropertyResult]:
        """The verdict on each property, by name."""

    @property
    def violated(self) -> tuple[str, ...]:
        """The properties that are violated."""


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one `check` block.

    `verdict` sums up the properties: a violation if any is violated, else unknown if the search did not end, else
    holds. `problems` says, one sentence each, in what the outcome differs from what the check expects.
    """

    file: str
    model: str
    check: str
    description: str | None
    verdict: Verdict
    expected: Expectation
    properties: dict[str, PropertyResult]
    distinct: int
    generated: int
    depth: int
    seconds: float
    engine: str
    problems: tuple[str, ...] = ()
    stopped: str | None = None  # why the search ended before it was complete
    complete: bool = True  # every reachable state was seen
    fired: frozenset[str] = field(default_factory=frozenset)  # the actions that were taken at least once
    still: frozenset[str] = field(default_factory=frozenset)  # those that were taken and never changed a state
    untaken: frozenset[str] = frozenset()  # branches of actions that no step took
    discharged: int = 0  # operations that would be tested at run time, but are proved never to fail
    tested: int = 0  # operations that are
    missed: frozenset[str] = field(default_factory=frozenset)  # the covers that were not reached
    vacuous: frozenset[str] = field(default_factory=frozenset)  # the properties that hold but say nothing
    omission: float = 0.0  # how likely it is, at most, that the search took two states for one (fingerprints)
    ignored: tuple[str, ...] = ()  # the properties and covers that the check does not examine, as it says
    symmetry: Mapping[str, int] = field(default_factory=dict)  # sorts that states are counted up to, with their sizes
    comparisons: tuple[Comparison, ...] = ()  # what came of asking other engines, if that was wanted
    notes: tuple[str, ...] = ()  # what is to be said of how it was searched, such as why without machine code
    witnesses: Mapping[str, Trace] = field(default_factory=dict)  # if asked for: a shortest way to each cover
    coverage: Coverage | None = None  # what the search has been through, if that was asked for
    kept: bool = False  # an earlier run found all this, and nothing that it follows from has changed

    @property
    def as_expected(self) -> bool:
        """Did the run end, with the outcome that the check expects, and was whatever was to be compared?"""
        compared = all(comparison.nothing is None for comparison in self.comparisons)
        return self.stopped is None and not self.problems and compared

    @property
    def violated(self) -> tuple[str, ...]:
        """The properties that are violated."""
        return tuple(name for name, result in self.properties.items() if result.verdict == "violation")

    @property
    def untraced(self) -> tuple[str, ...]:
        """The properties that are violated, and there was no time for the trace."""
        return tuple(name for name in self.violated if self.properties[name].trace is None)

    @property
    def undecided(self) -> tuple[str, ...]:
        """The properties that were not decided: nothing is said of them."""
        return tuple(name for name, result in self.properties.items() if result.verdict == "unknown")


@dataclass(frozen=True)
class FileResult:
    """The outcome of a file: its checks, and what is wrong with the file as a whole (such as a dead action)."""

    file: str
    checks: tuple[CheckResult, ...]
    problems: tuple[str, ...] = ()
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # checks that are not run, with their tags

    def __getitem__(self, name: str) -> CheckResult:
        """The outcome of the check of this name."""
        for check in self.checks:
            if check.check == name:
                return check
        raise KeyError(name)

    @property
    def as_expected(self) -> bool:
        """Is nothing wrong with the file and its checks?"""
        return not self.problems and all(check.as_expected for check in self.checks)
