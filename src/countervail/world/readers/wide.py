"""Tables printed as one matrix: rows sell, columns buy, further rows and columns are totals.

OECD ICIO and the FIGARO matrix are such files; so is a sheet of WIOD. Rows and
columns are matched by their exact labels, in whatever order they come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from countervail.errors import TableError, nearest
from countervail.world.arrays import Array
from countervail.world.formats import BuildOptions, Progress
from countervail.world.readers.accumulate import FINAL, Accumulator, Uses
from countervail.world.readers.codes import Scheme, region_label
from countervail.world.readers.layout import Cell, Layout, make_layout
from countervail.world.readers.table import amount

OUTPUT = "output"
VALUE_ADDED = "value added"
IGNORED = "ignored"

_SHOWN = 8
_SAME = 1e-6


@dataclass(frozen=True)
class Column:
    """What one column (or row) is: an industry, a final use of a region, or a total."""

    name: str
    cell: Cell | None = None
    final: str | None = None
    total: str | None = None


Block = tuple[Sequence[Column], Array, int]
"""Rows of a matrix: what each is, its numbers (r, column), and the line of the first."""


@dataclass(frozen=True)
class Dialect:
    """How a source names things.

    ``source``: whose region codes; ``finals``: its final uses; ``totals``: rows and
    columns that are no industry, and what they are; ``scheme`` of industries.
    """

    source: str
    scheme: Scheme
    finals: frozenset[str]
    totals: Mapping[str, str]

    def read(self, name: str) -> Column:
        """What the code ``REGION_REST`` (or a total's name) of a row or column stands for."""
        region, _, rest = name.partition("_")
        total = self.totals.get(name, self.totals.get(rest))
        if total is not None:
            return Column(name, total=total)
        if rest in self.finals:
            return Column(name, final=region)
        return Column(name, cell=(region, rest))


def start(
    columns: Sequence[Column], dialect: Dialect, options: BuildOptions, file: str
) -> Accumulator:
    """An empty accumulator for the industries that ``columns`` name.

    ``TableError`` where there are none, or a code is not known.
    """
    cells = [c.cell for c in columns if c.cell is not None]
    if not cells:
        raise TableError(f"{file} names no industry in its columns.", "Is it another format?")
    return Accumulator(make_layout(dialect.source, dialect.scheme, cells, options, file))


def add_matrix(
    found: Accumulator,
    columns: Sequence[Column],
    blocks: Callable[[int], Iterable[Block]],
    dialect: Dialect,
    file: str,
    tell: Progress,
) -> dict[str, float]:
    """Add a matrix to ``found``: its rows come in ``blocks``, in any order.

    ``blocks`` is called with the number of rows to expect. Hands out what final users pay
    to each row of value added (taxes on what they buy), in the table's unit.
    ``TableError`` for rows and columns that repeat, are unknown, or are missing.
    """
    _require_distinct([c.name for c in columns], file)
    at = found.layout.position
    uses = _uses(columns, found.layout, dialect, file)
    industry = [k for k, c in enumerate(columns) if c.cell is not None]
    buyers = np.array([at[c.cell] for c in columns if c.cell is not None], dtype=np.intp)
    final = [k for k, c in enumerate(columns) if c.final is not None]
    totals = [k for k, c in enumerate(columns) if c.total == OUTPUT]
    lines: dict[str, int] = {}
    sold: set[Cell] = set()
    paid: dict[str, float] = {}
    for rows, values, line in blocks(len(at) + len(dialect.totals)):
        _require_new(rows, lines, line, at, file)
        selling = [k for k, row in enumerate(rows) if row.cell is not None]
        cells = [row.cell for row in rows if row.cell is not None]
        if cells:
            sellers = np.array([at[cell] for cell in cells], dtype=np.intp)
            found.add_rows(sellers, values[selling][:, uses.order], uses)
            sold.update(cells)
            if totals:
                found.output[sellers] = values[selling, totals[0]]
        for k, row in enumerate(rows):
            if row.total == VALUE_ADDED:
                given = np.nan_to_num(found.value_added[buyers])
                found.value_added[buyers] = given + values[k, industry]
                paid[row.name] = float(values[k, final].sum())
            elif row.total == OUTPUT and not totals:
                found.output[buyers] = values[k, industry]
        tell(f"row {len(sold):,} of {len(at):,}", len(sold) / len(at))
    missing = [" ".join(cell) for cell in at if cell not in sold]
    if missing:
        raise TableError(
            f"{file} lacks {len(missing):,} rows of industries that its columns have: "
            f"{_shown(missing)}.",
            "It is cut short, or parts of it were taken out; fetch it again.",
        )
    return paid


def require_parts_once(found: Accumulator, unit: str) -> None:
    """``TableError`` where a region stands in the table by itself and again as its parts."""
    region = [cell[0] for cell in found.layout.cells]
    for label, codes in found.layout.folded.items():
        sold = {
            code: float(found.sold[[k for k, r in enumerate(region) if r == code]].sum())
            for code in codes
        }
        whole = sold.pop(label, 0.0)
        if whole > 0 and abs(whole - sum(sold.values())) <= _SAME * whole:
            raise TableError(
                f"{label} is in the table twice: by itself and as {', '.join(sold)} "
                f"({amount(whole)} {unit} each).",
                "Take either its rows and columns or those of its parts out.",
            )


def _uses(columns: Sequence[Column], layout: Layout, dialect: Dialect, file: str) -> Uses:
    at = layout.position
    region = {label: n for n, label in enumerate(layout.fine.regions)}
    uses = []
    for k, column in enumerate(columns):
        if column.cell is not None:
            if column.cell not in at:
                raise _unknown(f"{file}: the column {column.name!r}", column.name, at)
            place = at[column.cell]
            uses.append((k, int(layout.region_of[place]), place, column.name))
        elif column.final is not None:
            label = region_label(dialect.source, column.final)
            if label not in region:
                raise _unknown(
                    f"{file}: the final use {column.name!r}", column.final, dict.fromkeys(region)
                )
            uses.append((k, region[label], FINAL, column.name))
    return Uses.of(uses)


def _require_distinct(names: Sequence[str], file: str) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise TableError(
            f"{file}: {len(twice):,} columns come more than once: {_shown(twice)}.",
            "Keep one of each.",
        )


def _require_new(
    rows: Sequence[Column], lines: dict[str, int], line: int, known: Mapping[Cell, int], file: str
) -> None:
    """Note the line of each row; an error where one came before or is no industry here."""
    for k, row in enumerate(rows):
        if row.name in lines:
            raise TableError(
                f"{file}: the row {row.name!r} comes twice, in lines {lines[row.name]} and "
                f"{line + k}.",
                "Keep one of them.",
            )
        lines[row.name] = line + k
        if row.final is not None or (row.cell is not None and row.cell not in known):
            raise _unknown(f"{file}, line {line + k}: the row {row.name!r}", row.name, known)


def _unknown(what: str, name: str, known: Iterable[Cell | str]) -> TableError:
    names = ["_".join(x) if isinstance(x, tuple) else x for x in known]
    return TableError(
        f"{what} is of no industry or region that the columns have.",
        f"{nearest(name, names)} Rows and columns are matched by their exact labels.",
    )


def _shown(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:_SHOWN])) + (", ..." if len(names) > _SHOWN else "")
