"""How a search is made: its limits, its engine, where it keeps its states."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from skipgate.checker.search.limits import Budget

EngineName = Literal["auto", "python", "native"]


@dataclass(frozen=True)
class Storage:
    """Where states are kept. With any of these, the native engine searches, however small the model is.

    `folder` is for a file of the states, so that only the hash table takes memory. With `fingerprints`, the search
    tells states apart by their hashes and does not read that file, which is then only for traces. In the folder
    `checkpoints` the search is saved now and then, and `resume` goes on with what was saved there.
    """

    folder: Path | None = None
    fingerprints: bool = False
    checkpoints: Path | None = None
    resume: bool = False

    @property
    def asked_for(self) -> bool:
        """Is anything but memory to be used?"""
        return self != Storage()

    @property
    def states_in(self) -> Path | None:
        """The folder for the file of the states, if they are to be in one."""
        if self.folder is None and self.fingerprints:
            from tempfile import gettempdir

            return Path(gettempdir())
        return self.folder


@dataclass(frozen=True, kw_only=True)
class SearchOptions:
    """What holds for a search.

    Attributes:
        budget: its limits.
        stop_at_first: end it at the first violation.
        engine, threads: change nothing but the speed.
        witnesses: keep the way to the first state in which each cover is true.
        storage: for searches that take long or need much memory.
        searches: how many may run at the same time; without a limit of memory, each takes its part of what is free.
    """

    budget: Budget = Budget()
    stop_at_first: bool = False
    engine: EngineName = "auto"
    threads: int | None = None
    witnesses: bool = False
    storage: Storage = Storage()
    searches: int = 1
