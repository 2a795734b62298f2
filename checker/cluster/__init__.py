"""One search over many shards, each of which owns the states of its part of the hashes.

    spread       the loops of a shard, in the kernel language
    parcels      what shards send to each other, and the books that show whether all of it has arrived
    shard        drives the loops: the memory of a shard, its levels, its part of a checkpoint
    team         how shards are reached: a protocol, and one that has all of them in this process
    saved        a search on disk, from which all shards can go on
    retrace      shortest traces from levels that lie on many shards
    coordinator  takes the shards from level to level, and begins again where a shard is lost
    explore      a search under CPython that goes on on shards, with the results of the former

Nothing here knows how messages travel: that is `Team`. The one over Ray is in `skipgate.app.cluster`.
"""
