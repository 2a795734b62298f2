"""What a violation is explained with: its trace, and the same schedule under another check."""
