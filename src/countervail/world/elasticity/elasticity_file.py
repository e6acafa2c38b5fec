"""A user's own elasticities: one CSV file, every line of it checked.

Columns ``sector`` and ``elasticity``; also ``low``, ``high``, ``source``, ``status``,
``note``, ``kind`` and ``scheme``. What is published is not always the model's theta, so
``kind`` says what the numbers are:

- ``theta`` (or nothing): the model's own, the elasticity of purchases *with duty* to cost;
- ``sigma``: an elasticity of substitution between origins; theta = sigma - 1;
- ``tariff``: the coefficient of import values *before duty* on log(1 + tariff). In the model
  purchases with duty fall by theta, so values before duty fall by theta + 1, and
  theta = -coefficient - 1.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from countervail.errors import (
    ElasticityFileError,
    NegativeValueError,
    NotANumberError,
    UnitError,
    nearest,
)
from countervail.parameters import parameter
from countervail.world import registry
from countervail.world.registry import Elasticity

COLUMNS = ("sector", "elasticity", "low", "high", "source", "status", "note", "kind", "scheme")
"""The columns that a file may have; the first two it must have."""

_KINDS = ("theta", "sigma", "tariff")
_STATUSES = ("read", "cited", "judgement", "derived", "given")
_LARGEST = 1_000_000  # bytes; a line per sector is a page or two
_SHOWN = 8
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Line:
    """One line of the file: its number, what it names, and its elasticity as theta."""

    number: int
    sector: str
    scheme: str
    row: Elasticity


def is_number(text: str) -> bool:
    """Whether ``text`` is a plain decimal number."""
    return _NUMBER.fullmatch(text.strip()) is not None


def checked(value: float, where: str) -> float:
    """``value``, if it can be a trade elasticity; the error otherwise names ``where``."""
    limit = parameter("units.largest_elasticity").value
    if not value > 0 or value != value:
        raise NegativeValueError(
            f"{where}: a trade elasticity of {value:g} is not above 0.",
            "Give the model's theta. In a file, a column kind may say that the number is another "
            "one (sigma or tariff).",
        )
    if value > limit:
        raise UnitError(
            f"{where}: a trade elasticity of {value:g}; none above {limit:g} is taken.",
            "An elasticity is percent per percent: 4, not 400.",
        )
    return value


def read_lines(path: Path, scheme: str = "") -> tuple[list[Line], list[str], str]:
    """The lines of the CSV file at ``path`` as theta, what was turned, and its SHA-256.

    ``scheme``: whose codes the lines without a ``scheme`` of their own use. Raises
    ``ElasticityFileError`` (no such file, not a table), ``NotANumberError``,
    ``NegativeValueError`` and ``UnitError``, each with the line.
    """
    content = _content(path)
    lines, notes = _thetas(path, _table(path, content), scheme)
    return lines, notes, hashlib.sha256(content).hexdigest()


def _content(path: Path) -> bytes:
    remedy = "Give a CSV file with the columns sector and elasticity, or the name of a set."
    if os.path.isdir(path):
        raise ElasticityFileError(f"{path} is a folder, not a file of elasticities.", remedy)
    if not os.path.exists(path):
        known = ", ".join(registry.elasticity_sets())
        raise ElasticityFileError(
            f"there is no file of elasticities {path}.", f"Check the path. Sets: {known}."
        )
    try:
        if path.stat().st_size > _LARGEST:
            raise ElasticityFileError(f"{path} is larger than {_LARGEST:,} bytes.", remedy)
        return path.read_bytes()
    except OSError as error:
        raise ElasticityFileError(
            f"{path} cannot be read: {error.strerror or error}.", remedy
        ) from error


def _table(path: Path, content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows with their line numbers; every row as wide as the header."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ElasticityFileError(
            f"{path} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8."
        ) from None
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        rows = [(reader.line_num, [c.strip() for c in row]) for row in reader if any(row)]
    except csv.Error as error:
        raise ElasticityFileError(
            f"{path}, line {reader.line_num}: {error}.", "Save it as plain CSV."
        ) from None
    if not rows:
        raise ElasticityFileError(f"{path} is empty.", "Its first line names the columns.")
    header = [name.lower() for name in rows[0][1]]
    _check_header(path, header)
    for number, row in rows[1:]:
        if len(row) != len(header):
            raise ElasticityFileError(
                f"{path}, line {number} has {len(row)} columns; the header has {len(header)}.",
                "Quote texts that hold commas, and write decimals with a point (3.5).",
            )
    if len(rows) == 1:
        raise ElasticityFileError(f"{path} has a header, but no line under it.", "Add sectors.")
    return [(number, dict(zip(header, row, strict=True))) for number, row in rows[1:]]


def _check_header(path: Path, header: Sequence[str]) -> None:
    if len(header) == 1 and ";" in header[0]:
        raise ElasticityFileError(
            f"{path} is parted by semicolons.", "Save it with commas between the columns."
        )
    unknown = [name for name in header if name not in COLUMNS]
    if unknown:
        raise ElasticityFileError(
            f"{path} has a column {unknown[0]!r} that is not known.",
            f"{nearest(unknown[0], COLUMNS)} Columns: {', '.join(COLUMNS)}.",
        )
    missing = [name for name in ("sector", "elasticity") if name not in header]
    twice = [name for name in header if list(header).count(name) > 1]
    if missing or twice:
        what = f"lacks the column {missing[0]}" if missing else f"has the column {twice[0]} twice"
        raise ElasticityFileError(f"{path} {what}.", f"Columns: {', '.join(COLUMNS)}.")


def _thetas(
    path: Path, table: Iterable[tuple[int, dict[str, str]]], scheme: str
) -> tuple[list[Line], list[str]]:
    """Every line with its value turned into the model's theta, and what was turned."""
    rows = list(table)
    kinds = {number: _word(path, number, row, "kind", _KINDS) or "theta" for number, row in rows}
    values = {number: _number(path, number, row, "elasticity") for number, row in rows}
    turn, notes = _turns(path, kinds, values)
    lines = []
    for number, row in rows:
        theta = turn[kinds[number]]
        where = f"{path}, line {number}"
        value = checked(theta(_required(values[number], where)), f"{where} ({row['sector']})")
        ends = [_number(path, number, row, end) for end in ("low", "high")]
        low, high = (
            sorted(theta(e) for e in ends if e is not None)
            if None not in ends
            else (
                None,
                None,
            )
        )
        if low is not None and high is not None and not low <= value <= high:
            raise ElasticityFileError(
                f"{where}: {row['elasticity']} is not between low {row['low']} and high "
                f"{row['high']}.",
                "Correct one of the three.",
            )
        lines.append(
            Line(
                number,
                row["sector"],
                row.get("scheme", "") or scheme,
                Elasticity(
                    sector=row["sector"],
                    value=value,
                    low=low,
                    high=high,
                    parameter="",
                    source=row.get("source") or f"file {path.name}, no source stated",
                    status=_word(path, number, row, "status", _STATUSES) or "given",
                    note=row.get("note", ""),
                ),
            )
        )
    return lines, notes


