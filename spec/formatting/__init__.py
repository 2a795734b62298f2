"""The canonical form of .gate text."""
