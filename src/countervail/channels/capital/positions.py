"""Direct investment by host and origin: constructed from totals and gravity, or brought."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from countervail.channels.capital import gravity
from countervail.channels.capital.investment import capital_stock
from countervail.channels.capital.tables import closest, known_cells, totals
from countervail.errors import UnknownLabelError, nearest, require_kind
from countervail.world.core import World

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]
STATUSES = ("observed", "updated", "constructed", "not given")
"""How a cell is known: as a source gives it, from another year, by construction; or, where a user's
file says nothing of it, not at all: it then counts as none."""


@dataclass(frozen=True, eq=False, repr=False)
class Positions:
    """Stocks of direct investment between the regions of a world.

    ``stocks`` (host, origin): million USD at prices of the base year; ``status`` (host, origin):
    places in ``STATUSES``; ``inward``, ``outward`` (region,): totals, which the rest of the world
    and cells that a source leaves out may exceed; ``year``: of most of the data; ``sources``: a
    line each; ``notes``: what was left out; ``shipped``: whether they are the package's own.
    """

    world: World
    stocks: Array
    status: npt.NDArray[np.int8]
    inward: Array
    outward: Array
    year: int | None
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()
    shipped: bool = False

    def __post_init__(self) -> None:
        for name in ("stocks", "status", "inward", "outward"):
            # Copies: whoever made the arrays may go on writing to theirs.
            kept = getattr(self, name).copy()
            kept.flags.writeable = False
            object.__setattr__(self, name, kept)

    def __repr__(self) -> str:
        whole = self.stocks.sum() / 1e6
        return f"<Positions of {self.world.name}: US$ {whole:.3g} tn of direct investment>"

    def stock(self, host: str, origin: str) -> float:
        """Direct investment of ``origin`` in ``host``, million USD."""
        return float(self.stocks[self._place(host), self._place(origin)])

    def status_of(self, host: str, origin: str) -> str:
        """How that stock is known: one of ``STATUSES``."""
        return STATUSES[self.status[self._place(host), self._place(origin)]]

    def source_of(self, host: str, origin: str) -> str:
        """Where that stock comes from, in words."""
        known = self.status_of(host, origin)
        if known == "constructed":
            return "constructed: totals and gravity"
        if known == "not given":
            return f"not in {self.sources[0]}"
        rows = known_cells().get((host, origin), ()) if self.shipped else ()
        if not rows:
            return self.sources[0]
        row = closest(rows, self.year)
        return f"{row.source} ({row.year})"

    def concentration(self, host: str) -> float:
        """Sum of squared shares of origins in the host's inward stock; 1: all from one."""
        row = self.stocks[self._place(host)]
        return float(((row / row.sum()) ** 2).sum()) if row.sum() > 0 else 0.0

    def table(self, host: str) -> pd.DataFrame:
        """Who holds the host's capital, the largest first; units are in the column names."""
        import pandas as pd

        n = self._place(host)
        capital = float(capital_stock(self.world)[:, n].sum())
        whole = float(self.inward[n])
        names = self.world.labels.region_names
        rows = [
            {
                "origin": origin,
                "origin_name": names.get(origin, origin),
                "stock_bn": stock / 1000,
                "share_percent": 100 * stock / whole,
                "capital_percent": 100 * stock / capital,
                "status": self.status_of(host, origin),
            }
            for origin, stock in zip(self.world.regions, self.stocks[n].tolist(), strict=True)
            if stock > 0
        ]
        rows.sort(key=lambda row: (-float(str(row["stock_bn"])), row["origin"]))
        frame = pd.DataFrame(rows)
        frame.attrs.update(
            world=self.world.name, base_year=self.world.base_year, host=host, year=self.year
        )
        return frame

    def _place(self, region: str) -> int:
        require_kind(region, "region", str, "'CAN'")
        if region not in self.world.regions:
            raise UnknownLabelError(
                f"{region!r} is not a region of {self.world.name}.",
                nearest(region, self.world.regions),
            )
        return self.world.regions.index(region)


def positions(world: World, source: str | os.PathLike[str] | None = None) -> Positions:
    """Who has invested how much in whom, million USD.

    ``source``: None for what the package constructs (totals by economy times distance, balanced,
    with published cells kept as they are), or the path of a CSV file with the columns host,
    origin, year and value_musd (or reporter, table, partner, year and musd with names of
    partners); its latest year is taken. Countries that the world counts inside another region are
    added to it. Raises ``PositionsFileError`` with every error of the file and its line, and
    ``OptionError`` for what is no world or no path.

    Source: definition of this program (docs/capital.md).
    """
    require_kind(world, "world", World, "cv.load_world('world-2023')")
    if source is not None:
        require_kind(source, "source", (str, os.PathLike), "cv.positions(world, 'stocks.csv')")
        from countervail.channels.capital.read import read_positions

        found = read_positions(source, world)
        status = np.where(found.given, 0, STATUSES.index("not given")).astype(np.int8)
        return Positions(
            world,
            found.cells,
            status,
            found.cells.sum(1) + found.outside_in,
            found.cells.sum(0) + found.outside_out,
            found.year,
            (f"{found.name}, {found.year}",),
            found.notes,
        )
    economies = gravity.economies_of(world)
    whole, missed = gravity.constructed(economies)
    stocks, status, inward, outward = _added_up(
        whole, economies.codes, economies.region, len(world.regions)
    )
    notes = [
        "Most stocks between two economies are constructed: totals of each, spread by size and "
        "distance; cells that a source gives are kept. They name the immediate owner, not the "
        "last one behind it.",
    ]
    if missed > 1e-6:
        notes.append(f"Owners' totals are missed by {missed:.1e} of the whole.")
    used = sorted({row.source for rows in totals().values() for row in rows})
    used += sorted({row.source for rows in known_cells().values() for row in rows})
    return Positions(
        world,
        stocks,
        status,
        inward,
        outward,
        world.base_year,
        tuple(dict.fromkeys(used)),
        tuple(notes),
        shipped=True,
    )


def _added_up(
    whole: Array, codes: npt.NDArray[np.int8], region: npt.NDArray[np.intp], size: int
) -> tuple[Array, npt.NDArray[np.int8], Array, Array]:
    """Economies added up to regions: (stocks, status, inward, outward).

    A cell of a region has the status of the largest part of it; what economies of one region
    have in each other is left out; economies in no region count in the totals alone.
    """
    stocks = np.zeros((size, size))
    parts = np.zeros((3, size, size))
    inside = np.flatnonzero(region >= 0)
    h, o = np.meshgrid(region[inside], region[inside], indexing="ij")
    values = whole[np.ix_(inside, inside)]
    np.add.at(stocks, (h, o), values)
    for code in range(3):
        np.add.at(parts[code], (h, o), np.where(codes[np.ix_(inside, inside)] == code, values, 0))
    within = np.diag(stocks).copy()
    np.fill_diagonal(stocks, 0.0)
    # Where nothing is held the largest part is the first: say that nothing is constructed.
    status = np.where(parts.any(0), parts.argmax(0), 2).astype(np.int8)
    inward, outward = np.zeros(size), np.zeros(size)
    np.add.at(inward, region[inside], whole[inside].sum(1))
    np.add.at(outward, region[inside], whole[:, inside].sum(0))
    return stocks, status, inward - within, outward - within
