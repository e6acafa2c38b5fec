"""Stocks of direct investment from a user's file, strictly: every error with its line."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from countervail.errors import PositionsFileError, nearest
from countervail.world import registry
from countervail.world.core import World

Array = npt.NDArray[np.float64]

LONG = ("host", "origin", "year", "value_musd")
REPORTED = ("reporter", "table", "partner", "year", "musd")
_TABLE = "stock in the host economy"
_SHOWN = 20
_YEARS = (1900, 2100)
# Names of economies that the registry spells in another way.
_SPELT = {
    "china, hong kong sar": "HKG",
    "czech republic": "CZE",
    "hong kong, china": "HKG",
    "iran, islamic republic of": "IRN",
    "korea, republic of": "KOR",
    "moldova, republic of": "MDA",
    "taiwan province of china": "TWN",
    "the fyr of macedonia": "MKD",
    "turkey": "TUR",
    "venezuela, bolivarian rep. of": "VEN",
}


@dataclass(frozen=True, eq=False)
class PositionsFile:
    """One year of a file on the regions of a world, million USD, [host, origin].

    ``given``: which cells the file has; ``outside_in`` and ``outside_out`` (region,): what
    economies in no region hold and host; ``notes``: what was left out.
    """

    name: str
    year: int
    cells: Array
    given: npt.NDArray[np.bool_]
    outside_in: Array
    outside_out: Array
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _LeftOut:
    """Names that are no economies, and positions below zero, in all years of a file."""

    names: int = 0
    negative: int = 0


@dataclass(frozen=True)
class _Cell:
    line: int
    host: str
    origin: str
    year: int
    value: float


def read_positions(path: str | os.PathLike[str], world: World) -> PositionsFile:
    """The latest year of the file at ``path``, added up to the regions of ``world``.

    Columns ``host, origin, year, value_musd`` (ISO3 codes or names; every name must be known),
    or ``reporter, table, partner, year, musd`` (only the table of stocks in the host economy;
    partners that are no economy, such as "Europe", are left out and counted). Raises
    ``PositionsFileError`` with the line of each error: unknown economies with the nearest name,
    values that are no number or negative, a cell given twice, a column missing or given twice, a
    line with more or fewer cells than the header (a comma inside a number makes one).
    """
    name = Path(path).name
    problems: list[str] = []
    rows = _rows(Path(path))
    columns = tuple(rows.fieldnames or ())
    twice = [c for c in dict.fromkeys(columns) if columns.count(c) > 1]
    problems += [f"line 1: column {c!r} comes twice." for c in twice]
    if all(c in columns for c in LONG):
        cells, left = _long(rows, problems), _LeftOut()
    elif all(c in columns for c in REPORTED):
        cells, left = _reported(rows, problems)
    else:
        raise _wrong_columns(name, columns)
    _twice(cells, problems)
    if problems:
        raise _errors(name, problems)
    if not cells:
        raise PositionsFileError(f"{name} holds no stock.", f"Needed: {', '.join(LONG)}.")
    year = max(cell.year for cell in cells)
    return _on_regions(name, [c for c in cells if c.year == year], year, world, left)


def _rows(path: Path) -> csv.DictReader[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PositionsFileError(
            f"{path} is not UTF-8 text (byte {error.start}).", "Save it as CSV in UTF-8."
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        raise PositionsFileError(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.",
            f"Direct investment is a CSV file with the columns {', '.join(LONG)}.",
        ) from error
    return csv.DictReader(io.StringIO(text))


def _wrong_columns(name: str, columns: tuple[str, ...]) -> PositionsFileError:
    wanted = REPORTED if "reporter" in columns else LONG
    missing = [c for c in wanted if c not in columns]
    return PositionsFileError(
        f"{name} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}; "
        f"it has {', '.join(columns) or 'none'}.",
        f"Needed: {', '.join(LONG)} (million US dollars at the end of the year), or "
        f"{', '.join(REPORTED)}.",
    )


def _errors(name: str, problems: list[str]) -> PositionsFileError:
    more = [f"and {len(problems) - _SHOWN} more."] if len(problems) > _SHOWN else []
    return PositionsFileError(
        f"{name} has errors:",
        "Columns and their meaning: docs/capital.md.",
        [*problems[:_SHOWN], *more],
    )


def _long(rows: csv.DictReader[str], problems: list[str]) -> list[_Cell]:
    found = []
    for row in rows:
        line = rows.line_num
        if not _is_whole(row, line, problems):
            continue
        sides = []
        for key in ("host", "origin"):
            code = economy(row[key] or "")
            if code is None:
                known = {*registry.regions(), *(e.name for e in registry.regions().values())}
                problems.append(
                    f"line {line}, {key}: {row[key]!r} is no economy. "
                    f"{nearest(row[key] or '', known)}"
                )
            sides.append(code)
        year, value = _year(row, line, problems), _value(row, "value_musd", line, problems)
        host, origin = sides
        if host is not None and host == origin:
            problems.append(f"line {line}: {host} cannot be its own foreign owner.")
        elif host is not None and origin is not None and year is not None and value is not None:
            found.append(_Cell(line, host, origin, year, value))
    return found


def _reported(rows: csv.DictReader[str], problems: list[str]) -> tuple[list[_Cell], _LeftOut]:
    """The cells of economies, and what is no economy or below zero."""
    found, others, negative = [], set(), 0
    for row in rows:
        if not _is_whole(row, rows.line_num, problems):
            continue
        if _TABLE not in (row["table"] or "").lower().replace(".", " "):
            continue
        host, origin = economy(row["reporter"] or ""), economy(row["partner"] or "")
        if host is None or origin is None:
            others.add(row["partner"] if origin is None else row["reporter"])
            continue
        year = _year(row, rows.line_num, problems)
        value = _value(row, "musd", rows.line_num, problems, least=None)
        if year is None or value is None or host == origin:
            continue
        # A negative position (an affiliate that lends to its owner) is real, but no capital.
        negative += value < 0
        found.append(_Cell(rows.line_num, host, origin, year, max(value, 0.0)))
    return found, _LeftOut(len(others), negative)


def _is_whole(row: Mapping[str | None, str | None], line: int, problems: list[str]) -> bool:
    """Whether a line has as many cells as the header; else it is a problem."""
    if None not in row and None not in row.values():
        return True
    problems.append(f"line {line}: not as many cells as the header has.")
    return False


def economy(word: str) -> str | None:
    """The ISO3 code of an economy called ``word``; None for anything else."""
    known = registry.regions()
    text = word.strip()
    if text in known:
        return text
    meant = _SPELT.get(text.lower()) or registry.aliases("region").get(text.lower())
    return meant if meant in known else None


def _year(row: Mapping[str, str], line: int, problems: list[str]) -> int | None:
    text = (row["year"] or "").strip()
    if not (text.isdecimal() and _YEARS[0] <= int(text) <= _YEARS[1]):
        problems.append(f"line {line}, year: {text!r} is no year from {_YEARS[0]} to {_YEARS[1]}.")
        return None
    return int(text)


def _value(
    row: Mapping[str, str], key: str, line: int, problems: list[str], least: float | None = 0.0
) -> float | None:
    text = (row[key] or "").strip()
    try:
        value = float(text)
    except ValueError:
        problems.append(f"line {line}, {key}: {text!r} is not a number.")
        return None
    if not math.isfinite(value):
        problems.append(f"line {line}, {key}: {text!r} is not a finite number.")
        return None
    if least is not None and value < least:
        problems.append(f"line {line}, {key}: {text} is below {least:g}; a stock is 0 or more.")
        return None
    return value


def _twice(cells: list[_Cell], problems: list[str]) -> None:
    seen: dict[tuple[str, str, int], int] = {}
    for cell in cells:
        key = (cell.host, cell.origin, cell.year)
        if key in seen:
            problems.append(
                f"line {cell.line}: {cell.origin} in {cell.host}, {cell.year}, stands in line "
                f"{seen[key]} already."
            )
        seen.setdefault(key, cell.line)


def _on_regions(
    name: str, cells: list[_Cell], year: int, world: World, left: _LeftOut
) -> PositionsFile:
    size = len(world.regions)
    stocks, given = np.zeros((size, size)), np.zeros((size, size), dtype=np.bool_)
    inner, outside = np.zeros(size), np.zeros((2, size))
    nowhere: set[str] = set()
    for cell in cells:
        h, o = _place(world, cell.host), _place(world, cell.origin)
        nowhere |= {c for c, p in ((cell.host, h), (cell.origin, o)) if p is None}
        if h is not None and o is not None and h != o:
            stocks[h, o] += cell.value
            given[h, o] = True
        elif h is not None and o is not None:
            inner[h] += cell.value
        elif h is not None:
            outside[0, h] += cell.value
        elif o is not None:
            outside[1, o] += cell.value
    hosts = int(given.any(1).sum())
    notes = [
        f"Stocks of {year} as the file gives them, of {hosts} of {size} hosts; other cells are 0."
    ]
    if world.base_year is not None and year != world.base_year:
        notes.append(f"They are not moved to {world.base_year}, the base year of {world.name}.")
    if inner.any():
        notes.append(
            f"US$ {inner.sum() / 1e3:,.0f} bn between economies of one region are left out."
        )
    if nowhere:
        notes.append(f"In no region of {world.name}: {', '.join(sorted(nowhere))}.")
    if left.names:
        notes.append(f"{left.names} names in the file are no economies (groups, text); left out.")
    if left.negative:
        notes.append(f"{left.negative} positions below zero, in all years, count as 0.")
    return PositionsFile(name, year, stocks, given, outside[0], outside[1], tuple(notes))


def _place(world: World, code: str) -> int | None:
    region = world.labels.region_that_holds(code)
    return None if region is None else world.regions.index(region)
