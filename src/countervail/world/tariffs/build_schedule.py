"""Builds the US schedules that ship with the package from the tracker's files.

Run as ``python -m countervail.world.tariffs.build_schedule FOLDER OUT``: FOLDER holds
``us_tariff_hs2_by_country_2024_2025.csv`` and ``country-by-time.csv`` of the public tracker;
OUT is the folder to write to. The rule is in ``schedule_layers`` and ``docs/tariffs.md``.
"""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from countervail.errors import CountervailError, ScheduleError
from countervail.files import write_atomic
from countervail.world import registry
from countervail.world.arrays import Array
from countervail.world.tariffs import collected
from countervail.world.tariffs import schedule_sources as sources
from countervail.world.tariffs.schedule_files import COLUMNS, UNRESOLVED, number, table
from countervail.world.tariffs.schedule_layers import (
    ALONE_AT_FIRST,
    EARLY,
    GENERAL_STARTS,
    NEEDED,
    SNAPSHOT,
    Group,
    Layers,
    sector_coverage,
)

NAME = "us-2025-26"
IMPORTER = "USA"
KNOWN_UNTIL = "2026-07-23"
"""The day of the last update that the tracker's own notes speak of."""

_SMALLEST = 0.001

Dated = Mapping[str, float]
"""A country's mean increase (fraction) by date."""


def build(folder: str | os.PathLike[str], out: str | os.PathLike[str]) -> list[Path]:
    """Write the collected rates of 2024 and the dated schedule to the folder ``out``.

    ``folder``: where the tracker's files lie. Returns the paths written. ``ScheduleError``
    for a source that is missing or wrong, ``OutputError`` where ``out`` cannot be written.
    """
    chapters = sources.read_chapters(folder)
    paid = (
        (sector, exporter, f"{rate:.6f}", f"{imports:.3f}")
        for sector, exporter, rate, imports in sources.collected(chapters)
        if imports >= _SMALLEST
    )
    dates, rows, unresolved = schedule_rows(chapters, read_path(folder))
    target = Path(out)
    return [
        write_atomic(target / collected.FILE, csv_text(collected.COLUMNS, paid)),
        write_atomic(target / f"{NAME}.csv", csv_text((*COLUMNS, *dates), rows)),
        write_atomic(target / f"{NAME}.toml", description(chapters, unresolved)),
    ]


def read_path(folder: str | os.PathLike[str]) -> dict[str, dict[str, float]]:
    """Each country's mean increase (fraction) by date, by its name in the tracker."""
    path = Path(folder) / sources.PATH_FILE
    found: dict[str, dict[str, float]] = {}
    rows = table(path, ("date", "country_name", "effective tariff"))
    for line, row in enumerate(rows, start=2):
        rate = number(path, line, row, "effective tariff") / 100.0
        found.setdefault(row["country_name"], {})[row["date"]] = rate
    wanted = set(found.get(sources.EU_NAME, NEEDED)) | set(NEEDED)
    for name in (sources.EU_NAME, *found):
        missing = sorted(wanted - set(found.get(name, {})))
        if missing:
            raise ScheduleError(
                f"{path} has no row of {missing[0]} for {name}.",
                "Take the file as the tracker publishes it: every country at every date.",
            )
    return found


def groups(chapters: sources.Chapters, paths: Mapping[str, Dated]) -> list[Group]:
    """The exporters by the path they follow: the EU's members, each other country, the rest.

    Slovakia, which the tracker follows by itself too, counts as a member of the EU, as in
    the EU's own row. Countries without a path take the mean of those whose tariffs began in
    April 2025, scaled to their own snapshot; before, to what they sell of metals and cars.
    """
    members = {c for c, entry in registry.regions().items() if "EU" in entry.groups}
    own = {
        code: paths[name]
        for name in paths
        if (code := sources.partner(name)) is not None and code not in members
    }
    inside = [e for e in chapters.exporters if e in members]
    rest = [e for e in chapters.exporters if e not in members and e not in own]
    found = [_group(chapters, inside, paths[sources.EU_NAME])]
    found += [_group(chapters, [code], path) for code, path in own.items()]
    late = [g for g in found if not set(EARLY) & set(g.members)]
    weights = np.array([g.imports.sum() for g in late])
    mean = {
        d: float(np.average([g.path[d] for g in late], weights=weights))
        for d in paths[sources.EU_NAME]
    }
    others = _group(chapters, rest, mean)
    scale = float((others.snapshot * others.imports).sum() / others.imports.sum()) / mean[SNAPSHOT]
    cars_and_metals = _share(chapters, [others]) / _share(chapters, late)
    scaled = {
        date: rate * (scale if date >= GENERAL_STARTS else cars_and_metals)
        for date, rate in mean.items()
    }
    return [*found, Group(others.members, others.imports, others.snapshot, scaled)]


