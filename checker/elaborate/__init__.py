"""From the checked syntax tree and one check to the elaborated model."""
