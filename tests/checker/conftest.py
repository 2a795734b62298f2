"""TLC, for the tests of several folders."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from skipgate.checker.tla.tlc import Tlc
from tests.checker.tla.remembered import RememberedTlc
from tests.checker.tla.second_opinion import fast_tlc, jar_of_tlc


@pytest.fixture(scope="session")
def running_tlc(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Tlc]:
    """Makes a TLC that is really started; its classes are archived when the first test needs it."""
    return cache(lambda: fast_tlc(tmp_path_factory.mktemp("tlc")))


@pytest.fixture
def tlc(running_tlc: Callable[[], Tlc]) -> Tlc:
    """TLC, or what it said about the same text before."""
    return RememberedTlc(jar_of_tlc(), start=running_tlc)
