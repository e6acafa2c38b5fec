"""The tables that ship with the package: totals of direct investment, known cells, places.

Read without NumPy. What each column means: docs/capital.md.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol, TypeVar

_MILLION = {"bn": 1e3, "m": 1.0}


class Dated(Protocol):
    """Whatever holds for one year."""

    @property
    def year(self) -> int:
        """The year."""


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True)
class Total:
    """The stock of direct investment in (``inward``) or of (``outward``) one economy.

    ``value``: million US dollars at the end of ``year``; ``ratio``: of that to the product of
    the year, in years of product.
    """

    economy: str
    side: str
    value: float
    year: int
    ratio: float
    source: str
    status: str

    @property
    def product(self) -> float:
        """The product of the year, million US dollars."""
        return self.value / self.ratio


@dataclass(frozen=True)
class KnownCell:
    """The part of the host's inward (``of`` = host) or the origin's outward stock of one pair."""

    host: str
    origin: str
    of: str
    share: float
    year: int
    source: str
    status: str


@cache
def totals() -> dict[tuple[str, str], tuple[Total, ...]]:
    """Totals by economy and side, every year that is given."""
    found: dict[tuple[str, str], tuple[Total, ...]] = {}
    for row in _rows("totals.csv"):
        scale = _MILLION[row["unit"].split()[0]] * float(row["usd"])
        total = Total(
            row["economy"],
            row["side"],
            float(row["value"]) * scale,
            int(row["year"]),
            float(row["product_ratio"]),
            row["source"],
            row["status"],
        )
        key = (total.economy, total.side)
        found[key] = (*found.get(key, ()), total)
    return found


@cache
def known_cells() -> dict[tuple[str, str], tuple[KnownCell, ...]]:
    """Cells that a source gives, by host and origin, every year that is given."""
    found: dict[tuple[str, str], tuple[KnownCell, ...]] = {}
    for row in _rows("cells.csv"):
        cell = KnownCell(
            row["host"],
            row["origin"],
            row["share_of"],
            float(row["value"]) / float(row["total"]),
            int(row["year"]),
            row["source"],
            row["status"],
        )
        key = (cell.host, cell.origin)
        found[key] = (*found.get(key, ()), cell)
    return found


@cache
def places() -> dict[str, tuple[float, float]]:
    """Latitude and longitude, degrees, of the main place of business of each economy."""
    return {
        row["economy"]: (float(row["latitude"]), float(row["longitude"]))
        for row in _rows("places.csv")
    }


def closest(rows: Iterable[D], year: int | None) -> D:
    """The row closest to ``year``, the later of two; without a year the latest."""
    return min(rows, key=lambda row: (abs(row.year - year) if year else 0, -row.year))


def _rows(name: str) -> list[dict[str, str]]:
    text = files("countervail.data").joinpath("capital", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
