"""Adding up a table while it is read: purchases and inputs, never the matrix itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from countervail.world.arrays import Array, Mask
from countervail.world.readers.layout import Layout, Places

FINAL = -1
"""In place of a buying cell: a final use."""


@dataclass(frozen=True, eq=False)
class Uses:
    """The columns of a matrix that are uses, in canonical order whatever the file's.

    ``order``: their positions among the file's numeric columns; ``region`` (use,): the
    label of the buyer, ascending; ``cell`` (use,): the buying cell, ``FINAL`` for final
    use; ``names``: the file's column names.
    """

    order: Places
    region: Places
    cell: Places
    names: tuple[str, ...]

    @classmethod
    def of(cls, columns: list[tuple[int, int, int, str]]) -> Uses:
        """From (position, region, cell, name) of each use, in any order."""
        ranked = sorted(columns, key=lambda c: (c[1], c[2] == FINAL, c[2], c[3]))
        at = np.array([c[:3] for c in ranked], dtype=np.intp).reshape(-1, 3)
        return cls(at[:, 0], at[:, 1], at[:, 2], tuple(c[3] for c in ranked))


@dataclass
class Negatives:
    """The negative cells met so far: how many, their sum (the table's unit), the worst."""

    count: int = 0
    total: float = 0.0
    worst: float = 0.0
    worst_at: str = ""


class Accumulator:
    """What a table adds up to, in the table's own unit.

    ``flows`` [sector, exporter, importer] and ``inputs`` [region, input, user] on the merged
    labels; ``sold``, ``used``, ``output``, ``value_added`` (cell,) on the table's own
    cells, the last two NaN where the table does not give them.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        regions, sectors = len(layout.labels.regions), len(layout.labels.sectors)
        count = len(layout.cells)
        self.flows = np.zeros((sectors, regions, regions))
        self.inputs = np.zeros((regions, sectors, sectors))
        self.sold = np.zeros(count)
        self.used = np.zeros(count)
        self.output = np.full(count, np.nan)
        self.value_added = np.full(count, np.nan)
        self.foreign = np.zeros(len(layout.fine.sectors))
        self.intermediate = Negatives()
        self.final = Negatives()
        self.whole = True
        self.addends = 0
        self._region_place = np.array(layout.by_region.place, dtype=np.intp)
        self._sector_place = layout.sector_place
        self._exporter = layout.region_place
        self._by_column: tuple[Uses, Array] | None = None

    def add_rows(self, rows: Places, values: Array, uses: Uses) -> None:
        """Add whole rows: ``rows`` (r,) the selling cells, ``values`` (r, use) in use order."""
        lay = self.layout
        starts = np.flatnonzero(np.diff(uses.region, prepend=-1))
        buyers = uses.region[starts]
        bought = np.add.reduceat(values, starts, axis=1)
        total = bought.sum(axis=1)
        self.sold[rows] += total
        own = buyers[None, :] == lay.region_of[rows][:, None]
        np.add.at(self.foreign, lay.sector_of[rows], total - np.where(own, bought, 0.0).sum(axis=1))
        merged = np.zeros((len(rows), self.flows.shape[2]))
        np.add.at(merged.T, self._region_place[buyers], bought.T)
        np.add.at(self.flows, (self._sector_place[rows], self._exporter[rows]), merged)

        industry = uses.cell != FINAL
        block = values[:, industry]
        if block.shape[1]:
            np.add.at(self._columns_of(uses), self._sector_place[rows], block)
            np.add.at(self.used, uses.cell[industry], block.sum(axis=0))
        self.addends = max(self.addends, values.shape[1])
        self._look(values, rows, uses)

    def add_cells(self, sellers: Places, regions: Places, buyers: Places, values: Array) -> None:
        """Add single cells: (n,) selling cells, buying regions (labels), buying cells or FINAL."""
        lay = self.layout
        np.add.at(self.sold, sellers, values)
        abroad = regions != lay.region_of[sellers]
        np.add.at(self.foreign, lay.sector_of[sellers][abroad], values[abroad])
        sector = self._sector_place[sellers]
        importer = self._region_place[regions]
        np.add.at(self.flows, (sector, self._exporter[sellers], importer), values)
        use = buyers != FINAL
        np.add.at(
            self.inputs, (importer[use], sector[use], self._sector_place[buyers[use]]), values[use]
        )
        np.add.at(self.used, buyers[use], values[use])
        self.addends = max(self.addends, len(lay.cells) + 8 * len(lay.fine.regions))
        self.whole &= bool((values == np.rint(values)).all())
        for note, mask in ((self.intermediate, use), (self.final, ~use)):
            below = np.flatnonzero(mask & (values < 0))
            if below.size:
                worst = int(below[values[below].argmin()])
                final = f"final use in {lay.fine.regions[int(regions[worst])]}"
                buyer = lay.cell_name(int(buyers[worst])) if use[worst] else final
                _count(note, values[below], f"{lay.cell_name(int(sellers[worst]))} to {buyer}")

    def close(self) -> None:
        """Move what whole columns added up to into ``inputs``; call it once, at the end."""
        if self._by_column is None:
            return
        uses, sums = self._by_column
        cell = uses.cell[uses.cell != FINAL]
        users = self._sector_place[cell]
        regions = self._exporter[cell]
        np.add.at(self.inputs.transpose(0, 2, 1), (regions, users), sums.T)
        self._by_column = None

    def _columns_of(self, uses: Uses) -> Array:
        """The running sums [sector, buying column] of the matrix with these ``uses``."""
        if self._by_column is None or self._by_column[0] is not uses:
            self.close()
            industries = int((uses.cell != FINAL).sum())
            self._by_column = (uses, np.zeros((self.flows.shape[0], industries)))
        return self._by_column[1]

    def _look(self, values: Array, rows: Places, uses: Uses) -> None:
        """Count negative cells and see whether every number is whole."""
        self.whole = self.whole and bool((values == np.rint(values)).all())
        below: Mask = values < 0
        if not below.any():
            return
        final = uses.cell == FINAL
        for note, part in ((self.intermediate, below & ~final), (self.final, below & final)):
            if part.any():
                worst = np.unravel_index(int(np.where(part, values, 0.0).argmin()), values.shape)
                where = f"{self.layout.cell_name(int(rows[worst[0]]))} to {uses.names[worst[1]]}"
                _count(note, values[part], where)


def _count(note: Negatives, values: Array, worst_at: str) -> None:
    note.count += int(values.size)
    note.total += float(values.sum())
    if values.min() < note.worst:
        note.worst = float(values.min())
        note.worst_at = worst_at
