"""At what price, in tables: the points of the frontier, and what each sector carries."""

from __future__ import annotations

from countervail.brief import text
from countervail.brief.questions.price import AT_MOST, carriers, elasticities, price, shown
from countervail.brief.results import Results
from countervail.brief.rows.leverage import FrontierRow
from countervail.brief.views import Column, Table, dollar_unit

ROLES = {
    "own-optimum": "own optimum",
    "asked": "asked",
    "traced": "traced",
    "largest": AT_MOST,
}
INSTRUMENTS = {"tariff": "Tariff", "export-tax": "Export tax", "capital-withdrawal": "Withdrawn"}


def frontier_table(results: Results) -> Table:
    """Every point of the frontier, from cheap to dear."""
    return _points(
        results.frontier,
        "The frontier from cheap to dear: loss of real income in percent and in "
        f"{dollar_unit(results)}",
        "frontier",
        results,
    )


def tariffs_table(results: Results) -> Table:
    """Every point of the frontier of import tariffs alone."""
    return _points(
        results.frontier_tariffs,
        f"With import tariffs alone: loss of real income in percent and in {dollar_unit(results)}",
        "frontier_tariffs",
        results,
    )


def _points(given: tuple[FrontierRow, ...], caption: str, csv: str, results: Results) -> Table:
    mine, theirs = results.protagonist_name, results.coercer_name
    rows = sorted(given, key=lambda row: row.point)
    percent = text.column([v for row in rows for v in (row.cost_percent, row.harm_percent)], 3)
    return Table(
        caption,
        (
            Column("Point", "", False),
            Column(f"{theirs} loses", "%"),
            Column("", "US$ bn"),
            Column(f"{mine} loses", "%"),
            Column("", "US$ bn"),
        ),
        tuple(
            (
                f"{row.point}: {_role(row)}",
                percent(row.cost_percent),
                text.fixed(row.cost_bn, 1),
                percent(row.harm_percent),
                text.fixed(row.harm_bn, 1),
            )
            for row in rows
        ),
        notes=tuple(f"Point {row.point}: {row.note}" for row in rows if row.note),
        csv=csv,
    )


def _role(row: FrontierRow) -> str:
    if row.asked_percent is None:
        return ROLES[row.role]
    wanted = f"asked: {text.rate(row.asked_percent / 100) if row.asked_percent else 'no cost'}"
    return wanted if row.role == "asked" else f"{ROLES[row.role]} ({wanted})"


def sector_tables(results: Results) -> list[Table]:
    """For each asked price the rates by sector, the largest harm first."""
    return [_sector_table(row, results) for row in shown(results)]


def _sector_table(row: FrontierRow, results: Results) -> Table:
    mine, theirs = results.protagonist_name, results.coercer_name
    elasticity = elasticities(results)
    return Table(
        text.capital(f"{price(row)}: what each sector carries, in percent of real income"),
        (
            Column("Sector", "", False),
            Column("Added rate", "", False),
            Column(f"{mine} loses", "%"),
            Column(f"{theirs} loses", "%"),
            Column("Trade elasticity", "long run"),
        ),
        tuple(
            (
                part.sector_name,
                f"{INSTRUMENTS[part.instrument]} {text.fixed(100 * part.rate, 1)}{text.THIN}%",
                text.fixed(part.harm_percent, 3),
                text.fixed(part.cost_percent, 4),
                text.fixed(elasticity.get(part.sector_name)),
            )
            for part in carriers(row, results)
        ),
        csv="frontier_sectors",
    )
