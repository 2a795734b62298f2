"""From a checked specification to results: the elaborated model, and the engines that explore and prove it."""
