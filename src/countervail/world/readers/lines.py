"""Adding up a table with one cell a line; see ``long`` for how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from countervail.errors import TableError, nearest
from countervail.world.formats import Progress
from countervail.world.readers.accumulate import FINAL, Accumulator
from countervail.world.readers.layout import Cell, Places
from countervail.world.readers.long import Chunk, Meaning, Names
from countervail.world.readers.wide import VALUE_ADDED

_MOST_FINALS = 64
_MOST_CELLS = 1_000_000_000  # one byte each, to see repeated lines


class Lines:
    """Adds the lines of one table to ``found``.

    ``names`` are its columns, ``meaning`` what its codes mean; ``cell`` spells a seller or
    buyer as the layout does, ``label`` gives the label of a region code. ``file`` is for
    messages. ``paid``: what final users pay to rows of value added, so far.
    """

    def __init__(
        self,
        found: Accumulator,
        names: Names,
        meaning: Meaning,
        cell: Callable[[str, str], Cell],
        label: Callable[[str], str | None],
        file: str,
    ) -> None:
        self.paid = 0.0
        self._found = found
        self._names = names
        self._meaning = meaning
        self._cell = cell
        self._file = file
        self._at = found.layout.position
        position = {name: k for k, name in enumerate(found.layout.fine.regions)}
        self._regions = {code: position[label(code) or code] for code, _ in self._at}
        self._finals: dict[str, int] = {}
        self._width = len(self._at) + _MOST_FINALS * len(position)
        if len(self._at) * self._width > _MOST_CELLS:
            raise TableError(
                f"{file} has {len(self._at):,} industries of regions; that is more than this "
                "layout is meant for.",
                "Merge some before writing it.",
            )
        self._seen = np.zeros(len(self._at) * self._width, dtype=bool)

    def add(self, chunks: Iterable[Chunk], lines: int, tell: Progress) -> None:
        """Add all ``chunks``, of ``lines`` in all; ``TableError`` for a line that repeats."""
        done = 0
        for chunk in chunks:
            self._add(chunk)
            done += len(chunk.values)
            tell(f"line {done:,} of {lines:,}", done / max(lines, 1))

    def _add(self, chunk: Chunk) -> None:
        names = self._names
        kinds = [self._meaning.seller(word) for word in chunk.words[names.seller]]
        final = np.array([self._meaning.final(x) for x in chunk.words[names.buyer]], dtype=bool)
        industry = np.array([kind is None for kind in kinds], dtype=bool)
        extra = np.array([kind == VALUE_ADDED for kind in kinds], dtype=bool)
        is_final = final[chunk.places[names.buyer]]
        importer = self._importers(chunk)
        sellers = self._cells(chunk, names.seller_region, names.seller, industry)
        buyers = self._cells(chunk, names.buyer_region, names.buyer, ~final)
        self._add_value(chunk, extra[chunk.places[names.seller]], is_final, buyers)
        sells = np.flatnonzero(industry[chunk.places[names.seller]])
        column = np.where(is_final, self._final_columns(chunk, importer), buyers)
        self._require_once(chunk, sells, (sellers * self._width + column)[sells])
        self._found.add_cells(
            sellers[sells],
            importer[sells],
            np.where(is_final, FINAL, buyers)[sells],
            chunk.values[sells],
        )

    def _add_value(self, chunk: Chunk, adds: Any, is_final: Any, buyers: Places) -> None:
        """Lines of value added: to the industry that pays them, or only counted."""
        self.paid += float(chunk.values[adds & is_final].sum())
        into = buyers[adds & ~is_final]
        given = self._found.value_added
        given[into] = np.nan_to_num(given[into])
        np.add.at(given, into, chunk.values[adds & ~is_final])

    def _cells(self, chunk: Chunk, region: str, code: str, wanted: Any) -> Places:
        """The cell of each line's seller or buyer; ``FINAL`` where it is none."""
        where, what = chunk.words[region], chunk.words[code]
        table = np.full((len(where), len(what)), FINAL, dtype=np.intp)
        for k in np.flatnonzero(wanted):
            for r, name in enumerate(where):
                table[r, k] = self._at.get(self._cell(name, what[k]), FINAL)
        return table[chunk.places[region], chunk.places[code]]

    def _importers(self, chunk: Chunk) -> Places:
        """The position of each line's buying region."""
        words = chunk.words[self._names.buyer_region]
        unknown = [word for word in words if word not in self._regions]
        if unknown:
            raise TableError(
                f"{self._file}: {unknown[0]!r} buys but has no industries.",
                f"{nearest(unknown[0], self._regions)} Sellers and buyers must be of the same "
                "regions.",
            )
        at = np.array([self._regions[word] for word in words], dtype=np.intp)
        return at[chunk.places[self._names.buyer_region]]

    def _final_columns(self, chunk: Chunk, importer: Places) -> Places:
        """A number of its own, behind the cells, for each final use of each region."""
        words = chunk.words[self._names.buyer]
        for word in words:
            if self._meaning.final(word):
                self._finals.setdefault(word, len(self._finals))
        if len(self._finals) > _MOST_FINALS:
            raise TableError(
                f"{self._file} has more than {_MOST_FINALS} kinds of final use: "
                f"{', '.join(self._finals)[:200]}.",
                "Industries are not final uses; merge the kinds that are.",
            )
        kind = np.array([self._finals.get(word, 0) for word in words], dtype=np.intp)
        return len(self._at) + _MOST_FINALS * importer + kind[chunk.places[self._names.buyer]]

    def _require_once(self, chunk: Chunk, lines: Places, key: Places) -> None:
        """``TableError`` for the first line whose cell came before, here or in older chunks."""
        _, first = np.unique(key, return_index=True)
        again = np.ones(len(key), dtype=bool)
        again[first] = False
        again |= self._seen[key]
        if again.any():
            row = int(lines[int(np.flatnonzero(again)[0])])
            shown = ", ".join(chunk.words[c][chunk.places[c][row]] for c in self._names.labels)
            raise TableError(
                f"{self._file}, line {chunk.line + row}: {shown} has a line already.",
                "Keep one of them.",
            )
        self._seen[key] = True
