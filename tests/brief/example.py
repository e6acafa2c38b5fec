"""Example data for the tests of the brief: plausible in shape, made up in every figure."""

from __future__ import annotations

from countervail.brief.manifest import build_manifest
from countervail.brief.results import (
    ClaimRow,
    DealRow,
    KeyFigure,
    LadderRow,
    ParameterRow,
    Place,
    Results,
    SectorRow,
    Spill,
    StatusRow,
    ThreatRow,
    WorldCard,
)

RATES = (0.10, 0.25, 0.35, 0.50, 1.00, None)
HARM = {0.10: 0.7123, 0.25: 1.6789, 0.35: 2.2011, 0.50: 2.8456, 1.00: 4.2222, None: 6.2345}
COST = {0.10: -0.1034, 0.25: -0.0456, 0.35: 0.0321, 0.50: 0.1789, 1.00: 0.4011, None: 0.6789}
SCALE = {"short": 1.61, "medium": 1.0, "long": 0.83}
GDP = {"mine": 1787.0, "theirs": 17550.0}


def ladder() -> tuple[LadderRow, ...]:
    rows = []
    for horizon, scale in SCALE.items():
        for energy in ("included", "exempt"):
            for retaliation in ("none", "proportional"):
                for step, rate in enumerate(RATES):
                    if rate is None and (energy == "exempt" or retaliation == "proportional"):
                        continue
                    harm = HARM[rate] * scale * (0.84 if energy == "exempt" else 1.0)
                    cost = COST[rate] * scale * (1.1 if energy == "exempt" else 1.0)
                    if retaliation == "proportional":
                        harm, cost = harm * 1.13 + 0.05, cost + 0.21 * (step + 1)
                    rows.append(
                        LadderRow(
                            rung="cut-off" if rate is None else f"{rate:.0%}",
                            rate=rate,
                            horizon=horizon,
                            retaliation=retaliation,
                            energy=energy,
                            harm_percent=harm,
                            harm_bn=harm * GDP["mine"] / 100,
                            cost_percent=cost,
                            cost_bn=cost * GDP["theirs"] / 100,
                            retaliation_rate=None if retaliation == "none" else (rate or 0) * 0.93,
                            certificate=(3 + step) * 1e-12,
                        )
                    )
    rows[8] = LadderRow(
        rows[8].rung,
        rows[8].rate,
        rows[8].horizon,
        rows[8].retaliation,
        rows[8].energy,
        None,
        None,
        None,
        None,
        note="the solver stopped before the equations held",
    )
    return tuple(rows)


def world() -> WorldCard:
    regions = ("CAN", "USA", "MEX", "CHN", "JPN", "DEU", "GBR", "QAT", "ROW")
    return WorldCard(
        name="example-2014",
        base_year=2014,
        regions=regions,
        sectors=("mining", "petroleum", "motor-vehicles", "food"),
        provenance=("Example source tables, made up for tests (not a real source)",),
        status=(
            "observed: bilateral flows and input-output coefficients, 2014 (made up)",
            "adjusted: inventories moved into final demand, base solved again (made up)",
            "constructed: service tariffs are set to zero (made up)",
        ),
        report=("Re-balancing moved 0.4 % of world trade; largest cell: mining, USA from CAN.",),
        key_figures=(
            KeyFigure("Canada's exports to the United States", 349.2, "US$ bn"),
            KeyFigure("Share of Canada's exports that go to the United States", 74.8, "%"),
            KeyFigure("United States' exports to Canada", 301.5, "US$ bn"),
            KeyFigure("Canada's real income", 1787.0, "US$ bn"),
        ),
        sector_rows=(
            SectorRow("mining", 95.1, 91.3, 0.1, 13.53, "Made-up source A", "read"),
            SectorRow("motor-vehicles", 61.7, 93.2, 0.2, 1.84, "Made-up source A", "read"),
            SectorRow("petroleum", 18.4, 88.1, 0.3, 20.0, "judgement: capped", "judgement"),
            SectorRow("food", 19.9, 66.0, 1.2, 2.62, "Made-up source A", "read"),
        ),
        statuses=(
            StatusRow("protagonist-trade", "Foreign trade of Canada", 900.0, 95.0, 1.0, 4.0),
            StatusRow("world-trade", "Foreign trade of the world", 20000.0, 90.0, 0.0, 10.0),
        ),
        constructed_regions=("Qatar", "Rest of the world"),
    )


def places() -> tuple[Place, ...]:
    return (
        Place("CAN", "Canada", "protagonist", ("124",), "observed", -1.6789),
        Place("USA", "United States", "coercer", ("840",), "observed", 0.0456, 349.2, 74.8),
        Place("MEX", "Mexico", "other", ("484",), "observed", -0.31, 8.1, 1.7),
        Place("CHN", "China", "other", ("156", "344", "446"), "updated", 0.042, 18.4, 3.9),
        Place("JPN", "Japan", "other", ("392",), "observed", 0.0134, 9.4, 2.0),
        Place("DEU", "Germany", "other", ("276",), "observed", 0.021, 6.1, 1.3),
        Place("GBR", "United Kingdom", "other", ("826",), "observed", -0.004, 14.1, 3.0),
        Place("QAT", "Qatar", "other", ("634",), "constructed", 0.002, 0.3, 0.06),
        Place("ROW", "Rest of the world", "rest", (), "constructed", 0.0, 61.2, 13.1),
    )


