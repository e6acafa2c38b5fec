"""Made-up rows on deals, capital, routes and ties for the tests of the brief: true in nothing."""

from __future__ import annotations

from dataclasses import replace

from countervail.brief.results import Results, ThreatRow
from countervail.brief.rows.channels import (
    CapitalPage,
    CapitalRow,
    DealRow,
    FinancierRow,
    NewTieRow,
    PipelinePage,
    PlannedEdgeRow,
    ProjectRow,
    ReachRow,
    RouteEdgeRow,
    RouteNetworkRow,
    RouteNodeRow,
    TieRow,
    TiesPage,
    WithdrawalRow,
)

from . import example, leverage_example

MINE, THEIRS = example.GDP["mine"], example.GDP["theirs"]
LADDER = "status ladder: judgement"


def deal(
    name: str,
    title: str,
    kind: str,
    full: float | None,
    odds: tuple[float, float, float],
    **more: object,
) -> DealRow:
    low, at, high = odds
    figures: dict[str, object] = {}
    if full is not None:
        figures = {
            "full_percent": full,
            "full_bn": full * MINE / 100,
            "expected_percent": full * at,
            "expected_bn": full * at * MINE / 100,
            "threat_percent": full * 1.18,
            "coercer_percent": full * -0.02,
            "coercer_bn": full * -0.02 * THEIRS / 100,
            "certificate": 6e-12,
        }
    parts: dict[str, object] = {
        "parties": ("Canada", "Qatar"),
        "status": "announced",
        "date": "2025-11-20",
        "delivery": at,
        "delivery_low": low,
        "delivery_high": high,
        "delivery_source": LADDER,
        "sources": ("Example wire 1", "https://example.org/deal"),
        **figures,
        **more,
    }
    return DealRow(name, title, kind, **parts)  # type: ignore[arg-type]


def deals() -> tuple[DealRow, ...]:
    return (
        deal(
            "uae",
            "Investment pledge of the United Arab Emirates, over the next years and in fields "
            "that are to be agreed",
            "investment",
            0.1234,
            (0.1, 0.3, 0.6),
            amount="50 bn USD, published, 2025",
            net_bn=0.1234 * MINE / 100 - 1.9,
            building_percent=0.2112,
            moves=(
                "Canada's capital +0.4 % in all sectors",
                "US$ 3.0 bn a year of returns leave for the United Arab Emirates",
            ),
            why="Capital rises by money over stock; product by that to the power of its share.",
            indicators=(("returns that leave", 3000.0, "million USD a year"), ("none", None, "")),
            note="A pledge, not a contract.",
        ),
        deal(
            "china",
            "Trade arrangement with China",
            "tariff-quota",
            0.0312,
            (0.7, 0.9, 1.0),
            status="in-force",
            moves=("Tariff of China on farming of Canada -60.2 points",),
            why="Quota as in the entry.",
        ),
        deal("gulf-fta", "Talks on a partnership", "trade-agreement", 0.0021, (0.05, 0.2, 0.4)),
        deal(
            "qatar",
            "Investment by Qatar",
            "investment",
            0.0513,
            (0.02, 0.1, 0.3),
            status="claimed",
            amount="20 bn USD, claimed, 2026",
            net_bn=-0.2,
            bound="upper",
        ),
        deal(
            "pension",
            "Joint ventures of pension funds",
            "investment",
            0.0024,
            (0.02, 0.1, 0.3),
            status="claimed",
            amount="1 bn USD, illustrative, 2026",
        ),
        deal("swap", "An exchange that costs", "trade-agreement", -0.0123, (0.5, 0.5, 0.5)),
        deal("visit", "Joint statement", "forum", 0.0, (0.5, 0.5, 0.5), moves=()),
        deal("defence", "Talks on a defence framework", "defence-tie", 0.0, (0.3, 0.5, 0.7)),
        deal(
            "routes",
            "Energy routes around one country",
            "energy-route",
            None,
            (0.02, 0.1, 0.3),
            not_quantified="no route is given",
        ),
    )


def capital() -> CapitalPage:
    owners = (
        ("USA", "United States", 456.2, "observed"),
        ("NLD", "Netherlands", 99.1, "observed"),
        ("GBR", "United Kingdom", 71.4, "updated"),
        ("LUX", "Luxembourg", 52.0, "constructed"),
        ("CHN", "China", 34.3, "constructed"),
        ("JPN", "Japan", 31.9, "observed"),
        ("CHE", "Switzerland", 30.5, "constructed"),
        ("DEU", "Germany", 17.2, "constructed"),
        ("FRA", "France", 11.1, "constructed"),
        ("BRA", "Brazil", 9.2, "constructed"),
        ("KOR", "Korea", 6.1, "constructed"),
        ("ARE", "United Arab Emirates", 4.1, "constructed"),
        ("QAT", "Qatar", 1.1, "constructed"),
        ("ROW", "Rest of the world", 20.3, "constructed"),
    )
    total = sum(stock for _, _, stock, _ in owners)
    return CapitalPage(
        host="CAN",
        host_name="Canada",
        year=2014,
        total_bn=total,
        capital_bn=6300.0,
        net_position_bn=321.4,
        concentration=sum((stock / total) ** 2 for _, _, stock, _ in owners),
        rows=tuple(
            CapitalRow(code, name, stock, 100 * stock / total, stock / 63.0, status, "Made up")
            for code, name, stock, status in owners
        ),
        withdrawals=(
            WithdrawalRow(
                "USA", "United States", 25.0, 114.05, 0.61, 10.9, 0.031, 5.4, "medium", 2e-12
            ),
            WithdrawalRow(
                "USA", "United States", 10.0, 45.6, 0.24, 4.3, 0.012, 2.1, "medium", 3e-12
            ),
        ),
        note="All of it is made up",
        sources=("Example office of statistics",),
    )