def _share(chapters: sources.Chapters, among: Sequence[Group]) -> float:
    """The share of primary metals and cars in the imports from the exporters of ``among``."""
    at = [chapters.chapters.index(chapter) for chapter in ALONE_AT_FIRST]
    part = sum(float(group.imports[at].sum()) for group in among)
    return part / sum(float(group.imports.sum()) for group in among)


def _group(chapters: sources.Chapters, members: Sequence[str], path: Dated) -> Group:
    at = [chapters.exporters.index(member) for member in members]
    return Group(tuple(members), chapters.imports[:, at], chapters.increase[:, at], path)


def schedule_rows(
    chapters: sources.Chapters, paths: Mapping[str, Dated]
) -> tuple[list[str], list[list[str]], float]:
    """The dates, the rows of the schedule, and imports of no known sector (million USD)."""
    coverage = sector_coverage(chapters.imports, chapters.increase)
    split = sources.tilted_weights(chapters.exporters)
    sectors = sources.concordance().sectors
    dates = sorted(paths[sources.EU_NAME])
    rows, unresolved = [], 0.0
    for group in groups(chapters, paths):
        at = [chapters.exporters.index(member) for member in group.members]
        rates = Layers(group, chapters.chapters, coverage[:, at]).rates()
        for k, member in enumerate(group.members):
            imports = split[:, :, at[k]] * group.imports[:, k][:, None]
            total = imports.sum(axis=0)
            unresolved += float(total[sectors.index(UNRESOLVED)])
            by_date = [_mean(imports, rates[date][:, k]) for date in dates]
            for s in np.flatnonzero(total >= _SMALLEST):
                rate = [_text(values[s]) for values in by_date]
                rows.append([IMPORTER, member, sectors[s], f"{total[s]:.3f}", *rate])
    return dates, sorted(rows), unresolved


def _mean(imports: Array, rates: Array) -> Array:
    total = imports.sum(axis=0)
    mean: Array = (imports * rates[:, None]).sum(axis=0) / np.where(total > 0, total, 1.0)
    return mean


def _text(rate: float) -> str:
    return f"{rate:.5f}".rstrip("0").rstrip(".") or "0"


def description(chapters: sources.Chapters, unresolved: float) -> str:
    """The TOML text beside the schedule: what it is, where it is from, what is open."""
    unknown = sum(chapters.unknown.values())
    total = float(chapters.imports.sum()) + unknown
    return f"""\
title = "United States: increase of import tariffs, 2025-26"
relative_to = "increase over the duties collected in 2024"
source = "tradewartracker/trade-war-redux-2025, a public tracker of US tariffs (modelled rates)"
licence = "MIT (stated by the repository)"
status = "constructed from one chapter table of {SNAPSHOT} and dated country means; not collected"
known_until = {KNOWN_UNTIL}
complete = true
importers = ["{IMPORTER}"]
unknown_partners_million_usd = {unknown:.3f}
notes = [
  "Of {total:,.0f} million USD of US imports in 2024, {unresolved:,.0f} ({unresolved / total:.1%}) \
are of chapters that say no sector and {unknown:,.0f} from {len(chapters.unknown)} territories \
without a region.",
  "What other countries did in return, quotas, and exemptions by single code are not in it.",
]
"""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV text with a header and one kind of line end."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()


def main(arguments: Sequence[str]) -> int:
    """The module as a command; 0 where the files were written, else the error's exit code."""
    if len(arguments) != 2:
        print(
            "usage: python -m countervail.world.tariffs.build_schedule FOLDER OUT", file=sys.stderr
        )
        return 2
    try:
        for path in build(*arguments):
            print(f"Written: {path} ({path.stat().st_size / 1e3:.0f} kB)")
    except CountervailError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
