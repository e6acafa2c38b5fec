"""Moving an observed table to a later year: totals, priors, carving, balancing; world-2023."""
