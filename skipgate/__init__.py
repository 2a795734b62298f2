"""The face of skipgate: its command line."""
