"""Made-up rows on leverage for the tests of the brief: plausible in shape, true in nothing."""

from __future__ import annotations

from countervail.brief.results import Results
from countervail.brief.rows.leverage import (
    BypassRow,
    CoalitionRow,
    DemandRow,
    ExposureRow,
    FrontierRow,
    FrontierSectorRow,
    PoleRow,
    PowerMatrix,
    ScreenRow,
)

from . import example

MINE, THEIRS = example.GDP["mine"], example.GDP["theirs"]

# cost and harm in percent, role, price asked
POINTS: tuple[tuple[float, float, str, float | None], ...] = (
    (-0.0231, 1.2841, "own-optimum", None),
    (-0.0152, 1.7613, "traced", None),
    (0.0, 2.3127, "asked", 0.0),
    (0.0312, 2.9211, "traced", None),
    (0.1, 3.8542, "asked", 0.1),
    (0.1731, 4.4219, "traced", None),
    (0.2892, 5.0113, "traced", None),
    (0.5, 5.6291, "asked", 0.5),
    (0.6318, 5.8104, "traced", None),
    (0.9127, 5.9317, "largest", None),
)

SECTORS = (
    ("mining", "Mining and quarrying (oil, gas, coal and metal ores together)"),
    ("motor-vehicles", "Motor vehicles"),
    ("metals", "Basic metals (iron, steel, aluminium, copper)"),
    ("food", "Food, drink and tobacco"),
    ("wood", "Wood and products of wood"),
    ("paper", "Paper and paper products"),
    ("chemicals", "Chemicals"),
    ("machinery", "Machinery and equipment, repair and installation included"),
    ("transport", "Other transport equipment (aircraft, ships, rail)"),
    ("rubber", "Rubber and plastics"),
    ("farming", "Farming"),
    ("textiles", "Textiles and clothing"),
    ("forestry", "Forestry"),
)


def frontier() -> tuple[FrontierRow, ...]:
    return tuple(
        FrontierRow(
            point=number,
            role=role,
            cost_percent=cost,
            cost_bn=cost * THEIRS / 100,
            harm_percent=harm,
            harm_bn=harm * MINE / 100,
            asked_percent=asked,
            certificate=2e-12,
            gap_percent=number * 1e-6,
        )
        for number, (cost, harm, role, asked) in enumerate(POINTS, 1)
    )


def frontier_tariffs() -> tuple[FrontierRow, ...]:
    """With tariffs alone less than half of the harm, and a price above the dearest point."""
    return tuple(
        FrontierRow(number, role, cost, cost * THEIRS / 100, harm, harm * MINE / 100, asked)
        for number, (cost, harm, role, asked) in enumerate(
            (
                (-0.0211, 0.9127, "own-optimum", None),
                (0.0, 1.4612, "asked", 0.0),
                (0.1, 1.9233, "asked", 0.1),
                (0.2017, 2.0419, "largest", 0.5),
            ),
            1,
        )
    )


def frontier_sectors() -> tuple[FrontierSectorRow, ...]:
    rows = []
    for row in frontier():
        if row.role != "asked":
            continue
        harm, cost, asked = row.harm_percent or 0, row.cost_percent or 0, row.asked_percent or 0
        weights = [0.8**k * (1 + asked * (k == 0)) for k in range(len(SECTORS))]
        for k, (sector, name) in enumerate(SECTORS):
            for instrument, part in (
                ("tariff", 0.75 - asked / 4),
                ("export-tax", 0.25 + asked / 4),
            ):
                share = weights[k] / sum(weights) * part
                rate = 0.2 * part * (1 + 3 * asked) + 0.01 * k
                rows.append(
                    FrontierSectorRow(
                        row.point, sector, name, instrument, rate, harm * share, cost * share
                    )
                )
    return tuple(rows)


REGIONS: tuple[tuple[str, str, str, float], ...] = (
    ("USA", "United States", "North America", 27000.0),
    ("CHN", "China", "East Asia", 18000.0),
    ("DEU", "Germany", "European Union", 4500.0),
    ("JPN", "Japan", "East Asia", 4200.0),
    ("IND", "India", "South Asia", 3600.0),
    ("GBR", "United Kingdom", "", 3300.0),
    ("FRA", "France", "European Union", 3000.0),
    ("ITA", "Italy", "European Union", 2250.0),
    ("BRA", "Brazil", "South America", 2200.0),
    ("CAN", "Canada", "North America", 2100.0),
    ("RUS", "Russia", "", 2000.0),
    ("MEX", "Mexico", "North America", 1800.0),
    ("KOR", "Korea", "East Asia", 1750.0),
    ("AUS", "Australia", "", 1700.0),
    ("ESP", "Spain", "European Union", 1600.0),
    ("IDN", "Indonesia", "South-East Asia", 1400.0),
    ("NLD", "Netherlands", "European Union", 1100.0),
    ("TUR", "Türkiye", "", 1100.0),
    ("SAU", "Saudi Arabia", "Gulf", 1050.0),
    ("CHE", "Switzerland", "", 890.0),
    ("POL", "Poland", "European Union", 810.0),
    ("ARG", "Argentina", "South America", 640.0),
    ("BEL", "Belgium", "European Union", 630.0),
    ("SWE", "Sweden", "European Union", 590.0),
    ("IRL", "Ireland", "European Union", 545.0),
    ("THA", "Thailand", "South-East Asia", 515.0),
    ("ARE", "United Arab Emirates", "Gulf", 510.0),
    ("SGP", "Singapore", "South-East Asia", 500.0),
    ("NOR", "Norway", "", 485.0),
    ("VNM", "Viet Nam", "South-East Asia", 430.0),
    ("DNK", "Denmark", "European Union", 405.0),
    ("QAT", "Qatar", "Gulf", 235.0),
    ("HUN", "Hungary", "European Union", 212.0),
    ("ROW", "Rest of the world", "", 9000.0),
)


