"""The commands, one a file. `skipgate.main` loads the one that is called."""
