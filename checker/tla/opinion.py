"""TLC's opinion on a check, and in what it differs from ours.

About states and steps one search says everything, unless an expression has no value: that ends it. TLC does not say
which liveness property is violated. So those that are said to hold are asked about at once, and all others one by one.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from skipgate.checker.core.result import EVALUATION, CheckResult
from skipgate.checker.tla.exported import Claim, Exported
from skipgate.checker.tla.question import Question
from skipgate.checker.tla.tlc import Report, Tlc, TlcError


@dataclass
class Opinion:
    """What TLC has found: by property, how many states its trace has; which covers are reached; and the numbers."""

    lengths: dict[str, int | None] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    unlive: set[str] = field(default_factory=set)  # the liveness properties that are violated
    complete: Report | None = None  # what it said in the end, unless an expression had no value
    questions: int = 0  # how often it was started


def ask(
    tlc: Tlc, exported: Exported, folder: Path, *, suspects: Collection[str] = (), seconds: float | None = None
) -> Opinion:
    """Ask TLC about all properties and covers of an exported check, in files in a folder, within so many seconds.

    `suspects` are the liveness properties that are asked about one by one, since they are probably violated.

    Raises:
        TlcError: there is no answer.
        TlcRefusal: TLC does not take what was exported.
    """
    return _Inquiry(tlc, exported, folder, suspects, seconds).run()


class _Inquiry:
    def __init__(
        self, tlc: Tlc, exported: Exported, folder: Path, suspects: Collection[str], seconds: float | None
    ) -> None:
        self.tlc = tlc
        self.exported = exported
        self.folder = folder
        self.suspects = suspects
        self.end = None if seconds is None else time.monotonic() + seconds
        self.opinion = Opinion()

    def run(self) -> Opinion:
        for name, text in {**self.exported.modules, self.exported.name: self.exported.text}.items():
            self.write(f"{name}.tla", text)
        self.ask_about_states()
        if self.opinion.complete is not None:
            self.ask_about_behaviours()
        return self.opinion

    def ask_about_states(self) -> None:
        opinion, exported = self.opinion, self.exported
        question = Question.about(exported)
        self.write(f"{question.name}.tla", question.module)
        report = self.start(question.name, question.configuration)
        for name, length in question.violations(report):
            if name in exported.covers:
                opinion.reached.add(name)
                continue
            known = opinion.lengths.get(name)
            opinion.lengths[name] = length if known is None else min(known, length)
        match report.outcome:
            case "complete":
                opinion.complete = report
            case "error":
                opinion.lengths[EVALUATION] = report.length
            case "violation" if report.named == exported.type_ok:
                length = report.length or 1
                # The step itself is the error; what is claimed of it was looked at before.
                opinion.lengths = {name: known for name, known in opinion.lengths.items() if (known or 0) < length}
                opinion.lengths[EVALUATION] = length - 1
            case _:
                raise TlcError(f"it says what it was not asked: {report.text}")

    def ask_about_behaviours(self) -> None:
        behaviours = self.exported.behaviours
        single = [name for name in behaviours if name in self.suspects]
        others = [name for name in behaviours if name not in self.suspects]
        if len(others) == 1 or (others and self.is_violated(*(behaviours[name] for name in others))):
            single += others
        self.opinion.unlive |= {name for name in single if self.is_violated(behaviours[name])}

    def is_violated(self, *claims: Claim) -> bool:
        """Is one of these liveness properties violated?"""
        question = Question.about(self.exported)
        report = self.start(question.name, self.exported.behaving(question.spec, claims))
        if report.outcome in ("temporal", "violation"):
            return True
        if report.outcome != "complete":
            raise TlcError(f"it says what it was not asked: {report.text}")
        return False

    def start(self, name: str, configuration: str) -> Report:
        left = None if self.end is None else self.end - time.monotonic()
        if left is not None and left <= 0:
            raise TlcError("it has not finished in time")
        self.write(f"{name}.cfg", configuration)
        self.opinion.questions += 1
        return self.tlc.run(self.folder, name, seconds=left)

    def write(self, file: str, text: str) -> None:
        (self.folder / file).write_text(text, encoding="utf-8")


def differences(opinion: Opinion, result: CheckResult, exported: Exported) -> list[str]:
    """In what TLC and a complete search differ, one phrase each."""
    ours = {name: len(found.trace) for name, found in result.properties.items() if found.trace is not None}
    if EVALUATION in opinion.lengths or EVALUATION in ours:
        return _where_values_are_missing(opinion, ours, result, exported)
    told: list[str] = []
    for name, found in result.properties.items():
        if name not in exported.behaviours:
            told += _compared(name, ours.get(name), opinion.lengths.get(name))
        elif found.verdict != "unknown" and (found.verdict == "violation") is not (name in opinion.unlive):
            told.append(f"`{name}` is violated for {'TLC' if name in opinion.unlive else 'skipgate'} alone")
    told += [
        f"the cover `{name}` is reached for {'TLC' if name in opinion.reached else 'skipgate'} alone"
        for name in exported.covers
        if (name in result.missed) is (name in opinion.reached)
    ]
    assert opinion.complete is not None
    numbers = {
        "distinct states": (result.distinct, opinion.complete.distinct),
        "generated states": (result.generated, opinion.complete.generated),
        "levels": (result.depth, opinion.complete.depth if result.distinct else 0),
    }
    return told + [f"skipgate finds {us:,} {what}, TLC {them:,}" for what, (us, them) in numbers.items() if us != them]


def _where_values_are_missing(
    opinion: Opinion, ours: Mapping[str, int], result: CheckResult, exported: Exported
) -> list[str]:
    """The same if an expression has no value somewhere, which ends TLC: it has seen what lies before.

    TLC may find such an expression in a state while it explores the states of the level before, and stop there before
    it comes to another one in that level.
    """
    if not (EVALUATION in opinion.lengths and EVALUATION in ours):
        return [f"`{EVALUATION}` is violated for {'skipgate' if EVALUATION in ours else 'TLC'} alone"]
    mine, theirs = ours[EVALUATION], opinion.lengths[EVALUATION]
    if mine == 0 or theirs is None:
        return []  # there is no state that could be compared, or TLC shows none
    # An error about a step that changes nothing is one about the state before it, for TLC.
    early = mine - any(claim.kind == "step" for claims in exported.claims.values() for claim in claims)
    if not early <= max(theirs, 1) <= mine + 1:
        return _compared(EVALUATION, mine, theirs)
    told: list[str] = []
    for name in result.properties.keys() - {EVALUATION} - exported.behaviours.keys():
        us, them = ours.get(name), opinion.lengths.get(name)
        if them is not None or (us is not None and us < theirs):
            told += _compared(name, us, them)
    told += [f"the cover `{name}` is reached for TLC alone" for name in sorted(opinion.reached & result.missed)]
    return told


def _compared(name: str, mine: int | None, theirs: int | None) -> list[str]:
    if mine == theirs:
        return []
    if mine is None or theirs is None:
        return [f"`{name}` is violated for {'TLC' if mine is None else 'skipgate'} alone"]
    return [f"skipgate finds a violation of `{name}` after {mine} states, TLC after {theirs}"]
