"""Data that everything else speaks of: values, types, terms, the elaborated model, traces, results."""
