"""Shocks, closures, outcomes and derivatives: the equilibrium of a world with labels."""
