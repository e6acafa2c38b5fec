"""Eurostat FIGARO inter-country tables, by industry or product: CSV matrix or flat CSV.

The matrix has ``rowLabels`` and columns such as ``AT_A01`` and ``AT_P3_S14``; the flat file
has a line per cell with refArea, rowIi, counterpartArea, colIi and obsValue (rowPp and
colPp by product, codes then with CPA_). Rows of W2 are taxes and value added. Million EUR.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from countervail.errors import TableError
from countervail.world.core import World
from countervail.world.formats import BuildOptions, Progress
from countervail.world.readers.accumulate import Accumulator
from countervail.world.readers.closing import build
from countervail.world.readers.codes import region_label, scheme
from countervail.world.readers.layout import Cell, make_layout, year_in
from countervail.world.readers.lines import Lines
from countervail.world.readers.long import (
    Meaning,
    Names,
    cells_of,
    csv_chunks,
)
from countervail.world.readers.matrix import MatrixFile
from countervail.world.readers.opening import (
    LONGEST_HEADER,
    TextFile,
    fields,
    find_text,
    sha256,
)
from countervail.world.readers.table import EUR, About, SourceTable, amount, table_of
from countervail.world.readers.wide import (
    VALUE_ADDED,
    Block,
    Column,
    Dialect,
    add_matrix,
    start,
)

FINALS = frozenset(("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M"))
FIRST = "rowLabels"
ADDED = frozenset(("D21X31", "OP_RES", "OP_NRES", "D1", "D29X39", "B2A3G"))
FLAT = (
    Names("refArea", "rowIi", "counterpartArea", "colIi", "obsValue"),
    Names("refArea", "rowPp", "counterpartArea", "colPp", "obsValue"),
)


def build_figaro(
    path: str | os.PathLike[str], progress: Progress | None, options: BuildOptions
) -> World:
    """The world of one FIGARO table; see ``read_figaro``."""
    return build(read_figaro, path, progress, options, EUR)


def read_figaro(path: Path, options: BuildOptions, tell: Progress) -> SourceTable:
    """One FIGARO table, million EUR, matrix or flat CSV, also inside a zip.

    FIGW1 is ROW. Taxes on products, purchases abroad (OP_RES, OP_NRES) and the rows of
    value added of an industry are its value added. ``TableError`` and ``NotANumberError``
    name what is wrong with the file.
    """
    file = find_text(path, (".csv",), options.member, options.year)
    year = year_in(options, file.name, path.name)
    asked = replace(options, year=year, name=options.name or f"figaro-{year}")
    with file.open(LONGEST_HEADER, LONGEST_HEADER) as stream:
        header = fields(stream.header())
    flat = next((names for names in FLAT if set(names.labels) <= set(header)), None)
    if flat is None and header[:1] != [FIRST]:
        raise TableError(
            f"{file} is no FIGARO table: its first line begins with {','.join(header)[:80]!r}.",
            f"The matrix begins with {FIRST}, the flat file has {', '.join(FLAT[0].labels)} and "
            f"{FLAT[0].value}.",
        )
    found, paid = (
        _read_matrix(file, asked, tell) if flat is None else _read_flat(file, flat, asked, tell)
    )
    notes = ["Changes in inventories and valuables (P5M) are part of final demand."]
    if paid:
        notes.append(
            f"Taxes and purchases abroad that final users pay beside their purchases, "
            f"{amount(paid)} {EUR}, are left out: final demand is at basic prices."
        )
    about = About(
        f"Eurostat, FIGARO inter-country input-output table, year {year}",
        "reuse policy of the European Commission, CC BY 4.0 (known of the source, not re-read)",
        EUR,
        ("the table holds no import tariffs", "countries not listed are inside ROW (FIGW1)"),
    )
    return table_of(found, about, tuple(notes), {path.name: sha256(path)})


def _read_matrix(file: TextFile, asked: BuildOptions, tell: Progress) -> tuple[Accumulator, float]:
    matrix = MatrixFile(file, heads=1, labels=1, separator=",")
    dialect = Dialect("figaro", scheme("figaro"), FINALS, dict.fromkeys(ADDED, VALUE_ADDED))
    columns = [_column(name, dialect) for name in matrix.header[0][1:]]
    found = start(columns, dialect, asked, str(file))

    def blocks(expected: int) -> Iterable[Block]:
        for rows, values, line in matrix.rows(expected):
            yield [_column(row[0], dialect) for row in rows], values, line

    paid = add_matrix(found, columns, blocks, dialect, str(file), tell)
    return found, sum(paid.values())


def _column(name: str, dialect: Dialect) -> Column:
    column = dialect.read(name)
    if column.cell is None:
        return column
    return replace(column, cell=_cell(*column.cell))


def _cell(region: str, code: str) -> Cell:
    """A cell as the concordance spells it: without CPA_, C10T12 for C10-12."""
    return region, code.removeprefix("CPA_").replace("-", "T")


def _read_flat(
    file: TextFile, names: Names, asked: BuildOptions, tell: Progress
) -> tuple[Accumulator, float]:
    meaning = Meaning(
        seller=lambda code: VALUE_ADDED if code in ADDED else None,
        final=lambda code: code in FINALS,
    )
    cells, lines = cells_of(csv_chunks(file, names), names, meaning)
    if not cells:
        raise TableError(f"{file} has no lines.", "Fetch it again.")
    found = Accumulator(
        make_layout("figaro", scheme("figaro"), [_cell(*c) for c in cells], asked, str(file))
    )
    adding = Lines(
        found, names, meaning, _cell, lambda code: region_label("figaro", code), str(file)
    )
    adding.add(csv_chunks(file, names), lines, tell)
    return found, adding.paid
