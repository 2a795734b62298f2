"""Processes that do what takes long, one line of JSON at a time."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

from skipgate.lsp.desk import Desk

_LONGEST = 2**24  # bytes of a line


class Job:
    """A request to `skipgate.lsp.worker`, in a process that can be ended at any time."""

    def __init__(self, desk: Desk, **request: str) -> None:
        contents = {str(path): data.decode("utf-8", "surrogatepass") for path, data in desk.buffers.contents.items()}
        self._request = {**request, "contents": contents, "roots": [str(root) for root in desk.roots]}
        self._process: asyncio.subprocess.Process | None = None
        self.ended_by_us = False  # before it had done everything
        self.errors = ""

    async def answers(self) -> AsyncIterator[Mapping[str, Any]]:
        """What the process says, until it ends."""
        if self.ended_by_us:
            return
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "skipgate.lsp.worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST,
            start_new_session=True,
        )
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        errors = asyncio.get_running_loop().create_task(process.stderr.read())
        try:
            with suppress(BrokenPipeError, ConnectionResetError):
                process.stdin.write(json.dumps(self._request).encode() + b"\n")
                await process.stdin.drain()
            async for line in process.stdout:
                yield json.loads(line)
        finally:
            self._kill()
            self.errors = (await errors).decode("utf-8", "replace")
            await process.wait()

    def end(self) -> None:
        """End the process and all that it has started."""
        self.ended_by_us = True
        self._kill()

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:  # Windows
                    self._process.kill()
