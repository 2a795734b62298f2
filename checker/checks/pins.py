"""Write the counts that were found into a file, in place of the pinned ones or where none are pinned."""

from __future__ import annotations

from pathlib import Path

from skipgate.checker.core.result import CheckResult, FileResult
from skipgate.spec.files import write_atomically
from skipgate.spec.passes import read
from skipgate.spec.syntax import CheckDecl


def update_pins(path: Path, results: FileResult) -> int:
    """Rewrite the pinned counts of the checks that ran to their end, in place and atomically, and nothing else.

    A check that holds as expected and pins nothing is pinned. The result is how many counts were written.

    Raises:
        SpecError, OSError: the file cannot be read or written.
    """
    found = {result.check: result for result in results.checks if result.complete}
    changes: list[tuple[int, int, str]] = []
    written = 0
    for check in read(path).checks:
        result = found.get(check.name.text)
        if result is None:
            continue
        counts = _counts(result)
        for expectation in check.expectations:
            for pin in expectation.pins:
                if counts[pin.kind] != pin.value:
                    changes.append((pin.number.start, pin.number.end, _number(counts[pin.kind])))
                    written += 1
            if expectation.kind == "holds" and result.as_expected and not _is_pinned(check):
                span = expectation.span
                changes.append((span.start, span.end, f"{span.text} {_as_pins(result)}"))
                written += len(counts)
    raw = path.read_bytes().decode("utf-8")
    place = _places(raw)
    for start, end, text in sorted(changes, reverse=True):
        raw = raw[: place[start]] + text + raw[place[end - 1] + 1 :]
    if changes:
        write_atomically(path, raw)
    return written


def missing_pins(path: Path, results: FileResult) -> list[tuple[str, str]]:
    """The searched checks that still pin nothing, and what to write in each if they are as they should be.

    Raises:
        SpecError, OSError: the file cannot be read.
    """
    found = {result.check: result for result in results.checks if result.complete and result.expected.searched}
    missing = []
    for check in read(path).checks:
        result = found.get(check.name.text)
        counted = [e for e in check.expectations if e.kind in ("holds", "violation")]
        if result is not None and counted and not _is_pinned(check):
            missing.append((check.name.text, f"expect {counted[0].span.flat} {_as_pins(result)}"))
    return missing


def _counts(result: CheckResult) -> dict[str, int]:
    return {"states": result.distinct, "generated": result.generated, "depth": result.depth}


def _as_pins(result: CheckResult) -> str:
    return " ".join(f"{kind} {_number(count)}" for kind, count in _counts(result).items())


def _number(count: int) -> str:
    """A number as models have it: from five digits on, thousands are set apart."""
    return f"{count:_}" if count >= 10_000 else str(count)


def _is_pinned(check: CheckDecl) -> bool:
    return any(expectation.pins for expectation in check.expectations)


def _places(raw: str) -> list[int]:
    """Where each character of the parsed text stands in the file. Its line ends and byte order mark are kept."""
    dropped = {i for i in range(len(raw)) if raw[i : i + 2] == "\r\n"}
    if raw.startswith("\ufeff"):
        dropped.add(0)
    return [i for i in range(len(raw)) if i not in dropped]
