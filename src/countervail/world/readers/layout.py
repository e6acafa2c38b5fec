"""What a table holds and what it becomes: its cells, their labels, and how these are merged."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countervail.errors import OptionError, TableError, nearest
from countervail.world.formats import BuildOptions
from countervail.world.labels import WorldLabels, make_labels
from countervail.world.merge import Axis, merge_axis, merged_groups, merged_names, merged_parts
from countervail.world.readers.codes import (
    Industry,
    Scheme,
    in_order,
    known_regions,
    region_label,
    region_names,
    rows_of,
)
from countervail.world.registry import groups as registry_groups

Places = NDArray[np.intp]
Cell = tuple[str, str]
"""One industry of one region, by the source's codes."""

_YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20[0-4]\d)(?!\d)")
_EDITION = re.compile(r"(?i)icio(19|20)\d\d")  # names the edition of a table, not its year
_SHOWN = 8
_MOST_CELLS = 30_000_000
"""Cells of one array of a world: a quarter of a gigabyte, and a solver holds several."""


@dataclass(frozen=True, eq=False)
class Layout:
    """The cells of a table in an order of their own, their labels, and the merged labels.

    ``cells``: (region code, industry code) in canonical order: regions by alphabet,
    rests last, industries in the scheme's order; ``region_of`` and ``sector_of`` (cell,)
    give the position of each cell's label in ``fine`` (labels before merging).
    ``by_region``, ``by_sector``: how those go into ``labels``, those of the world to be.
    ``folded``: region labels that several codes of the source make up.
    """

    cells: tuple[Cell, ...]
    region_of: Places
    sector_of: Places
    fine: WorldLabels
    by_region: Axis
    by_sector: Axis
    labels: WorldLabels
    folded: Mapping[str, tuple[str, ...]]

    @property
    def position(self) -> dict[Cell, int]:
        """The place of each cell."""
        return {cell: k for k, cell in enumerate(self.cells)}

    @property
    def region_place(self) -> Places:
        """The position among ``labels.regions`` of each cell's region."""
        return np.array(self.by_region.place, dtype=np.intp)[self.region_of]

    @property
    def sector_place(self) -> Places:
        """The position among ``labels.sectors`` of each cell's sector."""
        return np.array(self.by_sector.place, dtype=np.intp)[self.sector_of]

    def cell_name(self, k: int) -> str:
        """One cell in words, by the source's codes."""
        return " ".join(self.cells[k])

    def merged(self) -> dict[str, dict[str, list[str]]]:
        """The parts of every merged label, for the provenance; empty where none is."""
        found = {"regions": merged_parts(self.by_region), "sectors": merged_parts(self.by_sector)}
        return found if any(found.values()) else {}


def make_layout(
    source: str, scheme: Scheme, cells: Iterable[Cell], options: BuildOptions, file: str
) -> Layout:
    """The layout of a table that holds ``cells``.

    ``source`` names the region codes, ``scheme`` the industries, ``file`` is for messages,
    ``options`` say name, year and what is merged. ``TableError`` for codes that are not
    known, with the nearest; ``LabelError`` and ``UnknownLabelError`` for a map that does
    not fit.
    """
    found = list(dict.fromkeys(cells))
    label_of = _region_labels(source, found, file)
    industry_of = _industries(scheme, found, file)
    regions = in_order(label_of.values())
    present = {industry.code for industry in industry_of.values()}
    industries = [x for x in scheme.industries if x.code in present]
    sectors = tuple(dict.fromkeys(x.label for x in industries))
    region_at = {label: n for n, label in enumerate(regions)}
    sector_at = {label: s for s, label in enumerate(sectors)}
    order = {x.code: k for k, x in enumerate(scheme.industries)}
    found.sort(key=lambda c: (region_at[label_of[c[0]]], c[0], order[industry_of[c[1]].code]))
    fine = make_labels(
        options.name or "table",
        options.year,
        regions,
        sectors,
        sector_groups=_sector_groups(industries, sectors),
        region_names=region_names(source, regions),
        sector_names={x.label: x.name for x in industries},
    )
    by_region, by_sector = _axes(source, scheme, fine, options.aggregate)
    _require_size(len(by_region.labels), len(by_sector.labels), file)
    folded = {
        label: codes
        for label in regions
        if len(codes := tuple(sorted(c for c, x in label_of.items() if x == label))) > 1
    }
    return Layout(
        cells=tuple(found),
        region_of=np.array([region_at[label_of[r]] for r, _ in found], dtype=np.intp),
        sector_of=np.array([sector_at[industry_of[i].label] for _, i in found], dtype=np.intp),
        fine=fine,
        by_region=by_region,
        by_sector=by_sector,
        labels=_merged_labels(fine, by_region, by_sector),
        folded=folded,
    )


