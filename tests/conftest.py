"""What all tests share.

Random tests draw the same examples in every run, so that a change is never blamed for what was there before it.
`make slow` sets SKIPGATE_RANDOM, and they draw new ones.
"""

from __future__ import annotations

import os
import signal

from hypothesis import settings

# The .gate files below are material of tests, and no tests by themselves: many of them are wrong on purpose.
collect_ignore_glob = ["*.gate"]

settings.register_profile("reproducible", derandomize=not os.environ.get("SKIPGATE_RANDOM"), deadline=None)
settings.load_profile("reproducible")

# Shells start what runs in the background with interrupts ignored. Tests of what they do must not depend on that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
