"""What a route does to the costs of trade: from a gain per unit and a capacity to cost hats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.errors import InputError, NotANumberError
from countervail.world import registry
from countervail.world.core import World


@dataclass(frozen=True, eq=False)
class RouteHats:
    """Cost factors of a route, and what limits them.

    ``hats`` (S, N, N): new over old cost of trade, (sector, importer, exporter), 1 where
    nothing changes; ``bound``: markets whose share of the capacity, not the gain per unit,
    limits the fall; ``empty``: markets that buy nothing today, where nothing can grow;
    ``capacity``: million USD a year by flow, (sector, importer, exporter) as places.
    """

    hats: npt.NDArray[np.float64]
    bound: tuple[str, ...]
    empty: tuple[str, ...]
    capacity: Mapping[tuple[int, int, int], float]


def route_cost_hats(
    world: World,
    exporter: str,
    markets: Mapping[str, float],
    sector: str,
    gain_fraction: float,
    capacity_million_usd: float,
    elasticity_factor: float = 1.0,
) -> RouteHats:
    """The cost factors of ``exporter``'s sales of ``sector`` to ``markets`` over a new route.

    ``markets``: region codes with their shares of the capacity (they are scaled to sum to 1;
    a country inside a region of the world counts with it, home and unknown codes are
    refused); ``gain_fraction``: the gain per unit over its price, 0 to below 1;
    ``capacity_million_usd``: what the route carries a year, at that price.

    The factor of market m is max(1 - gain, (1 + c_m / x_m)^(-1/theta)), with its share c_m
    of the capacity, the flow x_m of the base and the world's trade elasticity theta: at given
    prices the trade that the second term creates fills the capacity. Raises
    ``UnknownLabelError`` for a region or sector that the world lacks, ``InputError`` and
    ``NotANumberError`` for numbers that mean nothing. Source: definition of this program.
    """
    _check(gain_fraction, capacity_million_usd)
    (home,) = world.labels.resolve_regions(exporter)
    named = world.labels.resolve_sectors(sector)
    if len(named) != 1:
        raise InputError(
            f"{sector!r} means {len(named)} sectors of {world.name}.", "Name one sector."
        )
    s, i = world.sectors.index(named[0]), world.regions.index(home)
    theta = float(world.arrays.elasticity[s]) * elasticity_factor
    hats = np.ones((len(world.sectors), len(world.regions), len(world.regions)))
    bound, empty = [], []
    capacity: dict[tuple[int, int, int], float] = {}
    for market, share in _shares(world, home, markets).items():
        n = world.regions.index(market)
        flow = float(world.arrays.flows[s, n, i])
        if flow <= 0.0:
            empty.append(market)
            continue
        capacity[s, n, i] = share * capacity_million_usd
        filled = (1.0 + capacity[s, n, i] / flow) ** (-1.0 / theta)
        if filled > 1.0 - gain_fraction:
            bound.append(market)
        hats[s, n, i] = max(1.0 - gain_fraction, filled)
    return RouteHats(hats, tuple(bound), tuple(empty), capacity)


def _shares(world: World, home: str, markets: Mapping[str, float]) -> dict[str, float]:
    """The shares by region of the world, summing to 1."""
    total = sum(markets.values())
    if not markets or not np.isfinite(total) or min(markets.values()) < 0 or total <= 0:
        raise InputError(
            f"the shares of the markets are {dict(markets)}.",
            "Name at least one region; shares are above 0.",
        )
    found: dict[str, float] = {}
    for code, share in markets.items():
        region = code
        if code not in world.regions:
            holder = world.labels.region_that_holds(code) if code in registry.regions() else None
            region = holder or world.labels.resolve_regions(code)[0]
        if region == home:
            raise InputError(
                f"{code} is at home in {home}; a route to it changes no foreign trade.",
                "Name foreign markets.",
            )
        found[region] = found.get(region, 0.0) + share / total
    return found


def _check(gain: float, capacity: float) -> None:
    for what, value in (("the gain", gain), ("the capacity", capacity)):
        if isinstance(value, bool) or not np.isfinite(value):
            raise NotANumberError(f"{what} of a route is {value!r}.", "Give one number.")
    if not 0 <= gain < 1:
        raise InputError(
            f"a gain of {gain:g} of the price is not between 0 and 1.",
            "A gain of US$ 5 on a price of US$ 70 is 5 / 70.",
        )
    if capacity < 0:
        raise InputError(f"a capacity of {capacity:g} million USD is negative.", "Give 0 or more.")
