"""Files of tariff schedules: which ship, what their headers say, and careful reading of CSV.

No NumPy here, so that a scenario that names a schedule is checked at once.
"""

from __future__ import annotations

import csv
import hashlib
import math
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from countervail.errors import ScheduleError, nearest, require_kind

UNRESOLVED = "unresolved"
"""The sector of trade whose code says no goods sector (chapters 97, 98 and 99)."""

COLUMNS = ("importer", "exporter", "sector", "imports")
"""The columns of a schedule before its dates; ``imports`` are million USD, for weights."""

_OWN_LICENCE = "the user's own file"


class Readable(Protocol):
    """Anything with text in it: a path, or a file inside the package."""

    def read_text(self, encoding: str) -> str: ...


@dataclass(frozen=True)
class Header:
    """What a schedule says of itself, and the dates from which its columns hold.

    ``known_until``: the day to which the source knew what was in force, or None.
    ``complete``: whether every partner that is not listed sells nothing. ``importers``:
    whose tariffs rise, where the description says so. ``unknown``: imports (million USD) from
    partners without a region. ``sha256``: of the CSV file.
    """

    name: str
    title: str
    relative_to: str
    source: str
    licence: str
    status: str
    dates: tuple[Date, ...]
    known_until: Date | None
    complete: bool
    importers: tuple[str, ...]
    unknown: float
    notes: tuple[str, ...]
    sha256: str


def bundled_schedules() -> dict[str, Path]:
    """The schedules that ship with the package: name and CSV file of each."""
    folder = Path(str(files("countervail.data").joinpath("schedules")))
    return {path.stem: path.with_suffix(".csv") for path in sorted(folder.glob("*.toml"))}


def find_schedule(name_or_path: str | os.PathLike[str]) -> Path:
    """The CSV file of a bundled schedule (by name), or the path itself where it is a file.

    ``ScheduleError`` with the bundled names, nearest first, where it is neither.
    """
    require_kind(name_or_path, "schedule", (str, os.PathLike), "'us-2025-26', or a path")
    known = bundled_schedules()
    text = os.fspath(name_or_path)
    if isinstance(name_or_path, str) and text in known:
        return known[text]
    path = Path(text)
    if os.path.isfile(path):
        return path
    raise ScheduleError(
        f"no tariff schedule is called {text!r}, and no such file is here.",
        f"{nearest(text, known)} A schedule of your own is a CSV file; docs/tariffs.md says how.",
    )


def read_header(name_or_path: str | os.PathLike[str]) -> Header:
    """What a schedule says of itself, without its rates.

    ``ScheduleError`` where there is none, a date in its header cannot be read, or the
    description beside it (same name, ``.toml``) is damaged.
    """
    path = find_schedule(name_or_path)
    return header_of(path, fields_of(path))


