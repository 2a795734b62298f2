"""The skipgate language: from the text of a .gate file to a checked syntax tree."""
