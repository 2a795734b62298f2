"""What the pages about single models of elastickv claim about the lengths of traces: each claim links to a picture."""

from __future__ import annotations

import re
from pathlib import Path

from tests.models.cold_start_page import Claim

_ROOT = Path(__file__).parents[2]
PAGES = {
    "route_fence": _ROOT / "docs" / "route-fence.md",
    "migration": _ROOT / "docs" / "migration.md",
    "lease_reads": _ROOT / "docs" / "lease-reads.md",
}
# `[**9**](images/lease_reads/lease_reads.today.NoStaleRead.svg)`, or `[11 steps](…)`.
_LINK = re.compile(r"\[(?:\*\*)?(\d+)(?:\*\*| steps)\]\(images/(\w+)/\2\.(\w+)\.(\w+)\.svg\)")


def page_claims() -> list[Claim]:
    """All claims of these pages, each once."""
    found: dict[Claim, None] = {}
    for page in PAGES.values():
        for steps, model, check, name in _LINK.findall(page.read_text(encoding="utf-8")):
            found[Claim(_ROOT / "models/elastickv" / f"{model}.gate", check, name, int(steps))] = None
    return list(found)
