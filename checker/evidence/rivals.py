"""Which checks of a file explain a counterexample best."""

from __future__ import annotations

from dataclasses import replace

from skipgate.checker.core import model as m
from skipgate.checker.core.contrast import Contrast, Other
from skipgate.checker.core.expectations import expected_violations
from skipgate.checker.core.trace import Trace
from skipgate.checker.elaborate.elaborate import elaborate
from skipgate.checker.evidence.replay import contrast, is_replayable
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.specification import Specification
from skipgate.spec.syntax import CheckDecl


class Rivals:
    """The checks of a file, elaborated when they are asked for."""

    def __init__(self, spec: Specification) -> None:
        self._checks = {check.name.text: check for check in spec.checks}
        self._spec = spec
        self._models: dict[str, m.Model] = {}

    def __len__(self) -> int:
        return len(self._checks)

    def model(self, name: str) -> m.Model:
        """The model of a check.

        Raises:
            SpecError: its constants do not fit.
        """
        if name not in self._models:
            self._models[name] = elaborate(self._spec, self._checks[name])
        return self._models[name]

    def nearest(self, trace: Trace) -> Contrast | None:
        """The contrast with the check that explains a counterexample best; None if there is none."""
        return next(iter(self.ranked(trace)), None)

    def ranked(self, trace: Trace) -> list[Contrast]:
        """The contrasts with all checks that do not end as a counterexample does, those that explain most first.

        A check that is expected to hold shows how to do it right, so it comes before one that is broken in another way;
        then one in whose environment the same can happen; then one that differs in a choice that the design makes, not
        in bounds alone (numbers are mostly bounds), and in as few bounds and choices as possible. Of several, the one
        that goes along the longest; of those, the next one in the file, since revisions stand in the order in which
        they were made.
        """
        left = self._usable(trace.check)
        if left is None or not is_replayable(trace, left):
            return []  # the file is not the one any more that the trace is of
        order = list(self._checks)
        own = order.index(trace.check)

        def rank(found: Contrast) -> tuple[bool, bool, bool, int, int, int, bool, int]:
            place = order.index(found.against)
            parting = len(found.rows) if found.parting is None else found.parting
            lacking = any(row.reason is not None and row.reason.lacking for row in found.rows[parting : parting + 1])
            bounds, choices = found.distance
            broken = bool(found.violates)
            return broken, lacking, not choices, bounds, choices, -parting, place < own, abs(place - own)

        others = (model for check in self._checks.values() if (model := self._candidate(check, trace)) is not None)
        held = [contrast(trace, left, other) for other in others]
        found = sorted((each for each in held if each.ending.verdict == "holds"), key=rank)
        names = [Other(each.against, each.violates) for each in found]
        return [replace(each, others=tuple(names[i + 1 :])) for i, each in enumerate(found)]

    def _candidate(self, check: CheckDecl, trace: Trace) -> m.Model | None:
        if check.name.text == trace.check or trace.property in expected_violations(check):
            return None
        if not check.examines(trace.property):
            return None  # nobody knows whether it holds there
        model = self._usable(check.name.text)
        return model if model is not None and is_replayable(trace, model) else None

    def _usable(self, name: str) -> m.Model | None:
        """The model of a check; None if there is none, which is said when that check is run."""
        try:
            return self.model(name) if name in self._checks else None
        except SpecError:
            return None
