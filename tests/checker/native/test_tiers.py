"""Which engine searches, and what that needs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import compilation, compile_process, machine, tiers, units
from skipgate.checker.native.engine import NoMemory, unit
from skipgate.checker.search.explore import explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from skipgate.spec.diagnostics import SpecError
from tests.checker.native.harness import facts, kernels_of

MODELS = Path(__file__).parents[3] / "models"
# 20,000 states in 20,000 levels, and a violation at the end.
LONG = """
var x : 0..19999 = 0
action more when x < 19999 then x' = x + 1
invariant Below x < 19990
terminal when x == 19999
check c expect violation of Below
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of its own for each test."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("SKIPGATE_CACHE", str(folder))
    return folder


@pytest.fixture
def long() -> Kernels:
    return kernels_of(LONG)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_BEFORE_LOADING", "_BEFORE_COMPILING"):
        monkeypatch.setattr(compilation, name, 0.0)


def keep(program: units.CompilationUnit) -> None:
    """Have its machine code in the cache folder."""
    assert program.file is not None
    units.save(program.file, units.pack(program.compile()))


def modules_after(code: str) -> set[str]:
    command = [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_a_small_search_imports_nothing_of_the_engine() -> None:
    model = MODELS / "examples" / "die_hard.gate"
    # However slow this machine is.
    small = "from skipgate.checker.native import compilation; compilation._BEFORE_LOADING = float('inf')"
    loaded = modules_after(f"{small}\nfrom skipgate.checker.checks.files import check_file; check_file({str(model)!r})")
    assert "skipgate.checker.native.tiers" in loaded
    assert not {name for name in loaded if name.startswith(("llvmlite", "numpy"))}
    assert not loaded & {
        "skipgate.checker.native.engine",
        "skipgate.checker.native.units",
        "skipgate.checker.native.compile_process",
    }


@pytest.mark.parametrize("engine", ["auto", "native", "python"])
@pytest.mark.parametrize("file", ["examples/die_hard.gate", "examples/mutual_exclusion.gate"])
def test_checks_have_the_same_outcome(engine: tiers.EngineName, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilation, "_BEFORE_LOADING", float("inf"))  # the checks are small, however slow the machine
    result = check_file(MODELS / file, RunOptions(engine=engine, threads=2))
    plain = check_file(MODELS / file, RunOptions(engine="python"))
    for ours, theirs in zip(result.checks, plain.checks, strict=True):
        assert ours.engine == ("native" if engine == "native" else "python")
        assert ours.properties == theirs.properties
        assert (ours.distinct, ours.generated, ours.depth) == (theirs.distinct, theirs.generated, theirs.depth)
        assert (ours.verdict, ours.problems, ours.fired) == (theirs.verdict, theirs.problems, theirs.fired)


@pytest.mark.usefixtures("at_once")
def test_a_search_is_taken_over_when_its_code_is_ready(long: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    searched = []

    def ready(self: tiers._EngineSwitch, states: int) -> bool:
        working = self.compilation.process
        if working is not None and not searched:
            working.process.wait()  # rather than search on
            searched.append(working)
        return original(self, states)

    original = tiers._EngineSwitch.ready
    monkeypatch.setattr(tiers._EngineSwitch, "ready", ready)
    found = tiers.explore(long, SearchOptions(threads=2))
    assert found.engine == "native"
    assert facts(found) == facts(explore(long))
    assert searched and searched[0].answer.closed


@pytest.mark.usefixtures("at_once")
def test_code_of_an_earlier_run_is_used(long: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(unit(long))
    monkeypatch.setattr(compile_process, "CompilerProcess", None)
    monkeypatch.setattr(machine, "machine_code", None)
    assert tiers.explore(long).engine == "native"


@pytest.mark.usefixtures("at_once")
def test_without_a_cache(long: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKIPGATE_CACHE", "")
    assert unit(long).file is None and not unit(long).cached
    assert facts(tiers.explore(long)) == facts(explore(long))
    assert tiers.explore(long, SearchOptions(engine="native")).engine == "native"


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("trouble", ["no such program", "it fails", "no memory"])
def test_cpython_goes_on_if_there_is_no_code(long: Kernels, monkeypatch: pytest.MonkeyPatch, trouble: str) -> None:
    if trouble == "no such program":
        monkeypatch.setattr(sys, "executable", "/nonexistent")
    elif trouble == "it fails":
        monkeypatch.setattr(compile_process, "_START", "raise SystemExit(1)")
    else:
        keep(unit(long))

        def none(*_: object, **__: object) -> None:
            raise NoMemory("none")

        monkeypatch.setattr("skipgate.checker.native.engine.Engine", none)
    found = tiers.explore(long)
    assert found.engine == "python"
    assert facts(found) == facts(explore(long))


def test_a_native_search_says_what_is_missing(long: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "skipgate.checker.native.machine", None)
    with pytest.raises(SpecError, match="no machine code for the native engine: llvmlite cannot be used"):
        tiers.explore(long, SearchOptions(engine="native"))


def test_limits_hold_under_every_engine(long: Kernels) -> None:
    for engine in ("auto", "python", "native"):
        found = tiers.explore(long, SearchOptions(engine=engine, budget=Budget(max_states=5000)))  # type: ignore[arg-type]
        assert found.stopped == "the limit of 5000 states was passed"
        found = tiers.explore(long, SearchOptions(engine=engine, budget=Budget(max_memory=1)))  # type: ignore[arg-type]
        assert found.stopped is not None and found.stopped.startswith("the memory limit of ")


# ------------------------------------------------------------------------------------------------------------ the cache


def test_damaged_files_are_made_again(long: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    program = unit(long)
    keep(program)
    assert program.file is not None
    whole = program.file.read_bytes()
    for damaged in (b"", whole[:100], whole[:-1], whole[:50] + b"x" + whole[51:]):
        program.file.write_bytes(damaged)
        assert units.load(program.file) is None
        keep(program)
        assert units.load(program.file) == whole[32:]
    monkeypatch.setattr(machine, "environment", lambda: "another processor")
    assert units.load(program.file) is None


def test_names_depend_on_everything(long: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    program = unit(long)
    other = units.CompilationUnit(program.texts, program.exported, {**program.constants, "WORDS": 2})
    assert other.name != program.name
    assert units.CompilationUnit(program.texts[:1], program.exported, program.constants).name != program.name
    monkeypatch.setattr(units, "_surroundings", lambda: (b"another version",))
    assert unit(long).name != program.name


def test_files_that_were_not_used_for_long_are_removed(
    long: Kernels, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    monkeypatch.setattr(units, "_KEPT", 3)
    cache.mkdir(exist_ok=True)
    for i in range(5):
        for name in (f"kernels-{i}.o", f"kernels-{i}.part"):
            (cache / name).write_bytes(b"")
            os.utime(cache / name, (i, i))
    keep(unit(long))
    left = {file.name for file in cache.iterdir() if file.is_file()}
    assert left == {"kernels-3.o", "kernels-4.o", unit(long).name}


def test_runs_at_the_same_time(long: Kernels, cache: Path) -> None:
    """Many processes compile the same program; all get it whole, and one makes it."""
    jobs = [compile_process.CompilerProcess(unit(long)) for _ in range(6)]
    codes = set()
    for job in jobs:
        job.process.wait()
        codes.add(job.code())
        job.stop()
    assert len(codes) == 1 and None not in codes
    assert [file.name for file in cache.iterdir() if file.is_file()] == [unit(long).name]


def test_a_process_can_be_stopped(long: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile_process, "_START", "import signal; signal.pause()")
    started = compile_process.CompilerProcess(unit(long))
    assert started.process.poll() is None
    started.stop()
    assert started.process.poll() is not None


@pytest.mark.usefixtures("at_once")
def test_a_crash_of_llvm_is_a_note(long: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile_process, "_START", "import os; os.abort()")
    found = tiers.explore(long)
    if found.notes:  # it may be over before the process is
        assert found.notes == ["machine code was not used: LLVM crashed (SIGABRT)"]
    with pytest.raises(SpecError, match=r"no machine code for the native engine: LLVM crashed \(SIGABRT\)"):
        tiers.explore(long, SearchOptions(engine="native"))


@pytest.mark.usefixtures("at_once")
def test_a_compilation_that_is_late_goes_on(long: Kernels, monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setattr(compilation, "_WORTH_FINISHING", 0.0)
    late = compilation.Compilation(lambda: unit(long))
    assert late.poll() is None
    assert late.process is not None
    process = late.process.process
    late.close()
    assert late.note is not None and "was not finished" in late.note and "goes on for the next run" in late.note
    assert process.wait(600) == 0
    assert units.load(cache / unit(long).name) is not None


def test_too_little_address_space(long: Kernels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skipgate.checker.native.memory.address_space_left", lambda: 2**28)
    code = compilation.Compilation(lambda: unit(long))
    assert code.now() is None
    assert code.problem == "only 256 MiB of address space are left (see `ulimit -v`)"


@pytest.fixture(autouse=True)
def no_worker_is_left_behind() -> Iterator[None]:
    yield
    left = subprocess.run(["ps", "-o", "args=", "--ppid", str(os.getpid())], capture_output=True, text=True)
    assert "skipgate.checker.native.compile_process" not in left.stdout
