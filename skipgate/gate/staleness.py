"""Does `anchors.lock` describe the anchored code as it is? If not, something got in while nobody looked."""

from __future__ import annotations

from pathlib import Path

from skipgate.gate.lock import NAME, Lock, LockError, parse_lock
from skipgate.gate.outcome import GateFinding, Outcome, SourcePlace
from skipgate.gate.trees import CommitTree


def read_lock(head: CommitTree, name: str, outcome: Outcome, *, on_disk: bool) -> Lock | None:
    """The lock of the head, or the one beside models on disk; None if there is none.

    One that cannot be read, or that was named and is not there, is a reason to stop.
    """
    try:
        if on_disk:
            path = Path(name)
            content = path.read_bytes() if path.is_file() else None
        else:
            entry = head.entries.get(name)
            content = head.read(name) if entry is not None and entry.kind == "file" else None
        if content is None and name != NAME:
            raise LockError("it does not exist")
        return None if content is None else parse_lock(content)
    except (LockError, OSError) as error:
        message = f"{name} cannot be used: {error}"
        outcome.findings.append(GateFinding("error", "stale-lock", message, name, SourcePlace(name)))
        return None


def report_stale(lock: Lock, outcome: Outcome) -> None:
    """Add an error for every symbol that differs from the lock, unless an open drift says so already."""
    open_keys = {key for judged in outcome.judged if judged.standing == "open" for key in judged.drift.keys}
    seen: set[str] = set()
    for resolved in outcome.resolved:
        for symbol in resolved.symbols:
            if symbol.key in seen or symbol.key in open_keys:
                continue
            seen.add(symbol.key)
            locked = lock.fingerprints.get(symbol.key)
            if locked == symbol.fingerprint or lock.accepts((symbol.key,), symbol.fingerprint) is not None:
                continue
            what = "is not in anchors.lock" if locked is None else "is not as anchors.lock has it"
            element = resolved.anchor.element
            outcome.findings.append(
                GateFinding(
                    "error",
                    "stale-lock",
                    f"{symbol.key} {what}",
                    symbol.key,
                    SourcePlace(element.file, element.line, label=element.label),
                    (SourcePlace(symbol.path, symbol.line, symbol.end_line, symbol.key),),
                    "once it agrees with its specification: skipgate anchors lock",
                )
            )
