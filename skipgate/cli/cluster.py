"""`--cluster` and `--shards`: other machines for checks, and for one search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from skipgate.app.cluster.connection import Connection
    from skipgate.app.cluster.shards import RayCluster

_Command = TypeVar("_Command", bound=Callable[..., Any])
_MOST_SHARDS = 1024


def cluster_options(command: _Command) -> _Command:
    """The options of commands that may use a cluster."""
    shards = click.option(
        "--shards",
        metavar="N",
        type=click.IntRange(min=1, max=_MOST_SHARDS),
        help="Search the states of a check on N processors of the cluster together, one check after the other.",
    )
    cluster = click.option(
        "--cluster",
        metavar="ADDRESS",
        help="Run checks on a Ray cluster: HOST:PORT, ray://HOST:PORT, or local to start one here.",
    )
    return cluster(shards(command))


@dataclass(frozen=True)
class Elsewhere:
    """What of a run is done on a cluster: its checks, or the search of each check on shards."""

    checks: Connection | None = None
    shards: RayCluster | None = None
    processors: int | None = None


def elsewhere(
    ctx: click.Context, address: str | None, shards: int | None, jobs: int | None, not_there: dict[str, bool]
) -> Elsewhere:
    """Connect to the cluster, if one is asked for. `not_there` are options that cannot be used with it, if given.

    Raises:
        InputError: there is no Ray, or no cluster at the address.
    """
    if address is None:
        if shards is not None:
            raise click.UsageError("--shards needs a cluster: --cluster ADDRESS, or --cluster local.", ctx)
        return Elsewhere()
    given = [option for option, is_given in not_there.items() if is_given]
    if given:
        raise click.UsageError(f"{' and '.join(given)} cannot be combined with --{_what(shards)}.", ctx)
    if shards is not None and jobs not in (None, 1):
        raise click.UsageError("--shards is for one check at a time: it implies --jobs 1.", ctx)
    from skipgate.app.cluster.connection import Connection
    from skipgate.app.cluster.shards import RayCluster

    connection = Connection(address, shards or jobs)
    ray = connection.open()
    if shards is not None:
        return Elsewhere(shards=RayCluster(connection, shards))
    return Elsewhere(checks=connection, processors=jobs or int(ray.cluster_resources().get("CPU", 1)))


def _what(shards: int | None) -> str:
    return "cluster" if shards is None else "shards"
