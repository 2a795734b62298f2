"""The checks of a file: chosen, prepared, run, and compared with what they expect."""
