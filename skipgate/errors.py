"""The exceptions that skipgate raises: all of one family, so that a caller can tell them from its own.

    SkipgateError
    ├── InputError      what was asked for cannot be done; `SpecError` if a model is wrong
    ├── Interrupted     Ctrl-C; a KeyboardInterrupt too
    └── InternalError   a bug in skipgate (see `skipgate.checker.core.errors`)

The root is no `Exception`, since `except Exception` must not catch an interrupt; the errors are.
"""

from __future__ import annotations

from typing import Any


class SkipgateError(BaseException):
    """Something that skipgate raises on purpose."""


class InputError(SkipgateError, Exception):
    """What was asked for cannot be done; the message says why and, if possible, what to do instead."""


class Interrupted(SkipgateError, KeyboardInterrupt):
    """The user ended the run. `result` has what was found so far, in the form that the whole would have had."""

    def __init__(self, result: Any) -> None:
        super().__init__("interrupted")
        self.result = result
