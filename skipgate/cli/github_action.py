"""The script of the GitHub action: from the event to a call of `skipgate gate`, and from its outcome to the reviewers.

Everything comes from the environment. The exit status is that of the gate.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skipgate.app.reports.github import escape_data
from skipgate.base.exits import Exit


@dataclass(frozen=True)
class Event:
    """What a workflow runs for."""

    base: str | None
    number: int | None = None  # of the pull request


def read_event(environment: Mapping[str, str]) -> Event:
    """What the change is to be compared with, as far as the event says."""
    try:
        payload = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_bytes())
    except (KeyError, OSError, ValueError):
        return Event(None)
    pull = payload.get("pull_request")
    if isinstance(pull, dict):
        return Event(_text(pull, "base", "sha"), pull.get("number") if isinstance(pull.get("number"), int) else None)
    queue = payload.get("merge_group")
    if isinstance(queue, dict):
        return Event(_text(queue, "base_sha"))
    before = _text(payload, "before")
    if before is not None and set(before) == {"0"}:  # a new branch: compared with where branches are merged into
        default = _text(payload, "repository", "default_branch")
        return Event(f"origin/{default}" if default else before)
    return Event(before)


def _text(value: Any, *path: str) -> str | None:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def arguments(environment: Mapping[str, str], event: Event, reports: Path) -> list[str]:
    """The call of `skipgate gate`."""
    given = {name: environment.get(f"SKIPGATE_{name}", "").strip() for name in _OPTIONS}
    base = given["BASE"] or event.base
    if not base:
        raise ValueError("this event does not say what the change is to be compared with; set the input `base`")
    call = ["gate", f"--repo={environment.get('GITHUB_WORKSPACE') or '.'}", f"--base={base}"]
    call.append(f"--head={given['HEAD'] or 'HEAD'}")
    call += [f"{option}={given[name]}" for name, option in _OPTIONS.items() if option and given[name]]
    if environment.get("SKIPGATE_ALL_CHECKS", "").strip() == "true":
        call.append("--all-checks")
    call += [f"--report={kind}={reports / name}" for kind, name in REPORTS.items()]
    call += [f"--out={reports / 'traces'}", "--format=github", "--"]
    models = environment.get("SKIPGATE_MODELS", "").splitlines()
    return [*call, *(line.strip() for line in models if line.strip())]


_OPTIONS = {
    "BASE": None,
    "HEAD": None,
    "LOCK": "--lock",
    "TIME_LIMIT": "--time-limit",
    "TOTAL_TIME": "--total-time",
    "MAX_STATES": "--max-states",
}
REPORTS = {"markdown": "gate.md", "json": "gate.json", "sarif": "gate.sarif", "junit": "gate.xml"}


def main() -> int:
    """Run the gate for the event at hand; its exit status."""
    environment = os.environ
    event = read_event(environment)
    reports = Path(environment.get("RUNNER_TEMP") or ".").absolute() / "skipgate-reports"
    reports.mkdir(parents=True, exist_ok=True)
    said = io.StringIO()
    try:
        call = arguments(environment, event, reports)
    except ValueError as error:
        said.write(f"{error}\n")
        status = int(Exit.USAGE)
    else:
        with _copied(said):
            status = _run(call)
    report = reports / "gate.md"
    if not report.is_file():
        # Without a judgement there is at least the reason.
        print(f"::error title=skipgate::{escape_data(said.getvalue().strip())}")
        report.write_text(_no_judgement(said.getvalue()), encoding="utf-8")
    with report.open("a", encoding="utf-8") as file:
        file.write(_where_the_page_is(environment, reports))
    _append(environment, "GITHUB_STEP_SUMMARY", report.read_text(encoding="utf-8"))
    # The keys and values are ours: nothing of the repository could end a line here.
    outputs = {"passed": "true" if status == 0 else "false", "exit-status": str(status), "reports": str(reports)}
    _append(environment, "GITHUB_OUTPUT", "".join(f"{key}={value}\n" for key, value in outputs.items()))
    if environment.get("SKIPGATE_COMMENT", "true").strip().lower() == "true" and event.number is not None:
        from skipgate.gate.comment import Refused, post

        try:
            post(report.read_text(encoding="utf-8"), event.number, environment)
        except Refused as error:
            # A pull request from a fork comes with a token that may not write. That is as it should be.
            print(f"::notice title=skipgate::no comment was written ({escape_data(str(error))}); see the job summary")
    return status


def _where_the_page_is(environment: Mapping[str, str], reports: Path) -> str:
    """Where to look at violations step by step: the page is among the artifacts of this run. Empty without a page."""
    server, repository, run = (environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if not (reports / "traces" / "index.html").is_file() or not (server and repository and run.isdigit()):
        return ""
    address = f"{server}/{repository}/actions/runs/{run}#artifacts"
    return f"\nTo look at each step in a browser: `traces/index.html` in the [artifacts of this run]({address}).\n"


def _run(call: list[str]) -> int:
    from skipgate.cli.main import cli

    try:
        cli.main(args=call, prog_name="skipgate")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(Exit.INTERNAL)
    return int(Exit.OK)


@contextlib.contextmanager
def _copied(copy: io.StringIO) -> Iterator[None]:
    """Keep a copy of what is said on standard error."""

    class Both(io.TextIOBase):
        def write(self, text: str) -> int:
            copy.write(text)
            return sys.__stderr__.write(text) if sys.__stderr__ is not None else len(text)

        def isatty(self) -> bool:
            return False

    with contextlib.redirect_stderr(Both()):
        yield


def _no_judgement(said: str) -> str:
    from skipgate.base.markup import block
    from skipgate.gate.report_markdown import MARKER

    return f"{MARKER}\n## ❌ The gate could not judge this change\n\n{block(said.strip() or 'see the log')}\n"


def _append(environment: Mapping[str, str], variable: str, text: str) -> None:
    path = environment.get(variable)
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    sys.exit(main())
