"""A public input-output table as it was read: added up, not yet cleaned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from countervail.world.arrays import Array
from countervail.world.labels import WorldLabels
from countervail.world.readers.accumulate import Accumulator, Negatives
from countervail.world.readers.layout import Layout

USD = "million USD"
EUR = "million EUR"


@dataclass(frozen=True)
class About:
    """Where a table comes from: what a world made from it says of its source.

    ``unit`` is that of its numbers; ``limits`` are what a reader of results should know.
    """

    title: str
    licence: str
    unit: str = USD
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class SourceTable:
    """What a reader hands out; money in the table's own unit (``about.unit``), one year's.

    ``flows`` (J,N,N) [sector, importer, exporter]: purchases of all users, home included,
    without import duties. ``inputs`` (N,J,J) [region, input, user]: intermediate use from
    all origins. Both are sums as they stand in the file, negative cells included.

    By cell (industry of a region, before merging; ``layout.cells``): ``sold`` to all
    users and ``used`` of all inputs, as added up; ``output`` and ``value_added`` (taxes on
    products included) as the table gives them, NaN where it does not.

    ``foreign``: purchases abroad by label before merging; ``intermediate`` and ``final``
    count the negative cells; ``whole`` says that the table is printed in whole numbers,
    ``addends`` how many cells make one sum; ``notes`` are what the reader did.
    """

    layout: Layout
    flows: Array
    inputs: Array
    sold: Array
    used: Array
    output: Array
    value_added: Array
    foreign: Mapping[str, float]
    intermediate: Negatives
    final: Negatives
    whole: bool
    addends: int
    about: About
    notes: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> WorldLabels:
        """The labels of the world to be, merged where that was asked for."""
        return self.layout.labels

    @property
    def final_demand(self) -> Array:
        """What purchases leave after intermediate use (J,N), in the table's unit."""
        left: Array = self.flows.sum(axis=2) - self.inputs.sum(axis=2).T
        return left


def amount(value: float) -> str:
    """Money in words: whole units where it is large, four digits where it is small."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"


def table_of(
    found: Accumulator,
    about: About,
    notes: tuple[str, ...] = (),
    files: Mapping[str, str] | None = None,
) -> SourceTable:
    """The table that ``found`` added up; ``files`` are name -> SHA-256 of what was read."""
    found.close()
    layout = found.layout
    return SourceTable(
        layout=layout,
        flows=found.flows.transpose(0, 2, 1).copy(),
        inputs=found.inputs,
        sold=found.sold,
        used=found.used,
        output=found.output,
        value_added=found.value_added,
        foreign=dict(zip(layout.fine.sectors, found.foreign.tolist(), strict=True)),
        intermediate=found.intermediate,
        final=found.final,
        whole=found.whole,
        addends=found.addends,
        about=about,
        notes=(*_folded(layout), *notes),
        files=files or {},
    )


def _folded(layout: Layout) -> list[str]:
    return [
        f"{label} is the sum of {', '.join(codes)}, rows and columns."
        for label, codes in layout.folded.items()
    ]
