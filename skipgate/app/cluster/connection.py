"""A connection to Ray: to a cluster that is there already, or to one on this machine, which ends with the process."""

from __future__ import annotations

import importlib
import logging
import os
import socket
from dataclasses import dataclass
from types import ModuleType

from skipgate.checker.native.engine import default_threads
from skipgate.errors import InputError

LOCAL = "local"
_PATIENCE = 10.0  # seconds in which somebody has to answer at an address
_CLIENT_PORT, _PORT = 10001, 6379


def ray_module() -> ModuleType:
    """Ray, if it is installed.

    Raises:
        InputError: it is not.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a checker reports to nobody but its user
    try:
        return importlib.import_module("ray")
    except ImportError as problem:
        raise InputError(f"--cluster needs Ray: pip install 'skipgate[cluster]' ({problem})") from None


@dataclass(frozen=True)
class Connection:
    """The cluster at an address, of which so many processors are wanted if it is started here."""

    address: str
    processors: int | None = None

    def open(self) -> ModuleType:
        """Ray, connected.

        Raises:
            InputError: it is not installed, or nobody answers at the address.
        """
        if self.address != LOCAL:
            self._knock()
        ray = ray_module()
        if ray.is_initialized():
            return ray
        quiet = {"logging_level": logging.ERROR, "log_to_driver": False}
        if self.address == LOCAL:
            count = self.processors or default_threads()
            ray.init(address=LOCAL, num_cpus=count, include_dashboard=False, **quiet)
            return ray
        try:
            ray.init(address=self.address, **quiet)
        except Exception as problem:  # of many kinds: other versions of Ray or Python, no Ray at all
            first = (str(problem).strip() or type(problem).__name__).splitlines()[0]
            raise InputError(f"there is no Ray cluster to be used at {self.address}: {first}") from None
        return ray

    def _knock(self) -> None:
        """See whether anybody answers; Ray itself would try for minutes."""
        place = self.address.removeprefix("ray://")
        host, _, port = place.rpartition(":") if ":" in place else (place, "", "")
        number = port or str(_CLIENT_PORT if self.address.startswith("ray://") else _PORT)
        if not host or not number.isdecimal() or int(number) >= 2**16:
            raise InputError(f"--cluster is `local`, HOST:PORT or ray://HOST:PORT, not {self.address!r}")
        try:
            socket.create_connection((host.strip("[]"), int(number)), _PATIENCE).close()
        except OSError as problem:
            raise InputError(f"nobody answers at {host}:{number}: {problem.strerror or problem}") from None
