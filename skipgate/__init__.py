"""skipgate: a model checker that finds protocol bugs before they are code.

The command line is in `skipgate.cli.main`. From Python:

    import skipgate

    result = skipgate.check("lock.gate", only="one_step")
    assert result.as_expected, result.problems
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skipgate.api import check
    from skipgate.checker.core.result import CheckResult, Expectation, FileResult, PropertyResult, Verdict
    from skipgate.checker.core.trace import Failure, Step, Trace
    from skipgate.spec.diagnostics import Diagnostic, SpecError

__version__ = "0.1.0"

# Where each name is defined. They are imported when first used, so that `import skipgate` is cheap.
_HOMES = {
    "CheckResult": "skipgate.checker.core.result",
    "Diagnostic": "skipgate.spec.diagnostics",
    "Expectation": "skipgate.checker.core.result",
    "Failure": "skipgate.checker.core.trace",
    "FileResult": "skipgate.checker.core.result",
    "PropertyResult": "skipgate.checker.core.result",
    "SpecError": "skipgate.spec.diagnostics",
    "Step": "skipgate.checker.core.trace",
    "Trace": "skipgate.checker.core.trace",
    "Verdict": "skipgate.checker.core.result",
    "check": "skipgate.api",
}

__all__ = [
    "CheckResult",
    "Diagnostic",
    "Expectation",
    "Failure",
    "FileResult",
    "PropertyResult",
    "SpecError",
    "Step",
    "Trace",
    "Verdict",
    "__version__",
    "check",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
