"""One behaviour of a model, chosen step by step, and the questions that are put to it."""
