"""Any table in a plain layout: one line per cell, as CSV or Parquet (docs/tables.md)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from countervail.errors import OptionError, TableError, nearest
from countervail.world import registry
from countervail.world.core import World
from countervail.world.formats import BuildOptions, Progress
from countervail.world.readers.accumulate import Accumulator
from countervail.world.readers.closing import build
from countervail.world.readers.codes import PLAIN, Industry, Scheme, scheme_of_file, spelled
from countervail.world.readers.layout import Cell, make_layout, year_in
from countervail.world.readers.lines import Lines
from countervail.world.readers.long import (
    Chunk,
    Meaning,
    Names,
    cells_of,
    csv_chunks,
    frame_chunk,
)
from countervail.world.readers.opening import find_text, require_file, sha256
from countervail.world.readers.table import USD, About, SourceTable, table_of
from countervail.world.readers.wide import VALUE_ADDED

NAMES = Names("exporter", "sector", "importer", "user", "value")
FINAL = "final"
ADDED = "value_added"

_SHOWN = 8
_BATCH = 500_000
_LARGEST = 8 * 1024**3
_PARQUET = "Install it with: pip install 'countervail[parquet]', or give the table as CSV."

_PARQUET_AGAIN = "Write it again, or give the table as CSV."

Chunks = Callable[[], Iterator[Chunk]]


def build_plain(
    path: str | os.PathLike[str], progress: Progress | None, options: BuildOptions
) -> World:
    """The world of a table in the plain layout; see ``read_plain``."""
    return build(read_plain, path, progress, options)


def read_plain(path: Path, options: BuildOptions, tell: Progress) -> SourceTable:
    """A table with the columns exporter, sector, importer, user and value.

    ``value`` (million USD, or another unit with ``usd_per_unit``) is what ``user``, an
    industry or ``final`` (also ``final:NAME``) in ``importer``, buys of ``sector`` from
    ``exporter``. Cells without a line are zero. Lines with the sector ``value_added`` say
    what industry ``user`` of ``importer`` adds, and are checked. ``TableError``,
    ``NotANumberError`` and ``OptionError`` say what is wrong.
    """
    require_file(path)
    chunks = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path, options)
    meaning = Meaning(
        seller=lambda code: VALUE_ADDED if code == ADDED else None,
        final=lambda code: code == FINAL or code.startswith(f"{FINAL}:"),
    )
    year = year_in(options, path.name)
    asked = replace(options, year=year, name=options.name or path.stem)
    cells, lines = cells_of(chunks(), NAMES, meaning)
    if not cells:
        raise TableError(f"{path} has no lines.", "Write one line per cell.")
    industries = _industries(cells, options)
    found = Accumulator(make_layout(PLAIN, industries, cells, asked, str(path)))
    lines_of = Lines(
        found, NAMES, meaning, lambda region, code: (region, code), lambda code: code, str(path)
    )
    lines_of.add(chunks(), lines, tell)
    about = About(
        f"a table of the user's, file {path.name}, year {year}",
        "that of the table's source",
        USD,
        ("what the table leaves out is not known here",),
    )
    return table_of(found, about, _notes(found), {path.name: sha256(path)})


def _csv(path: Path, options: BuildOptions) -> Chunks:
    file = find_text(path, (".csv", ".txt"), options.member, options.year)
    return lambda: csv_chunks(file, NAMES)


def _parquet(path: Path) -> Chunks:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise OptionError("reading Parquet needs pyarrow.", _PARQUET) from error
    if path.stat().st_size > _LARGEST:
        raise TableError(f"{path} is larger than {_LARGEST:,} bytes.", "Is it another file?")
    columns = [*NAMES.labels, NAMES.value]

    def chunks() -> Iterator[Chunk]:
        try:
            with pyarrow.parquet.ParquetFile(path) as source:
                held: list[str] = source.schema_arrow.names
                missing = [x for x in columns if x not in held]
                if missing:
                    raise TableError(
                        f"{path} lacks the column {missing[0]!r}.", nearest(missing[0], held)
                    )
                line = 1
                for batch in source.iter_batches(_BATCH, columns=columns):
                    yield frame_chunk(
                        _numbers(batch.to_pandas(), path, line), NAMES, line, str(path)
                    )
                    line += batch.num_rows
        except (pyarrow.ArrowException, OSError) as error:
            raise TableError(
                f"{path} is no Parquet file, or damaged ({error}).", _PARQUET_AGAIN
            ) from error

    return chunks


def _numbers(frame: Any, path: Path, line: int) -> Any:
    """The frame with its values as numbers; ``TableError`` where the column holds text."""
    try:
        return frame.assign(**{NAMES.value: frame[NAMES.value].astype("float64")})
    except (ValueError, TypeError) as error:
        raise TableError(
            f"{path}, rows from {line}, column {NAMES.value}: not all are numbers ({error}).",
            "Write the column as numbers.",
        ) from error


def _industries(cells: list[Cell], options: BuildOptions) -> Scheme:
    """The user's concordance, or the labels as they stand: the registry's first, in its order."""
    if options.concordance is not None:
        return scheme_of_file(options.concordance)
    known = registry.sectors()
    held = {code for _, code in cells}
    order = [*(x for x in known if x in held), *sorted(held - set(known))]
    industries = {
        x: Industry(x, x, known[x].name if x in known else x, known[x].groups if x in known else ())
        for x in order
    }
    return Scheme(
        "the registry", tuple(industries.values()), {spelled(x): i for x, i in industries.items()}
    )


def _notes(found: Accumulator) -> tuple[str, ...]:
    """What the labels say of themselves: which are not known to the registry."""
    fine = found.layout.fine
    notes = []
    strange = [x for x in fine.regions if x not in registry.regions()]
    if strange:
        notes.append(
            f"{len(strange)} regions are no ISO codes of the registry and are kept as they are: "
            f"{', '.join(strange[:_SHOWN])}. {nearest(strange[0], registry.regions())}"
        )
    loose = [
        sector
        for sector in fine.sectors
        if all(
            group == "all" or sector not in members for group, members in fine.sector_groups.items()
        )
    ]
    if loose:
        notes.append(
            f"{len(loose)} sectors belong to no group (goods, services, ...): "
            f"{', '.join(loose[:_SHOWN])}. A concordance (--concordance) can say."
        )
    return tuple(notes)
