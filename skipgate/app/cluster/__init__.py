"""Ray, on which checks and shards run on other machines: the optional extra `skipgate[cluster]`."""
