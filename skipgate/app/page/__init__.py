"""The report as a page for a browser: `index.html` beside the pictures."""
