"""The tables and the sentences of ``worlds show``, for the terminal and for a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from countervail.brief import marks, text
from countervail.brief.questions import trust
from countervail.brief.views import Column, Table
from countervail.brief.world_sheet import OwnZero, RegionSheet, TradeLine, WorldSheet

_WORST_NAMED = 3


def unit(base_year: int | None) -> str:
    """The unit of amounts: US$ bn of the base year."""
    return f"US$ bn{f' of {base_year}' if base_year is not None else ''}"


def header(sheet: WorldSheet) -> list[str]:
    """What a world is, in a few sentences: size, year, trade, how buyers react, what is made up."""
    gdp = sum(r.gdp_bn for r in sheet.regions)
    trade = sum(r.imports_bn for r in sheet.regions)
    year = f"base year {sheet.base_year}" if sheet.base_year is not None else "no base year given"
    made = trust.constructed_line(sheet.statuses, sheet.constructed_regions, ())
    return [
        f"{text.capital(year)}, {text.count(len(sheet.regions), 'region')} \u00d7 "
        f"{text.count(len(sheet.sectors), 'sector')}, digest {sheet.digest[:16]}.",
        f"World GDP (factor income) is {text.dollars(gdp, sheet.base_year)}; foreign trade is "
        f"{text.dollars(trade)}, {text.percent(100 * trade / gdp)} of it.",
        f"Trade elasticities: {sheet.elasticities}.",
        *([f"Constructed data: {made}"] if made else []),
    ]


def own_zero_sentence(sheet: WorldSheet) -> str:
    """How many markets buy nothing at home, and the largest of them."""
    markets = len(sheet.regions) * len(sheet.sectors)
    zeros = sheet.own_zeros
    if not zeros:
        return f"Each of the {markets:,} markets (region by sector) that spends buys some at home."
    worst = "; ".join(
        f"{zero.sector_name} in {text.the(zero.region_name)}, {text.dollars(zero.spending_bn)}"
        for zero in zeros[:_WORST_NAMED]
    )
    return (
        f"{text.capital(text.count(len(zeros), 'market'))} of {markets:,} (region by sector) "
        f"{'buys' if len(zeros) == 1 else 'buy'} nothing at home, as the source of the base "
        "has it (some of them while the region exports the good). No home supply can take over "
        f"there, so a cut-off hurts more than it would. Largest: {worst}."
    )


def region_table(sheet: WorldSheet) -> Table:
    """The regions by GDP with openness, home share, balance, and what their data are."""
    return Table(
        f"Regions by GDP (factor income), {unit(sheet.base_year)}",
        (
            Column("Region", "", False),
            Column("GDP", "US$ bn"),
            Column("World", "%"),
            Column("Openness", "% of GDP"),
            Column("Own", "%"),
            Column("Balance", "% of GDP"),
            Column("Zeros", ""),
            Column("Data", "", False),
        ),
        tuple(
            (
                marks.marked(named(r.region, r.name), r.status),
                text.number(r.gdp_bn, 3),
                text.fixed(r.gdp_percent, 1),
                text.fixed(r.openness_percent, 1),
                text.fixed(r.own_percent, 1),
                text.fixed(r.balance_percent, 1),
                str(r.own_zeros),
                r.status,
            )
            for r in sheet.regions
        ),
        notes=(
            "Openness: half of imports plus exports. Own: the part of spending on "
            f"{sheet.own_of} that stays at home. Balance: exports less imports. Zeros: sectors "
            "without home supply.",
            *_legend(r.status for r in sheet.regions),
        ),
        csv="regions",
    )


def sector_table(sheet: WorldSheet, full: bool = True) -> Table:
    """The sectors by output with traded share and elasticity.

    ``full``: with names and the sources of elasticities; else with the count of regions that
    have no home supply, which fits a terminal.
    """
    sources = list(dict.fromkeys(s.elasticity_source for s in sheet.sectors if s.elasticity_source))
    return Table(
        "Sectors by output",
        (
            *([Column("Name", "", False)] if full else []),
            Column("Sector", "in files" if full else "", False),
            Column("Output", unit(sheet.base_year)),
            Column("Traded", "% of output"),
            Column("Trade elasticity", "long run"),
            Column("Basis", "", False),
            *([] if full else [Column("Own zeros", "regions")]),
        ),
        tuple(
            (
                *([s.name] if full else []),
                s.sector,
                text.number(s.output_bn, 3),
                text.fixed(s.traded_percent, 1),
                text.number(s.elasticity, 3),
                _basis(s.elasticity_source, s.elasticity_status, sources if full else ()),
                *([] if full else [str(s.own_zeros)]),
            )
            for s in sheet.sectors
        ),
        notes=tuple(f"[{i}] {source}" for i, source in enumerate(sources, 1)) if full else (),
        csv="sectors",
    )


def own_zero_table(zeros: Sequence[OwnZero], base_year: int | None) -> Table:
    """The markets that buy nothing at home, the largest first."""
    return Table(
        "Markets that buy nothing at home",
        (
            Column("Sector", "", False),
            Column("Region", "", False),
            Column("Spending", unit(base_year)),
        ),
        tuple((z.sector_name, z.region_name, text.number(z.spending_bn, 2)) for z in zeros),
        csv="own_zeros",
    )


def partner_table(sheet: RegionSheet) -> Table:
    """One region's trade with each partner, both ways, the largest first."""
    return _trade_table("partner", "Partner", sheet.partners, sheet)


