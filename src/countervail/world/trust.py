"""How much of a world is observed, updated or constructed, by value, and where."""

from __future__ import annotations

import numpy as np

from countervail.world.core import World
from countervail.world.labels import Spec
from countervail.world.status import NAMES, value_by_status
from countervail.world.totals import foreign_flows

Shares = dict[str, float]
"""Fractions by status that sum to one; empty where there is no value."""


def trade_status(world: World, regions: Spec = None, sectors: Spec = None) -> Shares:
    """The shares of foreign trade in each status, by value at the border.

    ``regions``: trade in which one of them buys or sells (None: all trade of the world).
    """
    abroad = foreign_flows(world)
    inside = np.zeros(len(world.regions), dtype=bool)
    inside[list(world.resolve_regions(regions))] = True
    abroad[:, ~(inside[:, None] | inside[None, :])] = 0.0
    chosen = list(world.resolve_sectors(sectors))
    return value_by_status(abroad[chosen], world.status.flows[chosen])


def home_status(world: World, regions: Spec = None) -> Shares:
    """The shares of what ``regions`` buy at home in each status, by value."""
    n = list(world.resolve_regions(regions))
    return value_by_status(world.arrays.flows[:, n, n], world.status.flows[:, n, n])


def output_status(world: World, regions: Spec = None) -> Shares:
    """The shares of output whose cost structure (inputs, value added) is in each status."""
    n = list(world.resolve_regions(regions))
    return value_by_status(world.arrays.output[:, n], world.status.costs[:, n])


def region_status(world: World, region: str) -> str:
    """The status of most of a region's home sales and costs: what to call the economy.

    One of ``status.NAMES``; ``observed`` where the region makes nothing. The shares by
    value of both count alike, so that an economy with some constructed cost columns (of
    goods that it passes on) is not called constructed where its own market is not.
    """
    parts = (home_status(world, region), output_status(world, region))
    return max(NAMES, key=lambda name: sum(part.get(name, 0.0) for part in parts))


def constructed_regions(world: World) -> tuple[str, ...]:
    """The regions that ``region_status`` calls constructed, the largest factor income first."""
    income = dict(zip(world.regions, world.arrays.factor_income, strict=True))
    found = [r for r in world.regions if region_status(world, r) == "constructed"]
    return tuple(sorted(found, key=lambda r: -income[r]))
