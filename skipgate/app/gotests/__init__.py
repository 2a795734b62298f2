"""Behaviours as Go tests: a table, an interface to the system under test, and an adapter to fill in."""
