from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.skipgate.lsp.session import Session


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One server for all tests of a module; each has its own files."""
    opened = Session(tmp_path_factory.mktemp("project"))
    yield opened
    assert opened.end() == 0, opened.errors
    assert (opened.messages, opened.errors) == ([], "")


@pytest.fixture
def folder(session: Session) -> Path:
    return session.folder
