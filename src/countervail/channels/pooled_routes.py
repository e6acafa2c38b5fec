"""Several new routes to one market: capacities add up, those that gain most are used first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from countervail.channels.split_flow import Cell
from countervail.equilibrium.shock import Shock
from countervail.world.core import World


@dataclass(frozen=True)
class Way:
    """One route's offer to one flow: gain over price, capacity (million USD a year), chance.

    ``name``: what two deals share where they build the same route, which then counts once.
    """

    name: str
    gain: float
    capacity: float
    chance: float


def cost_factor(ways: Sequence[Way], flow: float, theta: float) -> float:
    """New over old cost of a ``flow`` (million USD) that may go over all ``ways``.

    The first k ways, by gain, bring costs to max(1 - gain_k, (1 + C_k / flow)^(-1/theta)), C_k
    being what they carry together; the lowest over k rules, and each fall counts, in logs, with
    the chance of the way that brings it.
    """
    fall = lowest = 0.0
    capacity = 0.0
    for way in sorted(_once(ways), key=lambda way: (-way.gain, way.name)):
        capacity += way.capacity
        reached = max(math.log1p(-way.gain), -math.log1p(capacity / flow) / theta)
        if reached < lowest:
            fall += way.chance * (reached - lowest)
            lowest = reached
    return math.exp(fall)


def pooled(world: World, ways: Mapping[Cell, Sequence[Way]], factor: float) -> Shock:
    """The shock of all ``ways``; theta is the world's times ``factor``."""
    arrays = world.arrays
    hats = np.ones_like(arrays.flows)
    for cell, offers in ways.items():
        flow = float(arrays.flows[cell])
        if flow > 0:
            hats[cell] = cost_factor(offers, flow, float(arrays.elasticity[cell[0]]) * factor)
    return Shock(world, trade_cost=hats)


def _once(ways: Sequence[Way]) -> list[Way]:
    """Each route once: of two deals that build it, the likelier one."""
    best: dict[str, Way] = {}
    for way in ways:
        known = best.get(way.name)
        if known is None or way.chance > known.chance:
            best[way.name] = way
    return list(best.values())
