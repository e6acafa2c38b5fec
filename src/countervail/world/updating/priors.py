"""What the 2023 world assumes where no table says it: one row per figure, with source and status.

The tables under ``data/priors/`` are the only place for such figures. Statuses:
``read`` at the source, ``derived`` from what was read, ``judgement`` of ours.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True)
class Figure:
    """One prior: its value with unit, year, source, status (read, derived, judgement) and note."""

    value: float
    unit: str
    year: str
    source: str
    status: str
    note: str


@dataclass(frozen=True)
class TariffRule:
    """A tariff of ``importers`` on ``exporters`` in ``sectors`` (labels or groups, ``-`` excludes).

    ``rate`` is a fraction. Later rules override earlier ones.
    """

    importers: tuple[str, ...]
    exporters: tuple[str, ...]
    sectors: tuple[str, ...]
    rate: Figure


_TABLES = (
    "economies.csv",
    "export_composition.csv",
    "pair_composition.csv",
    "pair_totals.csv",
    "tariffs.csv",
)


def _rows(name: str) -> list[dict[str, str]]:
    text = files("countervail.data").joinpath("priors", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _figure(row: Mapping[str, str], value: str = "value") -> Figure:
    return Figure(
        float(row[value]), row["unit"], row["year"], row["source"], row["status"], row["note"]
    )


@cache
def economies() -> Mapping[str, Mapping[str, Figure]]:
    """Figures by variable and economy: balance, fuel_share, refined_share, reexports, gdp, ..."""
    found: dict[str, dict[str, Figure]] = {}
    for row in _rows("economies.csv"):
        found.setdefault(row["variable"], {})[row["economy"]] = _figure(row)
    return MappingProxyType({name: MappingProxyType(rows) for name, rows in found.items()})


@cache
def export_composition() -> Mapping[str, Mapping[str, Figure]]:
    """Share of each sector in the exports other than fuels of each carved economy."""
    found: dict[str, dict[str, Figure]] = {}
    for row in _rows("export_composition.csv"):
        found.setdefault(row["economy"], {})[row["sector"]] = _figure(row, "share")
    return MappingProxyType({name: MappingProxyType(rows) for name, rows in found.items()})


@cache
def pair_totals() -> Mapping[tuple[str, str], Figure]:
    """Goods totals by (importer, exporter) that the trade file lacks; ``WLD`` is all partners."""
    return MappingProxyType(
        {(row["importer"], row["exporter"]): _figure(row) for row in _rows("pair_totals.csv")}
    )


@cache
def pair_composition() -> Mapping[tuple[str, str], Mapping[str, Figure]]:
    """Share of each sector in the goods imports of a pair, by (importer, exporter).

    For pairs of the old table whose trade has grown many times and in other goods.
    """
    found: dict[tuple[str, str], dict[str, Figure]] = {}
    for row in _rows("pair_composition.csv"):
        pair = found.setdefault((row["importer"], row["exporter"]), {})
        pair[row["sector"]] = _figure(row, "share")
    return MappingProxyType(found)


@cache
def tariff_rules() -> tuple[TariffRule, ...]:
    """Tariffs where those carried over from 2014 are plainly wrong: agreements, customs unions."""
    return tuple(
        TariffRule(
            tuple(row["importer"].split(";")),
            tuple(row["exporter"].split(";")),
            tuple(row["sectors"].split(";")),
            _figure(row, "rate"),
        )
        for row in _rows("tariffs.csv")
    )


@cache
def counts() -> Mapping[str, int]:
    """How many rows of each status the priors hold."""
    found: dict[str, int] = {}
    for name in _TABLES:
        for row in _rows(name):
            status = row["status"].split(" (")[0]
            found[status] = found.get(status, 0) + 1
    return MappingProxyType(found)
