"""A user's tariffs beside a table: one CSV row per sector, importer and exporter."""

from __future__ import annotations

import os

import numpy as np

from countervail.errors import NotANumberError, OptionError, TableError, nearest
from countervail.world.arrays import Array, Mask
from countervail.world.labels import WorldLabels
from countervail.world.readers.codes import rows_of

COLUMNS = ("sector", "importer", "exporter", "tariff")
"""The columns of a tariff file."""
_SHOWN = 8


def read_tariffs(
    path: str | os.PathLike[str] | None, default: float | None, labels: WorldLabels
) -> tuple[Array, Mask, list[str]]:
    """Import tariffs (J,N,N) as fractions, which of them (J,N,N) no file holds, what to say.

    Columns ``sector``, ``importer``, ``exporter`` (labels of ``labels``, exactly) and
    ``tariff`` (0.25 is 25 %). Rows at home are not needed. ``default`` fills pairs of
    different regions that have no row; without it they are an error. No ``path``: zero.

    Raises ``TableError`` for unknown labels, repeated and missing rows (file and line
    named) and ``NotANumberError`` for a cell that is no number.
    """
    sectors, regions = labels.sectors, labels.regions
    shape = (len(sectors), len(regions), len(regions))
    if path is None and default is not None:
        raise OptionError(
            "--tariff-default says what rows of a tariff file are missing, but there is none.",
            "Give --tariff FILE.csv, or leave it out: tariffs are then zero.",
        )
    if path is None:
        abroad = np.broadcast_to(~np.eye(len(regions), dtype=bool), shape)
        return np.zeros(shape), abroad, ["The table holds no import tariffs: they are zero."]
    found = np.full(shape, np.nan)
    axes = {
        "sector": {label: k for k, label in enumerate(sectors)},
        "importer": {label: k for k, label in enumerate(regions)},
        "exporter": {label: k for k, label in enumerate(regions)},
    }
    for number, row in rows_of(path, COLUMNS):
        at = []
        for axis, known in axes.items():
            if row[axis] not in known:
                raise TableError(
                    f"{path}, line {number}: the world has no {axis} {row[axis]!r}.",
                    nearest(row[axis], known),
                )
            at.append(known[row[axis]])
        cell = (at[0], at[1], at[2])
        if not np.isnan(found[cell]):
            raise TableError(
                f"{path}, line {number}: {', '.join(row[a] for a in axes)} has a row already.",
                "Keep one of them.",
            )
        found[cell] = _number(path, number, row["tariff"])
    given = int(np.isfinite(found).sum())
    home = np.arange(len(regions))
    found[:, home, home] = np.where(np.isnan(found[:, home, home]), 0.0, found[:, home, home])
    assumed = np.isnan(found)
    missing = np.argwhere(assumed)
    if len(missing) and default is None:
        raise TableError(
            f"{path} lacks {len(missing):,} tariffs.",
            "Add a row for each, or say what they are: --tariff-default 0.",
            [f"{sectors[s]}, {regions[n]} from {regions[i]}" for s, n, i in missing[:_SHOWN]],
        )
    said = [f"{given:,} tariffs were read from {os.path.basename(path)}."]
    if len(missing):
        found[assumed] = default
        said.append(f"{len(missing):,} tariffs without a row were set to {default:g}.")
    return found, assumed, said


def _number(path: object, line: int, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise NotANumberError(
            f"{path}, line {line}, column tariff: {text!r} is not a number.",
            "Write a fraction: 0.25 for 25 %.",
        )
    return value
