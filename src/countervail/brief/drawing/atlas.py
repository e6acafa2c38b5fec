"""The countries of the world as shapes by ISO 3166-1 numeric code, simplified for one page.

The shapes are ``countries-50m.json`` of world-atlas 2.0.2 (a TopoJSON edition of Natural
Earth's 1:50m countries), shipped as it is; ``data/maps/README.md`` has licence and digest.
Arcs, which neighbours share, are simplified before they become borders, so that no gap
opens between two countries.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Point = tuple[float, float]
Ring = list[Point]

_TOLERANCE = 0.25  # degrees: half a pixel of a map that is 740 pixels wide
_SPECK = 0.12  # square degrees: an island below it is less than half a pixel
_SMALL = 2.0  # square degrees at the equator: below it a country needs a mark to be seen
_LEFT_OUT = ("010",)  # Antarctica


@dataclass(frozen=True)
class Country:
    """One country of the map.

    ``numeric`` is its ISO 3166-1 numeric code, empty where the source has none; ``polygons``
    holds rings of (longitude, latitude) in degrees, the outer one first, and is empty where
    nothing of the country can be seen at this scale; ``area`` is in square degrees as they
    are at the equator; ``spot`` is a point inside its largest part.
    """

    numeric: str
    name: str
    polygons: tuple[tuple[Ring, ...], ...]
    area: float
    spot: Point


def is_small(area: float) -> bool:
    """Whether a region of this area (square degrees at the equator) needs a mark to be seen."""
    return area < _SMALL


@cache
def countries() -> tuple[Country, ...]:
    """Every country of the map but Antarctica, in the order of the source."""
    source = files("countervail.data").joinpath("maps", "countries-50m.json")
    topology = json.loads(source.read_text(encoding="utf-8"))
    exact = _decoded(topology)
    coarse = [_simplified(arc) for arc in exact]
    shapes = topology["objects"]["countries"]["geometries"]
    return tuple(_country(s, exact, coarse) for s in shapes if s.get("id") not in _LEFT_OUT)


@cache
def codes() -> frozenset[str]:
    """The ISO numeric codes of all countries on the map."""
    return frozenset(c.numeric for c in countries() if c.numeric)


def _decoded(topology: dict[str, Any]) -> list[Ring]:
    """The arcs in degrees: the source holds them as whole-number steps."""
    (east, north), (west, south) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arc: Ring = []
        for dx, dy in steps:
            x, y = x + dx, y + dy
            arc.append((x * east + west, y * north + south))
        arcs.append(arc)
    return arcs


def _simplified(arc: Ring) -> Ring:
    """The arc without the points that lie within the tolerance of it (Douglas and Peucker)."""
    kept = {0, len(arc) - 1}
    open_parts = [(0, len(arc) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        inside = range(first + 1, last)
        far = max(inside, key=lambda i: _distance(arc[i], arc[first], arc[last]), default=None)
        if far is not None and _distance(arc[far], arc[first], arc[last]) > _TOLERANCE:
            kept.add(far)
            open_parts += [(first, far), (far, last)]
    return [arc[i] for i in sorted(kept)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """The distance of a point from a straight piece, in degrees."""
    along, up = end[0] - start[0], end[1] - start[1]
    length = along * along + up * up
    x, y = point[0] - start[0], point[1] - start[1]
    part = min(1.0, max(0.0, (x * along + y * up) / length)) if length else 0.0
    return math.hypot(x - part * along, y - part * up)


def _country(shape: dict[str, Any], exact: list[Ring], coarse: list[Ring]) -> Country:
    parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    outlines = [_ring(part[0], exact) for part in parts]
    largest = max(outlines, key=lambda ring: abs(_area(ring)))
    drawn = ([_kept(ring, exact, coarse) for ring in part] for part in parts)
    return Country(
        numeric=shape.get("id", ""),
        name=shape["properties"]["name"],
        polygons=tuple(tuple(r for r in part if r) for part in drawn if part[0]),
        area=sum(abs(_area(ring)) * _shrink(ring) for ring in outlines),
        spot=_spot(largest),
    )


def _kept(arcs: Sequence[int], exact: list[Ring], coarse: list[Ring]) -> Ring | None:
    """A ring as it is drawn; ``None`` where it is a speck, or was turned over on the way.

    A ring that runs the other way would stand for all the world but the country.
    """
    before, ring = _area(_ring(arcs, exact)), _ring(arcs, coarse)
    after = _area(ring)
    if len(ring) < 4 or abs(after) < _SPECK or (after > 0) != (before > 0):
        return None
    return [(round(x, 2), round(y, 2)) for x, y in ring]


def _ring(indices: Sequence[int], arcs: list[Ring]) -> Ring:
    """A closed ring from its arcs; a negative index is an arc run backwards."""
    ring: Ring = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += arc[1:] if ring else arc
    return ring


def _area(ring: Ring) -> float:
    """The signed area in square degrees, across the date line too."""
    flat = _unrolled(ring)
    return (
        sum((a[0] - b[0]) * (a[1] + b[1]) for a, b in zip(flat, flat[1:] + flat[:1], strict=True))
        / 2
    )


def _unrolled(ring: Ring) -> Ring:
    """The ring with longitudes that run on across the date line instead of jumping."""
    turn, before = 0.0, ring[0][0]
    flat = []
    for x, y in ring:
        turn += -360.0 if x - before > 180 else 360.0 if before - x > 180 else 0.0
        before = x
        flat.append((x + turn, y))
    return flat


def _shrink(ring: Ring) -> float:
    """How much narrower a degree of longitude is at the ring than at the equator."""
    return math.cos(math.radians(sum(y for _, y in ring) / len(ring)))


def _spot(ring: Ring) -> Point:
    """A point inside the ring: the middle of its widest stretch half-way up."""
    flat = _unrolled(ring)
    heights = [y for _, y in flat]
    # A hair off the middle, so that the line does not run through a corner.
    level = (min(heights) + max(heights)) / 2 + 1e-7
    crossings = sorted(
        a[0] + (level - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        for a, b in zip(flat, flat[1:] + flat[:1], strict=True)
        if (a[1] > level) != (b[1] > level)
    )
    stretches = list(zip(crossings[::2], crossings[1::2], strict=False))
    west, east = max(stretches, key=lambda s: s[1] - s[0])
    middle = (west + east) / 2
    return ((middle + 180.0) % 360.0 - 180.0, level)
