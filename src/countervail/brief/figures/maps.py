"""World maps in steps of colour, with marks for countries too small to see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countervail.brief.drawing import atlas
from countervail.brief.drawing.atlas import Country, Point
from countervail.brief.drawing.draw import INK, PAPER, Drawing, legend
from countervail.brief.drawing.scales import BORDER, OUTSIDE
from countervail.brief.marks import MARK
from countervail.brief.results import Place

BORDERS = (
    "Borders as in Natural Earth 1:50m (public domain), drawn by who controls an area; they "
    "express no opinion on status. "
    "Circles and squares stand for countries too small to see, set apart where they would cover "
    "each other."
)

_ROTATE = -11.0  # degrees: the edge of the map then runs through the Bering Strait


@dataclass(frozen=True)
class Layout:
    """How large a map is drawn: ``width`` and ``height`` in pixels, size of marks and letters."""

    width: int
    height: int
    mark: int
    letters: float
    legend_columns: int


WIDE = Layout(740, 340, 30, 11.0, 4)
NARROW = Layout(320, 150, 12, 9.0, 1)


def outside(rest: bool) -> str:
    """What grey stands for: countries counted inside a rest of the world, or left out."""
    return "counted inside the rest of the world" if rest else "not in this world"


def has_map(places: Sequence[Place]) -> bool:
    """Whether any of the places is on the map."""
    return any(atlas.codes().intersection(place.numeric) for place in places)


def choropleth(
    name: str,
    places: Sequence[Place],
    shade: Mapping[str, str],
    steps: Mapping[str, str],
    unit: str,
    labels: Mapping[str, str],
    grey: str,
) -> Drawing:
    """A map whose countries are coloured as their region.

    ``steps`` maps the words of each step to its colour, in the order of the legend, and
    ``shade`` a region to its step; a country of no region, or of one that ``shade`` leaves
    out, is grey, which the legend calls ``grey``. ``labels`` maps regions to words that
    stand on the map, the most important first.
    """
    holder = {code: place for place in places for code in place.numeric}
    shapes = [_feature(c, shade.get(_region(c, holder), grey)) for c in atlas.countries()]
    known = _largest_by_code()
    spots = {p.region: _spot(p, known) for p in places if known.keys() & set(p.numeric)}
    small = [p.region for p in places if p.region in spots and _is_small(p, known)]
    made = [p.region for p in places if p.region in spots and p.status == "constructed"]
    unknown = {grey: OUTSIDE} if any(_of(f) == grey for f in shapes) else {}
    colours = {**steps, **unknown}

    def drawn(layout: Layout) -> dict[str, Any]:
        placed = _placed({region: spots[region] for region in small}, {}, layout)
        at = {**spots, **placed}
        marks = [_row(at[r], step=shade.get(r, grey), made=r in made) for r in small]
        beside = _placed({r: at[r] for r in made if r not in placed}, placed, layout)
        daggers = [_row(spot, text=MARK) for spot in beside.values()]
        words = _labelled({r: at[r] for r in labels if r in at}, labels, layout)
        return {
            "width": layout.width,
            "height": layout.height,
            "projection": {"type": "equalEarth", "rotate": [_ROTATE, 0, 0]},
            "datasets": {"shapes": shapes, "marks": marks, "daggers": daggers, "words": words},
            "layer": [
                _shapes(colours, unit, layout),
                _marks(colours, layout),
                *_written("daggers", layout.letters, 400),
                *_written("words", layout.letters, 600),
            ],
        }

    return Drawing(name, drawn(WIDE), drawn(NARROW))


def _largest_by_code() -> dict[str, Country]:
    """The countries by ISO code; an outlying island that shares its country's code gives way."""
    return {c.numeric: c for c in sorted(atlas.countries(), key=lambda c: c.area) if c.numeric}


def _region(country: Country, holder: Mapping[str, Place]) -> str:
    place = holder.get(country.numeric) if country.numeric else None
    return place.region if place is not None else ""


def _of(feature: Mapping[str, Any]) -> str:
    step: str = feature["properties"]["step"]
    return step


def _feature(country: Country, step: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"step": step},
        "geometry": {"type": "MultiPolygon", "coordinates": country.polygons},
    }


def _is_small(place: Place, known: Mapping[str, Country]) -> bool:
    return atlas.is_small(sum(known[c].area for c in place.numeric if c in known))


