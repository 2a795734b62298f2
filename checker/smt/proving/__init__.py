"""Proofs and refutations for all values, and cross-checks of the search."""
