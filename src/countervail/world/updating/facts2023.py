"""What is known of 2023, region by region: trade, product, balances, goods passed on.

Everything is in the order of ``Frame.regions``: the regions of the old table without its
rest, the economies carved out, the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from countervail.world.arrays import Array, Mask
from countervail.world.core import World
from countervail.world.tariffs.collected import collected_2024
from countervail.world.updating import priors
from countervail.world.updating.economies import Economies

OLD, NEW = 2014, 2023
REST = "ROW"
US = "USA"
CARVED = tuple(sorted(priors.export_composition()))
"""Economies carved out of the rest of the world of 2014: those with priors for their exports."""

_VALUE_ADDED_RANGE = (0.88, 1.0)
_CARVED_VALUE_ADDED = 0.92
_EXPORT_CAP = 0.85
_SOFT = 0.1  # Customs and balance of payments differ by this order: soft, never exact.
_REST_SOFTER = 3.0  # its accounts are the least known
_SERVICES_DISTANCE = 0.7


@dataclass(frozen=True, eq=False)
class Frame:
    """The old world, the single economies, and the region of the new one that holds each.

    ``goods`` (J,) marks the sectors whose pair totals are known.
    """

    old: World
    economies: Economies
    regions: tuple[str, ...]
    holder: tuple[str, ...]
    goods: Mask

    @property
    def first(self) -> int:
        """The position of the first carved economy."""
        return len(self.regions) - len(CARVED) - 1

    def total(self, values: Array) -> Array:
        """Economies' values (n,) or (n,n) summed into regions."""
        place = {r: k for k, r in enumerate(self.regions)}
        into = np.eye(len(self.regions))[[place[h] for h in self.holder]]
        return into.T @ values @ into if values.ndim == 2 else into.T @ values

    def gdp(self, year: int) -> Array:
        """GDP of ``year`` (N,), million USD."""
        known = self.economies.gdp[year]
        return self.total(np.array([known.get(c, 0.0) for c in self.economies.codes]))


@dataclass(frozen=True, eq=False)
class Facts:
    """Totals of the new year: ``pairs`` (N,N) goods [importer, exporter], NaN at home.

    ``goods`` (J,) marks the sectors that ``pairs`` sums over.
    ``value_added``, ``growth``, ``reexports``, ``deficit`` (NaN: free) and ``slack`` are
    (N,); million USD, growth a ratio.
    """

    goods: Mask
    pairs: Array
    value_added: Array
    growth: Array
    reexports: Array
    deficit: Array
    slack: Array


@dataclass(frozen=True, eq=False)
class Collected:
    """US goods imports from one exporter in 2024 (goods,), million USD, and the rate paid.

    Rates are NaN where nothing was imported.
    """

    imports: Array
    rate: Array


def facts(frame: Frame) -> Facts:
    """Every total of the new year."""
    pairs = goods_totals(frame)
    before, after = value_added(frame)
    balances = priors.economies()["balance"]
    trade = np.nansum(pairs, axis=0) + np.nansum(pairs, axis=1)
    deficit = np.array(
        [-1e3 * balances[r].value if r in balances else np.nan for r in frame.regions]
    )
    # The old rest's deficit of 1.3 tn is a gap in world accounts, not a fact to carry on:
    # its goods balance is kept and services are taken to be balanced.
    rest = frame.regions.index(REST)
    deficit[rest] = np.nansum(pairs[rest]) - np.nansum(pairs[:, rest])
    slack = _SOFT * trade
    slack[rest] *= _REST_SOFTER
    growth = after / before
    passed = _reexports(frame, pairs, growth)
    return Facts(frame.goods, pairs, after, growth, passed, deficit, slack)


def goods_totals(frame: Frame) -> Array:
    """Goods totals [importer, exporter], million USD; the priors where the trade file has none."""
    found = frame.total(frame.economies.trade)
    np.fill_diagonal(found, np.nan)
    given = priors.pair_totals()
    for economy in sorted({exporter for importer, exporter in given if importer == "WLD"}):
        n = frame.regions.index(economy)
        for axis in (0, 1):
            total = given[("WLD", economy) if axis == 0 else (economy, "WLD")].value * 1e3
            known = {
                frame.regions.index(pair[axis]): row.value * 1e3
                for pair, row in given.items()
                if pair[1 - axis] == economy and pair[axis] != "WLD"
            }
            others = [k for k in range(len(frame.regions)) if k != n and k not in known]
            guess = _old_pattern(frame, economy, axis)[others]
            line = np.full(len(frame.regions), np.nan)
            line[list(known)] = list(known.values())
            line[others] = (total - sum(known.values())) * guess / guess.sum()
            found[(slice(None), n) if axis == 0 else (n, slice(None))] = line
    return found


