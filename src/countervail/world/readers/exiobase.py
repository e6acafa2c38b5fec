"""EXIOBASE 3, monetary: a folder or zip with Z.txt, Y.txt and x.txt, million EUR.

Tables are separated by tabs. The first two lines name region and industry (or final
use) of each column, a third repeats the words region and sector; the first two columns
name each row. Industries (ixi) and products (pxp) are told apart by their names.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from countervail.errors import TableError
from countervail.world.core import World
from countervail.world.formats import BuildOptions, Progress
from countervail.world.readers.accumulate import Accumulator
from countervail.world.readers.closing import build
from countervail.world.readers.codes import Scheme, scheme
from countervail.world.readers.layout import year_in
from countervail.world.readers.matrix import MatrixFile
from countervail.world.readers.opening import TextFile, is_zip, require_file, sha256
from countervail.world.readers.table import EUR, About, SourceTable, table_of
from countervail.world.readers.wide import Block, Column, Dialect, add_matrix, start

_LICENCE = (
    "CC BY-SA 4.0 up to version 3.8.2; later ones may be for non-commercial use only (known of "
    "the source, not re-read)"
)
KINDS = ("exiobase-3-ixi", "exiobase-3-pxp")


def build_exiobase(
    path: str | os.PathLike[str], progress: Progress | None, options: BuildOptions
) -> World:
    """The world of one EXIOBASE 3 table; see ``read_exiobase``."""
    return build(read_exiobase, path, progress, options, EUR)


def read_exiobase(path: Path, options: BuildOptions, tell: Progress) -> SourceTable:
    """One EXIOBASE 3 table, million EUR, from the published zip or its unpacked folder.

    Z.txt and Y.txt are read; x.txt, where it is there, is what sales are compared with.
    Value added is output less inputs. ``TableError`` and ``NotANumberError`` name what is
    wrong with the file.
    """
    files = _files(path)
    flows = MatrixFile(files["Z"], heads=2, labels=2, separator="\t")
    final = MatrixFile(files["Y"], heads=2, labels=2, separator="\t")
    kind = _kind(flows, path)
    year = year_in(options, path.name, path.resolve().parent.name)
    asked = replace(options, year=year, name=options.name or f"{kind.name}-{year}")
    dialect = Dialect("exiobase-3", kind, frozenset(), {})
    industries = [_industry(*label, kind) for label in _columns(flows)]
    uses = [Column(f"{r} {what}", final=r) for r, what in _columns(final)]
    found = start(industries, dialect, asked, str(files["Z"]))
    rows = len(industries)
    add_matrix(
        found,
        industries,
        lambda expected: _blocks(flows, kind, expected),
        dialect,
        str(files["Z"]),
        lambda what, part: tell(what, 0.95 * part),
    )
    add_matrix(
        found,
        uses,
        lambda expected: _blocks(final, kind, expected),
        dialect,
        str(files["Y"]),
        lambda what, part: tell(what, 0.95 + 0.05 * part),
    )
    if "x" in files:
        _output(found, MatrixFile(files["x"], heads=1, labels=2, separator="\t"), kind, rows)
    about = About(
        f"EXIOBASE 3, monetary, {kind.name[-3:]}, year {year}",
        _LICENCE,
        EUR,
        (
            "the table holds no import tariffs",
            "five rest regions (ROW-...) hold the countries that are not listed",
        ),
    )
    notes = (
        "Inventories, valuables and the column of exports that are not allocated are part of final "
        "demand of the region that they stand in.",
    )
    read = {file.path for file in files.values()}
    return table_of(found, about, notes, {p.name: sha256(p) for p in sorted(read)})


def _files(path: Path) -> dict[str, TextFile]:
    """Where Z.txt, Y.txt and (if there) x.txt are."""
    if path.is_dir():
        found = {
            key: [p for p in (path / f"{key}.txt", *path.glob(f"*/{key}.txt")) if p.is_file()]
            for key in ("Z", "Y", "x")
        }
        files = {key: [TextFile(p) for p in paths] for key, paths in found.items()}
    else:
        require_file(path)
        if not is_zip(path):
            raise TableError(
                f"{path} is neither a folder nor a zip.",
                "Give the published zip (IOT_2022_pxp.zip), or the folder that it unpacks to.",
            )
        names = _members(path)
        files = {
            key: [TextFile(path, n) for n in names if n.split("/")[-1] == f"{key}.txt"]
            for key in ("Z", "Y", "x")
        }
        # Satellite accounts lie in folders of their own and have final demand files too.
        files = {key: _outermost(found) for key, found in files.items()}
    missing = [f"{key}.txt" for key in ("Z", "Y") if not files[key]]
    if missing:
        hint = " A.txt alone holds coefficients, not flows." if missing == ["Z.txt"] else ""
        raise TableError(
            f"{path} lacks {' and '.join(missing)}.{hint}",
            "Give the monetary tables of EXIOBASE 3 with Z.txt and Y.txt.",
        )
    doubled = [key for key, found in files.items() if len(found) > 1]
    if doubled:
        raise TableError(
            f"{path} holds {doubled[0]}.txt more than once.",
            "Give one year's folder.",
            [str(x) for x in files[doubled[0]]],
        )
    return {key: found[0] for key, found in files.items() if found}


def _members(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return [n for n in archive.namelist() if not n.startswith("__MACOSX")]
    except (zipfile.BadZipFile, OSError) as error:
        raise TableError(f"{path} is damaged or cut short ({error}).", "Fetch it again.") from error


def _outermost(files: list[TextFile]) -> list[TextFile]:
    depth = [(file.member or "").count("/") for file in files]
    return [file for file, d in zip(files, depth, strict=True) if d == min(depth)]


def _columns(matrix: MatrixFile) -> list[tuple[str, str]]:
    regions, names = (line[matrix.labels :] for line in matrix.header)
    return list(zip(regions, names, strict=True))


def _kind(matrix: MatrixFile, path: Path) -> Scheme:
    """By industry or by product: the classification that all columns belong to."""
    names = {name for _, name in _columns(matrix)}
    for kind in map(scheme, KINDS):
        if all(kind.find(name) is not None for name in names):
            return kind
    unknown = min(
        ([n for n in sorted(names) if kind.find(n) is None] for kind in map(scheme, KINDS)),
        key=len,
    )
    raise TableError(
        f"{path} is no monetary EXIOBASE 3 table that is known here: {len(unknown)} of "
        f"{len(names)} industries are not its own, such as {unknown[0]!r}.",
        "It needs two header lines (region, sector) with the 163 industries or 200 products.",
    )


def _industry(region: str, name: str, kind: Scheme) -> Column:
    """A row or column; the code is the scheme's own spelling, so that blanks do not matter."""
    industry = kind.find(name)
    code = industry.code if industry is not None else name
    return Column(f"{region} {code}", cell=(region, code))


def _blocks(matrix: MatrixFile, kind: Scheme, expected: int) -> Iterable[Block]:
    for rows, values, line in matrix.rows(expected):
        yield [_industry(row[0], row[1], kind) for row in rows], values, line


def _output(found: Accumulator, matrix: MatrixFile, kind: Scheme, rows: int) -> None:
    """Output in the table (x.txt), to compare sales with."""
    at = found.layout.position
    for labels, values, line in matrix.rows(rows):
        for k, label in enumerate(labels):
            column = _industry(label[0], label[1], kind)
            if column.cell not in at:
                raise TableError(
                    f"{matrix.file}, line {line + k}: {column.name!r} is in no row of Z.txt.",
                    "The files are of different tables.",
                )
            found.output[at[column.cell]] = values[k, 0]
