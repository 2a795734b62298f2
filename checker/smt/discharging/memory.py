"""What Z3 found out once, kept between runs: by content, so that a model that did not change needs no solver."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

from skipgate.checker.core.model import Model
from skipgate.checker.smt.discharging.fingerprint import fingerprint
from skipgate.spec.cache import cache_folder
from skipgate.spec.files import write_atomically

_MOST_FILES = 2000
_EVERY = 50  # answers are kept before it is looked again how many there are: among many files that takes a while
_LAYERS = ("core", "semantics", "elaborate", "kernel", "smt")  # whose code an answer depends on
_turn = count()


def recall(question: str, model: Model) -> Any:
    """The answer to a question about a model, if it is known; else None."""
    path = _path(question, model)
    if path is None:
        return None
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return stored["answer"] if stored["sum"] == _sum(question, stored["answer"]) else None
    except (OSError, ValueError, KeyError, TypeError):  # not there, or damaged
        return None


def keep(question: str, model: Model, answer: Any) -> None:
    """Remember an answer, which is made of what JSON knows."""
    path = _path(question, model)
    if path is None:
        return
    with suppress(OSError):
        if next(_turn) % _EVERY == 0:
            _make_room(path.parent)
        write_atomically(path, json.dumps({"sum": _sum(question, answer), "answer": answer}))


def _sum(question: str, answer: Any) -> str:
    """Tells a damaged file from a whole one."""
    return sha256(json.dumps([question, answer]).encode()).hexdigest()


def _path(question: str, model: Model) -> Path | None:
    folder = cache_folder()
    if folder is None:
        return None
    key = sha256("\0".join((question, _tools(), fingerprint(model))).encode()).hexdigest()
    return folder / f"proof-{key[:32]}.json"


@cache
def _tools() -> str:
    """The solver's version, and the code that finds answers and that they are about."""
    digest = sha256(_solver().encode())
    for path in sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def sources() -> list[Path]:
    """The files that an answer depends on: what makes formulas, and what elaborates and executes a model."""
    checker = Path(__file__).parents[2]
    return sorted(path for layer in _LAYERS for path in (checker / layer).rglob("*.py"))


def _solver() -> str:
    """The version of Z3, without loading it."""
    found = find_spec("z3")
    if found is None or found.origin is None:
        return "none"
    installed = Path(found.origin).parent
    names = sorted(path.name for path in installed.parent.glob("z3_solver-*.dist-info"))
    return f"{installed} {names}"


def _make_room(folder: Path) -> None:
    """Forget the oldest answers if there are too many."""
    kept = list(folder.glob("proof-*.json"))
    if len(kept) >= _MOST_FILES:
        kept.sort(key=lambda path: path.stat().st_mtime)
        for path in kept[: _MOST_FILES // 2]:
            path.unlink(missing_ok=True)
