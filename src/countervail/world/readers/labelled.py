"""Matrices with four labels for each row and column: spreadsheets and Stata files of WIOD."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from countervail.errors import NotANumberError, TableError
from countervail.world.arrays import Array
from countervail.world.readers.opening import check_book, require_file

_NUMBER = re.compile(r"[cr](\d+)")
_VARIABLE = re.compile(r"v([A-Za-z0-9]{3})(\d+)")
_HEADER_WITHIN = 12
_LABELS = 4
_CHUNK = 256
_LARGEST_STATA = 2 * 1024**3
_BROKEN = (ValueError, EOFError, struct.error, KeyError, IndexError, OverflowError)
"""What pandas raises where a Stata file is damaged."""

_ROW_LABELS = ("IndustryCode", "IndustryDescription", "Country", "RNr")


@dataclass(frozen=True)
class Label:
    """What names one row or column: industry code, name, region, and number (c1: 1)."""

    code: str
    name: str
    region: str
    number: int | None
    text: str


@dataclass(frozen=True)
class LabelledMatrix:
    """Columns by label, and a function that yields labels, numbers and the first line."""

    columns: tuple[Label, ...]
    rows: Callable[[], Iterator[tuple[list[Label], Array, int]]]
    title: str


def open_sheet(path: Path) -> LabelledMatrix:
    """The first sheet of a workbook that has a row of column numbers c1, c2, ...

    ``TableError`` where the workbook is missing, damaged or has no such sheet.
    """
    import python_calamine as calamine

    check_book(path)
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            top = [row for row, _ in zip(sheet.iter_rows(), range(_HEADER_WITHIN), strict=False)]
            at = _numbers_row(top)
            if at is not None:
                return _sheet_matrix(path, sheet, top, at)
    except (calamine.CalamineError, calamine.XmlError, calamine.ZipError, OSError) as error:
        raise TableError(
            f"{path} cannot be read as a workbook ({error}).", "Fetch it again."
        ) from (error)
    raise TableError(
        f"{path} has no sheet with column numbers c1, c2, ... in its first rows.",
        "Give a world input-output table of WIOD as it was published. Is it another format?",
    )


def open_stata(path: Path) -> LabelledMatrix:
    """A Stata file with the columns vAUS1, ..., IndustryCode, Country, RNr and TOT.

    ``TableError`` where it is missing, is no Stata file, or lacks a column.
    """
    import pandas

    require_file(path)
    if path.stat().st_size > _LARGEST_STATA:
        raise TableError(f"{path} is larger than a table of WIOD can be.", "Fetch it again.")
    try:
        with pandas.read_stata(path, iterator=True) as reader:
            names = list(reader.variable_labels())
    except (*_BROKEN, OSError) as error:
        raise TableError(f"{path} is no Stata file ({error}).", "Fetch it again.") from error
    missing = [x for x in ("IndustryCode", "Country", "RNr") if x not in names]
    if missing or "TOT" not in names:
        raise TableError(
            f"{path} lacks the column {(missing or ['TOT'])[0]!r}.",
            "Give the wide Stata file of the 2016 release (WIOT2014_October16_ROW.dta).",
        )
    shown = [x for x in names if x in _ROW_LABELS]
    numbers = [x for x in names if x == "TOT" or _VARIABLE.fullmatch(x)]
    columns = []
    for name in numbers:
        match = _VARIABLE.fullmatch(name)
        region, number = (match[1], int(match[2])) if match else ("TOT", None)
        columns.append(Label("" if match else "GO", "", region, number, name))

    def rows() -> Iterator[tuple[list[Label], Array, int]]:
        line = 1
        try:
            with pandas.read_stata(path, chunksize=_CHUNK, convert_categoricals=False) as reader:
                for frame in reader:
                    labels = [_stata_label(row) for row in frame[shown].to_dict("records")]
                    values = frame[numbers].to_numpy()
                    yield labels, _floats(values, labels, columns, line, path), line
                    line += len(frame)
        except _BROKEN as error:
            what = f"{path} is damaged or cut short ({error})."
            raise TableError(what, "Fetch it again.") from error

    return LabelledMatrix(tuple(columns), rows, path.stem)


def _stata_label(row: dict[str, Any]) -> Label:
    code, name, region, number = (row.get(key, "") for key in _ROW_LABELS)
    text = f"{region} {code}"
    return Label(str(code), str(name), str(region), int(number), text)


def _numbers_row(top: Sequence[Sequence[Any]]) -> int | None:
    """The position of the row that holds the column numbers c1, c2, ...; None without one."""
    for k, row in enumerate(top):
        found = [x for x in row if isinstance(x, str) and _NUMBER.fullmatch(x.strip())]
        if len(found) > 1 and k >= _LABELS - 1:
            return k
    return None


def _sheet_matrix(path: Path, sheet: Any, top: Sequence[Sequence[Any]], at: int) -> LabelledMatrix:
    heads = [[_text(x) for x in row] for row in top[at - _LABELS + 1 : at + 1]]
    first = next(k for k, x in enumerate(heads[-1]) if _NUMBER.fullmatch(x))
    if first < _LABELS:
        raise TableError(
            f"{path}: the columns before c1 must be code, name, region and number.",
            "Give the sheet as it was published.",
        )
    width = max(len(row) for row in heads)
    padded = [row + [""] * (width - len(row)) for row in heads]
    columns = [_label([row[k] for row in padded]) for k in range(first, width)]
    while columns and not columns[-1].text.strip():
        columns.pop()
    title = " ".join(_text(x) for row in top[: at - _LABELS + 1] for x in row if x != "")

    def rows() -> Iterator[tuple[list[Label], Array, int]]:
        labels: list[Label] = []
        values: list[Sequence[Any]] = []
        line = begun = at + 1
        for line, row in enumerate(sheet.iter_rows()):
            if line <= at:
                continue
            label = _label([_text(x) for x in row[first - _LABELS : first]])
            cells = row[first : first + len(columns)]
            if not label.text.strip() and not any(x != "" for x in cells):
                continue
            if not labels:
                begun = line
            labels.append(label)
            values.append(cells)
            if len(labels) == _CHUNK:
                yield labels, _floats(values, labels, columns, begun + 1, path), begun + 1
                labels, values = [], []
        if labels:
            yield labels, _floats(values, labels, columns, begun + 1, path), begun + 1

    return LabelledMatrix(tuple(columns), rows, title)


def _label(words: Sequence[str]) -> Label:
    code, name, region, number = words
    match = _NUMBER.fullmatch(number)
    shown = " ".join(x for x in (region, number, code) if x)
    return Label(code, name, region, int(match[1]) if match else None, shown or name)


def _floats(
    values: Any,
    rows: Sequence[Label],
    columns: Sequence[Label],
    line: int,
    path: Path,
) -> Array:
    """The cells as numbers; ``NotANumberError`` with row and column where one is none."""
    try:
        found = np.array(values, dtype=np.float64)
        if (
            _all_numbers(values)
            and found.shape == (len(rows), len(columns))
            and np.isfinite(found).all()
        ):
            return found
    except (ValueError, TypeError):
        pass
    for r, row in enumerate(values):
        for c, column in enumerate(columns):
            cell = row[c] if c < len(row) else ""
            if isinstance(cell, bool) or not _is_number(cell):
                raise NotANumberError(
                    f"{path}, row {line + r} ({rows[r].text}), column {column.text}: "
                    f"{str(cell)[:40]!r} is not a number.",
                    "Correct the cell; fetch the file again if it was not edited.",
                )
    return np.array([list(row[: len(columns)]) for row in values], dtype=np.float64)


def _all_numbers(values: Any) -> bool:
    """Whether no cell is text or a truth value, which NumPy would turn into numbers."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        return values.dtype.kind in "fiu"
    kinds = {kind for row in values for kind in set(map(type, row))}
    return bool not in kinds and all(issubclass(k, (int, float, np.number)) for k in kinds)


def _is_number(cell: object) -> bool:
    return isinstance(cell, (int, float, np.number)) and bool(np.isfinite(float(cell)))


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
