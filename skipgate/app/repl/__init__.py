"""A walk through a model by commands, in a terminal or from a pipe."""
