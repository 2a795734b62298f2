"""TLC's opinion on a check.

About states and steps one search says everything, unless an expression has no value: that ends it. TLC does not say
which liveness property is violated. So those that are said to hold are asked about at once, and all others one by one.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from skipgate.checker.core.result import EVALUATION
from skipgate.checker.tla.exported import Exported, TlcClaim
from skipgate.checker.tla.question import Question
from skipgate.checker.tla.tlc import Tlc, TlcError, TlcReport


@dataclass
class Opinion:
    """What TLC has found: by property, how many states its trace has; which covers are reached; and the numbers."""

    lengths: dict[str, int | None] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    unlive: set[str] = field(default_factory=set)  # the liveness properties that are violated
    complete: TlcReport | None = None  # what it said in the end, unless an expression had no value
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

    def is_violated(self, *claims: TlcClaim) -> bool:
        """Is one of these liveness properties violated?"""
        question = Question.about(self.exported)
        report = self.start(question.name, self.exported.behaving(question.spec, claims))
        if report.outcome in ("temporal", "violation"):
            return True
        if report.outcome != "complete":
            raise TlcError(f"it says what it was not asked: {report.text}")
        return False

    def start(self, name: str, configuration: str) -> TlcReport:
        left = None if self.end is None else self.end - time.monotonic()
        if left is not None and left <= 0:
            raise TlcError("it has not finished in time")
        self.write(f"{name}.cfg", configuration)
        self.opinion.questions += 1
        return self.tlc.run(self.folder, name, seconds=left)

    def write(self, file: str, text: str) -> None:
        (self.folder / file).write_text(text, encoding="utf-8")
