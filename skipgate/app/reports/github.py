"""A run as workflow commands: GitHub shows each as an annotation at its line of the change under review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.app.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from skipgate.app.suite import RunReport

_LEVELS = {"unknown": "warning", "note": "notice"}


def workflow_commands(faults: Iterable[Fault]) -> Iterator[str]:
    """A line for each fault: a warning for what is unknown, a notice for what an expected outcome leaves open."""
    for fault in faults:
        level = _LEVELS.get(fault.kind, "error")
        line = fault.line or _line_of(fault)
        properties = {"file": fault.file, "line": line, "col": fault.column, "title": _title(fault)}
        given = ",".join(
            f"{key}={escape_property(str(value))}" for key, value in properties.items() if value is not None
        )
        message = fault.message if fault.hint is None else f"{fault.message}\nhint: {fault.hint}"
        yield f"::{level} {given}::{escape_data(message)}"


def notices(report: RunReport) -> Iterator[str]:
    """What is to be known of a run that went well: that something was not searched again."""
    from skipgate.app.reports.text import kept_results

    if kept := [check for check in report.checks if check.kept]:
        yield f"::notice title=skipgate::{escape_data(kept_results(kept))}"


def _title(fault: Fault) -> str:
    match fault.kind:
        case "internal":
            return "skipgate: internal error"
        case "input":
            return "skipgate: faulty specification"
        case _:
            return f"skipgate: {fault.model}/{fault.check}" if fault.check else "skipgate"


def _line_of(fault: Fault) -> int | None:
    """The line at which the check of a fault is declared."""
    if fault.check is None:
        return None
    from skipgate.spec.diagnostics import SpecError
    from skipgate.spec.loader import load
    from skipgate.spec.syntax import CheckDecl

    try:
        declarations = load(Path(fault.file)).main.declarations
    except SpecError:  # it could be read a moment ago; no annotation is worth failing for
        return None
    for declaration in declarations:
        if isinstance(declaration, CheckDecl) and declaration.name.text == fault.check:
            return declaration.name.span.line
    return None


def escape_data(text: str) -> str:
    """The text of a command: line ends and the escape character itself are escaped."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """A value in the head of a command, where colons and commas have a meaning."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")
