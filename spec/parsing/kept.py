"""Trees of texts that were parsed before. Reading one takes a tenth of the time of parsing.

A tree is kept under a digest of its text and name, and of the code that makes trees.
"""

from __future__ import annotations

import os
import pickle
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

from skipgate.spec.cache import cache_folder
from skipgate.spec.source import Source
from skipgate.spec.syntax import File

_MOST = 1000  # trees that are kept
_MAKERS = ("data.py", "syntax.py", "source.py", "parsing/*.py", "parsing/*.lark")


def tree_of(source: Source) -> File:
    """The tree of a text.

    Raises:
        SpecError: the text is not well formed.
    """
    place = _place(source)
    kept = None if place is None else _read(place)
    if kept is not None:
        return kept
    from skipgate.spec.parsing.parser import parse  # late: it loads the parser

    tree = parse(source)
    if place is not None:
        _keep(place, tree)
    return tree


def _place(source: Source) -> Path | None:
    folder = cache_folder()
    if folder is None:
        return None
    key = "\0".join([_version(), source.name, source.text])
    return folder / "trees" / sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _version() -> str:
    """A digest of the code that makes trees, and of this Python."""
    state = sha256(sys.version.encode())
    home = Path(__file__).parents[1]
    for pattern in _MAKERS:
        for path in sorted(home.glob(pattern)):
            state.update(path.read_bytes())
    return state.hexdigest()


def _read(place: Path) -> File | None:
    try:
        tree = pickle.loads(place.read_bytes())
    except Exception:  # whatever a damaged file may raise
        return None
    return tree if isinstance(tree, File) else None


def _keep(place: Path, tree: File) -> None:
    """Write a tree; it is no harm if that fails."""
    try:
        content = pickle.dumps(tree, pickle.HIGHEST_PROTOCOL)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        beside = place.with_name(f"{place.name}.{os.getpid()}")
        beside.write_bytes(content)
        beside.replace(place)
        kept = list(place.parent.iterdir())
        if len(kept) > _MOST:
            for old in sorted(kept, key=lambda path: path.stat().st_mtime)[: _MOST // 2]:
                old.unlink(missing_ok=True)
    except (OSError, RecursionError, pickle.PicklingError):
        pass
