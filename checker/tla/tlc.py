"""TLC as a process: how it is started, and what its messages mean."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Literal

# The numbers of TLC's messages, which it prints with `-tool`.
STARTED, FINISHED = "2189", "2186"
_INVARIANT, _INVARIANT_INITIALLY, _INVARIANT_CONSTANT = "2110", "2107", "2230"
_STEP, _INITIALLY, _DEADLOCK, _TEMPORAL = "2112", "2108", "2114", "2116"
VIOLATIONS = frozenset({_INVARIANT, _INVARIANT_INITIALLY, _INVARIANT_CONSTANT, _STEP, _INITIALLY, _DEADLOCK, _TEMPORAL})
_STATE = "2217"
_BEGUN = "2190"  # initial states have been computed
_REFUSED = frozenset({"2109", "2171", "2229", "3002", "2236", "2237"})  # the module or the configuration is wrong
_NAMED = re.compile(r"(?:Invariant|Action property|Property|The invariant of|Evaluating invariant) (\S+)")


class TlcError(Exception):
    """TLC cannot be started, or has limits of its own. The text says what happened."""


class TlcRefusal(Exception):
    """TLC does not take the module or the configuration."""


@dataclass(frozen=True)
class Message:
    """One message of TLC: its number, whether it is an error, and its text."""

    number: str
    error: bool
    text: str


@dataclass(frozen=True)
class TlcReport:
    """What TLC says about one question.

    A violation is of what is `named`. An `error` is an expression without a value. `length` counts the states of the
    trace; None: TLC shows none. `printed` are the tuples of strings and numbers that the module printed.
    """

    outcome: Literal["complete", "violation", "deadlock", "temporal", "error"]
    named: str | None = None
    length: int | None = None
    generated: int = 0
    distinct: int = 0
    depth: int = 0
    text: str = ""
    printed: tuple[tuple[str, ...], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Tlc:
    """A jar that contains TLC, and the Java that runs it."""

    jar: Path
    java: str = "java"
    options: Sequence[str] = ()  # of Java's

    def look(self) -> None:
        """See whether all is there, without starting anything.

        Raises:
            TlcError: something is missing.
        """
        if shutil.which(self.java) is None:
            raise TlcError(f"there is no program `{self.java}`: TLC needs Java 11 or newer")
        try:
            with zipfile.ZipFile(self.jar) as jar:
                jar.getinfo("tlc2/TLC.class")
        except OSError as problem:
            raise TlcError(f"{self.jar} cannot be read: {(problem.strerror or str(problem)).lower()}") from None
        except (zipfile.BadZipFile, KeyError):
            raise TlcError(f"{self.jar} does not contain TLC: it should be a tla2tools.jar") from None

    def run(self, folder: Path, name: str, *, seconds: float | None = None) -> TlcReport:
        """Check the module and configuration of this name in a folder, with one worker: its depth is exact then.

        It does not look for deadlocks.

        Raises:
            TlcError: there is no answer.
            TlcRefusal: TLC does not take the module.
        """
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            # TLC unpacks the standard modules into the temporary folder, where two of them would meet.
            java = [self.java, "-XX:+UseSerialGC", "-Xss64m", f"-Djava.io.tmpdir={scratch}", *self.options]
            tlc = ["-tool", "-workers", "1", "-metadir", scratch, "-cleanup", "-deadlock"]
            try:
                said = _output([*java, "-cp", str(self.jar.absolute()), "tlc2.TLC", *tlc, name], folder, seconds)
            except subprocess.TimeoutExpired:
                raise TlcError("it has not finished in time") from None
            except OSError as problem:
                raise TlcError(f"it cannot be started: {problem}") from None
        return read_report(said)


def _output(command: Sequence[str], folder: Path, seconds: float | None) -> str:
    """What a program prints. It is ended when its time is over, and when the user interrupts."""
    process: subprocess.Popen[str] | None = None
    try:
        with _interrupts_put_off():
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        return process.communicate(timeout=seconds)[0]
    finally:
        if process is not None:
            with process:
                process.kill()  # which does nothing if it has ended


@contextmanager
def _interrupts_put_off() -> Iterator[None]:
    """Ctrl-C waits until the block ends. In the middle of a start, it would leave a process that nobody knows of."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield  # Ctrl-C does not come here
        return
    came: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            before(*came[0])


