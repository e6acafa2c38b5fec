"""Tables with one cell a line: seller, buyer, value. Read in chunks, every fault located."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from countervail.errors import NotANumberError, TableError
from countervail.world.arrays import Array
from countervail.world.readers.layout import Cell, Places
from countervail.world.readers.opening import (
    Guard,
    TextFile,
    fields,
    frames,
    long_limits,
    not_text,
)

_CHUNK = 500_000
_SHOWN = 40
_MOST_FINALS = 64
_MOST_CELLS = 1_000_000_000  # one byte each, to see repeated lines


@dataclass(frozen=True)
class Names:
    """The columns of a long table: regions and codes of seller and buyer, and the value."""

    seller_region: str
    seller: str
    buyer_region: str
    buyer: str
    value: str

    @property
    def labels(self) -> tuple[str, str, str, str]:
        """The four label columns."""
        return (self.seller_region, self.seller, self.buyer_region, self.buyer)


@dataclass(frozen=True)
class Chunk:
    """Some lines: distinct words and the position of each line's word, by column; values.

    ``line`` is that of the first in the file, from 1.
    """

    words: Mapping[str, list[str]]
    places: Mapping[str, Places]
    values: Array
    line: int


@dataclass(frozen=True)
class Meaning:
    """What the codes of a long table mean.

    ``seller``: None for an industry, ``value added`` or ``ignored`` for a row that is none;
    ``final``: whether the code of a buyer is a final use.
    """

    seller: Callable[[str], str | None]
    final: Callable[[str], bool]


def csv_chunks(file: TextFile, names: Names) -> Iterator[Chunk]:
    """The lines of a CSV file; its first names the columns, which come in any order.

    ``TableError`` where a column is missing or repeated, a label is empty or the file is no
    UTF-8; ``NotANumberError`` with the line of a value that is none.
    """
    import pandas

    with file.open(*long_limits()) as stream:
        header = fields(stream.header())
        _require_columns(header, names, str(file))
        line = 2
        types: dict[str, Any] = {**dict.fromkeys(header, "category"), names.value: np.float64}
        try:
            reader = pandas.read_csv(
                io.BufferedReader(stream, 1024 * 1024),
                header=None,
                names=header,
                index_col=False,
                dtype=types,
                keep_default_na=False,
                na_values={names.value: ["", "NA", "NaN", "nan"]},
                skip_blank_lines=True,
                chunksize=_CHUNK,
                encoding="utf-8",
            )
            for frame in frames(reader):
                yield frame_chunk(frame, names, line, str(file))
                line += len(frame)
        except UnicodeDecodeError as error:
            raise not_text(str(file), error) from error
        except (ValueError, OverflowError) as error:
            raise _fault(file, stream, error, header, names) from error


def frame_chunk(frame: Any, names: Names, line: int, file: str) -> Chunk:
    """One pandas frame as a ``Chunk``; errors name ``file`` and the line."""
    words, places = {}, {}
    for column in names.labels:
        kept = frame[column].astype("category").cat
        at = kept.codes.to_numpy().astype(np.intp)
        words[column] = [str(x).strip() for x in kept.categories]
        empty = np.flatnonzero((at < 0) | (np.array([*words[column], "x"]) == "")[at])
        if empty.size:
            raise TableError(
                f"{file}, line {line + int(empty[0])}, column {column}: no label.", "Fill it in."
            )
        places[column] = at
    values = frame[names.value].to_numpy(dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        raise NotANumberError(
            f"{file}, line {line + int(wrong[0])}, column {names.value}: the cell is empty, or "
            "infinite.",
            "Write a number; leave the line out where nothing flows.",
        )
    return Chunk(words, places, values, line)


def cells_of(chunks: Iterable[Chunk], names: Names, meaning: Meaning) -> tuple[list[Cell], int]:
    """Every industry of every region that sells or buys, and how many lines there are."""
    found: dict[Cell, None] = {}
    lines = 0
    for chunk in chunks:
        lines += len(chunk.values)
        found.update(
            (cell, None)
            for cell in _pairs(chunk, names.seller_region, names.seller)
            if meaning.seller(cell[1]) is None
        )
        found.update(
            (cell, None)
            for cell in _pairs(chunk, names.buyer_region, names.buyer)
            if not meaning.final(cell[1])
        )
    return list(found), lines


def _pairs(chunk: Chunk, region: str, code: str) -> list[Cell]:
    """The distinct pairs of region and code in two columns."""
    where, what = chunk.words[region], chunk.words[code]
    pairs = np.unique(chunk.places[region] * len(what) + chunk.places[code])
    return [(where[k // len(what)], what[k % len(what)]) for k in pairs.tolist()]


def _require_columns(header: Sequence[str], names: Names, file: str) -> None:
    if len(set(header)) != len(header):
        raise TableError(f"{file}: its first line repeats a column.", "Name each once.")
    missing = [x for x in (*names.labels, names.value) if x not in header]
    if missing:
        shown = ",".join(header)[:80]
        hint = " It looks as if it were separated by semicolons." if ";" in shown else ""
        raise TableError(
            f"{file} lacks the column {missing[0]!r}; its first line is {shown!r}.{hint}",
            f"It needs the columns {', '.join((*names.labels, names.value))}, with commas between.",
        )


def _fault(
    file: TextFile, stream: Guard, error: Exception, header: list[str], names: Names
) -> Exception:
    """Why the parser stopped, with its line: the file is read again to find it."""
    if stream.failure is not None:
        return stream.failure
    at = header.index(names.value)
    with file.open(*long_limits()) as again:
        again.header()
        text = io.TextIOWrapper(io.BufferedReader(again), encoding="utf-8", newline="")
        for number, raw in enumerate(text, start=2):
            row = fields(raw.rstrip("\r\n"))
            if len(row) > len(header):
                return _fields(file, number, len(header))
            try:
                float(row[at] if at < len(row) else "0")
            except ValueError:
                return NotANumberError(
                    f"{file}, line {number}, column {names.value}: {row[at][:_SHOWN]!r} is not a "
                    "number.",
                    "Write a number with a point, without blanks or thousands separators.",
                )
    return TableError(f"{file} cannot be read: {error}.", "Fetch it again.")


def _fields(file: TextFile, line: int, count: int) -> TableError:
    return TableError(
        f"{file}, line {line}: more than the {count} fields of the first line.",
        "Put text that holds commas in double quotes, and write numbers without them.",
    )
