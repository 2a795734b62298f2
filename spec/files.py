"""Writing files so that a reader sees the old content or the new, never half of it."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path


def write_atomically(path: Path, data: bytes | str) -> None:
    """Put `data` (text as UTF-8) into the file at `path`, replacing what it holds as one step.

    An existing file keeps its permissions; a link keeps pointing to the file that is replaced. What is not a regular
    file, such as /dev/null, is written to instead.

    Raises:
        OSError: the file is as it was then, and nothing is left beside it.
    """
    content = data.encode() if isinstance(data, str) else data
    target = Path(os.path.realpath(path))  # for a link that leads to itself as well: opening it fails
    if target.exists() and not target.is_file() and not target.is_dir():
        target.write_bytes(content)
        return
    # Not by `tempfile`: only the owner may read its files, even after they are renamed.
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
        if target.is_file():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)  # noqa: PTH105 - the name that says "atomic"
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