def pipeline() -> PipelinePage:
    return PipelinePage(
        projects=(
            ProjectRow(
                "port",
                "Container terminal",
                1.4,
                ("transport",),
                "1.15 million containers a year",
                2026,
                2026,
                2026,
                2026,
                (("home", 0.9), ("funds", 0.5)),
            ),
            ProjectRow(
                "lng",
                "Second phase of a gas terminal on the Pacific coast",
                24.0,
                ("mining",),
                "14 Mt/y",
                2027,
                2028,
                2031,
                2030,
                (("home", 10.0), ("us", 9.0), ("uae", 5.0)),
                "waits for the money of 2028",
            ),
            ProjectRow(
                "line",
                "Transmission line",
                4.4,
                ("power",),
                "",
                2027,
                2029,
                None,
                2029,
                (("us", 4.4),),
            ),
            ProjectRow(
                "rail",
                "Copper, gold and nickel mine by a new way",
                8.0,
                ("transport",),
                "300 km",
                2028,
                2033,
                2034,
                None,
                (("uae", 8.0),),
            ),
            ProjectRow("mine", "A mine without a price", not_quantified="its cost is not known"),
        ),
        financiers=(
            FinancierRow("home", "Canadian budgets and banks", "CAN", 40.0, 10.9, "usual", "rule"),
            FinancierRow(
                "us", "Investors of the United States", "USA", 30.0, 13.4, "usual", "rule"
            ),
            FinancierRow("uae", "Pledge", "ARE", 50.0, 13.0, "announced", "published", "a pledge"),
            FinancierRow("funds", "Pension funds", "CAN", 8.0, 0.5, "usual", "judgement"),
        ),
        horizon_years=15,
        first_year=2026,
        rule="projects start so that cost times years in service is largest",
        added_percent=0.41,
        added_bn=7.3,
        gap=0.0,
    )


def edge(
    name: str, start: str, end: str, capacity: float, ground: str, **more: object
) -> RouteEdgeRow:
    parts: dict[str, object] = {
        "controlled": "USA" in ground,
        "jurisdictions": tuple(ground.split()),
        "status": "operating",
        "used": capacity * 0.8,
        "loss_percent": capacity / 60,
        "cost_usd": 4.2,
        "basis": "judgement",
        "source": "Example regulator",
        **more,
    }
    return RouteEdgeRow(
        name.lower().replace(" ", "-"),
        name,
        start,
        end,
        "oil",
        float(capacity),
        "kb/d",
        **parts,  # type: ignore[arg-type]
    )


def network() -> RouteNetworkRow:
    nodes = (
        ("hub", "Western hub (two towns)", "supply", "CAN", 53.0, -112.0),
        ("dock", "Western dock", "junction", "CAN", 49.3, -122.9),
        ("north", "Northern port", "junction", "CAN", 54.3, -130.3),
        ("asia", "Asia", "market", "CHN", 30.0, 122.0),
        ("middle", "US Midwest", "market", "USA", 41.7, -88.0),
        ("gulf", "US Gulf Coast", "market", "USA", 29.7, -94.0),
        ("lakes", "Lakes", "junction", "USA", 46.7, -92.1),
        ("east", "Refineries of the east", "demand", "CAN", 45.6, -73.5),
        ("west", "California", "market", "USA", 33.8, -118.2),
    )
    return RouteNetworkRow(
        id="example-oil",
        title="Ways out for oil",
        commodity="oil",
        unit="kb/d",
        nodes=tuple(RouteNodeRow(*node) for node in nodes),
        edges=(
            edge("Pacific line, with its expansion", "hub", "dock", 890, "CAN"),
            edge("Main line", "hub", "lakes", 3000, "CAN USA"),
            edge("Second line", "hub", "lakes", 600, "CAN USA"),
            edge("Third line", "lakes", "hub", 90, "CAN USA"),
            edge("Lakes to the Midwest", "lakes", "middle", 2600, "USA"),
            edge("Lakes to the east", "lakes", "east", 500, "USA CAN"),
            edge("Keel at the border", "hub", "gulf", 610, "CAN USA"),
            edge("Tankers to Asia", "dock", "asia", 615, "CAN"),
            edge("Tankers back", "asia", "dock", 615, "CAN"),
            edge("Tankers down the coast", "dock", "west", 300, "CAN USA"),
            edge("Northern line", "hub", "north", 1000, "CAN", status="planned", used=None),
            edge("Northern tankers", "north", "asia", 2000, "CAN", status="construction"),
        ),
        max_flow=5000.0,
        bypass_flow=950.0,
        bypass_ratio=0.19,
        worst_edge="main-line",
        worst_edge_name="Main line",
        worst_loss_percent=46.4,
        interdiction=((0, 5000.0), (1, 2900.0), (2, 2300.0)),
        planned=(
            PlannedEdgeRow(
                "northern-line",
                "Northern line",
                1000.0,
                "kb/d",
                0.0,
                1000.0,
                0.438,
                "planned",
                "Memo",
            ),
        ),
        netback_usd_per_unit=59.4,
        note="All of it is made up",
        sources=("Example regulator",),
    )


