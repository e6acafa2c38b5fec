"""The results as plain rows, and rows as CSV and JSON text: full precision, nothing lost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from countervail.brief.questions import verdicts
from countervail.brief.results import (
    ClaimRow,
    KeyFigure,
    LadderRow,
    ParameterRow,
    Place,
    Results,
    SectorRow,
    Spill,
    StatusRow,
    ThreatRow,
)
from countervail.brief.rows.channels import (
    CapitalRow,
    DealRow,
    FinancierRow,
    NewTieRow,
    PlannedEdgeRow,
    ProjectRow,
    ReachRow,
    RouteEdgeRow,
    TieRow,
    WithdrawalRow,
)
from countervail.brief.rows.leverage import (
    BypassRow,
    CoalitionRow,
    DemandRow,
    ExposureRow,
    FrontierRow,
    FrontierSectorRow,
    PairRow,
    PoleRow,
    ScreenRow,
)
from countervail.brief.rows.observed import AgreementRow, ForecastRow, ObservedRow
from countervail.brief.rows.sequence import FlipRow, OddsRow, OrderRow
from countervail.brief.rows.strategy import BundleRow, ContributionRow, RankRow
from countervail.brief.rows.why import WhyRow

Row = Mapping[str, Any]

ROW_TYPES: dict[str, type] = {
    "ladder": LadderRow,
    "threats": ThreatRow,
    "deals": DealRow,
    "claims": ClaimRow,
    "spill": Spill,
    "parameters": ParameterRow,
    "key_figures": KeyFigure,
    "sectors": SectorRow,
    "places": Place,
    "statuses": StatusRow,
    "exposures": ExposureRow,
    "bypass": BypassRow,
    "frontier": FrontierRow,
    "frontier_sectors": FrontierSectorRow,
    "frontier_tariffs": FrontierRow,
    "power": PairRow,
    "poles": PoleRow,
    "screens": ScreenRow,
    "coalition": CoalitionRow,
    "demands": DemandRow,
    "capital": CapitalRow,
    "withdrawals": WithdrawalRow,
    "projects": ProjectRow,
    "financiers": FinancierRow,
    "routes": RouteEdgeRow,
    "planned_routes": PlannedEdgeRow,
    "ties": TieRow,
    "new_ties": NewTieRow,
    "reach": ReachRow,
    "why": WhyRow,
    "contributions": ContributionRow,
    "ranks": RankRow,
    "bundles": BundleRow,
    "sequence": OrderRow,
    "sequence_odds": OddsRow,
    "sequence_flips": FlipRow,
    "observed": ObservedRow,
    "agreement": AgreementRow,
    "forecasts": ForecastRow,
}
"""Every table of a brief by name, with the row that it holds."""

_OF_A_NETWORK = ("routes", "planned_routes")


def tables(results: Results) -> dict[str, list[dict[str, Any]]]:
    """Every table of the results as rows of plain values, in the order of ``ROW_TYPES``.

    Lists inside a row (sectors, sources) become one text, parted by "; ". Rows of routes name
    the network that they belong to.
    """
    capital, pipeline, ties = results.capital, results.pipeline, results.ties
    order, worth, seen = results.sequence, results.worth, results.observed
    held: dict[str, Sequence[Any]] = {
        "key_figures": results.world.key_figures,
        "sectors": results.world.sector_rows,
        "statuses": results.world.statuses,
        "power": results.power.pairs() if results.power is not None else (),
        "capital": capital.rows if capital else (),
        "withdrawals": capital.withdrawals if capital else (),
        "projects": pipeline.projects if pipeline else (),
        "financiers": pipeline.financiers if pipeline else (),
        "ties": ties.ties if ties else (),
        "new_ties": ties.new_ties if ties else (),
        "reach": ties.reach if ties else (),
        "why": results.why.rows if results.why else (),
        "contributions": worth.rows if worth else (),
        "ranks": worth.ranks if worth else (),
        "bundles": worth.bundles if worth else (),
        "sequence": order.rows if order else (),
        "sequence_odds": order.odds if order else (),
        "sequence_flips": order.flips if order else (),
        "observed": seen.rows if seen else (),
        "agreement": seen.agreement if seen else (),
        "forecasts": seen.forecasts if seen else (),
    }
    made = {
        name: [_flat(row) for row in held.get(name, getattr(results, name, ()))]
        for name in ROW_TYPES
        if name not in (*_OF_A_NETWORK, "claims")
    }
    made["claims"] = verdicts.plain_rows(results.claims)
    made["routes"] = [{"network": n.id, **_flat(e)} for n in results.routes for e in n.edges]
    made["planned_routes"] = [
        {"network": n.id, **_flat(e)} for n in results.routes for e in n.planned
    ]
    return {name: made[name] for name in ROW_TYPES}


def columns(name: str) -> list[str]:
    """The columns of the table called ``name``."""
    if name == "claims":
        return list(verdicts.COLUMNS)
    own = [part.name for part in fields(ROW_TYPES[name])]
    return ["network", *own] if name in _OF_A_NETWORK else own


def csv_tables(results: Results) -> dict[str, str]:
    """Every table of the results as CSV text by name; an empty table keeps its header."""
    return {name: rows_to_csv(rows, columns(name)) for name, rows in tables(results).items()}


def rows_to_csv(rows: Sequence[Row], header: Sequence[str] | None = None) -> str:
    """``rows`` as CSV text with a header line; numbers in full, ``None`` as an empty cell.

    ``header`` sets the columns; without it they are those of the rows, in order
    of first appearance.
    """
    names = list(header) if header is not None else list(dict.fromkeys(k for r in rows for k in r))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _cell(row.get(key)) for key in names})
    return stream.getvalue()


def rows_to_json(rows: Sequence[Row]) -> str:
    """``rows`` as a JSON list, two blanks deep, with a newline at its end."""
    return (
        json.dumps([dict(row) for row in rows], indent=2, ensure_ascii=False, allow_nan=False)
        + "\n"
    )


def _flat(row: Any) -> dict[str, Any]:
    values = {part.name: getattr(row, part.name) for part in fields(row)}
    return {
        key: "; ".join(_item(item) for item in v) if isinstance(v, tuple) else v
        for key, v in values.items()
    }


def _item(item: Any) -> str:
    """An entry of a list inside a row: words, or a few values that belong together."""
    parts = item if isinstance(item, tuple) else (item,)
    return " ".join("" if part is None else str(part) for part in parts)


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, (list, tuple)):
        return "; ".join(str(item) for item in value)
    return value
