"""A world on one self-contained page: how large, how open, who trades with whom, how sure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from countervail.brief import marks, text, views
from countervail.brief.drawing import draw, heat, scales
from countervail.brief.drawing.figure import Figure, figure_of
from countervail.brief.figures import maps
from countervail.brief.html import data_uri, page
from countervail.brief.questions import trust, world_tables
from countervail.brief.results import Place
from countervail.brief.rows.plain import from_plain, to_plain
from countervail.brief.tables import rows_to_csv
from countervail.brief.terminal import printable
from countervail.brief.world_sheet import RegionRow, WorldSheet

SECTIONS = (
    ("size", "How large is each region?"),
    ("trade", "Who sells how much to whom?"),
    ("open", "How open is each region?"),
    ("made", "What is observed, what is constructed?"),
    ("zeros", "Who has no home supply?"),
    ("sectors", "The sectors"),
    ("sources", "Where it comes from"),
)
"""Every section of the page: its anchor and its heading, in order."""

_BARS = 20
_STATUS_COLOURS = {
    "observed": scales.PART[5],
    "updated": scales.PART[2],
    "constructed": scales.LOSS[1],
}


def world_page(sheet: WorldSheet) -> str:
    """The page of a world as HTML text; equal worlds give equal bytes."""
    csv = {name: data_uri(content, "text/csv") for name, content in world_csv(sheet).items()}
    sheet = from_plain(WorldSheet, _clean(to_plain(sheet)), "world")
    shown = {figure.name: figure for figure in world_figures(sheet)}
    return page(
        "world.html",
        shown.values(),
        csv,
        w=sheet,
        base=sheet,
        t=text,
        sections=SECTIONS,
        heading=dict(SECTIONS),
        figures=shown,
        header=world_tables.header(sheet),
        own_zeros=world_tables.own_zero_sentence(sheet),
        regions=world_tables.region_table(sheet),
        sectors=world_tables.sector_table(sheet),
        zeros=world_tables.own_zero_table(sheet.own_zeros, sheet.base_year),
        statuses=trust.status_table(sheet.statuses, world_tables.unit(sheet.base_year)),
        first_rows=views.first_rows,
    )


def world_csv(sheet: WorldSheet) -> dict[str, str]:
    """Every table of the page as CSV text by name, unrounded; ``trade`` is one row per pair."""
    labels = [r.region for r in sheet.regions]
    trade: list[dict[str, Any]] = [
        {"importer": n, "exporter": i, "trade_bn": value, "constructed_percent": made}
        for n, row, shares in zip(
            labels, sheet.trade_bn, sheet.trade_constructed_percent, strict=True
        )
        for i, value, made in zip(labels, row, shares, strict=True)
        if n != i
    ]
    held: dict[str, Sequence[dict[str, Any]]] = {
        "regions": [asdict(r) for r in sheet.regions],
        "sectors": [asdict(s) for s in sheet.sectors],
        "own_zeros": [asdict(z) for z in sheet.own_zeros],
        "statuses": [asdict(s) for s in sheet.statuses],
        "trade": trade,
    }
    return {name: rows_to_csv(rows) for name, rows in held.items()}


def world_figures(sheet: WorldSheet) -> list[Figure]:
    """Every figure that the world has data for, in the order of the page."""
    made = (_size(sheet), _trade(sheet), _openness(sheet), _status_map(sheet))
    return [figure for figure in made if figure is not None]


def _size(sheet: WorldSheet) -> Figure:
    return _bars(
        "gdp",
        sheet,
        sheet.regions[:_BARS],
        [r.gdp_bn for r in sheet.regions[:_BARS]],
        f"GDP (factor income), {world_tables.unit(sheet.base_year)}",
        size_finding(sheet),
    )


def size_finding(sheet: WorldSheet) -> str:
    """Who makes how much of world GDP, in one sentence without its full stop."""
    first, *others = sheet.regions
    said = f"{text.the(first.name)} makes {text.percent(first.gdp_percent)} of world GDP"
    if others:
        said += f", {text.the(others[0].name)} {text.percent(others[0].gdp_percent)}"
    if len(others) > _BARS // 2:
        ten = sum(r.gdp_percent for r in sheet.regions[:10])
        said += f", the ten largest together {text.percent(ten)}"
    return text.capital(said)


def _openness(sheet: WorldSheet) -> Figure | None:
    if not any(r.imports_bn + r.exports_bn > 0 for r in sheet.regions):
        return None
    shown = sorted(sheet.regions[:_BARS], key=lambda r: -r.openness_percent)
    return _bars(
        "openness",
        sheet,
        shown,
        [r.openness_percent for r in shown],
        "half of imports plus exports, % of GDP",
        openness_finding(shown),
    )


def openness_finding(shown: Sequence[RegionRow]) -> str:
    """Which of the regions, the most open first, trades most and which least for its size."""
    most, least = shown[0], shown[-1]
    said = f"{text.the(most.name)} trades {text.percent(most.openness_percent)} of its GDP"
    if len(shown) > 1:
        said = (
            f"Of the {len(shown)} largest {said}, {text.the(least.name)} "
            f"{text.percent(least.openness_percent)}"
        )
    return text.capital(said)


def _bars(
    name: str,
    sheet: WorldSheet,
    regions: Sequence[RegionRow],
    values: Sequence[float],
    axis: str,
    finding: str,
) -> Figure:
    rows = [
        (marks.marked(label, r.status), value)
        for label, r, value in zip(_names(regions), regions, values, strict=True)
    ]
    few = "" if len(regions) == len(sheet.regions) else f"The {len(regions)} largest by GDP. "
    note = few + marks.legend(r.status for r in regions)
    return figure_of(
        draw.bars(name, rows, axis),
        finding=finding,
        alt=f"Bar chart, {axis}. {finding}. All values are in the table of regions.",
        unit=axis,
        subtitle=note,
        csv="regions",
        note=f"{text.capital(axis)}. {note}".strip(),
    )


def _trade(sheet: WorldSheet) -> Figure | None:
    pairs = _pairs(sheet)
    if not pairs or pairs[0][0] <= 0:
        return None
    typical = pairs[len(pairs) // 100][0]  # few pairs are far above all others
    scale = scales.growing(scales.half_decades(typical), "")
    unit = world_tables.unit(sheet.base_year)
    labels = [marks.marked(r.region, r.status) for r in sheet.regions]
    finding = trade_finding(sheet)
    shown = min(len(labels), heat.WIDE)
    note = (
        f"{unit}, all goods and services, at the border. Rows buy, columns sell; ordered by GDP. "
        + (
            f"The {heat.WIDE} largest of {len(labels)}, on small screens {heat.NARROW}. "
            if len(labels) > heat.WIDE
            else f"On small screens the {heat.NARROW} largest. "
            if len(labels) > heat.NARROW
            else ""
        )
        + marks.legend(r.status for r in sheet.regions[:shown])
    )
    return figure_of(
        heat.heat_map("trade", labels, sheet.trade_bn, scale, f"{unit}, log steps"),
        finding=finding,
        alt=f"Heat map of trade among {shown} regions. {finding}. All values are in the CSV file.",
        unit=unit,
        subtitle=note,
        csv="trade",
        note=note.strip(),
    )


def trade_finding(sheet: WorldSheet) -> str:
    """The largest flow and how few pairs carry half of trade, without its full stop."""
    pairs = _pairs(sheet)
    value, importer, exporter = pairs[0]
    half, carried, count = sum(p[0] for p in pairs) / 2, 0.0, 0
    while carried < half:
        carried += pairs[count][0]
        count += 1
    return text.capital(
        f"{text.the(exporter.name)} sells most to {text.the(importer.name)} "
        f"({text.dollars(value, sheet.base_year)}); {count:,} of {len(pairs):,} "
        f"pairs carry half of all trade"
    )


def _pairs(sheet: WorldSheet) -> list[tuple[float, RegionRow, RegionRow]]:
    """Every pair as (US$ bn, importer, exporter), the largest first."""
    found = [
        (value, sheet.regions[n], sheet.regions[i])
        for n, row in enumerate(sheet.trade_bn)
        for i, value in enumerate(row)
        if n != i
    ]
    return sorted(found, key=lambda pair: -pair[0])


def _status_map(sheet: WorldSheet) -> Figure | None:
    places = [
        Place(region=r.region, name=r.name, numeric=r.numeric, status=r.status)
        for r in sheet.regions
    ]
    if not maps.has_map(places):
        return None
    rest = any(r.region.split("-")[0] == "ROW" for r in sheet.regions)
    held = {r.status for r in sheet.regions}
    finding = status_finding(sheet)
    note = " ".join(
        part
        for part in (marks.legend(held, on_map=True), maps.BORDERS, "Data: most of each output.")
        if part
    )
    return figure_of(
        maps.choropleth(
            "status",
            places,
            {r.region: r.status for r in sheet.regions if r.numeric},
            {status: c for status, c in _STATUS_COLOURS.items() if status in held},
            "what most of a region's data are",
            {},
            maps.outside(rest),
        ),
        finding=finding,
        alt=f"World map of what the data are. {finding}. All are in the table of regions.",
        unit="status",
        subtitle=note,
        csv="regions",
        note=note,
    )


def status_finding(sheet: WorldSheet) -> str:
    """How many economies are constructed and what they carry, without its full stop."""
    made = len(sheet.constructed_regions)
    total = len(sheet.regions)
    trade = next((r for r in sheet.statuses if r.part == "world-trade"), None)
    if not made:
        return f"None of the {text.count(total, 'region')} is constructed"
    carried = trade.constructed_percent if trade is not None else 0.0
    return (
        f"{made} of {text.count(total, 'region')} {'is' if made == 1 else 'are'} constructed; "
        f"constructed cells carry {text.size(carried)} of foreign trade"
    )


def _clean(value: Any) -> Any:
    """Plain data without characters that would turn or hide what stands on a page."""
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return printable(value) if isinstance(value, str) else value


def _names(regions: Sequence[RegionRow]) -> Iterable[str]:
    """Names to stand beside bars; where two regions share a name, their labels."""
    names = [r.name for r in regions]
    return [r.region if names.count(r.name) > 1 else r.name for r in regions]
