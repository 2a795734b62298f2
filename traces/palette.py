"""The colours of the diagrams: of Okabe and Ito's set, which people with any kind of colour vision can tell
apart.

None of them carries a meaning alone; shape, weight or dashes always say the same.
"""

from __future__ import annotations

BLACK = "#000000"
WHITE = "#ffffff"
GREY = "#555555"  # dark enough to be read in print
PALE = "#e8e8e8"
BLUE = "#0072b2"
VERMILION = "#d55e00"
