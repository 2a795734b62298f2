"""skipgate: a model checker that finds protocol bugs before they are code.

    import skipgate

    result = skipgate.check("lock.gate", only="one_step")
    assert result.as_expected, skipgate.report(result)

`check`, `prove` and `simulate` run a model, `validate` holds logs against it, `tests` chooses behaviours to try on the
code, `load` only reads it. What they return is data; every exception is a `SkipgateError`. docs/python.md has examples
of all of it, and `skipgate --help` the command line.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skipgate.api.checking import check, prove, simulate, tests, validate
    from skipgate.api.loading import DeclaredAction, DeclaredCheck, DeclaredProperty, LoadedModel, load
    from skipgate.app.reports.failures import report
    from skipgate.checker.core.errors import InternalError
    from skipgate.checker.core.result import CheckResult, Expectation, FileResult, Proof, PropertyResult, Verdict
    from skipgate.checker.core.trace import Failure, FailureKind, Loop, Part, Step, Trace, Variable
    from skipgate.checker.core.values import EnumValue, MapValue, Nothing, RecordValue, Some, SortValue, Value
    from skipgate.checker.search.limits import Progress
    from skipgate.checker.simulate.simulate import Simulation, SimulationProgress
    from skipgate.checker.testing.behaviours import Attempt, Behaviour
    from skipgate.checker.testing.goals import Goal
    from skipgate.checker.testing.suite import TestSuite
    from skipgate.checker.validate.result import Reason, Refusal, Validation
    from skipgate.checker.validate.validate import ValidationProgress
    from skipgate.errors import InputError, Interrupted, SkipgateError
    from skipgate.spec.diagnostics import Diagnostic, SpecError
    from skipgate.traces.itf import dump_itf, load_itf
    from skipgate.traces.text import render_text

__version__ = "0.1.0"

# Where each name is defined. They are imported when first used, so that `import skipgate` is cheap.
_HOMES = {
    "skipgate.api.checking": "check prove simulate tests validate",
    "skipgate.api.loading": "DeclaredAction DeclaredCheck DeclaredProperty LoadedModel load",
    "skipgate.app.reports.failures": "report",
    "skipgate.checker.core.errors": "InternalError",
    "skipgate.checker.core.result": "CheckResult Expectation FileResult Proof PropertyResult Verdict",
    "skipgate.checker.core.trace": "Failure FailureKind Loop Part Step Trace Variable",
    "skipgate.checker.core.values": "EnumValue MapValue Nothing RecordValue Some SortValue Value",
    "skipgate.checker.search.limits": "Progress",
    "skipgate.checker.simulate.simulate": "Simulation SimulationProgress",
    "skipgate.checker.testing.behaviours": "Attempt Behaviour",
    "skipgate.checker.testing.goals": "Goal",
    "skipgate.checker.testing.suite": "TestSuite",
    "skipgate.checker.validate.result": "Reason Refusal Validation",
    "skipgate.checker.validate.validate": "ValidationProgress",
    "skipgate.errors": "InputError Interrupted SkipgateError",
    "skipgate.spec.diagnostics": "Diagnostic SpecError",
    "skipgate.traces.itf": "dump_itf load_itf",
    "skipgate.traces.text": "render_text",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [
    "Attempt",
    "Behaviour",
    "CheckResult",
    "DeclaredAction",
    "DeclaredCheck",
    "DeclaredProperty",
    "Diagnostic",
    "EnumValue",
    "Expectation",
    "Failure",
    "FailureKind",
    "FileResult",
    "Goal",
    "InputError",
    "InternalError",
    "Interrupted",
    "LoadedModel",
    "Loop",
    "MapValue",
    "Nothing",
    "Part",
    "Progress",
    "Proof",
    "PropertyResult",
    "Reason",
    "RecordValue",
    "Refusal",
    "Simulation",
    "SimulationProgress",
    "SkipgateError",
    "Some",
    "SortValue",
    "SpecError",
    "Step",
    "TestSuite",
    "Trace",
    "Validation",
    "ValidationProgress",
    "Value",
    "Variable",
    "Verdict",
    "__version__",
    "check",
    "dump_itf",
    "load",
    "load_itf",
    "prove",
    "render_text",
    "report",
    "simulate",
    "tests",
    "validate",
]


if not TYPE_CHECKING:  # a type checker is to say which names there are not

    def __getattr__(name: str) -> object:
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_HOME[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
