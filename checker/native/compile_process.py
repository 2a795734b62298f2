"""Compiling in a process of its own.

So it takes nothing from a search that goes on under CPython meanwhile, and can be ended at any moment.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from skipgate.checker.core.processes import import_path, leads_session, start_python
from skipgate.checker.native.language import Signature, SourceText
from skipgate.checker.native.units import CompilationUnit, load

# The request says where to import from: the other process finds what this one has found.
_START = """\
import json, sys
request = json.load(open(sys.argv[1], encoding="utf-8"))
sys.path[:] = request["path"]
from skipgate.checker.native.compile_process import serve
serve(request)
"""


class CompilerProcess:
    """Compiles a unit, from now on.

    Raises:
        OSError: no process can be started, or it cannot be told what to do.
    """

    def __init__(self, unit: CompilationUnit) -> None:
        self.unit = unit
        self.folder = TemporaryDirectory(prefix="skipgate-")
        self.result = unit.file or Path(self.folder.name) / unit.name
        request = Path(self.folder.name) / "request.json"
        nothing = subprocess.DEVNULL
        try:
            request.write_text(json.dumps(_request(unit, self.result)), encoding="utf-8")
            self.process = start_python(
                _START,
                str(request),
                stdin=nothing,
                stdout=nothing,
                stderr=nothing,
                start_new_session=not leads_session(),  # Ctrl-C is for the search; a worker's processes end with it
            )
        except OSError:
            self.folder.cleanup()
            raise

    @property
    def finished(self) -> bool:
        """Has the process ended?"""
        return self.process.poll() is not None

    def code(self) -> bytes | None:
        """What it has made, if it has."""
        return load(self.result)

    def stop(self) -> None:
        """End the process if it still runs, and remove its files."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()


def _request(unit: CompilationUnit, result: Path) -> dict[str, Any]:
    return {
        "path": import_path(),
        "texts": [[text.name, text.source] for text in unit.texts],
        "exported": {name: signature.parameters for name, signature in unit.exported.items()},
        "constants": dict(unit.constants),
        "result": str(result),
    }


def serve(request: Mapping[str, Any]) -> None:
    """In the other process."""
    texts = tuple(SourceText(name, source) for name, source in request["texts"])
    exported = {name: Signature(tuple(parameters)) for name, parameters in request["exported"].items()}
    CompilationUnit(texts, exported, request["constants"]).compile_into(Path(request["result"]))
