"""The results as plain rows, and rows as CSV and JSON text: full precision, nothing lost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from countervail.brief.leverage_rows import (
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
)

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
}
"""Every table of a brief by name, with the row that it holds."""


def tables(results: Results) -> dict[str, list[dict[str, Any]]]:
    """Every table of the results as rows of plain values, in the order of ``ROW_TYPES``.

    Lists inside a row (sectors, sources) become one text, parted by "; ".
    """
    held: dict[str, Sequence[Any]] = {
        "key_figures": results.world.key_figures,
        "sectors": results.world.sector_rows,
        "statuses": results.world.statuses,
        "power": results.power.pairs() if results.power is not None else (),
    }
    return {
        name: [_flat(row) for row in held.get(name, getattr(results, name, ()))]
        for name in ROW_TYPES
    }


def columns(name: str) -> list[str]:
    """The columns of the table called ``name``."""
    return [part.name for part in fields(ROW_TYPES[name])]


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
    return {key: "; ".join(v) if isinstance(v, tuple) else v for key, v in values.items()}


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, (list, tuple)):
        return "; ".join(str(item) for item in value)
    return value
