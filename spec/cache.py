"""Where what was computed once is kept between runs."""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from pathlib import Path


def cache_folder() -> Path | None:
    """The user's cache folder for this tool, made if need be; None if there is none to be had.

    `SKIPGATE_CACHE` overrides the place; set to the empty string it switches caching off.
    """
    chosen = os.environ.get("SKIPGATE_CACHE")
    if chosen == "":
        return None
    if chosen is not None:
        folder = Path(chosen)
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", ""))
        try:
            # A relative one is to be ignored: so says the XDG Base Directory Specification.
            folder = (base if base.is_absolute() else Path.home() / ".cache") / "skipgate"
        except RuntimeError:  # no home folder
            return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    # The tables are unpickled: only from a folder that nobody else can write to.
    if hasattr(os, "getuid") and (folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o022):
        return None
    return folder if os.access(folder, os.W_OK) else None


def grammar_cache(grammar: str) -> str | bool:
    """The file for Lark's parse tables of this grammar under this Python, or False.

    Building the tables takes about 0.2 s, loading them about 0.015 s.
    """
    folder = cache_folder()
    if folder is None:
        return False
    import lark

    key = f"{lark.__version__}\n{sys.version}\n{grammar}"
    return str(folder / f"grammar-{sha256(key.encode()).hexdigest()[:16]}.lark-tables")
