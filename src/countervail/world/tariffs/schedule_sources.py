"""US imports, duties and tariff increases by HS chapter and country, brought to our sectors.

The source is a public tracker of US tariffs; its table gives, for each partner and
each two-digit chapter of the Harmonized System, imports and duty of 2024 and the
modelled increase of the tariff. Chapters are split over sectors by the concordance
``data/concordances/hs2-sectors.csv``, tilted to what each partner sold in 2014.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from countervail.errors import ScheduleError
from countervail.world import registry
from countervail.world.arrays import Array
from countervail.world.tariffs.schedule_files import UNRESOLVED, number, table

CHAPTERS_FILE = "us_tariff_hs2_by_country_2024_2025.csv"
PATH_FILE = "country-by-time.csv"
EU_NAME = "EUROPEAN UNION"
_CHAPTER_COLUMNS = ("HS2", "2024_imports", "2024_duty", "CTY_NAME", "2025_tariff_increase")
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Concordance:
    """Chapters, goods sectors (``unresolved`` last) and the weights (chapter, sector).

    Weights are fractions that sum to one over the sectors of a chapter.
    """

    chapters: tuple[str, ...]
    sectors: tuple[str, ...]
    weights: Array


@dataclass(frozen=True)
class Chapters:
    """US imports and duties 2024 (million USD) and the increase (fraction) in one snapshot.

    ``imports``, ``duty``, ``increase`` (chapter, exporter). ``partners``: how the source
    names each exporter code. ``unknown``: partners that the registry does not know, with
    their imports (million USD).
    """

    chapters: tuple[str, ...]
    exporters: tuple[str, ...]
    imports: Array
    duty: Array
    increase: Array
    unknown: Mapping[str, float]


@cache
def concordance() -> Concordance:
    """The concordance from HS chapters to goods sectors that ships with the package.

    Chapters 97 (art), 98 and 99 (special provisions) say no sector: they are
    ``unresolved``. The split of a chapter over several sectors is judgement, said row
    by row in ``data/concordances/hs2-sectors.csv``.
    """
    rows = table(Path(str(files("countervail.data").joinpath("concordances", "hs2-sectors.csv"))))
    goods = [s for s, entry in registry.sectors().items() if "goods" in entry.groups]
    sectors = (*goods, UNRESOLVED)
    chapters = tuple(dict.fromkeys(row["hs2"] for row in rows))
    weights = np.zeros((len(chapters), len(sectors)))
    for row in rows:
        at = chapters.index(row["hs2"]), sectors.index(row["sector"] or UNRESOLVED)
        weights[at] += float(row["weight"])
    return Concordance(chapters, sectors, weights)


def tilted_weights(exporters: Iterable[str]) -> Array:
    """The concordance's weights for each exporter (chapter, sector, exporter).

    Each weight is multiplied by the sector's share in what the exporter sold to the United
    States in ``world-2014`` over its share in all US goods imports, and the weights of a chapter
    are scaled to sum to one again: the same chapter 84 is mostly computers from Taiwan
    and mostly machines from Germany. Exporters that world-2014 does not show by
    themselves take those of its rest of the world.
    """
    from countervail.world.store import load_world

    world = load_world("world-2014")
    table = concordance()
    place = {region: n for n, region in enumerate(world.regions)}
    goods = [world.sectors.index(s) for s in table.sectors[:-1]]
    sold = world.arrays.flows[goods, place["USA"], :].copy()
    sold[:, place["USA"]] = 0.0
    overall = sold.sum(axis=1) / sold.sum()
    columns = []
    for exporter in exporters:
        own = sold[:, place.get(exporter, place["ROW"])]
        tilt = np.append(own / max(own.sum(), _TOLERANCE) / overall, 1.0)
        found = table.weights * tilt
        total = found.sum(axis=1, keepdims=True)
        columns.append(
            np.where(total > _TOLERANCE, found / np.maximum(total, _TOLERANCE), table.weights)
        )
    return np.stack(columns, axis=2)


def read_chapters(folder: str | os.PathLike[str]) -> Chapters:
    """The chapter table of the tracker in ``folder``, by registry code of the exporter.

    The row of the European Union, a total of its members, is left out; territories that
    the registry does not know are counted in ``unknown``. ``ScheduleError`` where the
    file, a column or a number is not as it must be.
    """
    path = Path(folder) / CHAPTERS_FILE
    rows = table(path, _CHAPTER_COLUMNS)
    chapters = concordance().chapters
    exporters = tuple(sorted({c for row in rows if (c := partner(row["CTY_NAME"]))}))
    shape = (len(chapters), len(exporters))
    imports, duty, weighted = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    unknown: dict[str, float] = {}
    for line, row in enumerate(rows, start=2):
        value = number(path, line, row, "2024_imports") / 1e6
        code = partner(row["CTY_NAME"])
        if row["CTY_NAME"] == EU_NAME:
            continue
        if code is None:
            unknown[row["CTY_NAME"]] = unknown.get(row["CTY_NAME"], 0.0) + value
            continue
        if row["HS2"] not in chapters:
            raise ScheduleError(
                f"{path}, line {line}: no chapter {row['HS2']!r} in the Harmonized System.",
                "Chapters are 01 to 99 without 77.",
            )
        at = chapters.index(row["HS2"]), exporters.index(code)
        imports[at] += value
        duty[at] += number(path, line, row, "2024_duty") / 1e6
        # The increase is blank where there were no imports in 2024.
        if value > 0:
            weighted[at] += value * number(path, line, row, "2025_tariff_increase") / 100.0
    increase = weighted / np.where(imports > 0, imports, 1.0)
    return Chapters(chapters, exporters, imports, duty, increase, unknown)


def collected(chapters: Chapters) -> list[tuple[str, str, float, float]]:
    """Rows (sector, exporter, duty over imports, imports in million USD) of 2024."""
    split = tilted_weights(chapters.exporters)
    imports = np.einsum("hse,he->se", split, chapters.imports)
    duty = np.einsum("hse,he->se", split, chapters.duty)
    return [
        (sector, exporter, float(duty[s, e] / imports[s, e]), float(imports[s, e]))
        for s, sector in enumerate(concordance().sectors)
        for e, exporter in enumerate(chapters.exporters)
        if imports[s, e] > 0
    ]


@cache
def _partner_names() -> Mapping[str, str]:
    source = Path(str(files("countervail.data").joinpath("concordances", "us-partner-names.csv")))
    return {row["name"]: row["code"] for row in table(source)}


def partner(name: str) -> str | None:
    """The registry code of a country as the tracker names it, or None where there is none."""
    special = _partner_names().get(name)
    if special is not None:
        return special or None
    return registry.aliases("region").get(name.lower())
