"""Published lists of agreements and treaties that a user may bring: DESTA and UNCTAD.

Neither ships with the package.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

from countervail.channels.capital.read import economy
from countervail.channels.ties.read import Row, TiesFile, errors_in
from countervail.errors import TiesFileError
from countervail.world import registry

_LEFT_OUT = ("negotiation", "withdrawal")
_DESTA_NEEDS = ("name", "entry_type", "entryforceyear", "c1")
_TREATY_NEEDS = ("Shorttitle", "Parties", "Dateofentryintoforce", "Dateoftermination")
_MISSING = ("", "NA")
_UNION = "bleu"  # Belgium and Luxembourg conclude together


def from_desta(name: str, text: str) -> TiesFile:
    """Trade agreements of the DESTA list of members (``;``, M49 codes in columns c1, c2, ...).

    Every two countries of a line count as tied from its year of entry into force; lines without
    one, and those of type negotiation or withdrawal, are left out and counted. Codes that the
    registry does not know are left out and counted. The list does not say what has ended.
    Raises ``TiesFileError``.

    Source: Dür, Baccini & Elsig (2014), The Review of International Organizations 9.
    """
    reader = csv.DictReader(io.StringIO(text), delimiter=";")
    header = reader.fieldnames or ()
    missing = [column for column in _DESTA_NEEDS if column not in header]
    if missing:
        raise errors_in(name, [f"line 1: column {column!r} is missing." for column in missing])
    members = [column for column in header if re.fullmatch(r"c\d+", column)]
    codes = {int(e.numeric): code for code, e in registry.regions().items() if e.numeric}
    rows: list[Row] = []
    problems: list[str] = []
    left, pending, unknown = 0, 0, set()
    for line in reader:
        if line["entry_type"] in _LEFT_OUT:
            left += 1
            continue
        if line["entryforceyear"] in _MISSING:
            pending += 1
            continue
        where = f"line {reader.line_num}"
        year = _number(line["entryforceyear"], f"{where}, entryforceyear", problems)
        cells = [line[column] for column in members if line[column] not in (None, *_MISSING)]
        parties = [_number(cell, f"{where}, members", problems) for cell in cells]
        unknown |= {p for p in parties if p is not None and p not in codes}
        held = sorted({codes[p] for p in parties if p in codes})
        rows += [
            Row(a, b, "trade-agreement", line["name"], year, source="DESTA", status="given")
            for a, b in combinations(held, 2)
        ]
    if problems:
        raise errors_in(name, problems)
    if not rows:
        raise nothing_in(name, left + pending)
    notes = [
        f"{name}: {left} lines of negotiations and withdrawals and {pending} without a year of "
        "entry into force are left out; every two members of a line count as tied; what has "
        "ended is not in the list."
    ]
    if unknown:
        notes.append(f"{len(unknown)} codes in {name} are no countries of the registry.")
    return TiesFile(tuple(rows), (f"DESTA list of members ({name})",), tuple(notes))


def _number(cell: str, where: str, problems: list[str]) -> int | None:
    if re.fullmatch(r"[0-9]+(\.0*)?", cell):
        return int(cell.partition(".")[0])
    problems.append(f"{where}: {cell!r} is not a number.")
    return None


def nothing_in(name: str, left_out: int) -> TiesFileError:
    """The error for a list from which no tie comes: the package's must not stand in for it."""
    return TiesFileError(
        f"{name} holds no ties: no two countries of the registry ({left_out} lines left out).",
        "Bring the list as it is published.",
    )


def from_unctad(path: Path) -> TiesFile:
    """Investment treaties of the UNCTAD list in Stata's form (.dta).

    In force: with a date of entry into force and none of termination. Parties that are no single
    economy are left out and counted. Raises ``TiesFileError``.

    Source: UNCTAD, International Investment Agreements Navigator.
    """
    import pandas as pd

    try:
        table = pd.read_stata(path)
    except OSError as error:
        raise TiesFileError(
            f"{path} cannot be read: {error.strerror or error}.", "Check the path."
        ) from error
    except Exception as error:  # pandas raises what its parser happens upon
        raise TiesFileError(
            f"{path} is no file of Stata: {error}.", "Download the file anew, or save it as CSV."
        ) from error
    missing = [column for column in _TREATY_NEEDS if column not in table.columns]
    if missing:
        raise errors_in(path.name, [f"column {column!r} is missing." for column in missing])
    rows: list[Row] = []
    unknown: set[str] = set()
    ended = pending = 0
    for record in table.to_dict("records"):
        line = {str(key): str(value).strip() for key, value in record.items()}
        if line["Dateoftermination"]:
            ended += 1
        elif not line["Dateofentryintoforce"]:
            pending += 1
        else:
            rows += _treaty(line, unknown)
    if not rows:
        raise nothing_in(path.name, ended + pending)
    notes = [
        f"{path.name}: {ended} treaties that were ended and {pending} that are not in force are "
        "left out."
    ]
    if unknown:
        notes.append(
            f"{len(unknown)} parties in {path.name} are no economies of the registry: "
            f"{', '.join(sorted(unknown)[:5])}{', ...' if len(unknown) > 5 else ''}."
        )
    return TiesFile(
        tuple(rows), (f"UNCTAD list of investment treaties ({path.name})",), tuple(notes)
    )


def _treaty(line: Mapping[str, str], unknown: set[str]) -> list[Row]:
    year = re.search(r"(\d{4})$", line["Dateofentryintoforce"])
    sides: list[list[str]] = []
    for word in (part.strip() for part in line["Parties"].split(";")):
        if not word:
            continue
        codes = ["BEL", "LUX"] if word.lower().startswith(_UNION) else [economy(word)]
        if codes == [None]:
            unknown.add(word)
        sides.append([code for code in codes if code is not None])
    return [
        Row(
            a,
            b,
            "investment-treaty",
            line["Shorttitle"],
            int(year[1]) if year else None,
            source="UNCTAD",
            status="given",
        )
        for left, right in combinations(sides, 2)
        for a in left
        for b in right
    ]
