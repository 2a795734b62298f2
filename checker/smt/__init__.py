"""The Z3 back end: models as formulas. The concrete engines import nothing from here."""
