"""What a name means: every figure, parameter, closure, horizon, instrument and status.

The texts are in ``data/glossary.toml``; parameters and sector elasticities are
explained from their own tables, so that a number is never written twice.
"""

from __future__ import annotations

import csv
import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from countervail.errors import UnknownLabelError, nearest
from countervail.parameters import Parameter, parameters

_STATUS = {
    "read": "the source was read",
    "cited": "known of the source, not read again",
    "judgement": "a judgement, not an estimate",
    "derived": "derived from the sources named",
}


@dataclass(frozen=True)
class Entry:
    """One explained name: what it is, its formula in plain text, unit, source, related names."""

    name: str
    kind: str
    title: str
    what: str
    formula: str
    unit: str
    source: str
    see: tuple[str, ...]
    parameters: tuple[str, ...] = ()


@cache
def entries() -> Mapping[str, Entry]:
    """Every explained name, in the order of the glossary, then parameters, then elasticities."""
    found: dict[str, Entry] = {}
    for row in tomllib.loads(_data("glossary.toml"))["entry"]:
        found[row["name"]] = Entry(
            name=row["name"],
            kind=row["kind"],
            title=row["title"],
            what=" ".join(row["what"].split()),
            formula=row.get("formula", "").strip("\n"),
            unit=row.get("unit", ""),
            source=row["source"],
            see=tuple(row.get("see", ())),
            parameters=tuple(row.get("parameters", ())),
        )
    for parameter in parameters().values():
        found[parameter.name] = _parameter_entry(parameter)
    for entry in _elasticities():
        found[entry.name] = entry
    return MappingProxyType(found)


@cache
def _aliases() -> Mapping[str, str]:
    rows = tomllib.loads(_data("glossary.toml"))["entry"]
    return MappingProxyType({other: row["name"] for row in rows for other in row.get("also", ())})


def all_names() -> tuple[str, ...]:
    """Every name that ``explain`` knows, in the order in which they are listed."""
    return tuple(entries())


def explain(name: str) -> Entry:
    """The entry called ``name``: a figure, parameter, closure, horizon, instrument or status.

    Upper and lower case, spaces, underscores and hyphens are all alike, and some
    entries have a second name (``ev`` for ``equivalent-variation``). Raises
    ``UnknownLabelError`` with the nearest names where there is none.
    """
    known = {_key(other): other for other in entries()}
    known.update({_key(other): target for other, target in _aliases().items()})
    if _key(name) not in known:
        raise UnknownLabelError(
            f"nothing here is called {name!r}.",
            f"{nearest(name, [*entries(), *_aliases()])} List all names: countervail explain",
        )
    return entries()[known[_key(name)]]


def render(entry: Entry, width: int = 88) -> str:
    """The entry as text of at most ``width`` columns, formulas left as they are."""
    lines = [f"{entry.name}  ({entry.kind})", entry.title, ""]
    lines += textwrap.wrap(entry.what, width)
    if entry.formula:
        lines += ["", *(f"    {line}" for line in entry.formula.splitlines())]
    if entry.parameters:
        lines += ["", "Parameters:", *(_valued(name, width) for name in entry.parameters)]
    lines.append("")
    for label, text in (
        ("Unit", entry.unit),
        ("Source", entry.source),
        ("See also", ", ".join(entry.see)),
    ):
        if text:
            lead = f"{label}: "
            lines += textwrap.wrap(lead + text, width, subsequent_indent=" " * len(lead))
    return "\n".join(lines)


def _valued(name: str, width: int) -> str:
    """A parameter with value, range and source, as an item of a list."""
    found = parameters()[name]
    spread = _spread(found.value, found.low, found.high)
    said = f"{name}: {spread} ({found.unit}). {found.source} ({found.status})"
    return textwrap.fill(said, width, initial_indent="    ", subsequent_indent="        ")


def _key(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")


def _data(name: str) -> str:
    return files("countervail.data").joinpath(name).read_text(encoding="utf-8")


def _parameter_entry(parameter: Parameter) -> Entry:
    spread = _spread(parameter.value, parameter.low, parameter.high)
    return Entry(
        name=parameter.name,
        kind="parameter",
        title=f"{spread} ({parameter.unit})",
        what=f"{parameter.used_for[:1].upper()}{parameter.used_for[1:]}.",
        formula="",
        unit=parameter.unit,
        source=f"{parameter.source} ({_STATUS.get(parameter.status, parameter.status)})",
        see=(),
    )


def _elasticities() -> list[Entry]:
    """One entry per sector, with its value in every set."""
    names = {row["id"]: row["name"] for row in csv.DictReader(_data("sectors.csv").splitlines())}
    by_sector: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(_data("elasticities.csv").splitlines()):
        by_sector.setdefault(row["sector"], []).append(row)
    return [
        Entry(
            name=f"elasticity.{sector}",
            kind="parameter",
            title=", ".join(f"{float(row['value']):g} ({row['set']})" for row in rows),
            what=f"Long-run trade elasticity of the sector {names.get(sector, sector)}. "
            + " ".join(_of_set(row) for row in rows),
            formula="",
            unit="trade elasticity",
            source="; ".join(
                f"{row['set']}: {row['source']} ({_STATUS.get(row['status'], row['status'])}), "
                f"{row['parameter']}"
                for row in rows
            ),
            see=("trade-elasticity", "elasticities"),
        )
        for sector, rows in by_sector.items()
    ]


def _of_set(row: Mapping[str, str]) -> str:
    low, high = (float(row[end]) if row[end] else None for end in ("low", "high"))
    note = f"; {row['note']}" if row["note"] else ""
    return f"Set {row['set']}: {_spread(float(row['value']), low, high)}{note}."


def _spread(value: float, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"{value:g}; no range is known"
    return f"{value:g}, range {low:g} to {high:g}"
