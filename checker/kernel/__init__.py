"""From the elaborated model to kernels: integer code over packed states."""
