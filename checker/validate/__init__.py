"""Is a log a behaviour of a model?"""
