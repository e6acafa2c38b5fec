"""The 2011 table of the World Input-Output Database (2013 release) as one .npz file."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from countervail.errors import TableError
from countervail.world.core import World
from countervail.world.formats import BuildOptions, Progress
from countervail.world.npz import read_arrays
from countervail.world.readers.accumulate import FINAL, Accumulator, Uses
from countervail.world.readers.closing import build
from countervail.world.readers.codes import scheme
from countervail.world.readers.layout import make_layout
from countervail.world.readers.opening import sha256
from countervail.world.readers.table import SourceTable, table_of
from countervail.world.readers.wiod import ABOUT_2013

_KEYS = ("Z", "F", "Y", "iso", "industry")
_LARGEST = 64 * 1024 * 1024
_YEAR = 2011
_NAME = "wiod-2011"


def build_wiod2011_npz(
    path: str | os.PathLike[str],
    progress: Progress | None = None,
    options: BuildOptions | None = None,
) -> World:
    """The 2011 world (41 regions x 35 sectors); see ``read_wiod2011_npz``."""
    return build(_read, path, progress, options or BuildOptions())


def read_wiod2011_npz(
    path: str | os.PathLike[str], options: BuildOptions | None = None
) -> SourceTable:
    """The observed world table of 2011, 40 countries and ROW by 35 industries, million USD.

    The file holds ``Z`` (1435, 1435), ``F`` (1435, 205), ``Y`` (1435,), ``iso`` (41,) and
    ``industry`` (35,). Orientation, verified on the numbers: rows sell and columns buy,
    both region by region (row ``35 n + s``; ``F`` in blocks of five final uses per
    region). Rows of Z and F add up to Y within 108 (rounding to whole millions), Y less
    the columns of Z is positive everywhere (its transpose is not), and 83 % of Z and
    91 % of F are then bought at home.

    ``options``: what is merged (``aggregate``). ``TableError`` where the file is another.
    """
    return _read(Path(path), options or BuildOptions(), lambda what, part: None)


def _read(path: Path, options: BuildOptions, tell: Progress) -> SourceTable:
    source = read_arrays(path, _KEYS, _LARGEST, partial(_not_the_source, path))
    regions = [str(x) for x in source["iso"]]
    industries = [str(x) for x in source["industry"]]
    count, sectors = len(regions), len(industries)
    size = count * sectors
    uses = source["F"].shape[1] // count if source["F"].ndim == 2 and count else 0
    for key, wanted in (("Z", (size, size)), ("F", (size, count * uses)), ("Y", (size,))):
        if source[key].shape != wanted or not uses:
            raise _not_the_source(path, f"{key} has shape {source[key].shape}, not {wanted}")
    cells = [(r, i) for r in regions for i in industries]
    asked = _with_defaults(options)
    layout = make_layout("wiod-2013", scheme("wiod-2013"), cells, asked, path.name)
    at = layout.position
    rows = np.array([at[cell] for cell in cells], dtype=np.intp)
    buyers = np.array([layout.region_of[at[(r, industries[0])]] for r in regions])
    columns = [(k, int(layout.region_of[at[c]]), at[c], " ".join(c)) for k, c in enumerate(cells)]
    columns += [
        (size + n * uses + f, int(buyers[n]), FINAL, f"{regions[n]} final use {f + 1}")
        for n in range(count)
        for f in range(uses)
    ]
    found = Accumulator(layout)
    order = Uses.of(columns)
    values = np.hstack([source["Z"], source["F"]]).astype(np.float64)
    if not (np.isfinite(values).all() and np.isfinite(source["Y"].astype(np.float64)).all()):
        raise _not_the_source(path, "it holds cells that are not numbers")
    found.add_rows(rows, values[:, order.order], order)
    found.output[rows] = source["Y"]
    tell("rows read", 1.0)
    return table_of(found, ABOUT_2013, (), {path.name: sha256(path)})


def _with_defaults(options: BuildOptions) -> BuildOptions:
    return replace(options, year=options.year or _YEAR, name=options.name or _NAME)


def _not_the_source(path: object, what: str) -> TableError:
    return TableError(
        f"{path} is not the wiod-2011-npz source: {what}.",
        f"Give the .npz arrangement of the 2011 table with the arrays {', '.join(_KEYS)}.",
    )
