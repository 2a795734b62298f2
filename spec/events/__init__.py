"""Files that say what the events of a log mean."""
