"""Where results that are costly to compute are kept between runs."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path


def cache_folder() -> Path | None:
    """The user's cache folder for this tool, created if it is missing; None if it cannot be used.

    `SKIPGATE_CACHE` overrides the place; set to the empty string it switches caching off.
    """
    chosen = os.environ.get("SKIPGATE_CACHE")
    if chosen == "":
        return None
    folder = user_cache_path("skipgate", appauthor=False) if chosen is None else Path(chosen)
    if chosen is None and not folder.is_absolute():  # there is no home folder
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    # What is kept there is unpickled, so nobody else may be able to write to the folder.
    if hasattr(os, "getuid") and (folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o022):
        return None
    return folder if os.access(folder, os.W_OK) else None
