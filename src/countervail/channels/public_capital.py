"""Public capital of a region: how much there is, and what more of it does to productivity."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from countervail.equilibrium.shock import Shock
from countervail.parameters import parameter
from countervail.world.core import World


def public_capital(world: World, region: str) -> float:
    """Public capital of ``region``, million USD: years of product (constructed).

    Parameter ``public_capital.output_ratio``.
    """
    product = float(world.arrays.factor_income[world.regions.index(region)])
    return parameter("public_capital.output_ratio").value * product


def public_shock(world: World, added: Mapping[str, float]) -> Shock:
    """What ``added`` public capital does, million USD by region; empty where there is none.

    Value added of every sector rises to (1 + F/G) to the power ``public_capital.elasticity`` at
    given prices. Source: Bom and Ligthart (2014) for the elasticity.
    """
    if not any(added.values()):
        return Shock(world)
    hats = np.ones((len(world.sectors), len(world.regions)))
    for region, money in added.items():
        n = world.regions.index(region)
        power = parameter("public_capital.elasticity").value * world.arrays.value_added_share[:, n]
        hats[:, n] = (1.0 + money / public_capital(world, region)) ** power
    return Shock(world, productivity=hats)
