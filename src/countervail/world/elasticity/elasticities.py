"""Trade elasticities as a choice: a named set, a file of the user's, or one number for all.

A set gives one value to every sector of the registry. A world's sectors need not be those:
a merged sector takes the mean of its parts, weighted by the foreign trade that they had
before they were merged; a sector of another scheme the mean of the sectors that its
concordance names, with equal weights, which its row says. Read without NumPy, so that a
scenario can be checked at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countervail.errors import LabelError, OptionError, UnknownLabelError, nearest
from countervail.world import registry, schemes
from countervail.world.elasticity.elasticity_book import Book, read_book
from countervail.world.elasticity.elasticity_file import checked, is_number
from countervail.world.registry import Elasticity

if TYPE_CHECKING:
    from countervail.world.arrays import Array
    from countervail.world.core import World
    from countervail.world.labels import WorldLabels

Choice = str | os.PathLike[str] | float
"""The name of a set, the path of a CSV file, or one number (also as text) for all sectors."""

_SHOWN = 8
_SAME = 1e-9  # relative; values that went through a mean differ in the last digits


@dataclass(frozen=True)
class Elasticities:
    """One trade elasticity per sector with its range, source and status, in axis order.

    ``name`` is that of the set (or file); ``notes`` say what was decided on the way.
    """

    name: str
    rows: tuple[Elasticity, ...]
    source: str = ""
    sha256: str = ""
    notes: tuple[str, ...] = ()

    @property
    def values(self) -> Array:
        """The elasticities (sector,), no unit."""
        import numpy as np

        return np.array([row.value for row in self.rows], dtype=np.float64)

    @property
    def by_sector(self) -> Mapping[str, Elasticity]:
        """The row of each sector."""
        return {row.sector: row for row in self.rows}

    def describe(self) -> str:
        """One line: the set and how much of it is judgement."""
        judged = sum(row.status == "judgement" for row in self.rows)
        part = f", {judged} of {len(self.rows)} sectors by judgement" if judged else ""
        return f"{self.name}{part}"

    def record(self) -> dict[str, object]:
        """All of this as JSON values, for the provenance of a world."""
        return {
            "set": self.name,
            "source": self.source,
            "sha256": self.sha256,
            "notes": list(self.notes),
            "sectors": {
                row.sector: {k: v for k, v in asdict(row).items() if k != "sector"}
                for row in self.rows
            },
        }


def for_sectors(
    choice: Choice,
    sectors: WorldLabels | Sequence[str],
    weights: Mapping[str, float] | None = None,
    *,
    scheme: str = "",
) -> Elasticities:
    """The elasticities of ``choice`` for each of ``sectors``, with value, source and status.

    ``choice``: a set (``countervail explain elasticities`` lists them), the path of a CSV
    file (docs/elasticities.md), or one number. ``sectors``: the labels of a world, which
    know what merged sectors were made of, or plain labels in axis order. ``weights``:
    foreign trade by part (any unit) for sectors that cover several of the registry;
    without it parts count alike, which the rows say. ``scheme``: whose codes a file uses.

    Raises ``UnknownLabelError`` for a set or a sector that is not known,
    ``LabelError`` where sectors are missing or doubled, ``NotANumberError``,
    ``NegativeValueError`` and ``UnitError`` for values that cannot be elasticities, and
    ``ElasticityFileError`` for a file that cannot be read.
    """
    plain = _Sectors.of(sectors, weights)
    book = _book(choice, plain, scheme)
    rows = {label: plain.row(label, book) for label in plain.labels}
    missing = [label for label, row in rows.items() if row is None]
    if missing:
        raise LabelError(
            f"{book.name} has no elasticity for {len(missing)} of {len(rows)} sectors: "
            f"{', '.join(missing[:_SHOWN])}{', ...' if len(missing) > _SHOWN else ''}.",
            "Add a row for each, or one for a group that holds them (services, goods, all).",
        )
    found = tuple(row for row in rows.values() if row is not None)
    notes = list(book.notes)
    means = [row.sector for row in found if row.note.startswith("mean of")]
    if means:
        notes.append(f"{len(means)} sectors take the mean of their parts.")
    return Elasticities(book.name, found, book.source, book.sha256, tuple(notes))


def located(choice: str, folder: str | os.PathLike[str]) -> str:
    """``choice`` as written in a file in ``folder``: a path is relative to it, a set a name."""
    return choice if _is_name(choice) else os.path.join(folder, choice)


def in_use(world: World) -> Elasticities:
    """The elasticities that ``world`` holds, with the set, source and status of each.

    They are known where the world records its choice, or holds the values of a set that
    ships with the package; otherwise sectors are ``given with the world``.
    """
    sectors = _Sectors.of(world.labels, None)
    held = [float(x) for x in world.arrays.elasticity]
    books = [*_recorded(world.provenance), *(_shipped(name) for name in registry.elasticity_sets())]
    for book in books:
        rows = [sectors.row(label, book) for label in sectors.labels]
        if all(_matches(row, value) for row, value in zip(rows, held, strict=True)):
            found = tuple(row for row in rows if row is not None)
            return Elasticities(book.name, found, book.source, book.sha256, book.notes)
    given = [
        _given(label, value, [sectors.row(label, book) for book in books])
        for label, value in zip(sectors.labels, held, strict=True)
    ]
    return Elasticities("given with the world", tuple(given))


def provenance_with(provenance: Mapping[str, object], chosen: Elasticities) -> dict[str, object]:
    """A world's ``provenance`` after its elasticities were chosen anew."""
    entry = {
        "part": "trade elasticities",
        "source": chosen.source,
        "licence": "figures from the sources named row by row",
        "status": chosen.describe(),
    }
    old = provenance.get("sources", ())
    listed = list(old) if isinstance(old, Iterable) and not isinstance(old, str) else []
    kept = [s for s in listed if not isinstance(s, Mapping) or s.get("part") != entry["part"]]
    return {**provenance, "sources": [*kept, entry], "elasticities": chosen.record()}


