"""Breadth-first search over kernels, under CPython."""
