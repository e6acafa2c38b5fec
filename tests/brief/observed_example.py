"""A page of predicted against observed, made up, with every part filled."""

from __future__ import annotations

from countervail.brief.rows.observed import AgreementRow, ForecastRow, ObservedPage, ObservedRow

PAGE = ObservedPage(
    rows=(
        ObservedRow(
            *("near", "Salt to the neighbour", ("salt",), "exports-to-coercer", "percent", -90.0),
            low=-95.0,
            predicted=-80.0,
            short=-60.0,
            medium=-80.0,
            long=-92.0,
            ratio=80 / 90,
            within=False,
            spanned=True,
            period="2021",
            sources=("https://example.org/salt",),
        ),
        ObservedRow(
            *("far", "Salt sold elsewhere", ("salt",), "rerouted-share", "percent", 80.0),
            predicted=8.0,
            short=20.0,
            medium=8.0,
            ratio=0.1,
            like_for_like=False,
            why_not="A good year",
            status="derived",
            note="40 over 50.",
        ),
        ObservedRow(
            *("other", "Tin sold elsewhere", ("tin",), "rerouted-share", "percent", 20.0),
            predicted=-1.0,
            medium=-1.0,
            ratio=-0.05,
        ),
        ObservedRow(
            *("sum", "Lost in all", (), "net-export-loss", "bn USD", 6.0),
            predicted=7.0,
            medium=7.0,
            ratio=7 / 6,
            as_given="-9 bn AUD of 2019",
        ),
        ObservedRow(
            *("none", "Fish", ("fish",), "rerouted-share", "percent", 50.0),
            reason="the flow cannot hold it",
        ),
    ),
    agreement=(AgreementRow("rerouted-share", "percent", 3, 2, 0.5, 46.5, 3.5, 50.0),),
    forecasts=tuple(
        ForecastRow(name, name.title(), horizon, 2.0, 1.9, part, 44.0, 0.0061, 3e-11)
        for horizon, part in (("short", 20.0), ("medium", 8.0))
        for name in ("salt", "all")
    ),
    left_out=(("Fish", "the flow cannot hold it"),),
)
