"""Which picture shows a trace best: boxes one under the other, or a table if it is long.

Runs of steps of which nothing is lost are one step, such as the ticks of a clock.
"""

from __future__ import annotations

from skipgate.checker.core.trace import Trace
from skipgate.traces.asked import folded
from skipgate.traces.dot import STATES_A_PAGE, to_dot
from skipgate.traces.lanes import main_lanes
from skipgate.traces.table_dot import trace_table_to_dot


def picture_dot(trace: Trace, *, lanes: str | None = None, full: bool = False) -> str:
    """The picture of a trace as the text of a DOT digraph, with a newline at its end.

    `lanes` is a type of `lane_types`, whose values have a column each; without it, a long trace has those of the type
    that tells the most of it. If it is to be `full`, each step has a box of its own.
    """
    if full and lanes is None:
        return to_dot(trace)
    shown = trace if full else folded(trace, lossless=True)
    if lanes is not None:
        return trace_table_to_dot(shown, lanes)
    if len(shown.steps) <= STATES_A_PAGE or trace.abstract is not None:
        return to_dot(shown)
    return trace_table_to_dot(shown, main_lanes(shown))