def _spot(place: Place, known: Mapping[str, Country]) -> Point:
    """A point inside the largest country of a region."""
    return max((known[c] for c in place.numeric if c in known), key=lambda c: c.area).spot


def _degrees(pixels: float, layout: Layout) -> float:
    return pixels * 360.0 / layout.width


def _placed(
    spots: Mapping[str, Point], before: Mapping[str, Point], layout: Layout
) -> dict[str, Point]:
    """Where marks go: as near to their spots as they can without covering each other, or those
    that were placed before."""
    apart = _degrees(layout.mark**0.5 + 1.5, layout)
    taken = list(before.values())
    placed = {}
    for region, spot in spots.items():
        placed[region] = next(_free(spot, taken, apart, apart), spot)
        taken.append(placed[region])
    return placed


def _free(spot: Point, taken: Sequence[Point], across: float, up: float) -> Iterator[Point]:
    """Points about ``spot`` that are ``across`` or ``up`` degrees away from all taken, nearest
    first."""
    around = ((1, 0), (0, -1), (-1, 0), (0, 1), (1, -1), (-1, -1), (-1, 1), (1, 1))
    tried = [spot] + [
        (spot[0] + east * part * across, spot[1] + north * part * up)
        for part in (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
        for east, north in around
    ]
    return (
        p for p in tried if all(abs(p[0] - t[0]) >= across or abs(p[1] - t[1]) >= up for t in taken)
    )


def _labelled(
    spots: Mapping[str, Point], labels: Mapping[str, str], layout: Layout
) -> list[dict[str, Any]]:
    """Labels at their spots; one that would cover an earlier one moves, or is left out where it
    would run beyond the map."""
    taken: list[Point] = []
    rows = []
    for region, words in labels.items():
        if region not in spots:
            continue
        across = _degrees(0.6 * layout.letters * len(words), layout)
        free = _free(spots[region], taken, across, _degrees(1.3 * layout.letters, layout))
        spot = next((p for p in free if abs(_from_middle(p)) + across / 2 <= 180.0), None)
        if spot is None:
            continue
        taken.append(spot)
        rows.append(_row(spot, text=words))
    return rows


def _from_middle(spot: Point) -> float:
    """How many degrees east of the middle of the map a point is, past its edge too."""
    return spot[0] + _ROTATE


def _row(spot: Point, **more: str | bool) -> dict[str, Any]:
    return {"lon": round(spot[0], 2), "lat": round(spot[1], 2), **more}


def _steps(colours: Mapping[str, str]) -> dict[str, Any]:
    return {"domain": list(colours), "range": list(colours.values())}


def _shapes(colours: Mapping[str, str], unit: str, layout: Layout) -> dict[str, Any]:
    shown = legend(unit) | {"direction": "horizontal", "columns": layout.legend_columns}
    return {
        "data": {"name": "shapes"},
        "mark": {"type": "geoshape", "stroke": BORDER, "strokeWidth": 0.4},
        "encoding": {
            "fill": {
                "field": "properties.step",
                "type": "nominal",
                "scale": _steps(colours),
                "legend": shown,
            }
        },
    }


def _marks(colours: Mapping[str, str], layout: Layout) -> dict[str, Any]:
    return {
        "data": {"name": "marks"},
        "mark": {
            "type": "point",
            "size": layout.mark,
            "stroke": INK,
            "strokeWidth": 0.8,
            "opacity": 1,
        },
        "encoding": {
            **_where(),
            "shape": {
                "field": "made",
                "type": "nominal",
                "scale": {"domain": [False, True], "range": ["circle", "square"]},
                "legend": None,
            },
            "fill": {
                "field": "step",
                "type": "nominal",
                "scale": _steps(colours),
                "legend": None,
            },
        },
    }


def _written(rows: str, size: float, weight: int) -> list[dict[str, Any]]:
    """Words on the map, each with a halo, so that they can be read on every colour."""
    return [
        {
            "data": {"name": rows},
            "mark": {
                "type": "text",
                "color": ink,
                "stroke": ink,
                "strokeWidth": thick,
                "strokeJoin": "round",
                "fontSize": size,
                "fontWeight": weight,
            },
            "encoding": {**_where(), "text": {"field": "text", "type": "nominal"}},
        }
        for ink, thick in ((PAPER, 2.6), (INK, 0.0))
    ]


def _where() -> dict[str, Any]:
    return {
        "longitude": {"field": "lon", "type": "quantitative"},
        "latitude": {"field": "lat", "type": "quantitative"},
    }
