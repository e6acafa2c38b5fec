"""A page on the order of signing, made up, with every part filled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from countervail.brief.rows.sequence import FlipRow, OddsRow, OrderRow, SequencePage


def flip(parameter: str, question: str, at: float, **changes: Any) -> FlipRow:
    row = FlipRow(parameter, question, 1.5, 0.0, 3.0, "log-odds", at, ("Seat",), ())
    return replace(row, **changes)


PAGE = SequencePage(
    periods=3,
    months=1.0,
    after_months=36.0,
    retaliation="a tariff of 100 % on goods",
    best_percent=0.31,
    waiting_percent=-0.04,
    taken_percent=-0.12,
    swap=("Seat", "Pact"),
    swap_percent=0.083,
    cover="Seat",
    cover_best_percent=0.11,
    cover_best_binding_percent=0.21,
    cover_taken_percent=0.052,
    cover_taken_binding_percent=0.094,
    income_bn=2000.0,
    best_odds_percent=62.0,
    left_out=("Pact",),
    rows=(
        OrderRow("taken", 1, "pact", "Pact", -0.031, 100.0, 3, 0.024),
        OrderRow("taken", 2, "seat", "Seat", 0.052),
        OrderRow("best", 1, "seat", "Seat", 0.11),
        OrderRow("best", 3, "fund", "Fund", 0.0456, 71.0),
    ),
    odds=tuple(
        OddsRow(order, period, struck * period, cover)
        for order, struck, cover in (("taken", 4.0, 80.0), ("best", 1.0, 90.0), ("waiting", 2.0, 0))
        for period in (1, 2, 3)
    ),
    flips=(
        flip("sequence.cover", "taken against waiting", 0.9, before=("worse",), after=("better",)),
        flip("sequence.cover", "first move", 0.3, after=()),
        flip("sequence.cover", "first move", 2.9, after=("Fund",)),
        flip("sequence.temper", "order", 2.0, before=("Seat", "Fund"), after=("Fund", "Seat")),
        flip("sequence.base", "order", 0.75, before=("Seat", "Fund"), after=("Fund", "Pact")),
    ),
)
