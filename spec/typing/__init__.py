"""Type checking: every expression gets a static type, every wrong one a diagnostic."""
