"""Flows of which only parts are taxed or banned: the one tax and the one cost that do the same.

The parts of a flow are varieties of the same unit cost. Part k has the share v_k of the flow's
spending and costs r_k times what it did; the rest, 1 - sum v, costs what it did. At given costs the
flow's spending moves by f = 1 - sum v + sum v_k r_k^-theta. One tax and one cost factor do the
same to spending, to what is paid at the border, and to the price index: the tax is the average
that is paid after buyers have moved to what is cheap, the cost factor makes the price right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.equilibrium.shock import Shock
from countervail.world.core import World

Array = npt.NDArray[np.float64]
Cell = tuple[int, int, int]


@dataclass(frozen=True)
class Part:
    """One part of a flow: its share of the flow's spending in the base, and the tax it pays.

    ``cost``: by what its iceberg cost is multiplied; a very high one stands for a ban.
    """

    share: float
    rate: float
    cost: float = 1.0


def split(old: float, theta: float, parts: Sequence[Part]) -> tuple[float, float]:
    """(average rate, cost factor) of a flow taxed at ``old`` once its parts pay their own rates."""
    spent, bought = _moved(old, theta, parts)
    if all(part.rate == old and part.cost == 1.0 for part in parts):
        return old, 1.0
    average = spent / bought
    return average - 1.0, float(spent ** (-1.0 / theta) * (1.0 + old) / average)


def part_of_trade(old: float, theta: float, parts: Sequence[Part], which: int) -> float:
    """What of the flow's value at the border part ``which`` is, once all pay their own rates."""
    part = parts[which]
    own = _spent(old, theta, part) / (1.0 + part.rate)
    return float(own / _moved(old, theta, parts)[1])


def split_shock(
    world: World, field: str, cells: Mapping[Cell, Sequence[Part]], elasticity_factor: float
) -> Shock:
    """The shock under which the flows at ``cells`` pay ``field`` part by part."""
    old = getattr(world.arrays, field)
    levels, costs = np.array(old), np.ones_like(old)
    for cell, parts in cells.items():
        theta = float(world.arrays.elasticity[cell[0]]) * elasticity_factor
        levels[cell], costs[cell] = split(float(old[cell]), theta, parts)
    return Shock(world, confirm_units=True, **{field: levels, "trade_cost": costs})


def parts_of(hit: Shock, field: str, coverage: float) -> dict[Cell, tuple[Part]]:
    """The part ``coverage`` of every flow whose ``field`` or trade cost ``hit`` changes."""
    old, new = getattr(hit.world.arrays, field), hit.array(field)
    cost = hit.array("trade_cost")
    return {
        (int(s), int(n), int(i)): (Part(coverage, float(new[s, n, i]), float(cost[s, n, i])),)
        for s, n, i in np.argwhere((new != old) | (cost != 1.0))
    }


def partly(hit: Shock, field: str, coverage: float, elasticity_factor: float) -> Shock:
    """``hit``, with the part ``coverage`` of every flow that it taxes or bans, the rest left."""
    return split_shock(hit.world, field, parts_of(hit, field, coverage), elasticity_factor)


def _moved(old: float, theta: float, parts: Sequence[Part]) -> tuple[float, float]:
    """(spending, value at the border) after the move, per unit of the base's spending."""
    rest = 1.0 - sum(part.share for part in parts)
    if abs(rest) < 1e-12:
        rest = 0.0  # parts that are the whole flow leave nothing, not the rounding of their sum
    spent, bought = rest, rest / (1.0 + old)
    for part in parts:
        moved = _spent(old, theta, part)
        spent += moved
        bought += moved / (1.0 + part.rate)
    return spent, bought


def _spent(old: float, theta: float, part: Part) -> float:
    """What is spent on one part after the move, per unit of the base's spending on its flow."""
    ratio = part.cost * (1.0 + part.rate) / (1.0 + old)
    return float(part.share * ratio**-theta)
