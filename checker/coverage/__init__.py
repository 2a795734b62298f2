"""Coverage: what a search has been through, counted once it is over. Loaded only if it is asked for."""
