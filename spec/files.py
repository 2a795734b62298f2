"""Writing files so that a reader sees the old content or the new, never half of it."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path


def write_atomically(path: Path, data: bytes | str) -> None:
    """Put `data` (text as UTF-8) into the file at `path`, replacing what it holds as one step.

    A file that is there keeps its permissions; a link keeps pointing to the file that is replaced. What is no
    file, such as /dev/null, is written to instead. Raises OSError, and then leaves the file as it was and
    nothing beside it.
    """
    content = data.encode() if isinstance(data, str) else data
    target = Path(os.path.realpath(path))  # of a link that leads to itself too: opening it will say so
    if target.exists() and not target.is_file() and not target.is_dir():
        target.write_bytes(content)
        return
    # Not from `tempfile`, whose files only their owner may read, even after they are renamed.
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
