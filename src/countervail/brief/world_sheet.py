"""What there is to know about a world, as plain data: rows that tables and pages are made of.

Names end in their unit: ``_bn`` is billion US dollars of the base year at border values,
``_percent`` percent. ``None`` stands where there is nothing to divide by.
"""

from __future__ import annotations

from dataclasses import dataclass

from countervail.brief.results import StatusRow


@dataclass(frozen=True)
class RegionRow:
    """One region of a world.

    ``gdp_bn`` is factor income, ``gdp_percent`` its part in the world's; ``openness_percent``
    is half of imports plus exports over it, ``balance_percent`` exports less imports over it.
    ``own_percent`` is what of its spending on goods (on everything, where the world has no
    group of goods) stays at home; ``own_zeros`` counts the sectors of which it buys nothing at
    home. ``status`` is what most of its output is, ``constructed_percent`` how much of its
    foreign trade is constructed. ``numeric`` are the ISO codes by which a map knows it.
    """

    region: str
    name: str
    gdp_bn: float
    gdp_percent: float
    exports_bn: float
    imports_bn: float
    openness_percent: float
    balance_percent: float
    own_percent: float | None
    own_zeros: int
    status: str
    constructed_percent: float | None
    numeric: tuple[str, ...] = ()


@dataclass(frozen=True)
class SectorLine:
    """One sector of a world: its output, how much of it is traded, and how buyers react.

    ``own_zeros`` counts the regions that buy nothing of it at home though they buy some abroad.
    """

    sector: str
    name: str
    output_bn: float
    traded_percent: float | None
    elasticity: float
    elasticity_source: str
    elasticity_status: str
    own_zeros: int


@dataclass(frozen=True)
class OwnZero:
    """One market that buys nothing at home, and what it spends."""

    sector: str
    sector_name: str
    region: str
    region_name: str
    spending_bn: float


@dataclass(frozen=True)
class WorldSheet:
    """Everything that ``worlds show`` shows of one world.

    ``regions`` are ordered by GDP, ``sectors`` by output, ``own_zeros`` by spending.
    ``trade_bn`` and ``trade_constructed_percent`` are (importer, exporter) in the order of
    ``regions``, home sales left out; the second is ``None`` where nothing is traded.
    ``own_of`` says what ``own_percent`` of a region is measured on.
    """

    name: str
    base_year: int | None
    digest: str
    regions: tuple[RegionRow, ...]
    sectors: tuple[SectorLine, ...]
    own_of: str
    elasticities: str
    own_zeros: tuple[OwnZero, ...]
    trade_bn: tuple[tuple[float, ...], ...]
    trade_constructed_percent: tuple[tuple[float | None, ...], ...]
    statuses: tuple[StatusRow, ...]
    constructed_regions: tuple[str, ...]
    sources: tuple[str, ...]
    report: tuple[str, ...]


@dataclass(frozen=True)
class TradeLine:
    """Trade of one region with one partner, or in one product, both ways.

    The percents are of all its exports and of all its imports; a status is what most of the
    value is, empty where there is none.
    """

    label: str
    name: str
    exports_bn: float
    exports_percent: float | None
    exports_status: str
    imports_bn: float
    imports_percent: float | None
    imports_status: str


@dataclass(frozen=True)
class RegionSheet:
    """One region of a world: its row, and its trade by partner and by product, largest first."""

    world: str
    base_year: int | None
    region: RegionRow
    own_of: str
    partners: tuple[TradeLine, ...]
    products: tuple[TradeLine, ...]
