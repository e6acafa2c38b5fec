"""Stocks of direct investment constructed from totals, distance and the few known cells."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from countervail.channels.capital.tables import Total, closest, known_cells, places, totals
from countervail.parameters import parameter
from countervail.world.core import World

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

OBSERVED, UPDATED, CONSTRUCTED = 0, 1, 2
_EARTH = 6371.0
_SIDES = ("inward", "outward")
_TOLERANCE = 1e-12
_PASSES = 2000


@dataclass(frozen=True, eq=False)
class Economies:
    """Economies one by one before they are added up to regions of a world.

    ``region``: place on the world's region axis, -1 for none; ``inward`` and ``outward``:
    totals, million USD; ``fixed``: (2, economy), whether a total is of the world's own base year;
    ``cells`` and ``known``: what sources give, [host, origin], and where; ``codes``: its status.
    """

    names: tuple[str, ...]
    region: npt.NDArray[np.intp]
    inward: Array
    outward: Array
    fixed: npt.NDArray[np.bool_]
    cells: Array
    known: npt.NDArray[np.bool_]
    codes: Codes


def economies_of(world: World, known: bool = True) -> Economies:
    """The economies behind ``world`` with their totals moved to its base year.

    A total of another year grows as the product of its region did; inside ``ROW``, of which
    only some members are listed, as that of all regions shown alone. A region of which no
    economy is listed gets the median ratio of stock to product. ``known``: with the cells that
    sources give; without them (for tests of the method) totals and distance alone.
    """
    labels, year = world.labels, world.base_year
    named = sorted({economy for economy, _ in totals()} | set(places()))
    # What lies in no region of this world is no owner here either.
    held = {name: r for name in named if (r := labels.region_that_holds(name)) is not None}
    listed = list(held)
    covered = set(held.values())
    names = (*listed, *(r for r in world.regions if r not in covered))
    region = np.array(
        [world.regions.index(h) if (h := held.get(n, n)) is not None else -1 for n in names]
    )
    values = np.zeros((2, len(names)))
    fixed = np.zeros((2, len(names)), dtype=np.bool_)
    growth = _Growth(world, {n: r for n, r in zip(names, region, strict=True) if n in held})
    for k, side in enumerate(_SIDES):
        usual = float(np.median([closest(rows, year).ratio for rows in _of(side).values()]))
        for e, name in enumerate(names):
            if name in _of(side):
                total = closest(_of(side)[name], year)
                fixed[k, e] = total.year == year
                values[k, e] = total.value * (1.0 if fixed[k, e] else growth(name, total.year))
            elif name not in held:
                values[k, e] = usual * world.arrays.factor_income[region[e]]
    size = len(names)
    found = Economies(
        names,
        region,
        values[0],
        values[1],
        fixed,
        np.zeros((size, size)),
        np.zeros((size, size), dtype=np.bool_),
        np.full((size, size), CONSTRUCTED, dtype=np.int8),
    )
    return _consistent(_with_known(found, year) if known else found)


def constructed(found: Economies) -> tuple[Array, float]:
    """Stocks [host, origin], million USD, and how far the owners' totals are missed (relative).

    Known cells stay; the rest is in proportion to the product of the totals that are left and
    to distance to the power of minus ``capital.distance``, scaled until rows and columns add up.
    """
    rows, columns = found.inward - found.cells.sum(1), found.outward - found.cells.sum(0)
    with np.errstate(divide="ignore"):
        near = distances(found.names) ** -parameter("capital.distance").value
    seed = np.where(found.known | np.eye(len(found.names), dtype=np.bool_), 0.0, near)
    free, missed = balanced(seed * np.outer(rows, columns), rows, columns)
    return found.cells + free, missed


def balanced(seed: Array, rows: Array, columns: Array) -> tuple[Array, float]:
    """``seed`` scaled by row and by column until both add up, and how far columns miss (relative).

    Rows hold to rounding. Columns can be missed where there are few cells, as between two
    economies. Source: iterative proportional fitting (RAS).
    """
    cells = seed
    total = rows.sum()
    missed = 0.0
    for _ in range(_PASSES):
        cells = cells * _over(columns, cells.sum(0))
        cells = cells * _over(rows, cells.sum(1))[:, None]
        missed = float(np.abs(cells.sum(0) - columns).sum() / total) if total > 0 else 0.0
        if missed < _TOLERANCE:
            break
    return cells, missed


def distances(names: tuple[str, ...]) -> Array:
    """Great circles in km between the main places; the mean where a place is not listed."""
    known = places()
    spots = np.radians([known.get(name, (np.nan, np.nan)) for name in names])
    latitude, longitude = spots[:, 0], spots[:, 1]
    cosine = np.sin(latitude)[:, None] * np.sin(latitude) + np.cos(latitude)[:, None] * np.cos(
        latitude
    ) * np.cos(longitude[:, None] - longitude)
    far = _EARTH * np.arccos(np.clip(cosine, -1.0, 1.0))
    np.fill_diagonal(far, 0.0)
    apart = np.isfinite(far) & (far > 0)
    mean = float(np.exp(np.log(far[apart]).mean())) if apart.any() else 1.0
    return np.where(np.isfinite(far), far, mean)


def _of(side: str) -> dict[str, tuple[Total, ...]]:
    return {economy: rows for (economy, s), rows in totals().items() if s == side}


class _Growth:
    """By what product grew from a year to the world's base year, by economy."""

    def __init__(self, world: World, region: dict[str, int]) -> None:
        self._region = region
        self._income = world.arrays.factor_income
        self._rest = world.regions.index("ROW") if "ROW" in world.regions else -1

    def __call__(self, name: str, year: int) -> float:
        place = self._region[name]
        alone = place not in (-1, self._rest)
        members = [
            other
            for other, r in self._region.items()
            if (r == place if alone else r not in (-1, self._rest)) and other in _of("inward")
        ]
        income = {r: self._income[r] for r in {self._region[other] for other in members}}
        before = sum(closest(_of("inward")[other], year).product for other in members)
        return float(sum(income.values()) / before) if before else 1.0


def _with_known(found: Economies, year: int | None) -> Economies:
    cells, known, codes = found.cells.copy(), found.known.copy(), found.codes.copy()
    place = {name: e for e, name in enumerate(found.names)}
    for (host, origin), rows in known_cells().items():
        if host not in place or origin not in place:
            continue
        row = closest(rows, year)
        h, o = place[host], place[origin]
        cells[h, o] = row.share * (found.inward[h] if row.of == "host" else found.outward[o])
        known[h, o] = True
        if row.status != "judgement":
            codes[h, o] = OBSERVED if row.year == year else UPDATED
    return replace(found, cells=cells, known=known, codes=codes)


def _consistent(found: Economies) -> Economies:
    """Totals that hold the known cells, and owners' totals that sum to the hosts'.

    An economy without totals (an offshore centre) has what its known cells say. The sum of all
    inward stocks is taken as it is; outward stocks beyond the known cells, but for those of the
    base year, are scaled by one factor to meet it.
    """
    inward = np.maximum(found.inward, found.cells.sum(1))
    outward = np.maximum(found.outward, found.cells.sum(0))
    spare = outward - found.cells.sum(0)
    free = ~found.fixed[1]
    wanted = inward.sum() - found.cells.sum() - spare[~free].sum()
    if wanted > 0 and spare[free].sum() > 0:
        spare = np.where(free, spare * wanted / spare[free].sum(), spare)
    return replace(found, inward=inward, outward=found.cells.sum(0) + spare)


def _over(wanted: Array, there: Array) -> Array:
    return np.divide(wanted, there, out=np.zeros_like(wanted), where=there > 0)
