"""Positions in the votes of the UN General Assembly, brought from sessions to one mean."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path

from countervail.errors import TiesFileError
from countervail.world import registry

FIRST, LAST = 2015, 2019
_OPENED = 1945  # session n opens in the year 1945 + n
_NEEDED = ("session", "IdealPoint", "iso3c")


def mean_positions(
    path: str | os.PathLike[str], first: int = FIRST, last: int = LAST
) -> dict[str, tuple[float, int]]:
    """Mean ideal point and number of sessions of each country from ``first`` to ``last``.

    ``path``: the published table of ideal points (CSV in Latin-1, one row per country and
    session). Countries are ISO3 codes of the registry; others are left out. This made the
    package's ``data/ties/voting.csv``. Raises ``TiesFileError``.

    Source: Bailey, Strezhnev & Voeten (2017), Journal of Conflict Resolution 61(2).
    """
    try:
        text = Path(path).read_text(encoding="latin-1")
    except OSError as error:
        raise TiesFileError(
            f"{path} cannot be read: {error.strerror or error}.", "Check the path."
        ) from error
    reader = csv.DictReader(text.splitlines())
    missing = [column for column in _NEEDED if column not in (reader.fieldnames or ())]
    if missing:
        raise TiesFileError(
            f"{path} lacks the columns {', '.join(missing)}.",
            "It is not the table of ideal points by country and session.",
        )
    found: dict[str, list[float]] = {}
    for row in reader:
        try:
            year, point = _OPENED + int(row["session"]), float(row["IdealPoint"])
        except ValueError as error:
            raise TiesFileError(
                f"{path}, line {reader.line_num}: {error}.", "Bring the table as it is published."
            ) from error
        if not math.isfinite(point):
            raise TiesFileError(
                f"{path}, line {reader.line_num}, IdealPoint: {row['IdealPoint']!r} is not finite.",
                "Bring the table as it is published.",
            )
        if first <= year <= last and row["iso3c"] in registry.regions():
            found.setdefault(row["iso3c"], []).append(point)
    return {code: (sum(p) / len(p), len(p)) for code, p in sorted(found.items())}
