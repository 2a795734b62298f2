"""Random models for as long as there is time: CPython against machine code, and against TLC.

    make long LONG='--seconds 3600 --first 500000'

One process compares one model after another. One comparison in eleven is with TLC, which takes ten times as long. What
two engines disagree on is reported at once, with its model in a folder, and the run goes on. `now.txt` in that folder
names the seed that is looked at, for the case that machine code ends the process.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import os
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from skipgate.checker.checks.preparation import load_check, prepare
from skipgate.checker.search.explore import explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from skipgate.checker.tla.tlc import Tlc
from skipgate.spec.diagnostics import SpecError
from tests.checker.native import test_search as native
from tests.checker.native.harness import SMALL_SCALE, machine_functions, small_scale
from tests.checker.native.large_models import large_model
from tests.checker.tla import second_opinion
from tests.checker.tla import test_against_tlc as tla
from tests.checker.tla.random_checks import Write

MACHINE_CODE, TLC = "machine code", "TLC"
_MOST_STATES = 3000  # of a model that is compared with machine code
_PER_TLC = 10  # comparisons with machine code for each one with TLC
_SAY_EVERY = 60.0  # seconds

Compare = Callable[[int], bool]  # of a seed; false if there was nothing to compare


def large(rng: Random, folder: Path) -> Path:
    """A model with more states than the others, for several threads."""
    path = folder / "low.gate"
    path.write_text(large_model(rng), encoding="utf-8")
    return path


WRITERS: Sequence[Write] = (*(write for write, _ in tla.SORTS), large)


def writer(seed: int) -> Write:
    """What writes the model of a seed."""
    return WRITERS[seed % len(WRITERS)]


def with_machine_code(seed: int) -> bool:
    """Both engines search a model, with several numbers of threads, and handed over at several moments."""
    rng = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = writer(seed)(rng, Path(folder))
        try:
            kernels = prepare(load_check(path, "c"))
        except SpecError:
            return False
    found = explore(kernels, SearchOptions(budget=Budget(max_states=_MOST_STATES)))
    if found.stopped is not None or found.initial_error is not None:
        return False
    if writer(seed) is large:
        with small_scale():
            native.compare(kernels, machine_functions(kernels, **SMALL_SCALE), rng)
    else:
        native.compare(kernels, machine_functions(kernels), rng)
    return True


def with_tlc(tlc: Tlc) -> Compare:
    """CPython and TLC search a model."""
    return lambda seed: bool(tla.compare(writer(seed), Random(seed), tlc))


@dataclass
class LongRun:
    """Compares one seed after another, and counts."""

    comparisons: Mapping[str, Compare]
    folder: Path  # for models on which engines disagree
    began: float = field(default_factory=time.monotonic)
    compared: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)  # refused, too large, or nothing to compare
    failed: list[str] = field(default_factory=list)

    def over(self, seeds: Iterable[int], *, seconds: float, most: int) -> None:
        """Compare until the time is over, or so many models have been compared."""
        said = self.began
        for seed in seeds:
            now = time.monotonic()
            if now - self.began >= seconds or self.compared.total() >= most:
                return
            if now - said >= _SAY_EVERY:
                print(f"{self}; next seed {seed}", flush=True)
                said = now
            self.one(self.due(), seed)

    def due(self) -> str:
        """Which comparison is next."""
        if MACHINE_CODE not in self.comparisons:
            return TLC
        behind = self.compared[TLC] * _PER_TLC < self.compared[MACHINE_CODE]
        return TLC if TLC in self.comparisons and behind else MACHINE_CODE

    def one(self, name: str, seed: int) -> None:
        """Make one comparison."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "now.txt").write_text(f"{name}, seed {seed}\n", encoding="utf-8")
        try:
            (self.compared if self.comparisons[name](seed) else self.left_out)[name] += 1
        except Exception:
            self.compared[name] += 1
            place = self.folder / f"{name.replace(' ', '_')}-{seed}"
            place.mkdir(parents=True, exist_ok=True)
            writer(seed)(Random(seed), place)
            (place / "problem.txt").write_text(traceback.format_exc(), encoding="utf-8")
            self.failed.append(f"{name}, seed {seed}: see {place}")
            print(self.failed[-1], flush=True)

    def __str__(self) -> str:
        parts = [f"{self.compared[each]} with {each} (and {self.left_out[each]} left out)" for each in self.comparisons]
        seconds = time.monotonic() - self.began
        return f"compared {', '.join(parts)} in {seconds:.0f} s; {len(self.failed)} disagreements"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the result is its exit status."""
    parser = argparse.ArgumentParser(prog="long", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=600.0, help="how long")
    parser.add_argument("--models", type=int, default=sys.maxsize, help="how many at most")
    parser.add_argument("--first", type=int, default=int(time.time()), help="the first seed; the others follow it")
    parser.add_argument("--only", choices=[MACHINE_CODE.replace(" ", "-"), TLC.lower()], help="one of the comparisons")
    parser.add_argument("--out", type=Path, default=Path("out/long"), help="a folder for models that show a fault")
    options = parser.parse_args(arguments)
    comparisons: dict[str, Compare] = {}
    with tempfile.TemporaryDirectory() as classes:
        if options.only != TLC.lower():
            comparisons[MACHINE_CODE] = with_machine_code
        if options.only in (None, TLC.lower()) and second_opinion.MISSING is None:
            comparisons[TLC] = with_tlc(second_opinion.fast_tlc(Path(classes)))
        if not comparisons:
            parser.error(f"there is no {second_opinion.MISSING}")
        done = LongRun(comparisons, options.out)
        print(f"seeds from {options.first}", flush=True)
        try:
            done.over(itertools.count(options.first), seconds=options.seconds, most=options.models)
        except KeyboardInterrupt:
            print("interrupted")
    print(done)
    return 1 if done.failed else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ["SKIPGATE_CACHE"] = ""  # nobody parses these models again
    gc.collect()
    gc.freeze()
    sys.exit(main())
