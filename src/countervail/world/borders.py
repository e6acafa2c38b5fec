"""Which regions of a world share a land border, by the outlines of the map that ships."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from countervail.world import registry
from countervail.world.labels import WorldLabels


def numerics(labels: WorldLabels) -> dict[str, tuple[str, ...]]:
    """The ISO numeric codes of the countries that each region stands for on a map.

    A region has its own code and those of the economies merged into it; rests have none.
    """
    found: dict[str, list[str]] = {region: [] for region in labels.regions}
    for entry in registry.regions().values():
        own = entry.label in found
        holder = entry.label if own else labels.region_that_holds(entry.label)
        if entry.numeric and holder in found and not is_rest(holder):
            found[holder].append(entry.numeric)
    return {region: tuple(codes) for region, codes in found.items()}


def is_rest(region: str) -> bool:
    """Whether a region holds what a world does not show by itself (``ROW``, ``ROW-ASIA``)."""
    return region.split("-")[0] == "ROW"


def share_a_border(labels: WorldLabels, a: str, b: str) -> bool:
    """Whether any country of region ``a`` borders on any of ``b``, on land or along a river.

    Territory overseas counts: France borders on Brazil. Rests of the world, and regions
    that are not on the map, border on nobody.
    """
    codes = numerics(labels)
    theirs = set(codes[b])
    return any(theirs & _touching().get(code, frozenset()) for code in codes[a])


@cache
def _touching() -> dict[str, frozenset[str]]:
    """The countries, by numeric code, whose outline shares a piece with that of each country."""
    source = files("countervail.data").joinpath("maps", "countries-50m.json")
    shapes = json.loads(source.read_text(encoding="utf-8"))["objects"]["countries"]["geometries"]
    owners: dict[int, set[str]] = {}
    for shape in shapes:
        for arc in _arcs(shape["arcs"]):
            # A piece that is run backwards is written as its complement.
            owners.setdefault(arc if arc >= 0 else ~arc, set()).add(shape.get("id", ""))
    found: dict[str, set[str]] = {}
    for sharing in owners.values():
        for code in sharing - {""}:
            found.setdefault(code, set()).update(sharing - {"", code})
    return {code: frozenset(others) for code, others in found.items()}


def _arcs(nested: list[Any]) -> Iterator[int]:
    for item in nested:
        if isinstance(item, int):
            yield item
        else:
            yield from _arcs(item)
