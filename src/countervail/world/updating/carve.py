"""Carving economies out of the rest of the world.

The rest of the world of a table is split into named economies and what remains, from
totals by pair, the composition of each economy's exports, value added and distance.
What is carved is constructed: its trade totals are data, its sectors are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countervail.errors import AccountingError, LabelError, ShapeError
from countervail.world.arrays import Array, Mask
from countervail.world.updating.update import Table

Indices = NDArray[np.intp]

_ROUNDS = 200
_CLOSE = 1e-10
_LEAST = 0.02
_TRACE = 1e-4


@dataclass(frozen=True, eq=False)
class Parts:
    """What is known of the parts that the rest of the world is split into.

    ``regions``: their labels, the remainder (same label as before) last. ``pairs`` (N,N)
    goods totals by importer and exporter of the *new* table (NaN at home), in its order:
    the old regions without the rest, then ``regions``. ``composition`` (goods, K-1) shares of
    each sector in the goods exports of each carved economy. ``value_added`` (K,) in the
    old year. ``nearness`` (N,K): services weights of each region with each part.
    ``value_added_share``: (sector position, economy) -> share of output, where it is
    not the rest's. ``fixed``: (importer, exporter) positions -> goods composition of a
    pair that is known better than by composition and taste.
    """

    regions: tuple[str, ...]
    pairs: Array
    composition: Array
    value_added: Array
    nearness: Array
    value_added_share: Mapping[tuple[int, str], float]
    fixed: Mapping[tuple[int, int], Array]


def carve(table: Table, goods: Mask, rest: str, parts: Parts) -> Table:
    """``table`` with the region ``rest`` split into ``parts.regions``.

    Goods between the parts and everybody else take the totals in ``parts.pairs``, with
    the composition that fits the exporter (exactly) and the buyers' taste for goods of
    the rest (as a start); the remainder exports what the carved ones leave. Home sales,
    final demand and services are split by value added (services also by ``nearness``),
    trade among the parts is taken out of the home sales of the old rest. Parts tax others as
    the old rest did, and each other at its mean rate by sector.

    Raises ``LabelError`` where ``rest`` is no region, ``ShapeError`` where sizes differ.
    """
    if rest not in table.regions or parts.regions[-1] != rest:
        raise LabelError(f"{rest!r} is not the region that is split.", "Name the rest last.")
    old = table.regions.index(rest)
    kept = np.array([n for n in range(len(table.regions)) if n != old])
    regions = (*(table.regions[n] for n in kept), *parts.regions)
    size = len(regions)
    if parts.pairs.shape != (size, size) or parts.nearness.shape != (size, len(parts.regions)):
        raise ShapeError(
            f"pairs {parts.pairs.shape} and nearness {parts.nearness.shape} do not fit "
            f"{size} regions with {len(parts.regions)} parts.",
            "Order them as the new table: the old regions without the rest, then the parts.",
        )
    weight = parts.value_added / parts.value_added.sum()
    spread = np.array([*kept, *([old] * len(parts.regions))])
    flows = np.zeros((table.flows.shape[0], size, size))
    first = len(kept)
    flows[:, :first, :first] = table.flows[:, kept][:, :, kept]
    _split_goods(table, goods, old, kept, parts, flows)
    _split_services(table, ~goods, old, kept, parts, flows)
    _split_home(table, goods, old, first, weight, flows)

    share = table.value_added_share[:, spread].copy()
    inputs = table.input_share[spread].copy()
    for (sector, economy), value in parts.value_added_share.items():
        n = regions.index(economy)
        before = 1.0 - share[sector, n]
        inputs[n, :, sector] *= (1.0 - value) / before if before > 0 else 1.0
        share[sector, n] = value
    final = table.final[:, spread].copy()
    final[:, first:] *= weight
    tariff = table.tariff[:, spread][:, :, spread]
    _tax_each_other(table, old, kept, first, tariff)
    return Table(regions, flows, tariff, inputs, share, final)


def _tax_each_other(table: Table, old: int, kept: Indices, first: int, tariff: Array) -> None:
    """Among the parts: the mean rate by sector of the old rest on everybody else, none at home."""
    bought = table.flows[:, old][:, kept]
    duty = (bought * table.tariff[:, old][:, kept]).sum(axis=1)
    mean = _ratio(duty, bought.sum(axis=1))
    tariff[:, first:, first:] = mean[:, None, None]
    home = np.arange(tariff.shape[1])
    tariff[:, home, home] = 0.0


def _split_goods(
    table: Table, goods: Mask, old: int, kept: Indices, parts: Parts, flows: Array
) -> None:
    """Goods flows into and out of the parts, foreign ones only."""
    first, size = len(kept), flows.shape[1]
    where = np.flatnonzero(goods)
    taste = table.flows[where, :, old][:, kept]
    sold = taste.sum(axis=1) / taste.sum()
    bought = table.flows[where, old][:, kept]
    mix_bought = bought.sum(axis=1) / bought.sum()
    foreign = table.flows[where].copy()
    foreign[:, range(len(table.regions)), range(len(table.regions))] = 0.0
    world = foreign.sum(axis=(1, 2)) / foreign.sum()
    own = sold * mix_bought / np.where(world > 0, world, 1.0)
    want = np.concatenate([taste, np.repeat(own[:, None], size - first, axis=1)], axis=1)
    want = want / want.sum(axis=0)

    pairs = np.nan_to_num(parts.pairs)
    exports = pairs[:, first:].sum(axis=0)
    composition = np.column_stack([parts.composition, np.zeros(len(where))])
    left = sold * exports.sum() - parts.composition @ exports[:-1]
    composition[:, -1] = np.maximum(left, _LEAST * sold * exports[-1])
    composition[:, -1] /= composition[:, -1].sum()
    for k in range(len(parts.regions)):
        i = first + k
        seed = want * (composition[:, k] / np.where(sold > 0, sold, 1.0))[:, None]
        # A pair may trade a little of everything that the exporter sells at all.
        seed = np.maximum(seed, _TRACE * composition[:, k][:, None])
        seed[:, i] = 0.0
        held = {n: mix for (n, j), mix in parts.fixed.items() if j == i}
        flows[where, :, i] = _proportional(seed, composition[:, k], pairs[:, i], held)
    for n in range(first, size):
        total = bought / np.where(bought.sum(axis=0) > 0, bought.sum(axis=0), 1.0)
        flows[where, n, :first] = total * pairs[n, :first]


def _proportional(
    seed: Array, composition: Array, totals: Array, held: Mapping[int, Array]
) -> Array:
    """``seed`` (sector, importer) fitted to ``composition`` over all importers and to ``totals``.

    Importers in ``held`` keep their composition; the others make up for it.
    """
    fixed = np.zeros_like(seed)
    for n, mix in held.items():
        fixed[:, n] = mix * totals[n]
    free = np.array([n for n in range(len(totals)) if n not in held], dtype=np.intp)
    rows = np.maximum(
        composition * totals.sum() - fixed.sum(axis=1), _LEAST * composition * totals.sum()
    )
    columns = totals[free]
    rows = rows * columns.sum() / rows.sum() if rows.sum() > 0 else rows
    cells = seed[:, free]
    for _ in range(_ROUNDS):
        cells = cells * _ratio(rows, cells.sum(axis=1))[:, None]
        cells = cells * _ratio(columns, cells.sum(axis=0))
        if np.abs(cells.sum(axis=1) - rows).max() <= _CLOSE * max(rows.max(), 1e-300):
            break
    fixed[:, free] = cells
    return fixed


def _split_services(
    table: Table, services: Mask, old: int, kept: Indices, parts: Parts, flows: Array
) -> None:
    """Services flows into and out of the parts by value added and nearness."""
    first = len(kept)
    where = np.flatnonzero(services)
    weight = parts.nearness[:first] / parts.nearness[:first].sum(axis=1, keepdims=True)
    into = table.flows[where, old][:, kept]
    out = table.flows[where, :, old][:, kept]
    flows[where, :first, first:] = out[:, :, None] * weight
    flows[where, first:, :first] = into[:, None, :] * weight.T
    # Among the parts: as much per unit of weight as between them and the others.
    intensity = 0.5 * (into.sum(axis=1) + out.sum(axis=1)) / parts.nearness[:first].sum()
    among = parts.nearness[first:].copy()
    np.fill_diagonal(among, 0.0)
    flows[where, first:, first:] = intensity[:, None, None] * among


def _split_home(
    table: Table, goods: Mask, old: int, first: int, weight: Array, flows: Array
) -> None:
    """Home sales of the parts: those of the old rest less the trade among the parts."""
    inside = flows[:, first:, first:].sum(axis=(1, 2))
    # Goods among the parts are at the new year's totals; the old rest's share of its own
    # exports says what they were.
    now = flows[goods][:, :first, first:].sum()
    then = np.delete(table.flows[goods][:, :, old], old, axis=1).sum()
    inside = np.where(goods, inside * (then / now if now > 0 else 1.0), inside)
    home = table.flows[:, old, old]
    left = np.maximum(home - inside, 0.3 * home)
    for k, part in enumerate(weight):
        flows[:, first + k, first + k] = left * part


def biproportional(cells: Array, rows: Array, columns: Array) -> Array:
    """Factors (one per cell) that bring ``cells`` to the sums ``rows`` and ``columns``.

    One where a cell is zero. Raises ``AccountingError`` where the sums differ, one is
    negative, or no factors are found.
    """
    if (rows < 0).any() or (columns < 0).any() or abs(rows.sum() / columns.sum() - 1.0) > 1e-9:
        raise AccountingError(
            f"the sums of rows ({rows.sum():,.6g}) and columns ({columns.sum():,.6g}) do not "
            "agree, or one is negative.",
            "Correct the totals.",
        )
    scaled = cells.copy()
    for _ in range(_ROUNDS):
        scaled = scaled * _ratio(columns, scaled.sum(axis=0))
        scaled = scaled * _ratio(rows, scaled.sum(axis=1))[:, None]
        if np.abs(scaled.sum(axis=0) - columns).max() <= _CLOSE * columns.max():
            return np.where(cells > 0, scaled / np.where(cells > 0, cells, 1.0), 1.0)
    raise AccountingError(
        "no factors bring the cells to the totals of rows and columns.",
        "Some total has too few cells to supply it.",
    )


def _ratio(wanted: Array, found: Array) -> Array:
    return np.asarray(np.where(found > 0, wanted / np.where(found > 0, found, 1.0), 0.0))
