"""Rewrite the pinned counts of a file to what was found."""

from __future__ import annotations

from pathlib import Path

from skipgate.checker.core.result import FileResult
from skipgate.spec.files import write_atomically
from skipgate.spec.passes import read


def update_pins(path: Path, results: FileResult) -> int:
    """Rewrite the pinned counts of the checks that ran to their end, in place and atomically, and nothing else.

    The result is how many counts were changed.

    Raises:
        SpecError, OSError: the file cannot be read or written.
    """
    counts = {
        result.check: {"states": result.distinct, "generated": result.generated, "depth": result.depth}
        for result in results.checks
        if result.complete
    }
    spec = read(path)
    changes: list[tuple[int, int, str]] = []
    for check in spec.checks:
        for expectation in check.expectations:
            for pin in expectation.pins:
                count = counts.get(check.name.text, {}).get(pin.kind, pin.value)
                if count != pin.value:
                    changes.append((pin.number.start, pin.number.end, str(count)))
    raw = path.read_bytes().decode("utf-8")
    place = _places(raw)
    for start, end, number in sorted(changes, reverse=True):
        raw = raw[: place[start]] + number + raw[place[end - 1] + 1 :]
    if changes:
        write_atomically(path, raw)
    return len(changes)


def missing_pins(path: Path, results: FileResult) -> list[tuple[str, str]]:
    """The searched checks that pin nothing, and what to write in each: `update_pins` adds no pin by itself.

    Raises:
        SpecError, OSError: the file cannot be read.
    """
    found = {result.check: result for result in results.checks if result.complete and result.expected.searched}
    missing = []
    for check in read(path).checks:
        result = found.get(check.name.text)
        counted = [e for e in check.expectations if e.kind in ("holds", "violation")]
        if result is not None and counted and not any(e.pins for e in check.expectations):
            counts = f"states {result.distinct} generated {result.generated} depth {result.depth}"
            missing.append((check.name.text, f"expect {counted[0].span.flat} {counts}"))
    return missing


def _places(raw: str) -> list[int]:
    """Where each character of the parsed text stands in the file. Its line ends and byte order mark are kept."""
    dropped = {i for i in range(len(raw)) if raw[i : i + 2] == "\r\n"}
    if raw.startswith("\ufeff"):
        dropped.add(0)
    return [i for i in range(len(raw)) if i not in dropped]
