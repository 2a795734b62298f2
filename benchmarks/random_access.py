"""How fast the machine reads memory at random: the limit of every search that looks each successor up in a table.

`python -m benchmarks.random_access WORDS THREADS` prints the number of reads in a second, as JSON: independent ones,
and such as depend on each other.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.process import Runner
from benchmarks.record import Accesses
from benchmarks.workloads import HERE

_READS = 20_000_000
_REPETITIONS = 3
_WORD = 8  # bytes


def measure(runner: Runner, size: int, threads: int) -> Accesses:
    """Reads of a table of so many words, a power of two, by so many threads at once. In a process of its own.

    Raises:
        ProcessError: there is no native engine here.
    """
    command = [sys.executable, "-m", "benchmarks.random_access", str(size), str(threads)]
    done = runner(command, environment={"PYTHONPATH": str(HERE.parent)})
    try:
        independent, dependent = json.loads(done.text)
    except ValueError:
        raise done.refuse("cannot measure random access") from None
    return Accesses(size * _WORD, threads, independent, dependent)


def _measure(size: int, threads: int) -> tuple[float, float]:
    from skipgate.checker.native.language import Signature, SourceText
    from skipgate.checker.native.language_check import check_program
    from skipgate.checker.native.machine import MachineCode, machine_code
    from skipgate.checker.native.memory import MappedRow

    text = Path(__file__).with_name("random_access_kernels.py").read_text(encoding="utf-8")
    exported = {
        "fill": Signature(("row", "int")),
        "independent": Signature(("row", "int", "int", "int")),
        "dependent": Signature(("row", "int", "int", "int")),
    }
    code = MachineCode(machine_code(check_program([SourceText("random_access", text)]), exported), exported)
    table = MappedRow(size)
    code.functions["fill"](table.address, size)

    def best(name: str, reads: int) -> float:
        return max(_rate(code.functions[name], table.address, size, threads, reads) for _ in range(_REPETITIONS))

    return best("independent", _READS), best("dependent", _READS // 10)


def _rate(function: Callable[..., int], table: int, size: int, threads: int, reads: int) -> float:
    """Machine code runs without the interpreter's lock, so threads are threads."""
    workers = [
        threading.Thread(target=function, args=(table, size - 1, reads, number * 1_234_567 + 1))
        for number in range(threads)
    ]
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return threads * reads / (time.perf_counter() - started)


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]), int(sys.argv[2]))))
