"""Liveness: what must happen sooner or later, in every fair behaviour. Loaded only for models that say so."""
