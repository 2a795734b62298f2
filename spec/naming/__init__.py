"""Name resolution: what every name in a program refers to.

There is one namespace for everything but checks, and nothing may be shadowed: a name means one thing wherever it is
seen.
"""