def _old_pattern(frame: Frame, economy: str, axis: int) -> Array:
    """Old goods trade of ``economy`` (N,): exports on axis 0, imports on axis 1.

    What the old rest traded is split by product.
    """
    old = frame.old.arrays.flows[frame.goods].sum(axis=0)
    at = frame.old.regions.index(economy)
    line = old[:, at] if axis == 0 else old[at]
    gdp = frame.gdp(NEW)
    part = gdp[frame.first :] / gdp[frame.first :].sum()
    kept = [line[frame.old.regions.index(r)] for r in frame.regions[: frame.first]]
    return np.concatenate([kept, line[frame.old.regions.index(REST)] * part])


def value_added(frame: Frame) -> tuple[Array, Array]:
    """Value added of the old and the new year (N,), million USD.

    The old ratio of value added to GDP is kept within a range that taxes on products
    can explain (basic against market prices); carved economies get one ratio.
    """
    old_gdp, new_gdp = frame.gdp(OLD), frame.gdp(NEW)
    observed = dict(zip(frame.old.regions, frame.old.arrays.factor_income, strict=True))
    old = np.array([observed.get(r, 0.0) for r in frame.regions])
    inside = slice(frame.first, None)
    old[inside] = observed[REST] * old_gdp[inside] / old_gdp[inside].sum()
    ratio = np.clip(old / old_gdp, *_VALUE_ADDED_RANGE)
    ratio[inside] = _CARVED_VALUE_ADDED
    return old, ratio * new_gdp


def nearness(frame: Frame) -> Array:
    """Product of both sides over distance to a power, summed over economies (N,N)."""
    known = frame.economies.gdp[OLD]
    gdp = np.array([known.get(c, 0.0) for c in frame.economies.codes])
    far = np.maximum(frame.economies.distance, 1.0) ** _SERVICES_DISTANCE
    near = gdp[:, None] * gdp[None, :] / far
    np.fill_diagonal(near, 0.0)
    return frame.total(near)


def composition(economy: str, goods: Sequence[str]) -> Array:
    """Shares of ``goods`` in an economy's exports: fuels as sourced, the rest by the priors."""
    given = priors.economies()
    fuel, refined = (given[name][economy].value for name in ("fuel_share", "refined_share"))
    other = priors.export_composition()[economy]
    found = np.array([(1.0 - fuel) * other[s].value if s in other else 0.0 for s in goods])
    found[goods.index("mining")] += fuel * (1.0 - refined)
    found[goods.index("petroleum")] += fuel * refined
    return np.asarray(found / found.sum())


def _reexports(frame: Frame, pairs: Array, growth: Array) -> Array:
    """Goods passed on, million USD: as sourced, else what exceeds a cap on exports per output."""
    exports = np.nansum(pairs, axis=0)
    sourced = priors.economies()["reexports"]
    output = dict(
        zip(frame.old.regions, frame.old.arrays.output[frame.goods].sum(axis=0), strict=True)
    )
    found = np.zeros(len(frame.regions))
    for k, region in enumerate(frame.regions):
        if region in sourced:
            found[k] = sourced[region].value * exports[k]
        elif k < frame.first:
            found[k] = max(exports[k] - _EXPORT_CAP * output[region] * growth[k], 0.0)
    return found


def collected(frame: Frame) -> dict[str, Collected]:
    """US imports by sector and the rate paid on them in 2024, by exporting region."""
    into = dict(zip(frame.economies.codes, frame.holder, strict=True))
    sectors = [frame.old.sectors[k] for k in np.flatnonzero(frame.goods)]
    place = {sector: k for k, sector in enumerate(sectors)}
    found: dict[str, tuple[Array, Array]] = {}
    for row in collected_2024():
        region = into.get(row.exporter, REST)
        if row.sector not in place or region == US:
            continue
        imports, duty = found.setdefault(region, (np.zeros(len(place)), np.zeros(len(place))))
        imports[place[row.sector]] += row.imports
        duty[place[row.sector]] += row.imports * row.rate
    return {
        region: Collected(
            imports, np.where(imports > 0, duty / np.maximum(imports, 1e-300), np.nan)
        )
        for region, (imports, duty) in found.items()
        if imports.sum() > 0
    }
