"""The language server: what an editor asks of a model, answered by the passes that the command line uses."""
