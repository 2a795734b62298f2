"""What all tests share.

Random tests draw the same examples in every run, so that a change is never blamed for what was there before it.
`make slow` sets SKIPGATE_RANDOM, and they draw new ones.
"""

from __future__ import annotations

import os

from hypothesis import settings

# The .gate files below are material of tests, and no tests by themselves: many of them are wrong on purpose.
collect_ignore_glob = ["*.gate"]

settings.register_profile("reproducible", derandomize=not os.environ.get("SKIPGATE_RANDOM"), deadline=None)
settings.load_profile("reproducible")
