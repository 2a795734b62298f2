"""What happens before a search can begin, and how long each part takes: measured in a process of its own.

`python -m benchmarks.phases MODEL [CHECK ...]` prints the seconds of each part for each check, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.process import Runner
from benchmarks.record import Phases
from benchmarks.skipgate_engines import bytecode
from benchmarks.workloads import MODELS

if TYPE_CHECKING:
    from skipgate.checker.kernel.kernels import Kernels


def all_phases(runner: Runner, cache: Path) -> list[Phases]:
    """The phases of every check of every shipped model that is searched; some are only proved."""
    environment = bytecode(cache) | {"SKIPGATE_CACHE": str(cache)}
    command: list[str | Path] = [sys.executable, "-m", "benchmarks.phases"]
    models = sorted(MODELS.rglob("*.gate"))
    runner([*command, models[0]], environment=environment)  # so that the parse tables are there
    found = []
    for model in models:
        done = runner([*command, model], environment=environment)
        try:
            for check, (seconds, lines) in json.loads(done.text).items():
                found.append(Phases(model.stem, check, seconds, lines))
        except ValueError:
            raise done.refuse("no phases") from None
    return found


def _measure(model: Path) -> dict[str, tuple[dict[str, float], int]]:
    clock = _Clock()
    from skipgate.checker.checks.preparation import bounded, prepare
    from skipgate.checker.core.expectations import wants_search
    from skipgate.spec.passes import read

    clock.note("import")
    spec = read(model)
    clock.note("read")
    found = {}
    for check in filter(wants_search, spec.checks):
        before = dict(clock.seconds)
        prepare(bounded(spec, check), discharge=True)
        clock.note("prove")
        elaborated = bounded(spec, check)
        clock.note("elaborate")
        kernels = prepare(elaborated, discharge=True)
        clock.note("generate kernels")
        if _compile(kernels):
            clock.note("compile")
        found[check.name.text] = clock.seconds, kernels.text.count("\n")
        clock.seconds = before
    return found


def _compile(kernels: Kernels) -> bool:
    """Compile the search of a model as the native engine does, if there is one; what is cached does not count."""
    try:
        from skipgate.checker.native.engine import unit
        from skipgate.checker.native.machine import (  # noqa: F401  # its import belongs to the start of the first
            machine_code,
        )
    except ImportError:
        return False
    unit(kernels).compile()
    return True


class _Clock:
    """The seconds between one note and the next."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last = time.perf_counter()

    def note(self, what: str) -> None:
        now = time.perf_counter()
        self.seconds[what] = now - self.last
        self.last = now


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]))))
