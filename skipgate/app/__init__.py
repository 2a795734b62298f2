"""A run over many files, and what is made of its results."""
