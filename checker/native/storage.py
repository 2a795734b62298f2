"""What a long search may be asked to do with its states, beyond keeping them in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_BITS = 63  # of a hash that tell two states apart in fingerprint mode


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
        return self != Storage()

    @property
    def states_in(self) -> Path | None:
        """The folder for the file of the states, if they are to be in one."""
        if self.folder is None and self.fingerprints:
            from tempfile import gettempdir

            return Path(gettempdir())
        return self.folder


def chance_of_omission(distinct: int, words: int) -> float:
    """How likely it is that two of so many states have the same fingerprint, so that one was left out, at most.

    The birthday bound, for a hash that behaves like a random function. A state of one word is its own fingerprint.
    """
    return 0.0 if words == 1 else min(1.0, distinct * (distinct - 1) / 2 / 2**_BITS)
