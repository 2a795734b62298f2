"""A search on disk, from which all shards can go on, after one of them or all of them have died.

Each shard has a file of its states, to which those of the levels since the last time are appended. The description of
the search says how many of them count, and has their digests; it is replaced in one step after all shards have written.
The folder must be one that every node sees.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from skipgate.spec.diagnostics import error
from skipgate.spec.files import write_atomically

_FORMAT = 1


@dataclass(frozen=True)
class Snapshot:
    """A shard between two levels. `bounds` has the number of its states before the first level, at the end of each
    level that is expanded, and of the next; `lane` is what its loops have noted."""

    bounds: tuple[int, ...]
    lane: tuple[int, ...]
    digest: str  # of the states up to the last bound
    program: str


class SavedSearch:
    """The files of one check, for so many shards.

    Raises:
        SpecError: they cannot be read or written, or belong to another search.
    """

    def __init__(self, folder: Path, name: str, program: str, shards: int) -> None:
        self.folder = folder / f"{name}.shards"
        self.description = self.folder / "search"
        self.program = program
        self.shards = shards

    @property
    def exists(self) -> bool:
        """Is there a search to go on with?"""
        return self.description.exists()

    def begin(self) -> None:
        """Make ready for a search from the start."""
        if self.exists:
            hint = "go on with it by `--resume`, or remove the folder"
            raise error(f"`{self.folder}` holds an unfinished search", None, hint)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise error(f"`{self.folder}` cannot be written to: {problem.strerror}", None) from None

    def write(self, snapshots: Sequence[Snapshot], seconds: float) -> None:
        """Say that these snapshots count, whose states are in the files.

        Raises:
            OSError: it cannot be written; what was saved before still counts.
        """
        content = {
            "format": _FORMAT,
            "program": self.program,
            "shards": self.shards,
            "seconds": seconds,
            "snapshots": [asdict(each) for each in snapshots],
        }
        text = json.dumps(content)
        write_atomically(self.description, f"{sha256(text.encode()).hexdigest()}\n{text}")

    def read(self) -> tuple[list[Snapshot], float]:
        """The snapshots that count, all of them of the same level, and the seconds that the search had taken."""
        again = "remove the folder, and search from the start"
        try:
            digest, text = self.description.read_text(encoding="utf-8").split("\n", 1)
            if digest != sha256(text.encode()).hexdigest():
                raise ValueError("its content does not match its digest")
            content = json.loads(text)
            if content["format"] != _FORMAT or content["program"] != self.program:
                raise error(
                    f"the model, or skipgate, has changed since the search in `{self.folder}`",
                    None,
                    "check without `--resume` and with another folder, or go back to what it was",
                )
            if content["shards"] != self.shards:
                raise error(f"the search in `{self.folder}` has {content['shards']} shards; go on with as many")
            snapshots = [
                Snapshot(tuple(each["bounds"]), tuple(each["lane"]), each["digest"], each["program"])
                for each in content["snapshots"]
            ]
            if len(snapshots) != self.shards or len({len(each.bounds) for each in snapshots}) != 1:
                raise ValueError("its shards are not all there, or not at the same level")
            return snapshots, content["seconds"]
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise error(f"the checkpoint `{self.description}` cannot be read: {problem}", None, again) from None

    def remove(self) -> None:
        """The search is over."""
        self.description.unlink(missing_ok=True)
        for file in self.folder.glob("*.states"):
            file.unlink(missing_ok=True)
        with suppress(OSError):  # somebody else has put something there
            self.folder.rmdir()


def append_safely(path: Path, begin: int, content: memoryview) -> None:
    """Write at a place of a file, where it ends then; the content is safe on disk afterwards.

    Raises:
        OSError: it cannot be written.
    """
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(begin)
        file.seek(begin)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
