"""A page on what each deal is worth and which to take, made up, with every part filled."""

from __future__ import annotations

from countervail.brief.rows.strategy import (
    BundleRow,
    ChoiceRow,
    ContributionRow,
    RankRow,
    WorthPage,
)

ODDS = {"fund": 0.25, "pact": 0.9, "port": 0.05, "seat": 0.5}
TITLES = {"fund": "Fund", "pact": "Pact", "port": "Port", "seat": "Seat"}
# Deal: what it adds in peace, under the threat; and of the first how much less as the last one.
FIGURES = {
    "fund": (0.12, 0.09, 0.02),
    "pact": (0.041, 0.062, 0.0),
    "port": (0.011, 0.31, 0.0),
    "seat": (0.0, 0.0, 0.0),
}


def contributions() -> tuple[ContributionRow, ...]:
    rows = []
    for deal, (peace, threat, less) in FIGURES.items():
        for measure, value in (("peace", peace), ("threat", threat), ("exposure", peace - threat)):
            rare = ODDS[deal] < 0.1
            rows.append(
                ContributionRow(
                    deal,
                    TITLES[deal],
                    measure,
                    value + less / 2,
                    value - less / 2,
                    value,
                    0.0,
                    ODDS[deal] * value,
                    min(0.0, value) * (not rare),
                    0.0,
                    max(0.0, value) * (not rare),
                    ODDS[deal],
                )
            )
    return tuple(rows)


def bundle(basis: str, role: str, deals: tuple[str, ...], peace: float, threat: float) -> BundleRow:
    return BundleRow(basis, role, deals, peace, threat, peace - threat, threat)


PAGE = WorthPage(
    method="exact",
    valued=16,
    draws=1000,
    rows=contributions(),
    ranks=(
        RankRow("peace", "pact", "Pact", "fund", "Fund", 71.0),
        RankRow("peace", "fund", "Fund", "pact", "Pact", 29.0),
        RankRow("peace", "pact", "Pact", "port", "Port", 97.0),
        RankRow("peace", "fund", "Fund", "port", "Port", 60.0),
        RankRow("exposure", "fund", "Fund", "pact", "Pact", 5.0),
    ),
    idle=("Declaration",),
    objective="least-exposure",
    rules=("at most 2 deals",),
    choices=(ChoiceRow("full", "enumerated", 16, 11), ChoiceRow("odds", "enumerated", 16, 11)),
    bundles=(
        bundle("full", "best", ("Pact", "Port"), 0.052, -6.1),
        bundle("full", "greedy", ("Port",), 0.011, -6.12),
        bundle("full", "nothing", (), 0.0, -6.4721),
        bundle("full", "everything", ("Fund", "Pact", "Port", "Seat"), 0.172, -6.01),
        bundle("full", "frontier", ("Pact", "Port"), 0.052, -6.1),
        bundle("full", "frontier", ("Fund", "Port"), 0.131, -6.07),
        bundle("odds", "best", ("Pact",), 0.037, -6.4163),
        bundle("odds", "greedy", ("Pact",), 0.037, -6.4163),
        bundle("odds", "nothing", (), 0.0, -6.4721),
        bundle("odds", "everything", ("Fund", "Pact", "Port", "Seat"), 0.0675, -6.3783),
        bundle("odds", "taken", ("Fund", "Pact"), 0.067, -6.3938),
        bundle("odds", "frontier", ("Pact",), 0.037, -6.4163),
        bundle("odds", "frontier", ("Fund", "Pact"), 0.067, -6.3938),
    ),
)
