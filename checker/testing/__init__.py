"""Few short behaviours that meet all that tests of the code should try."""
