"""The registry of regions, sectors, groups and elasticities: plain tables under ``data/``.

Read without NumPy, so that the commands that only need names start at once.
Memberships are as of the date in ``groups.csv``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from countervail.errors import UnknownLabelError, nearest


@dataclass(frozen=True)
class Entry:
    """One region or sector of the registry: label, name, other names, groups it is in.

    ``numeric`` is a region's ISO 3166-1 numeric code (three digits), by which maps know it;
    empty where there is none.
    """

    label: str
    name: str
    aliases: tuple[str, ...]
    groups: tuple[str, ...]
    isic4: str = ""
    numeric: str = ""


@dataclass(frozen=True)
class Group:
    """One group of the registry: what it is and the date its membership holds from."""

    label: str
    kind: str
    name: str
    as_of: str
    note: str


@dataclass(frozen=True)
class Elasticity:
    """One sector's trade elasticity with its range, parameter name, source and status."""

    sector: str
    value: float
    low: float | None
    high: float | None
    parameter: str
    source: str
    status: str
    note: str


def _rows(name: str) -> list[dict[str, str]]:
    text = files("countervail.data").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word for word in cell.split(";") if word)


@cache
def regions() -> Mapping[str, Entry]:
    """Every region of the registry by ISO3 code (``ROW`` is the rest of the world)."""
    return MappingProxyType(
        {
            row["code"]: Entry(
                row["code"],
                row["name"],
                _words(row["aliases"]),
                _words(row["groups"]),
                numeric=row["numeric"],
            )
            for row in _rows("regions.csv")
        }
    )


@cache
def sectors() -> Mapping[str, Entry]:
    """Every sector of the registry by its slug, with its ISIC Rev. 4 code as an alias."""
    return MappingProxyType(
        {
            row["id"]: Entry(
                row["id"],
                row["name"],
                _words(row["aliases"]),
                _words(row["groups"]),
                row["isic4"],
            )
            for row in _rows("sectors.csv")
        }
    )


@cache
def groups(kind: str) -> Mapping[str, Group]:
    """The groups of one ``kind`` (``region`` or ``sector``) by name."""
    return MappingProxyType(
        {
            row["group"]: Group(row["group"], row["kind"], row["name"], row["as_of"], row["note"])
            for row in _rows("groups.csv")
            if row["kind"] == kind
        }
    )


@cache
def elasticity_sets() -> tuple[str, ...]:
    """The names of the sets in ``data/elasticities.csv``, in the order of the file."""
    return tuple(dict.fromkeys(row["set"] for row in _rows("elasticities.csv")))


@cache
def elasticities(name: str = "caliendo-parro") -> Mapping[str, Elasticity]:
    """The trade elasticities of the set called ``name``, by sector slug.

    ``UnknownLabelError`` where no such set is in ``data/elasticities.csv``.
    """
    rows = _rows("elasticities.csv")
    found = {
        row["sector"]: Elasticity(
            row["sector"],
            float(row["value"]),
            float(row["low"]) if row["low"] else None,
            float(row["high"]) if row["high"] else None,
            row["parameter"],
            row["source"],
            row["status"],
            row["note"],
        )
        for row in rows
        if row["set"] == name
    }
    if not found:
        raise UnknownLabelError(
            f"no set of elasticities is called {name!r}.",
            nearest(name, (row["set"] for row in rows)),
        )
    return MappingProxyType(found)


@cache
def aliases(kind: str) -> Mapping[str, str]:
    """Other names (lower case: name, aliases, ISIC codes) and the label each stands for."""
    found: dict[str, str] = {}
    for entry in (regions() if kind == "region" else sectors()).values():
        codes = entry.isic4.split(",") if entry.isic4 else []
        for word in (entry.name, *entry.aliases, entry.isic4, *codes):
            if word:
                found.setdefault(word.lower(), entry.label)
    return MappingProxyType(found)


def names_of(kind: str, labels: Sequence[str]) -> dict[str, str]:
    """The registry's name of each label; a label that it does not know names itself."""
    entries = regions() if kind == "region" else sectors()
    return {label: entries[label].name if label in entries else label for label in labels}


def groups_of(kind: str, labels: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The registry's groups among ``labels``: those with a member present, and ``all``.

    A group holds the members that are present; ``missing_members`` says which are not.
    """
    entries = regions() if kind == "region" else sectors()
    taken = set(labels)
    found: dict[str, tuple[str, ...]] = {"all": tuple(labels)}
    for group in groups(kind):
        members = tuple(x for x in labels if x in entries and group in entries[x].groups)
        if members and group not in taken:
            found[group] = members
    return found


def missing_members(kind: str, labels: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each registry group with some members in ``labels``, the members that are not."""
    entries = regions() if kind == "region" else sectors()
    present = set(labels)
    found: dict[str, tuple[str, ...]] = {}
    for group in groups(kind):
        members = [x.label for x in entries.values() if group in x.groups]
        absent = tuple(x for x in members if x not in present)
        if absent and len(absent) < len(members):
            found[group] = absent
    return found
