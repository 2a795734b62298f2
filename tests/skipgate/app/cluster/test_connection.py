"""What is said where there is no Ray, or no cluster."""

from __future__ import annotations

import socket
import sys

import pytest

from skipgate.app.cluster.connection import Connection
from skipgate.errors import InputError


def test_without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match=r"--cluster needs Ray: pip install 'skipgate\[cluster\]'"):
        Connection("local").open()


@pytest.mark.parametrize("address", ["", ":", ":1", "host:port", "host:99999", "http://host", "ray://"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(InputError, match=r"--cluster is `local`, HOST:PORT or ray://HOST:PORT"):
        Connection(address).open()


def test_where_nobody_answers() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        with pytest.raises(InputError, match="nobody answers at 127"):
            Connection(f"127.0.0.1:{taken.getsockname()[1]}").open()
