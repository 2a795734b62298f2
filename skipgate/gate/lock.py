"""`anchors.lock`: what the anchored code looked like when it was last reviewed against the specifications."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

NAME = "anchors.lock"
REMOVED = "removed"  # stands for the fingerprint of a symbol that is gone

_SCHEMA = "skipgate.anchors/1"


class LockError(Exception):
    """A lock file that cannot be understood."""


@dataclass(frozen=True)
class Acceptance:
    """Somebody's word that a symbol may differ from what the specification was written for."""

    anchor: str
    fingerprint: str  # of the code that is accepted
    reason: str
    by: str
    on: str  # a date

    def covers(self, keys: tuple[str, ...], fingerprint: str) -> bool:
        """Does it speak of one of these symbols, as it is now?"""
        return self.anchor in keys and self.fingerprint == fingerprint


@dataclass(frozen=True)
class Lock:
    """Fingerprints by symbol, of a revision; and what differs from them with somebody's consent."""

    revision: str | None = None
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    acceptances: tuple[Acceptance, ...] = ()

    def accepts(self, keys: tuple[str, ...], fingerprint: str) -> Acceptance | None:
        """The acceptance of a symbol with this fingerprint, if there is one."""
        return next((each for each in self.acceptances if each.covers(keys, fingerprint)), None)

    def text(self) -> str:
        """The file: sorted, one symbol a line, so that git can merge it."""
        document = {
            "schema": _SCHEMA,
            "revision": self.revision,
            "anchors": dict(sorted(self.fingerprints.items())),
            "accepted": [
                {"anchor": a.anchor, "fingerprint": a.fingerprint, "reason": a.reason, "by": a.by, "on": a.on}
                for a in self.acceptances
            ],
        }
        return json.dumps(document, indent=2) + "\n"


def parse_lock(content: bytes) -> Lock:
    """Read a lock file.

    Raises:
        LockError: it is none, or one of a later version.
    """
    try:
        document = json.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise LockError(f"it is not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("schema") != _SCHEMA:
        raise LockError(f"its `schema` is not {_SCHEMA!r}")
    revision, anchors, accepted = document.get("revision"), document.get("anchors"), document.get("accepted")
    if not isinstance(revision, str | None) or not isinstance(anchors, dict) or not isinstance(accepted, list):
        raise LockError("`revision`, `anchors` or `accepted` is missing or of the wrong kind")
    if not all(isinstance(value, str) for value in anchors.values()):
        raise LockError("a fingerprint is not a text")
    return Lock(revision, anchors, tuple(_acceptance(each) for each in accepted))


def _acceptance(value: object) -> Acceptance:
    names = ("anchor", "fingerprint", "reason", "by", "on")
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in names):
        raise LockError(f"an acceptance needs the texts {', '.join(names)}")
    if not value["reason"].strip():
        raise LockError(f"the acceptance of {value['anchor']} gives no reason")
    return Acceptance(*(value[name] for name in names))
