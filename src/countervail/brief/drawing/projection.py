"""Two map projections whose pixels are known, so that words can be placed beside lines.

The formulas are those by which the renderer draws the countries: the conformal cone of Lambert
for a part of the world, Equal Earth (Savric, Patterson and Jenny 2018) for all of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from countervail.brief.drawing.atlas import Point

_PARALLELS = (38.0, 58.0)  # degrees at which the cone is true to scale
_SEAM = 11.0  # degrees: the edge of the world map then runs through the Bering Strait
_WORLD_LAT = (-56.0, 76.0)
_EARTH = (1.340264, -0.081106, 0.000893, 0.003796)  # coefficients of Equal Earth


@dataclass(frozen=True)
class View:
    """A window on the earth: ``pixel`` says where a place lies in it.

    ``turn`` are the degrees of longitude by which the globe is turned, ``scale`` the pixels a
    unit of the plane takes, ``left`` and ``top`` where its origin lies.
    """

    width: int
    height: int
    world: bool
    turn: float
    scale: float
    left: float
    top: float

    def pixel(self, place: Point) -> Point:
        """The pixel of a place given as (longitude, latitude) in degrees."""
        x, y = _plane(place, self.turn, self.world)
        return (self.left + self.scale * x, self.top - self.scale * y)

    def holds(self, pixel: Point, margin: float = 0.0) -> bool:
        """Whether a pixel lies in the window, or within ``margin`` pixels of it."""
        return (
            -margin <= pixel[0] <= self.width + margin
            and -margin <= pixel[1] <= self.height + margin
        )

    @property
    def spec(self) -> dict[str, Any]:
        """The projection as the renderer wants it."""
        kind: dict[str, Any] = (
            {"type": "equalEarth"}
            if self.world
            else {"type": "conicConformal", "parallels": list(_PARALLELS)}
        )
        return {
            **kind,
            "rotate": [self.turn, 0, 0],
            "scale": self.scale,
            "translate": [self.left, self.top],
        }


def part(places: Sequence[Point], width: int, height: int, pad: float) -> View:
    """A window that holds ``places`` with ``pad`` pixels to spare on every side."""
    turn = -sum(lon for lon, _ in places) / len(places)
    flat = [_plane(place, turn, False) for place in places]
    west, east = min(x for x, _ in flat), max(x for x, _ in flat)
    south, north = min(y for _, y in flat), max(y for _, y in flat)
    scale = min(
        (width - 2 * pad) / max(east - west, 1e-3), (height - 2 * pad) / max(north - south, 1e-3)
    )
    return View(
        width,
        height,
        False,
        turn,
        scale,
        width / 2 - scale * (west + east) / 2,
        height / 2 + scale * (south + north) / 2,
    )


def whole(width: int) -> View:
    """A window on all the world but the polar caps."""
    reach = _plane((90.0, 0.0), 0.0, True)[0] * 2
    scale = width / (2 * reach)
    south, north = (_plane((0.0, lat), 0.0, True)[1] for lat in _WORLD_LAT)
    height = round(scale * (north - south))
    return View(width, height, True, -_SEAM, scale, width / 2, scale * north)


def _plane(place: Point, turn: float, world: bool) -> Point:
    """A place on the plane before it is scaled, x to the east and y to the north."""
    lon = math.radians((place[0] + turn + 180.0) % 360.0 - 180.0)
    lat = math.radians(place[1])
    return _earth(lon, lat) if world else _cone(lon, lat)


def _cone(lon: float, lat: float) -> Point:
    first, second = (math.radians(p) for p in _PARALLELS)
    n = math.log(math.cos(first) / math.cos(second)) / math.log(_tan(second) / _tan(first))
    f = math.cos(first) * _tan(first) ** n / n
    r = f / _tan(lat) ** n
    return (r * math.sin(n * lon), f - r * math.cos(n * lon))


def _tan(lat: float) -> float:
    return math.tan((math.pi / 2 + lat) / 2)


def _earth(lon: float, lat: float) -> Point:
    a, b, c, d = _EARTH
    half = math.sqrt(3) / 2
    t = math.asin(half * math.sin(lat))
    t2, t6 = t**2, t**6
    x = lon * math.cos(t) / (half * (a + 3 * b * t2 + t6 * (7 * c + 9 * d * t2)))
    return (x, t * (a + b * t2 + t6 * (c + d * t2)))
