"""What is decided before a search: tests that can never fail, dead guards, bounds of parameters."""
