"""A validation: the model, what its events are, and the logs, made ready; and the files that it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skipgate.app.log_files import objects_of
from skipgate.base.errors import reason
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.kernel.kernels import Kernels
    from skipgate.checker.validate.events import ReadValue
    from skipgate.checker.validate.log import Log
    from skipgate.checker.validate.result import Validation
    from skipgate.checker.validate.rules import Rules
    from skipgate.checker.validate.validate import ValidationOptions, ValidationProgress

FORMATS = ("itf", "dot", "svg")


@dataclass(frozen=True)
class ReadyValidation:
    """A check of a model, and what the events of its logs are."""

    kernels: Kernels
    rules: Rules
    read_value: ReadValue | None = None  # if values are not as logs have them by default

    def run(
        self,
        logs: Iterable[Log],
        options: ValidationOptions,
        report: Callable[[ValidationProgress], None] | None = None,
    ) -> Validation:
        """Hold logs against the model; see `checker.validate.validate`."""
        from skipgate.checker.validate.validate import validate

        return validate(self.kernels, self.rules, tuple(logs), options, report, self.read_value)


def ready_validation(model: str | Path, check: str, events: Path | None) -> ReadyValidation:
    """Read a model and its events, by default from the file beside it, and prepare one of its checks.

    Raises:
        SpecError: one of the two is wrong.
    """
    from skipgate.checker.checks.preparation import load_check, prepare
    from skipgate.checker.validate.rules import rules_of
    from skipgate.spec.events.reading import events_beside, read_with_events

    path = events_beside(Path(model)) if events is None else events
    if events is None and not path.exists():
        hint = f"`skipgate log new {model}` writes one to start from"
        raise InputError(f"{path} does not exist: it says what the events of a log mean; {hint}")
    spec, described = read_with_events(model, path)
    kernels = prepare(load_check(spec, check, to_search=True))
    return ReadyValidation(kernels, rules_of(spec, described, kernels.model))


def log_of_file(path: Path, wait: Callable[[], bool] | None = None) -> Log:
    """A log that is a file; with `wait`, one that may still grow (see `log_files`)."""
    from skipgate.checker.validate.log import Log

    return Log("standard input" if str(path) == "-" else str(path), objects_of(path, wait))


def log_of_objects(name: str, objects: Iterable[Any]) -> Log:
    """A log that is there as objects, numbered from 1."""
    from skipgate.checker.validate.log import Log

    return Log(name, enumerate(objects, 1))


@dataclass
class Written:
    """The files that a validation left behind, by format, and what could not be written."""

    files: dict[str, Path] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


def write_explanation(found: Validation, folder: Path) -> Written:
    """Write the trace of a validation as ITF JSON, as DOT and as a picture."""
    from skipgate.traces.render import RenderError, write_trace

    written = Written()
    if found.trace is None:
        return written
    for form in FORMATS:  # one a call: a picture that cannot be drawn does not cost the trace itself
        try:
            written.files |= write_trace(found.trace, folder, [form])
        except RenderError as error:
            written.troubles.append(str(error))
        except OSError as error:
            written.troubles.append(f"{error.filename or folder} cannot be written: {reason(error)}")
    return written
