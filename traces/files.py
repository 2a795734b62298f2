"""Writing files so that a reader sees the old content or the new, never half of it."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from pathlib import Path

_LONGEST_NAME = 60
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
# Devices on Windows, whatever extension follows.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def write_atomically(path: Path, data: bytes | str) -> None:
    """Put `data` (text as UTF-8) into the file at `path`, replacing what it holds as one step.

    A file that is there keeps its permissions; a link keeps pointing to the file that is replaced. What is no
    file, such as /dev/null, is written to instead. Raises OSError, and then leaves the file as it was and
    nothing beside it.
    """
    content = data.encode() if isinstance(data, str) else data
    target = path.resolve()
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


def safe_name(text: str) -> str:
    """`text` as a part of a file name on any system, without a dot. Different texts give different names.

    A text that is fit as it is (letters, digits, `_`, `-`) stays; any other is told apart by a digest at its
    end.
    """
    name = _UNSAFE.sub("_", text)[:_LONGEST_NAME]
    if name == text and text and not _RESERVED.fullmatch(text):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{name}-{digest}"
