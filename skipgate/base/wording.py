"""How numbers, durations and verdicts are put into words, the same in every format."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import factorial, prod
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from skipgate.checker.core.result import CheckResult

Standing = Literal["expected", "differs", "unknown"]


def standing(result: CheckResult) -> Standing:
    """How a verdict compares with its expectation. A difference stays one in a search cut short."""
    if result.problems:
        return "differs"
    if result.verdict == "unknown" or not result.as_expected:
        return "unknown"
    return "expected"


def verdict(result: CheckResult) -> str:
    """The verdict and how it compares, in a word or two."""
    match standing(result):
        case "differs":
            return f"differs: {_word(result)}"
        case "unknown":
            return "unknown"
        case "expected":
            return _word(result) if result.verdict == "holds" else f"{result.verdict}, expected"


def _word(result: CheckResult) -> str:
    """The verdict; `proved` rather than `holds` if it is for all values."""
    return "proved" if result.verdict == "holds" and result.engine == "z3" else result.verdict


def number(value: float) -> str:
    """`1,234`."""
    return f"{value:,.0f}"


def count(value: int, noun: str) -> str:
    """`1 check`, `2 checks`."""
    return f"{number(value)} {noun}{'' if value == 1 else 's'}"


def left_out(tags: Collection[Collection[str]]) -> str:
    """How many checks were not run for their tags: `2 checks tagged deep left out`."""
    return f"{count(len(tags), 'check')} tagged {', '.join(sorted({tag for own in tags for tag in own}))} left out"


def symmetry(sorts: Mapping[str, int]) -> str:
    """How many states may count as one: `Node 3! = 6`, `Node 3!, Key 2! = 12`."""
    if not sorts:
        return ""
    orders = prod(factorial(size) for size in sorts.values())
    return f"{', '.join(f'{name} {size}!' for name, size in sorts.items())} = {number(orders)}"


def duration(seconds: float) -> str:
    """Short, and no more precise than of use: `0.12s`, `12.3s`, `2m03s`, `1h05m`."""
    if seconds < 9.995:
        return f"{seconds:.2f}s"
    if seconds < 99.95:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m{rest:02}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m"


def size(octets: int) -> str:
    """Memory in the unit in which it is a number of few digits: `84 MiB`, `1.2 GiB`."""
    mebi = octets / 2**20
    return f"{mebi:.0f} MiB" if mebi < 1000 else f"{mebi / 1024:.1f} GiB"
