"""Errors that are this tool's own fault."""

from __future__ import annotations

from skipgate.errors import SkipgateError


class InternalError(SkipgateError, Exception):
    """Two parts of the tool disagree, or something that cannot happen did: a bug here, not in the specification."""
