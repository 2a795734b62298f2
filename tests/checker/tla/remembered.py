"""TLC's answers, kept: what it said about the same text once, it says again.

`answers.jsonl` has a line for each question that TLC was asked: the digest of its jar, of the modules and of the
configuration, and the report. A question that differs in one character is put to TLC itself. `make slow` asks TLC all
of them and compares. SKIPGATE_WRITE=1 adds the answers that are missing; to drop those that nothing asks for any more,
remove the file first.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from skipgate.checker.tla.tlc import Tlc, TlcReport

ANSWERS = Path(__file__).with_name("answers.jsonl")


@dataclass(frozen=True)
class RememberedTlc(Tlc):
    """Answers from a file where it can. `start` makes a TLC that is asked otherwise."""

    start: Callable[[], Tlc] = lambda: Tlc(Path())
    answers: Path = ANSWERS
    anew: bool = bool(os.environ.get("SKIPGATE_RANDOM"))  # ask TLC even so, as `make slow` does
    write: bool = bool(os.environ.get("SKIPGATE_WRITE"))

    def run(self, folder: Path, name: str, *, seconds: float | None = None) -> TlcReport:
        key = question(self.jar, folder, name)
        known = _read(self.answers).get(key)
        if known is not None and not self.anew:
            return known
        report = self.start().run(folder, name, seconds=seconds)  # an error is never kept: it may be one of time
        if known is not None:
            assert _stable(report) == _stable(known), f"TLC's answer about {name} is not the one that was kept"
        elif self.write:
            with self.answers.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"question": key, **_changed(report)}) + "\n")
        return report


def question(jar: Path, folder: Path, name: str) -> str:
    """The digest of all that an answer depends on: TLC itself, each module and configuration, and which is checked."""
    parts = [_digest(jar), name]
    for path in sorted(each for each in folder.iterdir() if each.suffix in (".tla", ".cfg")):
        parts += [path.name, hashlib.sha256(path.read_bytes()).hexdigest()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def _digest(jar: Path) -> str:
    return hashlib.sha256(jar.read_bytes()).hexdigest()


@cache
def _read(answers: Path) -> dict[str, TlcReport]:
    if not answers.exists():
        return {}
    lines = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    return {line.pop("question"): _report(line) for line in lines}


def _report(line: dict[str, Any]) -> TlcReport:
    return TlcReport(**{**line, "printed": tuple(tuple(each) for each in line.pop("printed", ()))})


def _changed(report: TlcReport) -> dict[str, Any]:
    """What differs from a report of nothing, without TLC's own words."""
    told, plain = asdict(replace(report, text="")), asdict(TlcReport("complete"))
    return {name: value for name, value in told.items() if name == "outcome" or value != plain[name]}


def _stable(report: TlcReport) -> TlcReport:
    """Without its sentences, and without the length of a lasso: any that shows the violation will do."""
    return replace(report, text="", length=None if report.outcome == "temporal" else report.length)
