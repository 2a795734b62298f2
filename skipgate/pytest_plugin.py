"""`pytest models/`: every .gate file is a test file, every check of it a test.

`--gate-tag` runs those with a tag too, `--gate-unknown skip` skips what could not be decided.

The plugin is loaded wherever skipgate is installed, so it imports nothing of it before there is a .gate file to run. A
folder of files that are no tests is left out as for any other kind of test file, by `collect_ignore_glob` in its
conftest.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest._code.code import ExceptionInfo, TerminalRepr

    from skipgate.checker.core.result import CheckResult, FileResult

WHOLE = "[file]"  # the test of what concerns no single check, such as an action that never happens


class GateFailure(Exception):
    """A verdict is not the expected one; the message is the report."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--gate-tag` and `--gate-unknown`."""
    group = parser.getgroup("skipgate")
    group.addoption(
        "--gate-tag",
        metavar="TAG",
        action="append",
        default=[],
        help="also run the checks of .gate files with this tag",
    )
    group.addoption(
        "--gate-unknown",
        choices=("fail", "skip"),
        default="fail",
        help="what becomes of a check of a .gate file whose search ended before its end (default: %(default)s)",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take every .gate file for a test file."""
    if file_path.suffix != ".gate":
        return None
    return GateFile.from_parent(parent, path=file_path)


class GateFile(pytest.File):
    """A model. A file without checks, which others import, has no tests."""

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each check, and one for the file as a whole."""

        from skipgate.cli.choice import check_tags
        from skipgate.spec.confinement import allowed
        from skipgate.spec.diagnostics import SpecError

        try:
            with allowed(self.config.rootpath):
                checks = check_tags(self.path)
        except SpecError as error:
            raise self.CollectError(_words(error)) from None
        wanted = self.config.getoption("--gate-tag")
        for name, tags in checks.items():
            check = GateCheck.from_parent(self, name=name)
            if tags and not set(tags) & set(wanted):
                check.add_marker(pytest.mark.skip(f"tagged {', '.join(tags)}: run with --gate-tag {tags[0]}"))
            yield check
        if checks:
            yield GateCheck.from_parent(self, name=WHOLE)

    def result(self, name: str) -> tuple[FileResult, CheckResult | None]:
        """The outcome of a check. If all of the file is to be run, and run here, that is done at once."""
        from skipgate.checker.checks.files import check_file

        if not hasattr(self, "_all"):
            self._all: FileResult | None = None
        if self._all is None and (name == WHOLE or self._runs_whole()):
            self._all = check_file(self.path)
        found = self._all
        if found is None or name in found.left_out:
            found = check_file(self.path, only=name)
        return found, next((check for check in found.checks if check.check == name), None)

    def _runs_whole(self) -> bool:
        if hasattr(self.config, "workerinput"):  # pytest-xdist gives the other checks to other processes
            return False
        return any(item.parent is self and item.name == WHOLE for item in self.session.items)


class GateCheck(pytest.Item):
    """A check: passes if its verdict is the expected one. If the search was cut short, there is none, and it fails."""

    def runtest(self) -> None:
        """Run the check, or take its outcome from a run of the whole file."""

        from skipgate.app.reports.failures import report
        from skipgate.spec.confinement import allowed
        from skipgate.spec.diagnostics import SpecError

        assert isinstance(self.parent, GateFile)
        try:
            with allowed(self.config.rootpath):
                whole, check = self.parent.result(self.name)
        except SpecError as error:
            raise GateFailure(_words(error)) from None
        if self.name == WHOLE:
            if whole.problems:
                raise GateFailure("\n".join(whole.problems))
            for each in whole.checks:
                if each.stopped is not None:
                    self.unknown(f"the check {each.check} did not end: {each.stopped}")
        elif check is None:
            raise GateFailure(f"the check {self.name} was not run")
        elif check.problems:
            raise GateFailure(report(check))
        elif not check.as_expected or check.verdict == "unknown":
            self.unknown(check.stopped or "the search was not complete")

    def unknown(self, why: str) -> None:
        """There is no verdict, which must not look like a good one."""
        if self.config.getoption("--gate-unknown") == "skip":
            # Only on request: a verdict that is not there is a failure otherwise.
            pytest.skip(f"unknown: {why}")
        raise GateFailure(
            f"unknown: {why}\nNothing was found, and nothing is proved (`--gate-unknown skip` skips this)."
        )

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: object = None) -> str | TerminalRepr:
        """The report alone if the verdict is the reason: a traceback says nothing then."""
        if isinstance(excinfo.value, GateFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the test is, and what it is called."""
        return self.path, 0, f"{self.path.stem}: {self.name}"


def _words(error: Exception) -> str:
    from skipgate.spec.diagnostics import SpecError

    assert isinstance(error, SpecError)
    return "\n\n".join(diagnostic.render() for diagnostic in error.diagnostics)
