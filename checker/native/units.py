"""Programs to be compiled, and their machine code in the user's cache folder.

A file is named after everything that the machine code depends on and that can be known without LLVM: the texts, the
translator, the version of llvmlite, the processor. So it costs little to see whether there is one. Inside stands a
digest of the machine code and of what only LLVM knows; what does not match it is compiled again.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from skipgate.checker.native.language import Signature, SourceText
from skipgate.checker.native.language_check import check_program
from skipgate.spec.cache import cache_folder

_KEPT = 200  # files in the cache
_DIGEST = 32  # bytes
# The modules that machine code depends on besides the texts.
_COMPILER = ("language.py", "language_check.py", "translate.py", "instructions.py", "ssa.py", "machine.py")


@dataclass(frozen=True)
class CompilationUnit:
    """A program, and the functions of it that are called from outside."""

    texts: tuple[SourceText, ...]
    exported: Mapping[str, Signature]
    constants: Mapping[str, int]

    @cached_property
    def name(self) -> str:
        """The name of its file."""
        parts = self.texts, sorted(self.exported.items()), sorted(self.constants.items()), _surroundings()
        return f"kernels-{sha256(repr(parts).encode()).hexdigest()[:32]}.o"

    @property
    def file(self) -> Path | None:
        """Where its machine code is kept between runs, if anywhere."""
        folder = cache_folder()
        return None if folder is None else folder / self.name

    @property
    def cached(self) -> bool:
        """Is there a file of its machine code?"""
        return self.file is not None and self.file.exists()

    def compile(self) -> bytes:
        """Its machine code. LLVM may end the process; so this is for a process of its own (see `compile_process`).

        Raises:
            KernelError: a text is not in the kernel language.
            ImportError, OSError: LLVM cannot be loaded.
        """
        from skipgate.checker.native.machine import machine_code

        return machine_code(check_program(self.texts, constants=self.constants), self.exported)


def load(file: Path) -> bytes | None:
    """The machine code in a file, if it is there, whole, and made for this very processor."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    code = unpack(content)
    if code is not None:
        with suppress(OSError):
            os.utime(file)  # the files that were not used for the longest time are removed first
    return code


def pack(code: bytes) -> bytes:
    """Machine code with its digest."""
    return _digest(code) + code


def unpack(content: bytes) -> bytes | None:
    """The machine code that was packed; None if it is not whole, or was made for another processor."""
    digest, code = content[:_DIGEST], content[_DIGEST:]
    return code if content and digest == _digest(code) else None


def save(file: Path, content: bytes) -> None:
    """Write a file in one step, so that other runs see all of it or nothing. It may fail."""
    with suppress(OSError):
        handle, name = tempfile.mkstemp(dir=file.parent, prefix="kernels-", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(name).replace(file)
        except OSError:
            Path(name).unlink()
            raise
        _remove_old_files(file.parent)


def _remove_old_files(folder: Path) -> None:
    files = sorted(folder.glob("kernels-*.o"), key=lambda path: path.stat().st_mtime)
    for old in files[:-_KEPT]:
        old.unlink()
    for pattern in ("kernels-*.part", "kernels-*.lock"):  # of processes that were ended while they worked
        for left in folder.glob(pattern):
            if left.stat().st_mtime < time.time() - 3600:
                left.unlink()


def _digest(code: bytes) -> bytes:
    from skipgate.checker.native.machine import environment

    return sha256(environment().encode() + code).digest()


@cache
def _surroundings() -> tuple[bytes, ...]:
    """What machine code depends on besides the texts, as far as it is known without LLVM."""
    here = Path(__file__).parent
    found = [(here / name).read_bytes() for name in _COMPILER]
    llvmlite = find_spec("llvmlite")
    if llvmlite is not None and llvmlite.origin is not None:
        with suppress(OSError):
            found.append(Path(llvmlite.origin).with_name("_version.py").read_bytes())
    with suppress(OSError), Path("/proc/cpuinfo").open("rb") as stream:
        described = stream.read(8192).split(b"\n\n")[0]  # the first processor, without what changes all the time
        found += [line for line in described.splitlines() if line.split(b"\t")[0] in (b"model name", b"flags")]
    return tuple(found)
