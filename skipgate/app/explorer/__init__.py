"""The explorer: a page on this machine to walk through a model."""
