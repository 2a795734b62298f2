"""Go tests as files in a folder: generated ones are replaced if they differ, and the adapter is written once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.app.gotests.package import GoPackage
from skipgate.base.errors import reason
from skipgate.base.output import write_new
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.testing.suite import TestSuite


@dataclass(frozen=True)
class WrittenGo:
    """What became of each file."""

    path: Path
    outcome: str  # written, unchanged, or kept


def package_of(folder: Path) -> str:
    """The name of the package of tests in a folder: that of the Go code there, or else of the folder, with `_test`."""
    for path in sorted(folder.glob("*.go")):
        found = re.search(r"^package\s+(\w+)", path.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
        if found is not None:
            return found[1] if path.name.endswith("_test.go") else f"{found[1]}_test"
    name = re.sub(r"\W", "", folder.resolve().name.lower().replace("-", "_"))
    return f"{name if name[:1].isalpha() else f'p{name}'}_test"


def write_go(suite: TestSuite, folder: Path, *, package: str, observed: Sequence[str], command: str) -> list[WrittenGo]:
    """Write the package of tests.

    Raises:
        InputError: a file cannot be written.
    """
    from skipgate.spec.files import write_atomically

    stem = suite.model.name
    adapter = folder / f"{stem}_adapter_test.go"
    files = GoPackage(suite, observed, package, command).files(adapter.name)
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part, text in (("model", files.model), ("behaviours", files.behaviours)):
            path = folder / f"{stem}_{part}_test.go"
            content = text.encode()
            same = path.exists() and path.read_bytes() == content
            if not same:
                write_atomically(path, content)
            written.append(WrittenGo(path, "unchanged" if same else "written"))
        try:
            write_new(adapter, files.adapter)
            written.append(WrittenGo(adapter, "written"))
        except FileExistsError:
            written.append(WrittenGo(adapter, "kept"))
    except OSError as error:
        raise InputError(f"{error.filename or folder} cannot be written: {reason(error)}") from None
    return written