def parameters() -> tuple[ParameterRow, ...]:
    return (
        ParameterRow(
            "theta.one_year",
            0.76,
            0.6,
            1.0,
            "trade elasticity",
            "aggregate trade elasticity in the first year after a tariff change",
            "Made-up source B (2023)",
            "read",
        ),
        ParameterRow(
            "theta.petroleum_cap",
            20.0,
            10.0,
            64.85,
            "trade elasticity",
            "cap",
            "judgement",
            "judgement",
        ),
        ParameterRow(
            "cut_off.cost_factor", 1000.0, None, None, "cost factor", "cut-off", "-", "cited"
        ),
    )


def threats() -> tuple[ThreatRow, ...]:
    return (
        ThreatRow(
            "all-goods-100",
            "100 % tariff on all goods",
            "import-tariff",
            1.0,
            ("goods",),
            "none stated",
            None,
            "threatened",
            "",
            4.2222,
            75.45,
            0.4011,
            70.39,
            "upper bound",
            "",
            ("Example Press, 2026-01-24",),
            4e-12,
        ),
        ThreatRow(
            "autos",
            "50 % tariff on motor vehicles",
            "import-tariff",
            0.5,
            ("motor-vehicles",),
            "Section 338, Tariff Act of 1930",
            0.5,
            "proclaimed",
            "2026-08-19",
            0.3123,
            5.58,
            -0.0012,
            -0.21,
            sources=("https://example.org/tracker",),
        ),
        ThreatRow(
            "dairy",
            "50 % tariff on dairy",
            "import-tariff",
            0.5,
            ("food",),
            "Section 338, Tariff Act of 1930",
            0.5,
            "proclaimed",
            "2026-08-19",
            not_quantified="the world has one food sector, and the share of dairy in it is unknown",
            sources=("Example tracker",),
        ),
    )


def results(**changes: object) -> Results:
    parts: dict[str, object] = {
        "title": "Example data",
        "question": "How far could the United States corner Canada with tariffs?",
        "protagonist": "CAN",
        "protagonist_name": "Canada",
        "coercer": "USA",
        "coercer_name": "United States",
        "horizon": "medium",
        "world": world(),
        "ladder": ladder(),
        "closure": "trade balances fixed in world factor income; labour mobile between sectors",
        "threats": threats(),
        "deals": (
            DealRow(
                "uae",
                "Investment pledge",
                "investment",
                ("CAN", "ARE"),
                "US$ 50 bn (published pledge)",
                "signed",
                "2025-11-20",
                "framework only",
                "the channel for investment is not built yet",
                ("Example wire 1",),
            ),
            DealRow("visit", "Joint statement", "forum", ("CAN", "QAT"), "", "announced"),
        ),
        "claims": (
            ClaimRow(
                "impossible",
                "The deals made the country impossible to corner.",
                "exposure.after <= 0.1 * exposure.before",
                sources=("Example article",),
            ),
            ClaimRow(
                "amount",
                "A deal of a stated size was concluded.",
                "",
                "unsourced",
                "no amount was published",
            ),
        ),
        "parameters": parameters(),
        "spill": (
            Spill("MEX", -0.31, -4.0, "Mexico"),
            Spill("CHN", 0.042, 4.4, "China"),
            Spill("JPN", 0.0134, 0.6, "Japan"),
            Spill("DEU", 0.021, 0.8, "Germany"),
            Spill("GBR", -0.004, -0.1, "United Kingdom"),
            Spill("QAT", 0.002, 0.0, "Qatar", status="constructed"),
            Spill("ROW", 0.0, 0.0, "Rest of the world", status="constructed"),
        ),
        "places": places(),
        "places_trade": "goods",
        "spill_at": "25 % tariff on all goods, medium run, no retaliation",
        "notices": ("Every figure on this page is made up to test the layout.",),
        "data_date": "22 November 2026",
        "tolerance": 1e-10,
        "manifest": build_manifest(
            command="countervail run example --out report",
            versions={"python": "3.11.2", "countervail": "0.1.0", "numpy": "2.4.6"},
            world={"name": "example-2014", "hash": "sha256:00"},
            scenario={"name": "example", "hash": "sha256:11"},
            closure={"balance": "fixed", "labour": "mobile"},
            tolerance=1e-10,
            parameters=parameters(),
            device="cpu",
            created="2026-11-22T12:00:00Z",
            timings={"ladder": 1.5},
        ),
    }
    return Results(**{**parts, **changes})  # type: ignore[arg-type]
