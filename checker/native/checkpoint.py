"""A search on disk, from which it can go on after the process was killed.

Two files a check: the states, level by level, to which those found since the last time are appended; and a description,
which says how many of those states count and is replaced in one step after they are safe on disk. So there is a whole
checkpoint at any moment. A checkpoint is taken between two levels; a search that ends in the middle of one is saved as
it was before that level.

A wrong bit could hide states, and with them a violation. So the description begins with a digest of itself, and has a
digest of all states up to the end of each level. What does not match them is refused.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from skipgate.checker.core.printer import print_model
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import loops
from skipgate.checker.native.engine import Engine, unit
from skipgate.checker.native.memory import WORD
from skipgate.checker.search.explore import Exploration, State, Violation
from skipgate.spec.diagnostics import SpecError, error
from skipgate.spec.files import write_atomically

FORMAT = 2
_PIECE = 2**26  # bytes that are read at once


@dataclass
class SavedSearch:
    """What is saved but the states."""

    ends: list[int]  # of the levels that have been expanded, in the order of the states
    count: int  # states
    digest: str  # of them
    fingerprints: bool  # were states told apart by their hashes?
    generated: int
    seconds: float
    fired: list[int]
    moved: list[int]
    unevaluated: list[str]
    branch_lost: bool
    unseen: list[list[int]]  # state witnesses and step witnesses
    events: dict[int, int]  # of the engine: the first level of each
    lengths: dict[str, int]
    violations: dict[str, dict[str, Any]]  # found under CPython, before the engine took over
    paths: dict[str, list[State]]


class Checkpoint:
    """The files of one check in a folder.

    Raises:
        SpecError: they cannot be read, or belong to something else.
    """

    def __init__(self, folder: Path, kernels: Kernels, *, fingerprints: bool = False) -> None:
        name = f"{kernels.model.name}.{kernels.model.check.name.text}"
        self.check = kernels.model.check.name.text
        self.folder = folder
        self.states = folder / f"{name}.states"
        self.rest = folder / f"{name}.search"
        self.words = kernels.layout.words
        self.fingerprints = fingerprints
        # The initial states are in the model only; the order of properties, which events are numbered by, as well.
        parts = print_model(kernels.model), *(text.source for text in unit(kernels).texts)
        self.program = sha256("\0".join(parts).encode()).hexdigest()
        self.levels = 0  # that are in the file of states
        self.count = 0
        self.digest = sha256()  # of these

    @property
    def exists(self) -> bool:
        """Is there a saved search?"""
        return self.rest.exists()

    def begin(self) -> None:
        """Make ready for a search from the start."""
        if self.exists:
            hint = "go on with it by `--resume`, or remove the folder"
            raise error(f"`{self.folder}` holds an unfinished search of check `{self.check}`", None, hint)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.states.write_bytes(b"")
        except OSError as problem:
            raise error(f"`{self.folder}` cannot be written to: {problem.strerror}", None) from None

    def save(self, engine: Engine, found: Exploration, generated: int, rest: dict[str, Any], *, levels: int) -> None:
        """Save a search of which so many levels are expanded, with all successors, which are `generated`.

        Raises:
            OSError: it cannot be written. Then what was saved before is still there, and nothing else.
        """
        try:
            self._save(engine, found, generated, rest, levels)
        except OSError:
            with suppress(OSError):
                self._forget_the_last()
            raise

    def _forget_the_last(self) -> None:
        """Take away what belongs to no description."""
        if self.levels:
            os.truncate(self.states, self.count * self.words * WORD)
        else:
            self.states.unlink(missing_ok=True)

    def _save(self, engine: Engine, found: Exploration, generated: int, rest: dict[str, Any], levels: int) -> None:
        view, bounds, threads = engine.store.view, engine.bounds.view, engine.threads
        digest, count = self.digest.copy(), self.count
        with self.states.open("r+b" if self.states.exists() else "w+b") as file:
            file.truncate(self.count * self.words * WORD)
            file.seek(0, os.SEEK_END)
            for level in range(self.levels + 1, levels + 2):
                for lane in range(threads):
                    begin = bounds[(level - 1) * threads + lane]
                    end = bounds[level * threads + lane] if level <= engine.level else engine.end(lane)
                    file.write(view[begin * self.words : end * self.words])
                    digest.update(view[begin * self.words : end * self.words])
                    count += end - begin
            file.flush()
            os.fsync(file.fileno())
        saved = SavedSearch(
            ends=self._ends(engine, levels),
            count=count,
            digest=digest.hexdigest(),
            fingerprints=self.fingerprints,
            generated=generated,
            seconds=found.seconds,
            fired=sorted(found.fired | set(engine.fired)),
            moved=sorted(found.moved | set(engine.moved)),
            unevaluated=sorted(found.unevaluated | engine.unevaluated),
            branch_lost=found.branch_lost or engine.branch_lost,
            events=engine.events,
            **rest,
        )
        text = json.dumps({"format": FORMAT, "program": self.program, **asdict(saved)})
        write_atomically(self.rest, f"{sha256(text.encode()).hexdigest()}\n{text}")
        self.levels, self.count, self.digest = levels + 1, count, digest

    def _ends(self, engine: Engine, levels: int) -> list[int]:
        threads, bounds = engine.threads, engine.bounds.view
        bases = sum(bounds[lane] for lane in range(threads))
        return [
            sum(bounds[level * threads + lane] for lane in range(threads)) - bases for level in range(1, levels + 1)
        ]

    def read(self) -> SavedSearch:
        """What was saved but the states."""
        try:
            digest, _, text = self.rest.read_bytes().partition(b"\n")
            if digest != sha256(text).hexdigest().encode():
                raise _damaged(self.rest)
            document = json.loads(text)
            form, program = document.pop("format"), document.pop("program")
            if form != FORMAT or program != self.program:
                hint = "check without `--resume` and with another folder, or go back to what it was"
                problem = f"the model, or skipgate, has changed since the search in `{self.folder}`"
                raise error(f"{problem} (check `{self.check}`)", None, hint)
            saved = SavedSearch(**document)
            saved.events = {int(event): level for event, level in saved.events.items()}
            saved.paths = {name: [tuple(state) for state in path] for name, path in saved.paths.items()}
            present = self.states.stat().st_size
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
            raise error(f"the checkpoint `{self.rest}` cannot be read: {problem}", None) from None
        if saved.fingerprints != self.fingerprints:
            how = "with" if saved.fingerprints else "without"
            raise error(f"the search in `{self.folder}` was made {how} `--fingerprints`; go on {how} it")
        if present < saved.count * self.words * WORD:
            raise _damaged(self.states)
        return saved

    def restore(self, engine: Engine, saved: SavedSearch) -> None:
        """Put a search into an engine that was made for so many states."""
        room = engine.store.view[: saved.count * self.words].cast("B")
        begin, digest = 0, sha256()
        with self.states.open("rb", buffering=0) as file:
            while begin < len(room) and (count := file.readinto(room[begin : begin + _PIECE])):  # a read may be short
                digest.update(room[begin : begin + count])
                begin += count
        if digest.hexdigest() != saved.digest:
            raise _damaged(self.states)
        self.levels, self.count, self.digest = len(saved.ends) + 1, saved.count, digest
        expanded = saved.ends[-1] - (saved.ends[-2] if len(saved.ends) > 1 else 0)
        engine.begin(saved.count, saved.ends, expanded)
        for event, level in saved.events.items():
            engine.put(0, loops.EVENTS + event, level)
        engine.put(0, loops.NOTED, len(saved.events))

    def remove(self) -> None:
        """The search is over."""
        self.rest.unlink(missing_ok=True)
        self.states.unlink(missing_ok=True)


def _damaged(file: Path) -> SpecError:
    hint = "remove the folder, and search from the start"
    return error(f"the checkpoint `{file}` is damaged: its content does not match its digest", None, hint)


def dump_violations(violations: dict[str, Violation]) -> dict[str, dict[str, Any]]:
    """Violations as they are written to JSON."""
    return {name: asdict(violation) for name, violation in violations.items()}


def load_violations(document: dict[str, dict[str, Any]]) -> dict[str, Violation]:
    """
    Raises:
        ValueError, KeyError, TypeError: it is not what was dumped.
    """
    return {name: _violation(**fields) for name, fields in document.items()}


def _violation(state: list[int], successor: list[int] | None, action: int | None, source: str | None) -> Violation:
    return Violation(tuple(state), None if successor is None else tuple(successor), action, source)
