"""Tariffs that are best: for one, for all at once, and agreed upon."""
