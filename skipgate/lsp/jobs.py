"""Processes that do what takes long, one line of JSON at a time."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from tempfile import TemporaryFile
from threading import Thread
from typing import IO, Any

from skipgate.lsp.desk import Desk


class Job:
    """A request to `skipgate.lsp.worker`, in a process that can be ended at any time.

    A thread reads what the process says. Were it a part of the event loop, the server could not end before the process.
    """

    def __init__(self, desk: Desk, **request: str) -> None:
        contents = {str(path): data.decode("utf-8", "surrogatepass") for path, data in desk.buffers.contents.items()}
        self._request = {**request, "contents": contents, "roots": [str(root) for root in desk.roots]}
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.ended_by_us = False  # before it had done everything
        self.errors = ""

    async def answers(self) -> AsyncIterator[Mapping[str, Any]]:
        """What the process says, until it ends."""
        if self.ended_by_us:
            return
        with TemporaryFile() as errors:
            self._start(errors)
            try:
                while (line := await self._lines.get()) is not None:
                    yield json.loads(line)
            finally:
                self._kill()
                errors.seek(0)
                self.errors = errors.read().decode("utf-8", "replace")

    def end(self) -> None:
        """End the process and all that it has started."""
        self.ended_by_us = True
        self._kill()

    def _start(self, errors: IO[bytes]) -> None:
        command = [sys.executable, "-m", "skipgate.lsp.worker"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, start_new_session=True)
        Thread(target=self._listen, args=(self._process, asyncio.get_running_loop()), daemon=True).start()

    def _listen(self, process: subprocess.Popen[bytes], loop: asyncio.AbstractEventLoop) -> None:
        assert process.stdin is not None and process.stdout is not None
        with suppress(BrokenPipeError), process.stdin as request:
            request.write(json.dumps(self._request).encode() + b"\n")
        with suppress(RuntimeError):  # the loop has ended
            for line in process.stdout:
                loop.call_soon_threadsafe(self._lines.put_nowait, line)
            process.wait()
            loop.call_soon_threadsafe(self._lines.put_nowait, None)

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:  # Windows
                    self._process.kill()
