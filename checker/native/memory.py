"""Memory for rows: reserved as address space at once, taken from the machine page by page as it is first touched.

So a table or a store can be as large as the machine allows without being moved when it grows.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
from contextlib import suppress
from pathlib import Path

WORD = 8  # bytes
_FEW = 2**16  # words that are overwritten faster than given back
_NORESERVE = getattr(mmap, "MAP_NORESERVE", 0x4000 if sys.platform == "linux" else 0)  # in Python since 3.13


class Rows:
    """So many words, all 0 at first.

    Raises:
        OSError: there is not so much address space to be had.
    """

    def __init__(self, words: int) -> None:
        size = -(-words * WORD // mmap.PAGESIZE) * mmap.PAGESIZE
        self.words = words
        if sys.platform == "win32":
            self._map = mmap.mmap(-1, size)
        else:
            # Without NORESERVE the system may refuse more than there is memory, although most is never touched.
            self._map = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NORESERVE)
        self._advise("MADV_HUGEPAGE", 0, size)
        self.view = memoryview(self._map).cast("q")
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self._map))

    def clear(self, words: int) -> None:
        """Make the first words 0 again, and give their memory back until they are touched."""
        size = -(-words * WORD // mmap.PAGESIZE) * mmap.PAGESIZE
        # Elsewhere than on Linux the advice may leave the contents as they are.
        if words <= _FEW or sys.platform != "linux" or not self._advise("MADV_DONTNEED", 0, size):
            ctypes.memset(self.address, 0, words * WORD)

    def _advise(self, name: str, start: int, length: int) -> bool:
        """Tell the operating system something, if it knows of such a thing."""
        with suppress(OSError, ValueError, AttributeError):
            self._map.madvise(getattr(mmap, name), start, length)
            return True
        return False


def available() -> int:
    """How many bytes of memory a process may still take: of the machine, and of the control group it runs in."""
    found = [_machine()]
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        with suppress(OSError, ValueError):  # "max" is no number
            found.append(int(Path(limit).read_text()) - int(Path(used).read_text()))
    return max(0, min(found))


def _machine() -> int:
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("MemAvailable:")).split()[1]) * 1024
    with suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return 4 * 2**30