def _turns(
    path: Path, kinds: Mapping[int, str], values: Mapping[int, float | None]
) -> tuple[dict[str, Callable[[float], float]], list[str]]:
    """How numbers of each kind become theta, and a note on each kind that is not theta."""
    turn: dict[str, Callable[[float], float]] = {}
    notes = []
    for kind in dict.fromkeys(kinds.values()):
        signed = {n: v for n, v in values.items() if kinds[n] == kind and v is not None}
        negative = [n for n, v in signed.items() if v < 0]
        if kind == "tariff":
            wrong = [n for n in signed if n not in negative]
            if wrong:
                raise NegativeValueError(
                    f"{path} has tariff coefficients that are not negative: {_lines(wrong)}.",
                    "A coefficient on log(1 + tariff) is below zero, since tariffs lower trade. "
                    "Leave such sectors out, or write their theta with kind theta.",
                )
            turn[kind] = _from_tariff
            notes.append(
                f"{len(signed)} tariff coefficients became theta = -coefficient - 1 (values "
                "before duty fall by theta + 1 percent)."
            )
            continue
        if negative and len(negative) < len(signed):
            raise NegativeValueError(
                f"{path} has elasticities of both signs; negative: {_lines(negative)}.",
                "Write all of them positive, or all of them negative.",
            )
        sign = -1.0 if negative else 1.0
        turn[kind] = _from_sigma(sign) if kind == "sigma" else _from_theta(sign)
        if negative:
            notes.append(f"All {len(signed)} values of kind {kind} are negative; signs turned.")
        if kind == "sigma":
            notes.append(f"{len(signed)} elasticities of substitution became theta = sigma - 1.")
    return turn, notes


def _from_tariff(value: float) -> float:
    return -value - 1.0


def _from_sigma(sign: float) -> Callable[[float], float]:
    return lambda value: sign * value - 1.0


def _from_theta(sign: float) -> Callable[[float], float]:
    return lambda value: sign * value


def _word(
    path: Path, number: int, row: Mapping[str, str], column: str, allowed: Sequence[str]
) -> str:
    word = row.get(column, "").lower()
    if word and word not in allowed:
        raise ElasticityFileError(
            f"{path}, line {number}: {column} is {row[column]!r}.",
            f"Allowed: {', '.join(allowed)}.",
        )
    return word


def _number(path: Path, number: int, row: Mapping[str, str], column: str) -> float | None:
    text = row.get(column, "")
    if not text:
        return None
    if not is_number(text):
        raise NotANumberError(
            f"{path}, line {number}: {column} is {text!r}, not a number.",
            "Write 3.5, without a percent sign and with a point.",
        )
    return float(text)


def _required(value: float | None, where: str) -> float:
    if value is None:
        raise NotANumberError(
            f"{where} has no elasticity.",
            "Fill it in, or leave the line out and add one for a group that holds the sector.",
        )
    return value


def _lines(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(n) for n in numbers[:_SHOWN])
    return (
        f"line{'s' if len(numbers) > 1 else ''} {shown}{', ...' if len(numbers) > _SHOWN else ''}"
    )
