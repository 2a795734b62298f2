"""A specification under one of its checks as a TLA+ module, so that TLC can be asked the same question."""
