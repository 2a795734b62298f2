"""skipgate's own engines, as many as its command line offers."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import click

from benchmarks.counts import Counts
from benchmarks.engine import MeasuredEngine, Run, demand
from benchmarks.process import Runner
from benchmarks.workloads import HERE, Workload

ROOT = HERE.parent
_THREADS = ("--threads", "--workers", "--jobs")  # whichever there is


class Cache(Enum):
    """What is known from earlier runs."""

    WARM = "run before"  # the same check
    OTHERS = "new model"  # other models have been run: the parse tables of the language are there
    EMPTY = "first run ever"


class SkipgateEngine(MeasuredEngine):
    """`skipgate check` with one of its engines. `folder` keeps what is known from earlier runs."""

    def __init__(
        self,
        runner: Runner,
        folder: Path,
        name: str,
        options: tuple[str, ...],
        threads: int | None = None,
        cache: Cache = Cache.WARM,
    ) -> None:
        self.runner = runner
        self.folder = folder
        self.options = options
        self.threads = threads or (1 if name == "python" else os.cpu_count() or 1)
        self.cache = cache
        self.warms_up = cache is Cache.WARM and name != "python"  # the parse tables are there in any case
        self.family = f"skipgate {name}" + ("" if cache is Cache.WARM else f", {cache.value}")
        self.name = self.family + ("" if threads is None else f", {threads} thread{'s' if threads > 1 else ''}")

    def can_run(self, workload: Workload) -> bool:
        """Every workload is a model of ours."""
        return True

    def measure(self, workload: Workload, folder: Path, limit: float) -> Run:
        """Run `skipgate check` on the workload."""
        model = workload.model
        root: list[str | Path] = []
        if workload.constants:
            # The name does not depend on the folder: compiled kernels may be kept under the text they come from.
            model = folder / "measured.gate"
            model.write_text(workload.specification(), encoding="utf-8")
            root = ["--root", workload.model.parent]
        command: list[str | Path] = [sys.executable, "-m", "skipgate", "check", model, "--check", workload.check]
        command += ["--format", "json", *root, *self.options]
        environment = bytecode(self.folder) | {"SKIPGATE_CACHE": str(self._cache(folder)), "SKIPGATE_RESULTS": ""}
        done = self.runner(command, environment=environment, limit=limit)
        try:
            (result,) = json.loads(done.text)["results"]
        except ValueError:
            raise done.refuse("skipgate gave no result") from None
        if not result["as_expected"]:
            raise done.refuse("the check is not as expected")
        run = Run(
            seconds=done.seconds,
            # It contains the time to compile, where there is something to be compiled.
            search=result["seconds"] if self.cache is Cache.WARM else None,
            processor_seconds=done.processor_seconds,
            peak=done.peak,
            counts=Counts(result["distinct"], result["generated"], result["depth"]),
            violated=result["verdict"] == "violation",
            instructions=done.instructions,
        )
        # Where nobody else searches a model, its own pins are enough.
        return run if workload.counts is None else demand(workload, self, run)

    def _cache(self, folder: Path) -> Path:
        """The folder for what is kept between runs, as full as it is to be."""
        cache = self.folder if self.cache is Cache.WARM else folder / "cache"
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.cache is Cache.OTHERS:
            for tables in self.folder.glob("grammar-*"):
                shutil.copy(tables, cache)
        return cache


def bytecode(cache: Path) -> dict[str, str]:
    """The environment in which Python keeps the compiled modules of this tree, as it does of an installed package."""
    return {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(cache / "bytecode"), "PYTHONDONTWRITEBYTECODE": ""}


def skipgate_engines(runner: Runner, folder: Path) -> Iterator[SkipgateEngine]:
    """One engine for each choice of `--engine`; those that have threads with 1, 2, 4 ... of them."""
    from skipgate.cli.commands.check import command

    options = {text: option for option in command.params for text in option.opts}
    choice = options.get("--engine")
    names = list(choice.type.choices) if choice is not None and isinstance(choice.type, click.Choice) else []
    if not names:
        yield SkipgateEngine(runner, folder, "python", ())
        yield SkipgateEngine(runner, folder, "python", (), cache=Cache.EMPTY)
    threads = next((text for text in _THREADS if text in options), None)
    for name in names:
        given = ("--engine", name)
        if name != "native":
            yield SkipgateEngine(runner, folder, name, given)
        else:
            for count in thread_counts() if threads is not None else []:
                yield SkipgateEngine(runner, folder, name, (*given, str(threads), str(count)), count)
            yield SkipgateEngine(runner, folder, name, given, cache=Cache.OTHERS)
        if name == "auto":
            yield SkipgateEngine(runner, folder, name, given, cache=Cache.EMPTY)


def thread_counts() -> list[int]:
    """1, 2, 4 and so on, up to what this machine has, which comes last in any case."""
    most = os.cpu_count() or 1
    return [*(2**n for n in range(most.bit_length()) if 2**n < most), most]
