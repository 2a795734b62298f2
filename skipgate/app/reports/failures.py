"""Why a result is not as expected, in full: for a failed test."""

from __future__ import annotations

from collections.abc import Iterator

from skipgate.app.expectations import unexpected
from skipgate.checker.core.result import CheckResult, FileResult
from skipgate.traces.prefixes import arranged
from skipgate.traces.text import render_text


def report(result: FileResult | CheckResult) -> str:
    """What differs from what is expected or is unknown, and the counterexamples that nobody expected.

    It is empty if all is as expected.

    Example:
        >>> result = skipgate.check("models/examples/die_hard.gate", max_states=3)
        >>> print(skipgate.report(result))
        check puzzle: unknown: the limit of 3 states was passed
    """
    if isinstance(result, CheckResult):
        return "\n".join(_of_check(result))
    lines = [*result.problems]
    for check in result.checks:
        lines += [f"check {check.check}: {line}" if i == 0 else line for i, line in enumerate(_of_check(check))]
    return "\n".join(lines)


def _of_check(check: CheckResult) -> Iterator[str]:
    yield from check.problems
    if not check.problems and (check.stopped is not None or check.verdict == "unknown"):
        yield f"unknown: {check.stopped or 'the search was not complete'}"
    for trace, above in arranged([found.trace for found in unexpected(check) if found.trace is not None]):
        yield f"\n{render_text(trace, width=100, above=above)}"
