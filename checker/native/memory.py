"""Memory for rows: reserved as address space at once, taken from the machine page by page as it is first touched.

So a table or a store can be as large as the machine allows without being moved when it grows. A row may also lie in a
file, whose pages the operating system writes out when it needs their memory.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import shutil
import sys
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path

WORD = 8  # bytes
_FEW = 2**16  # words that are overwritten faster than given back
_NORESERVE = getattr(mmap, "MAP_NORESERVE", 0x4000 if sys.platform == "linux" else 0)  # in Python since 3.13


class MappedRow:
    """A row of words that are all 0 at first. If a `folder` is given, it lies in a nameless file there.

    Raises:
        OSError: there is not enough address space, or the file cannot be created.
    """

    def __init__(self, words: int, folder: Path | None = None) -> None:
        size = -(-words * WORD // mmap.PAGESIZE) * mmap.PAGESIZE
        self.words = words
        self._file: int | None = None
        if folder is not None:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.truncate(size)  # takes no space before it is written to, or `hold` is called
                self._map = mmap.mmap(file.fileno(), size)
                self._file = os.dup(file.fileno())
            weakref.finalize(self, os.close, self._file)
        elif sys.platform == "win32":
            self._map = mmap.mmap(-1, size)
        else:
            # Without NORESERVE the system may refuse to map more than it has memory, although most is never touched.
            self._map = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NORESERVE)
        if folder is None:
            self._advise("MADV_HUGEPAGE", 0, size)
        self.view = memoryview(self._map).cast("q")
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self._map))

    def hold(self, begin: int, end: int) -> None:
        """See to it that there is space on the disk for the words from `begin` to `end`, if they lie in a file.

        Where there is none, the system ends a process that writes to the row.

        Raises:
            OSError: there is not so much space.
        """
        end = min(end, self.words)
        if self._file is not None and begin < end and hasattr(os, "posix_fallocate"):
            os.posix_fallocate(self._file, begin * WORD, (end - begin) * WORD)

    def clear(self, words: int) -> None:
        """Make the first words 0 again, and give their memory back until they are touched."""
        size = -(-words * WORD // mmap.PAGESIZE) * mmap.PAGESIZE
        # Elsewhere than on Linux the advice may leave the contents as they are.
        if words <= _FEW or sys.platform != "linux" or not self._advise("MADV_DONTNEED", 0, size):
            ctypes.memset(self.address, 0, words * WORD)

    def _advise(self, name: str, start: int, length: int) -> bool:
        """Give the operating system advice, if it knows this kind."""
        with suppress(OSError, ValueError, AttributeError):
            self._map.madvise(getattr(mmap, name), start, length)
            return True
        return False


def room_in(folder: Path) -> int:
    """How many bytes may be written into a folder, with some left for others.

    Raises:
        OSError: there is no such folder.
    """
    return int(shutil.disk_usage(folder).free * 0.9)


def address_space_left() -> int | None:
    """How many bytes of address space this process may still take (see `ulimit -v`); None if there is no limit."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            return max(0, limit - pages * mmap.PAGESIZE)
    return None
