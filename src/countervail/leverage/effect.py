"""What an outcome is worth to some regions together: the figure that every measure shows."""

from __future__ import annotations

from collections.abc import Sequence

from countervail.equilibrium.outcome import Outcome


def effect(outcome: Outcome, regions: Sequence[str]) -> tuple[float, float]:
    """(percent of real income, billion USD) that ``regions`` lose together; negative: they gain."""
    where = [outcome.world.regions.index(r) for r in regions]
    loss = -outcome.equivalent_variation_million[where].sum()
    return float(100.0 * loss / outcome.base.recomputed.income[where].sum()), float(loss / 1000.0)
