"""Go tests as files in a folder: generated ones are replaced if they differ, and the adapter is written once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.app.gotests.package import GoPackage
from skipgate.app.testing import WrittenFile, write_if_changed
from skipgate.base.errors import reason
from skipgate.base.output import write_new
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.testing.suite import TestSuite


def package_of(folder: Path, adapter: Path) -> str:
    """The name of the package of tests in a folder: that of the adapter if it is there; or else that of the Go code in
    the folder, or of the folder itself, with `_test`."""
    for path in (adapter, *sorted(folder.glob("*.go"))):
        name = _package_in(path)
        if name is not None and (path == adapter or not path.name.endswith("_test.go")):
            return name if path == adapter else f"{name}_test"
    name = re.sub(r"[^a-z0-9_]", "", folder.resolve().name.lower())
    return f"{name if name[:1].isalpha() else f'p{name}'}_test"


def _package_in(path: Path) -> str | None:
    """The package that a file of Go belongs to; None if there is no such file."""
    if not path.exists():
        return None
    found = re.search(r"^package\s+(\w+)", path.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    return None if found is None else found[1]


def write_go(
    suite: TestSuite, folder: Path, *, package: str | None, observed: Sequence[str], command: str
) -> list[WrittenFile]:
    """Write the package of tests.

    Raises:
        InputError: a file cannot be written.
    """
    stem = suite.model.name.lstrip("_") or "model"  # Go looks at no file whose name begins with `_`
    adapter = folder / f"{stem}_adapter_test.go"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        name = package or package_of(folder, adapter)
        files = GoPackage(suite, observed, name, command).files(adapter.name)
        written = [
            write_if_changed(folder / f"{stem}_model_test.go", files.model),
            write_if_changed(folder / f"{stem}_behaviours_test.go", files.behaviours),
        ]
        try:
            write_new(adapter, files.adapter)
            written.append(WrittenFile(adapter, "wrote"))
        except FileExistsError:
            written.append(WrittenFile(adapter, "kept"))
    except OSError as error:
        raise InputError(f"{error.filename or folder} cannot be written: {reason(error)}") from None
    return written
