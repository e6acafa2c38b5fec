"""Trade totals, product and distances of single economies, and which region holds each.

Read from the files that the 2023 world is built from: bilateral goods totals (CEPII
BACI, summed over products), GDP (World Development Indicators), distances (CEPII).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from countervail.errors import NotANumberError, WorldFileError
from countervail.world.arrays import Array

if TYPE_CHECKING:
    import pandas as pd

MERGED = {"HKG": "CHN", "MAC": "CHN"}
"""Economies counted inside another one: Hong Kong's imports exceed its product in the trade
file and its exports are credited to their origins, so that it cannot stand alone."""

_OLD_CODES = {"ROM": "ROU", "ZAR": "COD", "YUG": "SRB", "TMP": "TLS"}
_SKIPPED = 4


@dataclass(frozen=True, eq=False)
class Economies:
    """Economies one by one: codes, goods trade (n,n) [importer, exporter] million USD, distances.

    ``gdp``: million USD by year and code; ``dated``: codes whose figure is of an earlier
    year, with that year.
    """

    codes: tuple[str, ...]
    trade: Array
    gdp: Mapping[int, Mapping[str, float]]
    dated: Mapping[str, int]
    distance: Array


def read_economies(
    folder: Path, years: Sequence[int], extra: Mapping[int, Mapping[str, float]]
) -> Economies:
    """The economies of the trade file, with GDP of ``years`` and distances in km.

    ``folder`` holds ``trade2023``, ``macro`` and ``gravity``. ``extra``: GDP by year and
    code, million USD, where the indicators lack it or have it wrongly.
    Raises ``WorldFileError`` where a file is missing or is not what it should be, and
    ``NotANumberError`` where the trade matrix holds text.
    """
    codes, trade = _trade(folder / "trade2023")
    codes = (*codes, *(c for c in sorted(extra[years[-1]]) if c not in codes))
    size = len(codes)
    full = np.zeros((size, size))
    full[: trade.shape[0], : trade.shape[1]] = trade
    gdp, dated = _gdp(folder / "macro" / "wdi_gdp_current_usd.csv", years)
    for year, values in extra.items():
        gdp[year].update(values)
    dated = {code: year for code, year in dated.items() if code not in extra[years[-1]]}
    distance = _distance(folder / "gravity" / "dist_cepii.dta", codes)
    return Economies(codes, full, gdp, dated, distance)


def holders(codes: Sequence[str], regions: Sequence[str], rest: str) -> tuple[str, ...]:
    """The region that holds each economy: itself, the one it is merged into, or ``rest``."""
    known = set(regions)
    return tuple(c if c in known else MERGED.get(c, rest) for c in codes)


def _table(path: Path, **options: object) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_csv(path, **options)
    except OSError as error:
        raise WorldFileError(
            f"{path} cannot be opened: {error.strerror or error}.",
            "Give the folder that holds trade2023, macro, gravity, wiod and tariffs.",
        ) from error
    except (ValueError, UnicodeDecodeError) as error:
        raise WorldFileError(
            f"{path} is not the table expected: {error}.", "Fetch it again."
        ) from (error)


def _trade(folder: Path) -> tuple[tuple[str, ...], Array]:
    """Codes and goods imports [importer, exporter], million USD; empty cells are no trade."""
    from pandas.api.types import is_numeric_dtype

    labels = _table(folder / "country_labels.csv")
    codes = tuple(str(c) for c in labels["iso3"])
    values = _table(folder / "trade_cepii.csv")
    if values.shape != (len(codes), len(codes)):
        raise WorldFileError(
            f"{folder / 'trade_cepii.csv'} is {values.shape[0]} x {values.shape[1]}, the labels "
            f"are {len(codes)}.",
            "Both files must be of the same edition.",
        )
    text = [str(name) for name in values if not is_numeric_dtype(values[name])]
    if text:
        raise NotANumberError(
            f"{folder / 'trade_cepii.csv'} holds text in the columns {', '.join(text[:5])}.",
            "Correct the file; rows are exporters, columns importers, thousand USD.",
        )
    exports = np.nan_to_num(values.to_numpy(dtype=np.float64)) / 1e3
    np.fill_diagonal(exports, 0.0)
    return codes, exports.T.copy()


def _gdp(path: Path, years: Sequence[int]) -> tuple[dict[int, dict[str, float]], dict[str, int]]:
    """GDP by year and code, million USD; the latest earlier year where one is missing."""
    table = _table(path, skiprows=_SKIPPED, encoding="utf-8-sig").set_index("Country Code")
    columns = [str(name) for name in table.columns if str(name).isdigit()]
    missing = [year for year in years if str(year) not in columns]
    if missing:
        raise WorldFileError(f"{path} has no column for {missing[0]}.", "Use a later edition.")
    found: dict[int, dict[str, float]] = {}
    dated: dict[str, int] = {}
    for year in years:
        past = [name for name in columns if int(name) <= year]
        filled = table[past].ffill(axis=1)[str(year)].dropna() / 1e6
        found[year] = {str(code): float(value) for code, value in filled.items()}
        if year == years[-1]:
            for code in table.index[table[str(year)].isna()]:
                known = table.loc[code, past].dropna()
                if len(known):
                    dated[str(code)] = int(str(known.index[-1]))
    return found, dated


def _distance(path: Path, codes: Sequence[str]) -> Array:
    """Distances (n,n) in km; the median where a pair is not in the file."""
    import pandas as pd

    try:
        table = pd.read_stata(path, columns=["iso_o", "iso_d", "distw", "dist"])
    except OSError as error:
        raise WorldFileError(
            f"{path} cannot be opened: {error.strerror or error}.", "Give the folder that holds it."
        ) from error
    except (ValueError, KeyError) as error:
        raise WorldFileError(
            f"{path} is not the file of distances: {error}.", "Fetch it."
        ) from error
    place = {c: k for k, c in enumerate(codes)}
    origin, destination = (table[c].replace(_OLD_CODES).map(place) for c in ("iso_o", "iso_d"))
    km = table["distw"].where(table["distw"].notna(), table["dist"])
    both = origin.notna() & destination.notna() & km.notna()
    found = np.full((len(codes), len(codes)), np.nan)
    found[origin[both].astype(int), destination[both].astype(int)] = km[both]
    return np.where(np.isnan(found), float(np.nanmedian(found)), found)