def messages(text: str) -> Iterator[Message]:
    """The messages in what TLC prints. One may stand inside another; the inner one is left in the text of both."""
    for found in re.finditer(r"@!@!@STARTMSG (\d+):(\d) @!@!@\n(.*?)@!@!@ENDMSG \1 @!@!@", text, re.DOTALL):
        inner = re.sub(r"@!@!@(START|END)MSG [^@]*@!@!@\n?", "", found[3])
        yield Message(found[1], found[2] == "1", inner.strip())


def sizes(text: str) -> tuple[int, int, int] | None:
    """How many states were generated, how many are distinct, and how many of these were not explored."""
    pattern = r"^(\d+) states generated, (\d+) distinct states found, (\d+) states left on queue"
    found = re.search(pattern, text, re.MULTILINE)
    return None if found is None else (int(found[1]), int(found[2]), int(found[3]))


def depth(text: str) -> int | None:
    """How many states there are on a shortest way to the farthest state. Exact with one worker only."""
    found = re.search(r"^The depth of the complete state graph search is (\d+)", text, re.MULTILINE)
    return None if found is None else int(found[1])


def read_report(text: str) -> TlcReport:
    """What TLC has found.

    Raises:
        TlcError: it has not looked, or not to the end.
        TlcRefusal: it does not take what it was given.
    """
    said = list(messages(text))
    length = sum(message.number == _STATE for message in said)
    errors = [message for message in said if message.error]
    # To show where an error is, expressions are evaluated again: what they print then means nothing.
    before = re.split(r"@!@!@STARTMSG \d+:1 ", text)[0]
    printed = tuple(_parts(line) for line in before.splitlines() if line.startswith("<<") and line.endswith(">>"))
    if any(message.number in _REFUSED for message in errors):
        raise TlcRefusal(_excerpt(text, errors))
    if "java.lang.OutOfMemoryError" in text:
        raise TlcError("it ran out of memory")
    if "StackOverflowError" in text:
        raise TlcError("an expression is nested too deeply for it")
    for message in errors:
        if "verflow" in message.text:
            raise TlcError(f"its numbers have 32 bits: {' '.join(message.text.split())}")
        if message.number == _DEADLOCK:
            return TlcReport("deadlock", length=length, text=message.text, printed=printed)
        if message.number == _TEMPORAL:
            return TlcReport("temporal", length=length, text=message.text, printed=printed)
        if message.number in VIOLATIONS:
            named = _NAMED.search(message.text)
            if named is None:
                raise TlcRefusal(_excerpt(text, errors))
            at_start = message.number in (_INVARIANT_INITIALLY, _INVARIANT_CONSTANT, _INITIALLY)
            return TlcReport("violation", named[1], 1 if at_start else length, text=message.text, printed=printed)
    if errors:
        begun = any(message.number == _BEGUN for message in said)
        shown = None if begun and not length else length
        whole = "\n".join(message.text for message in errors)
        return TlcReport("error", length=shown, text=whole, printed=printed)
    found, deep = sizes(text), depth(text)
    if found is None or deep is None or found[2]:
        raise TlcError(_excerpt(text, errors))
    return TlcReport("complete", generated=found[0], distinct=found[1], depth=deep, printed=printed)


def _parts(line: str) -> tuple[str, ...]:
    """The elements of a tuple of strings and numbers that was printed."""
    return tuple(part.strip().strip('"') for part in line[2:-2].split(","))


def _excerpt(text: str, errors: list[Message]) -> str:
    parse = re.search(r"\*\*\*Parse Error\*\*\*.*?(?=@!@!@)", text, re.DOTALL)
    semantic = re.search(r"^Semantic errors:.*?(?=@!@!@)", text, re.DOTALL | re.MULTILINE)
    found = parse or semantic
    shown = found[0] if found else "\n".join(message.text for message in errors) or text[-500:]
    return " ".join(shown.split()) or "it ends without a word"
