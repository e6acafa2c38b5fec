"""OECD Inter-Country Input-Output tables: one year as CSV, editions 2023 and 2025.

The first column names the row, the first row the columns: ``AUS_A01_02`` is an
industry, ``AUS_HFCE`` a final use. Rows end with TLS, VA and OUT, columns with OUT. The
2023 edition has 45 industries, the 2025 edition 50; which it is, is read from them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from countervail.errors import TableError
from countervail.world.core import World
from countervail.world.formats import BuildOptions, Progress
from countervail.world.readers.closing import build
from countervail.world.readers.codes import Scheme, scheme
from countervail.world.readers.layout import year_in
from countervail.world.readers.matrix import MatrixFile
from countervail.world.readers.opening import find_text, sha256
from countervail.world.readers.table import USD, About, SourceTable, amount, table_of
from countervail.world.readers.wide import (
    OUTPUT,
    VALUE_ADDED,
    Block,
    Dialect,
    add_matrix,
    require_parts_once,
    start,
)

EDITIONS = ("icio-2023", "icio-2025")
FINALS = frozenset(("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR", "NONRES", "DIRP"))
TOTALS = {
    **dict.fromkeys(("TLS", "TAXSUB", "VA", "VALU"), VALUE_ADDED),
    **dict.fromkeys(("OUT", "OUTPUT", "TOTAL"), OUTPUT),
}
"""Rows and columns that are totals; TAXSUB, VALU, OUTPUT and TOTAL are how editions before
2023 spell them."""

_EXPECTED = "Columns read REGION_INDUSTRY, such as AUS_A01_02 (2023 edition) or AUS_A01 (2025)."
_TAXES = ("TLS", "TAXSUB")


def build_icio(
    path: str | os.PathLike[str], progress: Progress | None, options: BuildOptions
) -> World:
    """The world of one OECD ICIO table; see ``read_icio``."""
    return build(read_icio, path, progress, options)


def read_icio(path: Path, options: BuildOptions, tell: Progress) -> SourceTable:
    """One OECD ICIO table, million USD, from a CSV file or a zip that holds it.

    CN1, CN2, ... are folded into CHN and MX1, MX2, ... into MEX where the table has them. VA
    and TLS together are value added; direct purchases abroad (DPABR) and inventories are
    final use. ``TableError`` and ``NotANumberError`` name what is wrong with the file.
    """
    file = find_text(path, (".csv", ".txt"), options.member, options.year)
    matrix = MatrixFile(file, heads=1, labels=1, separator=",")
    names = [name.strip() for name in matrix.header[0][1:]]
    edition = _edition(names, str(file))
    dialect = Dialect("icio", edition, FINALS, TOTALS)
    year = year_in(options, file.name, path.name)
    asked = replace(options, year=year, name=options.name or f"{edition.name}-{year}")
    columns = [dialect.read(name) for name in names]
    found = start(columns, dialect, asked, str(file))

    def blocks(expected: int) -> Iterable[Block]:
        for rows, values, line in matrix.rows(expected):
            yield [dialect.read(row[0]) for row in rows], values, line

    paid = add_matrix(found, columns, blocks, dialect, str(file), tell)
    require_parts_once(found, USD)
    notes = [
        "Inventories (INVNT) and direct purchases abroad by residents (DPABR) are part of final "
        "demand.",
    ]
    taxes = sum(value for row, value in paid.items() if row.endswith(_TAXES))
    if taxes:
        notes.append(
            f"Taxes less subsidies on products that final users pay, {amount(taxes)} {USD}, "
            "are left out: final demand is at basic prices."
        )
    about = About(
        f"OECD Inter-Country Input-Output tables, edition {edition.name[-4:]}, year {year}",
        "terms of the OECD, free use with attribution (known of the source, not re-read)",
        limits=("the table holds no import tariffs", "countries not listed are inside ROW"),
    )
    return table_of(found, about, tuple(notes), {path.name: sha256(path)})


def _edition(names: list[str], file: str) -> Scheme:
    """The edition whose industries the columns name, all of them; ``TableError`` otherwise."""
    rests = {name.partition("_")[2] for name in names if "_" in name} - FINALS - set(TOTALS)
    for edition in map(scheme, EDITIONS):
        if rests and all(edition.find(rest) is not None for rest in rests):
            return edition
    if not rests:
        raise TableError(
            f"{file} is no OECD ICIO table: its columns are {', '.join(names[:4])}, ...",
            _EXPECTED,
        )
    missing = min(
        ([rest for rest in sorted(rests) if s.find(rest) is None] for s in map(scheme, EDITIONS)),
        key=len,
    )
    shown = ", ".join(missing[:8])
    raise TableError(
        f"{file} is no OECD ICIO table that is known here: its columns are "
        f"{', '.join(names[:4])}, ...; not known are {shown}.",
        _EXPECTED,
    )