def _book(choice: Choice, sectors: _Sectors, scheme: str) -> Book:
    if (isinstance(choice, Real) and not isinstance(choice, bool)) or (
        isinstance(choice, str) and is_number(choice)
    ):
        return _number(float(choice))
    if isinstance(choice, bool) or not isinstance(choice, str | os.PathLike):
        raise OptionError(
            f"elasticities is a {type(choice).__name__} ({choice!r}), not a name, path or number.",
            "For example: 'three-sector', a path, or 4.0.",
        )
    name = os.fspath(choice)
    known = registry.elasticity_sets()
    if isinstance(choice, str) and name in known:
        return _shipped(name)
    if isinstance(choice, str) and _is_name(name) and not os.path.exists(name):
        raise UnknownLabelError(
            f"no set of elasticities is called {name!r}, and no such file is here.",
            f"{nearest(name, known)} Sets: {', '.join(known)}. A file of your own: "
            "docs/elasticities.md.",
        )
    return read_book(Path(name), sectors.labels, sectors.groups, scheme)


def _is_name(text: str) -> bool:
    """Whether ``text`` is a number or a bare word, and so no path."""
    return is_number(text) or (Path(text).suffix == "" and Path(text).name == text)


def _shipped(name: str) -> Book:
    rows = registry.elasticities(name)
    sources = tuple(dict.fromkeys(row.source for row in rows.values()))
    return Book(name, rows, {}, "; ".join(sources))


def _number(value: float) -> Book:
    name = f"{value:g} everywhere"
    checked(value, "the elasticity given")
    row = Elasticity("all", value, None, None, "", "one number given by the user", "given", "")
    return Book(name, {}, {"all": row}, row.source)


def _recorded(provenance: Mapping[str, object]) -> Iterable[Book]:
    record = provenance.get("elasticities")
    sectors = record.get("sectors") if isinstance(record, Mapping) else None
    if not isinstance(record, Mapping) or not isinstance(sectors, Mapping):
        return
    try:
        rows = {label: Elasticity(sector=label, **row) for label, row in sectors.items()}
    except TypeError:  # a record of another layout says nothing here
        return
    notes = record.get("notes")
    yield Book(
        str(record.get("set", "")),
        rows,
        {},
        str(record.get("source", "")),
        str(record.get("sha256", "")),
        tuple(str(n) for n in notes) if isinstance(notes, list) else (),
    )


