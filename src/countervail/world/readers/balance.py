"""Whether a table's totals add up: refused where they do not, reported where they round."""

from __future__ import annotations

import numpy as np

from countervail.errors import TableError
from countervail.world.arrays import Array
from countervail.world.readers.table import SourceTable, amount

CELL = 0.01
"""A cell's total may differ by this part of it: published tables balance to printed digits,
so that a hundredth is a cell that was changed, lost or counted twice. Judgement."""

WORLD = 0.001
"""All differences together may be this part of world output. Judgement, as above."""

SLACK = 1.0
"""Differences up to this many units (millions) are rounding of industries near zero."""

_SHOWN = 8


def check_balance(table: SourceTable) -> list[str]:
    """What the table's totals say, in sentences; ``TableError`` where they do not add up.

    Sales of each cell are compared with its output in the table; output with inputs plus
    value added (taxes on products included). Whole numbers may also differ by half a unit
    for each of the cells that were added. Without totals nothing can be checked, and that
    is said.
    """
    said = []
    known = np.isfinite(table.output)
    output = np.where(known, table.output, table.sold)
    if known.any():
        said.append(_compare(table, "sales", table.sold, "output in the table", output, known))
    else:
        said.append("The table gives no output totals: sales of an industry are its output.")
    if np.isfinite(table.value_added).any():
        costs = table.used + np.where(np.isfinite(table.value_added), table.value_added, 0.0)
        every = np.ones_like(known)
        said.append(_compare(table, "inputs and value added", costs, "output", output, every))
    else:
        said.append("The table gives no value added: it is output less inputs.")
    return said


def _compare(
    table: SourceTable, left: str, values: Array, right: str, against: Array, among: Array
) -> str:
    gap = np.where(among, values - against, 0.0)
    size = np.abs(gap)
    allowed = SLACK + (0.5 * table.addends if table.whole else 0.0)
    off = size > np.maximum(allowed, CELL * np.abs(against))
    world = float(np.abs(against).sum())
    share = float(size.sum()) / world if world > 0 else 0.0
    unit = table.about.unit
    order = np.argsort(-size)[:_SHOWN]
    lines = [
        f"{table.layout.cell_name(int(k))}: {left} {amount(values[k])}, "
        f"{right} {amount(against[k])}"
        for k in order
        if size[k] > 0
    ]
    if off.any() or share > WORLD:
        raise TableError(
            f"the totals do not add up: {left} differ from {right} in {int(off.sum()):,} cells, "
            f"by {100 * share:.3g} % of world output in all ({unit}).",
            f"Allowed are {100 * CELL:g} % of a cell (or {amount(allowed)} {unit}) and "
            f"{100 * WORLD:g} % of the world. A row, a column or a digit of the file is missing, "
            "doubled or changed; fetch it again.",
            lines,
        )
    if size.max(initial=0.0) == 0.0:
        return f"{left[0].upper()}{left[1:]} and {right} agree exactly."
    worst = int(order[0])
    return (
        f"{left[0].upper()}{left[1:]} and {right} differ by at most {amount(size[worst])} {unit} "
        f"({table.layout.cell_name(worst)}) and by {100 * share:.2g} % of world output in all."
    )