def product_table(sheet: RegionSheet) -> Table:
    """One region's trade in each sector, both ways, the largest first."""
    return _trade_table("sector", "Sector", sheet.products, sheet)


def region_lines(sheet: RegionSheet) -> list[str]:
    """One region in a few sentences."""
    r = sheet.region
    own = (
        ""
        if r.own_percent is None
        else f"; {text.percent(r.own_percent)} of its spending on {sheet.own_of} stays at home"
    )
    made = r.constructed_percent
    lines = [
        f"{marks.marked(named(r.region, r.name), r.status)} in {sheet.world}: GDP (factor income) "
        f"{text.dollars(r.gdp_bn, sheet.base_year)}, {text.percent(r.gdp_percent)} of the world's.",
        f"Exports {text.dollars(r.exports_bn)}, imports {text.dollars(r.imports_bn)}, openness "
        f"{text.percent(r.openness_percent)} of GDP, balance {text.percent(r.balance_percent)}"
        f"{own}.",
        f"Data: {r.status}"
        + (f"; {text.percent(made)} of its foreign trade is constructed" if made else "")
        + (f"; {text.count(r.own_zeros, 'sector')} without home supply" if r.own_zeros else "")
        + ".",
    ]
    return [*lines, *_legend([r.status])]


def named(label: str, name: str) -> str:
    """A label with its name, once where they are the same."""
    return label if name == label else f"{label} {name}"


def largest(table: Table, count: int) -> Table:
    """The first rows of a table ordered by size; the caption says so where some are left out."""
    if count <= 0 or len(table.rows) <= count:
        return table
    return Table(
        f"{table.caption}: the {count} largest of {len(table.rows)}",
        table.columns,
        table.rows[:count],
        table.groups,
        table.notes,
        table.csv,
    )


def _trade_table(what: str, heading: str, lines: Sequence[TradeLine], sheet: RegionSheet) -> Table:
    return Table(
        f"Trade of {text.the(sheet.region.name)} by {what}, {unit(sheet.base_year)}",
        (
            Column(heading, "", False),
            Column("Exports", "US$ bn"),
            Column("", "%"),
            Column("Data", "", False),
            Column("Imports", "US$ bn"),
            Column("", "%"),
            Column("Data", "", False),
        ),
        tuple(
            (
                named(line.label, line.name) if what == "partner" else line.label,
                text.number(line.exports_bn),
                text.fixed(line.exports_percent, 1),
                line.exports_status or text.DASH,
                text.number(line.imports_bn),
                text.fixed(line.imports_percent, 1),
                line.imports_status or text.DASH,
            )
            for line in lines
        ),
        csv=f"{what}s",
    )


def _basis(source: str, status: str, sources: Sequence[str]) -> str:
    number = f"[{sources.index(source) + 1}]" if source in sources else ""
    return " ".join(part for part in (number, status) if part) or text.DASH


def _legend(statuses: Iterable[str]) -> tuple[str, ...]:
    line = marks.legend(statuses)
    return (line,) if line else ()
