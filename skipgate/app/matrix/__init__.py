"""A table of checks and properties: how a design got where it is, at a glance."""
