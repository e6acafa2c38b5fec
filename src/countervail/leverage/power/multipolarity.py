"""How many poles a world has: concentration of product, trade and coercive power."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countervail.errors import InputError, require_kind
from countervail.leverage.power.matrix import Power
from countervail.world.borders import is_rest
from countervail.world.core import World
from countervail.world.totals import foreign_flows

Array = npt.NDArray[np.float64]

_SWEEPS = 10_000
_SETTLED = 1e-13


@dataclass(frozen=True)
class Poles:
    """How concentrated shares are: of ``what``, over ``count`` holders.

    ``hhi``: the sum of squared shares (Herfindahl-Hirschman), 1/N to 1. ``poles``: 1 / hhi,
    as many equals as would be as concentrated. ``entropy_poles``: exp of the shares' entropy,
    the same with less weight on the largest. ``con``: concentration of capabilities (Singer,
    Bremer & Stuckey 1972), 0 among equals, 1 for one alone. ``first``, ``second``: the two
    largest holders with their shares; ``gap``: the difference of the two. Shares are fractions.
    """

    what: str
    count: int
    hhi: float
    poles: float
    entropy_poles: float
    con: float
    first: str
    first_share: float
    second: str
    second_share: float
    gap: float


@dataclass(frozen=True)
class Multipolarity:
    """Poles of product (``gdp``), foreign ``trade`` and ``coercive_power``; None where is none.

    ``core_periphery``: how well one core and its periphery describe who trades with whom
    (see ``core_periphery``); None where it is not defined. ``regions``: who was counted.
    """

    world: str
    base_year: int | None
    regions: tuple[str, ...]
    gdp: Poles
    trade: Poles | None
    coercive_power: Poles | None
    core_periphery: float | None


def multipolarity(world: World, power: Power | None = None) -> Multipolarity:
    """How many poles the world has, by product, trade and coercive power.

    Product is factor income, trade exports plus imports at the border, and coercive power
    what each could take from all others by ending trade (``Power.coercive_power``; gains of
    a target count as nothing taken). Counted are the regions of ``power``, or all of the
    world, but never the rest of the world (``ROW``), which is no actor. A group that acts
    as one must be merged first (``world.aggregate(regions={"EU": "EU"})``).

    Raises ``InputError`` where the matrix is of another world or has first order alone.
    """
    require_kind(world, "world", World, "cv.load_world('world-2023')")
    if power is not None:
        require_kind(power, "power", Power, "cv.power(world)")
    if power is not None and power.world != world:
        raise InputError(
            f"the power matrix is of {power.world.name!r}, not of {world.name!r}.",
            "Make it from this world.",
        )
    known = world.regions if power is None else power.regions
    regions = tuple(region for region in known if not is_rest(region))
    if not regions:
        raise InputError("only the rest of the world was asked for.", "Name some economies.")
    at = [world.regions.index(region) for region in regions]
    flows = foreign_flows(world).sum(0)
    coercive = None
    if power is not None:
        taken = power.coercive_power.sel(coercer=list(regions)).values
        coercive = _poles_of(regions, np.maximum(taken, 0.0), "coercive power")
    return Multipolarity(
        world=world.name,
        base_year=world.base_year,
        regions=regions,
        gdp=poles(regions, world.arrays.factor_income[at], "product"),
        trade=_poles_of(regions, (flows.sum(0) + flows.sum(1))[at], "trade"),
        coercive_power=coercive,
        core_periphery=core_periphery(flows[np.ix_(at, at)]),
    )


def poles(names: Iterable[str], amounts: Iterable[float], what: str = "") -> Poles:
    """How many poles a distribution of ``amounts`` over ``names`` has.

    ``amounts`` (>= 0, in any unit) are turned into shares s:

        HHI = sum s^2,  poles = 1 / HHI,  entropy poles = exp(-sum s ln s)
        CON = sqrt((sum s^2 - 1/N) / (1 - 1/N))

    N equals have N poles and CON 0; one holder alone is one pole and CON 1. Raises
    ``InputError`` for no holder, as many names as amounts not given, an amount that is
    negative or not finite, or a sum of zero.
    """
    holders, values = tuple(names), np.array(list(amounts), dtype=np.float64)
    if not holders or len(holders) != len(values):
        raise InputError(f"{len(holders)} names for {len(values)} amounts.", "Give each a name.")
    odd = ~np.isfinite(values) | (values < 0)
    if odd.any():
        n = int(np.argmax(odd))
        raise InputError(f"the amount of {holders[n]}, {values[n]}, is not a number from 0 on.")
    if not values.any():
        raise InputError(f"nobody has any {what or 'amount'}.", "Shares need a sum above 0.")
    share = values / values.max()
    share /= share.sum()
    count = len(share)
    hhi = float((share**2).sum())
    held = share[share > 0]
    order = np.argsort(-share, kind="stable")
    second = int(order[1]) if count > 1 else None
    spread = 0.0 if count == 1 else (hhi - 1.0 / count) / (1.0 - 1.0 / count)
    return Poles(
        what=what,
        count=count,
        hhi=hhi,
        poles=1.0 / hhi,
        entropy_poles=float(np.exp(-(held * np.log(held)).sum())),
        con=1.0 if count == 1 else float(np.sqrt(max(0.0, spread))),
        first=holders[int(order[0])],
        first_share=float(share[order[0]]),
        second="" if second is None else holders[second],
        second_share=0.0 if second is None else float(share[second]),
        gap=float(share[order[0]] - (0.0 if second is None else share[second])),
    )


def _poles_of(names: tuple[str, ...], amounts: Array, what: str) -> Poles | None:
    return poles(names, amounts, what) if amounts.any() else None


def core_periphery(flows: Array) -> float | None:
    """How well one core and its periphery describe trade: 1 is perfectly, 0 not at all.

    ``flows`` (N,N), in any unit. The correlation, over all pairs of different regions, of
    trade between them (both directions added) with the product c_i c_j that fits it best by
    least squares (c >= 0): pairs trade as much as both are in the core. None for fewer than
    four regions, which a product always fits, or where all pairs trade alike.

    Source: the continuous model of Borgatti & Everett (2000), Models of core/periphery
    structures, Social Networks 21; fitted by least squares on pairs, as in MINRES.
    """
    pair = flows + flows.T
    count = len(pair)
    upper = np.triu_indices(count, 1)
    if count < 4 or np.ptp(pair[upper]) == 0:
        return None
    pair = pair / pair[upper].max()
    np.fill_diagonal(pair, 0.0)
    core = np.sqrt(pair.mean(1))
    for _ in range(_SWEEPS):
        before = core.copy()
        # Each in turn takes the value that fits its own pairs best, the others held.
        for i in range(count):
            others = core @ core - core[i] ** 2
            core[i] = pair[i] @ core / others if others > 0 else 0.0
        if np.abs(core - before).max() <= _SETTLED:
            break
    pattern = np.outer(core, core)[upper]
    if np.ptp(pattern) == 0:
        return None
    return float(np.corrcoef(pair[upper], pattern)[0, 1])
