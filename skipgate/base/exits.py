"""What the process ends with. Scripts rely on these numbers: a new meaning gets a new one."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """An exit status."""

    OK = 0  # every verdict is the expected one
    DIFFERS = 1  # some verdict is not
    USAGE = 2  # the input or the call is wrong
    UNKNOWN = 3  # nothing differs, but some search ended before it was complete
    INTERNAL = 70  # a bug in skipgate itself (EX_SOFTWARE of sysexits.h)
    INTERRUPTED = 130  # 128 + SIGINT, as shells count
