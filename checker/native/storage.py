"""What a long search may be asked to do with its states, beyond keeping them in memory."""

from __future__ import annotations

_BITS = 63  # of a hash that tell two states apart in fingerprint mode


def chance_of_omission(distinct: int, words: int) -> float:
    """How likely it is that two of so many states have the same fingerprint, so that one was left out, at most.

    The birthday bound, for a hash that behaves like a random function. A state of one word is its own fingerprint.
    """
    return 0.0 if words == 1 else min(1.0, distinct * (distinct - 1) / 2 / 2**_BITS)
