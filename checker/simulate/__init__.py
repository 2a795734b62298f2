"""Random walks instead of a search."""
