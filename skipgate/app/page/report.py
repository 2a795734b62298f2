"""A run as one page: the verdicts, and for each violation a viewer. Nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, get_args

from skipgate.app import manifest
from skipgate.app.expectations import unexpected
from skipgate.app.faults import Fault, faults
from skipgate.app.page.coverage import CoverageView, coverage_view
from skipgate.app.page.sources import Sources
from skipgate.app.page.templates import rendered
from skipgate.base.errors import reason
from skipgate.base.wording import Standing, count, duration, number, standing, symmetry, verdict
from skipgate.errors import InputError
from skipgate.traces.plain import one_line, visible
from skipgate.traces.viewer import ContrastView, TraceView, contrast_view, view
from skipgate.traces.wording import headline

if TYPE_CHECKING:
    from skipgate.app.artifacts import Artifacts
    from skipgate.app.suite import RunReport
    from skipgate.checker.core.result import CheckResult, Findings
    from skipgate.checker.core.trace import Trace

NAME = "index.html"


class ViolationView(TypedDict):
    """What the page has to show of a violation, beside the verdict."""

    file: str
    trace: TraceView
    contrast: ContrastView | None
    files: dict[str, str]


class Link(TypedDict):
    """A violation as the table lists it."""

    id: str
    name: str
    title: str
    expected: bool
    states: str
    picture: str | None


class WitnessLink(TypedDict):
    """A run that is no violation, as the table lists it; `kind` says what it is."""

    id: str
    kind: str
    name: str
    title: str
    states: str
    picture: str | None


class Row(TypedDict):
    """A check as the table lists it."""

    file: str
    model: str
    check: str
    description: str
    standing: str
    verdict: str
    expected: str
    symmetry: str
    states: str
    generated: str
    depth: str
    seconds: str
    numbers: dict[str, float]
    links: list[Link]
    witnesses: list[WitnessLink]
    problems: list[str]


def publish(report: RunReport, artifacts: Artifacts) -> None:
    """Write the page of a run, and remove what an earlier run wrote into its folder and this one did not.

    Without a folder nothing is done. What cannot be written is a trouble of the artifacts.
    """
    if artifacts.folder is not None:
        deposit(page(report, artifacts), artifacts, complete=not report.interrupted)


def deposit(text: str, artifacts: Artifacts, *, complete: bool) -> None:
    """Write a page, and remove what an earlier run wrote and a `complete` one did not."""
    from skipgate.spec.files import write_atomically

    assert artifacts.folder is not None
    path = artifacts.folder / NAME
    try:
        write_atomically(path, text)
    except OSError as error:
        artifacts.troubles.append(f"{path} cannot be written: {reason(error)}")
        return
    artifacts.page = path
    try:
        manifest.record(artifacts.folder, [*artifacts.written, path], complete=complete)
    except InputError as error:
        artifacts.troubles.append(str(error))


def page(report: RunReport, artifacts: Artifacts) -> str:
    """The page of a run as HTML. Pictures and traces are linked from it, relative to the folder of the artifacts."""
    from skipgate.app.reports.text import notes, summary

    content = Content(artifacts)
    return content.page(
        [content.row(check) for check in report.checks],
        summary=summary(report),
        notes=notes(report),
        problems=[fault for fault in faults(report) if fault.kind != "note"],
        coverage=[
            coverage_view(f"{check.model}/{check.check}", check.coverage)
            for check in report.checks
            if check.coverage is not None
        ],
    )


class Content:
    """Collects what the page shows."""

    def __init__(self, artifacts: Artifacts) -> None:
        self.artifacts = artifacts
        self.sources = Sources()
        self.violations: dict[str, ViolationView] = {}

    def page(
        self,
        rows: list[Row],
        *,
        summary: str,
        notes: Sequence[str] = (),
        problems: Sequence[Fault] = (),
        coverage: Sequence[CoverageView] = (),
    ) -> str:
        """A page of these rows, and of what they refer to, as HTML."""
        from skipgate import __version__

        return rendered(
            "report.html.jinja",
            "report.js",
            version=__version__,
            summary=summary,
            notes=notes,
            rows=rows,
            problems=problems,
            standings={kind: sum(row["standing"] == kind for row in rows) for kind in get_args(Standing)},
            violations=sum(len(row["links"]) for row in rows),
            data=self.violations,
            coverage=coverage,
            sources={"models": self.sources.models, "texts": self.sources.texts},
        )

    def row(self, result: CheckResult) -> Row:
        """A check."""
        return {
            "file": visible(result.file),
            "model": visible(result.model),
            "check": visible(result.check),
            "description": one_line(result.description or ""),
            "standing": standing(result),
            "verdict": verdict(result),
            "expected": visible(str(result.expected)),
            "symmetry": symmetry(result.symmetry),
            "states": number(result.distinct),
            "generated": number(result.generated),
            "depth": number(result.depth),
            "seconds": "kept" if result.kept else duration(result.seconds),
            "numbers": {"states": result.distinct, "depth": result.depth, "seconds": round(result.seconds, 3)},
            "links": [self.link(result, name) for name in result.violated],
            "witnesses": [self.witness(result, trace, "reached:") for trace in result.witnesses.values()],
            "problems": [one_line(problem) for problem in result.problems],
        }

    def link(self, result: Findings, name: str) -> Link:
        """A violation, which the viewer shows if there is a trace."""
        found = result.properties[name]
        trace = found.trace
        identity, files = self.entry(result, name, trace)
        return {
            "id": identity,
            "name": visible(name),
            "title": visible(name) if trace is None else headline(trace),
            "expected": name not in {each.name for each in unexpected(result)},
            "states": "" if trace is None else count(len(trace), "state"),
            "picture": files.get("svg"),
        }

    def witness(self, result: Findings, trace: Trace, kind: str) -> WitnessLink:
        """A run that is no violation."""
        identity, files = self.entry(result, trace.property, trace)
        return {
            "id": identity,
            "kind": kind,
            "name": visible(trace.property),
            "title": headline(trace),
            "states": count(len(trace), "state"),
            "picture": files.get("svg"),
        }

    def entry(self, result: Findings, name: str, trace: Trace | None) -> tuple[str, dict[str, str]]:
        """What the viewer shows of a trace, if there is one: under which name, and which files there are of it."""
        identity = "/".join(map(visible, (result.file, result.check, name)))
        files = {what: self.relative(path) for what, path in self.artifacts.files(result, name).items()}
        if trace is not None:
            contrast = self.artifacts.contrast(result, name)
            self.sources.add(result.file)
            self.violations[identity] = {
                "file": visible(result.file),
                "trace": view(trace),
                "contrast": None if contrast is None else contrast_view(contrast),
                "files": files,
            }
        return identity, files

    def relative(self, path: Path) -> str:
        """A file as the page refers to it."""
        assert self.artifacts.folder is not None
        return path.relative_to(self.artifacts.folder).as_posix()
