"""Sums over a world's flows, by names."""

from __future__ import annotations

import numpy as np

from countervail.world.arrays import Array
from countervail.world.core import World
from countervail.world.labels import Spec


def trade_between(
    world: World, importers: Spec = None, exporters: Spec = None, sectors: Spec = None
) -> float:
    """What ``importers`` buy from ``exporters``, million USD at the border, home sales left out."""
    cells = np.ix_(
        np.array(world.resolve_sectors(sectors)),
        np.array(world.resolve_regions(importers)),
        np.array(world.resolve_regions(exporters)),
    )
    return float(foreign_flows(world)[cells].sum())


def foreign_flows(world: World) -> Array:
    """The flows (J,N,N) with home sales set to zero, million USD at the border."""
    flows = np.array(world.arrays.flows)
    home = np.arange(flows.shape[1])
    flows[:, home, home] = 0.0
    return flows