def header_of(path: Path, columns: Sequence[str]) -> Header:
    """The header of the schedule at ``path`` whose table has ``columns``."""
    said = _description(path.with_suffix(".toml"))
    dates = tuple(_date(path, column) for column in columns if column not in COLUMNS)
    if not dates:
        raise ScheduleError(
            f"{path} has no column with a date.",
            "After importer, exporter, sector and imports, give one column per date from which "
            "rates hold, headed such as 2026-08-19.",
        )
    if list(dates) != sorted(set(dates)):
        raise ScheduleError(
            f"{path}: the dates of its columns are not in order, or one is repeated.",
            "Order the columns by date, each date once.",
        )
    known = said.get("known_until")
    return Header(
        name=path.stem,
        title=str(said.get("title", path.stem)),
        relative_to=str(said.get("relative_to", "increase over the tariffs of the world")),
        source=str(said.get("source", f"file {path.name}")),
        licence=str(said.get("licence", _OWN_LICENCE)),
        status=str(said.get("status", "as the user gave it")),
        dates=dates,
        known_until=known if isinstance(known, Date) else None,
        complete=bool(said.get("complete", False)),
        importers=_texts(said.get("importers", ())),
        unknown=_amount(path, said.get("unknown_partners_million_usd", 0.0)),
        notes=_texts(said.get("notes", ())),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def entry_on(header: Header, day: Date) -> Date | None:
    """The date of the entry that holds on ``day``, or None before the first."""
    return max((start for start in header.dates if start <= day), default=None)


def note_on(header: Header, day: Date) -> str:
    """What should be said of ``day``: before the schedule, past its end, or past its knowledge."""
    last = header.dates[-1]
    if day < header.dates[0]:
        first = header.dates[0]
        return f"{day} lies before the first entry of {header.name} ({first}): no increase"
    said = []
    if day > last:
        said.append(
            f"the last entry of {header.name} is of {last}, {(day - last).days} days before; "
            "later changes are not in it"
        )
    if header.known_until is not None and day > header.known_until:
        said.append(
            f"the source was last updated on {header.known_until}: entries after that are "
            "announced measures, and whether they took effect was not verified"
        )
    return "; ".join(said)


def located_schedule(choice: str, folder: str | os.PathLike[str]) -> str:
    """``choice`` as written in a file in ``folder``: a bundled name, or a path relative to it."""
    return choice if choice in bundled_schedules() else os.path.join(folder, choice)


def fields_of(path: Path) -> list[str]:
    """The column names of a CSV file; ``ScheduleError`` where the first four are not as asked."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            columns = next(csv.reader(stream), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from error
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        raise ScheduleError(
            f"{path} has no column {missing[0]!r}; its columns are {', '.join(columns[:6])}.",
            f"It must have {', '.join(COLUMNS)} and one column per date, such as 2026-08-19.",
        )
    return columns


def table(source: Readable, columns: Iterable[str] = ()) -> list[dict[str, str]]:
    """The rows of a CSV file; ``ScheduleError`` where it cannot be read or lacks a column."""
    try:
        text = source.read_text(encoding="utf-8-sig")
        reader = csv.DictReader(text.splitlines(), restkey="", strict=True)
        rows = []
        for row in reader:
            if "" in row or None in row.values():
                raise ScheduleError(
                    f"{source}, line {reader.line_num}, has "
                    f"{'more' if '' in row else 'fewer'} fields than the header.",
                    "Write decimals with a point (0.25), and one value under each column.",
                )
            rows.append(row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(source, error) from error
    wanted = tuple(columns)
    missing = [column for column in wanted if column not in (reader.fieldnames or ())]
    if missing:
        raise ScheduleError(
            f"{source} has no column {missing[0]!r}.",
            f"It must have the columns {', '.join(wanted)}.",
        )
    return rows


def number(source: object, line: int, row: Mapping[str, str], column: str) -> float:
    """A finite number that is not negative; ``ScheduleError`` names the cell otherwise."""
    text = row.get(column)
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise ScheduleError(
            f"{source}, line {line}, column {column!r}: {text!r} is not a number of at least zero.",
            "Write a plain number such as 0.25; write 0 where there is nothing.",
        )
    return value


def _unreadable(source: object, error: Exception) -> ScheduleError:
    return ScheduleError(
        f"{source} cannot be read: {getattr(error, 'strerror', None) or error}.",
        "Check the path; the file must be CSV in UTF-8.",
    )


def _description(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScheduleError(
            f"{path}, which describes the schedule, cannot be read: {error}.",
            "Correct it, or remove it: only the CSV file is needed.",
        ) from error


def _date(path: Path, column: str) -> Date:
    try:
        return Date.fromisoformat(column)
    except ValueError as error:
        raise ScheduleError(
            f"{path}: the column {column!r} is headed by no date.",
            f"Columns are {', '.join(COLUMNS)}, then dates written as 2026-08-19.",
        ) from error


def _amount(path: Path, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return float(value)
    raise ScheduleError(
        f"{path.with_suffix('.toml')}: unknown_partners_million_usd is {value!r}.",
        "Write an amount in million USD.",
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else (str(value),)
