"""Coarser worlds: regions and sectors merged so that every identity stays exact.

Sums stay sums: trade between different new regions, intermediate use, final
demand, spending and income. Averages are the ones that keep revenue: a merged
tariff is the trade-weighted mean, a merged export tax the one with the same
revenue. What the parts of a new region buy from each other becomes home sales
at the price paid, duties included: these duties are then part of the region's
value added and no longer of its tariff revenue, so its income and final demand
are unchanged while its output rises by them (by nothing in a customs union).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from countervail.world.arrays import Array, Mask, derive
from countervail.world.core import World
from countervail.world.labels import make_labels
from countervail.world.merge import (
    Axis,
    Merge,
    merge_axis,
    merged_groups,
    merged_names,
    merged_parts,
)
from countervail.world.report import BuildReport
from countervail.world.status import CellStatus, Codes


def aggregate(
    world: World,
    regions: Merge | None = None,
    sectors: Merge | None = None,
    name: str | None = None,
) -> World:
    """``world`` with regions and sectors merged.

    ``regions``, ``sectors``: new label -> the old labels or groups it is made of;
    labels not named are kept as they are, each old label goes into one new label. A
    new label takes the place of its first part. ``name``: of the new world.

    Kept exactly: trade between new regions, spending, final demand, income, transfers,
    intermediate use, and the tariff and export-tax revenue between new regions. Duties
    inside a new region become part of its value added (see the module); the report
    says how much. Where nothing is traded a merged tax is the highest of its parts.
    Elasticities are means weighted by the foreign trade of ``world``. A new label
    belongs to a group where all its parts do.

    Raises ``UnknownLabelError`` for unknown parts, ``LabelError`` where an old label is
    named twice or a new label is that of a part that is kept.
    """
    by_region = merge_axis("region", world.regions, regions, world.labels.resolve_regions)
    by_sector = merge_axis("sector", world.sectors, sectors, world.labels.resolve_sectors)
    labels = make_labels(
        name or f"{world.name} ({len(by_region.labels)} x {len(by_sector.labels)})",
        world.base_year,
        by_region.labels,
        by_sector.labels,
        merged_groups(world.region_groups, by_region),
        merged_groups(world.sector_groups, by_sector),
        merged_names("region", by_region, world.labels.region_names),
        merged_names("sector", by_sector, world.labels.sector_names),
        {
            **world.provenance,
            "aggregated_from": _history(world, by_region, by_sector),
        },
    )
    given, inside = _arrays(world, by_region, by_sector)
    implied = derive(**given)
    home = np.arange(len(labels.regions))
    report = BuildReport(
        decisions=(
            f"Merged from {world.name}: {len(world.regions)} regions x {len(world.sectors)} "
            f"sectors to {len(labels.regions)} x {len(labels.sectors)}.",
            f"Duties inside merged regions, {inside:,.1f} million USD, became part of value added.",
        ),
        zero_spending_markets=int((implied.spending == 0).sum()),
        zero_outputs=int((implied.output == 0).sum()),
        zero_own_shares=int((implied.share[:, home, home] == 0).sum()),
        notes=tuple(f"{world.name}: {line}" for line in world.report.lines()),
    )
    return World(labels, implied, report, _status(world, by_region, by_sector))


def _arrays(world: World, by_region: Axis, by_sector: Axis) -> tuple[dict[str, Array], float]:
    """The given arrays of the merged world, and the duties inside new regions (million USD)."""
    a = world.arrays
    to_region, to_sector = by_region.matrix, by_sector.matrix

    def pairs(values: Array) -> Array:
        summed: Array = np.einsum(
            "sni,sS,nN,iI->SNI", values, to_sector, to_region, to_region, optimize=True
        )
        return summed

    def cells(values: Array) -> Array:
        return to_sector.T @ values @ to_region

    flows = pairs(a.flows)
    sold = pairs(a.flows / (1.0 + a.export_tax))
    duty = pairs(a.flows * a.tariff)
    export_duty = pairs(a.flows * a.export_tax / (1.0 + a.export_tax))
    home = np.arange(len(by_region.labels))
    inside = duty[:, home, home] + export_duty[:, home, home]
    tariff = _rate(duty, flows, a.tariff, by_region, by_sector)
    export_tax = _rate(export_duty, sold, a.export_tax, by_region, by_sector)
    flows[:, home, home] += duty[:, home, home]

    output = cells(a.output) + inside
    value_added = cells(a.value_added_share * a.output) + inside
    use = np.einsum(
        "nks,sn,kK,sS,nN->NKS",
        a.input_share,
        a.output,
        to_sector,
        to_sector,
        to_region,
        optimize=True,
    )
    made = output > 0
    per_output = 1.0 / np.where(made, output, 1.0)
    va_share = np.minimum(value_added * per_output, 1.0)
    inputs = use * per_output.T[:, None, :]
    # Columns with one part, and those without output, keep the (first) part's own shares.
    one = np.zeros_like(made)
    one[np.ix_(by_sector.single, by_region.single)] = True
    keep = one | ~made
    first = a.input_share[np.ix_(by_region.first, range(len(world.sectors)), by_sector.first)]
    own = np.einsum("nks,kK->nKs", first, to_sector)
    inputs = np.where(keep.T[:, None, :], own, inputs)
    own_va = a.value_added_share[np.ix_(by_sector.first, by_region.first)]
    va_share = np.where(keep, own_va, va_share)
    total = inputs.sum(axis=1).T
    scale = np.where(keep | (total <= 0), 1.0, (1.0 - va_share) / np.where(total > 0, total, 1.0))
    inputs = inputs * scale.T[:, None, :]
    va_share = np.where(~keep & (total <= 0), 1.0, va_share)

    final = cells(a.final_share * a.income)
    final_share = final / final.sum(axis=0)
    own_final = to_sector.T @ a.final_share
    for k in by_region.single:
        final_share[:, k] = own_final[:, by_region.first[k]]
    return {
        "flows": flows,
        "tariff": tariff,
        "export_tax": export_tax,
        "input_share": inputs,
        "value_added_share": va_share,
        "final_share": final_share,
        "elasticity": _elasticity(world, by_sector),
    }, float(inside.sum())


def _rate(revenue: Array, base: Array, rates: Array, by_region: Axis, by_sector: Axis) -> Array:
    """Revenue over its base; the highest part where there is no base; the part where it is one."""
    s, n = np.array(by_sector.place), np.array(by_region.place)
    highest = np.full(base.shape, -1.0)
    np.maximum.at(highest, (s[:, None, None], n[None, :, None], n[None, None, :]), rates)
    found = np.where(base > 0, revenue / np.where(base > 0, base, 1.0), highest)
    one = np.ix_(by_sector.single, by_region.single, by_region.single)
    found[one] = highest[one]
    home = np.arange(base.shape[1])
    found[:, home, home] = 0.0
    return found


def _status(world: World, by_region: Axis, by_sector: Axis) -> CellStatus:
    """A merged cell has the least certain status among its parts that carry value."""
    a, old = world.arrays, world.status
    s, n = np.array(by_sector.place), np.array(by_region.place)
    pairs = (s[:, None, None], n[None, :, None], n[None, None, :])
    shape = (len(by_sector.labels), len(by_region.labels), len(by_region.labels))

    def worst(codes: Codes, carries: Mask, at: tuple[Any, ...], size: tuple[int, ...]) -> Codes:
        found = np.zeros(size, dtype=np.uint8)
        np.maximum.at(found, at, np.where(carries, codes, 0).astype(np.uint8))
        return found

    traded = a.flows > 0
    return CellStatus(
        worst(old.flows, traded, pairs, shape),
        worst(old.tariff, traded, pairs, shape),
        worst(old.costs, a.output > 0, (s[:, None], n[None, :]), shape[:2]),
    )


def _elasticity(world: World, by_sector: Axis) -> Array:
    a = world.arrays
    weight = _weights(world, by_sector)
    found = np.empty(len(by_sector.labels))
    for k in range(len(found)):
        at = [i for i, place in enumerate(by_sector.place) if place == k]
        theta = a.elasticity[at]
        found[k] = theta[0] if len(at) == 1 else (weight[at] * theta).sum() / weight[at].sum()
    return found


def _weights(world: World, by_sector: Axis) -> Array:
    """What each old sector counts in the mean of its new one: foreign trade, else all trade."""
    trade = world.arrays.flows.sum(axis=(1, 2))
    foreign = trade - np.einsum("snn->s", world.arrays.flows)
    found = np.ones(len(world.sectors))
    for k in range(len(by_sector.labels)):
        at = [i for i, place in enumerate(by_sector.place) if place == k]
        found[at] = next((w[at] for w in (foreign, trade) if w[at].sum() > 0), 1.0)
    return found


def _history(world: World, by_region: Axis, by_sector: Axis) -> dict[str, object]:
    """What the new labels were made of, and what the merged worlds before were made of."""
    merged = merged_parts(by_sector)
    weight = dict(zip(world.sectors, _weights(world, by_sector).tolist(), strict=True))
    history: dict[str, object] = {
        "name": world.name,
        "digest": world.digest,
        "regions": merged_parts(by_region),
        "sectors": merged,
        "foreign_trade": {part: weight[part] for parts in merged.values() for part in parts},
    }
    if "aggregated_from" in world.provenance:
        history["aggregated_from"] = world.provenance["aggregated_from"]
    return history
