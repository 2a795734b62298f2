"""Checks as jobs: done in this process, or by several workers if there is enough to do."""
