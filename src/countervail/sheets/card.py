"""The base-data card of a brief: what a world is, seen from the two sides of a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from countervail.brief.results import KeyFigure, SectorRow, WorldCard
from countervail.sheets import worlds
from countervail.world.core import World
from countervail.world.elasticity.elasticities import in_use
from countervail.world.totals import trade_between


def world_card(world: World, protagonist: str, coercer: tuple[str, ...], theirs: str) -> WorldCard:
    """What the numbers rest on, and the trade with the coercer, whose name is ``theirs``."""
    return WorldCard(
        name=world.name,
        base_year=world.base_year,
        regions=world.regions,
        sectors=world.sectors,
        provenance=tuple(provenance_lines(world)),
        status=tuple(_status(world.provenance)),
        report=tuple(world.report.lines()),
        key_figures=tuple(_figures(world, protagonist, coercer, theirs)),
        sector_rows=tuple(_sectors(world, protagonist, coercer)),
        statuses=worlds.status_rows(world, protagonist),
        constructed_regions=worlds.constructed_names(world),
    )


def _entries(provenance: Mapping[str, object]) -> list[Mapping[str, str]]:
    sources = provenance.get("sources", ())
    return [s for s in sources if isinstance(s, Mapping)] if isinstance(sources, Iterable) else []


def provenance_lines(world: World) -> Iterable[str]:
    """The sources of a world with their licences, then its limits, one line each."""
    for entry in _entries(world.provenance):
        part, source, licence = (entry.get(key, "") for key in ("part", "source", "licence"))
        yield f"{part}: {source}. Licence: {licence}."
    limits = world.provenance.get("limits", ())
    if isinstance(limits, Iterable) and not isinstance(limits, str):
        for limit in limits:
            yield f"Limit: {limit}."


def _status(provenance: Mapping[str, object]) -> Iterable[str]:
    for entry in _entries(provenance):
        yield f"{entry.get('status', '')}: {entry.get('part', '')}"


def _figures(
    world: World, protagonist: str, coercer: tuple[str, ...], theirs: str
) -> Iterable[KeyFigure]:
    a, names = world.arrays, world.labels.region_names
    p = world.regions.index(protagonist)
    c = [world.regions.index(r) for r in coercer]
    bn = f"US$ bn of {world.base_year}" if world.base_year else "US$ bn"
    mine = names.get(protagonist, protagonist)
    goods = "goods" if "goods" in world.sector_groups else None
    what = "goods" if "goods" in world.sector_groups else "all sectors"
    exports, to_them = (trade_between(world, who, protagonist, goods) for who in (None, coercer))
    imports, from_them = (trade_between(world, protagonist, who, goods) for who in (None, coercer))
    yield KeyFigure("World factor income", float(a.factor_income.sum() / 1e3), bn)
    yield KeyFigure(f"Income of {mine}", float(a.income[p] / 1e3), bn)
    yield KeyFigure(f"Income of {theirs}", float(a.income[c].sum() / 1e3), bn)
    yield KeyFigure(f"Exports from {mine} to {theirs}, {what}", to_them / 1e3, bn)
    if exports > 0:
        label = f"Share of all {what} exports of {mine}"
        yield KeyFigure(label, 100 * to_them / exports, "percent")
    yield KeyFigure(f"Imports of {mine} from {theirs}, {what}", from_them / 1e3, bn)
    if imports > 0:
        label = f"Share of all {what} imports of {mine}"
        yield KeyFigure(label, 100 * from_them / imports, "percent")
    yield KeyFigure(f"Transfer from abroad to {mine}", float(a.transfer[p] / 1e3), bn)


def _sectors(world: World, protagonist: str, coercer: tuple[str, ...]) -> Iterable[SectorRow]:
    a = world.arrays
    p = world.regions.index(protagonist)
    c = [world.regions.index(r) for r in coercer]
    elasticities = in_use(world).by_sector
    rows = []
    for s, sector in enumerate(world.sectors):
        sold = a.flows[s, c, p].sum()
        total = a.flows[s, :, p].sum() - a.flows[s, p, p]
        duty = (a.flows[s, c, p] * a.tariff[s, c, p]).sum()
        rows.append(
            SectorRow(
                sector=world.labels.sector_names.get(sector, sector),
                exports_bn=float(sold / 1e3),
                share_percent=float(100 * sold / total) if total > 0 else None,
                tariff_percent=float(100 * duty / sold) if sold > 0 else None,
                elasticity=float(a.elasticity[s]),
                source=elasticities[sector].source,
                status=elasticities[sector].status,
            )
        )
    return sorted(rows, key=lambda row: -(row.exports_bn or 0.0))
