"""Random walks as a page: the violations that they found, and the walks that were kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skipgate.app.expectations import unexpected
from skipgate.app.page.report import Content, Row, deposit
from skipgate.app.reports.simulation import summary
from skipgate.base.wording import duration, number
from skipgate.checker.search.limits import INTERRUPTED
from skipgate.traces.plain import one_line, visible

if TYPE_CHECKING:
    from skipgate.app.artifacts import Artifacts
    from skipgate.checker.simulate.simulate import Simulation


def publish_simulation(found: Simulation, artifacts: Artifacts) -> None:
    """Write the page of some walks, and remove what an earlier run wrote into its folder and this one did not."""
    content = Content(artifacts)
    text = content.page([_row(content, found)], summary=summary(found))
    deposit(text, artifacts, complete=found.stopped != INTERRUPTED)


def _row(content: Content, found: Simulation) -> Row:
    """The walks as the row of a check. Nothing is said to hold; states are not remembered, so none are counted."""
    differs, violated = unexpected(found), found.violated
    return {
        "file": visible(found.file),
        "model": visible(found.model),
        "check": visible(found.check),
        "description": one_line(f"random walks with seed {found.wanted.seed}"),
        "standing": "differs" if differs else "unknown" if found.missing or not violated else "expected",
        "verdict": "differs: violation" if differs else "violation, expected" if violated else "nothing found",
        "expected": visible(str(found.expected)),
        "symmetry": "",
        "states": "",
        "generated": "",
        "depth": number(found.longest),
        "seconds": duration(found.seconds),
        "numbers": {"states": 0, "depth": found.longest, "seconds": round(found.seconds, 3)},
        "links": [content.link(found, name) for name in violated],
        "witnesses": [content.witness(found, trace, "") for trace in found.kept],
        "problems": [f"{visible(name)}: its violation is expected, and was not found" for name in found.missing],
    }
