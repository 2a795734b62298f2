"""Rewrite the pinned counts of a file to what was found."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from checker.result import FileResult
from spec.specification import read


def update_pins(path: Path, results: FileResult) -> int:
    """Rewrite, in place and atomically, the pinned counts of the checks that ran to their end; nothing else.

    Returns how many were changed.

    Raises:
        SpecError, OSError: the file cannot be read or written.
    """
    counts = {
        result.check: {"states": result.distinct, "generated": result.generated, "depth": result.depth}
        for result in results.checks
        if result.complete
    }
    spec = read(path)
    source = spec.program.main.source
    changes: list[tuple[int, int, str]] = []
    for check in spec.checks:
        for expectation in check.expectations:
            for pin in expectation.pins:
                count = counts.get(check.name.text, {}).get(pin.kind, pin.value)
                if count != pin.value:
                    changes.append((pin.number.start, pin.number.end, str(count)))
    text = source.text
    for start, end, number in sorted(changes, reverse=True):
        text = text[:start] + number + text[end:]
    if changes:
        _replace(path, text)
    return len(changes)


def _replace(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).chmod(path.stat().st_mode & 0o7777)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
