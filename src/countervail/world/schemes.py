"""Sector codes of other schemes, and the sectors of the registry that each covers.

Every table under ``data/concordances/`` with the columns ``scheme``, ``code`` and
``registry_sectors`` (slugs, parted by ``;``) is read; ``aliases`` are other spellings of the
code, ``label`` is the slug that a world built in that scheme uses. Read without NumPy.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from countervail.errors import LabelError, UnknownLabelError, nearest
from countervail.world import registry

_NEEDED = {"scheme", "code", "registry_sectors"}


@dataclass(frozen=True)
class Code:
    """One code of one scheme, and the sectors of the registry that it covers."""

    scheme: str
    code: str
    label: str
    sectors: tuple[str, ...]
    aliases: tuple[str, ...] = ()

    def is_called(self, word: str) -> bool:
        """Whether ``word`` is this code or another spelling of it; case does not matter."""
        return word.lower() in (name.lower() for name in (self.code, *self.aliases))


@cache
def codes() -> tuple[Code, ...]:
    """Every code of every concordance that ships with the package."""
    found = []
    for table in sorted(files("countervail.data").joinpath("concordances").iterdir(), key=str):
        if not table.name.endswith(".csv"):
            continue
        rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
        if set(rows.fieldnames or ()) >= _NEEDED:
            found += [
                Code(
                    row["scheme"],
                    row["code"],
                    row.get("label") or "",
                    _words(row["registry_sectors"]),
                    _words(row.get("aliases")),
                )
                for row in rows
                if _words(row["registry_sectors"])
            ]
    return tuple(found)


@cache
def sectors_of_labels() -> Mapping[str, tuple[str, ...]]:
    """World labels that are no sectors of the registry, and the sectors each covers."""
    found: dict[str, tuple[str, ...]] = {}
    for code in codes():
        if code.label:
            found.setdefault(code.label, code.sectors)
    return MappingProxyType(found)


def covered_by(label: str) -> tuple[str, ...]:
    """The sectors of the registry that a world's label covers: itself, or what its scheme says."""
    if label in registry.sectors():
        return (label,)
    return sectors_of_labels().get(label, ())


def sectors_of(code: str, scheme: str = "") -> tuple[str, ...]:
    """The sectors of the registry that ``code`` covers (upper and lower case are alike).

    ``scheme`` says whose code it is; without it every scheme is looked through.
    ``UnknownLabelError`` for a code or scheme that no concordance has, ``LabelError``
    where schemes mean different things by the code.
    """
    known = {c.scheme for c in codes()}
    if scheme and scheme not in known:
        raise UnknownLabelError(f"no concordance is for {scheme!r}.", nearest(scheme, known))
    among = [c for c in codes() if scheme in ("", c.scheme)]
    meant = [c for c in among if c.is_called(code)]
    if not meant:
        raise UnknownLabelError(
            f"no {scheme or 'known'} scheme has the code {code!r}."
            if not scheme
            else f"{scheme} has no code {code!r}.",
            nearest(code, [c.code for c in among]),
        )
    if len({c.sectors for c in meant}) > 1:
        schemes = ", ".join(sorted({c.scheme for c in meant}))
        raise LabelError(
            f"the code {code!r} means different sectors in {schemes}.",
            "Say whose code it is in a column scheme.",
        )
    return meant[0].sectors


def _words(cell: str | None) -> tuple[str, ...]:
    return tuple(word for word in (cell or "").split(";") if word)
