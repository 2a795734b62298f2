"""The machine that is measured on, as far as it matters to a reader."""

from __future__ import annotations

import os
import platform
import re
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.numbers import size


def machine() -> dict[str, str]:
    """What the measurements were taken on."""
    found = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}, {_distribution()}",
    }
    with suppress(OSError, ValueError):
        sizes = {}
        for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
            if (index / "type").read_text().strip() != "Instruction":
                level = (index / "level").read_text().strip()
                sizes[f"L{level}"] = size(int((index / "size").read_text().strip().removesuffix("K")) * 1024)
        found["caches"] = ", ".join(f"{level} {size}" for level, size in sizes.items())
    return {name: value for name, value in found.items() if value}


def python() -> str:
    """The versions that skipgate itself depends on."""
    parts = [f"Python {platform.python_version()}"]
    with suppress(PackageNotFoundError):
        parts.append(f"llvmlite {version('llvmlite')}")
    return ", ".join(parts)


def busy() -> float:
    """How many processes wanted to run during the last minute, on average."""
    return os.getloadavg()[0]


def available_memory() -> int:
    """Bytes that can still be used."""
    with suppress(OSError):
        if match := re.search(r"^MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text(), re.M):
            return int(match[1]) * 1024
    return 2**62


def _processor() -> str:
    with suppress(OSError):
        if match := re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.M):
            return match[1]
    return platform.processor() or platform.machine()


def _distribution() -> str:
    with suppress(OSError, KeyError):
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    return ""
