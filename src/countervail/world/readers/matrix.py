"""Reading a matrix with labels, a few rows at a time: numbers checked, every fault located."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from countervail.errors import NotANumberError, TableError
from countervail.world.arrays import Array
from countervail.world.readers.opening import (
    Guard,
    TextFile,
    fields,
    frames,
    limits,
    not_text,
)

_CELLS = 2_000_000
"""Numbers in memory at once: 16 MB, and several times that inside the parser."""

_SHOWN = 40


class MatrixFile:
    """A text matrix: ``heads`` header lines, ``labels`` columns of labels, then numbers.

    ``header``: the fields of each header line. A further line that has labels only (pandas
    writes one) is passed over. ``rows`` yields label rows, numbers and the line of the
    first of them in the file, from 1.
    """

    def __init__(self, file: TextFile, heads: int, labels: int, separator: str) -> None:
        self.file = file
        self.heads = heads
        self.labels = labels
        self.separator = separator
        with self._open() as stream:
            self.header = [fields(stream.header(), separator) for _ in range(heads)]
            further = fields(stream.header(), separator)
        self._skipped = heads + int(any(further[:labels]) and not any(further[labels:]))
        if not any(self.header):
            raise TableError(f"{file} is empty.", "Fetch it again.")
        widths = {len(line) for line in self.header}
        if len(widths) != 1:
            raise TableError(
                f"{file}: its first {heads} lines have {', '.join(map(str, sorted(widths)))} "
                "fields.",
                "They must name the same columns.",
            )
        self.columns = len(self.header[0]) - labels
        if self.columns < 1:
            first = self.header[0][0] if self.header[0] else ""
            hint = " It looks as if it were separated by semicolons." if ";" in first else ""
            raise TableError(
                f"{file}: its first line has no columns of numbers ({first[:60]!r}).{hint}",
                f"Columns are separated by {'tabs' if separator == chr(9) else 'commas'}.",
            )

    def rows(self, expected: int) -> Iterator[tuple[list[tuple[str, ...]], Array, int]]:
        """Label rows, their numbers (r, column) and the line of the first, chunk by chunk.

        ``expected`` rows bound how long the file may be. ``NotANumberError`` names line and
        column of a cell that is empty or no number; ``TableError`` meets a line with too
        many fields, text that is no UTF-8, and a file that is longer than it may be.
        """
        import pandas

        width = self.labels + self.columns
        chunk = max(1, _CELLS // width)
        line = self._skipped + 1
        with self._open() as stream:
            for _ in range(self._skipped):
                stream.header()
            stream.allow(*limits(expected, width))
            try:
                reader = pandas.read_csv(
                    io.BufferedReader(stream, 1024 * 1024),
                    header=None,
                    names=range(width),
                    index_col=False,
                    sep=self.separator,
                    dtype={k: (str if k < self.labels else np.float64) for k in range(width)},
                    keep_default_na=True,
                    na_filter=True,
                    skip_blank_lines=False,
                    chunksize=chunk,
                    encoding="utf-8",
                    low_memory=False,
                )
                for frame in frames(reader):
                    yield self._checked(frame, line)
                    line += len(frame)
            except UnicodeDecodeError as error:
                raise not_text(str(self.file), error) from error
            except (ValueError, OverflowError) as error:
                # pandas' own ParserError is a ValueError too.
                raise self._fault(stream, error, expected) from error

    def _open(self) -> AbstractContextManager[Guard]:
        return self.file.open(*limits(10**9, 1))

    def _checked(self, frame: Any, line: int) -> tuple[list[tuple[str, ...]], Array, int]:
        values: Array = frame.iloc[:, self.labels :].to_numpy(dtype=np.float64)
        names = [
            tuple("" if isinstance(x, float) else x.strip() for x in row)
            for row in frame.iloc[:, : self.labels].itertuples(index=False)
        ]
        blank = [k for k, row in enumerate(names) if not any(row) and np.isnan(values[k]).all()]
        if blank and blank == list(range(blank[0], len(names))):
            names, values = names[: blank[0]], values[: blank[0]]
        if not np.isfinite(values).all():
            r, c = (int(k[0]) for k in np.nonzero(~np.isfinite(values)))
            raise NotANumberError(
                f"{self.file}, line {line + r}, column {self.column_name(c)} (row "
                f"{' '.join(names[r])}): the cell is empty, or infinite.",
                "Every cell of a table is a number; write 0 where nothing flows.",
            )
        return names, values, line

    def column_name(self, column: int) -> str:
        """The header of one column of numbers."""
        return " ".join(line[self.labels + column] for line in self.header)

    def _fault(self, stream: Guard, error: Exception, expected: int) -> Exception:
        """Why the parser stopped, with line and column: the file is read again to find them."""
        if stream.failure is not None:
            return stream.failure
        width = self.labels + self.columns
        with self._open() as again:
            for _ in range(self._skipped):
                again.header()
            again.allow(*limits(expected, width))
            text = io.TextIOWrapper(io.BufferedReader(again), encoding="utf-8", newline="")
            for number, raw in enumerate(text, start=self._skipped + 1):
                row = fields(raw.rstrip("\r\n"), self.separator)
                if len(row) > width:
                    return TableError(
                        f"{self.file}, line {number}: {len(row)} fields where the first line "
                        f"has {width}.",
                        "A separator too many, or a comma in a number.",
                    )
                for column, cell in enumerate(row[self.labels :]):
                    if not _is_number(cell):
                        return NotANumberError(
                            f"{self.file}, line {number}, column {self.column_name(column)}: "
                            f"{cell[:_SHOWN]!r} is not a number.",
                            "Correct the cell; fetch the file again if it was not edited.",
                        )
        return TableError(f"{self.file} cannot be read: {error}.", "Fetch it again.")


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False
