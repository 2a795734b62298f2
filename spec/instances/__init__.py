"""Files that are imported under a name: each name of them becomes one of the whole."""
