"""What takes long, in a process of its own that the server can end: lint, and runs of checks.

It gets one request as a line of JSON on standard input, and writes what it finds as lines of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skipgate.errors import InputError
from skipgate.spec.confinement import allowed
from skipgate.spec.diagnostics import Diagnostic, SpecError
from skipgate.spec.loader import all_contents
from skipgate.spec.passes import read

if TYPE_CHECKING:
    from skipgate.checker.core.result import CheckResult
    from skipgate.checker.search.limits import Progress

Say = Callable[[Mapping[str, Any]], None]


def main() -> None:
    """Obey one request. Nothing else may write to standard output, so that goes to standard error."""
    lines = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(what: Mapping[str, Any]) -> None:
        lines.write(json.dumps(what) + "\n")
        lines.flush()

    request = json.loads(sys.stdin.readline())
    with _texts(request):
        if request["do"] == "examine":
            _examine(request["file"], say)
        else:
            _check(request["file"], request["check"], Path(request["folder"]), say)


@contextmanager
def _texts(request: Mapping[str, Any]) -> Iterator[None]:
    """Let files have the texts that they have in the editor."""
    contents = {Path(name): text.encode("utf-8", "surrogatepass") for name, text in request["contents"].items()}
    with all_contents(contents), allowed(*map(Path, request["roots"])):
        yield


# ---------------------------------------------------------------------------------------------- what lint finds


def _examine(file: str, say: Say) -> None:
    """What is wrong with the checks of a file, what lint finds, and the types of the variables in each check."""
    from skipgate.checker.checks.options import RunOptions
    from skipgate.checker.checks.preparation import ready_file
    from skipgate.checker.elaborate.elaborate import elaborate
    from skipgate.checker.smt.lint import lint

    with suppress(OSError):
        os.nice(10)  # whoever types comes first
    try:
        spec = read(file)
        models = [elaborate(spec, check) for check in spec.checks]
        ready_file(spec, replace(RunOptions(), discharge=False))
    except SpecError as problem:
        for diagnostic in problem.diagnostics:
            say(_finding("error", diagnostic))
        return
    for model in models:
        types = {variable.name: str(variable.type) for variable in model.variables}
        say({"check": model.check.name.text, "types": types})
    for found in lint(models):
        if not found.minor:
            say(_finding(found.level, found.diagnostic))


def _finding(level: str, diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.span
    place = None if span is None else {"file": span.source.name, "start": span.start, "end": span.end}
    return {"level": level, "message": diagnostic.message, "hint": diagnostic.hint, "place": place}


# --------------------------------------------------------------------------------------------- what a check finds


def _check(file: str, check: str, folder: Path, say: Say) -> None:
    """Run a check, say how far it has come, draw what is violated, and say what came of it."""
    from skipgate.app.artifacts import draw
    from skipgate.app.contrasts import Contrasts
    from skipgate.checker.checks.files import check_file
    from skipgate.checker.checks.options import RunOptions

    def report(progress: Progress) -> None:
        say({"states": progress.distinct, "depth": progress.depth, "seconds": progress.seconds})

    try:
        (result,) = check_file(read(file), RunOptions(), only=check, report=report).checks
    except InputError as problem:
        say({"verdict": "error", "standing": "unknown", "message": str(problem).splitlines()[0], "violated": []})
        return
    drawn = draw(result, folder, Contrasts(), ("svg", "itf"))
    pictures = {name: str(files["svg"]) for name, files in drawn.files.items() if "svg" in files}
    say(_outcome(result, pictures))


def _outcome(result: CheckResult, pictures: Mapping[str, str]) -> dict[str, Any]:
    from skipgate.base.wording import count, standing, verdict

    violated = []
    for name in result.violated:
        trace = result.properties[name].trace
        length = None if trace is None else len(trace.steps)
        violated.append({"name": name, "length": length, "picture": pictures.get(name)})
    shown = ", ".join(f"{each['name']} ({each['length']})" for each in violated)
    said = [verdict(result), *([shown] if shown else []), count(result.distinct, "state")]
    return {
        "verdict": result.verdict,
        "standing": standing(result),
        "message": ", ".join([*said, *([result.stopped] if result.stopped else []), *result.problems]),
        "violated": violated,
    }


if __name__ == "__main__":
    main()
