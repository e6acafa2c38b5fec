"""Capacities of the package's routes, computed anew from the published files they come from.

The structure of the networks (places, lines, jurisdictions, costs) is this project's own and
lives in ``data/routes``. A row whose ``measure`` is filled takes its capacity from a file:

- ``cer-oil:PIPELINE:KEYPOINT:HOW`` and ``cer-gas:PIPELINE:KEYPOINT:DIRECTION:TRADE:HOW``, from
  the monthly throughput and capacity of the Canada Energy Regulator, with HOW ``capacity``
  (mean over the last 12 months of that pipeline) or ``peak`` (highest of those months);
- ``gem-lng:TRADE:COUNTRY:BASIN:STATUS``, from Global Energy Monitor's gas tracker: the sum
  over a country's terminals on one basin (TRADE is ``export`` or ``import``);
- ``gem-unit:ID`` and ``gem-pipeline:NAME``, one line of that tracker.

Only these sums and means are kept, never the files.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from countervail.channels.routes.network import DAYS
from countervail.errors import TableError, nearest
from countervail.parameters import parameter
from countervail.world import registry

if TYPE_CHECKING:
    import pandas as pd

OIL_FILE = "cer_throughput_oil_monthly.csv"
GAS_FILE = "cer_throughput_gas_monthly.csv"
GEM_FILE = "ggit_map_2024-10-08.csv"
MONTHS = 12
DIGITS = 4
"""Significant digits that are kept: the published figures bear no more."""

_INLAND = ("TKM",)  # its plant lies on no sea that leads to a market
_NAMES = {
    "Türkiye": "TUR",
    "Turkey": "TUR",
    "South Korea": "KOR",
    "Russia": "RUS",
    "Vietnam": "VNM",
    "Republic of the Congo": "COG",
    "Brunei": "BRN",
    "Iran": "IRN",
    "Taiwan": "TWN",
    "Hong Kong": "HKG",
}
_BASINS = {
    "persian-gulf": "ARE IRN KWT QAT",
    "indian-ocean": "BGD IND MOZ OMN PAK",
    "red-sea": "JOR",
    "mediterranean": "CYP DZA GRC HRV ITA MLT TUR",
    "baltic": "EST FIN LTU POL",
    "east-asia": "AUS BRN CHN HKG IDN JPN KOR MYS PHL PNG SGP THA TWN VNM",
    "american-pacific": "CAN CHL NIC PER SLV",
    "atlantic": "AGO ARG ATG BEL BRA CMR COG COL DOM GBR GHA GIB GNQ JAM MRT NGA NLD NOR PAN "
    "PRT SEN TTO",
}
"""The sea on which a country's LNG terminals lie, where it is one."""

_HOME = {code: basin for basin, codes in _BASINS.items() for code in codes.split()}


def basin_of(country: str, latitude: float, longitude: float) -> str:
    """The sea on which an LNG terminal lies; countries with two coasts are told by place.

    Raises ``TableError`` for a country whose coast is not known here.
    """
    two_coasts: dict[str, Callable[[], str]] = {
        "CAN": lambda: "american-pacific" if longitude < -100 else "atlantic",
        "DEU": lambda: "baltic" if longitude > 11 else "atlantic",
        "EGY": lambda: "red-sea" if latitude < 30.5 else "mediterranean",
        "ESP": lambda: "mediterranean" if longitude > -2 and latitude < 42 else "atlantic",
        "FRA": lambda: "mediterranean" if latitude < 44 else "atlantic",
        "MEX": lambda: "american-pacific" if longitude < -101 else "atlantic",
        "RUS": lambda: _russian(latitude, longitude),
        "SWE": lambda: "baltic" if longitude > 13 else "atlantic",
        "USA": lambda: "american-pacific" if longitude < -115 else "atlantic",
    }
    if country in two_coasts:
        return two_coasts[country]()
    if country not in _HOME:
        raise TableError(
            f"the sea of the LNG terminals of {country} is not known.",
            "Add the country to the basins in channels/routes/build.py.",
        )
    return _HOME[country]


def _russian(latitude: float, longitude: float) -> str:
    if longitude > 100:
        return "east-asia"
    return "baltic" if latitude < 62 else "atlantic"


@dataclass(frozen=True)
class Terminals:
    """LNG capacity by (trade, country, basin, status), Mt/y, and how many lines had none."""

    capacity: Mapping[tuple[str, str, str, str], float]
    without_capacity: int


def read_terminals(folder: Path) -> Terminals:
    """LNG capacity of the world that operates or is being built, from the gas tracker."""
    table = _gem(folder)
    lng = table[
        (table["tracker-acro"] == "GGIT-lng") & table["status"].isin(["operating", "construction"])
    ]
    found: dict[tuple[str, str, str, str], float] = {}
    for row in lng.to_dict("records"):
        if row["capacity"] != row["capacity"]:
            continue
        code = _iso3(str(row["areas"]))
        if code in _INLAND:
            continue
        trade = str(row["tracker-custom"]).rpartition(" ")[2]
        basin = basin_of(code, float(row["Latitude"]), float(row["Longitude"]))
        key = (trade, code, basin, str(row["status"]))
        found[key] = found.get(key, 0.0) + float(row["capacity"])
    return Terminals(found, int(table["capacity"].isna().sum()))


