"""The behavioural parameters: value, range, unit, source; read from ``data/parameters.csv``.

A parameter has a source, a range where one is known, and a unit, or it does not
exist. ``status`` says how it is known: ``read`` (the source was read),
``cited`` (known of the source, not re-read) or ``judgement``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from countervail.errors import UnknownLabelError, nearest


@dataclass(frozen=True)
class Parameter:
    """One behavioural parameter with its range, unit, use, source and status."""

    name: str
    value: float
    low: float | None
    high: float | None
    unit: str
    used_for: str
    source: str
    status: str


@cache
def parameters() -> dict[str, Parameter]:
    """Every parameter by name, in the order of the file."""
    text = files("countervail.data").joinpath("parameters.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["name"]: Parameter(
            name=row["name"],
            value=float(row["value"]),
            low=float(row["low"]) if row["low"] else None,
            high=float(row["high"]) if row["high"] else None,
            unit=row["unit"],
            used_for=row["used_for"],
            source=row["source"],
            status=row["status"],
        )
        for row in rows
    }


def parameter(name: str) -> Parameter:
    """The parameter called ``name``; ``UnknownLabelError`` names the nearest if there is none."""
    known = parameters()
    if name not in known:
        raise UnknownLabelError(f"no parameter is called {name!r}.", nearest(name, known))
    return known[name]
