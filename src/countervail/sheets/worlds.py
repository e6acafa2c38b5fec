"""A world as the plain rows that briefs, tables and pages are made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from countervail.brief.numbers import listed
from countervail.brief.questions import trust as wording
from countervail.brief.results import Place, Spill, StatusRow
from countervail.brief.world_sheet import (
    OwnZero,
    RegionRow,
    RegionSheet,
    SectorLine,
    TradeLine,
    WorldSheet,
)
from countervail.equilibrium.outcome import Outcome
from countervail.world import borders, registry, trust
from countervail.world.arrays import Array, Mask
from countervail.world.core import World
from countervail.world.elasticity.elasticities import in_use
from countervail.world.status import CONSTRUCTED, NAMES, Codes, value_by_status
from countervail.world.totals import foreign_flows

_BN = 1e-3  # million to billion


def status_rows(world: World, protagonist: str | None = None) -> tuple[StatusRow, ...]:
    """How much of a world's data is observed, updated and constructed, by value.

    With a ``protagonist`` its own foreign trade stands first. Parts without value are left out.
    """
    a = world.arrays
    abroad = foreign_flows(world)
    parts = [
        ("world-trade", "Foreign trade of the world", abroad.sum(), trust.trade_status(world)),
        ("world-home", "Home sales", a.flows.sum() - abroad.sum(), trust.home_status(world)),
        ("world-output", "Cost structure of output", a.output.sum(), trust.output_status(world)),
    ]
    if protagonist is not None:
        p = world.regions.index(protagonist)
        value = abroad[:, p, :].sum() + abroad[:, :, p].sum()
        label = f"Foreign trade of {_name(world, protagonist)}"
        parts.insert(0, ("protagonist-trade", label, value, trust.trade_status(world, protagonist)))
    return tuple(
        StatusRow(part, label, float(value) * _BN, *(100 * shares.get(name, 0.0) for name in NAMES))
        for part, label, value, shares in parts
        if shares
    )


def constructed_names(world: World) -> tuple[str, ...]:
    """The names of the constructed economies, the largest first, rests of the world last."""
    found = sorted(trust.constructed_regions(world), key=borders.is_rest)
    return tuple(_name(world, region) for region in found)


def constructed_line(world: World, protagonist: str, coercer: Sequence[str]) -> str:
    """What a reader of a case must know about constructed data; empty where it does not matter."""
    return wording.constructed_line(
        status_rows(world, protagonist),
        constructed_names(world),
        [_name(world, region) for region in (protagonist, *coercer)],
        _name(world, protagonist),
    )


def numerics(world: World) -> dict[str, tuple[str, ...]]:
    """The ISO numeric codes of the countries that each region stands for on a map."""
    return borders.numerics(world.labels)


def places(
    world: World, protagonist: str, coercer: Sequence[str], outcome: Outcome | None = None
) -> tuple[Place, ...]:
    """Every region as the maps of a brief show it: its change in ``outcome``, the protagonist's
    exports to it (of goods, where the world has that group), and what its data are."""
    goods = list(world.resolve_sectors(traded_group(world) or None))
    sold = foreign_flows(world)[goods][:, :, world.regions.index(protagonist)].sum(0)
    total = float(sold.sum())
    codes = numerics(world)
    return tuple(
        Place(
            region=region,
            name=_name(world, region),
            role=_role(region, protagonist, coercer),
            numeric=codes[region],
            status=trust.region_status(world, region),
            welfare_percent=None if outcome is None else float(outcome.welfare_percent[n]),
            exports_bn=None if region == protagonist else float(sold[n]) * _BN,
            exports_percent=None
            if region == protagonist or total <= 0
            else 100 * float(sold[n]) / total,
        )
        for n, region in enumerate(world.regions)
    )


def traded_group(world: World) -> str:
    """``goods`` where the world has that group of sectors, else nothing: all sectors count."""
    return "goods" if "goods" in world.sector_groups else ""


def spill_rows(
    world: World, protagonist: str, coercer: Sequence[str], outcome: Outcome
) -> tuple[Spill, ...]:
    """What an outcome does to everybody but the two sides, the largest loss first."""
    percent, million = outcome.welfare_percent, outcome.equivalent_variation_million
    others = [n for n, r in enumerate(world.regions) if r != protagonist and r not in coercer]
    return tuple(
        Spill(
            region=world.regions[n],
            welfare_percent=float(percent[n]),
            welfare_bn=float(million[n]) * _BN,
            name=_name(world, world.regions[n]),
            status=trust.region_status(world, world.regions[n]),
        )
        for n in sorted(others, key=lambda n: percent[n])
    )


def world_sheet(world: World, sources: Sequence[str] = ()) -> WorldSheet:
    """Everything that ``worlds show`` shows of a world; ``sources`` are its sources and limits."""
    abroad = foreign_flows(world)
    order = np.argsort(-world.arrays.factor_income, kind="stable")
    square = np.ix_(order, order)
    trade = abroad.sum(0)[square]
    made = (abroad * (world.status.flows == CONSTRUCTED)).sum(0)[square]
    share = 100 * np.divide(made, trade, out=np.full_like(trade, np.nan), where=trade > 0)
    zeros = _own_zeros(world)
    return WorldSheet(
        name=world.name,
        base_year=world.base_year,
        digest=world.digest,
        regions=tuple(_region_row(world, abroad, int(n)) for n in order),
        sectors=_sector_lines(world, abroad, zeros),
        own_of=traded_group(world) or "all sectors",
        elasticities=in_use(world).describe(),
        own_zeros=zeros,
        trade_bn=tuple(tuple(float(x) * _BN for x in row) for row in trade),
        trade_constructed_percent=tuple(
            tuple(None if np.isnan(x) else float(x) for x in row) for row in share
        ),
        statuses=status_rows(world),
        constructed_regions=constructed_names(world),
        sources=tuple(sources),
        report=tuple(world.report.lines()),
    )


def region_sheet(world: World, region: str) -> RegionSheet:
    """One region: its row, and its trade by partner and by product, both ways, largest first."""
    n = world.regions.index(region)
    abroad = foreign_flows(world)
    codes = world.status.flows
    sold, bought = abroad[:, :, n], abroad[:, n, :]
    totals = (float(sold.sum()), float(bought.sum()))
    partners = [
        _trade_line(
            label,
            _name(world, label),
            (sold[:, m], bought[:, m]),
            (codes[:, m, n], codes[:, n, m]),
            totals,
        )
        for m, label in enumerate(world.regions)
        if m != n
    ]
    products = [
        _trade_line(
            label,
            world.labels.sector_names.get(label, label),
            (sold[s], bought[s]),
            (codes[s, :, n], codes[s, n, :]),
            totals,
        )
        for s, label in enumerate(world.sectors)
    ]
    return RegionSheet(
        world=world.name,
        base_year=world.base_year,
        region=_region_row(world, abroad, n),
        own_of=traded_group(world) or "all sectors",
        partners=_by_size(partners),
        products=_by_size(products),
    )


def side_name(world: World, side: Sequence[str]) -> str:
    """What to call one side: the name of a group or region where it is one, else a list of them."""
    groups = registry.groups("region")
    if len(side) == 1 and side[0] in world.region_groups:
        return groups[side[0]].name.split(",")[0] if side[0] in groups else side[0]
    return listed([region_name(r, world) for r in world.labels.resolve_regions(list(side))])


def region_name(region: str, world: World) -> str:
    """The name of a region, whether the world shows it by itself or only the registry knows it."""
    known = registry.regions().get(region)
    return world.labels.region_names.get(region, known.name if known else region)


def _name(world: World, region: str) -> str:
    return world.labels.region_names.get(region, region)


def _role(region: str, protagonist: str, coercer: Sequence[str]) -> str:
    if region == protagonist:
        return "protagonist"
    return "coercer" if region in coercer else "rest" if borders.is_rest(region) else "other"


def _region_row(world: World, abroad: Array, n: int) -> RegionRow:
    a, region = world.arrays, world.regions[n]
    gdp = float(a.factor_income[n])
    exports, imports = float(abroad[:, :, n].sum()), float(abroad[:, n, :].sum())
    goods = list(world.resolve_sectors(traded_group(world) or None))
    spent, own = float(a.spending[goods, n].sum()), float(a.flows[goods, n, n].sum())
    constructed = trust.trade_status(world, region).get("constructed", 0.0)
    return RegionRow(
        region=region,
        name=_name(world, region),
        gdp_bn=gdp * _BN,
        gdp_percent=100 * gdp / float(a.factor_income.sum()),
        exports_bn=exports * _BN,
        imports_bn=imports * _BN,
        openness_percent=50 * (exports + imports) / gdp,
        balance_percent=100 * (exports - imports) / gdp,
        own_percent=100 * own / spent if spent > 0 else None,
        own_zeros=int(_buys_nothing_at_home(world)[:, n].sum()),
        status=trust.region_status(world, region),
        constructed_percent=100 * constructed if exports + imports > 0 else None,
        numeric=numerics(world)[region],
    )


def _sector_lines(world: World, abroad: Array, zeros: Sequence[OwnZero]) -> tuple[SectorLine, ...]:
    output = world.arrays.output.sum(1)
    known = in_use(world).by_sector
    lines = [
        SectorLine(
            sector=sector,
            name=world.labels.sector_names.get(sector, sector),
            output_bn=float(output[s]) * _BN,
            traded_percent=float(100 * abroad[s].sum() / output[s]) if output[s] > 0 else None,
            elasticity=float(world.arrays.elasticity[s]),
            elasticity_source=known[sector].source,
            elasticity_status=known[sector].status,
            own_zeros=sum(zero.sector == sector for zero in zeros),
        )
        for s, sector in enumerate(world.sectors)
    ]
    return tuple(sorted(lines, key=lambda line: -line.output_bn))


def _buys_nothing_at_home(world: World) -> Mask:
    """Where (sector, region) spends, but not at home."""
    a = world.arrays
    home = a.flows[:, np.arange(len(world.regions)), np.arange(len(world.regions))]
    found: Mask = (home <= 0) & (a.spending > 0)
    return found


def _own_zeros(world: World) -> tuple[OwnZero, ...]:
    found = [
        OwnZero(
            sector=world.sectors[s],
            sector_name=world.labels.sector_names.get(world.sectors[s], world.sectors[s]),
            region=world.regions[n],
            region_name=_name(world, world.regions[n]),
            spending_bn=float(world.arrays.spending[s, n]) * _BN,
        )
        for s, n in zip(*np.nonzero(_buys_nothing_at_home(world)), strict=True)
    ]
    return tuple(sorted(found, key=lambda zero: -zero.spending_bn))


def _trade_line(
    label: str,
    name: str,
    values: tuple[Array, Array],
    codes: tuple[Codes, Codes],
    totals: tuple[float, float],
) -> TradeLine:
    sums = [float(value.sum()) for value in values]
    percents = [
        100 * x / total if total > 0 else None for x, total in zip(sums, totals, strict=True)
    ]
    shares = [value_by_status(value, code) for value, code in zip(values, codes, strict=True)]
    exports, imports = (max(share, key=lambda s: share[s]) if share else "" for share in shares)
    return TradeLine(
        label=label,
        name=name,
        exports_bn=sums[0] * _BN,
        exports_percent=percents[0],
        exports_status=exports,
        imports_bn=sums[1] * _BN,
        imports_percent=percents[1],
        imports_status=imports,
    )


def _by_size(lines: Sequence[TradeLine]) -> tuple[TradeLine, ...]:
    return tuple(sorted(lines, key=lambda line: -(line.exports_bn + line.imports_bn)))
