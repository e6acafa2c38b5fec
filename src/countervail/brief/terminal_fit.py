"""A table in the room that a screen has: no figure cut, no column lost, no word torn apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from countervail.brief import views

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_LOOSE, _TIGHT = 3, 1
_EDGES = 2
_FIRST, _WORDS = 16, 12  # columns that words are given at least, where they need as many
_LONGEST = 24  # longer words are torn: addresses and the like


def fitted(table: views.Table, width: int) -> Table | Text:
    """``table`` for a screen of ``width`` columns: set close, or as a list, where it is too wide.

    Cells are plain text, so that nothing in them acts as markup.
    """
    for gap in (_LOOSE, _TIGHT):
        widths = _widths(table, width - _EDGES - gap * (len(table.columns) - 1))
        if widths is not None:
            return _columns(table, widths, gap)
    return _listed(table)


def printable(words: str) -> str:
    """Words without control characters, so that no label can act on a terminal or a page."""
    unseen = ("Cc", "Cf", "Cs")
    return "".join("\ufffd" if unicodedata.category(c) in unseen else c for c in words)


def _room(words: str) -> int:
    """How many columns words take."""
    from rich.cells import cell_len

    return cell_len(words)


def _widths(table: views.Table, room: int) -> list[int] | None:
    """How wide each column is; ``None`` where what must not be cut has no room."""
    cells = [[printable(row[k]) for row in table.rows] for k in range(len(table.columns))]
    least = [_least(k, table.columns[k], found) for k, found in enumerate(cells)]
    if sum(least) > room:
        return None
    most = [
        max(map(_room, (*found, column.name, column.unit)), default=1)
        for column, found in zip(table.columns, cells, strict=True)
    ]
    widths, spare = list(least), room - sum(least)
    # Those that need least are served first, so that one long column does not starve the others.
    waiting = sorted(range(len(most)), key=lambda k: most[k] - least[k])
    for served, k in enumerate(waiting):
        more = min(max(most[k] - least[k], 0), spare // (len(waiting) - served))
        widths[k] += more
        spare -= more
    return widths


def _least(index: int, column: views.Column, cells: Sequence[str]) -> int:
    """The narrowest that a column may be: figures whole, words not torn."""
    head = _longest_word([column.name, column.unit])
    widest = max(map(_room, cells), default=1)
    if column.figures:
        return max(widest, head, 1)
    some = min(widest, _WORDS if index else _FIRST)
    return max(some, min(_longest_word(cells), _LONGEST), head, 1)


def _longest_word(cells: Sequence[str]) -> int:
    return max((_room(word) for cell in cells for word in cell.split(" ")), default=0)


def _columns(table: views.Table, widths: Sequence[int], gap: int) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    padding = (0, (gap - 1) // 2)
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=padding)
    for column, width in zip(table.columns, widths, strict=True):
        made.add_column(
            Text("\n".join(part for part in (column.name, column.unit) if part)),
            justify="right" if column.figures else "left",
            overflow="fold",
            width=width,
        )
    for row in table.rows:
        made.add_row(*(Text(printable(cell)) for cell in row))
    return made


def _listed(table: views.Table) -> Text:
    """Each row under the words it begins with, a line for each further cell."""
    from rich.text import Text

    heads = [f"{c.name}, {c.unit}" if c.unit else c.name for c in table.columns]
    lines = [""]
    for row in table.rows:
        first, *others = (printable(cell) for cell in row)
        lines += [first] if first else []  # without: more of the row above
        lines += [f"  {head}: {cell}" for head, cell in zip(heads[1:], others, strict=True) if cell]
    return Text("\n".join([*lines, ""]))
