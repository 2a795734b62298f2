"""Numbers as a reader wants them, and tables of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from benchmarks.spread import Spread


def duration(value: float) -> str:
    """Seconds, to about three digits."""
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3}f}"


def times(value: float) -> str:
    """How many times, to about three digits."""
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f}"


def size(value: float) -> str:
    """Bytes, in the unit that gives a whole number for a power of two."""
    for unit, bytes_ in (("GiB", 2**30), ("MiB", 2**20)):
        if value >= bytes_:
            return f"{value / bytes_:.0f} {unit}"
    return f"{value / 2**10:.0f} KiB"


def spread(values: Spread | None, show: Callable[[float], str]) -> str:
    """The median, and from the lowest to the highest where they differ as shown; a dash if there are no values."""
    if values is None:
        return "-"
    middle, low, high = show(values.middle), show(values.low), show(values.high)
    return middle if low == high else f"{middle} ({low}-{high})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1) -> str:
    """A table in Markdown; so many columns are text, the others numbers."""
    rules = ["---"] * texts + ["---:"] * (len(head) - texts)
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, rules, *rows])
