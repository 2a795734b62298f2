"""What holding a log against a model found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from skipgate.checker.core.trace import Part, Trace

ValidationVerdict = Literal["behaviour", "refused", "unknown"]


@dataclass(frozen=True)
class Reason:
    """Why an action cannot be what happened."""

    action: str  # with the arguments that came furthest
    message: str
    conjunct: str | None = None  # the condition that is false, as written
    place: str | None = None  # file:line:column of it
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """The first event that nothing explains, in the states that are possible before it."""

    place: str
    event: str
    states: int  # how many states are possible before it
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Validation:
    """Whether logs are a behaviour of a model.

    Attributes:
        verdict: they are, or they are not, or it is not known, since a limit was reached.
        explained: how many events were explained, by log.
        violated: the properties that every explanation violates, each with the place of the event after which that is
            so; empty if there is an explanation without a violation.
        trace: an explanation as a trace: of all events, or of those before the one that is refused.
        refusals: what is refused; of several logs, each event that is explained in no order of the logs.
        stopped: why nothing is known.
        steps: how many steps of the model were found.
        widest: the most states that were possible at one time.
        names: of the values of each sort, what the log calls them.
    """

    file: str
    model: str
    check: str
    logs: tuple[str, ...]
    verdict: ValidationVerdict
    explained: Mapping[str, int]
    violated: Mapping[str, str] = field(default_factory=dict)
    trace: Trace | None = None
    refusals: tuple[Refusal, ...] = ()
    stopped: str | None = None
    steps: int = 0
    widest: int = 0
    seconds: float = 0.0
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def events(self) -> int:
        """How many events were explained, in all logs."""
        return sum(self.explained.values())
