"""Ties from files: the tables of the package, and a user's own, read strictly."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations, product
from pathlib import Path
from types import MappingProxyType

from countervail.errors import TiesFileError, nearest
from countervail.world import registry

TIED = (
    "trade-agreement",
    "investment-treaty",
    "alliance",
    "defence-tie",
    "diplomatic-post",
    "forum",
)
"""Kinds of ties; of the last three the package holds none: they come from deals and files."""
_VALUED = ("voting", "distance")
_NEEDED = ("a", "b", "layer")
_COLUMNS = (*_NEEDED, "since", "until", "value", "source", "status")
_SHIPPED = {
    "trade-agreement": "agreements.csv",
    "investment-treaty": "investment-treaties.csv",
    "alliance": "alliances.csv",
}
_SHOWN = 20


@dataclass(frozen=True)
class Row:
    """One tie, or one value of a pair, between two countries by their ISO3 codes."""

    a: str
    b: str
    layer: str
    name: str = ""
    since: int | None = None
    until: int | None = None
    value: float | None = None
    depth: str = ""
    source: str = ""
    status: str = ""

    def in_force(self, year: int | None) -> bool:
        """Whether it held in ``year``; None: whether it has no end."""
        if year is None:
            return self.until is None
        return (self.since or year) <= year <= (self.until or year)


@dataclass(frozen=True)
class Mediator:
    """A country that mediated, hosted talks or stood surety in one conflict."""

    country: str
    conflict: str
    role: str
    year: int
    source: str
    status: str


@dataclass(frozen=True)
class Package:
    """What the package knows: ties, mediators, positions in votes by ISO3 code."""

    rows: tuple[Row, ...]
    mediators: tuple[Mediator, ...]
    positions: Mapping[str, float]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class TiesFile:
    """What one file says, and what of it was left out."""

    rows: tuple[Row, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()


@cache
def package() -> Package:
    """The tables under ``data/ties``."""
    rows = [row for layer in _SHIPPED for row in _agreements(layer)]
    read = sum(row.status == "read" for row in rows)
    return Package(
        rows=tuple(rows),
        mediators=tuple(
            Mediator(
                row["country"],
                row["conflict"],
                row["role"],
                int(row["year"]),
                row["source"],
                row["status"],
            )
            for row in _table("mediators.csv")
        ),
        positions=MappingProxyType(
            {row["country"]: float(row["position"]) for row in _table("voting.csv")}
        ),
        sources=(
            "Agreements, investment treaties and alliances: kept by hand, each with its source "
            f"({read:,} of {len(rows):,} pairs were read, the others are general knowledge)",
            "Mediators in conflicts of 2020-26: press reports, each with its address",
            "Votes: means of ideal points of 2015-19 in the UN General Assembly, after Bailey, "
            "Strezhnev and Voeten (2017)",
        ),
    )


def _agreements(layer: str) -> list[Row]:
    """Every pair that an agreement joins: members with each other, or with partners."""
    return [
        Row(
            a,
            b,
            layer,
            name=row["name"],
            since=int(row["since"]) if row["since"] else None,
            until=int(row["until"]) if row["until"] else None,
            depth=row["depth"],
            source=row["source"],
            status=row["status"],
        )
        for row in _table(_SHIPPED[layer])
        for a, b in _pairs(_members(row["members"]), _members(row["partners"]))
    ]


def _pairs(members: list[str], partners: list[str]) -> list[tuple[str, str]]:
    return list(product(members, partners) if partners else combinations(members, 2))


def _members(cell: str) -> list[str]:
    """The countries that codes and groups of the registry in a cell stand for."""
    known = registry.regions()
    return [
        code
        for word in cell.split(";")
        if word
        for code in ([word] if word in known else [c for c, e in known.items() if word in e.groups])
    ]


def _table(name: str) -> list[dict[str, str]]:
    text = files("countervail.data").joinpath("ties", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def read_file(path: str | os.PathLike[str]) -> TiesFile:
    """The ties in a user's file; which of three forms it has is told from its name and header.

    A CSV file with the columns of ``docs/ties.md``, the DESTA list of members (semicolons), or
    the UNCTAD list of investment treaties (.dta). Raises ``TiesFileError`` with every error.
    """
    from countervail.channels.ties.published import from_desta, from_unctad

    place = Path(path)
    if place.suffix.lower() == ".dta":
        return from_unctad(place)
    if place.suffix.lower() in (".rda", ".rdata"):
        raise TiesFileError(
            f"{place} is a file of R, which this program does not read.",
            "Write it from R as CSV with the columns a, b and layer: docs/ties.md.",
        )
    text = _text(place)
    header = text.partition("\n")[0]
    if ";" in header and "entry_type" in header:
        return from_desta(place.name, text)
    return _long(place.name, text)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        raise TiesFileError(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.",
            f"Ties are a CSV file with the columns {', '.join(_NEEDED)}: docs/ties.md.",
        ) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"entry_type" in raw.partition(b"\n")[0]:  # DESTA is published in Latin-1
            return raw.decode("latin-1")
        raise TiesFileError(
            f"{path} is not UTF-8 text (byte {error.start}).", "Save it as CSV in UTF-8."
        ) from error


def _long(name: str, text: str) -> TiesFile:
    problems: list[str] = []
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        header = [column.strip() for column in reader.fieldnames or ()]
        reader.fieldnames = header
        _columns(header, problems)
        rows = [] if problems else [r for line in reader for r in _rows(line, reader, problems)]
    except csv.Error as error:
        problems.append(f"line {reader.line_num}: {error}.")
    if not problems:
        _once(rows, problems)
    if problems:
        raise errors_in(name, problems)
    if not rows:
        raise TiesFileError(f"{name} holds no ties.", f"Needed: {', '.join(_NEEDED)}.")
    return TiesFile(tuple(rows), (name,))


def _once(rows: list[Row], problems: list[str]) -> None:
    """A pair has one vote and one distance: two that differ are a problem."""
    said: dict[tuple[str, str, str], float | None] = {}
    for row in rows:
        if row.layer in _VALUED:
            a, b = sorted((row.a, row.b))
            if said.setdefault((row.layer, a, b), row.value) != row.value:
                problems.append(f"{row.layer} of {row.a} and {row.b} comes twice, and differs.")


def _columns(header: list[str], problems: list[str]) -> None:
    for column in _NEEDED:
        if column not in header:
            problems.append(f"line 1: column {column!r} is missing.")
    for column in dict.fromkeys(header):
        if column not in _COLUMNS:
            problems.append(f"line 1: column {column!r} is not known. {nearest(column, _COLUMNS)}")
        elif header.count(column) > 1:
            problems.append(f"line 1: column {column!r} comes twice.")


def _rows(
    cells: Mapping[str | None, str | None], reader: csv.DictReader[str], problems: list[str]
) -> list[Row]:
    """The pairs of one line; its errors go to ``problems``."""
    line = f"line {reader.line_num}"
    if None in cells or None in cells.values():
        problems.append(f"{line}: not as many cells as the header has.")
        return []
    text = {str(key): str(value).strip() for key, value in cells.items()}
    found: list[str] = []
    layer = text["layer"]
    if layer not in (*TIED, *_VALUED):
        found.append(f"{line}, layer: {layer!r} is none. {nearest(layer, (*TIED, *_VALUED))}")
    since, until = _year(text, "since", line, found), _year(text, "until", line, found)
    if since is not None and until is not None and until < since:
        found.append(f"{line}, until: {until} is before {since}.")
    value = _value(text, layer, line, found)
    a, b = (_countries(text[key], key, line, found) for key in ("a", "b"))
    pairs = [(x, y) for x in a for y in b if x != y]
    if not found and not pairs:
        found.append(f"{line}: {text['a']!r} cannot be tied to itself.")
    problems += found
    if found:
        return []
    kept = (since, until, value)
    source, status = text.get("source", ""), text.get("status", "") or "given"
    return [Row(x, y, layer, source, *kept, source=source, status=status) for x, y in pairs]


def _countries(cell: str, key: str, line: str, problems: list[str]) -> list[str]:
    """The ISO3 codes that a code, a name or a group of the registry stands for."""
    meant = registry.aliases("region").get(cell.lower(), cell)
    found = _members(meant) if cell else []
    if not found:
        known = registry.regions()
        words = {*known, *registry.groups("region"), *(e.name for e in known.values())}
        said = "is empty." if not cell else f"{cell!r} is no country. {nearest(cell, words)}"
        problems.append(f"{line}, {key}: {said}")
    return found


def _year(text: Mapping[str, str], key: str, line: str, problems: list[str]) -> int | None:
    cell = text.get(key, "")
    if cell and not (cell.isascii() and cell.isdigit() and len(cell) == 4 and cell > "0999"):
        problems.append(f"{line}, {key}: {cell!r} is no year.")
        return None
    return int(cell) if cell else None


def _value(text: Mapping[str, str], layer: str, line: str, problems: list[str]) -> float | None:
    cell = text.get("value", "")
    if not cell:
        if layer in _VALUED:
            problems.append(f"{line}, value: is empty; {layer} needs a number.")
        return None
    try:
        value = float(cell)
    except ValueError:
        problems.append(f"{line}, value: {cell!r} is not a number.")
        return None
    if not math.isfinite(value):
        problems.append(f"{line}, value: {cell!r} is not a finite number.")
    elif layer == "voting" and not 0 <= value <= 1:
        problems.append(f"{line}, value: {cell} is not between 0 and 1, as alike votes are.")
    elif value < 0 or (value == 0 and layer != "voting"):
        problems.append(f"{line}, value: {cell} is not above 0.")
    return value


def errors_in(name: str, problems: list[str]) -> TiesFileError:
    """The error that lists what is wrong with a file."""
    more = [f"and {len(problems) - _SHOWN} more."] if len(problems) > _SHOWN else []
    return TiesFileError(
        f"{name} has errors:",
        "Columns and their meaning: docs/ties.md.",
        [*problems[:_SHOWN], *more],
    )