def _matches(row: Elasticity | None, value: float) -> bool:
    return row is not None and abs(row.value - value) <= _SAME * value


def _given(sector: str, value: float, rows: Sequence[Elasticity | None]) -> Elasticity:
    known = next((row for row in rows if row is not None and _matches(row, value)), None)
    return known or Elasticity(sector, value, None, None, "", "given with the world", "", "")


@dataclass(frozen=True)
class _Sectors:
    """Sectors in axis order, their groups, and the parts that each is made of."""

    labels: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    history: Mapping[str, Any]
    weights: Mapping[str, float]

    @classmethod
    def of(
        cls, sectors: WorldLabels | Sequence[str], weights: Mapping[str, float] | None
    ) -> _Sectors:
        if isinstance(sectors, Sequence):
            labels = tuple(sectors)
            return cls(labels, registry.groups_of("sector", labels), {}, weights or {})
        history = sectors.provenance.get("aggregated_from")
        return cls(
            sectors.sectors,
            sectors.sector_groups,
            history if isinstance(history, Mapping) else {},
            weights or {},
        )

    def row(self, label: str, book: Book) -> Elasticity | None:
        """What ``book`` says of ``label``: by itself, by its parts, or by a group it is in."""
        # A label of the registry may stand for more here than there (food and textiles as food).
        if label in book.sectors and label not in registry.sectors():
            return book.sectors[label]
        return (
            self._merged(label, book, self.history)
            or self._by_name(label, book)
            or book.group_row(label, self.groups)
        )

    def _merged(self, label: str, book: Book, history: Mapping[str, Any]) -> Elasticity | None:
        """The mean over what ``label`` was merged from; None where it was not, or a part lacks."""
        if not history:
            return None
        parts = history.get("sectors", {}).get(label)
        older = history.get("aggregated_from", {})
        if not parts:
            return self._merged(label, book, older)
        rows = [self._merged(part, book, older) or self._by_name(part, book) for part in parts]
        return _mean(label, parts, rows, self.weights or history.get("foreign_trade", {}))

    def _by_name(self, label: str, book: Book) -> Elasticity | None:
        """The row of a label, or the mean over the sectors that its concordance names."""
        if label in book.sectors:
            return book.sectors[label]
        if label in registry.sectors():
            return book.registry_row(label)
        parts = schemes.sectors_of_labels().get(label, ())
        rows = [self._by_name(part, book) for part in parts]
        return _mean(label, parts, rows, self.weights) if parts else None


def _mean(
    label: str,
    parts: Sequence[str],
    rows: Sequence[Elasticity | None],
    trade: Mapping[str, float],
) -> Elasticity | None:
    """The mean of the rows of ``parts``, weighted by ``trade`` where it has all of them."""
    known = [row for row in rows if row is not None]
    if len(known) != len(parts):
        return None
    first = known[0]
    weighted = all(part in trade for part in parts) and sum(trade[p] for p in parts) > 0
    weights = [trade[part] if weighted else 1.0 for part in parts]
    if len({(row.value, row.low, row.high) for row in known}) == 1:
        value, low, high, note = first.value, first.low, first.high, first.note
        status = first.status if len({row.status for row in known}) == 1 else "judgement"
    else:
        how = "foreign trade as weights" if weighted else "equal weights"
        value = _weighted([row.value for row in known], weights)
        low = _bound([row.low for row in known], weights)
        high = _bound([row.high for row in known], weights)
        note = f"mean of {', '.join(parts)}; {how}"
        judged = not weighted or any(row.status == "judgement" for row in known)
        status = "judgement" if judged else "derived"
    return Elasticity(
        label,
        value,
        low,
        high,
        ";".join(dict.fromkeys(row.parameter for row in known if row.parameter)),
        "; ".join(dict.fromkeys(row.source for row in known)),
        status,
        note,
    )


def _weighted(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)


def _bound(values: Sequence[float | None], weights: Sequence[float]) -> float | None:
    known = [v for v in values if v is not None]
    return _weighted(known, weights) if len(known) == len(values) else None
