"""Other processes of Python, in which parts of this tool run.

They import from where this process does, but nothing from the folder that they happen to be in: that may be anybody's,
such as one with the models of a change that is to be judged.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import skipgate


def start_python(text: str, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """Run a text that begins by setting `sys.path` to what `import_path` gives here; options are those of `Popen`.

    Raises:
        OSError: no process can be started.
    """
    # What the environment says of bytecode is ignored by -I, so it is handed on.
    flags = ["-I", "-B"] if sys.dont_write_bytecode else ["-I"]
    return subprocess.Popen([sys.executable, *flags, "-c", text, *arguments], **options)


def leads_session() -> bool:
    """Is this process and whatever it starts apart from all others, so that a terminal's Ctrl-C does not come here?"""
    return hasattr(os, "getsid") and os.getsid(0) == os.getpid()


def import_path() -> list[str]:
    """The folders that modules are imported from."""
    root = str(Path(skipgate.__file__).resolve().parent.parent)
    return [root, *(entry for entry in sys.path if Path(entry).is_absolute() and entry != root)]
