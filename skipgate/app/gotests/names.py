"""Names of a model as names of Go, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable

_KEYWORDS = """
    break case chan const continue default defer else fallthrough for func go goto if import interface map package range
    return select struct switch type var
"""
_PREDECLARED = "any bool error false int iota len nil string true uint64"  # what a parameter had better not hide
_ABBREVIATION = 3  # letters of a name in capitals that stay capitals, such as HLC
_TAKEN = frozenset(f"{_KEYWORDS} {_PREDECLARED}".split())


def exported(name: str) -> str:
    """`hard_state_commit` as `HardStateCommit`, `node[_].put` as `NodePut`, and `SNAPSHOT_EVERY` as `SnapshotEvery`."""
    words = [word for word in re.split(r"[^\w]+|_+", name) if word]
    if name.isupper() and len(name) > _ABBREVIATION:
        words = [word.lower() for word in words]
    joined = "".join(word[0].upper() + word[1:] for word in words)
    return joined if joined[:1].isupper() else f"X{joined}"


def local(name: str) -> str:
    """`spoils_meta` as `spoilsMeta`: a name that hides nothing of Go."""
    given = exported(name)
    start = re.match(r"[^\W\d_]+", given)
    # In `HTTPServer` the capitals of the abbreviation go together.
    capitals = re.match(r"[A-Z]+(?=[A-Z][a-z]|\d|$)|.", given)
    assert start is not None and capitals is not None
    found = capitals.group().lower() + given[capitals.end() :]
    return f"{found}_" if found in _TAKEN or found == given else found


class Names:
    """The names that are taken in one scope."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)

    def free(self, wanted: str) -> str:
        """A name that is not taken, and is from now on: the one that is wanted if possible, else with a number."""
        number, found = 1, wanted
        while found in self.taken:
            number += 1
            found = f"{wanted}_{number}" if wanted[-1].isdigit() else f"{wanted}{number}"
        self.taken.add(found)
        return found