def world_network() -> RouteNetworkRow:
    """A network over all oceans, with a line across the edge of the map."""
    nodes = (
        ("gulf", "American plants", "supply", "USA", 29.7, -91.9),
        ("coast", "Pacific coast", "junction", "", 20.0, -115.0),
        ("seas", "East Asian seas", "junction", "", 15.0, 115.0),
        ("japan", "Japan", "market", "JPN", 35.5, 136.3),
        ("home", "Plants of Canada", "supply", "CAN", 52.4, -124.9),
        ("qatar", "Plants of Qatar", "supply", "QAT", 25.9, 51.5),
        ("france", "France", "market", "FRA", 49.7, 0.6),
    )
    gas = {"unit": "Mt/y", "commodity": "lng"}
    return RouteNetworkRow(
        id="example-gas",
        title="Gas of the world",
        commodity="lng",
        unit="Mt/y",
        nodes=tuple(RouteNodeRow(*node) for node in nodes),
        edges=tuple(
            replace(row, **gas)
            for row in (
                edge("Across the ocean", "coast", "seas", 600, ""),
                edge("Plants of the Gulf", "gulf", "coast", 90, "USA"),
                edge("To Japan", "seas", "japan", 240, "JPN"),
                edge("Plants at home", "home", "coast", 14, "CAN"),
                edge("Strait", "qatar", "seas", 77, "IRN OMN"),
                edge("Round the Cape", "qatar", "france", 60, ""),
            )
        ),
        max_flow=180.0,
        bypass_flow=90.0,
        bypass_ratio=0.5,
    )


def ties() -> TiesPage:
    return TiesPage(
        actor="CAN",
        actor_name="Canada",
        coercer_name="United States",
        layers=("trade agreements", "investment treaties", "alliances"),
        reach=(
            ReachRow("world GDP", 61.2, 63.4, 88.1, 2),
            ReachRow("mediators", 55.6, 66.7, 77.8, 2),
        ),
        ties=(
            TieRow("GBR", "United Kingdom", ("trade agreement", "alliance"), 0.91, "read"),
            TieRow("QAT", "Qatar", ("investment treaty",), None, "general knowledge"),
        ),
        new_ties=tuple(
            NewTieRow(code, name, "trade-agreement", gain, 5.6 if gain > 1 else 0.0)
            for code, name, gain in (
                ("BRA", "Brazil", 2.1),
                ("IND", "India", 3.4),
                *((f"X{n}", f"Country {n}", 0.9 - n / 100) for n in range(12)),
            )
        ),
        betweenness=0.0213,
        betweenness_rank=7,
        constraint=0.31,
        affinity_coercer=0.62,
        mediators=(("Qatar", "direct"), ("Oman", "through Qatar"), ("Norway", "through the EU")),
        note="All of it is made up",
        sources=("Example register of treaties",),
    )


def threats() -> tuple[ThreatRow, ...]:
    first, *others = example.threats()
    told = replace(
        first, moves=("Tariff of the United States on goods +100 points",), why="Tariff as stated."
    )
    return (told, *others)


def parts() -> dict[str, object]:
    return {
        "threats": threats(),
        "deals": deals(),
        "deals_together_percent": 0.1987,
        "deals_together_bn": 3.55,
        "deals_expected_percent": 0.0712,
        "deals_expected_bn": 1.27,
        "deals_threat_percent": 0.2312,
        "deals_drawn_low_percent": 0.0171,
        "deals_drawn_median_percent": 0.0412,
        "deals_drawn_high_percent": 0.1633,
        "deals_draws": 200,
        "deals_rule": "tariffs on the same cells take the lowest, costs multiply",
        "capital": capital(),
        "pipeline": pipeline(),
        "routes": (network(), world_network()),
        "ties": ties(),
    }


def results(**changes: object) -> Results:
    return leverage_example.results(**{**parts(), **changes})
