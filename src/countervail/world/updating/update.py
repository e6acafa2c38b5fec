"""Moving an observed table to the totals of a later year.

The structure of the old year (who buys what from whom, with which inputs) is scaled to
a first guess of the new one: goods flows to the new total of their pair, home sales
with the region's growth, services with the growth of both sides. Exporters that
pass goods on get a technology for it. ``balance`` then finds the accounts nearest
to that guess which meet every total and identity.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from countervail.errors import AccountingError, ShapeError
from countervail.world.arrays import Array, Arrays
from countervail.world.updating.balance import HOME_WEIGHT, Balanced, Prior, Totals, balance

REEXPORT_MARGIN = 0.05
"""Value added per unit of goods passed on: judgement (margins of trade in transit are small)."""

_SEED = 1e-3
_TRACE = 1e-7
_MOST_PASSED_ON = 0.9


@dataclass(frozen=True, eq=False)
class Table:
    """One year's accounts: what an update starts from (million USD, fractions).

    ``flows`` and ``tariff`` (J,N,N) [sector, importer, exporter], home sales included;
    ``input_share`` (N,J,J) [region, input, user]; ``value_added_share`` (J,N);
    ``final`` (J,N) final demand.
    """

    regions: tuple[str, ...]
    flows: Array
    tariff: Array
    input_share: Array
    value_added_share: Array
    final: Array

    @classmethod
    def of(cls, arrays: Arrays, regions: Sequence[str]) -> Table:
        """The table in the arrays of a world."""
        return cls(
            tuple(regions),
            arrays.flows,
            arrays.tariff,
            arrays.input_share,
            arrays.value_added_share,
            arrays.final_share * arrays.income,
        )

    @property
    def output(self) -> Array:
        """Gross output (J,N), million USD."""
        return np.asarray(self.flows.sum(axis=1))

    @property
    def value_added(self) -> Array:
        """Value added by region (N,), million USD."""
        return np.asarray((self.value_added_share * self.output).sum(axis=0))


@dataclass(frozen=True, eq=False)
class Updated:
    """The accounts of the new year, and the guess that they were nearest to.

    ``balanced``: flows, input shares and final demand; ``value_added_share`` (J,N) that
    they hold with; ``prior``: the guess; ``reexports`` (N,) goods passed on, million USD;
    ``seeded``: pairs without old goods trade; ``totals``: what was asked for.
    """

    balanced: Balanced
    value_added_share: Array
    prior: Prior
    reexports: Array
    seeded: int
    totals: Totals


def update(
    table: Table,
    totals: Totals,
    *,
    growth: Array | None = None,
    reexports: Array | None = None,
    home_weight: float = HOME_WEIGHT,
    progress: Callable[[float], None] | None = None,
) -> Updated:
    """``table`` moved to ``totals``.

    ``growth`` (N,): value added of the new year over the old; None takes the old from the
    table. ``reexports`` (N,): goods that each region passes on, million USD of the new
    year, part of its exports; None for nowhere. Raises ``AccountingError`` where the
    totals cannot be met.
    """
    count = len(table.regions)
    if totals.pairs.shape != (count, count) or totals.value_added.shape != (count,):
        raise ShapeError(
            f"the totals have shape {totals.pairs.shape}, the table has {count} regions.",
            "Give one total per pair and one value added per region, in the table's order.",
        )
    if growth is None:
        growth = totals.value_added / table.value_added
    flows, seeded = _first_guess(table, totals, growth)
    passed = np.zeros(count) if reexports is None else reexports
    inputs, share = _costs(table, flows, totals, passed)
    final = _final_demand(table, flows, growth)
    prior = Prior(flows, table.tariff, inputs, final, share)
    balanced = balance(prior, totals, table.regions, home_weight=home_weight, progress=progress)
    if (balanced.final < 0).any():
        s, n = np.unravel_index(int(balanced.final.argmin()), balanced.final.shape)
        raise AccountingError(
            f"final demand of {table.regions[n]} came out negative in sector {s}.",
            "This is a failure of the balancing; report it with the inputs.",
        )
    return Updated(balanced, share, prior, passed, seeded, totals)


def _first_guess(table: Table, totals: Totals, growth: Array) -> tuple[Array, int]:
    """Flows of the old year at the size of the new one, and how many pairs were seeded."""
    old, goods = table.flows, totals.goods
    count = len(table.regions)
    home = np.eye(count, dtype=bool)
    world = float(totals.value_added.sum() / (totals.value_added / growth).sum())
    flows: Array = old * (growth[:, None] * growth[None, :] / world)
    flows[:, home] = old[:, home] * growth
    known = ~np.isnan(totals.pairs) & ~home
    had = old[goods].sum(axis=0)
    wanted = np.where(known, totals.pairs, 0.0)
    bare = known & (wanted > 0) & (had <= _TRACE * wanted)
    scaled = old[goods] * np.where(known & (had > 0), wanted / np.where(had > 0, had, 1.0), 1.0)
    scaled = np.where(known | home, scaled, flows[goods])
    scaled[:, home] = flows[goods][:, home]
    if bare.any():
        scaled[:, bare] = _usual_composition(old[goods], home)[:, bare] * wanted[bare]
    # A trace of the usual composition lets goods appear that the pair did not trade before.
    usual = _usual_composition(old[goods], home) * wanted
    empty = known & (scaled <= 0)
    flows[goods] = np.where(empty, _SEED * usual * _sold(old[goods])[:, None, :], scaled)
    return flows, int(bare.sum())


def _sold(goods_flows: Array) -> Array:
    """One where an exporter makes a good at all (goods, N)."""
    return np.asarray(goods_flows.sum(axis=1) > 0, dtype=np.float64)


def _usual_composition(goods_flows: Array, home: Array) -> Array:
    """Composition of each pair from the exporter's exports and the importer's imports."""
    abroad = np.where(home, 0.0, goods_flows)
    sent = abroad.sum(axis=1)
    bought = abroad.sum(axis=2)
    world = np.maximum(sent.sum(axis=1), 1e-300)
    mix = sent[:, None, :] * (bought / world[:, None])[:, :, None]
    fallback = np.broadcast_to(sent[:, None, :], mix.shape)
    mix = np.where(mix.sum(axis=0) > 0, mix, fallback)
    total = mix.sum(axis=0)
    return np.asarray(mix / np.where(total > 0, total, 1.0))


def _costs(table: Table, flows: Array, totals: Totals, reexports: Array) -> tuple[Array, Array]:
    """Intermediate use (N,J,J) and value-added shares (J,N), goods passed on included."""
    output = flows.sum(axis=1)
    passed = np.zeros_like(output)
    passed[totals.goods] = _passed_on(flows[totals.goods], reexports)
    made = np.where(output > 0, output, 1.0)
    part = passed / made
    share = (1.0 - part) * table.value_added_share + part * REEXPORT_MARGIN
    inputs = table.input_share * (output - passed).T[:, None, :]
    own = np.arange(output.shape[0])
    inputs[:, own, own] += (1.0 - REEXPORT_MARGIN) * passed.T
    return inputs, share


def _passed_on(goods_flows: Array, reexports: Array) -> Array:
    """Goods passed on by sector (goods, N): like exports, at most 90 % of a sector's."""
    home = np.eye(goods_flows.shape[1], dtype=bool)
    exports = np.where(home, 0.0, goods_flows).sum(axis=1)
    total = exports.sum(axis=0)
    rate = np.minimum(reexports / np.where(total > 0, total, 1.0), _MOST_PASSED_ON)
    return np.asarray(exports * rate)


def _final_demand(table: Table, flows: Array, growth: Array) -> Array:
    """Old final demand grown with the region; a trace where the old year has none."""
    final = table.final * growth
    spending = (flows * (1.0 + table.tariff)).sum(axis=2)
    return np.asarray(np.where(final > 0, final, _TRACE * spending))
