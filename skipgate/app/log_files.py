"""Logs as files: one JSON object a line, a JSON array of objects, or lines as zap and slog write them for people.

They are read as they come and never kept: a log may be larger than memory, and may still grow.
"""

from __future__ import annotations

import json
import re
import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

from skipgate.base.errors import reason
from skipgate.errors import InputError

LONGEST_LINE = 16 * 2**20  # bytes
_CHUNK = 2**16
_NAP = 0.2  # seconds between two looks at a file that may grow
STANDARD_INPUT = "-"
_DECODER = json.JSONDecoder()
_PAIR = re.compile(r'([^\s="]+)=("(?:\\.|[^"\\])*"|[^\s"]*)(?:\s+|$)')


def objects_of(path: Path, wait: Callable[[], bool] | None = None) -> Iterator[tuple[int, Any]]:
    """The objects of a log, each with the number of the line on which it begins.

    With `wait`, the end of the file is no end of the log: it is called there, and the log ends when it says no.

    Raises:
        InputError: the file cannot be read, or is no such log; with the line.
    """
    name = "standard input" if str(path) == STANDARD_INPUT else str(path)
    try:
        if str(path) == STANDARD_INPUT:
            yield from _objects(name, sys.stdin.buffer, wait)
            return
        with path.open("rb") as file:
            yield from _objects(name, file, wait)
    except OSError as error:
        raise InputError(f"{name} cannot be read: {reason(error)}") from None


def until_interrupted() -> bool:
    """Wait for a file to grow, for ever."""
    time.sleep(_NAP)
    return True


def _objects(name: str, file: IO[bytes], wait: Callable[[], bool] | None) -> Iterator[tuple[int, Any]]:
    """The objects of an open file, which says by its first character how they are written."""
    number = 1
    first = file.read(1)
    while first.isspace() or (not first and wait is not None and wait()):
        number += first == b"\n"
        first = file.read(1)
    if first == b"[":
        yield from _Array(name, file, number, wait).elements()
        return
    for at, line in _lines(name, file, number, first, wait):
        if line.strip():
            yield at, _decoded(name, at, line)


def _lines(
    name: str, file: IO[bytes], number: int, rest: bytes, wait: Callable[[], bool] | None
) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, of which `rest` was read. One without an end may still be written, so it is waited for."""
    number -= 1
    while True:
        line = file.readline(LONGEST_LINE + 1)
        if wait is not None and not line.endswith(b"\n") and len(rest) + len(line) <= LONGEST_LINE:
            rest += line
            if wait():
                continue
            line = b""
        line, rest = rest + line, b""
        if not line:
            return
        number += 1
        if len(line) > LONGEST_LINE:
            raise InputError(f"{name}:{number}: this line has more than {LONGEST_LINE:,} bytes")
        yield number, line


def _decoded(name: str, number: int, line: bytes) -> Any:
    """What a line says."""
    try:
        return json.loads(line)
    except RecursionError:
        raise InputError(f"{name}:{number}: the JSON is nested too deeply") from None
    except UnicodeDecodeError as problem:
        raise InputError(f"{name}:{number}: byte {problem.start} of the line is not UTF-8") from None
    except ValueError as problem:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        found = _for_people(text)
        if found is not None:
            return found
        if not line.endswith(b"\n"):
            raise InputError(f"{name}:{number}: the log is cut off within this line") from None
        raise InputError(f"{name}:{number}: this is not JSON: {_said(problem)}") from None


def _said(problem: ValueError) -> str:
    if isinstance(problem, json.JSONDecodeError):
        return f"{problem.msg[:1].lower()}{problem.msg[1:]} in column {problem.colno}"
    return "a number is too long"


def _for_people(text: str) -> dict[str, Any] | None:
    """A line as zap's console encoder or slog's TextHandler writes it, as the object that their JSON handlers write."""
    if "\t" in text:
        *head, last = text.split("\t")
        fields: Any = {}
        if last.startswith("{"):
            try:
                fields = json.loads(last)
            except ValueError:
                return None
        else:
            head.append(last)
        if len(head) < 3 or not isinstance(fields, dict):
            return None
        return {"ts": _scalar(head[0]), "level": head[1].lower(), "msg": head[-1], **fields}
    found: dict[str, Any] = {}
    at = 0
    while at < len(text):
        pair = _PAIR.match(text, at)
        if pair is None:
            return None
        found[pair[1]] = _scalar(pair[2])
        at = pair.end()
    return found if "msg" in found else None


def _scalar(text: str) -> Any:
    """A value of slog's TextHandler, which does not tell strings from numbers unless they need quotes."""
    try:
        return json.loads(text)
    except ValueError:
        return text


class _Array:
    """Reads the elements of an array one after the other, however its text is divided into lines."""

    def __init__(self, name: str, file: IO[bytes], number: int, wait: Callable[[], bool] | None) -> None:
        self.name = name
        self.file = file
        self.number = number  # of the line of `at`
        self.wait = wait
        self.decoder = getincrementaldecoder("utf-8")()
        self.text = ""  # what was read and is still needed
        self.at = 0

    def elements(self) -> Iterator[tuple[int, Any]]:
        """The elements, with the line on which each begins."""
        char = self.next()
        while char != "]":
            value, end = self.element()
            yield self.number, value
            self.number += self.text.count("\n", self.at, end)
            self.at = end
            char = self.next()
            if char == ",":
                self.at += 1
                self.next()
            elif char != "]":
                self.complain("a comma is missing")
        self.at += 1
        if self.next(at_the_end=True):
            self.complain("there is something behind the end of the array")

    def element(self) -> tuple[Any, int]:
        """The element that begins here, and where it ends."""
        while True:
            try:
                return _DECODER.raw_decode(self.text, self.at)
            except RecursionError:
                self.complain("the JSON is nested too deeply")
            except ValueError as problem:
                # Twice as much each time, so that the work is in proportion to the length.
                if not self.more(len(self.text) - self.at):
                    self.complain(f"this is not JSON: {_said(problem)}")

    def next(self, at_the_end: bool = False) -> str:
        """The next character that is no blank. At the end of the log there is none, which is wrong within the array."""
        while True:
            while self.at < len(self.text):
                char = self.text[self.at]
                if not char.isspace():
                    return char
                self.number += char == "\n"
                self.at += 1
            if not self.more(1):
                if at_the_end:
                    return ""
                self.complain("the log is cut off")

    def more(self, least: int) -> bool:
        """Read on; is there more?"""
        self.text, self.at = self.text[self.at :], 0
        before = len(self.text)
        if before > LONGEST_LINE:
            self.complain(f"this element has more than {LONGEST_LINE:,} bytes")
        while len(self.text) - before < least:
            data = self.file.read(_CHUNK)
            if not data:
                if self.wait is None or not self.wait():
                    break
                continue
            try:
                self.text += self.decoder.decode(data)
            except UnicodeDecodeError:
                self.complain("the text is not UTF-8")
        return len(self.text) > before

    def complain(self, message: str) -> NoReturn:
        """Refuse the log, here."""
        raise InputError(f"{self.name}:{self.number}: {message}")
