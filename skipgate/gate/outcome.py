"""What the gate found, as data: every report is made of this."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from skipgate.base.exits import Exit
from skipgate.gate.anchors import CodeAnchor, SpecElement
from skipgate.gate.differing import diff_lines
from skipgate.gate.drift import Drift
from skipgate.gate.lock import Acceptance
from skipgate.gate.resolve import Resolved

if TYPE_CHECKING:
    from skipgate.app.contrasts import ContrastSummary
    from skipgate.app.suite import RunReport
    from skipgate.gate.specs import Spec

Level = Literal["error", "warning", "note"]
Rule = Literal[
    "no-anchors", "unresolved-anchor", "drift", "stale-lock", "faulty-spec", "dropped-anchor",
    "check", "unknown", "internal",
]  # fmt: skip

RULES: dict[Rule, str] = {
    "no-anchors": "No specification is anchored to any code, so the gate would let everything pass.",
    "unresolved-anchor": "An anchor does not name exactly one place in the code.",
    "drift": "Anchored code changed, and neither did its specification nor did anybody accept the difference.",
    "stale-lock": "anchors.lock does not describe the anchored code as it is.",
    "faulty-spec": "A specification cannot be used.",
    "dropped-anchor": "Code that was anchored is so no longer.",
    "check": "A check's verdict is not the one that it expects.",
    "unknown": "The search of a check ended before it was complete.",
    "internal": "skipgate failed.",
}


@dataclass(frozen=True)
class SourcePlace:
    """Lines of a file of the repository."""

    path: str
    line: int = 1
    end_line: int | None = None
    label: str | None = None


@dataclass(frozen=True)
class GateFinding:
    """One sentence about one place, for whoever has to act on it.

    `subject` tells findings of one rule apart, and stays the same when lines move: reports recognise a finding by it.
    """

    level: Level
    rule: Rule
    message: str
    subject: str
    place: SourcePlace | None = None
    related: tuple[SourcePlace, ...] = ()
    hint: str | None = None


Standing = Literal["specification changed", "accepted", "same code", "open"]


@dataclass(frozen=True)
class Judged:
    """A drift, the models that speak of it, and why it may pass, if it may."""

    drift: Drift
    models: tuple[str, ...]
    standing: Standing
    acceptance: Acceptance | None = None

    @property
    def diff(self) -> list[str]:
        """What changed in the text of the symbol."""
        return diff_lines(self.drift.before, self.drift.after, self.drift.key)


@dataclass
class Outcome:
    """All that the gate has to say about a change."""

    base: str
    head: str
    merge_bases: tuple[str, ...]
    specs: list[Spec] = field(default_factory=list)
    anchors: list[CodeAnchor] = field(default_factory=list)
    resolved: list[Resolved] = field(default_factory=list)
    changed_files: int = 0
    changed_specs: list[str] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    findings: list[GateFinding] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)  # the models of which checks were run
    differing: dict[str, list[str] | None] = field(default_factory=dict)  # by changed model: the checks that differ
    suite: RunReport | None = None
    contrasts: dict[tuple[str, str, str], ContrastSummary] = field(default_factory=dict)  # by file, check and property
    seconds: float = 0.0

    @property
    def errors(self) -> list[GateFinding]:
        """The findings that close the gate."""
        return [finding for finding in self.findings if finding.level == "error"]

    @property
    def passed(self) -> bool:
        """Is the gate open?"""
        return self.exit_code is Exit.OK

    @property
    def exit_code(self) -> Exit:
        """The gravest of what happened."""
        suite = Exit.OK if self.suite is None else self.suite.exit_code
        if suite in (Exit.INTERRUPTED, Exit.INTERNAL):
            return suite
        if self.errors:
            return Exit.DIFFERS
        return suite

    @property
    def summary(self) -> str:
        """The outcome in one sentence."""
        from skipgate.base.wording import count

        if self.exit_code is Exit.UNKNOWN:
            return "The gate stays closed: a search was not complete, so nothing is known."
        if not self.passed:
            return f"The gate is closed: {count(len(self.errors), 'problem')}."
        if not self.judged and not self.changed_specs:
            return "The gate is open: no anchored code and no specification was touched."
        return "The gate is open: every touched specification holds what it promises."

    def elements_at(self, key: str) -> list[SpecElement]:
        """What is anchored to a symbol."""
        return [anchor.element for anchor in self.anchors if anchor.key == key]
