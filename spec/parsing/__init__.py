"""From the text of a .gate file to its syntax tree."""
