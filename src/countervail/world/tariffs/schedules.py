"""Dated tariff schedules: how far tariffs rose, by importer, exporter, sector and date.

A schedule comes on top of the tariffs of a world. It is kept in the codes of the region and
sector registry, and brought to a world's own regions and sectors when it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from countervail.errors import ScheduleError, UnknownLabelError
from countervail.world import registry
from countervail.world.labels import WorldLabels, make_labels
from countervail.world.tariffs.schedule_files import (
    COLUMNS,
    UNRESOLVED,
    Header,
    entry_on,
    fields_of,
    find_schedule,
    header_of,
    note_on,
    number,
    table,
)

if TYPE_CHECKING:
    from countervail.world.arrays import Array
    from countervail.world.core import World

_LARGEST = 4.0
Cell = tuple[str, str, str]
"""Importer, exporter, sector: registry codes."""


@dataclass(frozen=True)
class InForce:
    """The rates of a schedule on one day.

    ``date``: the day asked for; ``since``: the entry that holds then, or None before
    the first. ``rates``: increase as a fraction by (importer, exporter, sector), empty before the
    first entry. ``note``: what should be said of the day: that it lies before the schedule,
    how old the last entry is, or that the source did not know what came into force.
    """

    schedule: str
    date: Date
    since: Date | None
    rates: Mapping[Cell, float]
    note: str


@dataclass(frozen=True)
class Bounds:
    """A mean increase (fraction of imports) and how far trade of unknown sector could move it.

    ``unresolved``: the share of imports whose code says no sector. ``low``, ``high``: the
    mean if all of it bore the lowest, or the highest, rate of the exporter's sectors.
    """

    mean: float
    low: float
    high: float
    unresolved: float


@dataclass(frozen=True)
class TariffSchedule:
    """Dated increases of tariffs; ``read_schedule`` makes one.

    ``header``: name, source, licence, dates. ``cells``: for each (importer, exporter,
    sector) the increase as a fraction at each date of the header, in order; the sector
    ``unresolved`` is trade whose code says none. ``imports``: million USD by cell, the
    weights; None where the file left them blank.
    """

    header: Header
    cells: Mapping[Cell, tuple[float, ...]]
    imports: Mapping[Cell, float | None]

    def __repr__(self) -> str:
        dates = self.header.dates
        return f"<TariffSchedule {self.header.name}: {len(dates)} dates, {dates[0]} to {dates[-1]}>"

    def at(self, date: Date | str) -> InForce:
        """The increase in force on ``date`` (a date, or text such as ``2026-08-19``).

        Nothing before the first entry; after the last entry the last, with its age. Raises
        ``ScheduleError`` where ``date`` is no date.
        """
        day = as_date(date)
        since = entry_on(self.header, day)
        rates: dict[Cell, float] = {}
        if since is not None:
            at = self.header.dates.index(since)
            rates = {cell: values[at] for cell, values in self.cells.items()}
        note = note_on(self.header, day)
        return InForce(self.header.name, day, since, MappingProxyType(rates), note)

    def array(self, world: World, date: Date | str) -> Array:
        """The increase in force on ``date`` for ``world``: (sector, importer, exporter), fractions.

        Where a region of the world holds several partners, or a sector several sectors of the
        schedule, theirs are averaged by the schedule's imports. A region such as ROW holds
        all partners that the world does not show by themselves. In a schedule that does not
        claim to be complete, what is not listed is taken from the world's own trade and bears
        no increase. Home trade bears none. Trade of no known sector is left out.

        Raises ``ScheduleError`` where an importer is not a region of its own in the
        world, or weights are needed and missing, ``UnknownLabelError`` where a sector of
        the schedule is in no sector of the world.
        """
        from countervail.world.tariffs.schedule_array import increase

        return increase(self, world, self.at(date).rates)

    def bounds(self, exporter: str, date: Date | str, importer: str = "USA") -> Bounds:
        """The mean increase that ``exporter`` meets on ``date``, import-weighted, with its bounds.

        ``exporter``, ``importer``: registry codes. ``UnknownLabelError`` where the schedule
        has no imports of that exporter.
        """
        found = {
            cell: weight
            for cell, weight in self.imports.items()
            if cell[0] == importer and cell[1] == exporter and weight
        }
        total = sum(found.values())
        if not total:
            raise UnknownLabelError(
                f"the schedule {self.header.name} has no imports of {importer} from {exporter!r}.",
                "Name both by ISO3 code; docs/tariffs.md says which partners are unknown.",
            )
        rates = self.at(date).rates
        known = [rates.get(cell, 0.0) for cell in found if cell[2] != UNRESOLVED]
        sums = sum(w * rates.get(cell, 0.0) for cell, w in found.items())
        resolved = sum(w * rates.get(c, 0.0) for c, w in found.items() if c[2] != UNRESOLVED)
        open_trade = sum(w for cell, w in found.items() if cell[2] == UNRESOLVED)
        lowest, highest = (min(known), max(known)) if known else (0.0, 0.0)
        return Bounds(
            mean=sums / total,
            low=(resolved + open_trade * lowest) / total,
            high=(resolved + open_trade * highest) / total,
            unresolved=open_trade / total,
        )

    @property
    def unresolved(self) -> Mapping[str, float]:
        """Imports (million USD) of no known sector by exporter; unknown partners under ``""``."""
        found = {"": self.header.unknown} if self.header.unknown else {}
        for (_, exporter, sector), weight in self.imports.items():
            if sector == UNRESOLVED and weight:
                found[exporter] = found.get(exporter, 0.0) + weight
        return MappingProxyType(found)

    @cached_property
    def unresolved_share(self) -> float:
        """The share of all imports that ``unresolved`` holds (a fraction)."""
        total = sum(w or 0.0 for w in self.imports.values()) + self.header.unknown
        return sum(self.unresolved.values()) / total if total else 0.0

    @property
    def importers(self) -> tuple[str, ...]:
        """The importers whose tariffs the schedule raises."""
        return tuple(dict.fromkeys(cell[0] for cell in self.cells))


def read_schedule(name_or_path: str | os.PathLike[str]) -> TariffSchedule:
    """A tariff schedule that ships with the package (by name) or of a CSV file (by path).

    The file has the columns ``importer``, ``exporter``, ``sector`` (codes, names or groups
    of the registry), ``imports`` (million USD, may be blank) and one column per date with
    the increase as a fraction (0.25 = 25 %).

    Raises ``ScheduleError`` with file, line and column for a missing file or column, text in
    a number, a rate above 4 (25 for 25 %), repeated rows and wrong dates, and
    ``UnknownLabelError`` (with the line) for unknown regions and sectors.
    """
    path = find_schedule(name_or_path)
    header = header_of(path, fields_of(path))
    rows = table(path, COLUMNS)
    if not rows:
        raise ScheduleError(f"{path} has no rows.", "Give at least one line of rates.")
    codes = _registry_labels()
    cells: dict[Cell, tuple[float, ...]] = {}
    imports: dict[Cell, float | None] = {}
    lines: dict[Cell, int] = {}
    for line, row in enumerate(rows, start=2):
        rates = tuple(_rate(path, line, row, day.isoformat()) for day in header.dates)
        named = _cells(path, line, row, codes)
        weight = number(path, line, row, "imports") if row["imports"].strip() else None
        for cell in named:
            if cell in cells:
                raise ScheduleError(
                    f"{path}, line {line}: {', '.join(cell)} stands in line {lines[cell]} already.",
                    "Give each importer, exporter and sector once; groups count for all members.",
                )
            lines[cell] = line
            cells[cell] = rates
            imports[cell] = None if weight is None else weight / len(named)
    return TariffSchedule(header, MappingProxyType(cells), MappingProxyType(imports))


def as_date(date: Date | str) -> Date:
    """A date from a date or text such as ``2026-08-19``; ``ScheduleError`` where it is none."""
    if isinstance(date, datetime):
        return date.date()
    if isinstance(date, Date):
        return date
    try:
        return Date.fromisoformat(date)
    except (TypeError, ValueError) as error:
        raise ScheduleError(
            f"{date!r} is not a date.", "Write year, month and day: 2026-08-19."
        ) from error


def _registry_labels() -> WorldLabels:
    return make_labels("registry", None, tuple(registry.regions()), tuple(registry.sectors()))


def _cells(path: object, line: int, row: Mapping[str, str], codes: WorldLabels) -> list[Cell]:
    def resolve(column: str) -> Sequence[str]:
        word = row[column].strip()
        if column == "sector" and word == UNRESOLVED:
            return (UNRESOLVED,)
        finder = codes.resolve_sectors if column == "sector" else codes.resolve_regions
        try:
            return finder(word)
        except UnknownLabelError as error:
            raise UnknownLabelError(
                f"{path}, line {line}, column {column!r}: the registry has no {column} {word!r}.",
                error.remedy,
            ) from error

    importers, exporters, sectors = (resolve(column) for column in COLUMNS[:3])
    return [(n, i, s) for n in importers for i in exporters for s in sectors if n != i]


def _rate(path: object, line: int, row: Mapping[str, str], column: str) -> float:
    value = number(path, line, row, column)
    if value > _LARGEST:
        raise ScheduleError(
            f"{path}, line {line}, column {column!r}: {value:g} is {100 * value:g} %.",
            f"Rates are fractions: write 0.25 for 25 %, at most {_LARGEST:g}.",
        )
    return value
