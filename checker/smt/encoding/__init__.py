"""The elaborated model as formulas."""
