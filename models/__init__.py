"""Protocols specified in the skipgate language."""
