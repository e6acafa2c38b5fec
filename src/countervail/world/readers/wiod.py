"""The tables of the World Input-Output Database: releases 2013 (.xlsx) and 2016 (.xlsb, .dta).

A sheet names its columns in four rows (industry code, name, region, number c1, c2, ...)
and its rows in four columns (code, name, region, number r1, r2, ...). The Stata file
names columns ``vAUS1`` and rows by IndustryCode, Country and RNr. Numbers above the last
industry are final uses; rows and columns of the region TOT are totals.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from countervail.errors import TableError
from countervail.world.core import World
from countervail.world.formats import BuildOptions, Progress
from countervail.world.readers.closing import build
from countervail.world.readers.codes import Scheme, scheme
from countervail.world.readers.labelled import Label, LabelledMatrix, open_sheet, open_stata
from countervail.world.readers.layout import year_in
from countervail.world.readers.opening import sha256
from countervail.world.readers.table import About, SourceTable, table_of
from countervail.world.readers.wide import (
    IGNORED,
    OUTPUT,
    VALUE_ADDED,
    Block,
    Column,
    Dialect,
    add_matrix,
    start,
)

_LICENCE = "Creative Commons Attribution 4.0 (known of the source, not re-read)"
_CITED = (
    "Timmer, Dietzenbacher, Los, Stehrer & de Vries (2015), Review of International Economics "
    "23(3), 575-605: World Input-Output Database"
)
_LIMITS = (
    "the table holds no import tariffs",
    "the Gulf states and all countries not listed are inside ROW",
)
ABOUT_2013 = About(f"{_CITED}, 2013 release", _LICENCE, limits=_LIMITS)
ABOUT_2016 = About(f"{_CITED}, 2016 release", _LICENCE, limits=_LIMITS)

_NOTE = (
    "Inventories are part of final demand; rows on international transport margins and on "
    "purchases abroad are part of value added."
)
_TOTAL = ("TOT", "")
_SHORT_YEAR = re.compile(r"(?i)wiot(\d\d)_")


def build_wiod_2016(
    path: str | os.PathLike[str], progress: Progress | None, options: BuildOptions
) -> World:
    """The world of one table of the 2016 release; see ``read_wiod_2016``."""
    return build(read_wiod_2016, path, progress, options)


def build_wiod_2013(
    path: str | os.PathLike[str], progress: Progress | None, options: BuildOptions
) -> World:
    """The world of one table of the 2013 release; see ``read_wiod_2013``."""
    return build(read_wiod_2013, path, progress, options)


def read_wiod_2016(path: Path, options: BuildOptions, tell: Progress) -> SourceTable:
    """One table of the 2016 release (56 industries), million USD: .xlsb, .xlsx or .dta.

    ``TableError`` and ``NotANumberError`` name what is wrong with the file.
    """
    if path.suffix.lower() == ".dta":
        return _read(path, "wiod-2016", open_stata(path), ABOUT_2016, options, tell)
    return _read(path, "wiod-2016", open_sheet(path), ABOUT_2016, options, tell)


def read_wiod_2013(path: Path, options: BuildOptions, tell: Progress) -> SourceTable:
    """One table of the 2013 release (35 industries, NACE 1), million USD: .xlsx.

    ``TableError`` and ``NotANumberError`` name what is wrong with the file.
    """
    return _read(path, "wiod-2013", open_sheet(path), ABOUT_2013, options, tell)


def _read(
    path: Path,
    release: str,
    matrix: LabelledMatrix,
    about: About,
    options: BuildOptions,
    tell: Progress,
) -> SourceTable:
    industries = scheme(release)
    year = year_in(options, *_years(path.name), path.name, matrix.title)
    asked = replace(options, year=year, name=options.name or f"{release}-{year}")
    dialect = Dialect(release, industries, frozenset(), {})
    columns = [_what(label, industries, str(path)) for label in matrix.columns]
    found = start(columns, dialect, asked, str(path))

    def blocks(expected: int) -> Iterable[Block]:
        for rows, values, line in matrix.rows():
            yield [_what(label, industries, str(path)) for label in rows], values, line

    add_matrix(found, columns, blocks, dialect, str(path), tell)
    return table_of(found, about, (_NOTE,), {path.name: sha256(path)})


def _years(name: str) -> list[str]:
    """The year that a name such as WIOT07_ROW_Apr12.xlsx means, in four digits."""
    short = _SHORT_YEAR.match(name)
    if short is None:
        return []
    return [str(int(short[1]) + (1900 if int(short[1]) > 50 else 2000))]


def _what(label: Label, industries: Scheme, file: str) -> Column:
    """What a row or column with this label is."""
    if label.region in _TOTAL:
        code = label.code.upper()
        if code == "GO" or "output" in label.name.lower():
            return Column(label.text, total=OUTPUT)
        ignored = code.startswith("II") or "intermediate" in label.name.lower()
        return Column(label.text, total=IGNORED if ignored else VALUE_ADDED)
    count = len(industries.industries)
    if label.number is None or label.number < 1:
        raise TableError(
            f"{file}: {label.text!r} has a region but no number such as c1 or r1.",
            "Is it another release?",
        )
    if label.number > count:
        return Column(label.text, final=label.region)
    industry = industries.industries[label.number - 1]
    if label.code and industries.find(label.code) is not industry:
        raise TableError(
            f"{file}: {label.text!r} is {label.code!r}, where {industries.name} has "
            f"{industry.code!r}.",
            "Is it the other release? The formats are wiod-2013 and wiod-2016.",
        )
    return Column(label.text, cell=(label.region, industry.code))
