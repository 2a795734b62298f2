"""Renderers: what is made of a checking result."""
