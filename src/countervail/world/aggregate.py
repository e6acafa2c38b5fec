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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from countervail.errors import LabelError
from countervail.world import registry
from countervail.world.arrays import Array, Mask, derive
from countervail.world.core import World
from countervail.world.labels import Spec, make_labels
from countervail.world.report import BuildReport
from countervail.world.status import CellStatus, Codes

Merge = Mapping[str, str | Sequence[str]]
"""New label -> the old labels or groups that it is made of."""


@dataclass(frozen=True)
class _Axis:
    """How one axis is merged: new labels, their parts, and the new position of every old one."""

    labels: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    place: tuple[int, ...]

    @property
    def matrix(self) -> Array:
        """Ones where an old label (row) is part of a new one (column)."""
        return np.eye(len(self.labels))[list(self.place)]

    @property
    def first(self) -> list[int]:
        """The old position of the first part of each new label."""
        return [self.place.index(k) for k in range(len(self.labels))]

    @property
    def single(self) -> list[int]:
        """The new positions that have one part only."""
        return [k for k, parts in enumerate(self.parts) if len(parts) == 1]


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
    by_region = _axis("region", world.regions, regions, world.labels.resolve_regions)
    by_sector = _axis("sector", world.sectors, sectors, world.labels.resolve_sectors)
    labels = make_labels(
        name or f"{world.name} ({len(by_region.labels)} x {len(by_sector.labels)})",
        world.base_year,
        by_region.labels,
        by_sector.labels,
        _groups(world.region_groups, by_region),
        _groups(world.sector_groups, by_sector),
        _names("region", by_region, world.labels.region_names),
        _names("sector", by_sector, world.labels.sector_names),
        {
            **world.provenance,
            "aggregated_from": {
                "name": world.name,
                "digest": world.digest,
                "regions": _merged(by_region),
                "sectors": _merged(by_sector),
            },
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


def _axis(
    kind: str,
    labels: Sequence[str],
    merge: Merge | None,
    resolve: Callable[[Spec], tuple[str, ...]],
) -> _Axis:
    into: dict[str, str] = {}
    for new, spec in (merge or {}).items():
        for part in resolve(spec):
            if part in into:
                raise LabelError(
                    f"the {kind} {part} would go into both {into[part]!r} and {new!r}.",
                    f"Every {kind} goes into exactly one; take it out of one of them.",
                )
            into[part] = new
    clash = [x for x in labels if x not in into and x in (merge or {})]
    if clash:
        raise LabelError(
            f"the new {kind} {clash[0]!r} has the name of a {kind} that is kept.",
            "Make it one of the parts, or choose another name.",
        )
    parts: dict[str, list[str]] = {}
    for label in labels:
        parts.setdefault(into.get(label, label), []).append(label)
    position = {new: k for k, new in enumerate(parts)}
    return _Axis(
        tuple(parts),
        tuple(tuple(old) for old in parts.values()),
        tuple(position[into.get(label, label)] for label in labels),
    )


def _arrays(world: World, by_region: _Axis, by_sector: _Axis) -> tuple[dict[str, Array], float]:
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


def _rate(revenue: Array, base: Array, rates: Array, by_region: _Axis, by_sector: _Axis) -> Array:
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


def _status(world: World, by_region: _Axis, by_sector: _Axis) -> CellStatus:
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


def _elasticity(world: World, by_sector: _Axis) -> Array:
    a = world.arrays
    trade = a.flows.sum(axis=(1, 2))
    foreign = trade - np.einsum("snn->s", a.flows)
    found = np.empty(len(by_sector.labels))
    for k in range(len(found)):
        at = [i for i, place in enumerate(by_sector.place) if place == k]
        weight = next((w[at] for w in (foreign, trade) if w[at].sum() > 0), np.ones(len(at)))
        theta = a.elasticity[at]
        found[k] = theta[0] if len(at) == 1 else (weight * theta).sum() / weight.sum()
    return found


def _groups(old: Mapping[str, Sequence[str]], axis: _Axis) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group, members in old.items():
        inside = tuple(
            new
            for new, parts in zip(axis.labels, axis.parts, strict=True)
            if set(parts) <= set(members)
        )
        if inside and group not in axis.labels:
            found[group] = inside
    return found


def _names(kind: str, axis: _Axis, old: Mapping[str, str]) -> dict[str, str]:
    known = registry.groups(kind)
    found: dict[str, str] = {}
    for new, parts in zip(axis.labels, axis.parts, strict=True):
        if parts == (new,):
            found[new] = old[new]
        else:
            found[new] = known[new].name if new in known else new
    return found


def _merged(axis: _Axis) -> dict[str, list[str]]:
    return {
        new: list(parts)
        for new, parts in zip(axis.labels, axis.parts, strict=True)
        if parts != (new,)
    }