def year_in(options: BuildOptions, *names: str) -> int:
    """The year given, or the only one that the first of ``names`` with any year holds.

    ``OptionError`` where no name holds exactly one, or the one that is given is in none.
    """
    if options.year is not None:
        _require_same_year(options.year, names)
        return options.year
    for name in names:
        years = sorted({int(y) for y in _YEAR.findall(name)})
        if len(years) == 1:
            return years[0]
        if years:
            break
    raise OptionError(
        f"the year of the table cannot be read from {names[0]!r}.", "Give it: --year 2022."
    )


def _require_same_year(year: int, names: Iterable[str]) -> None:
    """``OptionError`` where the first name that holds years does not hold ``year``."""
    for name in names:
        held = sorted({int(y) for y in _YEAR.findall(_EDITION.sub("", name))})
        if held and year not in held:
            raise OptionError(
                f"--year {year} contradicts {name!r}, which says {held[0]}.",
                "Leave --year out, or give the file of that year; rename the file if its name is "
                "wrong.",
            )
        if held:
            return


def _require_size(regions: int, sectors: int, file: str) -> None:
    """``TableError`` where flows or inputs on these labels would not fit in memory."""
    largest = max(sectors * regions * regions, sectors * sectors * regions)
    if largest > _MOST_CELLS:
        raise TableError(
            f"{file} has {regions:,} regions and {sectors:,} sectors: {largest:,} cells in one "
            f"array of a world, which may have {_MOST_CELLS:,}.",
            "Check its label columns, or merge labels while reading (--aggregate MAP.csv).",
        )


def _region_labels(source: str, cells: Iterable[Cell], file: str) -> dict[str, str]:
    codes = dict.fromkeys(region for region, _ in cells)
    found = {code: region_label(source, code) for code in codes}
    unknown = [code for code, label in found.items() if label is None]
    if unknown:
        raise TableError(
            f"{file} has {len(unknown)} unknown region codes: {_shown(unknown)}.",
            f"{nearest(unknown[0], known_regions(source))} Is it another format or edition?",
        )
    return {code: label for code, label in found.items() if label is not None}


def _industries(scheme: Scheme, cells: Iterable[Cell], file: str) -> dict[str, Industry]:
    codes = dict.fromkeys(industry for _, industry in cells)
    found = {code: scheme.find(code) for code in codes}
    unknown = [code for code, industry in found.items() if industry is None]
    if unknown:
        raise TableError(
            f"{file} has {len(unknown)} industry codes that {scheme.name} does not: "
            f"{_shown(unknown)}.",
            f"{nearest(unknown[0], scheme.known)} Is it another format or edition?",
        )
    return {code: industry for code, industry in found.items() if industry is not None}


def _sector_groups(
    industries: Iterable[Industry], sectors: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """The registry's groups among the labels; a label belongs where all its industries do."""
    groups_of: dict[str, set[str]] = {}
    for industry in industries:
        groups_of.setdefault(industry.label, set(industry.groups)).intersection_update(
            industry.groups
        )
    return {
        group: members
        for group in registry_groups("sector")
        if group not in groups_of
        and (members := tuple(x for x in sectors if group in groups_of[x]))
    }


def _axes(
    source: str, scheme: Scheme, fine: WorldLabels, path: str | os.PathLike[str] | None
) -> tuple[Axis, Axis]:
    merge: dict[str, dict[str, list[str]]] = {"region": {}, "sector": {}}
    for number, row in rows_of(path, ("kind", "from", "to")) if path is not None else ():
        if row["kind"] not in merge:
            raise TableError(
                f"{path}, line {number}: kind is {row['kind']!r}.", "Write region or sector."
            )
        if not row["from"] or not row["to"]:
            raise TableError(f"{path}, line {number}: from or to is empty.", "Fill it in.")
        part = row["from"]
        if row["kind"] == "region":
            part = region_label(source, part) or part
        elif (industry := scheme.find(part)) is not None and part not in fine.sectors:
            part = industry.label
        merge[row["kind"]].setdefault(row["to"], []).append(part)
    return (
        merge_axis("region", fine.regions, merge["region"], fine.resolve_regions),
        merge_axis("sector", fine.sectors, merge["sector"], fine.resolve_sectors),
    )


def _merged_labels(fine: WorldLabels, by_region: Axis, by_sector: Axis) -> WorldLabels:
    return make_labels(
        fine.name,
        fine.base_year,
        by_region.labels,
        by_sector.labels,
        merged_groups(fine.region_groups, by_region),
        merged_groups(fine.sector_groups, by_sector),
        merged_names("region", by_region, fine.region_names),
        merged_names("sector", by_sector, fine.sector_names),
    )


def _shown(codes: list[str]) -> str:
    return ", ".join(repr(x) for x in codes[:_SHOWN]) + (", ..." if len(codes) > _SHOWN else "")