def refreshed(edges: str, folder: Path) -> str:
    """The text of an edges file with every capacity that has a ``measure`` computed anew.

    ``edges``: CSV text; ``folder``: where the published files lie. Raises ``TableError`` for
    a measure that the files do not hold, and names it.
    """
    rows = list(csv.DictReader(io.StringIO(edges)))
    sources = _Sources(folder)
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        if row["measure"]:
            row["capacity"] = f"{sources.measured(row['measure']):.{DIGITS}g}"
        writer.writerow(row)
    return out.getvalue()


class _Sources:
    """The published files, read when first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._terminals: Terminals | None = None
        self._tables: dict[str, pd.DataFrame] = {}

    def measured(self, measure: str) -> float:
        kind, *parts = measure.split(":")
        if kind == "cer-oil" and len(parts) == 3:
            where = {"Pipeline Name": parts[0], "KeyPointID": parts[1]}
            factor = parameter("oil.barrels_per_cubic_metre").value
            return factor * self._monthly(OIL_FILE, where, parts[2], measure)
        if kind == "cer-gas" and len(parts) == 5:
            names = ("Pipeline Name", "KeyPointID", "Direction of Flow", "Trade Type")
            where = dict(zip(names, parts, strict=False))
            factor = parameter("gas.cubic_feet_per_cubic_metre").value / 1e6
            return factor * self._monthly(GAS_FILE, where, parts[4], measure)
        if kind == "gem-lng" and len(parts) == 4:
            return self._terminal((parts[0], parts[1], parts[2], parts[3]), measure)
        if kind == "gem-unit" and len(parts) == 1:
            return self._line("id", parts[0], measure)
        if kind == "gem-pipeline" and len(parts) == 1:
            bcm = self._line("name", parts[0], measure)
            return bcm * parameter("gas.cubic_feet_per_cubic_metre").value / DAYS
        raise TableError(
            f"the measure {measure!r} is of no known form.", "See channels/routes/build."
        )

    def _table(self, name: str) -> pd.DataFrame:
        if name not in self._tables:
            self._tables[name] = (
                _gem(self._folder) if name == GEM_FILE else _csv(self._folder, name)
            )
        return self._tables[name]

    def _monthly(self, file: str, where: Mapping[str, str], how: str, measure: str) -> float:
        """Mean capacity, or the highest throughput, over the last months of a pipeline."""
        table = self._table(file)
        for column, value in where.items():
            table = table[table[column] == value]
        if table.empty or how not in ("capacity", "peak"):
            raise TableError(f"{file} holds nothing for {measure!r}.", "Correct the measure.")
        last = sorted(table["Date"].unique())[-MONTHS:]
        table = table[table["Date"].isin(last)]
        (limit,) = (c for c in table.columns if "Capacity" in c)
        (moved,) = (c for c in table.columns if c.startswith("Throughput"))
        # Products share one capacity, which each line repeats; one that holds two products twice.
        by_month = table.groupby("Date")
        value = by_month[limit].min().mean() if how == "capacity" else by_month[moved].sum().max()
        if value != value:
            raise TableError(f"{file} has no figure for {measure!r}.", "Correct the measure.")
        return float(value)

    def _terminal(self, key: tuple[str, str, str, str], measure: str) -> float:
        if self._terminals is None:
            self._terminals = read_terminals(self._folder)
        known = self._terminals.capacity
        if key not in known:
            raise TableError(
                f"the gas tracker holds nothing for {measure!r}.",
                nearest(":".join(key), [":".join(k) for k in known]),
            )
        return known[key]

    def _line(self, column: str, value: str, measure: str) -> float:
        table = self._table(GEM_FILE)
        found = table[table[column] == value]["capacity"].dropna()
        if len(found) != 1:
            raise TableError(
                f"the gas tracker holds {len(found)} capacities for {measure!r}.",
                "Name one line of it.",
            )
        return float(found.iloc[0])


def not_in(edges: str, terminals: Terminals, *, besides: Iterable[str] = ()) -> list[str]:
    """The terminals of the tracker that no edge takes its capacity from, ``besides`` some."""
    used = {row["measure"] for row in csv.DictReader(io.StringIO(edges))} | set(besides)
    return sorted(
        name
        for key, capacity in terminals.capacity.items()
        if capacity > 0 and (name := "gem-lng:" + ":".join(key)) not in used
    )


def _iso3(name: str) -> str:
    known = {row.name: code for code, row in registry.regions().items()}
    code = _NAMES.get(name) or known.get(name)
    if code is None:
        raise TableError(f"the country {name!r} of the tracker is not known.", nearest(name, known))
    return code


def _gem(folder: Path) -> pd.DataFrame:
    return _csv(folder, GEM_FILE)


def _csv(folder: Path, name: str) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_csv(folder / name, low_memory=False)
    except OSError as error:
        raise TableError(
            f"{folder / name} cannot be read: {error.strerror or error}.",
            "The files are published by the Canada Energy Regulator and Global Energy Monitor.",
        ) from error
