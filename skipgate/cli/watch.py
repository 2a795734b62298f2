"""A command that is run again whenever a model changes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import click

from skipgate.base.paths import SUFFIX

_PERIOD = 0.3  # seconds between two looks


def watch(arguments: Sequence[str], paths: Sequence[Path]) -> NoReturn:
    """Run skipgate with these arguments now, and again after each change, until Ctrl-C.

    Each run is a process of its own, so that nothing of it is left for the next.
    """
    while True:
        before = _state(paths)
        subprocess.run([sys.executable, "-m", "skipgate", *arguments], check=False)
        click.echo("waiting for a change; Ctrl-C ends it", err=True)
        while _state(paths) == before:
            time.sleep(_PERIOD)


def _state(paths: Sequence[Path]) -> Mapping[Path, tuple[int, int]]:
    """The time and size of each model in the folders that are named, and beside or below the files that are.

    A model may use all of these.
    """
    found = {}
    for folder in {path if path.is_dir() else path.parent for path in paths}:
        for file in folder.rglob(f"*{SUFFIX}"):
            try:
                status = file.stat()
            except OSError:  # it has just been removed
                continue
            found[file] = (status.st_mtime_ns, status.st_size)
    return found