def loss(target: int, coercer: int) -> float | None:
    """A made-up loss: more within a bloc, more by the larger, none between two of them."""
    if {REGIONS[target][0], REGIONS[coercer][0]} == {"NOR", "VNM"}:
        return None
    near = 4.0 if REGIONS[target][2] and REGIONS[target][2] == REGIONS[coercer][2] else 1.0
    spread = 1 + ((7 * target + 3 * coercer) % 11) / 6
    return (
        near * spread * (REGIONS[coercer][3] / 27000.0) ** 0.8 * (500 / REGIONS[target][3]) ** 0.2
    )


def power() -> PowerMatrix:
    every = range(len(REGIONS))
    return PowerMatrix(
        regions=tuple(r[0] for r in REGIONS),
        names=tuple(r[1] for r in REGIONS),
        blocs=tuple(r[2] for r in REGIONS),
        loss_percent=tuple(tuple(None if n == m else loss(n, m) for m in every) for n in every),
        income_bn=tuple(r[3] for r in REGIONS),
        closure="trade balances fixed in world factor income; medium run",
        notes=(("NOR", "VNM", "no certified equilibrium"),),
    )


def exposures() -> tuple[ExposureRow, ...]:
    rows = []
    sizes = (
        ("tariff", "25 % tariff on goods", 1.68, -0.02),
        ("export-tax", "25 % export tax on goods", 1.31, 0.04),
        ("export-ban", "Export ban on goods", 3.12, 0.31),
        ("transit-denial", "Denial of transit", 0.42, 0.01),
        ("cut-off", "Full cut-off", 6.41, 0.52),
    )
    for horizon, scale in example.SCALE.items():
        for instrument, label, harm, cost in sizes:
            for k, retaliation in enumerate(ExposureRow.RETALIATIONS):
                lost, paid = harm * scale * (1 + (0.1, -0.04)[k - 1] * (k > 0)), cost + 0.06 * k
                rows.append(
                    ExposureRow(
                        instrument,
                        label,
                        horizon,
                        retaliation,
                        0.0,
                        -lost,
                        lost,
                        lost * MINE / 100,
                        paid,
                        paid * THEIRS / 100,
                        1e-12,
                        "share of trade in transit is judgement"
                        if instrument == "transit-denial"
                        else "",
                    )
                )
    return tuple(rows)


def demands() -> tuple[DemandRow, ...]:
    cases = (
        ("25 % tariff on goods", 50.0, 1.0),
        ("20 % of it unknown", 20.0, 1.0),
        ("100 % of it unknown", 100.0, 1.0),
        ("Exposure 10 % lower", 50.0, 0.9),
        ("Exposure 25 % lower", 50.0, 0.75),
        ("Exposure 50 % lower", 50.0, 0.5),
    )
    rows = []
    for case, noise, part in cases:
        exposed, half = 30.0 * part, noise / 100 * 30.0
        demand = max(exposed - half, (exposed + half - 4.0) / 2)
        accept = min(1.0, (exposed + half - demand) / (2 * half))
        rows.append(
            DemandRow(
                case,
                noise,
                exposed,
                4.0,
                demand,
                100 * demand / MINE,
                100 * accept,
                100 * (1 - accept),
                "accepted or rupture" if accept < 1 else "accepted for certain",
            )
        )
    return tuple(rows)


def parts() -> dict[str, object]:
    return {
        "exposures": exposures(),
        "bypass": (
            BypassRow("short", 88.41),
            BypassRow("medium", 93.59),
            BypassRow("long", 94.71),
        ),
        "frontier": frontier(),
        "frontier_sectors": frontier_sectors(),
        "frontier_tariffs": frontier_tariffs(),
        "frontier_terms": "tariffs and export taxes by sector on goods, each from 0 to 100 %, "
        "medium run",
        "power": power(),
        "poles": (
            PoleRow("GDP", 8.12, 14.6, 0.31, "United States", 26.1, "China", 17.4),
            PoleRow("trade", 16.4, 24.9, 0.19, "China", 13.2, "United States", 11.1),
            PoleRow("coercive power", 9.31, 15.2, 0.29, "China", 21.2, "United States", 19.8),
        ),
        "screens": (
            ScreenRow("clayton", "Convex import dependence", 0.0812, "index", 0.96, 0.91),
            ScreenRow("antisymmetric", "Antisymmetric dependence", 0.0231, "index", 0.55, 0.31),
            ScreenRow("hirschman", "Share of trade", 61.2, "%", 0.84, 0.88),
        ),
        "coalition": (
            CoalitionRow("CHN", "China", 1.21, 1.41),
            CoalitionRow("USA", "United States", 6.41, 6.73),
            CoalitionRow("MEX", "Mexico", 0.48, 0.63),
        ),
        "coalition_percent": 8.77,
        "demands": demands(),
    }


def results(**changes: object) -> Results:
    return example.results(**{**parts(), **changes})
