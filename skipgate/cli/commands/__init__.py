"""The commands, one a file. `skipgate.cli.main` loads the one that is called."""
