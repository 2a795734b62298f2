"""What all tests share.

Random tests draw the same examples in every run, so that a change is never blamed for what was there before it.
`make slow` sets SKIPGATE_RANDOM, and they draw new ones.
"""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

# The .gate files below are material of tests, and no tests by themselves: many of them are wrong on purpose.
collect_ignore_glob = ["*.gate"]

# Other work beside the tests makes them slow, which is no fault of theirs.
settings.register_profile(
    "reproducible",
    derandomize=not os.environ.get("SKIPGATE_RANDOM"),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("reproducible")

# Results of earlier runs would hide what a test is about. Tests of such results have a folder of their own.
os.environ["SKIPGATE_RESULTS"] = ""

# Shells start what runs in the background with interrupts ignored. Tests of what they do must not depend on that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make quick` leaves out: random searches, and tests of modules that start other processes."""
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("random")
        if "subprocess" in vars(getattr(item, "module", object)):
            item.add_marker("process")
