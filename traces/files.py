"""Names of files that are made of names in a specification."""

from __future__ import annotations

import hashlib
import re

_LONGEST_NAME = 60
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
# Devices on Windows, whatever extension follows.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


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
